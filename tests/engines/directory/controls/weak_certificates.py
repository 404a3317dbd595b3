# SPDX-License-Identifier: EUPL-1.2
"""Certificates made for the tests, good and bad. Only their form is right: nobody holds the weak keys."""

from __future__ import annotations

import datetime as dt
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.x509.oid import NameOID

STARTS = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
SIGNER = ec.generate_private_key(ec.SECP256R1())
SHA256, SHA1 = (bytes.fromhex(text) for text in ("06082a8648ce3d040302", "06072a8648ce3d0401"))  # with ECDSA


def certificate(public: Any, *, ends: int = 2040) -> bytes:
    """Of this public key, signed in SHA-256."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "AC")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(public).serial_number(7)
    until = dt.datetime(ends, 1, 1, tzinfo=dt.UTC)
    made = builder.not_valid_before(STARTS).not_valid_after(until).sign(SIGNER, hashes.SHA256())
    return made.public_bytes(serialization.Encoding.DER)


ECDSA_SHA256 = certificate(SIGNER.public_key())


def of_rsa(bits: int, *, exponent: int = 65537, modulus: int = 0, ends: int = 2040) -> bytes:
    """A modulus that has these bits and no factor 3, so that no weakness comes with it by chance."""
    modulus = modulus or next(odd for odd in range((1 << (bits - 1)) + 1, 1 << bits, 2) if odd % 11 == 2)
    return certificate(rsa.RSAPublicNumbers(exponent, modulus).public_key(), ends=ends)


def of_dsa() -> bytes:
    return certificate(dsa.generate_private_key(1024).public_key())


def in_sha1() -> bytes:
    """SHA-256 becomes SHA-1 in both places that name it; the signature, that nobody checks, stays."""
    return _renamed(ECDSA_SHA256)


def _renamed(content: bytes) -> bytes:
    """The same DER, every length made again."""
    found, at = b"", 0
    while at < len(content):
        tag, length, start = content[at], content[at + 1], at + 2
        if length & 0x80:
            start += length & 0x7F
            length = int.from_bytes(content[at + 2 : start], "big")
        body, at = content[start : start + length], start + length
        body = _renamed(body) if tag in {0x30, 0xA0} else body
        whole = bytes([tag]) + _length(len(body)) + body
        found += SHA1 if whole == SHA256 else whole
    return found


def _length(count: int) -> bytes:
    if count < 0x80:
        return bytes([count])
    needed = (count.bit_length() + 7) // 8
    return bytes([0x80 | needed]) + count.to_bytes(needed, "big")
