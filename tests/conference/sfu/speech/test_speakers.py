"""The ranking of microphones: loud enough to matter, and without flicker."""

import random

from conference.sfu.speech.speakers import CANDIDATES, HEARD, Loudest


class Table:
    """Microphones that send 50 packets a second, or few while silent."""

    def __init__(self) -> None:
        self.now = 10.0
        self.loudest: Loudest[str] = Loudest()

    def talk(self, levels: dict[str, int], seconds: float, *, every: int = 1) -> None:
        """Let microphones send levels in -dBov; ``every`` packet counts (DTX)."""
        for packet in range(round(seconds * 50)):
            if packet % every == 0:
                for name, level in levels.items():
                    self.loudest.on_level(name, level, now=self.now)
            self.now += 0.02

    def ranked(self) -> set[str]:
        """Return the first places of the ranking."""
        return set(self.loudest.evaluate(now=self.now)[0][:HEARD])

    def speaking(self) -> set[str]:
        """Return the speaking participants."""
        return set(self.loudest.evaluate(now=self.now)[1])


def test_the_loudest_are_ranked_first_despite_close_neighbours() -> None:
    """Steps of five decibels each, along which hysteresis must not add up."""
    table = Table()
    names = "abcdefgh"
    levels = {name: 77 - 5 * place for place, name in enumerate(names)}
    for name in names:
        table.talk({name: levels[name]}, 0.1)
        table.loudest.evaluate(now=table.now)
    for _ in range(30):
        table.talk(levels, 0.1)
        table.loudest.evaluate(now=table.now)
    assert {"g", "h"} <= table.ranked()
    assert table.speaking() == {"g", "h"}


def test_places_of_equally_loud_voices_do_not_change() -> None:
    table = Table()
    names = [f"m{i}" for i in range(8)]
    table.talk(dict.fromkeys(names, 45), 2.0)
    ranking = table.loudest.evaluate(now=table.now)[0]
    noise = random.Random(3)
    for _ in range(100):
        table.talk({name: 45 + noise.randint(-2, 2) for name in names}, 0.1)
        assert table.loudest.evaluate(now=table.now)[0] == ranking


def test_a_new_voice_takes_one_place_and_moves_no_other() -> None:
    table = Table()
    table.talk(dict.fromkeys("abcdefg", 60), 1.0)
    before = table.loudest.evaluate(now=table.now)[0]
    outsider = next(name for name in "abcdefg" if name not in before)
    table.talk({**dict.fromkeys("abcdefg", 60), outsider: 20}, 1.0)
    after = table.loudest.evaluate(now=table.now)[0]
    assert outsider in after[:HEARD]
    # One place becomes free; at most one other changes with it.
    assert sum(a != b for a, b in zip(before, after, strict=True)) <= 2


def test_silence_with_dtx_frees_a_place_within_seconds() -> None:
    table = Table()
    talkers = dict.fromkeys("abc", 30)
    table.talk({**talkers, **dict.fromkeys("def", 100)}, 2.0)
    table.ranked()
    table.talk(dict.fromkeys("abcde", 127), 2.0, every=20)
    table.talk({**dict.fromkeys("abcde", 127), "f": 60}, 1.0, every=1)
    assert "f" in table.ranked()


def test_a_click_after_silence_does_not_count_as_speech() -> None:
    table = Table()
    table.talk({"a": 127}, 4.0, every=20)
    table.talk({"a": 5}, 0.04)
    assert table.speaking() == set()


def test_two_alternating_voices_both_stay_speakers() -> None:
    table = Table()
    table.talk({"a": 30, "b": 35}, 1.0)
    first = table.loudest.evaluate(now=table.now)[1]
    for turn in range(60):
        low, high = (30, 40) if turn % 2 else (40, 30)
        table.talk({"a": low, "b": high}, 0.5)
        assert table.loudest.evaluate(now=table.now)[1] == first


def test_a_microphone_without_packets_is_silent() -> None:
    table = Table()
    table.talk({"a": 20}, 1.0)
    assert table.speaking() == {"a"}
    table.now += 1.2
    assert table.speaking() == set()
    table.loudest.remove("a")
    table.loudest.remove("a")
    assert table.loudest.evaluate(now=table.now) == ((), ())


def test_few_microphones_are_all_ranked() -> None:
    table = Table()
    table.talk({"a": 127, "b": 127}, 1.0)
    assert table.ranked() == {"a", "b"}
    table.talk(dict.fromkeys("abcdefghij", 90), 1.0)
    assert len(table.loudest.evaluate(now=table.now)[0]) == CANDIDATES
