"""
The transport of one peer connection, seen from the client.

One UDP socket, or one TCP connection (RFC 6544, active side): full ICE with a
single candidate pair (RFC 8445), DTLS as the client through aiortc's ``RTCDtlsTransport`` on this object, SRTP with the keys
of that handshake. Datagrams are read in a drain loop on the event loop.
"""

import asyncio
import contextlib
import secrets
import socket
import struct
from collections.abc import Callable
from typing import Any, Literal

from aioice import stun
from aiortc import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters
from aiortc.rtcdtlstransport import RTCDtlsTransport

from tests.support.namespaces import Namespace
from tests.support.wire import rtcp
from tests.support.wire.framed import Framed
from tests.support.wire.sdp import Candidate, Description, Local

CHECK_S = 0.1  # between connectivity checks until one is answered
CONSENT_S = 4.0  # between consent checks (RFC 7675: 5 s at most)
CONNECT_S = 60.0
RECEIVE_BYTES = 2048
SO_TIMESTAMPNS = 35  # Linux asm-generic/socket.h; Python has no name for it
SOCKET_BUFFER_BYTES = 1 << 20  # a key frame's burst fits

CERTIFICATE = RTCCertificate.generateCertificate()
"""One for all clients of this process: making one costs more than a handshake."""


class Unreachable(ConnectionError):
    """No transport came up: no check answered, or the handshake failed."""


class Leg:
    """
    One peer connection's transport.

    Outputs: ``on_rtp`` and ``on_rtcp`` with plain packets, or, when ``tap`` is set,
    every SRTP datagram as it came (the load tool decrypts only samples).
    """

    role: Literal["controlling"] = "controlling"

    def __init__(self, space: Namespace | None = None, *, tcp: bool = False) -> None:
        self.space = space
        """The network namespace that it connects from; None: this one."""
        self.tcp = tcp
        self.ufrag = secrets.token_urlsafe(6).replace("-", "x").replace("_", "y")
        self.password = secrets.token_hex(12)
        self._session = secrets.randbits(62)
        self._restarts = 0
        self.on_rtp: Callable[[bytes], None] = lambda _packet: None
        self.on_rtcp: Callable[[bytes], None] = lambda _packet: None
        self.tap: Callable[[bytes], None] | None = None
        self.arrival_s: float | None = None
        """Kernel's wall clock of the newest datagram, once ``stamp`` was called."""
        self.closed = asyncio.Event()
        self.undecryptable = 0
        self._remote: Description | None = None
        self._socket: socket.socket | None = None
        self._framed: Framed | None = None
        self._answered = asyncio.Event()
        self._handshake: asyncio.Queue[bytes] = asyncio.Queue()
        transport: Any = self  # it asks for no more than ``_recv`` and ``_send``
        self._dtls: Any = RTCDtlsTransport(transport, [CERTIFICATE])
        self._dtls._set_role("client")
        self._consent: asyncio.Task[None] | None = None
        self._transactions: set[bytes] = set()

    @property
    def local(self) -> Local:
        """What the description of this side says."""
        fingerprints = CERTIFICATE.getFingerprints()
        value = next(f.value for f in fingerprints if f.algorithm == "sha-256")
        return Local(self.ufrag, self.password, value, self._session)

    @property
    def connected(self) -> bool:
        """Whether media can flow."""
        return str(self._dtls.state) == "connected"

    @property
    def profile(self) -> str:
        """The negotiated SRTP protection profile's name."""
        return str(self._dtls._ssl.get_selected_srtp_profile().decode())

    def select(self, remote: Description) -> Candidate:
        """Return the candidate to use: of the leg's protocol, IPv4 if there is one."""
        wanted = "tcp" if self.tcp else "udp"
        usable = [c for c in remote.candidates if c.transport == wanted]
        if not usable:
            raise Unreachable(f"the server offers no {wanted} candidate")
        return next((c for c in usable if ":" not in c.host), usable[0])

    async def connect(self, remote: Description) -> None:
        """
        Check the server's candidate, shake hands and start media.

        Raises:
            Unreachable: Not within ``CONNECT_S``.
        """
        self._remote = remote
        try:
            async with asyncio.timeout(CONNECT_S):
                await self._reach()
                await self._dtls.start(
                    RTCDtlsParameters(
                        fingerprints=[RTCDtlsFingerprint(*remote.fingerprint)]
                    )
                )
        except TimeoutError:
            raise Unreachable(f"no transport after {CONNECT_S} s") from None
        if not self.connected:
            raise Unreachable(f"DTLS is {self._dtls.state}")
        self._consent = asyncio.create_task(self._keep_consent())

    async def restart(self, remote: Description | None = None) -> None:
        """
        Leave the socket and reach the server over a new one; keys stay.

        Args:
            remote: The server's new description; None restarts without asking it,
                by a mark on its user fragment.
        """
        self._restarts = 0 if remote else self._restarts + 1
        self._remote = remote or self._remote
        self.ufrag = secrets.token_hex(6)
        self._shut()
        self._answered.clear()
        async with asyncio.timeout(CONNECT_S):
            await self._reach()

    async def _reach(self) -> None:
        """Open a socket and check until the server answers."""
        assert self._remote is not None
        candidate = self.select(self._remote)
        family = socket.AF_INET6 if ":" in candidate.host else socket.AF_INET
        make = socket.socket if self.space is None else self.space.open_socket
        sock = make(family, socket.SOCK_STREAM if self.tcp else socket.SOCK_DGRAM)
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SOCKET_BUFFER_BYTES)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(sock, (candidate.host, candidate.port))
        self._socket = sock
        self._framed = Framed(sock) if self.tcp else None
        loop.add_reader(sock, self._readable)
        while not self._answered.is_set():
            self._check()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._answered.wait(), CHECK_S)

    def send_rtp(self, packet: bytes) -> None:
        """Protect a packet and send it; a full socket drops it."""
        if self.connected:
            self._transmit(self._dtls._tx_srtp.protect(packet))

    def send_rtcp(self, packet: bytes) -> None:
        """Protect a compound and send it; a full socket drops it."""
        if self.connected:
            self._transmit(self._dtls._tx_srtp.protect_rtcp(packet))

    def send_raw(self, datagram: bytes) -> None:
        """Send bytes as they are, from the address the server knows."""
        self._transmit(datagram)

    def unprotect(self, datagram: bytes) -> bytes:
        """Return the plain RTP packet of an SRTP datagram."""
        return bytes(self._dtls._rx_srtp.unprotect(datagram))

    def release(self) -> socket.socket:
        """Stop reading; the caller reads the socket and calls ``on_datagram``."""
        assert self._socket is not None
        asyncio.get_running_loop().remove_reader(self._socket)
        return self._socket

    def stamp(self) -> None:
        """Have the kernel note when each datagram arrives, before we get to read it."""
        assert self._socket is not None
        self._socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.arrival_s = 0.0

    async def close(self, *, silently: bool = False) -> None:
        """Close; ``silently`` as a crashed browser would, without a word."""
        if self._consent is not None:
            self._consent.cancel()
        if not silently:
            await self._dtls.stop()
        elif self._dtls._task is not None:
            self._dtls._task.cancel()
        self._shut()
        self.closed.set()

    def _shut(self) -> None:
        if self._framed is not None:
            self._framed.close()
        elif self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
        self._socket = self._framed = None

    # What RTCDtlsTransport asks of its transport

    async def _recv(self) -> bytes:
        return await self._handshake.get()

    async def _send(self, data: bytes) -> None:
        self._transmit(data)

    # The socket

    def _transmit(self, data: bytes) -> None:
        if self._answered.is_set():  # nothing but checks goes over an unproven path
            self._write(data)

    def _write(self, data: bytes) -> None:
        with contextlib.suppress(BlockingIOError, ConnectionError):
            if self._framed is not None:
                self._framed.send(data)
            elif self._socket is not None:
                self._socket.send(data)

    def _readable(self) -> None:
        while self._socket is not None:
            try:
                if self._framed is not None:
                    datagrams = self._framed.receive()
                else:
                    datagrams = [self._receive(self._socket)]
            except BlockingIOError:
                return
            except ConnectionError:
                if self._framed is not None:
                    self._lost()
                return
            for data in datagrams:
                if data:
                    self.on_datagram(data)

    def _lost(self) -> None:
        self._shut()
        self.closed.set()

    def _receive(self, source: socket.socket) -> bytes:
        if self.arrival_s is None:
            return source.recv(RECEIVE_BYTES)
        data, notes, _flags, _address = source.recvmsg(RECEIVE_BYTES, 64)
        for _level, kind, value in notes:
            if kind == SO_TIMESTAMPNS:
                seconds, nanoseconds = struct.unpack("qq", value)
                self.arrival_s = seconds + nanoseconds / 1e9
        return data

    def on_datagram(self, data: bytes) -> None:
        """Take a datagram that was read from the socket."""
        first = data[0]
        if first < 4:
            self._on_stun(data)
        elif 20 <= first < 64:
            self._handshake.put_nowait(data)
        elif 128 <= first < 192 and self.connected:
            self._on_srtp(data)

    def _on_srtp(self, data: bytes) -> None:
        if rtcp.is_rtcp(data):
            unprotect, deliver = self._dtls._rx_srtp.unprotect_rtcp, self.on_rtcp
        elif self.tap is not None:
            self.tap(data)
            return
        else:
            unprotect, deliver = self._dtls._rx_srtp.unprotect, self.on_rtp
        try:
            plain = unprotect(data)
        except Exception:  # whatever libsrtp says: the test asks for the count
            self.undecryptable += 1
            return
        deliver(plain)

    def _on_stun(self, data: bytes) -> None:
        assert self._remote is not None
        message = stun.parse_message(data)
        if message.transaction_id not in self._transactions:
            return
        if message.message_class is stun.Class.RESPONSE and (
            message.check_message_integrity(self._remote.password.encode())
        ):
            self._transactions.clear()
            self._answered.set()

    def _check(self) -> None:
        assert self._remote is not None
        request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        mark = f"/{self._restarts}" if self._restarts else ""
        request.attributes["USERNAME"] = f"{self._remote.ufrag}{mark}:{self.ufrag}"
        request.attributes["PRIORITY"] = 1_845_501_695
        request.attributes["ICE-CONTROLLING"] = secrets.randbits(64)
        request.attributes["USE-CANDIDATE"] = None
        request.add_message_integrity(self._remote.password.encode())
        self._transactions.add(request.transaction_id)
        self._write(bytes(request))

    async def _keep_consent(self) -> None:
        while True:
            await asyncio.sleep(CONSENT_S)
            self._check()
