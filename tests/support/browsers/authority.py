"""A certificate authority that a browser really trusts, as on a person's computer."""

import subprocess
from pathlib import Path


def trust(database: Path, authority: Path) -> None:
    """Put an authority into an NSS database, which both browsers read."""
    database.mkdir(parents=True, exist_ok=True)
    for arguments in (
        ("-N", "--empty-password"),
        ("-A", "-n", "site", "-t", "C,,", "-i", str(authority)),
    ):
        subprocess.run(["certutil", "-d", f"sql:{database}", *arguments], check=True)
