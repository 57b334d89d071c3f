"""The ceilings that follow from an operator's limits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conference.ids import ParticipantId, RoomId
from conference.sfu.limits import HEADROOM, LEAST_DEMAND_BPS, NO_LIMITS, BitrateLimits

ADA, BO, CY = ParticipantId("ada"), ParticipantId("bo"), ParticipantId("cy")
ONE, TWO = RoomId("one"), RoomId("two")


def test_without_limits_nobody_has_a_ceiling() -> None:
    assert NO_LIMITS.ceilings({ONE: {ADA: 1e6}}) == {ONE: {ADA: None}}


def test_a_participants_limit_is_the_ceiling_of_each() -> None:
    limits = BitrateLimits(participant_bps=2e6)
    assert limits.ceilings({ONE: {ADA: 1e6, BO: 5e6}}) == {ONE: {ADA: 2e6, BO: 2e6}}


def test_a_rooms_limit_is_split_fairly_within_each_room() -> None:
    limits = BitrateLimits(room_bps=3e6)
    ceilings = limits.ceilings({ONE: {ADA: 1e6, BO: 9e6}, TWO: {CY: 9e6}})
    assert ceilings[ONE][ADA] == pytest.approx(HEADROOM * 1e6)
    assert ceilings[ONE][BO] == pytest.approx(3e6 - HEADROOM * 1e6)
    assert ceilings[TWO][CY] == pytest.approx(3e6)


def test_the_servers_limit_is_split_over_all_rooms() -> None:
    limits = BitrateLimits(server_bps=3e6)
    ceilings = limits.ceilings({ONE: {ADA: 9e6, BO: 9e6}, TWO: {CY: 9e6}})
    assert ceilings == {
        ONE: {ADA: pytest.approx(1e6), BO: pytest.approx(1e6)},
        TWO: {CY: pytest.approx(1e6)},
    }


def test_the_lower_of_share_and_participants_limit_counts() -> None:
    limits = BitrateLimits(participant_bps=1e6, room_bps=3e6)
    ceilings = limits.ceilings({ONE: {ADA: 9e6, BO: 500_000}})
    assert ceilings[ONE] == {ADA: 1e6, BO: pytest.approx(HEADROOM * 500_000)}


def test_a_viewer_without_pictures_has_room_for_its_first() -> None:
    limits = BitrateLimits(room_bps=3e6)
    assert limits.ceilings({ONE: {ADA: 0.0}})[ONE][ADA] == LEAST_DEMAND_BPS


@given(
    st.dictionaries(
        st.sampled_from([ONE, TWO]),
        st.dictionaries(st.sampled_from([ADA, BO, CY]), st.floats(0, 5e7)),
    ),
    st.floats(1e5, 1e7),
    st.floats(1e5, 1e7),
)
def test_the_ceilings_of_a_room_and_of_the_server_stay_within_their_limits(
    demands: dict[RoomId, dict[ParticipantId, float]], room_bps: float, all_bps: float
) -> None:
    limits = BitrateLimits(room_bps=room_bps, server_bps=all_bps)
    ceilings = limits.ceilings(demands)
    assert {room: set(found) for room, found in ceilings.items()} == {
        room: set(viewers) for room, viewers in demands.items()
    }
    sums = [sum(one or 0.0 for one in found.values()) for found in ceilings.values()]
    assert all(total <= 1.000_001 * room_bps for total in sums)
    assert sum(sums) <= 1.000_001 * all_bps
