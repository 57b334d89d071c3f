"""Settings: what can be set, how it is read, shown and refused."""

from signaling.settings.load import load
from signaling.settings.models import DATA_DIR, Settings
from signaling.settings.refusals import SettingsError
from signaling.settings.show import as_toml, sample, without_password

__all__ = [
    "DATA_DIR",
    "Settings",
    "SettingsError",
    "as_toml",
    "load",
    "sample",
    "without_password",
]
