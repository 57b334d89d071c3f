"""The names that the glossary gives up name nothing in the code any more."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
GLOSSARY = ROOT / "docs" / "glossary.md"
CLIENT = ROOT / "web_client" / "src"
DECLARED = re.compile(
    r"^\s*(?:export )?(?:abstract )?(?:class|interface|type|enum|function) (\w+)", re.M
)


def given_up() -> set[str]:
    """Return the names in the last column of the glossary's tables."""
    rows = re.findall(r"^\| .* \|(.*)\|$", GLOSSARY.read_text(encoding="utf-8"), re.M)
    return {
        name.strip()
        for row in rows
        for name in row.split(",")
        if name.strip() and name.strip() != "not"
    }


def named_in_the_server() -> Iterator[tuple[str, str]]:
    """Yield every class and module of the server: its name, and its file."""
    for package in ("conference", "signaling"):
        for path in sorted((ROOT / package).rglob("*.py")):
            where = str(path.relative_to(ROOT))
            yield path.stem, where
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ClassDef):
                    yield node.name, where


def named_in_the_client() -> Iterator[tuple[str, str]]:
    """Yield every type, function and module of the client: its name, and its file."""
    for path in sorted(CLIENT.rglob("*.ts*")):
        where = str(path.relative_to(ROOT))
        yield path.stem, where
        for name in DECLARED.findall(path.read_text(encoding="utf-8")):
            yield name, where


def words(name: str) -> str:
    """Return a name in the form that classes and modules share: ``dead_line``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def test_the_glossary_gives_names_up() -> None:
    assert {"Hall", "Desk", "Door", "Turns", "Way", "Told"} <= given_up()


def test_both_halves_are_searched() -> None:
    assert ("Room", "conference/rooms/room.py") in named_in_the_server()
    client = set(named_in_the_client())
    assert ("Recovery", "web_client/src/media/recovery.ts") in client
    assert ("LegState", "web_client/src/media/legs.ts") in client


def test_nothing_has_a_name_that_was_given_up() -> None:
    forbidden = {words(name) for name in given_up()}
    every = [*named_in_the_server(), *named_in_the_client()]
    found = [(name, where) for name, where in every if words(name) in forbidden]
    assert found == []
