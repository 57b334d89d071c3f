"""
The ``pavilion`` command.

Imports little at the top, so that ``--help`` and ``version`` answer quickly: what the
server needs is loaded when it starts.
"""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from signaling.flags import by_key, setting_flags

if TYPE_CHECKING:
    from signaling.server import Server
    from signaling.settings import Settings

PRIVATE_FILES = 0o077
# What the mode of a new file must not have: all that is written lies in the data
# directory, and even a copy of it elsewhere is for its owner alone.

app = typer.Typer(
    name="pavilion",
    help="Video conferencing for closed networks.",
    epilog="Settings also come from PAVILION_* variables and a TOML file; a flag "
    "wins over a variable, a variable over the file. See: pavilion config --sample",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Config = Annotated[
    Path | None,
    typer.Option(
        *("--config", "-c"),
        help="TOML file with the settings.",
        metavar="FILE",
        readable=False,  # the settings say it in one sentence
    ),
]


@app.command()
@setting_flags()
def serve(config: Config = None, **flags: Any) -> None:  # noqa: ANN401
    """Run the server until Ctrl-C."""
    settings = _settings(config, flags)
    import asyncio

    from conference.errors import ConferenceError
    from signaling.log import set_up

    os.umask(PRIVATE_FILES)

    set_up(settings.log.level, settings.log.format)
    try:
        asyncio.run(_serve(settings, _link_command(settings, config, flags)))
    except ConferenceError as error:
        _fail(error.message)
    except OSError as error:
        from signaling.files import reason

        where = f"{error.filename}: " if error.filename else ""
        _fail(f"The server cannot start: {where}{reason(error)}.")


@app.command()
def version() -> None:
    """Print the version."""
    from importlib.metadata import version as installed

    typer.echo(f"pavilion {installed('pavilion')}")


@app.command("config")
def show_config(
    config: Config = None,
    sample: Annotated[
        bool,
        typer.Option("--sample", help="Print a file with every key and its default."),
    ] = False,
) -> None:
    """Print the effective settings, or a sample file."""
    from signaling import settings as s

    if sample:
        typer.echo(s.sample(), nl=False)
    else:
        typer.echo(s.as_toml(_settings(config, {})), nl=False)


@app.command("moderator-link")
@setting_flags("data-dir", "database", "https-port", "name")
def moderator_link(
    config: Config = None,
    new: Annotated[
        bool,
        typer.Option(
            "--new", help="Make a further moderator, with rooms of their own."
        ),
    ] = False,
    **flags: Any,  # noqa: ANN401
) -> None:
    """
    Print a new one-time link that signs its opener in as a moderator.

    It leads back to the first moderator's rooms, on any browser; with --new it
    makes a further moderator. It works once, for 24 hours. The server may be
    running; it is found by its data directory.
    """
    settings = _settings(config, flags)
    import asyncio

    from conference.errors import ConferenceError
    from signaling.files import reason

    os.umask(PRIVATE_FILES)
    try:
        meaning, token = asyncio.run(_new_link(settings, further=new))
        site = _site_of(
            settings,
            name=settings.names[0] if flags["name"] else None,
            port=settings.https.port if flags["https_port"] else None,
        )
    except ConferenceError as error:
        _fail(error.message)
    except OSError as error:
        _fail(f"The link cannot be made: {reason(error)}.")
    # Beside the output, so that a script gets the link and nothing else.
    typer.echo(meaning, err=True)
    typer.echo(f"{site}/start#{token}")


def main() -> None:
    """Run the command."""
    app()


def _settings(config: Path | None, flags: dict[str, Any]) -> "Settings":
    from signaling.settings import SettingsError, load

    try:
        return load(by_key(flags), config=config)
    except SettingsError as error:
        _fail(error.message)


def _fail(message: str) -> NoReturn:
    typer.echo(f"pavilion: {message}", err=True)
    raise typer.Exit(1)


async def _new_link(settings: "Settings", *, further: bool) -> tuple[str, str]:
    """Return what the link does, in one sentence, and its token."""
    import time

    from conference.errors import InfrastructureError
    from conference.service.sign_in import SignIn
    from conference.storage.accounts import Accounts
    from signaling.build import open_database
    from signaling.data_dir import holds_data
    from signaling.server import opened

    if not holds_data(settings.data_dir):
        raise InfrastructureError(
            "no-data",
            f"There is no Pavilion data in {settings.data_dir.absolute()}: give the "
            "--data-dir that the server runs with.",
        )
    database = open_database(settings)
    await opened(database, settings)
    try:
        sign_in = SignIn(Accounts(database), wall=time.time)
        if not await sign_in.exists():
            meaning = "This link makes the first moderator (works once, for 24 hours):"
        elif further:
            meaning = (
                "This link makes a further moderator, with rooms of their own "
                "(works once, for 24 hours):"
            )
        else:
            meaning = (
                "This link signs in to the first moderator, with all rooms of theirs "
                "(works once, for 24 hours; a further moderator: --new):"
            )
        token = await sign_in.new_link(further=further)
    finally:
        await database.close()
    return meaning, token


def _site_of(settings: "Settings", *, name: str | None, port: int | None) -> str:
    """Return the address the server has, but for what the flags say otherwise."""
    from signaling.build import trust_of
    from signaling.data_dir import address_with, remembered_address
    from signaling.site_address import addresses

    known = remembered_address(settings.data_dir)
    if known is None:
        return addresses(settings, trust_of(settings), settings.https.port)[0]
    return address_with(known, name=name, port=port)


def _link_command(
    settings: "Settings", config: Path | None, flags: dict[str, Any]
) -> str:
    """
    Return the command that makes a link for this server, ready to be pasted.

    Its paths are absolute, so that it works in every directory.
    """
    import shlex
    import shutil

    from signaling.settings import without_password

    started = Path(sys.argv[0])
    if not os.access(started, os.X_OK):  # python -m signaling.cli
        words = [sys.executable, "-m", "signaling.cli"]
    elif shutil.which(started.name) == str(started):
        words = [started.name]
    else:
        words = [str(started.absolute())]
    words.append("moderator-link")
    if config is not None:
        words += ["--config", str(config.absolute())]
    words += ["--data-dir", str(settings.data_dir.absolute())]
    if flags["database"]:
        words += ["--database", without_password(flags["database"])]
    return shlex.join(words)


async def _serve(settings: "Settings", link_command: str) -> None:
    import asyncio
    import signal

    from signaling.build import build

    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signum, stopping.set)
    server = build(settings)
    await server.start()
    try:
        await _greet(server, link_command)
        await stopping.wait()
    finally:
        # A second Ctrl-C ends a stop that takes too long.
        for signum in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(signum)
        await server.stop()
    sys.stdout.write("Stopped.\n")


async def _greet(server: "Server", link_command: str) -> None:
    """Print what a person needs next."""
    from rich.console import Console

    from signaling.trust.authority import fingerprint

    # Links are never wrapped: a broken one cannot be clicked or copied.
    console = Console(soft_wrap=True, highlight=False, markup=False, emoji=False)
    accent = "bold cyan"
    urls = server.address.urls()
    console.print()
    console.print("Pavilion is running.", style="bold")
    console.print("  Open:", urls[0], style=accent)
    for url in urls[1:]:
        console.print("       ", url)
    authority = server.trust.authority
    if authority is not None:
        if server.address.trust_port:
            console.print("  Trust the certificate, once on each device:")
            console.print("       ", server.address.trust_url(), style=accent)
        console.print("  Fingerprint (SHA-256) of its authority:")
        console.print("       ", fingerprint(authority))
    if await server.conference.sign_in.exists():
        console.print("  Sign in on another browser:")
        console.print("       ", link_command)
        console.print("  A further moderator:")
        console.print("       ", f"{link_command} --new")
    else:
        token = await server.conference.sign_in.new_link()
        console.print("  Become the first moderator (works once, for 24 hours):")
        console.print("       ", f"{urls[0]}/start#{token}", style=accent)
    console.print("  Stop with Ctrl-C.")
    console.print()


if __name__ == "__main__":
    main()
