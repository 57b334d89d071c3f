"""Each module that does something has a test file of its name, or is listed with a reason."""

import ast
from pathlib import Path

TESTS = Path(__file__).parent
ROOT = TESTS.parent
ELSEWHERE = {
    "A part of a state that is reached through the commands of its subject": {
        "conference/rooms/chat_log": "conference/rooms/rules/test_chat",
        "conference/rooms/rules/quality": "conference/rooms/test_quality",
        "conference/rooms/rules/room": "conference/rooms/test_room",
        "conference/rooms/state": "conference/rooms/test_room",
    },
    "Composes other modules; tested through its effects on all of them": {
        "conference/service/conference": "conference/service/test_timeouts",
        "conference/sfu/router": "conference/sfu/test_room_plane",
        "signaling/build": "signaling/test_cli",
        "signaling/server": "signaling/test_cli",
    },
    "Tested with the modules that it decides about, on the same stream of packets": {
        "conference/sfu/inbound/track": "conference/sfu/test_layers",
        "conference/sfu/outbound/slot": "conference/sfu/outbound/test_slots",
        "conference/sfu/outbound/slot_control": "conference/sfu/outbound/test_slots",
        "conference/sfu/outbound/switching": "conference/sfu/outbound/test_slots",
        "conference/sfu/outbound/viewer": "conference/sfu/outbound/test_adaptation",
    },
    "Needs real sockets and a handshake, which the tests of the whole plane have": {
        "conference/transport/negotiation": "conference/transport/test_plane",
        "conference/transport/seen": "conference/transport/test_ice",
        "conference/transport/sockets/addresses": "conference/transport/test_plane",
        "conference/transport/sockets/mux": "conference/transport/sockets/test_tcp",
        "conference/transport/sockets/udp": "conference/transport/test_plane",
    },
    "Part of handling a request, tested through a real server": {
        "conference/errors": "signaling/namespaces/test_hostile",
        "signaling/http/body": "signaling/http/test_site",
        "signaling/http/client": "signaling/http/test_site",
        "signaling/http/faults": "signaling/http/test_site",
        "signaling/http/headers": "signaling/http/test_site",
        "signaling/listen": "signaling/namespaces/test_fair_start",
        "signaling/namespaces/admission": "signaling/namespaces/test_arrivals",
        "signaling/namespaces/chat": "signaling/namespaces/test_seats",
        "signaling/namespaces/connection": "signaling/namespaces/test_matrix",
        "signaling/namespaces/dispatcher": "signaling/namespaces/test_hostile",
        "signaling/namespaces/errors": "signaling/namespaces/test_hostile",
        "signaling/namespaces/hub": "signaling/namespaces/test_last_answers",
        "signaling/namespaces/moderation": "signaling/namespaces/test_matrix",
        "signaling/namespaces/room_admin": "signaling/namespaces/test_seats",
        "signaling/namespaces/seat": "signaling/namespaces/test_seats",
        "signaling/namespaces/socket_server": "signaling/namespaces/test_hostile",
        "signaling/namespaces/wire": "signaling/namespaces/test_seats",
        "signaling/site_address": "signaling/http/test_site",
    },
    "Seen by the operator: tested by what the command line prints and writes": {
        "signaling/data_dir": "signaling/test_cli",
        "signaling/flags": "signaling/test_cli",
        "signaling/refusals": "signaling/test_cli",
    },
    "One subject in several files, tested from the file that an operator writes": {
        "signaling/settings/load": "signaling/test_settings",
        "signaling/settings/models": "signaling/test_settings",
        "signaling/settings/refusals": "signaling/test_settings",
        "signaling/settings/show": "signaling/test_settings",
    },
    "Writes files for the certificate store, which are compared on the disk": {
        "signaling/files": "signaling/trust/test_store",
        "signaling/trust/authority": "signaling/trust/test_store",
    },
}
"""Reason → module → the file that tests it together with others."""
LISTED = {module: test for part in ELSEWHERE.values() for module, test in part.items()}


def does_something(module: Path) -> bool:
    """Say whether a function has a body: those of frozen values and protocols do not."""
    return any(
        not (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant))
        for node in ast.walk(ast.parse(module.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for line in node.body
    )


def modules() -> list[Path]:
    """Return the modules of the server, below the checkout."""
    return [
        path.relative_to(ROOT)
        for package in ("conference", "signaling")
        for path in sorted((ROOT / package).rglob("*.py"))
        if path.name != "__init__.py" and "migrations" not in path.parts
    ]


def test_modules_without_a_test_file_of_their_name_are_listed() -> None:
    alone = {
        str(module.with_suffix(""))
        for module in modules()
        if not (TESTS / module.parent / f"test_{module.name}").exists()
        and does_something(ROOT / module)
    }
    assert alone - LISTED.keys() == set(), "add a test file, or a line above"
    assert LISTED.keys() - alone == set(), "take the line away"


def test_the_files_that_are_named_exist() -> None:
    named = set(LISTED.values())
    assert {name for name in named if not (TESTS / f"{name}.py").is_file()} == set()
