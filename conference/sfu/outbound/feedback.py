"""
RTCP that viewers send: transport-wide feedback, NACKs, key-frame requests, reports.

Bounds what one viewer may cost the others; what follows for its link and its pictures
is ``adaptation``'s and ``slot_control``'s to decide. Driven by ``Router``.
"""

from conference.fanout.contract import Fanout
from conference.rtp import rtcp, transport_cc_reader
from conference.sfu.counts import Counts
from conference.sfu.outbound.slot import Slot
from conference.sfu.outbound.slot_control import SlotControl, WantKeyFrame
from conference.sfu.outbound.viewer import Viewer


class ViewerFeedback:
    """
    The RTCP of one room's viewers.

    Input: ``on_rtcp``. Outputs: retransmissions through the fan-out, key-frame
    requests, other layers in slots.

    Args:
        fanout: Retransmits, and paces pictures.
        slots: Chooses layers again after feedback.
        want_key_frame: Requests a key frame of a layer for a viewer.
        counts: The room's.
        wall_offset: Seconds since 1900 minus the monotonic clock.
    """

    def __init__(
        self,
        fanout: Fanout,
        slots: SlotControl,
        want_key_frame: WantKeyFrame,
        counts: Counts,
        *,
        wall_offset: float,
    ) -> None:
        self._fanout = fanout
        self._slots = slots
        self._want_key_frame = want_key_frame
        self._counts = counts
        self._wall_offset = wall_offset

    def on_rtcp(self, viewer: Viewer, data: bytes, *, now: float) -> None:
        """
        Take a decrypted compound packet.

        Raises:
            MalformedPacket: its lengths do not add up.
        """
        for part in rtcp.parse(data):
            match part:
                case rtcp.TransportFeedback(information):
                    self._on_transport_feedback(viewer, information, now)
                case rtcp.Nack(ssrc, sequences):
                    slot = viewer.by_ssrc.get(ssrc)
                    if slot is not None and slot.opened:
                        self._on_nack(viewer, slot, sequences, now)
                case rtcp.KeyFrameRequest(ssrc):
                    slot = viewer.by_ssrc.get(ssrc)
                    # Of the layer that is shown and of the one to come: either mends
                    # the picture.
                    for layer in {slot.target, slot.current} if slot else ():
                        if layer is not None and layer.track.video:
                            self._want_key_frame(layer, viewer.key)
                case rtcp.ReceiverReports(blocks):
                    viewer.on_reports(blocks, wall_offset=self._wall_offset, now=now)
                case rtcp.Remb(bitrate_bps):
                    if viewer.connected:
                        sent = self._fanout.sent(viewer.key)
                        viewer.adaptation.on_remb(bitrate_bps, sent, now=now)

    def _on_nack(
        self, viewer: Viewer, slot: Slot, sequences: tuple[int, ...], now: float
    ) -> None:
        self._counts.nacked_packets += len(sequences)
        if slot.fmt.rtx_ssrc:
            rtt_s = viewer.adaptation.estimator.rtt_s
            due = slot.repairs.due(sequences, rtt_s=rtt_s, now=now)
            due = due[: viewer.repairs_allowed(len(due), now=now)]
            slot.repairs.note(due, now=now)
            self._counts.repaired_packets += self._fanout.retransmit(
                slot.key, due, now=now
            )
        elif slot.current is not None and slot.current.track.video:
            self._want_key_frame(slot.current, viewer.key)

    def _on_transport_feedback(
        self, viewer: Viewer, information: bytes, now: float
    ) -> None:
        adaptation = viewer.adaptation
        if (
            not viewer.connected
            or adaptation.skips_feedback(now=now)
            or not viewer.feedback_allowed(information, now=now)
        ):
            return
        feedback = transport_cc_reader.parse_transport_cc(information)
        adaptation.on_feedback(feedback, self._fanout.sent(viewer.key), now=now)
        if adaptation.due(now=now):
            self._slots.adapt(viewer, now=now)
        self._fanout.pace(viewer.key, adaptation.pace_bps, now=now)
