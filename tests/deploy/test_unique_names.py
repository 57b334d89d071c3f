"""A public class of the server has a name of its own, or shares it for a reason."""

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[2]
SAME_NEWS = (
    "conference/contract/media",
    "conference/service/notices",
    "signaling/protocol/messages/",
)
"""An event of the media plane, the notice of it, and the message that carries it to the
browsers: one name for what happened, one class for each layer it passes through."""
REASONS = {
    "Publish": "a command to the room, and the one to the media plane that follows it",
    "CloseRoom": "a command to the room, and the one to the media plane that follows it",
    "RoomSummary": "what the service says of a room, and the message that carries it",
    "Track": "a participant's track in the domain, and in the packet plane; the two "
    "know each other only through their contract",
}


def declared() -> dict[str, list[str]]:
    """Return the modules that declare each public class name."""
    modules = defaultdict[str, list[str]](list)
    for package in ("conference", "signaling"):
        for path in sorted((ROOT / package).rglob("*.py")):
            module = path.relative_to(ROOT).with_suffix("").as_posix()
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    modules[node.name].append(module)
    return modules


def layer(module: str) -> str:
    """Return which of the layers of ``SAME_NEWS`` a module is, or the module."""
    return next((news for news in SAME_NEWS if module.startswith(news)), module)


def shared() -> dict[str, list[str]]:
    """Return the names that more than one class has, except for news in each layer."""
    result = {}
    for name, modules in declared().items():
        layers = {layer(module) for module in modules}
        news = len(layers) == len(modules) and layers <= set(SAME_NEWS)
        if len(modules) > 1 and not news:
            result[name] = modules
    return result


def test_names_are_unique() -> None:
    assert {name: at for name, at in shared().items() if name not in REASONS} == {}


def test_each_reason_is_still_needed() -> None:
    assert REASONS.keys() <= shared().keys()


def test_classes_are_found() -> None:
    assert declared()["RoomState"] == ["conference/rooms/state"]
