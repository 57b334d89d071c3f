"""No name in the code is one that the glossary gives up."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GLOSSARY = ROOT / "docs" / "glossary.md"
CLIENT = ROOT / "web_client" / "src"
DECLARED = re.compile(
    r"^\s*(?:export )?(?:abstract )?(?:class|interface|type|enum|function) (\w+)", re.M
)
MEMBER = re.compile(
    r"^\s*(?:(?:export|async|static|readonly|private|get|set|const|let|function) )*"
    r"#?(\w+)\??(?=[(:<]| =)",
    re.M,
)
"""Functions, constants, methods and fields; and keys and arguments on their own line."""
AMBIGUOUS = {
    "edge": "of a range",
    "hold": "to hold",
    "path": "of a file or an address",
    "permission": "of the browser, to use a device",
    "session": "of SDP, SRTP and the database",
    "standing": "a standing queue",
    "user": "the user fragment of ICE, UserError, the user of a process",
    "way": "under way",
}
"""Words that names of functions and attributes may contain, and in which meaning."""


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


def members_of_the_server() -> Iterator[tuple[str, str]]:
    """Yield every function, argument, variable and attribute, with its file."""
    for package in ("conference", "signaling", "tests"):
        for path in sorted((ROOT / package).rglob("*.py")):
            where = str(path.relative_to(ROOT))
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                match node:
                    case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                        yield name, where
                    case ast.arg(arg=name):
                        yield name, where
                    case (
                        ast.Name(id=name, ctx=ast.Store())
                        | ast.Attribute(attr=name, ctx=ast.Store())
                    ):
                        yield name, where


def members_of_the_client() -> Iterator[tuple[str, str]]:
    """Yield every function, method, field and constant, with its file."""
    for path in sorted(CLIENT.rglob("*.ts*")):
        where = str(path.relative_to(ROOT))
        for name in MEMBER.findall(path.read_text(encoding="utf-8")):
            yield name, where


def words(name: str) -> str:
    """Return a name in the form that classes and modules share: ``dead_line``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def contains(name: str, word: str) -> bool:
    """Return whether a name has this word, or these words, among its words."""
    return f"_{word}_" in f"_{words(name)}_"


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


def test_members_of_both_halves_are_searched() -> None:
    server = set(members_of_the_server())
    assert ("address_key", "conference/address_key.py") in server
    assert ("_strangers", "conference/transport/sockets/tcp.py") in server
    client = set(members_of_the_client())
    assert ("outbox", "web_client/src/room/seat/chat.ts") in client
    assert ("joinPath", "web_client/src/navigation/routes.ts") in client


@pytest.mark.parametrize(
    ("name", "word", "found"),
    [
        ("_gate", "gate", True),
        ("GateMoved", "gate", True),
        ("openGates", "gate", False),
        ("aggregate", "gate", False),
        ("join_the_dead_line", "dead_line", True),
        ("deadline_s", "dead_line", False),
    ],
)
def test_names_are_compared_by_their_words(name: str, word: str, found: bool) -> None:
    assert contains(name, word) is found


def test_no_member_contains_a_word_that_was_given_up() -> None:
    forbidden = {words(name) for name in given_up()} - AMBIGUOUS.keys()
    found = [
        (name, where)
        for name, where in [*members_of_the_server(), *members_of_the_client()]
        for word in forbidden
        if contains(name, word)
    ]
    assert found == []


def test_each_ambiguous_word_was_given_up() -> None:
    assert AMBIGUOUS.keys() <= {words(name) for name in given_up()}
