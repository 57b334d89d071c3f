"""What holds for all tests."""

from hypothesis import settings

# How long an example takes says how busy the machine is, not what is wrong. Examples are
# the same in each run, so that one change is refused for what it does and not for what
# chance found meanwhile; `make explore` looks for new ones.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=1000)
settings.load_profile("steady")
