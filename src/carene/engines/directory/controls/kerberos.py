# SPDX-License-Identifier: EUPL-1.2
"""Kerberos: what a ticket tells of a password, and with what it is encrypted."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from carene.engines.directory.control_pack import threshold
from carene.engines.directory.controls import people
from carene.engines.directory.controls.case import USERS, Case
from carene.engines.directory.controls.contract import Fault, Unknown, control
from carene.engines.directory.model import MISSING
from carene.engines.directory.wellknown import KRBTGT

UAC = ("useraccountcontrol",)
SERVICES = ("useraccountcontrol", "serviceprincipalname", "msds-supportedencryptiontypes")
ALGORITHMS = {0x1: "DES-CBC-CRC", 0x2: "DES-CBC-MD5", 0x4: "RC4", 0x8: "AES 128", 0x10: "AES 256"}


@control("spn_priv", {"user": ("useraccountcontrol", "serviceprincipalname", "pwdlastset")})
def spn_priv(case: Case, domain: int) -> Iterator[Fault | Unknown]:
    names = case.collection.values.get("serviceprincipalname", {})
    found = people.privileged(case, domain)
    policies = people.fine_policies(case, domain)
    for index in (one for one in found.tolist() if names.get(one)):
        if not _tolerated(case, "spn_priv", index, policies):
            yield Fault(index, f"nom de service {names[index][0]}", 1, domain)
    yield from people.hidden(case, domain)


@control("kerberos_properties_preauth", {"user": ("useraccountcontrol", "pwdlastset")})
def kerberos_properties_preauth(case: Case, domain: int) -> Iterator[Fault | Unknown]:
    found = case.enabled(case.of(domain, *USERS))
    policies = people.fine_policies(case, domain)
    for index in found[case.flag(found, people.NO_PREAUTH) != 0].tolist():
        if not _tolerated(case, "kerberos_properties_preauth", index, policies):
            yield Fault(index, "préauthentification Kerberos non exigée", 2, domain)
    yield from people.unread(case, domain)


def _tolerated(case: Case, key: str, index: int, policies: dict[int, people.Policy]) -> bool:
    length, years = threshold(key, "length"), threshold(key, "years")
    return people.tolerated(case, index, policies.get(index), length=length, years=years)


@control("kerberos_properties_deskey", {"user": UAC})
def kerberos_properties_deskey(case: Case, domain: int) -> Iterator[Fault | Unknown]:
    found = case.enabled(case.of(domain, *USERS))
    chosen = found[case.flag(found, people.DES_ONLY) != 0]
    yield from people.faults(chosen, "tickets chiffrés en DES seulement", 2, domain)
    yield from people.unread(case, domain)


@control("kerberos_properties_encryption", {"user": SERVICES})
def kerberos_properties_encryption(case: Case, domain: int) -> Iterator[Fault]:
    objects = case.collection.objects
    names = case.collection.values.get("serviceprincipalname", {})
    for index in case.enabled(case.of(domain, *USERS)).tolist():
        if not names.get(index) or objects.rid[index] == KRBTGT:
            continue
        encryption = int(objects.encryption[index])
        if encryption == MISSING or not encryption & people.AES:
            yield Fault(index, f"compte de service sans AES : {_algorithms(encryption)}", 3, domain)


@control("dc_crypto", {"computer": ("useraccountcontrol", "msds-supportedencryptiontypes")})
def dc_crypto(case: Case, domain: int) -> Iterator[Fault]:
    for index in people.controllers(case, domain).tolist():
        told = int(case.collection.objects.encryption[index])
        encryption = 0 if told == MISSING else told
        level = np.select(
            [bool(encryption & people.DES), not encryption & people.AES, bool(encryption & people.RC4)], [2, 3, 4]
        )
        if level:
            yield Fault(index, f"chiffrements acceptés : {_algorithms(encryption)}", int(level), domain)


def _algorithms(encryption: int) -> str:
    names = [name for bit, name in ALGORITHMS.items() if encryption != MISSING and encryption & bit]
    return ", ".join(names) or "aucun n'est précisé"
