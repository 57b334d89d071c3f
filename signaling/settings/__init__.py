"""Settings: what can be set, how it is read, shown and refused."""

from signaling.settings.load import load
from signaling.settings.models import Settings
from signaling.settings.refusals import SettingsError
from signaling.settings.show import as_toml, sample, without_password

__all__ = [
    "Settings",
    "SettingsError",
    "as_toml",
    "load",
    "sample",
    "without_password",
]
