"""
What one copy costs in the fan-out: `python -m tests.figures.copies`.

CPU of a forwarded packet per viewer, 100 viewers, AEAD_AES_128_GCM, with a socket
that does nothing: the least of several rounds. Memory is what a viewer with two
slots takes of Python's own.
"""

import argparse
import time
import tracemalloc
from itertools import count

from conference.contract.words import SlotGroup
from conference.fanout.contract import (
    Destination,
    Fanout,
    LayerKey,
    SlotKey,
    ViewerKey,
)
from conference.fanout.engines import ENGINES
from conference.fanout.formats import SlotFormat
from conference.fanout.sockets import SocketTable
from conference.ids import Mid
from conference.rtp.codecs import NOTHING, Codec, PayloadHead, inspect_vp8
from conference.rtp.packet import RtpPacket
from tests.figures.common import report
from tests.support.bench import KEYS, FakeSocket

VIEWERS = 100
ROUNDS, PACKETS = 60, 20
PICTURE, VOICE = LayerKey(1), LayerKey(2)
ALL_TEMPORALS = 2


def picture(number: int) -> tuple[RtpPacket, PayloadHead]:
    """Return a VP8 packet of 1,100 octets, and its head."""
    descriptor = b"\x90\x80" + (0x8000 | number & 0x7FFF).to_bytes(2, "big")
    made = _packet(number, descriptor + b"\x01" + bytes(1_095))
    return made, inspect_vp8(made.payload)


def voice(number: int) -> tuple[RtpPacket, PayloadHead]:
    """Return an Opus packet of 80 octets, and its head."""
    return _packet(number, bytes(80)), NOTHING


def _packet(number: int, payload: bytes) -> RtpPacket:
    made = RtpPacket(
        payload_type=96,
        marker=True,
        sequence=number & 0xFFFF,
        timestamp=number * 3_000 & 0xFFFFFFFF,
        ssrc=1,
        extensions={},
        payload=payload,
    )
    made.extended = number
    return made


def crowd(name: str) -> tuple[Fanout, float]:
    """Return an engine with viewers who follow both layers, and bytes per viewer."""
    sockets = SocketTable()
    fanout = ENGINES[name](sockets, lambda _: None)
    socket = sockets.add(FakeSocket(lambda *_: None))
    fanout.open_layer(PICTURE, Codec.VP8)
    fanout.open_layer(VOICE, Codec.OPUS)
    tracemalloc.start()
    for number in range(VIEWERS):
        viewer = ViewerKey(number)
        fanout.open_viewer(viewer, KEYS, Destination(socket, ("192.0.2.1", 9)))
        for kind, (layer, make) in enumerate(((PICTURE, picture), (VOICE, voice))):
            ssrc = 5_000 + 4 * number + 2 * kind
            media, rtx = ("audio", 0) if kind else ("video", ssrc + 1)
            fmt = SlotFormat(Mid("2"), media, SlotGroup.STAGE, "stage", ssrc, rtx)
            slot = SlotKey(2 * number + kind)
            fanout.open_slot(slot, viewer, fmt, first=16_000)
            first, head = make(1_000)
            fanout.attach(slot, layer, first, head, timestamp=0, temporal=ALL_TEMPORALS)
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return fanout, taken / VIEWERS


def main() -> None:
    """Print the figures of an engine."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--engine", default="python", choices=sorted(ENGINES))
    fanout, per_viewer = crowd(parser.parse_args().engine)
    least = {PICTURE: float("inf"), VOICE: float("inf")}
    numbers = count(1_000)
    for _ in range(ROUNDS):
        places = [next(numbers) for _ in range(PACKETS)]
        for layer, make in ((PICTURE, picture), (VOICE, voice)):
            packets = [make(number) for number in places]
            start = time.process_time()
            for packet, head in packets:
                fanout.forward(layer, packet, head, now=1.0)
            took = time.process_time() - start
            least[layer] = min(least[layer], took / PACKETS / VIEWERS)
    report(
        "copies",
        picture_us=round(least[PICTURE] * 1e6, 2),
        voice_us=round(least[VOICE] * 1e6, 2),
        viewer_kib=round(per_viewer / 1024, 1),
    )


if __name__ == "__main__":
    main()
