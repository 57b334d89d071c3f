"""The wheel carries the built web client and runs without a checkout or Node."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.namespace, pytest.mark.timeout(500)]


def run(*command: str, **environment: str) -> str:
    done = subprocess.run(
        command,
        cwd="/",
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)],
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return next(target.glob("pavilion-*.whl"))


def test_it_carries_the_client_and_the_migrations(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    client = [name for name in names if name.startswith("signaling/http/client/")]
    assert "signaling/http/client/index.html" in client
    assert any(name.endswith(".js") for name in client)
    assert any("/migrations/versions/" in name for name in names)
    assert not any("node_modules" in name or name.startswith("tests") for name in names)


def test_it_runs_where_there_is_no_node(wheel: Path, tmp_path: Path) -> None:
    run(sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "venv"))
    # The locked packages of this environment stand in for downloading them again.
    ours = subprocess.run(
        [sys.executable, "-c", "import site; print(site.getsitepackages()[0])"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    run(
        *(sys.executable, "-m", "pip", "--python", str(tmp_path / "venv")),
        *("--disable-pip-version-check", "--no-cache-dir", "install"),
        *("--no-deps", "--no-index", str(wheel)),
    )
    own = next((tmp_path / "venv" / "lib").glob("python*/site-packages"))
    found = run(
        *(str(tmp_path / "venv" / "bin" / "python"), "-c"),
        "import signaling; print(signaling.__file__)",
        PYTHONPATH=f"{own}:{ours}",
    )
    assert str(own) in found
    version = run(
        str(tmp_path / "venv" / "bin" / "pavilion"),
        "version",
        PYTHONPATH=f"{own}:{ours}",
        PATH="/usr/bin:/bin",
    )
    assert wheel.name.split("-")[1] in version
