"""
The loudest microphones of a room, and which participants are speaking.

Works on the audio levels in publishers' packets (RFC 6464), so nothing is decoded.
Loudness rises fast and falls slowly, and a microphone keeps its place against one that is
only a little louder, so that neither places nor speaker marks flicker. The dominant
speaker is found by ``dominant``; the stage is not decided here.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from conference.sfu.speech.dominant import DominantSpeaker

CANDIDATES = 5
"""Places in the ranking: three floating slots, and two for a viewer's own microphone and
for its stage, which are not sent in floating slots."""
ATTACK = 0.4
"""Weight of a louder packet in the loudness: a word is noticed after 60 ms."""
DECAY = 0.04
"""Weight of a quieter packet: a pause between words (0.5 s) keeps the place."""
PACKET_S = 0.02
"""Duration of an Opus packet as browsers send it."""
HEARD = 3
"""Floating slots: almost all viewers hear the first places of the ranking."""
HYSTERESIS_DB = 6.0
"""How much louder a microphone must be than the one before it to take its place."""
SPEAKING_DB = 77.0
"""Loudness of speech, 127 minus RFC 6464's -dBov: -50 dBov."""
SPEAKING_ON_PACKETS = 5
"""Consecutive loud packets after which a participant is speaking: 100 ms of speech."""
SPEAKING_OFF_S = 1.0
"""Silence after which a participant is no longer speaking."""
STALE_S = 0.6
"""A microphone without packets for this long (DTX, loss) counts as silent."""

K = TypeVar("K", bound=Hashable)


@dataclass(slots=True)
class _Voice:
    loudness: float = 0.0
    loud_packets: int = 0
    loud_at: float = -SPEAKING_OFF_S
    received_at: float = 0.0
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
            voice = self._voices[key] = _Voice(received_at=now - PACKET_S)
        loudness = 127.0 - level
        if loudness > voice.loudness:
            share = ATTACK
        else:
            # By time, not by packet: a silent microphone sends few packets (DTX).
            packets = max(1.0, (now - voice.received_at) / PACKET_S)
            share = 1 - (1 - DECAY) ** packets
        voice.loudness += share * (loudness - voice.loudness)
        voice.received_at = now
        if loudness >= SPEAKING_DB:
            voice.loud_packets += 1
            voice.loud_at = now
        else:
            voice.loud_packets = 0

    def remove(self, key: K) -> None:
        """Remove a microphone."""
        self._dominant.remove(key)
        self._voices.pop(key, None)
        if key in self._ranking:
            self._ranking.remove(key)

    @property
    def dominant(self) -> K | None:
        """The dominant speaker at the latest ``evaluate``; None: there is none."""
        return self._dominant.speaker

    def evaluate(self, *, now: float) -> tuple[tuple[K, ...], tuple[K, ...]]:
        """
        Return the ranking, and the speaking participants in the order of their arrival.

        The first three places of the ranking are the loudest; a microphone keeps its
        place while it is among them. With few microphones, all of them are ranked.
        """
        for voice in self._voices.values():
            if now - voice.received_at > STALE_S:
                voice.loudness = 0.0
                voice.loud_packets = 0
            if voice.loud_packets >= SPEAKING_ON_PACKETS:
                voice.speaking = True
            elif now - voice.loud_at >= SPEAKING_OFF_S:
                voice.speaking = False
        self._rank()
        self._dominant.evaluate(now=now)
        speaking = tuple(key for key, voice in self._voices.items() if voice.speaking)
        return tuple(self._ranking), speaking

    def _rank(self) -> None:
        """Fill the places; a held one is kept against a little more loudness."""
        voices, held = self._voices, self._ranking

        def weight(key: K) -> float:
            return voices[key].loudness + (HYSTERESIS_DB if key in held else 0.0)

        chosen = sorted(voices, key=weight, reverse=True)[:CANDIDATES]
        new = [key for key in chosen if key not in held]
        # A new microphone takes the place of the removed one; the others stay.
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
