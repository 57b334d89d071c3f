"""
Put the built web client into the wheel, so that an installed Pavilion needs no Node.

Hatchling calls this while it builds. An editable install is left alone: there
the server finds the client in ``web_client/dist``.
"""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

IN_WHEEL = "signaling/http/client"
NOT_SOURCES = frozenset({"node_modules", "dist"})


def newest(client: Path) -> float:
    """Return the latest modification time among the client's sources, in seconds."""
    latest = 0.0
    for folder, folders, files in os.walk(client):
        folders[:] = [name for name in folders if name not in NOT_SOURCES]
        for name in files:
            if not name.endswith(".tsbuildinfo"):
                latest = max(latest, (Path(folder) / name).stat().st_mtime)
    return latest


def is_built(client: Path) -> bool:
    """Say whether ``client/dist`` is there and not older than its sources."""
    page = client / "dist" / "index.html"
    return page.exists() and page.stat().st_mtime >= newest(client)


def build(client: Path) -> None:
    """
    Build the web client with npm.

    Raises:
        RuntimeError: npm is missing or failed; the text says what to do.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise RuntimeError(
            "Building Pavilion's wheel needs Node 20 or newer with npm to build the"
            " web client, and none was found. Install it, or install a ready wheel."
        )
    for arguments in (["ci", "--no-audit", "--no-fund"], ["run", "build"]):
        done = subprocess.run(  # noqa: S603  npm, with arguments of our own
            [npm, *arguments],
            cwd=client,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(
                f"'npm {' '.join(arguments)}' failed in {client}:\n{done.stdout}"
            )


class ClientBuildHook(BuildHookInterface[Any]):
    """Build the client when needed and map it into the wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add ``web_client/dist`` to a wheel; do nothing for an editable install."""
        if self.target_name != "wheel" or version == "editable":
            return
        client = Path(self.root) / "web_client"
        if not is_built(client):
            build(client)
        build_data["force_include"][str(client / "dist")] = IN_WHEEL
