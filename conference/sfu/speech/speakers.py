"""
Who is heard: the loudest microphones of a room, and who is speaking now.

Works on the audio levels that publishers put on their packets (RFC 6464), so
nothing is decoded. Loudness rises fast and falls slowly, and those who hold a
place keep it against a challenger who is only a little louder: places and
rings do not flicker. Who of them holds the word is ``dominant``'s. It does not decide
who is on the stage.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from conference.sfu.speech.dominant import DominantSpeaker

CANDIDATES = 5
"""Places in the ranking: three floating slots, and the two of a viewer's own
microphone and of its stage, which it does not hear there."""
ATTACK = 0.4
"""Share of a louder packet in the new loudness: a word counts after 60 ms."""
DECAY = 0.04
"""Share of a quieter packet: a pause between words (0.5 s) keeps the place."""
PACKET_S = 0.02
"""Duration of an Opus packet as browsers send it."""
HEARD = 3
"""Floating slots: the first places of the ranking are heard by almost all."""
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

    Inputs: ``on_level``, ``remove``. Outputs: ``evaluate``, some times a second, and
    ``dominant``.
    """

    __slots__ = ("_dominant", "_ranking", "_voices")

    def __init__(self) -> None:
        self._dominant: DominantSpeaker[K] = DominantSpeaker()
        self._voices: dict[K, _Voice] = {}
        self._ranking: list[K] = []

    def on_level(self, key: K, level: int, *, now: float) -> None:
        """Note a packet's level in -dBov (0 loudest, 127 silence)."""
        self._dominant.on_level(key, level, now=now)
        voice = self._voices.get(key)
        if voice is None:
            voice = self._voices[key] = _Voice(heard_at=now - PACKET_S)
        loudness = 127.0 - level
        if loudness > voice.loudness:
            share = ATTACK
        else:
            # By time, not by packet: a silent microphone sends few (DTX).
            packets = max(1.0, (now - voice.heard_at) / PACKET_S)
            share = 1 - (1 - DECAY) ** packets
        voice.loudness += share * (loudness - voice.loudness)
        voice.heard_at = now
        if loudness >= SPEAKING_DB:
            voice.loud_packets += 1
            voice.loud_at = now
        else:
            voice.loud_packets = 0

    def remove(self, key: K) -> None:
        """Forget a microphone that went away."""
        self._dominant.remove(key)
        self._voices.pop(key, None)
        if key in self._ranking:
            self._ranking.remove(key)

    @property
    def dominant(self) -> K | None:
        """Who holds the word, after the latest ``evaluate``."""
        return self._dominant.speaker

    def evaluate(self, *, now: float) -> tuple[tuple[K, ...], tuple[K, ...]]:
        """
        Return the ranking, and those who speak in the order of their arrival.

        The first three places of the ranking are the loudest; who holds a place
        keeps it. It holds every microphone while there are few of them.
        """
        for voice in self._voices.values():
            if now - voice.heard_at > STALE_S:
                voice.loudness = 0.0
                voice.loud_packets = 0
            if voice.loud_packets >= RING_ON_PACKETS:
                voice.speaking = True
            elif now - voice.loud_at >= RING_OFF_S:
                voice.speaking = False
        self._rank()
        self._dominant.evaluate(now=now)
        speaking = tuple(key for key, voice in self._voices.items() if voice.speaking)
        return tuple(self._ranking), speaking

    def _rank(self) -> None:
        """Fill the places: who holds one keeps it against a little more loudness."""
        voices, held = self._voices, self._ranking

        def weight(key: K) -> float:
            return voices[key].loudness + (HYSTERESIS_DB if key in held else 0.0)

        chosen = sorted(voices, key=weight, reverse=True)[:CANDIDATES]
        new = [key for key in chosen if key not in held]
        # A newcomer takes the place of the one who lost it; nobody else moves.
        places = [
            key if key in chosen else new.pop(0) for key in held if new or key in chosen
        ]
        places += new
        while len(places) > HEARD:
            first = min(range(HEARD), key=lambda i: voices[places[i]].loudness)
            other = max(
                range(HEARD, len(places)), key=lambda i: voices[places[i]].loudness
            )
            gain = voices[places[other]].loudness - voices[places[first]].loudness
            if gain <= HYSTERESIS_DB:
                break
            places[first], places[other] = places[other], places[first]
        self._ranking = places
