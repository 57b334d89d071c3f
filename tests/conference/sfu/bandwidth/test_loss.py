"""Distinguishing ambient loss from loss that depends on the rate."""

from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conference.sfu.bandwidth.loss import (
    FLOOR_BPS,
    HOLD_S,
    MAX_AMBIENT,
    LossControl,
)

STEP_S = 0.1
PACKET_BITS = 9_600


class Sender:
    """Sends at the limit, or at a wanted rate; a function decides the loss."""

    def __init__(self, wanted_bps: float, lost: Callable[[float], float]) -> None:
        self.control = LossControl()
        self.wanted_bps = wanted_bps
        self.lost = lost
        self.now = 0.0
        self.limits: list[float | None] = []
        self._random = Random(7)

    @property
    def rate_bps(self) -> float:
        return min(self.wanted_bps, self.control.limit_bps or self.wanted_bps)

    def run(self, seconds: float, *, queued: bool = False) -> None:
        for _ in range(round(seconds / STEP_S)):
            rate = self.rate_bps
            share = self.lost(rate)
            count = round(rate * STEP_S / PACKET_BITS)
            lost = sum(self._random.random() < share for _ in range(count))
            self.now += STEP_S
            self.control.on_counts(
                count - lost,
                lost,
                acknowledged_bps=rate * (1 - share),
                queued=queued,
                rtt_s=0.05,
                now=self.now,
            )
            self.limits.append(self.control.limit_bps)


@pytest.mark.parametrize("share", [0.0, 0.02, 0.05, 0.1, 0.2, 0.3])
def test_random_loss_limits_the_rate_only_briefly(share: float) -> None:
    sender = Sender(1.5e6, lambda rate: share)
    sender.run(60)
    limited = sum(limit is not None for limit in sender.limits) / len(sender.limits)
    assert limited < 0.1
    assert sender.control.limit_bps is None
    assert sender.control.ambient == pytest.approx(share, abs=0.05)


def test_a_policer_limits_the_rate_to_what_passes() -> None:
    sender = Sender(1.5e6, lambda rate: max(0.0, 1 - 1e6 / rate))
    sender.run(5)
    assert sender.control.limit_bps == pytest.approx(1e6, rel=0.1)
    assert sender.control.ambient < 0.05


def test_a_limit_grows_and_is_removed_when_it_has_no_effect() -> None:
    sender = Sender(1.5e6, lambda rate: max(0.0, 1 - 1e6 / rate))
    sender.run(4)
    limit = sender.control.limit_bps
    assert limit is not None
    sender.lost = lambda rate: 0.0
    sender.run(HOLD_S + 10)
    assert sender.control.limit_bps is not None
    assert sender.control.limit_bps > 1.4 * limit
    sender.wanted_bps = 300e3
    sender.run(10)
    assert sender.control.limit_bps is None


def test_loss_with_a_standing_queue_is_left_to_delay_control() -> None:
    sender = Sender(1.5e6, lambda rate: 0.3)
    sender.run(20, queued=True)
    assert set(sender.limits) == {None}
    assert sender.control.ambient == 0


def test_a_queue_during_a_trial_confirms_it() -> None:
    sender = Sender(1.5e6, lambda rate: 0.4)
    sender.run(1)
    assert sender.control.limit_bps is not None
    sender.run(0.2, queued=True)
    sender.lost = lambda rate: 0.0
    sender.run(2)
    assert sender.control.limit_bps is not None


def test_a_small_rate_is_never_limited() -> None:
    sender = Sender(FLOOR_BPS, lambda rate: 0.3)
    sender.run(30)
    assert set(sender.limits) == {None}
    assert sender.control.ambient == pytest.approx(0.3, abs=0.1)


def test_an_interruption_restarts_the_count() -> None:
    sender = Sender(1.5e6, lambda rate: 1.0)
    sender.run(0.5)
    sender.control.interrupted()
    sender.lost = lambda rate: 0.0
    sender.run(5)
    assert set(sender.limits) == {None}


def test_few_packets_prove_nothing() -> None:
    control = LossControl()
    for i in range(50):
        control.on_counts(
            0, 1, acknowledged_bps=1e6, queued=False, rtt_s=0, now=i * 1.0
        )
    assert control.limit_bps is None
    assert control.ambient == 0


@given(
    st.lists(
        st.tuples(
            st.integers(0, 200),
            st.integers(-20, 200),
            st.one_of(st.none(), st.floats(0, 5e6)),
            st.booleans(),
        ),
        max_size=80,
    )
)
def test_any_counts_keep_the_bounds(
    counts: list[tuple[int, int, float | None, bool]],
) -> None:
    control = LossControl()
    now = 0.0
    for received, lost, acknowledged, queued in counts:
        now += 0.3
        control.on_counts(
            received,
            lost,
            acknowledged_bps=acknowledged,
            queued=queued,
            rtt_s=0.1,
            now=now,
        )
        assert 0 <= control.ambient <= MAX_AMBIENT
        assert control.limit_bps is None or control.limit_bps >= FLOOR_BPS
