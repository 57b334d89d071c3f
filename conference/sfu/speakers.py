"""
Who is heard: the loudest microphones of a room, and who is speaking now.

Works on the audio levels that publishers put on their packets (RFC 6464), so
nothing is decoded. Loudness rises fast and falls slowly, and those who hold a
place keep it against a challenger who is only a little louder: places and
rings do not flicker. It does not decide who is on the stage.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

CANDIDATES = 5
"""Places in the ranking: three floating slots, and the two of a viewer's own
microphone and of its stage, which it does not hear there."""
ATTACK = 0.4
"""Share of a louder packet in the new loudness: a word counts after 60 ms."""
DECAY = 0.04
"""Share of a quieter packet: a pause between words (0.5 s) keeps the place."""
HYSTERESIS_DB = 6.0
"""How much louder one must be than the one ahead to take its place."""
SPEAKING_DB = 77.0
"""Loudness of speech, 127 minus RFC 6464's -dBov: -50 dBov."""
RING_ON_PACKETS = 5
"""Loud packets in a row until somebody counts as speaking: 100 ms of speech."""
RING_OFF_S = 1.0
"""Silence until somebody no longer does."""
STALE_S = 0.6
"""Without packets for this long (DTX, loss) a microphone counts as silent."""

K = TypeVar("K", bound=Hashable)


@dataclass(slots=True)
class _Voice:
    loudness: float = 0.0
    loud_packets: int = 0
    loud_at: float = -RING_OFF_S
    heard_at: float = 0.0
    speaking: bool = False


class Loudest(Generic[K]):
    """
    The ranking of one room's microphones.

    Inputs: ``on_level``, ``remove``. Output: ``evaluate``, some times a second.
    """

    __slots__ = ("_ranking", "_voices")

    def __init__(self) -> None:
        self._voices: dict[K, _Voice] = {}
        self._ranking: list[K] = []

    def on_level(self, key: K, level: int, *, now: float) -> None:
        """Note a packet's level in -dBov (0 loudest, 127 silence)."""
        voice = self._voices.get(key)
        if voice is None:
            voice = self._voices[key] = _Voice()
            self._ranking.append(key)
        loudness = 127.0 - level
        share = ATTACK if loudness > voice.loudness else DECAY
        voice.loudness += share * (loudness - voice.loudness)
        voice.heard_at = now
        if loudness >= SPEAKING_DB:
            voice.loud_packets += 1
            voice.loud_at = now
        else:
            voice.loud_packets = 0

    def remove(self, key: K) -> None:
        """Forget a microphone that went away."""
        if self._voices.pop(key, None) is not None:
            self._ranking.remove(key)

    def evaluate(self, *, now: float) -> tuple[tuple[K, ...], tuple[K, ...]]:
        """
        Return the ranking and those who speak, the loudest first.

        The ranking holds every microphone while there are few of them.
        """
        for voice in self._voices.values():
            if now - voice.heard_at > STALE_S:
                voice.loudness = 0.0
                voice.loud_packets = 0
            if voice.loud_packets >= RING_ON_PACKETS:
                voice.speaking = True
            elif now - voice.loud_at >= RING_OFF_S:
                voice.speaking = False
        self._reorder()
        speaking = sorted(
            (key for key, voice in self._voices.items() if voice.speaking),
            key=lambda key: self._voices[key].loudness,
            reverse=True,
        )
        return tuple(self._ranking[:CANDIDATES]), tuple(speaking)

    def _reorder(self) -> None:
        """Let the louder rise, one neighbour at a time and never by a little."""
        order, voices = self._ranking, self._voices
        for end in range(len(order) - 1, 0, -1):
            for place in range(end, 0, -1):
                ahead, behind = voices[order[place - 1]], voices[order[place]]
                if behind.loudness <= ahead.loudness + HYSTERESIS_DB:
                    break
                order[place - 1], order[place] = order[place], order[place - 1]
