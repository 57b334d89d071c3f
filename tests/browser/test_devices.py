"""Chosen devices are used, missing ones are replaced visibly, paused media resumes."""

from tests.browser.conftest import Gallery, assert_clean, each, in_firefox, link
from tests.support.browsers import BrowserName, Options, Page
from tests.support.browsers.page import by_id
from tests.support.wire.room import TestRoom
from tests.support.wire.scenes import publish_camera

SEVERAL = Options(cameras=3)
"""Three of each kind, in Chromium."""

SENT = """(kind) => (window.peerConnections ?? [])
  .filter((c) => c.connectionState !== "closed")
  .flatMap((c) => c.getSenders())
  .filter((s) => s.track?.kind === kind)
  .map((s) => s.track.label)"""
CHOICES = """(list) => [...(document.querySelector(list)?.options ?? [])]
  .map((o) => [o.value, o.text])"""
SHOWN = "(list) => document.querySelector(list)?.selectedOptions[0]?.text ?? ''"
MEDIA = """() => [...document.querySelectorAll("audio[data-slot], video")]
  .filter((e) => e.srcObject)
  .map((e) => e.paused)"""
PAUSE = """() => document.querySelectorAll("audio, video").forEach((e) => e.pause())"""
REFUSE = """() => {
  window.plays = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = () =>
    Promise.reject(new DOMException("no gesture", "NotAllowedError"));
}"""
ALLOW = "() => { HTMLMediaElement.prototype.play = window.plays; }"


async def choose(page: Page, picker: str, label: str) -> None:
    """Choose a device by its name."""
    choices: list[list[str]] = await page.wait_for(
        f"(list, label) => {{ const all = ({CHOICES})(list);"
        " return all.some((o) => o[1] === label) && all; }",
        by_id(picker),
        label,
    )
    await page.choose(by_id(picker), next(v for v, text in choices if text == label))


async def sends(page: Page, kind: str, label: str) -> None:
    """Wait until this device, and no other, is sent."""
    await page.poll(lambda sent: label in sent, SENT, kind)


async def shows(page: Page, picker: str, label: str) -> None:
    """Wait until a list shows this device."""
    await page.poll(lambda shown: shown == label, SHOWN, by_id(picker))


async def remember(page: Page, room: TestRoom, **chosen: str) -> None:
    """Store choices of devices, as an earlier visit would."""
    await page.goto(room.server.url)
    await page.see(by_id("landing-page"))
    for name, value in chosen.items():
        await page.evaluate(
            "(name, value) => localStorage.setItem(`pavilion.${name}`, value)",
            name,
            value,
        )


async def test_chosen_devices_are_used_after_a_reload(
    room: TestRoom, gallery: Gallery
) -> None:
    person = await gallery.visit("chromium", "Paul", SEVERAL)
    page = person.page
    await person.open_join_page(link(room, "presenter"))
    await choose(page, "camera-picker", "fake_device_1")
    await person.join()
    await sends(page, "video", "fake_device_1")

    await page.press("m")
    await person.pressed("microphone", False)
    await page.click(by_id("settings"))
    await choose(page, "microphone-picker", "Fake Audio Input 2")
    await sends(page, "audio", "Fake Audio Input 2")
    await shows(page, "microphone-picker", "Fake Audio Input 2")
    await person.pressed("microphone", False)
    await page.press("Escape")
    await page.press("m")
    await person.pressed("microphone", True)

    await page.reload()
    await page.see(by_id("room-page"))
    await sends(page, "audio", "Fake Audio Input 2")
    await sends(page, "video", "fake_device_1")
    assert_clean(person)


@in_firefox
async def test_notice_names_the_replacement_of_a_missing_device(
    room: TestRoom, gallery: Gallery, browser: BrowserName
) -> None:
    person = await gallery.visit(browser, "Paul", SEVERAL)
    page = person.page
    await remember(page, room, microphone="unplugged", speaker="pulled")
    await person.open_join_page(link(room, "presenter"))
    await page.read(by_id("notice"), "The microphone that you chose was not found")
    notices: str = await page.text(by_id("notices"))
    used = await page.evaluate(SHOWN, by_id("microphone-picker"))
    assert used
    assert used in notices
    await gallery.picture(person, "gone")
    await person.join()
    await page.poll(lambda sent: used in sent, SENT, "audio")
    # Its place is kept for when it is plugged in again.
    assert (
        await page.evaluate("() => localStorage.getItem('pavilion.microphone')")
        == "unplugged"
    )


async def test_chosen_speaker_plays_every_voice(
    room: TestRoom, gallery: Gallery
) -> None:
    viewer = await gallery.visit("chromium", "Rita", SEVERAL)
    page = viewer.page
    await remember(page, room, speaker="pulled")
    await viewer.enter(link(room, "presenter"))
    await page.read(by_id("notice"), "The speaker that you chose was not found")
    sinks = (
        "() => [...document.querySelectorAll('audio[data-slot]')].map((e) => e.sinkId)"
    )
    await page.poll(lambda ids: ids and set(ids) == {""}, sinks)
    await page.click(by_id("settings"))
    await shows(page, "speaker-picker", "Fake Default Audio Output")
    choices: list[list[str]] = await page.evaluate(CHOICES, by_id("speaker-picker"))
    wanted = next(value for value, text in choices if text == "Fake Audio Output 2")
    await page.choose(by_id("speaker-picker"), wanted)
    await page.poll(lambda ids: ids and set(ids) == {wanted}, sinks)
    await shows(page, "speaker-picker", "Fake Audio Output 2")


@each
async def test_devices_without_permission_are_not_reported_missing(
    room: TestRoom, gallery: Gallery, browser: BrowserName
) -> None:
    person = await gallery.visit(browser, "Rita", Options(media="denied"))
    page = person.page
    await person.open_join_page(link(room, "presenter"))
    await page.see(by_id("device-problem"))
    if browser == "chromium":
        await page.read(by_id("microphone-picker"), "Allow the microphone first")
        await page.read(by_id("camera-picker"), "Allow the camera first")
    assert "found" not in await page.text(by_id("device-pickers"))
    await gallery.picture(person, "unnamed")


@each
async def test_paused_elements_resume(
    room: TestRoom, gallery: Gallery, browser: BrowserName
) -> None:
    presenter = await room.guest("presenter", "Paul")
    await publish_camera(presenter, "red")
    viewer = await gallery.visit(browser, "Rita")
    page = viewer.page
    await viewer.enter(link(room, "researcher"))
    await viewer.sees("Paul")
    await page.poll(lambda media: len(media) > 1 and not any(media), MEDIA)

    await page.evaluate(PAUSE)
    await page.poll(lambda media: len(media) > 1 and not any(media), MEDIA)
    await viewer.sees("Paul")

    # The browser wants a touch first: the page says that sound is off.
    await page.evaluate(REFUSE)
    await page.evaluate(PAUSE)
    await page.read(by_id("play-sound"), "Sound is off")
    await gallery.picture(viewer, "sound-off")
    await page.evaluate(ALLOW)
    await page.click(by_id("play-sound"))
    await page.gone(by_id("play-sound"))
    await page.poll(lambda media: len(media) > 1 and not any(media), MEDIA)
    await viewer.sees("Paul")
    assert_clean(viewer)


@in_firefox
async def test_shortcuts_switch_devices_before_joining(
    room: TestRoom, gallery: Gallery, browser: BrowserName
) -> None:
    person = await gallery.visit(browser, "Paul")
    page = person.page
    await person.open_join_page(link(room, "presenter"))
    await person.pressed("camera", True)
    track = "document.querySelector('video').srcObject.getTracks()[0]"
    await page.wait_for(f"() => {{ window.track = {track}; return true; }}")
    # The keys belong to the page once no field has them.
    await page.evaluate("() => document.activeElement.blur()")
    await page.press("v")
    await person.pressed("camera", False)
    assert await page.evaluate("() => window.track.readyState") == "ended"
    await page.press("m")
    await person.pressed("microphone", False)
    await page.press("m")
    await person.pressed("microphone", True)
    assert_clean(person)


HIDDEN = """() => {
  const devices = navigator.mediaDevices;
  const all = devices.enumerateDevices.bind(devices);
  window.plugged = false;
  devices.enumerateDevices = async () =>
    (await all()).filter((d) => window.plugged || d.label !== "Fake Audio Input 2");
}"""
"""A microphone that is not plugged in yet."""
PLUG_IN = """() => {
  window.plugged = true;
  navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
}"""
UNPLUG = """(label) => {
  const senders = window.peerConnections.flatMap((c) => c.getSenders());
  const track = senders.map((s) => s.track).find((t) => t?.label === label);
  track.stop();
  track.dispatchEvent(new Event("ended"));
}"""


async def test_new_device_is_offered(room: TestRoom, gallery: Gallery) -> None:
    person = await gallery.visit("chromium", "Paul", SEVERAL)
    page = person.page
    await page.before_load(HIDDEN)
    await person.enter(link(room, "presenter"))
    await sends(page, "audio", "Fake Default Audio Input")
    await page.evaluate(PLUG_IN)
    await page.read(by_id("notice"), "New device: Fake Audio Input 2")
    # Nothing is switched until it is wanted.
    await sends(page, "audio", "Fake Default Audio Input")
    await page.click(by_id("notice-action"))
    await sends(page, "audio", "Fake Audio Input 2")
    await person.pressed("microphone", True)
    assert_clean(person)


async def test_notice_names_the_replacement_of_an_unplugged_camera(
    room: TestRoom, gallery: Gallery
) -> None:
    person = await gallery.visit("chromium", "Paul", SEVERAL)
    page = person.page
    await person.enter(link(room, "presenter"))
    await sends(page, "video", "fake_device_0")
    await page.evaluate(UNPLUG, "fake_device_0")
    await page.read(
        by_id("notice"), "fake_device_0 was disconnected. Now in use: fake_device_0"
    )
    await sends(page, "video", "fake_device_0")
    await person.pressed("camera", True)
