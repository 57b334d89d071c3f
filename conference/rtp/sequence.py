"""Extended sequence numbers: unbounded inside, 16 bits at the wire."""

HALF = 0x8000
WRAP = 0x10000


class Unwrapper:
    """
    Turn 16-bit sequence numbers into ever-growing ones (RFC 3550 §A.1).

    The first number is kept as it is, so that its low 16 bits always equal the
    wire's. A number more than half a turn away is taken for the nearer side.
    """

    __slots__ = ("highest",)

    def __init__(self) -> None:
        self.highest: int | None = None
        """The highest extended number seen; None before the first."""

    def unwrap(self, number: int) -> int:
        """Return the extended number for a wire number in 0…65535."""
        highest = self.highest
        if highest is None:
            # One turn up: a packet from before the first one stays positive.
            self.highest = extended = number + WRAP
            return extended
        step = (number - highest) & 0xFFFF
        if step < HALF:
            self.highest = extended = highest + step
            return extended
        return highest + step - WRAP


def signed32(difference: int) -> int:
    """Return a difference of two RTP timestamps as -2³¹ … 2³¹-1."""
    difference &= 0xFFFFFFFF
    return difference - 0x100000000 if difference & 0x80000000 else difference
