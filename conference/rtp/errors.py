"""What the wire formats raise when bytes do not follow the RFC."""


class MalformedPacket(ValueError):
    """A packet that no conforming sender makes: dropped and counted, never logged."""
