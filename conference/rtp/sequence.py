"""Extended sequence numbers: unbounded here, 16 bits in packets."""

HALF = 0x8000
WRAP = 0x10000


class Unwrapper:
    """
    Extends 16-bit sequence numbers to unbounded ones (RFC 3550 §A.1).

    The low 16 bits of an extended number are the number in the packet. Of the extended
    numbers with these bits, the one nearest to the highest so far is returned.
    """

    __slots__ = ("highest",)

    def __init__(self) -> None:
        self.highest: int | None = None
        """Highest extended number so far; None before the first packet."""

    def unwrap(self, number: int) -> int:
        """Return the extended number for the number in a packet, 0 … 65535."""
        highest = self.highest
        if highest is None:
            # 65,536 higher, so that packets from before the first stay positive.
            self.highest = extended = number + WRAP
            return extended
        step = (number - highest) & 0xFFFF
        if step < HALF:
            self.highest = extended = highest + step
            return extended
        return highest + step - WRAP


def signed32(difference: int) -> int:
    """Return a difference of two RTP timestamps as a signed number, -2³¹ … 2³¹-1."""
    difference &= 0xFFFFFFFF
    return difference - 0x100000000 if difference & 0x80000000 else difference
