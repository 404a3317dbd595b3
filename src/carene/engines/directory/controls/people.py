# SPDX-License-Identifier: EUPL-1.2
"""What many controls say of accounts: who counts as privileged, how old a password is, which policy applies to whom.

Disabled accounts are set aside, as nobody signs in with them, unless a control says otherwise.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from carene.engines import french
from carene.engines.directory.arrays import below
from carene.engines.directory.controls.case import DAY, MANAGED, USERS, Case
from carene.engines.directory.controls.contract import Fault, Unknown
from carene.engines.directory.model import MISSING, NEVER, Integers, Mask
from carene.engines.directory.wellknown import DOMAIN_CONTROLLERS, GUEST, READ_ONLY_CONTROLLERS

Indices = NDArray[np.int64]

# userAccountControl (MS-ADTS 2.2.16)
REVERSIBLE, BETWEEN_DOMAINS, WORKSTATION, CONTROLLER = 0x80, 0x800, 0x1000, 0x2000
NEVER_EXPIRES, ANY_DELEGATION, DES_ONLY, NO_PREAUTH = 0x10000, 0x80000, 0x200000, 0x400000
ANY_PROTOCOL, PARTIAL_SECRETS = 0x1000000, 0x4000000
# msDS-SupportedEncryptionTypes (MS-KILE 2.2.7)
DES, RC4, AES = 0x3, 0x4, 0x18

ORADAD_AS_ADMINISTRATOR = "une collecte ORADAD lancée avec un compte d'administration"


def privileged(case: Case, domain: int, *, managed: bool = False) -> Indices:
    """Users of the domain that are privileged and enabled, with managed service accounts when asked."""
    found = case.of(domain, *USERS, *(MANAGED if managed else ()))
    return case.enabled(found[case.privileged[found]])


def hidden(case: Case, domain: int) -> Iterator[Unknown]:
    """Privileged accounts of the domain whose flags the collection could not read."""
    objects = case.collection.objects
    among = case.of(domain, *USERS)
    count = int((case.privileged[among] & (objects.uac[among] == MISSING)).sum())
    sid = case.collection.domains[domain].sid
    if sid:  # members that were named and never read
        count += sum(
            objects.domain[index] < 0 and objects.sid[index].startswith(f"{sid}-")
            for index in np.flatnonzero(case.privileged).tolist()
        )
    if count:
        accounts = french.counted(count, "compte privilégié", "comptes privilégiés")
        name = case.collection.domains[domain].name
        yield Unknown(domain, f"{accounts} de {name} n'ont pas pu être lus", ORADAD_AS_ADMINISTRATOR)


def unreadable(domain: int, count: int) -> Unknown:
    said = f"les options de {french.counted(count, 'compte')} n'ont pas pu être lues"
    return Unknown(domain, said, ORADAD_AS_ADMINISTRATOR)


def unread(case: Case, domain: int) -> Iterator[Unknown]:
    """Users whose flags the collection could not read; the guest has a control of its own."""
    objects = case.collection.objects
    found = case.of(domain, *USERS)
    count = int(((objects.uac[found] == MISSING) & (objects.rid[found] != GUEST)).sum())
    if count:
        yield unreadable(domain, count)


def faults(indices: Indices, said: str, level: int, domain: int) -> Iterator[Fault]:
    """The same fault of several objects."""
    return (Fault(int(index), said, level, domain) for index in indices)


def domain_of(case: Case, index: int) -> int:
    return int(case.collection.objects.domain[index])


# Times ----------------------------------------------------------------------------------------------------------------


def limit(case: Case, domain: int, *, days: float = 0, years: float = 0) -> int:
    """Seconds UTC: that long before the collection of the domain. Years go by the calendar."""
    now = dt.datetime.fromtimestamp(case.now(domain), dt.UTC)
    try:
        then = now.replace(year=now.year - int(years))
    except ValueError:  # 29 February
        then = now.replace(year=now.year - int(years), day=28)
    return int(then.timestamp()) - int(days * DAY)


def password_set(case: Case, indices: Indices) -> Integers:
    """When the password was set; when the account was made if it is to be changed; MISSING: nothing is known."""
    objects = case.collection.objects
    told = objects.password_set[indices]
    return np.where(told == NEVER, objects.created[indices], told)


def older(times: Integers, than: int) -> Mask:
    """Known, and before."""
    found: Mask = (times != MISSING) & (times < than)
    return found


def idle(case: Case, indices: Indices, since: int) -> Mask:
    """No logon since then: the last one is older, or there never was one and the account is older than that."""
    objects = case.collection.objects
    logon = objects.last_logon[indices]
    never = (logon == MISSING) | (logon == NEVER)
    found: Mask = np.where(never, older(objects.created[indices], since), logon < since)
    return found


def day(seconds: int) -> str:
    """« 9 novembre 2026 »."""
    return french.long_date(dt.datetime.fromtimestamp(seconds, dt.UTC).date())


def unchanged(case: Case, indices: Indices, than: int, level: int, domain: int) -> Iterator[Fault]:
    """A fault for each of these accounts whose password is older."""
    times = password_set(case, indices)
    for at in np.flatnonzero(older(times, than)).tolist():
        yield Fault(int(indices[at]), f"mot de passe du {day(int(times[at]))}", level, domain)


def silent(case: Case, indices: Indices, since: int, level: int, domain: int) -> Iterator[Fault]:
    """A fault for each of these accounts that did not sign in since then."""
    logons = case.collection.objects.last_logon
    for index in indices[idle(case, indices, since)].tolist():
        last = int(logons[index])
        said = "jamais connecté" if last in {MISSING, NEVER} else f"dernière connexion le {day(last)}"
        yield Fault(index, said, level, domain)


# Computers ------------------------------------------------------------------------------------------------------------


def read_only(case: Case, domain: int) -> Indices:
    """Domain controllers that only read (RODC)."""
    found = case.of(domain, "computer")
    told = case.flag(found, PARTIAL_SECRETS) | (case.collection.objects.primary_group[found] == READ_ONLY_CONTROLLERS)
    kept: Indices = found[told != 0]
    return kept


def controllers(case: Case, domain: int) -> Indices:
    """Domain controllers, those that only read among them."""
    found = case.of(domain, "computer")
    groups = np.isin(case.collection.objects.primary_group[found], (DOMAIN_CONTROLLERS, READ_ONLY_CONTROLLERS))
    kept: Indices = found[groups | (case.flag(found, CONTROLLER | PARTIAL_SECRETS) != 0)]
    return kept


def servers(case: Case, domain: int) -> Indices:
    """Enabled servers of Windows that are neither domain controllers nor the name of a cluster."""
    among = np.setdiff1d(case.enabled(case.of(domain, "computer")), controllers(case, domain))
    systems = case.collection.values.get("operatingsystem", {})
    named = [index for index in among.tolist() if "server" in str(systems.get(index, "")).lower()]
    return np.setdiff1d(np.array(named, np.int64), clusters(case, domain))


def clusters(case: Case, domain: int) -> Indices:
    """Accounts that stand for a failover cluster."""
    names = case.collection.values.get("serviceprincipalname", {})
    among = case.enabled(case.of(domain, "computer")).tolist()
    found = [
        index
        for index in among
        if any(str(name).lower().startswith("msclustervirtualserver") for name in names.get(index, ()))
    ]
    return np.array(found, np.int64)


# Fine-grained password policies ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Policy:
    """``max_age`` in seconds, None: no limit. ``changed``: seconds UTC; MISSING for the policy of the domain."""

    name: str
    length: int
    max_age: int | None
    changed: int = MISSING


POLICY_NEEDS = (
    "msds-psoappliesto", "msds-maximumpasswordage", "msds-minimumpasswordlength", "msds-passwordsettingsprecedence",
)  # fmt: skip


def fine_policies(case: Case, domain: int) -> dict[int, Policy]:
    """Account → the policy that applies to it: one that names the account wins over those of its groups, then the
    smallest precedence."""
    collection = case.collection
    ranked: dict[int, tuple[bool, int, Policy]] = {}
    for index in case.of(domain, "msds-passwordsettings").tolist():
        policy = Policy(
            collection.objects.name[index],
            int(collection.value("msds-minimumpasswordlength", index, 0)),
            collection.value("msds-maximumpasswordage", index),
            int(collection.value("whenchanged", index, MISSING)),
        )
        precedence = int(collection.value("msds-passwordsettingsprecedence", index, 2**31))
        for target in _targets(case, index):
            for account, through in [(target, False), *((one, True) for one in _below(case, target))]:
                rank = (through, precedence, policy)
                if account not in ranked or rank[:2] < ranked[account][:2]:
                    ranked[account] = rank
    return {account: rank[2] for account, rank in ranked.items()}


def _targets(case: Case, policy: int) -> list[int]:
    names = case.collection.value("msds-psoappliesto", policy, ())
    found = (case.collection.by_dn.get(str(name).lower(), -1) for name in names)
    return [index for index in found if index >= 0]


def _below(case: Case, index: int) -> list[int]:
    return [int(one) for one in np.flatnonzero(below(case.collection.members, np.array([index])))]


def tolerated(case: Case, index: int, policy: Policy | None, *, length: float, years: float) -> bool:
    """A long password that a fine-grained policy makes change, changed since, and tickets in AES only: nobody guesses
    it from a ticket."""
    objects = case.collection.objects
    encryption = int(objects.encryption[index])
    if policy is None or policy.max_age is None or policy.changed == MISSING:
        return False
    strong = policy.length > length and policy.max_age <= years * 366 * DAY
    only_aes = encryption != MISSING and bool(encryption & AES) and not encryption & (DES | RC4)
    return strong and only_aes and int(objects.password_set[index]) > policy.changed
