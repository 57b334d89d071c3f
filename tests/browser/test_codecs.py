"""A codec is forwarded if all viewers decode it; otherwise the publisher changes it."""

import pytest

from tests.browser.conftest import Gallery, assert_clean, link
from tests.support.browsers import BrowserName, Page
from tests.support.browsers.person import Person
from tests.support.wire.room import TestRoom

PREFER = "(codec) => localStorage.setItem('pavilion.codec', codec)"
DECODED = """async () => {
  const names = new Set();
  for (const connection of window.peerConnections ?? []) {
    if (connection.connectionState === "closed") continue;
    const report = await connection.getStats();
    for (const entry of report.values()) {
      if (entry.type !== "inbound-rtp" || entry.kind !== "video") continue;
      if (!entry.framesDecoded || !report.get(entry.codecId)) continue;
      names.add(report.get(entry.codecId).mimeType.slice("video/".length));
    }
  }
  return [...names];
}"""


async def presenting(
    gallery: Gallery, room: TestRoom, browser: BrowserName, codec: str
) -> Person:
    """Let a participant with a chosen codec publish."""
    presenter = await gallery.visit(browser, "Paul")
    await presenter.page.goto(room.server.url)
    await presenter.page.evaluate(PREFER, codec)
    await presenter.enter(link(room, "presenter"))
    return presenter


async def decodes(page: Page, codec: str) -> None:
    """Wait until a page decodes video of a codec."""
    await page.poll(lambda names: codec in (names or []), DECODED)


@pytest.mark.parametrize(
    ("presents", "watches", "codec"),
    [
        ("chromium", "chromium", "VP9"),
        ("chromium", "chromium", "H264"),
        ("chromium", "firefox", "AV1"),
        ("firefox", "chromium", "VP9"),
    ],
)
async def test_codec_supported_by_all_viewers_is_forwarded(
    room: TestRoom,
    gallery: Gallery,
    presents: BrowserName,
    watches: BrowserName,
    codec: str,
) -> None:
    presenter = await presenting(gallery, room, presents, codec)
    viewer = await gallery.visit(watches, "Rita")
    await viewer.enter(link(room, "researcher"))
    await viewer.sees("Paul")
    await decodes(viewer.page, codec)
    assert_clean(presenter, viewer)


async def test_publisher_changes_codec_when_a_viewer_without_it_joins(
    room: TestRoom, gallery: Gallery
) -> None:
    """Firefox lacks its H264 plugin: all change to VP8, and no picture turns black."""
    presenter = await presenting(gallery, room, "chromium", "H264")
    first = await gallery.visit("chromium", "Rita")
    await first.enter(link(room, "researcher"))
    await decodes(first.page, "H264")
    second = await gallery.visit("firefox", "Sam")
    await second.enter(link(room, "researcher"))
    await second.sees("Paul")
    await decodes(second.page, "VP8")
    await decodes(first.page, "VP8")
    await first.sees("Paul")
    assert_clean(presenter, first, second)
