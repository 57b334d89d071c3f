"""
A network lab: real programs on thin, slow, lossy and broken lines.

    with lab(["paul", "rita"]) as net:
        net.link("rita").shape(down=Shape(rate_kbps=200, queue_ms=300))

See ``network`` for hosts and lines, ``line`` for what a line does to frames,
``watch`` for what a page saw of it, ``scene`` for server, browsers and scripted
clients on its hosts.
"""

from tests.support.lab.line import Shape
from tests.support.lab.network import Lab, Link, lab

__all__ = ["Lab", "Link", "Shape", "lab"]
