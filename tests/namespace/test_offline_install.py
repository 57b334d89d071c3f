"""The packed archive can be installed and run on a host without a network."""

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.support.namespaces import Namespace, namespace

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [
    pytest.mark.namespace,
    pytest.mark.timeout(580),
    pytest.mark.skipif(os.geteuid() != 0, reason="namespaces need root"),
]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pack once; only this step needs registries."""
    target = tmp_path_factory.mktemp("pack")
    subprocess.run(
        [sys.executable, "deploy/pack.py", "--into", str(target)],
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    (path,) = target.glob("pavilion-*.tar.gz")
    return path


@pytest.fixture
def unpacked(archive: Path, tmp_path: Path) -> Path:
    with tarfile.open(archive) as tar:
        tar.extractall(tmp_path, filter="data")
    return next(tmp_path.glob("pavilion-*"))


def install(
    space: Namespace, unpacked: Path, prefix: Path, *more: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            *space.prefix,
            *(str(unpacked / "install.sh"), "--prefix", str(prefix)),
            *("--python", sys.executable, *more),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        cwd="/",
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/nonexistent"},
    )


def test_archive_installs_upgrades_and_serves_offline(
    unpacked: Path, tmp_path: Path
) -> None:
    prefix = tmp_path / "host"
    with namespace() as space:
        space.count_departures()
        done = install(space, unpacked, prefix)
        assert done.returncode == 0, done.stdout
        program = prefix / "opt/pavilion/current/bin/pavilion"
        version = (unpacked / "VERSION").read_text().strip()
        assert version in space.run(str(program), "version")
        config = prefix / "etc/pavilion/pavilion.toml"
        assert (prefix / "etc/systemd/system/pavilion.service").exists()

        home = tmp_path / "home"
        home.mkdir()
        seen = space.run(
            *(sys.executable, "-m", "tests.support.conference"),
            *(str(home), str(program)),
        )
        assert "seen: red" in seen

        config.write_text("# mine\n" + config.read_text())
        again = install(space, unpacked, prefix)
        assert again.returncode == 0, again.stdout
        assert config.read_text().startswith("# mine\n")
        assert len(list((prefix / "opt/pavilion/releases").iterdir())) == 1
        assert space.departures() == 0


@pytest.mark.parametrize("change", ["byte", "extra", "missing"])
def test_altered_archive_is_rejected(
    unpacked: Path, tmp_path: Path, change: str
) -> None:
    wheel = next((unpacked / "wheels").glob("aiortc-*.whl"))
    if change == "byte":
        content = bytearray(wheel.read_bytes())
        content[len(content) // 2] ^= 1
        wheel.write_bytes(content)
    elif change == "extra":
        shutil.copy(wheel, wheel.with_name("evil-1-py3-none-any.whl"))
    else:
        wheel.unlink()
    prefix = tmp_path / "host"
    with namespace() as space:
        done = install(space, unpacked, prefix)
    assert done.returncode != 0
    assert "nothing was changed" in done.stdout
    assert not prefix.exists()
