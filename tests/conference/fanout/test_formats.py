"""The slots of a viewer, and the formats of tracks and slots."""

import pytest

from conference.contract.words import SlotGroup, Source
from conference.fanout import formats
from conference.fanout.formats import SlotFormat
from conference.ids import Mid
from tests.support.bench import track_format


def test_content_and_stage_come_first_then_floating_and_grid() -> None:
    assert formats.slot_plan() == [
        ("video", SlotGroup.CONTENT, "content"),
        ("audio", SlotGroup.CONTENT, "content"),
        ("video", SlotGroup.STAGE, "stage"),
        ("audio", SlotGroup.STAGE, "stage"),
        *(("audio", SlotGroup.FLOATING, f"f{number}") for number in range(3)),
        *(("video", SlotGroup.GRID, f"g{number}") for number in range(24)),
    ]


def test_payload_types_are_all_different() -> None:
    numbers = [
        *formats.PAYLOAD_TYPES.values(),
        *formats.RTX_PAYLOAD_TYPES.values(),
        formats.RED_PAYLOAD_TYPE,
    ]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize(("kind", "clock_hz"), [("video", 90_000), ("audio", 48_000)])
def test_the_clock_rate_of_a_slot(kind: str, clock_hz: int) -> None:
    slot = SlotFormat(Mid("1"), kind, SlotGroup.STAGE, "stage", 5, 0)
    assert slot.clock_hz == clock_hz


def test_a_track_without_simulcast_has_one_layer() -> None:
    assert track_format(Source.CAMERA).layers == 1
