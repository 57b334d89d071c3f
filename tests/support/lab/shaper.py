"""
The process between the hosts of a lab: a switch whose ports are shaped lines.

The kernel's own shaper (sch_netem) is not everywhere, so frames are carried here
in user space over packet sockets (packet(7)). Hosts reach the server and the
server reaches them; they do not reach each other.

Started by ``network`` inside the lab's middle namespace, with one JSON argument.
Then it reads one JSON object per line and answers each with one::

    {"line": "rita", "down": {…Shape…}, "up": {…}}      sets shapes
    {"line": "rita", "report": "down", "since": 12.5}   counts and history
"""

import contextlib
import heapq
import json
import os
import select
import socket
import sys
import time
from dataclasses import asdict, dataclass
from typing import Any

from tests.support.lab.line import SERVER, Line, Shape

ALL_PROTOCOLS = 0x0003  # linux/if_ether.h ETH_P_ALL
OUTGOING = 4  # linux/if_packet.h PACKET_OUTGOING: our own frames, looped back
FRAME_BYTES = 65535
SHORTEST_FRAME_BYTES = 60  # of Ethernet; virtual interfaces send shorter ones
BATCH = 64
BUFFER_BYTES = 8 << 20
IDLE_S = 1.0
IPV4, IPV6 = b"\x08\x00", b"\x86\xdd"
UDP = 17
ICMPV6 = 58
NEIGHBOUR_DISCOVERY = range(133, 138)  # RFC 4861 §4


@dataclass(slots=True)
class Port:
    """An interface, and the host behind it."""

    line: str
    socket: socket.socket


def judge(frame: bytes) -> tuple[bool, bool]:
    """Return whether a frame is shaped (not ARP and the like), and whether it is UDP."""
    kind = frame[12:14]
    if kind == IPV4:
        return True, frame[23] == UDP
    if kind == IPV6:
        found = frame[20] == ICMPV6 and frame[54] in NEIGHBOUR_DISCOVERY
        return not found, frame[20] == UDP
    return False, False


class Shaper:
    """All ports and lines."""

    def __init__(self, interfaces: list[tuple[str, str, str]], seed: int) -> None:
        self._heap: list[tuple[float, int, Line, Port, bytes]] = []
        self._count = 0
        self._places: dict[bytes, Port] = {}
        self._ports: dict[int, Port] = {}
        self._lines: dict[str, tuple[Line, Line]] = {}
        for number, (interface, line, mac) in enumerate(interfaces):
            sock = socket.socket(
                socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL_PROTOCOLS)
            )
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
            sock.setblocking(False)
            sock.bind((interface, ALL_PROTOCOLS))
            port = self._ports[sock.fileno()] = Port(line, sock)
            self._places[bytes.fromhex(mac.replace(":", ""))] = port
            if line not in self._lines:
                # Directions draw from chances of their own: what one carries does
                # not change what happens to the other.
                down, up = Line(seed + 2 * number), Line(seed + 2 * number + 1)
                self._lines[line] = down, up
        self._server = next(p for p in self._ports.values() if p.line == SERVER)

    def run(self) -> None:
        """Carry frames until the standard input ends."""
        heap = self._heap
        commands = sys.stdin.fileno()
        waiting = b""
        while True:
            now = time.monotonic()
            while heap and heap[0][0] <= now:
                _, _, line, port, frame = heapq.heappop(heap)
                if line.left(len(frame), now=now):
                    self._deliver(port, frame)
            pause = max(0.0, heap[0][0] - time.monotonic()) if heap else IDLE_S
            ready, _, _ = select.select([*self._ports, commands], [], [], pause)
            for handle in ready:
                if handle == commands:
                    read = os.read(commands, 1 << 16)
                    if not read:
                        return
                    *lines, waiting = (waiting + read).split(b"\n")
                    for text in lines:
                        answer = self._obey(json.loads(text))
                        print(json.dumps(answer), flush=True)
                else:
                    self._take(self._ports[handle])

    def _take(self, port: Port) -> None:
        now = time.monotonic()
        for _ in range(BATCH):
            try:
                frame, origin = port.socket.recvfrom(FRAME_BYTES)
            except BlockingIOError:
                return
            except OSError:
                return  # the interface went down: its cable was pulled
            if origin[2] == OUTGOING:
                continue
            frame = frame.ljust(SHORTEST_FRAME_BYTES, b"\0")
            if port is self._server:
                known = self._places.get(frame[:6])
                if known is not None:
                    self._send(self._lines[known.line][0], known, frame, now)
                elif frame[0] & 1:
                    for other in self._ports.values():
                        if other is not port:
                            self._send(self._lines[other.line][0], other, frame, now)
            else:
                self._send(self._lines[port.line][1], self._server, frame, now)

    def _send(self, line: Line, port: Port, frame: bytes, now: float) -> None:
        shaped, udp = judge(frame)
        if not shaped:
            if not line.shape.blackout:
                self._deliver(port, frame)
            return
        at = line.enter(len(frame), udp=udp, now=now)
        if at is None:
            return
        if at <= now:
            line.left(len(frame), now=now)
            self._deliver(port, frame)
            return
        self._count += 1
        heapq.heappush(self._heap, (at, self._count, line, port, frame))

    def _deliver(self, port: Port, frame: bytes) -> None:
        with contextlib.suppress(OSError):  # the interface is down
            port.socket.send(frame)

    def _obey(self, command: dict[str, Any]) -> dict[str, Any]:
        down, up = self._lines[command["line"]]
        for name, line in (("down", down), ("up", up)):
            if name in command:
                line.shape = Shape(**command[name])
        if "report" not in command:
            return {"cpu_s": time.process_time()}
        line = down if command["report"] == "down" else up
        since = command.get("since", 0.0)
        return {
            "counts": asdict(line.counts),
            "history": [asdict(b) for b in line.history if b.at >= since],
        }


def main() -> None:
    """Run with what the argument says."""
    wanted = json.loads(sys.argv[1])
    shaper = Shaper([tuple(entry) for entry in wanted["interfaces"]], wanted["seed"])
    print(json.dumps({"ready": True}), flush=True)
    shaper.run()


if __name__ == "__main__":
    main()
