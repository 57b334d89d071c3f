"""The dominant speaker, from traces of levels."""

from collections.abc import Callable
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conference.sfu.speech.dominant import DominantSpeaker

PACKET_S = 0.02
TICK_PACKETS = 5
SILENCE = 127

Trace = Callable[[float], int | None]
"""Level in -dBov at a time, or no packet (DTX)."""


def speech(random: Random, level: int = 30) -> Trace:
    """Syllables of 150-300 ms with gaps of 40-80 ms, and a breath now and then."""
    until, loud = 0.0, False

    def at(now: float) -> int:
        nonlocal until, loud
        if now >= until:
            loud = not loud
            pause = random.random() < 0.1
            until = now + (
                random.uniform(0.15, 0.3)
                if loud
                else random.uniform(0.3, 0.5)
                if pause
                else random.uniform(0.04, 0.08)
            )
        return level + random.randint(-6, 6) if loud else 75

    return at


def noise(random: Random, level: int = 75) -> Trace:
    return lambda now: level + random.randint(-3, 3)


def quiet(now: float) -> int | None:
    return SILENCE if round(now / PACKET_S) % 20 == 0 else None


def burst(seconds: float, start: float, level: int = 15) -> Trace:
    """A cough or a door: loud for a moment in a quiet room."""
    return lambda now: level if start <= now < start + seconds else 80


class Room:
    def __init__(self) -> None:
        self.dominant: DominantSpeaker[str] = DominantSpeaker()
        self.now = 100.0
        self.log: list[tuple[float, str | None]] = []

    def run(self, seconds: float, **traces: Trace) -> list[str | None]:
        """Play traces of levels; return the dominant speaker at each tick."""
        start, seen = self.now, []
        for packet in range(round(seconds / PACKET_S)):
            for name, trace in traces.items():
                level = trace(self.now - start)
                if level is not None:
                    self.dominant.on_level(name, level, now=self.now)
            self.now += PACKET_S
            if packet % TICK_PACKETS == TICK_PACKETS - 1:
                seen.append(self.dominant.evaluate(now=self.now))
                self.log.append((self.now - start, seen[-1]))
        return seen

    def took(self, name: str) -> float:
        """Seconds of the latest run until a speaker became dominant."""
        return next(at for at, who in self.log if who == name)


def test_without_speech_there_is_no_dominant_speaker() -> None:
    random = Random(1)
    assert set(Room().run(10, a=noise(random), b=quiet)) == {None}


def test_the_first_speaker_is_dominant_within_a_second() -> None:
    took = []
    for seed in range(21):
        random, room = Random(seed), Room()
        room.run(3, a=speech(random), b=noise(random))
        took.append(room.took("a"))
    took.sort()
    assert took[10] <= 1.0
    assert took[18] <= 1.5  # some draw breath at once


def test_a_change_of_speaker_is_detected_within_a_second() -> None:
    took = []
    for seed in range(21):
        random, room = Random(seed), Room()
        room.run(5, a=speech(random), b=noise(random), c=quiet)
        room.log.clear()
        room.run(4, a=noise(random), b=speech(random), c=quiet)
        took.append(room.took("b"))
    took.sort()
    assert took[10] <= 1.0
    assert took[18] <= 1.5


@pytest.mark.parametrize("seed", range(10))
def test_short_noises_do_not_change_the_speaker(seed: int) -> None:
    random, room = Random(seed), Room()
    room.run(3, a=speech(random), b=burst(0, 0))
    for _ in range(5):
        start = random.uniform(0.2, 2.0)
        seconds = random.uniform(0.05, 0.48)
        seen = room.run(
            3, a=speech(random), b=burst(seconds, start), c=burst(0.1, start)
        )
        assert set(seen) == {"a"}


def test_a_cough_into_silence_does_not_change_the_speaker() -> None:
    random, room = Random(2), Room()
    room.run(3, a=speech(random), b=burst(0, 0))
    assert set(room.run(4, a=noise(random), b=burst(0.45, 1.0))) == {"a"}


@pytest.mark.parametrize("seed", range(5))
def test_two_simultaneous_speakers_do_not_alternate(seed: int) -> None:
    random, room = Random(seed), Room()
    seen = room.run(20, a=speech(random), b=speech(random, 34))
    changes = sum(x != y for x, y in pairwise(seen))
    assert changes <= 4


def test_the_last_speaker_stays_while_nobody_speaks() -> None:
    random, room = Random(1), Room()
    room.run(3, a=speech(random), b=quiet)
    assert set(room.run(20, a=quiet, b=quiet)) == {"a"}


def test_a_steady_fan_does_not_stay_dominant() -> None:
    random, room = Random(1), Room()
    room.run(10, fan=noise(random, 45), a=noise(random))
    room.log.clear()
    room.run(2, fan=noise(random, 45), a=speech(random))
    assert room.took("a") <= 1.0


def test_a_speaker_that_leaves_is_no_longer_dominant() -> None:
    random, room = Random(1), Room()
    room.run(3, a=speech(random), b=quiet)
    room.dominant.remove("b")
    assert room.dominant.speaker == "a"
    room.dominant.remove("a")
    assert room.dominant.evaluate(now=room.now) is None
    room.dominant.remove("a")


def test_of_two_new_speakers_the_longer_one_becomes_dominant() -> None:
    random, room = Random(4), Room()
    seen = room.run(
        3,
        a=lambda now: 30 if now > 0.4 else 75,
        b=lambda now: 30 if now > 0.1 else 75,
        c=noise(random),
    )
    assert next(who for who in seen if who is not None) == "b"


@given(
    st.lists(
        st.tuples(
            st.sampled_from("abc"), st.integers(0, 127), st.floats(-0.5, 30, width=32)
        ),
        max_size=150,
    )
)
def test_any_levels_at_any_times_give_a_known_speaker(
    packets: list[tuple[str, int, float]],
) -> None:
    dominant: DominantSpeaker[str] = DominantSpeaker()
    now = 100.0
    heard = set()
    for name, level, wait in packets:
        now += wait
        heard.add(name)
        dominant.on_level(name, level, now=now)
        assert dominant.evaluate(now=now) in heard | {None}
