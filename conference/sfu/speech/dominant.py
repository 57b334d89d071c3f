"""
Who holds the word: the one dominant speaker of a room.

After I. Volfin and I. Cohen, "Dominant speaker identification for multipoint
videoconferencing" (IEEE Convention of Electrical and Electronics Engineers in Israel,
2012): speech activity is scored over an immediate, a medium and a long time, each by how much
likelier the count of active parts is under speech than under noise, and a challenger
takes over when it beats the present one in all three. Levels come from RFC 6464, so
the sub-bands of the paper's immediate time are steps of loudness over the
microphone's own noise.

Departure: a challenger must also have spoken for most of the last second. The
paper's long time alone lets a cough through while the speaker takes a breath.
The present speaker stays while nobody speaks. It says nothing of places or
rings; those are ``speakers``'. Driven by packets and by the speakers' timer.
"""

from collections.abc import Hashable
from itertools import accumulate
from math import comb, log
from typing import Generic, TypeVar

BLOCK_S = 0.1
"""Medium time: five packets. Shorter: a syllable's gap is silence; longer: a change
is seen later."""
BLOCK_PACKETS = 5
LONG_BLOCKS = 10
"""Long time: a second."""
STEPS = 13
STEP_DB = 4.0
"""Immediate time: loudness over the noise, in so many steps of this width."""
ACTIVE_STEP = 3
"""From this step on a packet counts as active: 12 dB over the noise."""
ACTIVE_PACKETS = 3
"""Active packets that make a block active, as syllables do and clicks do not."""
QUIET_DB = 62.0
"""Least noise, as 127 minus RFC 6464's -dBov: -65 dBov. Below it everything is
silence, or breath would count in a very quiet room."""
NOISE_DB = 92.0
"""Most noise: -35 dBov. Louder is speech, however steady."""
FIRST_NOISE_DB = 74.0
"""Most noise taken from a first packet: it may be speech already."""
NOISE_FALL = 0.3
"""Share of a quieter packet in the noise; the gaps between words show it."""
NOISE_RISE_DB = 0.03
"""Per louder packet: 1.5 dB a second. Faster: long sentences become noise; slower:
a fan that starts takes the word for half a minute."""
LONG_ACTIVE = 6
"""Active blocks of the last second that a challenger needs. Five are a long cough or
a slammed door; more delays a true change."""
_RATES = (0.78, 24.0, 47.0)
"""How fast the counts of noise fall off, per part of the three times, as in the
Jitsi project's implementation of the paper."""
IMMEDIATE_LEAD, MEDIUM_LEAD, LONG_LEAD = 1.0, 1.0, 0.6
"""How far a challenger's scores must lie above, as logarithms of their ratio (the
paper's C1, C2, C3). The last asks for nearly twice the speech of the last second. More:
interruptions take longer; less: two who talk at once alternate."""
LEAST_SCORE = 1e-10
"""Keeps the ratio's logarithm finite (likewise)."""

K = TypeVar("K", bound=Hashable)


def _scores(parts: int, rate: float) -> tuple[float, ...]:
    """
    Return the score for each count of active parts.

    Speech: each part is active with probability one half. Noise: the count falls
    off exponentially with ``rate``. More is never less: a voice at the top of its
    range is speech still, however unlikely the binomial law finds it.
    """
    scores = (
        log(comb(parts, active)) + parts * log(0.5) - log(rate) + rate * active
        for active in range(parts + 1)
    )
    return tuple(accumulate((max(LEAST_SCORE, score) for score in scores), max))


_IMMEDIATE = _scores(STEPS, _RATES[0])
_MEDIUM = _scores(BLOCK_PACKETS, _RATES[1])
_LONG = _scores(LONG_BLOCKS, _RATES[2])
_LONG_MASK = (1 << LONG_BLOCKS) - 1


class _Voice:
    __slots__ = ("active", "block", "history", "noise", "peak", "scores", "spoken")

    def __init__(self, block: int, loudness: float) -> None:
        self.block = block
        """The block that is being filled."""
        self.active = 0
        """Its active packets."""
        self.peak = 0
        """Its loudest step."""
        self.history = 0
        """A bit for each earlier block, newest lowest: it was active."""
        self.noise = min(FIRST_NOISE_DB, max(QUIET_DB, loudness))
        self.scores = (LEAST_SCORE, LEAST_SCORE, LEAST_SCORE)
        self.spoken = 0
        """Active blocks of the last second."""

    def hear(self, loudness: float) -> None:
        """Note a packet of the present block."""
        if loudness < self.noise:
            self.noise += NOISE_FALL * (loudness - self.noise)
            self.noise = max(QUIET_DB, self.noise)
        else:
            self.noise = min(NOISE_DB, self.noise + NOISE_RISE_DB)
        step = min(STEPS, int((loudness - self.noise) / STEP_DB))
        self.peak = max(self.peak, step)
        if step >= ACTIVE_STEP:
            self.active += 1

    def close(self, block: int) -> None:
        """Go on to a later block; those in between were silent."""
        passed = block - self.block
        if passed <= 0:
            return
        active = min(self.active, BLOCK_PACKETS)
        history = self.history << 1 | (active >= ACTIVE_PACKETS)
        self.history = history << min(passed - 1, LONG_BLOCKS) & _LONG_MASK
        peak = self.peak if passed == 1 else 0
        active = active if passed == 1 else 0
        self.spoken = self.history.bit_count()
        self.scores = _IMMEDIATE[peak], _MEDIUM[active], _LONG[self.spoken]
        self.block, self.active, self.peak = block, 0, 0


class DominantSpeaker(Generic[K]):
    """
    The dominant speaker of one room.

    Inputs: ``on_level``, ``remove``. Output: ``evaluate``, some times a second.
    """

    __slots__ = ("_voices", "speaker")

    def __init__(self) -> None:
        self.speaker: K | None = None
        """Who it is; None until somebody has spoken, or once they are gone."""
        self._voices: dict[K, _Voice] = {}

    def on_level(self, key: K, level: int, *, now: float) -> None:
        """Note a packet's level in -dBov (0 loudest, 127 silence)."""
        block, loudness = int(now / BLOCK_S), 127.0 - level
        voice = self._voices.get(key)
        if voice is None:
            voice = self._voices[key] = _Voice(block, loudness)
        elif voice.block != block:
            voice.close(block)
        voice.hear(loudness)

    def remove(self, key: K) -> None:
        """Forget a microphone that went away."""
        self._voices.pop(key, None)
        if self.speaker == key:
            self.speaker = None

    def evaluate(self, *, now: float) -> K | None:
        """Return who is dominant now."""
        block = int(now / BLOCK_S)
        best: K | None = None
        lead = (LEAST_SCORE, LEAST_SCORE, LEAST_SCORE)
        for key, voice in self._voices.items():
            voice.close(block)
            if key == self.speaker:
                lead = voice.scores
        long_lead = 0.0
        for key, voice in self._voices.items():
            if key == self.speaker or voice.spoken < LONG_ACTIVE:
                continue
            immediate, medium, long = (
                log(own / other) for own, other in zip(voice.scores, lead, strict=True)
            )
            if (
                immediate > IMMEDIATE_LEAD
                and medium > MEDIUM_LEAD
                and long > max(LONG_LEAD, long_lead)
            ):
                best, long_lead = key, long
        if best is not None:
            self.speaker = best
        return self.speaker
