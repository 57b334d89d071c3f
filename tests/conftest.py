"""What holds for all tests."""

from hypothesis import settings

# How long an example takes says how busy the machine is, not what is wrong.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
