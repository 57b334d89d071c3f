"""Settings: who wins, what is refused, and that the sample is true."""

import tomllib
from pathlib import Path

import pytest

from signaling import settings as s
from signaling.flags import by_key, flagged
from signaling.settings import models

ROOT = Path(__file__).parents[2]


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "pavilion.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_flags_over_variables_over_file_over_defaults(tmp_path: Path) -> None:
    config = write(tmp_path, "[https]\nport = 1\n[media]\nport = 2\n[trust]\nport = 3")
    environ = {"PAVILION_HTTPS_PORT": "10", "PAVILION_MEDIA_PORT": "20", "HOME": "/"}
    loaded = s.load({"https.port": 100}, config=config, environ=environ)
    assert (loaded.https.port, loaded.media.port, loaded.trust.port) == (100, 20, 3)
    assert loaded.log.level == "info"


def test_a_variable_names_the_file(tmp_path: Path) -> None:
    config = write(tmp_path, "names = ['Meet.Example']")
    loaded = s.load(environ={"PAVILION_CONFIG": str(config)})
    assert loaded.names == ("meet.example",)


def test_lists_in_variables_are_separated_by_commas() -> None:
    environ = {"PAVILION_MEDIA_ADDRESSES": "192.0.2.1, 2001:db8::1"}
    addresses = s.load(environ=environ).media.addresses
    assert [str(a) for a in addresses] == ["192.0.2.1", "2001:db8::1"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("prt = 1", "prt"),
        ("[https]\nprt = 1", "https.prt"),
        ("[https]\nport = 70000", "https.port"),
        ("[https]\nport = 'x'", "https.port"),
        ("[https]\nbind = 'nowhere'", "https.bind"),
        ("[https]\ncertificate = '/x'", "https.key"),
        ("names = ['a b']", "names"),
        ("[media]\naddresses = ['host']", "media.addresses"),
        ("[log]\nlevel = 'loud'", "log.level"),
        ("[media]\ntcp = 7", "must be true or false"),
        ("[limits]\nrooms = 0", "limits.rooms"),
        ("x = ", "not valid TOML"),
        ("prt = 1", "pavilion.toml"),
        ("[https]\nport = 'x'", "must be a whole number"),
        ("[database]\nurl = 'mysql://host/db'", "must begin with postgresql://"),
        ("[trust]\nport = 8443", "cannot share port 8443"),
    ],
)
def test_an_invalid_setting_is_named(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(s.SettingsError) as caught:
        s.load(config=write(tmp_path, text), environ={})
    assert named in caught.value.message


def test_a_wrong_database_is_refused_without_its_password() -> None:
    for url in ("mysql://me:sekret@host/db", "postgresql://me:sekret@host:x/db"):
        with pytest.raises(s.SettingsError) as caught:
            s.load({"database.url": url}, environ={})
        assert "sekret" not in caught.value.message


def test_a_wrong_variable_is_named() -> None:
    with pytest.raises(s.SettingsError) as caught:
        s.load(environ={"PAVILION_MEDIA_PORT": "x"})
    assert "PAVILION_MEDIA_PORT" in caught.value.message


def test_unknown_variables_are_refused_by_name() -> None:
    with pytest.raises(s.SettingsError) as caught:
        s.load(environ={"PAVILION_HTTP_PORT": "1"})
    assert "PAVILION_HTTP_PORT" in caught.value.message
    s.load(environ={"PAVILION_TEST_POSTGRES": "of the test run"})


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(s.SettingsError) as caught:
        s.load(config=tmp_path / "none.toml", environ={})
    assert "none.toml" in caught.value.message


def test_every_setting_has_a_variable_and_a_description() -> None:
    variables = [models.variable(path) for path, _ in models.fields()]
    assert len(set(variables)) == len(variables)
    assert all(info.description for _, info in models.fields())


def test_the_committed_sample_is_current() -> None:
    committed = (ROOT / "deploy" / "pavilion.sample.toml").read_text(encoding="utf-8")
    assert committed == s.sample(), (
        "run: pavilion config --sample > deploy/pavilion.sample.toml"
    )


def test_the_sample_changes_nothing_until_its_keys_are_opened(tmp_path: Path) -> None:
    defaults = s.load(environ={})
    assert s.load(config=write(tmp_path, s.sample()), environ={}) == defaults
    opened = "\n".join(
        line.removeprefix("#") if line.startswith("#") and line[1] != " " else line
        for line in s.sample().splitlines()
    )
    everything = s.load(config=write(tmp_path, opened), environ={})
    assert everything.https.port == defaults.https.port
    assert everything.database.url is not None


def test_the_token_of_the_scraper_is_not_shown() -> None:
    token = "nobody-shall-see-this"
    assert token not in s.as_toml(s.load({"metrics.token": token}, environ={}))


def test_effective_settings_are_toml_without_the_password() -> None:
    loaded = s.load(
        {"database.url": "postgresql://me:secret@host/db", "names": ["a.example"]},
        environ={},
    )
    shown = s.as_toml(loaded)
    assert "secret" not in shown
    parsed = tomllib.loads(shown)
    assert parsed["names"] == ["a.example"]
    assert parsed["database"]["url"] == "postgresql://me:***@host/db"


def test_a_token_that_is_too_short_is_not_shown_in_the_refusal() -> None:
    with pytest.raises(s.SettingsError) as caught:
        s.load(environ={"PAVILION_METRICS_TOKEN": "too-short"})
    assert "PAVILION_METRICS_TOKEN" in caught.value.message
    assert "too-short" not in caught.value.message


def test_every_flag_is_named_once_and_is_in_the_help_of_the_server() -> None:
    names = [name for name, _, _ in flagged()]
    assert len(set(names)) == len(names)
    assert {"https-port", "media-address", "name", "database"} <= set(names)
    assert by_key({"https_port": "1", "name": [], "database": None}) == {
        "https.port": "1"
    }
