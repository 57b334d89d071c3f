"""Certificates: made, renewed, reloaded, and who may read the keys."""

import asyncio
import contextlib
import datetime as dt
import ssl
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from conference.errors import InfrastructureError
from signaling.trust.authority import fingerprint, names_of, thumbprint
from signaling.trust.store import OwnTrust, SiteTrust

NOW = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
NAMES = ["meet.example", "192.0.2.7", "2001:db8::7", "localhost"]


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> dt.datetime:
        return self.now


def site(directory: Path, clock: Clock, names: list[str] | None = None) -> SiteTrust:
    return SiteTrust(directory, wanted=lambda: names or NAMES, now=clock)


def leaf(directory: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate((directory / "server.crt").read_bytes())


def test_the_first_start_makes_everything_and_the_second_nothing(
    tmp_path: Path,
) -> None:
    first = site(tmp_path, Clock())
    before = leaf(tmp_path)
    second = site(tmp_path, Clock())
    assert fingerprint(first.authority) == fingerprint(second.authority)
    assert leaf(tmp_path) == before
    assert set(names_of(before)) == set(NAMES) == set(second.names)


def test_the_thumbprint_has_the_form_that_windows_shows(tmp_path: Path) -> None:
    authority = site(tmp_path, Clock()).authority
    shown = thumbprint(authority)
    assert shown.replace(" ", "") == authority.fingerprint(SHA1()).hex().upper()
    assert [len(part) for part in shown.split()] == [8] * 5


def test_only_the_owner_can_read(tmp_path: Path) -> None:
    site(tmp_path / "trust", Clock())
    assert stat.S_IMODE((tmp_path / "trust").stat().st_mode) == 0o700
    for path in (tmp_path / "trust").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_certificate_meets_the_rules_of_browsers(tmp_path: Path) -> None:
    trust = site(tmp_path, Clock())
    certificate = leaf(tmp_path)
    certificate.verify_directly_issued_by(trust.authority)
    lives = certificate.not_valid_after_utc - certificate.not_valid_before_utc
    assert lives <= dt.timedelta(days=398)  # what Apple and Chrome accept of public CAs
    usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert x509.oid.ExtendedKeyUsageOID.SERVER_AUTH in usage
    basic = trust.authority.extensions.get_extension_for_class(x509.BasicConstraints)
    assert basic.critical
    assert basic.value.ca
    assert trust.authority.not_valid_after_utc - NOW > dt.timedelta(days=3600)


def test_it_is_renewed_a_month_before_its_end(tmp_path: Path) -> None:
    clock = Clock()
    trust = site(tmp_path, clock)
    first = leaf(tmp_path)
    clock.now += dt.timedelta(days=59)
    assert not trust.refresh()
    clock.now += dt.timedelta(days=2)
    assert trust.refresh()
    assert leaf(tmp_path).serial_number != first.serial_number
    assert not trust.refresh()


def test_it_follows_the_hosts_addresses(tmp_path: Path) -> None:
    names = [*NAMES]
    trust = SiteTrust(tmp_path, wanted=lambda: names, now=Clock())
    names.append("192.0.2.8")
    assert trust.refresh()
    assert "192.0.2.8" in trust.names


async def handshake(
    port: int, trusted: ssl.SSLContext
) -> tuple[asyncio.StreamWriter, x509.Certificate]:
    _, writer = await asyncio.open_connection(
        "127.0.0.1", port, ssl=trusted, server_hostname="localhost"
    )
    found = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    return writer, x509.load_der_x509_certificate(found)


async def test_a_renewal_reaches_new_connections_and_drops_none(
    tmp_path: Path,
) -> None:
    names = ["localhost"]
    trust = SiteTrust(tmp_path, wanted=lambda: names)
    trusted = ssl.create_default_context(
        cadata=trust.authority.public_bytes(Encoding.PEM).decode()
    )

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(10):
            writer.write(data)
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0, ssl=trust.context)
    port = server.sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", port, ssl=trusted, server_hostname="localhost"
    )
    first, before = await handshake(port, trusted)
    names.append("new.example")
    assert trust.refresh()
    second, after = await handshake(port, trusted)
    assert before.serial_number != after.serial_number
    writer.write(b"still here")
    assert await reader.readexactly(10) == b"still here"
    for one in (writer, second, first):
        one.close()
        with contextlib.suppress(OSError):
            await one.wait_closed()
    server.close()


@pytest.fixture
def own(tmp_path: Path) -> Callable[[], tuple[Path, Path]]:
    def write() -> tuple[Path, Path]:
        issued = trustme.CA().issue_cert("meet.example", "*.wild.example")
        certificate, key = tmp_path / "own.crt", tmp_path / "own.key"
        certificate.write_bytes(issued.cert_chain_pems[0].bytes())
        key.write_bytes(issued.private_key_pem.bytes())
        return certificate, key

    return write


def test_the_operators_own_is_reloaded_when_it_changes(
    own: Callable[[], tuple[Path, Path]],
) -> None:
    trust = OwnTrust(*own())
    assert trust.authority is None
    assert set(trust.names) == {"meet.example", "*.wild.example"}
    assert not trust.refresh()
    own()
    assert trust.refresh()


def test_a_broken_pair_is_refused_by_name_and_the_old_one_stays(
    own: Callable[[], tuple[Path, Path]],
) -> None:
    certificate, key = own()
    trust = OwnTrust(certificate, key)
    key.write_text("broken")
    with pytest.raises(InfrastructureError) as caught:
        trust.refresh()
    assert str(key) in caught.value.message
    assert "meet.example" in trust.names
    with pytest.raises(InfrastructureError):
        OwnTrust(certificate, key)


def test_each_fault_of_the_operators_certificate_has_its_own_message(
    own: Callable[[], tuple[Path, Path]], tmp_path: Path
) -> None:
    certificate, key = own()
    other = tmp_path / "other.key"
    other.write_bytes(trustme.CA().issue_cert("a.example").private_key_pem.bytes())
    locked = tmp_path / "locked.key"
    locked.write_bytes(
        load_pem_private_key(key.read_bytes(), None).private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"word")
        )
    )
    text = tmp_path / "text"
    text.write_text("text")
    none = tmp_path / "none"
    for pair, said in (
        ((none, key), f"The certificate {none} cannot be read: no such file"),
        ((certificate, none), f"The key {none} cannot be read: no such file"),
        ((text, key), f"The file {text} is not a certificate in PEM form."),
        ((certificate, text), f"The file {text} is not a private key in PEM form."),
        ((certificate, other), f"The key {other} does not belong to the certificate"),
        ((certificate, locked), f"The key {locked} has a password"),
    ):
        with pytest.raises(InfrastructureError) as caught:
            OwnTrust(*pair)
        assert caught.value.message.startswith(said)
