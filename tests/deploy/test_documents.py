"""Files, directories and Python modules that the documents name exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    path.relative_to(ROOT)
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
)
BASES = (
    "",
    "conference",
    "conference/fanout",
    "conference/sfu",
    "signaling",
    "tests",
    "web_client",
    "web_client/src",
)
"""Directories below which the documents name files."""
FILE = re.compile(r"(?<![\w/.-])((?:[\w-]+/)+[\w-]+\.(?:py|tsx?|ftl))\b")
DIRECTORY = re.compile(r"`((?:[\w.-]+/)+)`")
MODULE = re.compile(r"(?:`|-m )((?:conference|signaling|tests)(?:\.[a-z_0-9]+)+)\b")
MADE = {"artifacts/", "dist/"}
"""Directories that ``make`` creates."""
LINK = re.compile(r"\]\(([\w./-]+)(?:#[\w-]*)?\)")


def exists(name: str) -> bool:
    """Return whether a file or directory is in the tree, below one of ``BASES``."""
    return any((ROOT / base / name).exists() for base in BASES)


def is_module(name: str) -> bool:
    """Return whether a dotted name is a package, a module, or a name in a module."""
    place = ROOT / name.replace(".", "/")
    return place.is_dir() or any(
        one.with_suffix(".py").is_file() for one in (place, place.parent)
    )


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_a_document_names_only_what_exists(document: Path) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    missing = [
        name
        for pattern in (FILE, DIRECTORY)
        for name in pattern.findall(text)
        if name not in MADE and not exists(name)
    ]
    missing += [name for name in MODULE.findall(text) if not is_module(name)]
    here = (ROOT / document).parent
    missing += [name for name in LINK.findall(text) if not (here / name).exists()]
    assert missing == []


def test_decisions_are_numbered_without_gap_or_repetition() -> None:
    decisions = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))
    assert [int(path.name[:4]) for path in decisions] == [*range(1, len(decisions) + 1)]
    for path in decisions:
        title = path.read_text(encoding="utf-8").splitlines()[0]
        assert title.startswith(f"# {int(path.name[:4])}. ")
