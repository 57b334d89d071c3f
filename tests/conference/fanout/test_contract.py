"""The contract of the fan-out; these tests run against each engine."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pylibsrtp import Policy, Session

from conference.contract.words import SlotGroup
from conference.fanout.contract import (
    CACHE_PACKETS,
    KEPT_EPOCHS,
    Destination,
    FanoutFactory,
    LayerKey,
    SlotKey,
    SrtpProfile,
    ViewerKey,
    ViewerKeys,
)
from conference.fanout.formats import ABS_SEND_TIME_ID, TRANSPORT_CC_ID, SlotFormat
from conference.fanout.sockets import SocketTable
from conference.ids import Mid
from conference.rtp.codecs import INSPECTORS, NOTHING, Codec, PayloadHead
from conference.rtp.packet import RtpPacket, parse
from tests.support.bench import KEYS, FakeSocket
from tests.support.wire import rtp

VIEWER, SLOT = ViewerKey(1), SlotKey(2)
ADA, BO = LayerKey(3), LayerKey(4)
ADDRESS = ("192.0.2.1", 9)
VIDEO = SlotFormat(Mid("2"), "video", SlotGroup.STAGE, "stage", 0x8000_0001, 77)
ALL_TEMPORALS = 2
"""Temporal limit under which no frame is left out."""
AUDIO = SlotFormat(Mid("3"), "audio", SlotGroup.STAGE, "stage", 5, 0)


PROFILES = {
    SrtpProfile.AEAD_AES_128_GCM: Policy.SRTP_PROFILE_AEAD_AES_128_GCM,
    SrtpProfile.AEAD_AES_256_GCM: Policy.SRTP_PROFILE_AEAD_AES_256_GCM,
    SrtpProfile.AES128_CM_SHA1_80: Policy.SRTP_PROFILE_AES128_CM_SHA1_80,
}


class Wire:
    """A fan-out with one viewer; its datagrams are decrypted and kept."""

    def __init__(
        self,
        engine: FanoutFactory,
        fmt: SlotFormat = VIDEO,
        codec: Codec = Codec.VP8,
        *,
        keys: ViewerKeys = KEYS,
    ) -> None:
        self.sockets = SocketTable()
        self.due: float | None = None
        self.fanout = engine(self.sockets, self._wake)
        self.got: list[rtp.Packet] = []
        self.full = False
        self.session = Session(
            Policy(
                key=keys.master_key + keys.master_salt,
                ssrc_type=Policy.SSRC_ANY_INBOUND,
                srtp_profile=PROFILES[keys.profile],
            )
        )
        self.destination = Destination(self.sockets.add(FakeSocket(self.send)), ADDRESS)
        self.fanout.open_viewer(VIEWER, keys, self.destination)
        self.fanout.open_slot(SLOT, VIEWER, fmt, first=16_000)
        self.codec = codec
        for layer in (ADA, BO):
            self.fanout.open_layer(layer, codec)

    def _wake(self, due: float) -> None:
        self.due = due

    def send(self, datagram: bytes, _address: object) -> None:
        """Decrypt a datagram; libsrtp refuses a repeated number."""
        if self.full:
            raise BlockingIOError
        self.got.append(rtp.parse(self.session.unprotect(datagram)))

    def head(self, packet: RtpPacket) -> PayloadHead:
        """Return the payload head, as the router would parse it."""
        inspect = INSPECTORS.get(self.codec)
        return inspect(packet.payload) if inspect else NOTHING

    def attach(self, layer: LayerKey, packet: RtpPacket, *, timestamp: int) -> None:
        """Let the slot follow a layer from a packet on."""
        self.fanout.attach(
            SLOT,
            layer,
            packet,
            self.head(packet),
            timestamp=timestamp & 0xFFFFFFFF,
            temporal=ALL_TEMPORALS,
        )

    def forward(self, layer: LayerKey, *packets: RtpPacket) -> int:
        """Forward packets."""
        return sum(
            self.fanout.forward(layer, packet, self.head(packet), now=1.0)
            for packet in packets
        )


def vp8(
    extended: int,
    timestamp: int,
    picture: int,
    *,
    tl0: int | None = None,
    short: bool = False,
) -> RtpPacket:
    fields = 0x80 | (0x40 if tl0 is not None else 0)
    identifier = (
        bytes((picture & 0x7F,))
        if short
        else (0x8000 | picture & 0x7FFF).to_bytes(2, "big")
    )
    payload = bytes((0x90, fields)) + identifier
    payload += b"" if tl0 is None else bytes((tl0 & 0xFF,))
    return packet(extended, timestamp, payload + b"\x01frame")


def packet(extended: int, timestamp: int, payload: bytes) -> RtpPacket:
    made = RtpPacket(
        payload_type=96,
        marker=True,
        sequence=extended & 0xFFFF,
        timestamp=timestamp & 0xFFFFFFFF,
        ssrc=1,
        extensions={},
        payload=payload,
    )
    made.extended = extended
    return made


def test_no_packet_number_is_protected_twice(engine: FanoutFactory) -> None:
    """A repeated initialisation vector breaks AES-GCM (RFC 7714 §8.4)."""
    wire = Wire(engine)
    first = vp8(100, 0, 1)
    wire.attach(ADA, first, timestamp=5)
    assert wire.forward(ADA, first, vp8(102, 3000, 2)) == 2
    assert wire.forward(ADA, first, vp8(102, 3000, 2)) == 0
    assert wire.forward(ADA, vp8(101, 3000, 2)) == 1
    assert wire.forward(ADA, vp8(101, 3000, 2)) == 0
    far = vp8(102 + 5 * CACHE_PACKETS, 9000, 3)
    assert wire.forward(ADA, far) == 1
    assert wire.forward(ADA, vp8(103, 3000, 2)) == 0


@given(st.lists(st.integers(0, 3_000), max_size=60))
def test_each_number_is_forwarded_once_in_any_order(
    engine: FanoutFactory, numbers: list[int]
) -> None:
    wire = Wire(engine)
    wire.attach(ADA, vp8(0, 0, 0), timestamp=5)
    wire.forward(ADA, *(vp8(number, number * 10, 1) for number in numbers))
    sent = [p.sequence for p in wire.got]
    assert len(sent) == len(set(sent))
    assert len(sent) <= len(set(numbers))


def test_a_slot_ahead_of_its_clock_falls_back_by_an_eighth_of_each_frame(
    engine: FanoutFactory,
) -> None:
    wire = Wire(engine)
    one = vp8(10, 0, 1)
    wire.attach(ADA, one, timestamp=90_000)
    wire.forward(ADA, one)
    begin = vp8(900, 500_000, 50)
    wire.attach(
        BO, begin, timestamp=90_000 - 1_800
    )  # its capture time is 20 ms too early
    frames = [vp8(900 + i, 500_000 + i * 3_000, 50 + i) for i in range(20)]
    wire.forward(BO, *frames)
    stamps = [p.timestamp for p in wire.got]
    assert stamps[1] == stamps[0] + 1
    steps = [b - a for a, b in itertools.pairwise(stamps[1:])]
    assert steps[:4] == [2_625] * 4  # an eighth of 3,000 less
    assert steps[-1] == 3_000
    assert stamps[-1] == 90_000 - 1_800 + 19 * 3_000  # on the slot clock again


def test_late_packets_have_the_timestamp_of_their_frame_while_a_slot_falls_back(
    engine: FanoutFactory,
) -> None:
    wire = Wire(engine)
    one = vp8(10, 0, 1)
    wire.attach(ADA, one, timestamp=90_000)
    wire.forward(ADA, one)
    frames = [vp8(900 + 2 * i, 500_000 + i * 3_000, 50 + i) for i in range(60)]
    wire.attach(BO, frames[0], timestamp=88_000)
    wire.forward(BO, *frames[:3])
    late = vp8(903, 503_000, 51)  # second packet of the second frame
    wire.forward(BO, late)
    stamps = {(p.sequence - 16_001): p.timestamp for p in wire.got[1:]}
    assert stamps[3] == stamps[2]
    wire.forward(BO, *frames[3:])
    wire.forward(BO, vp8(1_013, 500_000 + 56 * 3_000, 106))
    assert wire.got[-1].timestamp == wire.got[-5].timestamp


def test_audio_of_another_layer_starts_after_the_last_frame(
    engine: FanoutFactory,
) -> None:
    wire = Wire(engine, AUDIO, Codec.OPUS)
    one = packet(10, 0, b"one")
    wire.attach(ADA, one, timestamp=48_000)
    wire.forward(ADA, one)
    two = packet(70, 99_000, b"two")
    wire.attach(BO, two, timestamp=48_400)
    wire.forward(BO, two, packet(71, 99_960, b"three"))
    assert [p.timestamp for p in wire.got] == [48_000, 48_960, 49_920]


def test_running_numbers_continue_in_short_and_long_form(engine: FanoutFactory) -> None:
    wire = Wire(engine)
    first = vp8(10, 0, 0x7FFE, tl0=254)
    wire.attach(ADA, first, timestamp=0)
    wire.forward(
        ADA, *(vp8(10 + i, i * 3_000, 0x7FFE + i, tl0=254 + i) for i in range(4))
    )
    short = vp8(500, 90_000, 120, short=True)
    wire.attach(BO, short, timestamp=90_000)
    wire.forward(BO, short, vp8(501, 93_000, 121, short=True))
    long = [int.from_bytes(p.payload[2:4], "big") & 0x7FFF for p in wire.got[:4]]
    assert [(b - a) & 0x7FFF for a, b in itertools.pairwise(long)] == [1, 1, 1]
    base = [p.payload[4] for p in wire.got[:4]]
    assert [(b - a) & 0xFF for a, b in itertools.pairwise(base)] == [1, 1, 1]
    assert wire.got[4].payload[2] == (long[-1] + 1) & 0x7F
    assert wire.got[5].payload[2] == (long[-1] + 2) & 0x7F


@pytest.mark.parametrize("codec", [Codec.VP9, Codec.H264, Codec.AV1])
def test_other_codecs_get_their_own_payload_types(
    engine: FanoutFactory, codec: Codec
) -> None:
    wire = Wire(engine, codec=codec)
    payload = {Codec.VP9: b"\x88\x81\x02x", Codec.H264: b"\x65x", Codec.AV1: b"\x18x"}
    first = packet(10, 0, payload[codec])
    wire.attach(ADA, first, timestamp=0)
    wire.forward(ADA, first)
    assert wire.got[0].payload_type == {"VP9": 98, "H264": 102, "AV1": 45}[codec.value]
    assert wire.fanout.retransmit(SLOT, [wire.got[0].sequence], now=1.0) == 1
    assert wire.got[1].payload_type == {"VP9": 99, "H264": 103, "AV1": 46}[codec.value]
    assert wire.got[1].payload[2:] == wire.got[0].payload


def test_video_orientation_is_not_forwarded(
    engine: FanoutFactory,
) -> None:
    """Some browsers would rotate the video and others would not."""
    rotated = parse(
        bytes.fromhex(
            "90e007d000015f9011223344bede00017001000090c0812c071002009d012a4001b4"
            "000000000000000000"
        )
    )
    assert rotated.extensions == {7: b"\x01"}
    wire = Wire(engine)
    wire.attach(ADA, rotated, timestamp=1)
    wire.forward(ADA, rotated)
    assert set(wire.got[0].extensions) == {ABS_SEND_TIME_ID, TRANSPORT_CC_ID}


PADDING_SWITCH = [
    "80e003e800015f901122334490c0812c071002009d012a4001b4000000000000000000",
    "80e003e900016da01122334490c0812d081102000000000000000000",
    "a06003ea00016da01122334400000004",
    "80e003e800015f901122334490c0a345071002009d012a4001b4000000000000000000",
]
"""A key frame, a frame and four octets of padding of one layer; a key frame of the next."""


def test_padding_before_a_switch_does_not_reset_running_numbers(
    engine: FanoutFactory,
) -> None:
    wire = Wire(engine)
    *first, second = [parse(bytes.fromhex(text)) for text in PADDING_SWITCH]
    wire.attach(ADA, first[0], timestamp=1)
    wire.forward(ADA, *first)
    wire.attach(BO, second, timestamp=100_000)
    wire.forward(BO, second)
    heads = [wire.head(parse(rtp.serialize(got))).numbers for got in wire.got]
    shown = [(n.picture_id, n.tl0) for n in heads if n.picture_id_bytes]
    assert shown == [(1, 1), (2, 2), (3, 3)]
    assert wire.got[2].payload == b""


def test_packets_of_the_latest_epochs_are_retransmitted(
    engine: FanoutFactory,
) -> None:
    wire = Wire(engine)
    for turn in range(KEPT_EPOCHS + 2):
        start = vp8(1_000 * (turn + 1), turn * 9_000, turn)
        layer = LayerKey(100 + turn)
        wire.fanout.open_layer(layer, Codec.VP8)
        wire.attach(layer, start, timestamp=turn * 9_000)
        wire.forward(layer, start)
    numbers = [p.sequence for p in wire.got]
    assert wire.fanout.retransmit(SLOT, numbers, now=1.0) == KEPT_EPOCHS
    wire.fanout.close_layer(LayerKey(100 + KEPT_EPOCHS))
    assert wire.fanout.retransmit(SLOT, numbers, now=1.0) == KEPT_EPOCHS - 1


def test_audio_is_not_retransmitted(engine: FanoutFactory) -> None:
    wire = Wire(engine, AUDIO, Codec.OPUS)
    one = packet(10, 0, b"one")
    wire.attach(ADA, one, timestamp=0)
    wire.forward(ADA, one)
    assert wire.fanout.retransmit(SLOT, [wire.got[0].sequence], now=1.0) == 0


def test_a_full_socket_is_counted_and_loses_only_its_own_copy(
    engine: FanoutFactory,
) -> None:
    wire = Wire(engine)
    first = vp8(10, 0, 1)
    wire.attach(ADA, first, timestamp=0)
    wire.full = True
    wire.forward(ADA, first)
    assert wire.fanout.retransmit(SLOT, [16_000], now=1.0) == 1
    assert wire.fanout.unsent == 2
    wire.full = False
    assert wire.forward(ADA, vp8(11, 3_000, 2)) == 1
    assert wire.got[0].sequence == 16_001


@pytest.mark.parametrize(
    ("profile", "key_octets", "salt_octets"),
    [
        (SrtpProfile.AEAD_AES_128_GCM, 16, 12),
        (SrtpProfile.AEAD_AES_256_GCM, 32, 12),
        (SrtpProfile.AES128_CM_SHA1_80, 16, 14),
    ],
)
def test_packets_are_protected_with_the_negotiated_profile(
    engine: FanoutFactory, profile: SrtpProfile, key_octets: int, salt_octets: int
) -> None:
    keys = ViewerKeys(profile, bytes(range(key_octets)), bytes(range(salt_octets)))
    wire = Wire(engine, keys=keys)
    first = vp8(10, 0, 1)
    wire.attach(ADA, first, timestamp=0)
    wire.forward(ADA, first)
    assert wire.fanout.retransmit(SLOT, [wire.got[0].sequence], now=1.0) == 1
    assert wire.got[1].payload[2:] == wire.got[0].payload


def test_copies_to_a_closed_socket_are_unsent_until_there_is_another(
    engine: FanoutFactory,
) -> None:
    wire = Wire(engine)
    first = vp8(10, 0, 1)
    wire.attach(ADA, first, timestamp=0)
    wire.sockets.remove(wire.destination.socket)
    wire.fanout.set_destination(VIEWER, wire.destination)
    assert wire.forward(ADA, first) == 1
    assert (wire.fanout.unsent, wire.got) == (1, [])
    again = Destination(wire.sockets.add(FakeSocket(wire.send)), ADDRESS)
    wire.fanout.set_destination(VIEWER, again)
    wire.forward(ADA, vp8(11, 3_000, 2))
    assert [packet.sequence for packet in wire.got] == [16_001]


def test_a_packet_too_long_for_its_profile_loses_only_its_own_copy(
    engine: FanoutFactory,
) -> None:
    keys = ViewerKeys(SrtpProfile.AES128_CM_SHA1_80, bytes(16), bytes(14))
    wire = Wire(engine, keys=keys)
    first = vp8(10, 0, 1)
    wire.attach(ADA, first, timestamp=0)
    wire.forward(ADA, first)
    huge = packet(11, 3_000, b"\x80" * 1_400)
    wire.fanout.forward(ADA, huge, NOTHING, now=1.0)
    assert wire.fanout.unsent == 1
    assert wire.forward(ADA, vp8(12, 6_000, 3)) == 1
    assert len(wire.got) == 2


def test_keys_are_not_in_the_repr() -> None:
    assert "master" not in repr(KEYS)


def test_progress_has_the_values_of_a_sender_report(engine: FanoutFactory) -> None:
    wire = Wire(engine)
    assert wire.fanout.progress(SLOT).timestamp is None
    first = vp8(10, 1_000, 1)
    wire.attach(ADA, first, timestamp=5_000)
    wire.forward(ADA, first)
    progress = wire.fanout.progress(SLOT)
    assert (progress.packets, progress.octets) == (1, len(first.payload))
    assert (progress.timestamp, progress.timestamp_offset) == (5_000, 4_000)


def test_packets_go_to_the_new_address_of_a_viewer(
    engine: FanoutFactory,
) -> None:
    wire = Wire(engine)
    first = vp8(10, 0, 1)
    wire.attach(ADA, first, timestamp=0)
    elsewhere: list[object] = []
    other = wire.sockets.add(
        FakeSocket(lambda _data, address: elsewhere.append(address))
    )
    wire.fanout.set_destination(VIEWER, Destination(other, ADDRESS))
    wire.forward(ADA, first)
    assert elsewhere == [ADDRESS]
    gone = ViewerKey(99)
    wire.fanout.set_destination(gone, wire.destination)  # is ignored
    wire.fanout.close_viewer(VIEWER)
    assert wire.forward(ADA, vp8(11, 3_000, 2)) == 0


def test_waiting_packets_are_sent_when_pacing_ends(engine: FanoutFactory) -> None:
    wire = Wire(engine)
    wire.fanout.pace(VIEWER, 30_000, now=1.0)
    frames = [vp8(10 + i, i * 3_000, 1 + i) for i in range(4)]
    wire.attach(ADA, frames[0], timestamp=0)
    wire.forward(ADA, *frames)
    wire.fanout.pace(VIEWER, None, now=1.0)  # the clock did not move meanwhile
    wire.fanout.flush(now=1.005)
    assert len(wire.got) == 4


def test_waiting_packets_of_a_closed_viewer_are_not_sent(engine: FanoutFactory) -> None:
    wire = Wire(engine)
    wire.fanout.pace(VIEWER, 30_000, now=1.0)
    frames = [vp8(10 + i, i * 3_000, 1 + i) for i in range(4)]
    wire.attach(ADA, frames[0], timestamp=0)
    wire.forward(ADA, *frames)
    wire.fanout.close_viewer(VIEWER)
    wire.fanout.flush(now=1.5)
    assert len(wire.got) == 1
