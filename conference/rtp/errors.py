"""The exception of the wire formats."""


class MalformedPacket(ValueError):
    """A packet that violates its specification. It is dropped and counted, not logged."""
