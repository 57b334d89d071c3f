"""The command, run as people run it."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.signaling.support import Site

CLEAN = {k: v for k, v in os.environ.items() if not k.startswith("PAVILION_")}


def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "signaling.cli", *arguments],
        env={**CLEAN, **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_help_names_every_command() -> None:
    shown = run("--help").stdout
    for command in ("serve", "version", "config", "moderator-link"):
        assert command in shown
    assert "--data-dir" in run("serve", "--help").stdout


def test_version() -> None:
    assert re.fullmatch(r"pavilion \d+\.\d+\.\d+\n", run("version").stdout)


def test_what_is_wrong_is_one_sentence() -> None:
    failed = run("serve", PAVILION_NO_SUCH="1")
    assert failed.returncode == 1
    assert failed.stderr == (
        "pavilion: There is no setting for the variable PAVILION_NO_SUCH.\n"
    )


def test_config_shows_what_is_in_force() -> None:
    assert "port = 9443" in run("config", PAVILION_HTTPS_PORT="9443").stdout


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        failed = run(
            *("serve", "--data-dir", str(tmp_path), "--https-bind", "127.0.0.1"),
            *("--https-port", str(port), "--media-port", "0", "--trust-port", "0"),
        )
    assert failed.returncode == 1
    assert failed.stderr.startswith(f"pavilion: Port {port} cannot be used")
    assert "https.port" in failed.stderr
    assert "Traceback" not in failed.stderr


async def test_a_link_says_whose_it_is(tmp_path: Path) -> None:
    async with Site(tmp_path / "data") as site:
        await site.sign_in()
        for flags, meaning in (
            ((), "signs in to the first moderator"),
            (("--new",), "makes a further moderator"),
        ):
            asked = await asyncio.to_thread(
                run, "moderator-link", *flags, "--data-dir", str(site.data_dir)
            )
            assert f"This link {meaning}" in asked.stderr
            assert asked.stderr.count("\n") == 1
            assert re.fullmatch(r"https://\S+/start#[\w-]{43}\n", asked.stdout)


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
async def test_it_greets_and_stops_cleanly(tmp_path: Path, signum: int) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "signaling.cli", "serve"),
        *("--data-dir", str(tmp_path / "data"), "--https-bind", "127.0.0.1"),
        *("--https-port", "0", "--media-port", "0", "--trust-port", "0"),
        env=CLEAN,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    said = ""
    async with asyncio.timeout(60):
        while "Ctrl-C" not in said:
            line = (await process.stdout.readline()).decode()
            assert line, await process.communicate()
            said += line
    assert re.search(r"https://\S+:\d+/start#[\w-]{43}\n", said)
    assert re.search(r"([0-9A-F]{2}:){31}[0-9A-F]{2}", said)
    another = run("moderator-link", "--data-dir", str(tmp_path / "data"))
    assert re.fullmatch(r"https://\S+/start#[\w-]{43}\n", another.stdout)
    assert another.stderr.startswith("This link makes the first moderator ")
    further = run("moderator-link", "--new", "--data-dir", str(tmp_path / "data"))
    assert further.stdout.count("\n") == 1
    process.send_signal(signum)
    started = time.monotonic()
    _, errors = await asyncio.wait_for(process.communicate(), 10)
    assert time.monotonic() - started < 3
    assert process.returncode == 0
    assert errors == b""
