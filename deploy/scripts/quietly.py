"""Run a command and show what it wrote only when it fails."""

import subprocess
import sys


def main() -> int:
    """Run ``sys.argv[1:]``; return its exit status."""
    done = subprocess.run(  # noqa: S603  the Makefile's own commands
        sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    if done.returncode:
        sys.stdout.buffer.write(done.stdout)
    return done.returncode


if __name__ == "__main__":
    raise SystemExit(main())
