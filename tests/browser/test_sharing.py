"""Sharing a screen or a second camera, for text or for motion."""

import pytest

from tests.browser.conftest import (
    Gallery,
    assert_clean,
    each,
    in_chromium,
    in_firefox,
    link,
)
from tests.support.browsers import BrowserName, Options, Page
from tests.support.browsers.axe import assert_accessible, assert_nothing_lost
from tests.support.browsers.page import by_id
from tests.support.wire.room import TestRoom

SENT = """() => window.peerConnections.flatMap((connection) =>
  connection.connectionState === "closed" ? [] :
  connection.getTransceivers().filter((t) => t.mid === "2" && t.sender.track)
    .map(({ sender }) => ({
      hint: sender.track.contentHint,
      frames: sender.getParameters().encodings.map((e) => e.maxFramerate),
      connection: window.peerConnections.indexOf(connection),
      description: connection.localDescription.sdp,
    })))[0] ?? null"""
"""The content that a page sends: how it is hinted, and in how many frames a second."""


async def is_sent(page: Page, hint: str) -> dict[str, object]:
    """Wait until the content is sent as what it is; give what is known of it."""
    sent = await page.poll(lambda s: s is not None and s["hint"] == hint, SENT)
    return dict(sent)


@each
async def test_sharing_style_changes_without_negotiation(
    room: TestRoom, gallery: Gallery, browser: BrowserName
) -> None:
    presenter = await gallery.visit(browser, "Paul", Options(screen=True))
    viewer = await gallery.visit("chromium", "Rita")
    await presenter.enter(link(room, "presenter"))
    await viewer.enter(link(room, "researcher"))
    await viewer.sees("Paul")
    page = presenter.page

    await page.press("s")
    await page.see(by_id("share-menu"))
    await gallery.picture(presenter, "menu")
    await assert_accessible(page)
    await page.press("Escape")
    await page.gone(by_id("share-menu"))
    await page.press("s")
    await page.see(by_id("share-menu"))
    await page.press("ArrowDown")
    await page.press("Enter")
    await viewer.sees_screen()
    await viewer.sees("Paul")
    film = await is_sent(page, "motion")
    layers = 1 if browser == "firefox" else 2
    assert film["frames"] == [30] * layers

    await page.click(by_id("style-sharp"))
    text = await is_sent(page, "detail")
    await page.poll(lambda s: s is not None and s["frames"] == [8] * layers, SENT)
    assert text["connection"] == film["connection"]
    assert text["description"] == film["description"]
    await viewer.sees_screen()
    await gallery.picture(presenter, "sharing")
    await assert_accessible(page)
    await assert_nothing_lost(page)

    await page.click(by_id("stop-sharing"))
    await viewer.page.gone(by_id("screen-tile"))
    await viewer.sees("Paul")
    await presenter.shares("sharp")  # what nobody watched for a while comes back
    await viewer.sees_screen()
    assert_clean(presenter, viewer)


WATCH_FOR_SCREENS = """() => {
  window.screens = 0;
  new MutationObserver(() => {
    const tiles = document.querySelectorAll('[data-testid="screen-tile"]');
    window.screens = Math.max(window.screens, tiles.length);
  }).observe(document, { childList: true, subtree: true });
}"""


@in_firefox
async def test_no_screen_is_shown_before_one_is_shared(
    room: TestRoom, gallery: Gallery, browser: BrowserName
) -> None:
    viewer = await gallery.visit("chromium", "Rita")
    presenter = await gallery.visit(browser, "Paul", Options(screen=True))
    await viewer.enter(link(room, "researcher"))
    await presenter.open_join_page(link(room, "presenter"))
    for person in (viewer, presenter):
        await person.page.evaluate(WATCH_FOR_SCREENS)
    await presenter.join()
    await viewer.sees("Paul")
    # A change of one's own microphone comes after all that publishing says.
    await presenter.page.press("m")
    await viewer.page.see("[data-testid='tile'] [data-testid='mark-muted']")
    for person in (viewer, presenter):
        assert await person.page.evaluate("() => window.screens") == 0
    await presenter.shares("sharp")
    await viewer.sees_screen()
    assert_clean(presenter, viewer)


async def test_second_camera_is_shown_beside_the_first(
    room: TestRoom, gallery: Gallery
) -> None:
    # Chromium's second synthetic camera writes a format that it cannot send.
    presenter = await gallery.visit("chromium", "Paul", Options(cameras=3))
    viewer = await gallery.visit("firefox", "Rita")
    await presenter.enter(link(room, "presenter"))
    await viewer.enter(link(room, "researcher"))
    await presenter.uses("screen")
    await presenter.page.click(f"li:last-child > {by_id('share-camera')}")
    await viewer.sees_screen()
    await viewer.sees("Paul")
    await (
        presenter.sees_screen()
    )  # the presenter sees the picture of the second camera too
    await gallery.picture(presenter, "presenter")
    await gallery.picture(viewer, "viewer")
    await assert_nothing_lost(presenter.page)
    await presenter.page.press("s")
    await viewer.page.gone(by_id("screen-tile"))
    await viewer.sees("Paul")
    assert_clean(presenter, viewer)


@in_chromium
async def test_with_one_camera_the_menu_asks_for_a_second(
    room: TestRoom, gallery: Gallery, browser: BrowserName
) -> None:
    presenter = await gallery.visit(browser, "Paul", Options(width=320, locale="ko"))
    await presenter.enter(link(room, "presenter"))
    await presenter.pressed("camera", True)
    await presenter.uses("screen")
    await presenter.page.see(by_id("no-second-camera"))
    await gallery.picture(presenter, "narrow")
    await assert_accessible(presenter.page)
    await assert_nothing_lost(presenter.page)
    await presenter.page.click(by_id("chat"))
    await presenter.page.gone(by_id("share-menu"))
    assert_clean(presenter)


SHARE_A_TONE_ON_THE_LEFT = """() => {
  navigator.mediaDevices.getDisplayMedia = async () => {
    const canvas = document.createElement("canvas");
    const drawing = canvas.getContext("2d");
    setInterval(() => {
      drawing.fillStyle = `hsl(${performance.now() / 20}, 80%, 50%)`;
      drawing.fillRect(0, 0, canvas.width, canvas.height);
    }, 100);
    const sound = new AudioContext();
    const tone = new OscillatorNode(sound);
    const sides = new ChannelMergerNode(sound, { numberOfInputs: 2 });
    const out = new MediaStreamAudioDestinationNode(sound, { channelCount: 2 });
    tone.connect(sides, 0, 0);
    sides.connect(out);
    tone.start();
    return new MediaStream([
      ...canvas.captureStream(10).getTracks(), ...out.stream.getTracks(),
    ]);
  };
}"""
LOUDNESS_OF_BOTH_SIDES = """async () => {
  if (!window.sides) {
    const receiver = window.peerConnections.flatMap((pc) => pc.getTransceivers())
      .find((t) => t.mid === "1" && t.direction === "recvonly").receiver;
    const sound = new AudioContext();
    const heard = sound.createMediaStreamSource(new MediaStream([receiver.track]));
    const split = new ChannelSplitterNode(sound, { numberOfOutputs: 2 });
    heard.connect(split);
    window.sides = [0, 1].map((side) => {
      const measure = new AnalyserNode(sound);
      split.connect(measure, side);
      return measure;
    });
  }
  return window.sides.map((side) => {
    const samples = new Float32Array(side.fftSize);
    side.getFloatTimeDomainData(samples);
    return Math.max(...samples.map(Math.abs));
  });
}"""


@pytest.mark.parametrize(
    ("shares", "hears"),
    [("chromium", "chromium"), ("chromium", "firefox"), ("firefox", "chromium")],
)
async def test_sound_of_a_shared_screen_is_stereo(
    room: TestRoom, gallery: Gallery, shares: BrowserName, hears: BrowserName
) -> None:
    presenter = await gallery.visit(shares, "Paul", Options(screen=True))
    viewer = await gallery.visit(hears, "Rita")
    await presenter.enter(link(room, "presenter"))
    await viewer.enter(link(room, "researcher"))
    await presenter.page.evaluate(SHARE_A_TONE_ON_THE_LEFT)
    await presenter.shares("motion")
    await viewer.sees_screen()
    await viewer.page.poll(
        lambda sides: sides[0] > 0.1 and sides[1] < sides[0] / 20,
        LOUDNESS_OF_BOTH_SIDES,
    )
    assert_clean(presenter, viewer)
