# SPDX-License-Identifier: EUPL-1.2
"""Certificates that the directory publishes or trusts: keys that one breaks, signatures that one forges."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from carene.engines.directory.control_pack import threshold
from carene.engines.directory.controls import people
from carene.engines.directory.controls.case import USERS, Case
from carene.engines.directory.controls.contract import Fault, forest_control

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

KEY = "certificates_vuln"
TRUSTED = ("certificationauthority", "pkienrollmentservice")
STRONG = frozenset({"sha224", "sha256", "sha384", "sha512", "sha3-224", "sha3-256", "sha3-384", "sha3-512"})
# Keys made by a faulty library (CVE-2017-15361): their modulus is a power of 65537 modulo each of these primes
GENERATOR = 65537
PRIMES = (
    3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109,
    113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
)  # fmt: skip


@dataclass(frozen=True)
class Weakness:
    """``ends``: of the certificate, UTC; None: it cannot be read, and its dates neither."""

    level: int
    said: str
    ends: dt.datetime | None = None


@forest_control(
    KEY,
    {
        "?certificationauthority": ("cacertificate",),
        "?pkienrollmentservice": ("cacertificate",),
        "user": ("usercertificate",),
        "computer": ("usercertificate",),
    },
)
def certificates_vuln(case: Case, domain: int) -> Iterator[Fault]:
    """An expired certificate counts only where it is trusted."""
    seen: dict[bytes, tuple[Weakness, ...]] = {}
    wanted = {int(one) for one in case.of_forest(domain, *TRUSTED, *USERS, "computer")}
    for attribute in ("cacertificate", "usercertificate"):
        for index, contents in case.collection.having(attribute):
            if index not in wanted:
                continue
            where = people.domain_of(case, index)
            now = dt.datetime.fromtimestamp(case.now(where), dt.UTC)
            for content in contents:
                if content not in seen:
                    seen[content] = weaknesses(content)
                for found in seen[content]:
                    if attribute == "cacertificate" or found.ends is None or found.ends >= now:
                        yield Fault(index, found.said, found.level, where)


def weaknesses(content: bytes) -> tuple[Weakness, ...]:
    """Of a certificate in DER; what cannot be decoded is a weakness of level 2."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # old certificates break rules that the library only complains of
        return _weaknesses(content)


def _weaknesses(content: bytes) -> tuple[Weakness, ...]:
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm

    try:
        certificate = x509.load_der_x509_certificate(content)
        name, ends = _name(certificate), certificate.not_valid_after_utc
    except (ValueError, TypeError, x509.InvalidVersion):
        return (Weakness(2, "certificat illisible"),)
    found = []
    try:
        found += _of_key(certificate)
    except (ValueError, UnsupportedAlgorithm):
        found.append((2, "clé illisible"))
    if not _signed_well(certificate):
        found.append((3, "signature par une fonction dépassée (ni SHA-2, ni SHA-3)"))
    return tuple(Weakness(level, f"certificat {name} : {said}", ends) for level, said in found)


def _name(certificate: Certificate) -> str:
    from cryptography.x509.oid import NameOID

    common = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return f"« {common[0].value!s} »" if common else f"n° {certificate.serial_number:x}"


def _of_key(certificate: Certificate) -> list[tuple[int, str]]:
    from cryptography.hazmat.primitives.asymmetric import dsa, rsa

    key = certificate.public_key()
    if isinstance(key, dsa.DSAPublicKey):
        return [(1, "clé DSA")]
    if not isinstance(key, rsa.RSAPublicKey):
        return []
    numbers = key.public_numbers()
    found = []
    if key.key_size < threshold(KEY, "broken_bits"):
        found.append((1, f"clé RSA de {key.key_size} bits"))
    elif key.key_size < threshold(KEY, "weak_bits"):
        found.append((3, f"clé RSA de {key.key_size} bits"))
    if is_roca(numbers.n):
        found.append((1, "clé RSA que la faille ROCA permet de retrouver"))
    if numbers.e < threshold(KEY, "exponent"):
        found.append((3, f"exposant RSA {numbers.e}"))
    return found


def _signed_well(certificate: Certificate) -> bool:
    from cryptography.exceptions import UnsupportedAlgorithm

    try:
        used = certificate.signature_hash_algorithm
    except (ValueError, UnsupportedAlgorithm):
        return False
    return used is None or used.name in STRONG  # None: Ed25519 and its kind


@cache
def _powers() -> Mapping[int, frozenset[int]]:
    """Prime → the values that powers of the generator take."""
    return {prime: frozenset(pow(GENERATOR, power, prime) for power in range(prime)) for prime in PRIMES}


def is_roca(modulus: int) -> bool:
    return all(modulus % prime in values for prime, values in _powers().items())
