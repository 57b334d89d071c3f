"""Checks of what is shown: axe-core's rules, and nothing out of reach."""

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

HIDDEN_CONTROLS = """() => [...document.querySelectorAll("button, a, input, select")]
  .filter((e) => e.checkVisibility() && !e.closest(".hidden-text"))
  .filter((e) => {
    const box = e.getBoundingClientRect();
    return box.right > window.innerWidth + 1 || box.left < -1;
  })
  .map((e) => e.dataset.testid ?? e.outerHTML.slice(0, 80))"""


async def assert_accessible(page: Page) -> None:
    """Run axe-core's rules on what is shown now."""
    if not await page.evaluate("() => Boolean(window.axe)"):
        await page.evaluate(f"() => {{ {AXE.read_text()}\n; return true; }}")
    found: list[dict[str, Any]] = await page.evaluate(
        "async () => (await axe.run(document, { resultTypes: ['violations'] }))"
        ".violations.map((v) => ({ rule: v.id, help: v.help,"
        " where: v.nodes.map((n) => n.html.slice(0, 200) + ' ' + n.failureSummary) }))"
    )
    assert found == [], json.dumps(found, indent=1)


async def assert_nothing_lost(page: Page) -> None:
    """Check that no control is out of reach at the side."""
    assert await page.evaluate(HIDDEN_CONTROLS) == []
    assert await page.evaluate(
        "() => document.documentElement.scrollWidth <= window.innerWidth"
    )
