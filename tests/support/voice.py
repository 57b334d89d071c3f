"""A synthetic voice: what a fake microphone plays, without a pause for DTX."""

import math
import struct
import wave
from pathlib import Path

RATE_HZ = 48_000
SECONDS = 8
PITCH_HZ = 140.0
SYLLABLES_HZ = 4.0
"""How often loudness rises and falls; noise suppression takes a steady tone away."""


def write_voice(path: Path) -> Path:
    """Write a mono WAV file of vowel-like sound that loops without a click."""
    frames = bytearray()
    for number in range(RATE_HZ * SECONDS):
        at = number / RATE_HZ
        loud = 0.55 + 0.45 * math.sin(2 * math.pi * SYLLABLES_HZ * at)
        pitch = PITCH_HZ * (1 + 0.05 * math.sin(2 * math.pi * 0.5 * at))
        value = sum(math.sin(2 * math.pi * pitch * k * at) / k for k in (1, 2, 3, 5, 8))
        frames += struct.pack("<h", int(9_000 * loud * value / 2.2))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(bytes(frames))
    return path
