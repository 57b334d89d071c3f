"""docs/ui-checks.md names tests that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs" / "ui-checks.md").read_text("utf-8").splitlines()
    if re.match(r"\| \d+ \|", line)
]


def test_all_fifty_are_listed_in_order() -> None:
    assert [int(row[0]) for row in ROWS] == list(range(1, 51))


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_a_habit_names_its_test_or_what_is_missing(row: list[str]) -> None:
    _, _, test, note = row
    if not test:
        assert note
        return
    path, _, name = test.strip("`").partition("::")
    home = ROOT if path.startswith("web_client/") else ROOT / "tests"
    assert (home / path).is_file(), path
    if name:
        assert f"def {name}(" in (home / path).read_text("utf-8"), name
