"""
The site's certificate authority and what it issues. No files here: ``store``.

P-256 throughout: every browser takes it and a handshake costs a fifth of
RSA-2048's.
"""

import datetime as dt
import hashlib
import ipaddress
from collections.abc import Sequence

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CA_LIVES = dt.timedelta(days=3650)
# Every device of the site must be configured once to trust it. Shorter would
# touch them all again; longer outlives the hardware.

CERTIFICATE_LIVES = dt.timedelta(days=90)
# Renewed by the server itself, so short costs nothing and bounds a stolen key.

RENEW_BEFORE = dt.timedelta(days=30)
BACKDATED = dt.timedelta(hours=24)  # for devices whose clock is behind

Key = ec.EllipticCurvePrivateKey


def new_key() -> Key:
    """Return a new private key."""
    return ec.generate_private_key(ec.SECP256R1())


def issue_authority(key: Key, name: str, *, now: dt.datetime) -> x509.Certificate:
    """Return the self-signed certificate of a site's authority."""
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Pavilion"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"Pavilion site CA {name}"[:64]),
        ]
    )
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return (
        _builder(subject, subject, key, now, CA_LIVES)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(certificates=True), critical=True)
        .add_extension(identifier, critical=False)
        .sign(key, hashes.SHA256())
    )


def issue_server(
    key: Key,
    names: Sequence[str],
    *,
    authority: x509.Certificate,
    authority_key: Key,
    now: dt.datetime,
) -> x509.Certificate:
    """Return a server certificate for names and addresses, given as texts."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:64])])
    alternatives = x509.SubjectAlternativeName([_general_name(n) for n in names])
    issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(
        authority_key.public_key()
    )
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    return (
        _builder(subject, authority.subject, key, now, CERTIFICATE_LIVES)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(certificates=False), critical=True)
        .add_extension(usage, critical=False)
        .add_extension(alternatives, critical=False)
        .add_extension(issuer_key, critical=False)
        .sign(authority_key, hashes.SHA256())
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: Key,
    now: dt.datetime,
    lives: dt.timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + lives)
    )


def _usage(*, certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificates,
        crl_sign=certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def names_of(certificate: x509.Certificate) -> list[str]:
    """Return the names and addresses a certificate is for, as texts."""
    try:
        found = certificate.extensions.get_extension_for_class(
            x509.SubjectAlternativeName
        ).value
    except x509.ExtensionNotFound:
        return []
    addresses = found.get_values_for_type(x509.IPAddress)
    return [
        *found.get_values_for_type(x509.DNSName),
        *(str(address) for address in addresses),
    ]


def fingerprint(certificate: x509.Certificate) -> str:
    """Return the SHA-256 fingerprint as people compare it: AB:CD:…."""
    der = certificate.public_bytes(serialization.Encoding.DER)
    return hashlib.sha256(der).digest().hex(":").upper()


def thumbprint(certificate: x509.Certificate) -> str:
    """Return the SHA-1 of a certificate as Windows shows it: ABCDEF01 23456789 …."""
    der = certificate.public_bytes(serialization.Encoding.DER)
    # To be compared with a dialog that shows nothing else; nothing relies on it.
    return hashlib.sha1(der, usedforsecurity=False).digest().hex(" ", 4).upper()
