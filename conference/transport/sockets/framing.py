"""
Datagrams in a TCP connection (RFC 4571): two bytes of length, then the datagram.

Pure: octets and the time are arguments. ``Frames`` splits a received stream into
datagrams, ``SendQueue`` holds datagrams for a slow connection and drops late ones. The
sockets are in ``tcp``.
"""

from collections import deque
from struct import Struct

from conference.fanout import formats
from conference.rtp.errors import MalformedPacket
from conference.rtp.packet import MAX_BYTES, is_rtcp

LENGTH = Struct("!H")
VIDEO_WAITS_S = 0.5
"""An older picture arrives too late to be shown in time. Longer: the delay of a slow
link grows to this before the bandwidth estimator sees loss."""
URGENT_WAITS_S = 2.0
"""For sound, RTCP, DTLS and checks. DTLS retransmits its flights after a second."""
MAX_VIDEO_BYTES = 64 << 10
"""A key frame of 720p fits; at 1 Mbit/s it waits for half a second."""
MAX_URGENT_BYTES = 32 << 10
"""Seven seconds of sound: only a connection that carries nothing gets there."""
VIDEO_PAYLOAD_TYPES = frozenset(
    [
        number
        for codec, number in formats.PAYLOAD_TYPES.items()
        if codec in formats.RTX_PAYLOAD_TYPES
    ]
    + list(formats.RTX_PAYLOAD_TYPES.values())
)


def frame(datagram: bytes) -> bytes:
    """Return a datagram with its length in front (RFC 4571 §2)."""
    return LENGTH.pack(len(datagram)) + datagram


def is_video(datagram: bytes) -> bool:
    """Return whether a datagram is video of ours; the RTP header is not encrypted."""
    return (
        len(datagram) > 1
        and 128 <= datagram[0] < 192
        and datagram[1] & 0x7F in VIDEO_PAYLOAD_TYPES
        and not is_rtcp(datagram)
    )


class Frames:
    """Splits a received stream into frames; keeps less than one frame of it."""

    __slots__ = ("_rest",)

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        """
        Return the datagrams that are complete now.

        Raises:
            MalformedPacket: A length of zero, or longer than any datagram: this is
                not a media connection, and the rest of it cannot be parsed.
        """
        data = self._rest + data
        found, at, end = [], 0, len(data)
        while end - at >= LENGTH.size:
            (size,) = LENGTH.unpack_from(data, at)
            if not 1 <= size <= MAX_BYTES:
                raise MalformedPacket(f"a frame of {size} bytes")
            after = at + LENGTH.size + size
            if after > end:
                break
            found.append(data[at + LENGTH.size : after])
            at = after
        self._rest = data[at:]
        return found


class SendQueue:
    """
    A queue of datagrams for a slow connection, urgent ones first.

    Inputs: ``push`` for each datagram that could not be sent at once, ``pull`` when
    the connection takes one. Datagrams that waited too long are dropped, so that they
    do not delay newer ones.
    """

    __slots__ = ("_urgent", "_urgent_bytes", "_video", "_video_bytes", "dropped")

    def __init__(self) -> None:
        self.dropped = 0
        """Datagrams that waited too long, or found the queue full."""
        self._urgent: deque[tuple[float, bytes]] = deque()
        self._video: deque[tuple[float, bytes]] = deque()
        self._urgent_bytes = 0
        self._video_bytes = 0

    def push(self, datagram: bytes, *, now: float) -> bool:
        """Add a datagram; return False when the queue is full and it is dropped."""
        if is_video(datagram):
            if self._video_bytes + len(datagram) > MAX_VIDEO_BYTES:
                self.dropped += 1
                return False
            self._video.append((now + VIDEO_WAITS_S, datagram))
            self._video_bytes += len(datagram)
        else:
            if self._urgent_bytes + len(datagram) > MAX_URGENT_BYTES:
                self.dropped += 1
                return False
            self._urgent.append((now + URGENT_WAITS_S, datagram))
            self._urgent_bytes += len(datagram)
        return True

    def pull(self, *, now: float) -> bytes | None:
        """Return the next datagram to send; None when nothing waits."""
        while self._urgent:
            until, datagram = self._urgent.popleft()
            self._urgent_bytes -= len(datagram)
            if now <= until:
                return datagram
            self.dropped += 1
        while self._video:
            until, datagram = self._video.popleft()
            self._video_bytes -= len(datagram)
            if now <= until:
                return datagram
            self.dropped += 1
        return None
