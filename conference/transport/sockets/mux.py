"""The one media port: UDP on every address, TCP beside it, one demultiplexer."""

from collections.abc import Callable

from conference.errors import InfrastructureError
from conference.transport.sockets.demux import Demux
from conference.transport.sockets.tcp import TcpListener
from conference.transport.sockets.udp import UdpSockets

PORT_ATTEMPTS = 8


class Mux:
    """
    The media port: its sockets, which give their datagrams to the demultiplexer.

    Args:
        port: Of UDP and TCP; 0 lets the system choose (tests).
        bind: ``::`` for all addresses, ``0.0.0.0`` for all of IPv4, or one address.
        demux: Finds the transport of each datagram.
        tcp: Whether TCP is served too.
        on_batch: Called after each batch of datagrams.
    """

    def __init__(
        self,
        port: int,
        bind: str,
        demux: Demux,
        *,
        tcp: bool,
        on_batch: Callable[[], None],
    ) -> None:
        self.udp = UdpSockets(bind, demux, on_batch)
        self.tcp = TcpListener(bind, demux, on_batch) if tcp else None
        self._demux = demux
        self._port = port

    @property
    def port(self) -> int:
        """The port in use."""
        return self.udp.port

    @property
    def bound(self) -> list[str]:
        """The addresses that are bound now."""
        return self.udp.bound

    def open(self) -> None:
        """
        Bind the port.

        Raises:
            InfrastructureError: ``port-taken`` or ``tcp-port-taken``: another
                program has it.
        """
        for attempt in range(1, PORT_ATTEMPTS + 1):
            code, protocol = "port-taken", "udp"
            try:
                self.udp.open(self._port)
                code, protocol = "tcp-port-taken", "tcp"
                if self.tcp is not None:
                    self.tcp.open(self.udp.port)
            except OSError as error:
                port = self.udp.port
                self.udp.close()
                # A port that the system chose for one may be taken for the next.
                if self._port == 0 and attempt < PORT_ATTEMPTS:
                    continue
                raise InfrastructureError(
                    code,
                    f"The media port {port}/{protocol} cannot be opened: "
                    f"{error.strerror}. Choose another with --media-port.",
                ) from error
            return

    def close(self) -> None:
        """Close every transport and socket."""
        self._demux.close()
        self.udp.close()
        if self.tcp is not None:
            self.tcp.close()
