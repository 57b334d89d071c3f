"""Accessibility checks: axe-core's rules, and controls that cannot be reached."""

import json
from pathlib import Path
from typing import Any

from tests.support.browsers.page import Page

AXE = (
    Path(__file__).resolve().parents[2]
    / "browser"
    / "node_modules"
    / "axe-core"
    / "axe.min.js"
)

UNREACHABLE = """() => {
  const root = document.querySelector("dialog[open]") ?? document;
  const controls = "button, a, input, select, textarea, summary";
  return [...root.querySelectorAll(controls)]
    .filter((e) => e.checkVisibility() && !e.closest(".hidden-text") && !e.disabled)
    .filter((e) => {
      e.scrollIntoView({ block: "nearest", inline: "nearest" });
      const box = e.getBoundingClientRect();
      if (box.left < -1 || box.right > window.innerWidth + 1) return true;
      const hit = document.elementFromPoint(
        box.left + box.width / 2, box.top + box.height / 2,
      );
      return !hit || !(e.contains(hit) || e.closest("label")?.contains(hit));
    })
    .map((e) => e.dataset.testid ?? e.outerHTML.slice(0, 80));
}"""
"""Names the controls that cannot be clicked even after scrolling to them."""

LARGE_TEXT = "() => { document.documentElement.style.fontSize = '200%'; }"


async def assert_accessible(page: Page) -> None:
    """Apply axe-core's rules to the current page."""
    if not await page.evaluate("() => Boolean(window.axe)"):
        await page.evaluate(f"() => {{ {AXE.read_text()}\n; return true; }}")
    found: list[dict[str, Any]] = await page.evaluate(
        "async () => (await axe.run(document, { resultTypes: ['violations'] }))"
        ".violations.map((v) => ({ rule: v.id, help: v.help,"
        " where: v.nodes.map((n) => n.html.slice(0, 200) + ' ' + n.failureSummary) }))"
    )
    assert found == [], json.dumps(found, indent=1)


async def enlarge_text(page: Page) -> None:
    """Show all text at twice its size, as a user may configure in the browser."""
    await page.evaluate(LARGE_TEXT)


async def assert_nothing_lost(page: Page) -> None:
    """Check that every control can be clicked, and that nothing exceeds the window."""
    # A notice may cover something, but not for long.
    await page.poll(lambda lost: lost == [], UNREACHABLE)
    assert await page.evaluate(
        "() => document.documentElement.scrollWidth <= window.innerWidth"
    )
