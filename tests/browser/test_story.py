"""The main functions of a conference, in both browsers."""

from tests.browser.conftest import (
    Gallery,
    assert_clean,
    each,
    in_firefox,
    link,
    one_pair,
    other_pair,
    pairs,
)
from tests.support.browsers import BrowserName, Options
from tests.support.browsers.page import by_id
from tests.support.wire.room import TestRoom
from tests.support.wire.scenes import publish_camera
from tests.support.wire.sending import SILENCE_DBOV


@pairs
async def test_presenter_is_seen_and_heard(
    room: TestRoom, gallery: Gallery, presents: BrowserName, watches: BrowserName
) -> None:
    presenter = await gallery.visit(presents, "Paul")
    viewer = await gallery.visit(watches, "Rita")
    await presenter.enter(link(room, "presenter"))
    await viewer.enter(link(room, "researcher"), "Institute of Acoustics")

    size = await viewer.sees("Paul")
    assert size["width"] >= 320
    assert size["height"] >= 180
    await viewer.hears()
    assert await viewer.decoded_frames() > 10
    assert await viewer.page.count(by_id("camera")) == 0
    plate = await viewer.page.text(by_id("plate-organisation"))
    assert plate == "Institute of Optics"
    await gallery.picture(viewer, "viewer")
    await gallery.picture(presenter, "presenter")
    assert_clean(presenter, viewer)


@one_pair
async def test_shortcut_switches_the_camera(
    room: TestRoom, gallery: Gallery, presents: BrowserName, watches: BrowserName
) -> None:
    presenter = await gallery.visit(presents, "Paul")
    viewer = await gallery.visit(watches, "Rita")
    await presenter.enter(link(room, "presenter"))
    await viewer.enter(link(room, "researcher"))
    await viewer.sees("Paul")

    await presenter.page.press("v")
    await presenter.pressed("camera", False)
    await viewer.sees_no_picture_of("Paul")
    await presenter.page.press("v")
    await presenter.pressed("camera", True)
    await viewer.sees("Paul")
    await presenter.page.press("m")
    await presenter.pressed("microphone", False)
    await viewer.page.see(by_id("mark-muted"))
    await presenter.page.press("m")
    await viewer.hears()
    assert_clean(presenter, viewer)


@pairs
async def test_shared_screen_takes_the_stage(
    room: TestRoom, gallery: Gallery, presents: BrowserName, watches: BrowserName
) -> None:
    presenter = await gallery.visit(presents, "Paul", Options(screen=True))
    viewer = await gallery.visit(watches, "Rita")
    await presenter.enter(link(room, "presenter"))
    await viewer.enter(link(room, "researcher"))
    await viewer.sees("Paul")

    await presenter.shares()
    # Chromium, on a busy machine, takes its time to trust its uplink.
    await viewer.sees_screen(width=800)
    await viewer.sees("Paul")
    await gallery.picture(viewer, "screen")
    await presenter.page.click(by_id("screen"))
    await viewer.page.gone(by_id("screen-tile"))
    await viewer.sees("Paul")
    assert_clean(presenter, viewer)


@each
async def test_stage_switches_without_negotiation(
    room: TestRoom, gallery: Gallery, browser: BrowserName
) -> None:
    moderator = await room.moderator()
    red = await room.guest("presenter", "Red")
    await publish_camera(red, "red")
    blue = await room.guest("presenter", "Blue")
    await publish_camera(blue, "blue", width=320, height=180)
    await moderator.ask("stage.set", participant=red.id)
    viewer = await gallery.visit(browser, "Rita")
    await viewer.enter(link(room, "researcher"))
    await viewer.sees_colour("Red", red=True)
    await viewer.sees_colour("Blue", red=False)
    connections = await viewer.page.evaluate("() => window.peerConnections.length")

    stage = f'{by_id("tile")}[data-place="stage"]'
    for _ in range(3):
        await moderator.ask("stage.set", participant=blue.id)
        await viewer.page.read(stage, "Blue")
        await viewer.sees_colour("Blue", red=False)
        await moderator.ask("stage.set", participant=red.id)
        await viewer.page.read(stage, "Red")
        await viewer.sees_colour("Red", red=True)
        await viewer.sees("Red")
    assert connections == await viewer.page.evaluate(
        "() => window.peerConnections.length"
    )
    await gallery.picture(viewer, "stage")
    assert_clean(viewer)


@in_firefox
async def test_speaker_is_marked(
    room: TestRoom, gallery: Gallery, browser: BrowserName
) -> None:
    presenter = await room.guest("presenter", "Paul")
    publisher = await publish_camera(presenter, "red")
    voice = publisher.track("microphone")
    voice.level_dbov = SILENCE_DBOV
    viewer = await gallery.visit(browser, "Rita")
    await viewer.enter(link(room, "researcher"))
    await viewer.sees("Paul")
    voice.level_dbov = 30
    await viewer.page.see(f'{by_id("tile")}[data-speaking="true"]')
    voice.level_dbov = SILENCE_DBOV
    await viewer.page.gone(f'{by_id("tile")}[data-speaking="true"]')
    assert_clean(viewer)


@other_pair
async def test_chat_reaches_present_and_later_participants(
    room: TestRoom, gallery: Gallery, presents: BrowserName, watches: BrowserName
) -> None:
    presenter = await gallery.visit(presents, "Paul")
    viewer = await gallery.visit(watches, "Rita")
    await presenter.enter(link(room, "presenter"))
    await viewer.enter(link(room, "researcher"))
    await presenter.says("Good morning")
    await viewer.page.read(by_id("chat-badge"), "1")
    await viewer.reads("Good morning")
    await viewer.says("안녕하십니까")
    await presenter.reads("Good morning", "안녕하십니까")
    await viewer.says("<img src=x onerror=alert(1)>")
    await presenter.reads(
        "Good morning", "안녕하십니까", "<img src=x onerror=alert(1)>"
    )
    late = await gallery.visit(watches, "Late")
    await late.enter(link(room, "researcher"))
    await late.reads("Good morning", "안녕하십니까", "<img src=x onerror=alert(1)>")
    await gallery.picture(late, "chat")
    assert_clean(presenter, viewer, late)


@one_pair
async def test_hand_floor_mute_and_removal(
    room: TestRoom, gallery: Gallery, presents: BrowserName, watches: BrowserName
) -> None:
    moderator = await gallery.visit(presents, "Mina")
    invitation = await room.owner.ask(
        "invitation.create", room=room.id, role="moderator"
    )
    token = invitation.url.split("#")[1]
    await moderator.enter(f"{room.server.url}/join#{token}")
    researcher = await gallery.visit(watches, "Rita")
    await researcher.enter(link(room, "researcher"))

    await researcher.page.click(by_id("hand"))
    await researcher.pressed("hand", True)
    await moderator.open_panel("people")
    await moderator.page.read(by_id("hand-queue"), "Rita")
    await moderator.acts_on("Rita", "action-floor")
    await researcher.page.see(by_id("floor-given"))
    await gallery.picture(researcher, "floor")
    await researcher.page.click(by_id("floor-unmute"))
    await researcher.pressed("microphone", True)
    await moderator.hears()
    await researcher.page.click(by_id("camera"))
    await moderator.sees("Rita")
    await gallery.picture(moderator, "people")

    await moderator.acts_on("Rita", "action-mute-microphone")
    await researcher.pressed("microphone", False)
    await researcher.page.read(by_id("notices"), "Mina")

    await moderator.acts_on("Rita", "action-floor")
    await researcher.page.see(by_id("floor-taken"))
    await researcher.page.gone(by_id("camera"))
    await moderator.sees_no_picture_of("Rita")

    await moderator.acts_on("Rita", "action-remove")
    await moderator.page.click(by_id("confirm-yes"))
    await researcher.page.see(f'{by_id("gone-page")}[data-reason="removed"]')
    await gallery.picture(researcher, "removed")
    await moderator.page.wait_for(
        "() => ![...document.querySelectorAll('[data-testid=\"person\"]')]"
        ".some((p) => p.innerText.includes('Rita'))"
    )
    assert_clean(moderator, researcher)
