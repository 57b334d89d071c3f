"""The systemd unit is as tight as it claims, and starts what is installed."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNIT = Path(__file__).resolve().parents[2] / "deploy" / "pavilion.service"
WORST_EXPOSURE = 1.5  # of 10, as systemd-analyze counts; a bare unit has 9.6


@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here"
)
def test_its_exposure_is_small() -> None:
    text = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", str(UNIT)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=False,
    ).stdout
    found = re.search(r"Overall exposure level for \S+: ([0-9.]+)", text)
    assert found is not None, text
    assert float(found[1]) <= WORST_EXPOSURE


def test_the_service_starts_the_installed_command() -> None:
    installer = UNIT.with_name("install.sh").read_text()
    unit = UNIT.read_text()
    assert "ExecStart=/opt/pavilion/current/bin/pavilion serve" in unit
    assert "/opt/pavilion" in installer
    assert "/etc/pavilion/pavilion.toml" in unit
