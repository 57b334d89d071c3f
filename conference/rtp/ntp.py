"""NTP timestamps in RTCP (RFC 3550 §4): seconds since 1900 in 32.32 fixed point."""

UNIX_EPOCH_S = 2_208_988_800
"""Seconds from 1900 to 1970 (RFC 868)."""
FRACTION = 1 << 32


def from_seconds(seconds: float) -> int:
    """Return a 64-bit NTP timestamp for seconds since 1900."""
    return int(seconds * FRACTION) & 0xFFFFFFFFFFFFFFFF


def to_seconds(timestamp: int) -> float:
    """Return seconds since 1900 for a 64-bit NTP timestamp."""
    return timestamp / FRACTION


def middle(timestamp: int) -> int:
    """Return the middle 32 bits, the form in report blocks (RFC 3550 §6.4.1)."""
    return (timestamp >> 16) & 0xFFFFFFFF
