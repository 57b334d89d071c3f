"""
What one participant or stranger can make the server do, at worst.

``python -m tests.figures.hostile`` prints, in milliseconds of one uninterrupted piece
of work (others wait meanwhile) unless it says otherwise:

* a NACK of 500 packets that a publisher with holes never sent;
* late packets of such a publisher, each;
* a description of 64 kB that is made to be slow to read;
* the longest pause of the event loop while 1,500 silent TCP connections are ended;
* octets sent for each octet of NACKs that name the same 17 packets 50 times in a second;
* 1,000 viewers of one room: another one on the stage, and all of them leaving.
"""

import asyncio
import socket
import time

from conference.contract import media
from conference.contract.words import SlotGroup, Source
from conference.fanout.contract import Destination, Fanout, LayerKey, SlotKey, ViewerKey
from conference.fanout.engines import DEFAULT_ENGINE
from conference.fanout.formats import SlotFormat
from conference.fanout.sockets import SocketTable
from conference.rtp.codecs import Codec, inspect_vp8
from conference.rtp.packet import RtpPacket
from conference.rtp.rtcp import build_nacks
from conference.sdp import reader
from conference.transport.sockets.demux import Demux
from conference.transport.sockets.tcp import FIRST_CHECK_S, SWEEP_S, TcpListener
from tests.figures.common import report
from tests.support.bench import KEYS, Bench, FakeSocket, Sink

LAYER, SLOT, VIEWER = LayerKey(1), SlotKey(2), ViewerKey(3)
SILENT_CONNECTIONS = 1_500
VIEWERS = 1_000
HEAD = (
    "v=0\r\ns=-\r\na=ice-ufrag:abcd\r\na=ice-pwd:0123456789abcdef01234567\r\n"
    f"a=fingerprint:sha-256 {':'.join(['AB'] * 32)}\r\na=setup:actpass\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n"
)


def _packet(extended: int, temporal: int) -> RtpPacket:
    picture = (0x8000 | extended & 0x7FFF).to_bytes(2, "big")
    descriptor = b"\x90\xe0" + picture + bytes((7, temporal << 6 | 0x20))
    packet = RtpPacket(
        payload_type=96,
        marker=True,
        sequence=extended & 0xFFFF,
        timestamp=extended * 3000 & 0xFFFFFFFF,
        ssrc=1,
        extensions={},
        payload=descriptor + b"\x01" + bytes(1000),
    )
    packet.extended = extended
    return packet


def _with_holes() -> tuple[Fanout, SlotFormat]:
    """Return a fan-out whose slot follows a layer that leaves most packets out."""
    bench = Bench()
    fmt = next(slot for slot in bench.router.plan_slots() if slot.kind == "video")
    sockets = SocketTable()
    fanout = DEFAULT_ENGINE(sockets, lambda _: None)
    fanout.open_layer(LAYER, Codec.VP8)
    socket_id = sockets.add(FakeSocket(lambda *_: None))
    fanout.open_viewer(VIEWER, KEYS, Destination(socket_id, ("192.0.2.1", 5)))
    fanout.open_slot(SLOT, VIEWER, fmt, first=1)
    first = _packet(10_000, 0)
    fanout.attach(
        SLOT, LAYER, first, inspect_vp8(first.payload), timestamp=0, temporal=0
    )
    for extended in (*range(10_000, 13_000), 13_490, 13_980):
        packet = _packet(extended, 0 if extended % 2 == 0 else 2)
        fanout.forward(LAYER, packet, inspect_vp8(packet.payload), now=1.0)
    return fanout, fmt


def nack_of_holes() -> float:
    """Return the time that a NACK takes which names what never came."""
    fanout, _ = _with_holes()
    newest = 1 + 1_500 + 980
    took = []
    for _ in range(5):
        start = time.process_time()
        fanout.retransmit(
            SLOT, [n & 0xFFFF for n in range(newest - 500, newest)], now=2.0
        )
        took.append(time.process_time() - start)
    return min(took) * 1e3


def late_packets() -> float:
    """Return what a packet costs that comes late, in microseconds."""
    fanout, _ = _with_holes()
    fanout.detach(SLOT)  # what is sent for it is counted elsewhere
    late = [_packet(extended, 0) for extended in range(13_979, 13_491, -1)]
    heads = [inspect_vp8(packet.payload) for packet in late]
    start = time.process_time()
    for packet, head in zip(late, heads, strict=True):
        fanout.forward(LAYER, packet, head, now=2.0)
    return (time.process_time() - start) / len(late) * 1e6


def slow_description() -> float:
    """Return how long the slowest known description takes."""
    text = HEAD + ("a=fmtp:111 " + "a" * 512 + "\r\n") * 120
    took = []
    for _ in range(5):
        start = time.process_time()
        reader.read(text)
        took.append(time.process_time() - start)
    return min(took) * 1e3


async def silent_connections() -> float:
    """Return the longest pause while silent connections are ended."""
    listener = TcpListener("0.0.0.0", Demux(), lambda: None)
    probe = socket.socket()
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]
    probe.close()
    listener.open(port)
    clients = []
    for number in range(SILENT_CONNECTIONS):
        client = socket.socket()
        client.setblocking(False)
        client.bind((f"127.0.{1 + number // 60}.1", 0))
        client.connect_ex(("127.0.0.1", port))
        clients.append(client)
        if number % 16 == 15:
            await asyncio.sleep(0)
    end = time.monotonic() + FIRST_CHECK_S + 3 * SWEEP_S + 5
    longest, last = 0.0, time.process_time()
    while time.monotonic() < end:
        await asyncio.sleep(0)
        now = time.process_time()
        if time.monotonic() > end - 3 * SWEEP_S - 6:
            longest = max(longest, now - last)
        last = now
        if not listener.connections:
            break
    for client in clients:
        client.close()
    listener.close()
    return longest * 1e3


def same_packets_again() -> tuple[float, int]:
    """Return octets out for octets in, and how often each packet was sent again."""
    bench = Bench()
    (camera,) = bench.origin("ada", Source.CAMERA)
    sink = bench.sink("viewer")
    bench.unlimited("viewer")
    bench.stage("ada")
    camera.filler = 1100
    camera.send(camera.frame(key=True))
    for _ in range(40):
        camera.send(camera.frame())
        bench.pass_time(0.05)
    mid = sink.mid(SlotGroup.STAGE, "video")
    lost = [packet.sequence for packet in sink.on(mid)[-17:]]
    (nack,) = build_nacks(1, sink.slots[mid].ssrc, lost)  # four octets name all
    asked = 0
    before = len(sink.repaired(mid))
    for _ in range(50):
        sink.send_rtcp(nack)
        asked += len(nack) + 20  # SRTCP's index and tag
        bench.pass_time(0.02)
    again = sink.repaired(mid)[before:]
    return sum(len(p.payload) + 44 for p in again) / asked, len(again) // 17


def thousand_viewers() -> tuple[float, float]:
    """Return the times of a change of stage and of closing the room, in ms."""
    bench = Bench()
    (ada,) = bench.origin("ada", Source.CAMERA)
    (bo,) = bench.origin("bo", Source.CAMERA)
    sinks: list[Sink] = []
    for number in range(VIEWERS):
        sinks.append(bench.sink(f"v{number}"))
    bench.stage("ada")
    for origin in (ada, bo):
        origin.send(origin.frame(key=True))
    bench.pass_time(0.1)
    start = time.process_time()
    bench.stage("bo")
    stage_s = time.process_time() - start
    start = time.process_time()
    bench.apply(media.CloseRoom(bench.room))
    return stage_s * 1e3, (time.process_time() - start) * 1e3


def main() -> None:
    """Measure everything."""
    ratio, times = same_packets_again()
    stage_ms, leaving_ms = thousand_viewers()
    report(
        "hostile",
        nack_of_500_holes_ms=round(nack_of_holes(), 2),
        late_packet_us=round(late_packets(), 1),
        slow_description_ms=round(slow_description(), 1),
        silent_connections_pause_ms=round(asyncio.run(silent_connections()), 1),
        octets_out_for_one_in=round(ratio),
        repairs_of_each_packet=times,
        viewers_1000_change_of_stage_ms=round(stage_ms),
        viewers_1000_leaves_ms=round(leaving_ms),
    )


if __name__ == "__main__":
    main()
