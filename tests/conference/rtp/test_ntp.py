"""NTP timestamps (RFC 3550 §4)."""

from conference.rtp import ntp


def test_ntp_timestamps_keep_fractions_of_seconds() -> None:
    stamp = ntp.from_seconds(3_900_000_000.25)
    assert ntp.to_seconds(stamp) == 3_900_000_000.25
    assert ntp.middle(stamp) == ((3_900_000_000 & 0xFFFF) << 16) | 0x4000
