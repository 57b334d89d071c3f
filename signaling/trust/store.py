"""
Certificates on the disk: made at the first start, renewed, reloaded live.

Two implementations: ``SiteTrust`` keeps an authority of its own in the data
directory; ``OwnTrust`` loads the operator's certificate from its path.
Both load into one ``SSLContext`` in use: open connections keep what
they have, new ones get the new certificate, and none is dropped.
"""

import contextlib
import datetime as dt
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from conference.errors import InfrastructureError
from signaling.files import private_directory, reason, write_private
from signaling.trust import authority as ca


class Trust(Protocol):
    """What the server asks of its certificates."""

    context: ssl.SSLContext

    @property
    def authority(self) -> x509.Certificate | None:
        """The site's own authority; None with the operator's certificate."""
        ...

    @property
    def names(self) -> list[str]:
        """Names and addresses the certificate is for, the best first."""
        ...

    def refresh(self) -> bool:
        """Renew or reload when due; return whether something changed."""
        ...


def server_context() -> ssl.SSLContext:
    """Return a TLS context for browsers of today."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE+AESGCM:ECDHE+CHACHA20")  # of 1.2: AEAD alone
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
    context.set_alpn_protocols(["http/1.1"])
    return context


class SiteTrust:
    """The site's own authority, and the certificate it issues to this server."""

    def __init__(
        self,
        directory: Path,
        *,
        wanted: Callable[[], list[str]],
        now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        """
        Load or make everything.

        Args:
            directory: Where keys and certificates lie.
            wanted: Names and addresses of this host, asked again at each refresh.
            now: The time of day.
        """
        self._directory = private_directory(directory)
        self._wanted = wanted
        self._now = now
        self._authority, self._authority_key = self._load_or_make_authority()
        self._certificate: x509.Certificate | None = None
        with contextlib.suppress(FileNotFoundError, ValueError):
            self._certificate = x509.load_pem_x509_certificate(
                self._path("server.crt").read_bytes()
            )
        self.context = server_context()
        if not self.refresh():
            self._load()

    @property
    def authority(self) -> x509.Certificate:
        """The site's authority."""
        return self._authority

    @property
    def names(self) -> list[str]:
        """Names and addresses the certificate is for."""
        assert self._certificate is not None
        return ca.names_of(self._certificate)

    def refresh(self) -> bool:
        """Issue a new certificate before the old one ends, or when names change."""
        wanted = self._wanted()
        if not self._due(wanted):
            return False
        key = ca.new_key()
        certificate = ca.issue_server(
            key,
            wanted,
            authority=self._authority,
            authority_key=self._authority_key,
            now=self._now(),
        )
        # One file with key and chain: no moment when the two do not match.
        write_private(self._path("server.pem"), _key_pem(key) + _pem(certificate))
        write_private(self._path("server.crt"), _pem(certificate))
        self._certificate = certificate
        self._load()
        return True

    def _due(self, wanted: list[str]) -> bool:
        known = self._certificate
        if known is None or not self._path("server.pem").exists():
            return True
        ends_soon = known.not_valid_after_utc - self._now() < ca.RENEW_BEFORE
        other_authority = known.issuer != self._authority.subject
        return ends_soon or other_authority or set(ca.names_of(known)) != set(wanted)

    def _load(self) -> None:
        self.context.load_cert_chain(self._path("server.pem"))

    def _path(self, name: str) -> Path:
        return self._directory / name

    def _load_or_make_authority(self) -> tuple[x509.Certificate, ca.Key]:
        key_path, path = self._path("ca.key"), self._path("ca.crt")
        if path.exists() and key_path.exists():
            loaded: object = None
            with contextlib.suppress(ValueError, TypeError, UnsupportedAlgorithm):
                loaded = serialization.load_pem_private_key(_read(key_path), None)
            if not isinstance(loaded, ec.EllipticCurvePrivateKey):
                raise InfrastructureError(
                    "trust-broken", f"{key_path} is not the key of a site authority."
                )
            try:
                return x509.load_pem_x509_certificate(_read(path)), loaded
            except ValueError as error:
                raise InfrastructureError(
                    "trust-broken", f"{path} is not the certificate of an authority."
                ) from error
        key = ca.new_key()
        made = ca.issue_authority(key, self._wanted()[0], now=self._now())
        write_private(key_path, _key_pem(key))
        write_private(path, _pem(made))
        return made, key


class OwnTrust:
    """The operator's own certificate; reloaded when its file changes."""

    def __init__(self, certificate: Path, key: Path) -> None:
        """
        Load it.

        Raises:
            InfrastructureError: A file is missing, or the two do not match.
        """
        self._files = (certificate, key)
        self.context = server_context()
        self._seen = self._stamp()
        self._load()

    @property
    def authority(self) -> None:
        """None: the operator's devices trust it already."""
        return

    @property
    def names(self) -> list[str]:
        """Names and addresses the certificate is for."""
        return self._names

    def refresh(self) -> bool:
        """Load the files again when they changed; a broken pair changes nothing."""
        stamp = self._stamp()
        if stamp == self._seen:
            return False
        self._seen = stamp
        self._load()
        return True

    def _stamp(self) -> tuple[int, ...]:
        try:
            return tuple(path.stat().st_mtime_ns for path in self._files)
        except OSError:
            return ()

    def _load(self) -> None:
        certificate, key = self._files
        try:
            # First into a context of its own: a broken pair must not reach the
            # living one, of which half would then be new.
            trial = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            # Without a password OpenSSL would ask for one at the terminal.
            trial.load_cert_chain(certificate, key, password=str)
            names = ca.names_of(x509.load_pem_x509_certificate(_read(certificate)))
            self.context.load_cert_chain(certificate, key, password=str)
            self._names = names
        except (OSError, ValueError) as error:
            raise _unusable(certificate, key, error) from error


def _unusable(certificate: Path, key: Path, error: Exception) -> InfrastructureError:
    """Find out which of the two is at fault, and say so."""
    pair = f"The certificate {certificate} with the key {key}"
    why = getattr(error, "reason", None)
    said = f"{pair} cannot be used: {str(why or 'damaged').replace('_', ' ').lower()}."
    if why == "KEY_VALUES_MISMATCH":
        said = f"The key {key} does not belong to the certificate {certificate}."
    else:
        try:
            x509.load_pem_x509_certificate(_read(certificate, "certificate"))
        except ValueError:
            said = f"The file {certificate} is not a certificate in PEM form."
        except InfrastructureError as unreadable:
            return unreadable
        else:
            try:
                serialization.load_pem_private_key(_read(key, "key"), None)
            except TypeError:
                said = f"The key {key} has a password: Pavilion needs it without one."
            except (ValueError, UnsupportedAlgorithm):
                said = f"The file {key} is not a private key in PEM form."
            except InfrastructureError as unreadable:
                return unreadable
    return InfrastructureError("certificate-unusable", said)


def _read(path: Path, what: str = "file") -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InfrastructureError(
            "certificate-unusable",
            f"The {what} {path} cannot be read: {reason(error)}.",
        ) from error


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key: ca.Key) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
