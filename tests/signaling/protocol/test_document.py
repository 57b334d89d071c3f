"""docs/protocol.md says what the models say."""

import json
import re
from pathlib import Path

import pytest

from signaling.protocol.base import Wire
from signaling.protocol.registry import CLIENT_EVENTS, SERVER_EVENTS

TEXT = (Path(__file__).parents[3] / "docs" / "protocol.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```json (\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SECTIONS = {
    title: dict(BLOCK.findall(body))
    for title, body in re.findall(
        r"^### `([a-z.]+)`\n(.*?)(?=^###? |\Z)", TEXT, re.MULTILINE | re.DOTALL
    )
}
EXAMPLES: list[tuple[str, str, type[Wire]]] = [
    *((e.name, "request", e.request) for e in CLIENT_EVENTS.values()),
    *((e.name, "result", e.result) for e in CLIENT_EVENTS.values()),
    *((e.name, "payload", e.payload) for e in SERVER_EVENTS.values()),
]


@pytest.mark.parametrize(("event", "kind", "model"), EXAMPLES)
def test_each_example_is_of_its_type(event: str, kind: str, model: type[Wire]) -> None:
    model.model_validate_json(SECTIONS[event][kind])


def test_each_event_is_described_and_no_other() -> None:
    assert set(SECTIONS) == set(CLIENT_EVENTS) | set(SERVER_EVENTS)


@pytest.mark.parametrize("event", CLIENT_EVENTS)
def test_the_needed_capability_is_named(event: str) -> None:
    section = TEXT.partition(f"### `{event}`")[2].partition("```")[0]
    assert f"Needs `{CLIENT_EVENTS[event].capability}`" in section


def test_all_other_json_is_json() -> None:
    for body in re.findall(r"^```json\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL):
        json.loads(body)


def test_every_code_is_in_the_table() -> None:
    """Codes are written once in the sources; clients translate from this table."""
    root = Path(__file__).parents[3]
    table = set(re.findall(r"`([a-z]+(?:-[a-z]+)*)`", TEXT))
    raised = re.compile(
        r"(?:NotAllowed|NotFound|Refused|TooMuch)\(\s*\"([a-z-]+)\"", re.DOTALL
    )
    for part in ("conference/rooms", "conference/service", "signaling/namespaces"):
        for source in (root / part).glob("*.py"):
            assert set(raised.findall(source.read_text(encoding="utf-8"))) <= table
