"""What a first visit loads: ``python -m tests.figures.client_size`` after a build."""

import gzip
import re
from pathlib import Path

from tests.figures.common import report

DIST = Path(__file__).resolve().parents[2] / "web_client" / "dist"


def first_load(suffix: str) -> list[Path]:
    """Return the files of a kind that the page names itself."""
    page = (DIST / "index.html").read_text()
    return [
        DIST / name.lstrip("/")
        for name in re.findall(rf'(?:src|href)="([^"]+\.{suffix})"', page)
    ]


def packed_bytes(paths: list[Path]) -> int:
    """Return the size of files as they are sent."""
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in paths)


def main() -> None:
    """Measure and report."""
    report(
        "client_size",
        script_bytes_gz=packed_bytes(first_load("js")),
        style_bytes_gz=packed_bytes(first_load("css")),
        page_bytes_gz=packed_bytes([DIST / "index.html"]),
    )


if __name__ == "__main__":
    main()
