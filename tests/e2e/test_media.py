"""Media from publishers to viewers: slots, continuity, repairs, key frames."""

import asyncio
import time
from functools import partial

from tests.support.wire.receiving import extend
from tests.support.wire.recording import tone
from tests.support.wire.room import TestRoom
from tests.support.wire.rtp import Packet
from tests.support.wire.scenes import (
    assert_unbroken,
    camera,
    encoded,
    flows,
    is_still,
    publish_camera,
    sees,
)
from tests.support.wire.sending import outgoing

SWITCH_PICTURES = 50
"""Of the old source at most, two seconds of them, before a switch shows. Counted in
pictures, as these stop too when the machine has no time for server or client."""


async def test_presenter_is_received_on_the_stage(room: TestRoom) -> None:
    presenter = await room.guest("presenter", "Paul")
    viewer = await room.guest("researcher", "Rita", decode=True)
    await publish_camera(presenter, "red")
    (video,) = viewer.mids("stage", "video")
    (audio,) = viewer.mids("stage", "audio")

    await sees(viewer, video, "red")
    await flows(viewer, video, frames=20)
    await flows(viewer, audio, frames=20)

    assert viewer.carrying(presenter.id, "camera") == [video]
    assert viewer.carrying(presenter.id, "microphone") == [audio]
    newest = viewer.watch(video).pictures[-1]
    assert (newest.width, newest.height) == (640, 360)
    assert viewer.subscribed is not None
    assert viewer.subscribed.profile == "SRTP_AEAD_AES_128_GCM"
    assert_unbroken(viewer)


async def test_sender_reports_of_the_stage_share_a_clock(
    room: TestRoom,
) -> None:
    presenter = await room.guest("presenter", "Paul")
    viewer = await room.guest("researcher", "Rita")
    await publish_camera(presenter, "red")
    (video,) = viewer.mids("stage", "video")
    (audio,) = viewer.mids("stage", "audio")

    def on_one_clock(mid: str, rate: int) -> bool:
        # The publisher's clock is known better and better: late reports agree.
        reports = viewer.watch(mid).sender_reports
        if len(reports) < 3:
            return False
        (first_s, first), (last_s, last) = reports[-2], reports[-1]
        elapsed = (extend(last, first, 32) - first) / rate
        return last_s > first_s and abs(elapsed - (last_s - first_s)) < 0.1

    for mid, rate in ((video, 90_000), (audio, 48_000)):
        await viewer.until(
            partial(on_one_clock, mid, rate),
            f"reports for slot {mid} that agree with its timestamps",
        )
        wall_s, _ = viewer.watch(mid).sender_reports[-1]
        assert abs(wall_s - time.time()) < 60  # seconds since 1970, not since 1900


async def test_stage_switch_keeps_the_stream_continuous(room: TestRoom) -> None:
    moderator = await room.moderator()
    red = await room.guest("presenter", "Red")
    blue = await room.guest("presenter", "Blue")
    viewer = await room.guest("researcher", "Rita", decode=True)
    await publish_camera(red, "red")
    await publish_camera(blue, "blue", width=320, height=180)
    (video,) = viewer.mids("stage", "video")
    watch = viewer.watch(video)

    for turn in range(3):
        for who, colour in ((red, "red"), (blue, "blue")):
            before = len(watch.pictures)
            await moderator.ask("stage.set", participant=who.id)
            await sees(viewer, video, colour)
            assert len(watch.pictures) - before <= SWITCH_PICTURES, (turn, colour)
            await flows(viewer, video)

    assert (watch.pictures[-1].width, watch.pictures[-1].height) == (320, 180)
    assert watch.payload_types == {p for p in watch.codecs if watch.codecs[p] == "VP8"}
    assert_unbroken(viewer)


async def test_wrapping_sequence_numbers_stay_continuous(room: TestRoom) -> None:
    presenter = await room.guest("presenter", "Paul")
    viewer = await room.guest("researcher", "Rita", decode=True)
    publisher = await publish_camera(presenter, "green", sequence=65_500)
    publisher.track("camera").picture_id = 32_760
    publisher.track("camera").timestamp = (1 << 32) - 90_000
    (video,) = viewer.mids("stage", "video")

    await sees(viewer, video, "green")
    await viewer.until(
        lambda: publisher.track("camera").sequence < 1000, "the sequence to wrap"
    )
    await flows(viewer, video, frames=40)
    assert_unbroken(viewer)


async def test_viewer_that_missed_the_first_key_frame_gets_another(
    room: TestRoom,
) -> None:
    """As when it arrives before the keys that decrypt it: then no NACK repairs it."""
    presenter = await room.guest("presenter", "Paul")
    viewer = await room.guest("researcher", "Rita", decode=True)
    (video,) = viewer.mids("stage", "video")
    assert viewer.watcher is not None
    missed: list[int] = []

    def miss(packet: Packet) -> bool:
        if packet.ssrc != viewer.watch(video).ssrc or len(missed) == 3:
            return False
        missed.append(packet.sequence)
        return True

    viewer.watcher.drop = miss
    await publish_camera(presenter, "red")
    await sees(viewer, video, "red")
    assert len(missed) == 3


async def test_late_viewer_gets_a_key_frame_at_once(room: TestRoom) -> None:
    presenter = await room.guest("presenter", "Paul")
    publisher = await publish_camera(presenter, "red")
    early = await room.guest("researcher", "Early", decode=True)
    await sees(early, early.mids("stage", "video")[0], "red")
    asked = len(publisher.track("camera").key_requests)

    late = await room.guest("researcher", "Late", decode=True)
    await sees(late, late.mids("stage", "video")[0], "red")
    # It did not wait for the next one that would have come anyway.
    assert len(publisher.track("camera").key_requests) > asked
    assert_unbroken(early)


async def test_shared_screen_is_sent_in_the_content_slots(room: TestRoom) -> None:
    presenter = await room.guest("presenter", "Paul")
    viewer = await room.guest("researcher", "Rita", decode=True)
    await presenter.publish(
        outgoing("0", "camera", await encoded(camera, "red")),
        outgoing(
            "1",
            "screen",
            await encoded(camera, "blue", width=960, height=540, rate=15),
        ),
        outgoing("2", "screen_audio", await encoded(tone, frequency_hz=880)),
    )
    (content,) = viewer.mids("content", "video")
    await sees(viewer, content, "blue")
    await sees(viewer, viewer.mids("stage", "video")[0], "red")
    await flows(viewer, viewer.mids("content", "audio")[0])

    await presenter.ask("media.track", source="screen", active=False)
    await viewer.until(
        lambda: viewer.slots[content].participant is None, "an empty content slot"
    )
    await is_still(viewer, content)
    assert_unbroken(viewer)


async def test_grid_slots_carry_only_visible_tiles(
    room: TestRoom,
) -> None:
    moderator = await room.moderator()
    red = await room.guest("presenter", "Red")
    blue = await room.guest("presenter", "Blue")
    await publish_camera(red, "red")
    await publish_camera(blue, "blue")
    await moderator.ask("stage.set", participant=red.id)
    viewer = await room.guest("researcher", "Rita", decode=True)
    await sees(viewer, viewer.mids("stage", "video")[0], "red")
    assert viewer.carrying(blue.id, "camera") == []

    await viewer.ask(
        "view.set",
        stage=None,
        tiles=[{"participant": blue.id, "max_height": 180}],
    )
    (mid,) = await viewer.until(
        lambda: viewer.carrying(blue.id, "camera"), "a tile for blue"
    )
    assert mid in viewer.mids("grid", "video")
    await sees(viewer, mid, "blue")

    await viewer.ask("view.set", stage=None, tiles=[])
    await is_still(viewer, mid)
    assert_unbroken(viewer)


async def test_own_choice_for_the_stage_does_not_affect_others(room: TestRoom) -> None:
    red = await room.guest("presenter", "Red")
    await publish_camera(red, "red")
    blue = await room.guest("presenter", "Blue")
    await publish_camera(blue, "blue")
    pins = await room.guest("researcher", "Pins", decode=True)
    other = await room.guest("researcher", "Other", decode=True)
    (video,) = pins.mids("stage", "video")
    await sees(pins, video, "red")
    await sees(other, other.mids("stage", "video")[0], "red")

    await pins.ask("view.set", stage=blue.id, tiles=[])
    await sees(pins, video, "blue")
    await flows(other, other.mids("stage", "video")[0])
    await sees(other, other.mids("stage", "video")[0], "red")
    assert_unbroken(pins)
    assert_unbroken(other)


async def test_floating_slots_carry_the_three_loudest_others(room: TestRoom) -> None:
    host = await room.guest("presenter", "Host")
    await publish_camera(host, "red")
    talkers = []
    for number, level in enumerate((20, 25, 30, 90, 100)):
        talker = await room.guest("presenter", f"Talker {number}", subscribe=False)
        track = outgoing("0", "microphone", await encoded(tone), level_dbov=level)
        await talker.publish(track)
        talkers.append((talker, track))
    viewer = await room.guest("researcher", "Rita")
    floating = viewer.mids("floating", "audio")
    assert len(floating) == 3

    def heard() -> set[str]:
        return {
            state.participant
            for mid in floating
            if (state := viewer.slots.get(mid)) and state.participant
        }

    loudest = {talker.id for talker, _ in talkers[:3]}
    await viewer.until(lambda: heard() == loudest, f"{loudest}, not {heard()}")
    for mid in floating:
        await flows(viewer, mid)

    quiet, track = talkers[4]
    track.level_dbov = 15
    talkers[2][1].level_dbov = 110
    await viewer.until(lambda: quiet.id in heard(), "the new speaker to be heard")
    await viewer.until(lambda: quiet.id in viewer.speakers, "to be named a speaker")
    assert_unbroken(viewer)


async def test_lost_packets_are_resent_to_a_viewer(room: TestRoom) -> None:
    presenter = await room.guest("presenter", "Paul")
    await publish_camera(presenter, "red")
    viewer = await room.guest("researcher", "Rita", decode=True)
    (video,) = viewer.mids("stage", "video")
    watch = viewer.watch(video)
    await sees(viewer, video, "red")
    assert viewer.watcher is not None
    count = 0

    def every_tenth(packet: Packet) -> bool:
        nonlocal count
        count += packet.ssrc == watch.ssrc
        return packet.ssrc == watch.ssrc and count % 10 == 0

    viewer.watcher.drop = every_tenth
    await flows(viewer, video, frames=75)
    viewer.watcher.drop = lambda _packet: False
    await viewer.until(lambda: not watch.holes, "the last hole to close")
    assert watch.recovered > 10
    assert_unbroken(viewer)


async def test_lost_packets_are_requested_from_the_publisher(room: TestRoom) -> None:
    presenter = await room.guest("presenter", "Paul")
    viewer = await room.guest("researcher", "Rita", decode=True)
    publisher = await publish_camera(presenter, "red")
    (video,) = viewer.mids("stage", "video")
    await sees(viewer, video, "red")
    track = publisher.track("camera")

    track.drop = lambda sequence: sequence % 20 == 0
    await flows(viewer, video, frames=50)
    track.drop = lambda _sequence: False
    assert track.retransmitted > 5
    await viewer.until(lambda: not viewer.watch(video).holes, "all holes to close")
    assert_unbroken(viewer)


async def test_requests_for_key_frames_are_merged(room: TestRoom) -> None:
    presenter = await room.guest("presenter", "Paul")
    viewer = await room.guest("researcher", "Rita", decode=True)
    publisher = await publish_camera(presenter, "red")
    (video,) = viewer.mids("stage", "video")
    await sees(viewer, video, "red")
    requests = publisher.track("camera").key_requests
    assert viewer.watcher is not None

    before, start = len(requests), time.monotonic()
    while time.monotonic() - start < 2.0:
        viewer.watcher.request_key_frame(video)
        await asyncio.sleep(0.02)
    last = time.monotonic()
    await viewer.until(lambda: requests[-1] > last - 0.5, "the last request to count")
    took_s = time.monotonic() - start
    assert 1 <= len(requests) - before <= 2 * took_s + 3  # two a second, and the edges


async def test_publisher_gets_receiver_reports(room: TestRoom) -> None:
    presenter = await room.guest("presenter", "Paul")
    publisher = await publish_camera(presenter, "red")
    await presenter.until(lambda: publisher.feedback >= 10, "transport-wide feedback")
    await presenter.until(lambda: publisher.receiver_reports >= 2, "receiver reports")


async def test_viewer_that_cannot_decode_is_informed(room: TestRoom) -> None:
    presenter = await room.guest("presenter", "Paul")
    await publish_camera(presenter, "red")
    viewer = room.stranger()
    viewer.codecs = frozenset({"opus", "H264"})
    await viewer.connect(invitation=room.token("researcher"))
    await viewer.join("Rita")
    (video,) = viewer.mids("stage", "video")
    await viewer.until(
        lambda: (state := viewer.slots.get(video)) and state.gap == "codec",
        "the gap to be named",
    )
    await flows(viewer, viewer.mids("stage", "audio")[0])
    assert viewer.watch(video).packets == 0
