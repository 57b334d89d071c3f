"""The names that the glossary gives up name nothing in the code any more."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
GLOSSARY = ROOT / "docs" / "glossary.md"


def given_up() -> set[str]:
    """Return the names in the last column of the glossary's tables."""
    rows = re.findall(r"^\| .* \|(.*)\|$", GLOSSARY.read_text(encoding="utf-8"), re.M)
    return {
        name.strip()
        for row in rows
        for name in row.split(",")
        if name.strip() and name.strip() != "not"
    }


def named() -> Iterator[tuple[str, str]]:
    """Yield every class and module of ours: its name, and where it is."""
    for package in ("conference", "signaling"):
        for path in sorted((ROOT / package).rglob("*.py")):
            where = str(path.relative_to(ROOT))
            yield path.stem, where
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ClassDef):
                    yield node.name, where


def test_the_glossary_gives_names_up() -> None:
    assert {"Hall", "Desk", "Door", "Turns"} <= given_up()


def test_nothing_has_a_name_that_was_given_up() -> None:
    lowered = {name.lower() for name in given_up()}
    found = [(name, where) for name, where in named() if name.lower() in lowered]
    assert found == []
