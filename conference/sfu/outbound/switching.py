"""
Switches slots from layer to layer, at the packet where each can start.

A picture starts at a key frame, a voice at the next packet whose timestamp fits, a higher
frame rate at a frame that allows it. Until then a slot continues with its present layer.
What a slot should carry is decided by ``SlotControl``; sequence numbers and timestamps
are the fan-out's.
"""

from collections.abc import Callable
from typing import TypeAlias

from conference.fanout.contract import Fanout, LayerKey
from conference.sfu.inbound.keyframes import Requester
from conference.sfu.inbound.publisher import Arrived
from conference.sfu.inbound.track import Layer
from conference.sfu.outbound.slot import Slot
from conference.sfu.outbound.viewer import Viewer

PATIENCE_S = 2.0
"""How long an old picture is sent while another track's key frame is awaited. Longer: a
participant that left the screen is still sent, and watched; shorter: an empty tile on a
slow link."""
SlotsByLayer: TypeAlias = dict[LayerKey, dict[Slot, Viewer]]
"""Slots with their viewers, by the layer that they wait for or carry."""


class Switchboard:
    """
    The slots of one room that wait for a packet.

    Inputs: ``retarget``, ``on_packet``, ``restart``, ``close``, ``forget``.

    Args:
        fanout: Where slots are attached.
        started: Called for each slot that starts a new layer.
        want_key_frame: Called for a layer whose key frame a slot needs.
    """

    def __init__(
        self,
        fanout: Fanout,
        started: Callable[[Viewer, Slot], None],
        want_key_frame: Callable[[Layer, Requester], None],
    ) -> None:
        self._fanout = fanout
        self._started = started
        self._want_key_frame = want_key_frame
        self._waiting: SlotsByLayer = {}
        self._limiting: SlotsByLayer = {}
        self._carrying: SlotsByLayer = {}

    def retarget(
        self,
        viewer: Viewer,
        slot: Slot,
        layer: Layer | None,
        temporal: int,
        *,
        now: float,
    ) -> None:
        """Switch a slot to another layer as soon as that can start, or to none at once."""
        old = slot.current
        if old is not None and not old.track.live:
            self._detach(slot)
            old = None
        if slot.target is layer:
            if temporal != slot.target_temporal:
                self._restrict(viewer, slot, temporal, now)
            return
        if slot.target is not None and slot.target is not slot.current:
            _remove(self._waiting, slot.target.key, slot)
        slot.retarget(layer, now=now)
        if old is not None and old is layer:
            self._restrict(viewer, slot, temporal, now)
            return
        slot.target_temporal = temporal
        # The old picture is sent until the new one can start; an old voice stops.
        if old is not None and (layer is None or not old.track.video):
            self._detach(slot)
        if layer is None:
            return
        if not slot.opened:
            slot.opened = True
            self._fanout.open_slot(
                slot.key, viewer.key, slot.fmt, first=slot.fmt.ssrc & 0x3FFF
            )
        self._waiting.setdefault(layer.key, {})[slot] = viewer
        if layer.track.video:
            self._want_key_frame(layer, viewer.key)

    def _restrict(self, viewer: Viewer, slot: Slot, temporal: int, now: float) -> None:
        slot.target_temporal = temporal
        if slot.current is None:
            return
        _remove(self._limiting, slot.current.key, slot)
        if temporal != slot.temporal:
            slot.targeted_at = now
            self._limiting.setdefault(slot.current.key, {})[slot] = viewer

    def _detach(self, slot: Slot) -> None:
        self._fanout.detach(slot.key)
        self._forget_current(slot)
        slot.current = None

    def _forget_current(self, slot: Slot) -> None:
        if slot.current is not None:
            _remove(self._limiting, slot.current.key, slot)
            _remove(self._carrying, slot.current.key, slot)

    def stop(self, slot: Slot) -> None:
        """Stop sending on a slot until its target starts."""
        self._detach(slot)

    def give_up(self, slot: Slot, *, now: float) -> bool:
        """
        Stop an old picture if the other track's key frame has not come in time.

        Returns:
            Whether it was stopped.
        """
        old = slot.current
        if (
            old is None
            or old.track is slot.track
            or now - slot.targeted_at < PATIENCE_S
        ):
            return False
        self._detach(slot)
        return True

    def on_packet(self, arrived: Arrived, *, now: float) -> None:
        """Attach the slots that can start at this packet; it is forwarded next."""
        key, head = arrived.layer.key, arrived.head
        if key in self._waiting and (not arrived.track.video or head.starts_key_frame):
            self._switch(arrived, now)
        if key in self._limiting and head.begins_frame:
            self._limit(arrived)

    def _switch(self, arrived: Arrived, now: float) -> None:
        layer, packet = arrived.layer, arrived.packet
        video = arrived.track.video
        captured = layer.clock.captured_at(packet.timestamp, now=now)
        later: dict[Slot, Viewer] = {}
        for slot, viewer in self._waiting.pop(layer.key).items():
            timestamp = slot.clock(captured)
            if not video:
                last = self._fanout.progress(slot.key).timestamp
                if not slot.fits(timestamp, last):
                    later[slot] = viewer
                    continue
            self._forget_current(slot)
            self._fanout.attach(
                slot.key,
                layer.key,
                packet,
                arrived.head,
                timestamp=timestamp,
                temporal=slot.target_temporal,
            )
            slot.temporal = slot.target_temporal
            slot.current = layer
            self._carrying.setdefault(layer.key, {})[slot] = viewer
            self._started(viewer, slot)
        if later:
            self._waiting[layer.key] = later

    def _limit(self, arrived: Arrived) -> None:
        layer, head = arrived.layer, arrived.head
        if arrived.packet.extended != layer.admission.newest:
            return  # a late packet: the numbers after it are in use already
        later: dict[Slot, Viewer] = {}
        for slot, viewer in self._limiting.pop(layer.key).items():
            temporal = slot.temporal
            if slot.target_temporal < temporal or head.starts_key_frame:
                temporal = slot.target_temporal
            elif head.switch_up and head.temporal == temporal + 1:
                # One layer at a time: a higher one may depend on the one between.
                temporal += 1
            if temporal != slot.temporal:
                self._fanout.limit(slot.key, arrived.packet, head, temporal=temporal)
                slot.temporal = temporal
            if temporal != slot.target_temporal:
                later[slot] = viewer
        if later:
            self._limiting[layer.key] = later

    def restart(self, layer: Layer) -> None:
        """
        Make slots start a layer again, because a long gap precedes its newest packet.

        Continuing across the gap would advance the slot's sequence numbers as far; after
        one more lost packet the browser would estimate the rollover counter wrongly
        (RFC 3711 §3.3.1) and could decrypt nothing of that slot any more.
        """
        for slot, viewer in self._carrying.pop(layer.key, {}).items():
            self._detach(slot)
            if slot.target is layer:
                self._waiting.setdefault(layer.key, {})[slot] = viewer
        if layer.track.video:
            self._want_key_frame(layer, None)

    def close(self, layer: Layer) -> None:
        """Remove a layer that no slot carries any more."""
        self._waiting.pop(layer.key, None)
        self._limiting.pop(layer.key, None)
        self._carrying.pop(layer.key, None)
        self._fanout.close_layer(layer.key)

    def forget(self, viewer: Viewer) -> None:
        """Remove a viewer with all its slots."""
        for slot in viewer.slots:
            self._forget_current(slot)
            if slot.target is not None:
                _remove(self._waiting, slot.target.key, slot)
        self._fanout.close_viewer(viewer.key)


def _remove(slots: SlotsByLayer, key: LayerKey, slot: Slot) -> None:
    found = slots.get(key)
    if found is not None:
        found.pop(slot, None)
