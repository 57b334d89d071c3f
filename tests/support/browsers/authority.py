"""A certificate authority that a browser trusts, as on a user's computer."""

import subprocess
from pathlib import Path


def trust(database: Path, authority: Path) -> None:
    """Add an authority to an NSS database, which both browsers read."""
    database.mkdir(parents=True, exist_ok=True)
    for arguments in (
        ("-N", "--empty-password"),
        ("-A", "-n", "site", "-t", "C,,", "-i", str(authority)),
    ):
        subprocess.run(["certutil", "-d", f"sql:{database}", *arguments], check=True)
