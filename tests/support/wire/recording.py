"""
Something to publish: pictures and tones, encoded once and played in a loop.

A picture is noise of one colour with a bright bar that wanders, so that a viewer
who decodes it can tell whose it is by its mean chroma and see that it moves.
"""

import array
import fractions
import functools
import math
import random
from dataclasses import dataclass
from typing import Any

import av

VIDEO_CLOCK = 90_000
AUDIO_CLOCK = 48_000
OPUS_FRAME = 960  # samples: 20 ms at 48 kHz


@dataclass(frozen=True, slots=True)
class Frame:
    """One encoded frame."""

    data: bytes
    key: bool


@dataclass(frozen=True, slots=True)
class Recording:
    """Encoded frames at a steady rate; the first one is a key frame."""

    codec: str
    clock_rate: int
    ticks: int
    """Of the clock, from frame to frame."""
    frames: tuple[Frame, ...]

    @property
    def interval_s(self) -> float:
        """Seconds from frame to frame."""
        return self.ticks / self.clock_rate

    @property
    def bitrate_bps(self) -> float:
        """Mean rate of the encoded frames."""
        octets = sum(len(frame.data) for frame in self.frames)
        return 8 * octets / (len(self.frames) * self.interval_s)


def _fill(plane: Any, rows: bytes, width: int) -> None:
    """Write pixel rows into a plane, whose lines may be longer than the picture."""
    lines = [rows[at : at + width] for at in range(0, len(rows), width)]
    padding = bytes(plane.line_size - width)
    text = b"".join(line + padding for line in lines)
    plane.update(text + bytes(plane.buffer_size - len(text)))


@functools.cache
def picture(
    *,
    blue: int = 128,
    red: int = 128,
    width: int = 640,
    height: int = 360,
    rate: int = 25,
    seconds: float = 2.0,
    bitrate_bps: int = 600_000,
) -> Recording:
    """
    Encode a moving picture as VP8, key frame first and only there.

    Args:
        blue: Mean blue-difference chroma, 16…240; tells pictures apart.
        red: Mean red-difference chroma, 16…240.
        width: Pixels.
        height: Pixels.
        rate: Frames per second.
        seconds: Length of the loop.
        bitrate_bps: What the encoder aims at; the noise makes it reach that.
    """
    encoder: Any = av.CodecContext.create("libvpx", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.time_base = fractions.Fraction(1, rate)
    encoder.framerate = fractions.Fraction(rate)
    encoder.bit_rate = bitrate_bps
    encoder.gop_size = 10_000
    encoder.options = {
        "deadline": "realtime",
        "cpu-used": "8",
        "lag-in-frames": "0",
        "auto-alt-ref": "0",
        "minrate": str(bitrate_bps),
        "maxrate": str(bitrate_bps),
        "error-resilient": "1",
        "max-intra-rate": "400",  # per cent of a mean frame, as browsers limit it
    }
    noise = random.Random(7)  # the same picture each time
    soften = bytes(96 + value // 4 for value in range(256))
    bar = height // 8
    packets: list[Any] = []
    count = round(rate * seconds)
    for number in range(count):
        frame: Any = av.VideoFrame(width, height, "yuv420p")
        luma = bytearray(noise.randbytes(width * height).translate(soften))
        top = number * (height - bar) // count
        luma[top * width : (top + bar) * width] = bytes([235]) * (bar * width)
        _fill(frame.planes[0], bytes(luma), width)
        chroma = width * height // 4
        _fill(frame.planes[1], bytes([blue]) * chroma, width // 2)
        _fill(frame.planes[2], bytes([red]) * chroma, width // 2)
        frame.pts = number
        packets += encoder.encode(frame)
    packets += encoder.encode(None)
    frames = tuple(Frame(bytes(p), bool(p.is_keyframe)) for p in packets)
    assert [frame.key for frame in frames] == [True] + [False] * (count - 1)
    return Recording("VP8", VIDEO_CLOCK, VIDEO_CLOCK // rate, frames)


@functools.cache
def tone(*, frequency_hz: float = 440.0, seconds: float = 1.0) -> Recording:
    """Encode a sine of about -15 dBov as Opus."""
    encoder: Any = av.CodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.format = AUDIO_CLOCK, "s16"
    encoder.layout = "mono"
    encoder.bit_rate = 32_000
    packets: list[Any] = []
    for number in range(round(seconds * AUDIO_CLOCK / OPUS_FRAME)):
        first = number * OPUS_FRAME
        samples = array.array(
            "h",
            (
                int(
                    8000 * math.sin(math.tau * frequency_hz * (first + n) / AUDIO_CLOCK)
                )
                for n in range(OPUS_FRAME)
            ),
        )
        frame: Any = av.AudioFrame(format="s16", layout="mono", samples=OPUS_FRAME)
        frame.planes[0].update(samples.tobytes())
        frame.sample_rate, frame.pts = AUDIO_CLOCK, first
        packets += encoder.encode(frame)
    packets += encoder.encode(None)
    frames = tuple(Frame(bytes(p), True) for p in packets if p.size)
    return Recording("opus", AUDIO_CLOCK, OPUS_FRAME, frames)


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded frame, reduced to what tests ask about."""

    width: int
    height: int
    blue: float
    """Mean blue-difference chroma."""
    red: float
    key: bool


class Decoder:
    """Decodes VP8 frames; a broken one raises what FFmpeg raises."""

    def __init__(self) -> None:
        self._codec: Any = av.CodecContext.create("vp8", "r")

    def decode(self, frame: bytes) -> Picture | None:
        """Return the picture of a frame, or None if it shows nothing."""
        for picture in self._codec.decode(av.Packet(frame)):
            means = []
            for plane in picture.planes[1:]:
                row = bytes(plane)[: plane.width]
                means.append(sum(row) / len(row))
            blue, red = means
            return Picture(picture.width, picture.height, blue, red, picture.key_frame)
        return None
