"""
The dominant speaker of a room: who speaks most, through pauses and short interjections.

After I. Volfin and I. Cohen, "Dominant speaker identification for multipoint
videoconferencing" (IEEE Convention of Electrical and Electronics Engineers in Israel,
2012): speech activity is scored over an immediate, a medium and a long time, each by how much
likelier the count of active parts is under speech than under noise, and a challenger
takes over when it exceeds the present one in all three. Levels come from RFC 6464, so
the sub-bands of the paper's immediate time are steps of loudness above the
microphone's own noise.

Departure from the paper: a challenger must also have spoken for most of the last second.
The paper's long time alone lets a cough take over while the speaker takes a breath.
The present speaker stays during silence. Driven by ``speakers``: with each packet, and
some times a second.
"""

from collections.abc import Hashable
from itertools import accumulate
from math import comb, log
from typing import Generic, TypeVar

BLOCK_S = 0.1
"""Medium time: five packets. Shorter: the gap between syllables counts as silence; longer:
a change is detected later."""
BLOCK_PACKETS = 5
LONG_BLOCKS = 10
"""Long time: a second."""
STEPS = 13
STEP_DB = 4.0
"""Immediate time: loudness above the noise, in this many steps of this width."""
ACTIVE_STEP = 3
"""From this step on a packet counts as active: 12 dB above the noise."""
ACTIVE_PACKETS = 3
"""Active packets that make a block active: syllables reach this, clicks do not."""
QUIET_DB = 62.0
"""Lowest noise level, as 127 minus RFC 6464's -dBov: -65 dBov. Below it everything is
silence; otherwise breath would count in a very quiet room."""
NOISE_DB = 92.0
"""Highest noise level: -35 dBov. Anything louder is speech, however steady."""
FIRST_NOISE_DB = 74.0
"""Highest noise level taken from a first packet, which may be speech already."""
NOISE_FALL = 0.3
"""Weight of a quieter packet in the noise level, which shows in the gaps between words."""
NOISE_RISE_DB = 0.03
"""Rise of the noise level per louder packet: 1.5 dB a second. Faster: long sentences become
noise; slower: a fan that starts counts as speech for half a minute."""
LONG_ACTIVE = 6
"""Active blocks of the last second that a challenger needs. Five are a long cough or
a slammed door; more would delay a real change of speaker."""
_RATES = (0.78, 24.0, 47.0)
"""Decay rates of the distribution under noise, for the three times, as in the
Jitsi project's implementation of the paper."""
IMMEDIATE_LEAD, MEDIUM_LEAD, LONG_LEAD = 1.0, 1.0, 0.6
"""How far a challenger's scores must exceed the present ones, as logarithms of their ratio
(the paper's C1, C2, C3). The last requires nearly twice the speech in the last second.
Higher: interruptions take longer; lower: two people who talk at once alternate."""
LEAST_SCORE = 1e-10
"""Keeps the logarithm of the ratio finite (also from Jitsi)."""

K = TypeVar("K", bound=Hashable)


def _scores(parts: int, rate: float) -> tuple[float, ...]:
    """
    Return the score for each count of active parts.

    Speech: each part is active with probability one half. Noise: the count falls
    off exponentially with ``rate``. The score never falls with the count: a voice at the top
    of its range is still speech, although the binomial distribution finds it unlikely.
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
        """Number of the present block."""
        self.active = 0
        """Active packets in it."""
        self.peak = 0
        """Loudest step in it."""
        self.history = 0
        """A bit for each earlier block, the newest lowest: 1 if it was active."""
        self.noise = min(FIRST_NOISE_DB, max(QUIET_DB, loudness))
        self.scores = (LEAST_SCORE, LEAST_SCORE, LEAST_SCORE)
        self.spoken = 0
        """Active blocks of the last second."""

    def on_level(self, loudness: float) -> None:
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
        """Continue with a later block; those in between were silent."""
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
        """None until a participant has spoken, and after the speaker has left."""
        self._voices: dict[K, _Voice] = {}

    def on_level(self, key: K, level: int, *, now: float) -> None:
        """Note a packet's level in -dBov (0 loudest, 127 silence)."""
        block, loudness = int(now / BLOCK_S), 127.0 - level
        voice = self._voices.get(key)
        if voice is None:
            voice = self._voices[key] = _Voice(block, loudness)
        elif voice.block != block:
            voice.close(block)
        voice.on_level(loudness)

    def remove(self, key: K) -> None:
        """Remove a microphone."""
        self._voices.pop(key, None)
        if self.speaker == key:
            self.speaker = None

    def evaluate(self, *, now: float) -> K | None:
        """Return the dominant speaker, if there is one."""
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
