"""
The state of a slot: which layer it carries, which one it waits for, and its clock.

A slot is one continuous RTP source for the browser during the whole call; what it carries
changes at a key frame (video) or at the next packet whose timestamp fits (audio). The
sequence numbers and timestamps that make it continuous are kept by the fan-out.
"""

from collections.abc import Callable

from conference.contract.media import SlotState
from conference.fanout.contract import SlotKey
from conference.fanout.formats import FRAME_TICKS, SlotFormat, slot_plan
from conference.ids import Mid
from conference.sfu.inbound.layer_meter import TEMPORALS
from conference.sfu.inbound.track import Layer, Track
from conference.sfu.outbound.repairs import Repairs

MAX_HELD_PACKETS = 3
"""Packets of a new voice that are dropped until its timestamps fit behind the old one's.
Shifting them forward instead would add about 7 ms of delay at each change."""


class Slot:
    """
    One slot of one viewer.

    ``track`` is assigned by the layout. ``current`` is the layer attached in the fan-out;
    ``target`` will be attached at its next key frame. They are equal once the switch is
    done. ``temporal`` and ``target_temporal`` are the same for the frame rate, which
    changes at a frame that allows it.
    """

    __slots__ = (
        "_base",
        "_held",
        "_opened_at",
        "chosen",
        "current",
        "fmt",
        "key",
        "opened",
        "repairs",
        "state",
        "target",
        "target_temporal",
        "targeted_at",
        "temporal",
        "track",
    )

    def __init__(self, key: SlotKey, fmt: SlotFormat, *, base: int, now: float) -> None:
        self.key = key
        self.fmt = fmt
        self.track: Track | None = None
        self.current: Layer | None = None
        self.target: Layer | None = None
        self.targeted_at = now
        """When ``target`` was chosen."""
        self.temporal = self.target_temporal = TEMPORALS - 1
        self.chosen = 0
        """Number of the spatial layer that was chosen for it; ``target`` may be a
        smaller one until the chosen one flows."""
        self.opened = False
        """Opened in the fan-out: slots that never carry anything cost nothing there."""
        self.repairs = Repairs()
        self.state = SlotState(fmt.mid)
        """As last published to the viewer."""
        self._base = base
        self._opened_at = now
        self._held = 0

    def clock(self, when: float) -> int:
        """
        Return the slot's RTP timestamp for a time.

        The slot clock is absolute: it runs while the slot is silent, so that
        switching sources never makes it drift.
        """
        ticks = int((when - self._opened_at) * self.fmt.clock_hz)
        return (self._base + ticks) & 0xFFFFFFFF

    def retarget(self, layer: Layer | None, *, now: float) -> None:
        """Set another target; ``current`` is forwarded until the target can start."""
        self.target = layer
        self.targeted_at = now
        self._held = 0

    def fits(self, timestamp: int, last: int | None) -> bool:
        """
        Return whether an audio packet may start the slot's new source.

        Args:
            timestamp: The slot clock at the packet's capture.
            last: The newest timestamp that the slot sent; None before any.
        """
        if last is None:
            return True
        behind = (timestamp - last - FRAME_TICKS) & 0x80000000
        if not behind or self._held >= MAX_HELD_PACKETS:
            return True
        self._held += 1
        return False


def plan_slots(draw: Callable[[int], int]) -> list[SlotFormat]:
    """
    Return the slots of a new viewer, with SSRCs of their own.

    Args:
        draw: Returns an unpredictable number of that many bits.
    """
    taken: set[int] = {0}

    def distinct() -> int:
        while (number := draw(32)) in taken:
            pass
        taken.add(number)
        return number

    formats = []
    for number, (kind, group, label) in enumerate(slot_plan()):
        ssrc = distinct()
        rtx = distinct() if kind == "video" else 0
        formats.append(SlotFormat(Mid(str(number)), kind, group, label, ssrc, rtx))
    return formats
