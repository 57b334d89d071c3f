"""The command, run as people run it."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.signaling.support import Site

PROCESS_S = 120.0  # ends a hang; starts take long when many start
CLEAN = {k: v for k, v in os.environ.items() if not k.startswith("PAVILION_")}


def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "signaling.cli", *arguments],
        env={**CLEAN, **environ},
        capture_output=True,
        text=True,
        timeout=PROCESS_S,
        check=False,
    )


def test_help_names_every_command() -> None:
    shown = run("--help").stdout
    for command in ("serve", "version", "config", "moderator-link"):
        assert command in shown
    described = run("serve", "--help").stdout.partition("--data-dir")[2]
    assert "[data]" in described.partition("--https-port")[0]


def test_version() -> None:
    assert re.fullmatch(r"pavilion \d+\.\d+\.\d+\n", run("version").stdout)


def test_an_error_is_one_sentence() -> None:
    failed = run("serve", PAVILION_NO_SUCH="1")
    assert failed.returncode == 1
    assert failed.stderr == (
        "pavilion: There is no setting for the variable PAVILION_NO_SUCH.\n"
    )


def test_config_shows_the_effective_settings() -> None:
    assert "port = 9443" in run("config", PAVILION_HTTPS_PORT="9443").stdout


@pytest.mark.parametrize("section", ["https", "media", "trust"])
def test_a_taken_port_is_named(tmp_path: Path, section: str) -> None:
    kind = socket.SOCK_DGRAM if section == "media" else socket.SOCK_STREAM
    with socket.socket(socket.AF_INET, kind) as taken:
        taken.bind(("0.0.0.0", 0))
        if section != "media":
            taken.listen()
        port = taken.getsockname()[1]
        ports = {"https": "0", "media": "0", "trust": "0", section: str(port)}
        flags = [part for k, v in ports.items() for part in (f"--{k}-port", v)]
        said = refusal("serve", "--data-dir", str(tmp_path), *flags)
    protocol = "UDP" if section == "media" else "TCP"
    assert said.startswith(f"{protocol} port {port} on every address is taken")
    assert f"--{section}-port" in said


def refusal(*arguments: str, **environ: str) -> str:
    """Return the one sentence with which the command refused."""
    failed = run(*arguments, **environ)
    assert failed.returncode == 1
    assert failed.stdout == ""
    assert failed.stderr.startswith("pavilion: ")
    assert failed.stderr.count("\n") == 1
    assert not re.search(r"\[Errno|\[SSL|Traceback", failed.stderr)
    return failed.stderr.removeprefix("pavilion: ")


def test_an_address_of_another_host_is_named(tmp_path: Path) -> None:
    said = refusal("serve", "--data-dir", str(tmp_path), "--https-bind", "192.0.2.199")
    assert "no address 192.0.2.199" in said


def test_a_wrong_flag_is_named_in_plain_words() -> None:
    assert refusal("serve", "--https-port", "abc") == (
        "The flag --https-port is wrong: it must be a whole number (it is 'abc').\n"
    )
    assert "must be at most 65535" in refusal("serve", "--media-port", "70000")
    assert "port 8080" in refusal("serve", "--https-port", "8080")


def test_a_data_directory_that_cannot_be_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    assert "is a file" in refusal("serve", "--data-dir", str(file))
    assert "under a file" in refusal("serve", "--data-dir", str(file / "below"))
    assert "cannot be made" in refusal("serve", "--data-dir", "/proc/pavilion")


@pytest.mark.namespace
def test_a_read_only_data_directory_is_called_that(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o755)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "none", str(data)], check=True)
    try:
        said = refusal("serve", "--data-dir", str(data))
    finally:
        subprocess.run(["umount", str(data)], check=True)
    assert said.startswith(f"The data directory {data} is read-only:")


def test_a_database_that_is_not_there_is_named(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound, not listening: refuses
        where = f"127.0.0.1:{closed.getsockname()[1]}"
        url = f"postgresql://me:sekret@{where}/db"
        said = refusal("serve", "--data-dir", str(tmp_path), "--database", url)
    assert said.startswith(
        f"The database at {where} cannot be reached: connection refused"
    )
    assert "sekret" not in said


def test_a_link_needs_the_data_of_a_server(tmp_path: Path) -> None:
    nowhere = tmp_path / "data"
    said = refusal("moderator-link", "--data-dir", str(nowhere))
    assert said.startswith(f"There is no Pavilion data in {nowhere}")
    assert not nowhere.exists()


async def test_a_data_directory_has_one_server(tmp_path: Path) -> None:
    async with Site(tmp_path / "data") as site:
        said = await asyncio.to_thread(
            refusal, "serve", "--data-dir", str(site.data_dir)
        )
    assert said == "This data directory is in use by another Pavilion.\n"
    async with site:
        assert site.server.address.https_port  # and after the stop it is free again


async def test_a_link_has_the_servers_address_unless_flags_override_it(
    tmp_path: Path,
) -> None:
    async with Site(tmp_path / "data", names=["meet.example"]) as site:
        where = ("moderator-link", "--data-dir", str(site.data_dir))
        for flags, address in (
            ((), f"https://meet.example:{site.server.address.https_port}"),
            (("--https-port", "443"), "https://meet.example"),
            (("--name", "a.b", "--https-port", "444"), "https://a.b:444"),
        ):
            asked = await asyncio.to_thread(run, *where, *flags)
            assert asked.stdout.startswith(f"{address}/start#")


async def test_a_link_is_printed_with_its_meaning(tmp_path: Path) -> None:
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
    async with asyncio.timeout(PROCESS_S):
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
    _, errors = await asyncio.wait_for(process.communicate(), PROCESS_S)
    assert process.returncode == 0
    assert errors == b""


@pytest.mark.parametrize("flags", [("--data-dir", "my data"), ()])
async def test_the_printed_command_can_be_pasted_in_any_directory(
    tmp_path: Path, flags: tuple[str, ...]
) -> None:
    started, elsewhere = tmp_path / "started", tmp_path / "elsewhere"
    started.mkdir()
    elsewhere.mkdir()
    home = started / (flags[-1] if flags else "data")
    async with Site(home) as site:
        await site.sign_in()
    said = await greeting(started, *flags)
    (command,) = re.findall(r"(\S.*moderator-link.*) --new\n", said)
    made = await asyncio.create_subprocess_shell(
        command,
        cwd=elsewhere,
        env=CLEAN,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    link, _ = await made.communicate()
    assert re.fullmatch(r"https://\S+/start#[\w-]{43}\n", link.decode())


async def greeting(directory: Path, *flags: str) -> str:
    """Return what a server says at its start in a directory; it is stopped again."""
    process = await asyncio.create_subprocess_exec(
        *(str(Path(sys.executable).with_name("pavilion")), "serve", *flags),
        *("--https-port", "0", "--media-port", "0", "--trust-port", "0"),
        cwd=directory,
        env=CLEAN,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    said = ""
    async with asyncio.timeout(PROCESS_S):
        while "Ctrl-C" not in said:
            line = (await process.stdout.readline()).decode()
            assert line, await process.communicate()
            said += line
    process.send_signal(signal.SIGTERM)
    await asyncio.wait_for(process.communicate(), PROCESS_S)
    return said
