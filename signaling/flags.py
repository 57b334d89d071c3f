"""The flags of the command line, made from the settings they set."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args, get_origin

import typer
from pydantic.fields import FieldInfo

from signaling.settings.models import fields, flag_of

F = TypeVar("F", bound=Callable[..., None])


def flagged() -> Iterator[tuple[str, str, FieldInfo]]:
    """Yield flag, dotted key and field of every setting that has a flag."""
    for path, info in fields():
        name = flag_of(info)
        if name is not None:
            yield name, ".".join(path), info


def setting_flags(*only: str) -> Callable[[F], F]:
    """
    Give a command a flag for each setting that has one.

    The command takes them as ``**flags`` and passes these to ``by_key``.

    Args:
        only: The flags it has; none given: all.
    """

    def decorate(command: F) -> F:
        own = [
            parameter
            for parameter in inspect.signature(command).parameters.values()
            if parameter.kind is not inspect.Parameter.VAR_KEYWORD
        ]
        added = [
            inspect.Parameter(
                name.replace("-", "_"),
                inspect.Parameter.KEYWORD_ONLY,
                default=None,
                annotation=_option(name, info),
            )
            for name, _, info in flagged()
            if not only or name in only
        ]
        # Typer reads both.
        parameters = sorted([*own, *added], key=lambda parameter: parameter.kind)
        vars(command)["__signature__"] = inspect.Signature(parameters)
        command.__annotations__ = {p.name: p.annotation for p in parameters} | {
            "return": None
        }
        return command

    return decorate


def by_key(flags: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was given on the command line, by the keys of the settings."""
    return {
        key: value
        for name, key, _ in flagged()
        if (value := flags.get(name.replace("-", "_")))
    }


def _option(name: str, info: FieldInfo) -> Any:  # noqa: ANN401 - an annotation
    kinds = {info.annotation, *get_args(info.annotation)}
    repeatable = get_origin(info.annotation) is tuple
    help_text = (info.description or "") + (" Repeatable." if repeatable else "")
    if info.default not in (None, ()):
        help_text += f" [{info.default}]"
    metavar = "TEXT"
    if Path in kinds:
        metavar = "DIRECTORY" if name.endswith("dir") else "FILE"
    elif name.endswith("port"):
        metavar = "PORT"
    # Everything is a text here: the settings refuse a wrong one in one plain sentence.
    kind: Any = list[str] if repeatable else str
    option = typer.Option(f"--{name}", help=help_text, metavar=metavar)
    return Annotated[kind | None, option]
