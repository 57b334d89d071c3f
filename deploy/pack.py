"""
Pack Pavilion for hosts that reach no registry: one archive, one checksum.

``python deploy/pack.py`` downloads the locked wheels, builds the project's own
with the web client inside, and writes
``dist/pavilion-<version>-linux-x86_64.tar.gz``. Only packing needs registries.
The same commit and locks give the same bytes.

Inside::

    install.sh          installs or upgrades, offline
    SHA256SUMS          of every other file; one changed byte and nothing happens
    requirements.txt    what is installed, with hashes
    wheels/             the packages
    tools/              pip, for hosts whose Python lacks ensurepip
    share/              unit, sample configuration, operator's page
"""

import argparse
import gzip
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "deploy" / "locks"
PLATFORM = "linux-x86_64"
SHARED = (
    ROOT / "deploy" / "pavilion.service",
    ROOT / "deploy" / "pavilion.sample.toml",
    ROOT / "docs" / "operations.md",
)


def run(*command: str) -> str:
    """Run a command in the checkout; return what it wrote, or end with it."""
    done = subprocess.run(  # noqa: S603  commands of our own
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env={**os.environ, "SOURCE_DATE_EPOCH": str(commit_time())},
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout}")
    return done.stdout


def commit_time() -> int:
    """Return the time that all files of the archive bear, in seconds."""
    if given := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(given)
    asked = subprocess.run(
        ["git", "log", "-1", "--format=%ct"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return int(asked.stdout) if asked.returncode == 0 else 0


def digest(path: Path) -> str:
    """Return a file's SHA-256 in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def download(target: Path, *arguments: str) -> None:
    """Fetch locked wheels, and nothing but wheels, into a directory."""
    run(
        *(sys.executable, "-m", "pip", "--disable-pip-version-check", "download"),
        *("--quiet", "--only-binary", ":all:", "--dest", str(target)),
        *arguments,
    )


def fill(stage: Path) -> str:
    """Put everything into ``stage``; return the project's version."""
    wheels, tools, share = (stage / name for name in ("wheels", "tools", "share"))
    for folder in (wheels, tools, share):
        folder.mkdir()
    runtime = LOCKS / "runtime.txt"
    download(wheels, "--require-hashes", "-r", str(runtime))
    pip = next(
        line.split()[0]
        for line in (LOCKS / "build.txt").read_text().splitlines()
        if line.startswith("pip==")
    )
    download(tools, "--no-deps", "--require-hashes", "-r", str(only(pip, stage)))
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(wheels))
    (own,) = wheels.glob("pavilion-*.whl")
    version = own.name.split("-")[1]
    (stage / "requirements.txt").write_text(
        f"{runtime.read_text()}pavilion=={version} --hash=sha256:{digest(own)}\n"
    )
    for path in SHARED:
        shutil.copy(path, share)
    shutil.copy(ROOT / "deploy" / "install.sh", stage)
    (stage / "VERSION").write_text(f"{version}\n")
    (stage / "PYTHON").write_text(f"{sys.version_info[0]}.{sys.version_info[1]}\n")
    return version


def only(requirement: str, stage: Path) -> Path:
    """Write the lock of one requirement to a file beside the stage."""
    text = (LOCKS / "build.txt").read_text().replace("\\\n", "")
    line = next(line for line in text.splitlines() if line.startswith(requirement))
    path = stage.parent / "only.txt"
    path.write_text(f"{line}\n")
    return path


def checksums(stage: Path) -> None:
    """Write the checksums of all files."""
    files = sorted(path for path in stage.rglob("*") if path.is_file())
    (stage / "SHA256SUMS").write_text(
        "".join(f"{digest(path)}  {path.relative_to(stage)}\n" for path in files)
    )


def archive(stage: Path, target: Path, name: str) -> None:
    """Write ``stage`` as an archive that depends on its contents alone."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for path in sorted(stage.rglob("*")):
            entry = tar.gettarinfo(path, f"{name}/{path.relative_to(stage)}")
            entry.uid = entry.gid = 0
            entry.uname = entry.gname = "root"
            entry.mtime = commit_time()
            entry.mode = 0o755 if path.is_dir() or path.suffix == ".sh" else 0o644
            if path.is_file():
                with path.open("rb") as content:
                    tar.addfile(entry, content)
            else:
                tar.addfile(entry)
    with target.open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed:
        packed.write(plain.getbuffer())


def pack(target: Path) -> Path:
    """
    Make the archive in a directory.

    Returns:
        Its path; beside it lies a ``.sha256`` file to compare over the phone.
    """
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="pavilion-pack-") as work:
        stage = Path(work) / "stage"
        stage.mkdir()
        version = fill(stage)
        checksums(stage)
        name = f"pavilion-{version}-{PLATFORM}"
        path = target / f"{name}.tar.gz"
        archive(stage, path, name)
    path.with_name(f"{path.name}.sha256").write_text(f"{digest(path)}  {path.name}\n")
    return path


def main() -> None:
    """Pack into ``dist/``, or where ``--into`` says."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--into", type=Path, default=ROOT / "dist")
    path = pack(parser.parse_args().into)
    print(f"{path}  {path.stat().st_size / 1e6:.0f} MB")
    print(f"SHA-256  {digest(path)}")


if __name__ == "__main__":
    main()
