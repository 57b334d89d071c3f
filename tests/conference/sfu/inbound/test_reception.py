"""Receiver reports on one source (RFC 3550 §6.4.1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conference.rtp import ntp
from conference.rtp.rtcp import SenderReport
from conference.sfu.inbound.reception import Reception

HZ = 90_000
STEP_S = 0.02
SSRC = 7
NOW = 100.0


def receive(reception: Reception, *numbers: int, late_s: float = 0.0) -> None:
    """Receive packets that were sent at a steady rate, each after the same delay."""
    for number in numbers:
        timestamp = int(number * STEP_S * HZ)
        reception.on_packet(number, timestamp, now=NOW + number * STEP_S + late_s)


def test_there_is_no_report_before_the_first_packet() -> None:
    assert Reception(HZ).report(SSRC, now=NOW) is None


def test_a_complete_interval_has_no_loss() -> None:
    reception = Reception(HZ)
    receive(reception, *range(70_000, 70_100))
    block = reception.report(SSRC, now=NOW)
    assert block is not None
    assert (block.fraction_lost, block.packets_lost) == (0, 0)
    assert block.highest_sequence == 70_099
    assert block.jitter == 0


def test_the_fraction_is_of_the_interval_and_the_sum_of_all() -> None:
    reception = Reception(HZ)
    receive(reception, *range(0, 100, 2), 99)
    first = reception.report(SSRC, now=NOW)
    assert first is not None
    assert first.packets_lost == 49
    assert first.fraction_lost == int(0.49 * 256)
    assert reception.fraction_lost == pytest.approx(0.49, abs=0.01)
    receive(reception, *range(100, 200))
    second = reception.report(SSRC, now=NOW)
    assert second is not None
    assert (second.fraction_lost, second.packets_lost) == (0, 49)


def test_duplicates_never_make_the_fraction_negative() -> None:
    reception = Reception(HZ)
    receive(reception, 1, 2, 2, 2, 3)
    block = reception.report(SSRC, now=NOW)
    assert block is not None
    assert (block.fraction_lost, block.packets_lost) == (0, -2)


def test_varying_delay_is_jitter() -> None:
    reception = Reception(HZ)
    for number in range(200):
        receive(reception, number, late_s=0.01 * (number % 2))
    block = reception.report(SSRC, now=NOW)
    assert block is not None
    assert block.jitter == pytest.approx(0.01 * HZ, rel=0.05)


def test_a_report_refers_to_the_last_sender_report() -> None:
    reception = Reception(HZ)
    receive(reception, 1)
    unreferred = reception.report(SSRC, now=NOW)
    assert unreferred is not None
    assert (unreferred.last_sender_report, unreferred.delay) == (0, 0)
    sent_at = ntp.from_seconds(3_900_000_000.5)
    reception.on_sender_report(SenderReport(SSRC, sent_at, 0, 1, 1), now=NOW)
    block = reception.report(SSRC, now=NOW + 0.5)
    assert block is not None
    assert block.last_sender_report == ntp.middle(sent_at)
    assert block.delay == 32_768


@given(st.lists(st.integers(0, 300), min_size=1, max_size=100))
def test_any_order_gives_fields_within_their_widths(numbers: list[int]) -> None:
    reception = Reception(HZ)
    for number in numbers:
        receive(reception, 0x10000 + number)
        block = reception.report(SSRC, now=NOW)
        assert block is not None
        assert 0 <= block.fraction_lost <= 255
        assert -0x800000 <= block.packets_lost <= 0x7FFFFF
        assert 0 <= block.highest_sequence <= 0xFFFFFFFF
