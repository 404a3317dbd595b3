# SPDX-License-Identifier: EUPL-1.2
"""Groups: how many people are powerful, what hides a membership, what old compatibility leaves open."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from carene.engines import french
from carene.engines.directory.arrays import below
from carene.engines.directory.control_pack import threshold
from carene.engines.directory.controls import people
from carene.engines.directory.controls.case import ACCOUNTS, Case
from carene.engines.directory.controls.contract import Fault, Unknown, control, forest_control
from carene.engines.directory.model import MISSING
from carene.engines.directory.wellknown import (
    ADMINISTRATOR,
    ANONYMOUS,
    AUTHENTICATED,
    DOMAIN_COMPUTERS,
    DOMAIN_CONTROLLERS,
    DOMAIN_GUESTS,
    DOMAIN_USERS,
    PROTECTED_USERS,
    READ_ONLY_CONTROLLERS,
    name_of,
)

COMPATIBLE = "S-1-5-32-554"
OWN_RIDS = 1000  # below, Windows gives the numbers itself
PRIMARY = {"user": ("primarygroupid",), "computer": ("primarygroupid", "useraccountcontrol")}
HISTORY = {"user": ("sidhistory",), "group": ("sidhistory",), "computer": ("sidhistory",)}


@forest_control("privileged_members", {"group": ("member",), "user": ("useraccountcontrol",)})
def privileged_members(case: Case, domain: int) -> Iterator[Fault]:
    """The account of RID 500 and domain controllers do not count; disabled ones do not either."""
    objects = case.collection.objects
    forest = case.forest(domain)
    found = case.enabled(case.of_forest(domain, *ACCOUNTS))
    native = [case.collection.in_domain(ADMINISTRATOR, one) for one in forest]
    aside = np.concatenate([native, *(people.controllers(case, one) for one in forest)])
    found = np.setdiff1d(found[case.privileged[found]], aside)
    most = max(threshold("privileged_members", "accounts"), threshold("privileged_members", "by_domain") * len(forest))
    if len(found) <= most:
        return
    people_of_them = {objects.name[index].lower() for index in found.tolist()}
    level = 1 if len(people_of_them) > most else 2
    accounts = french.counted(len(found), "compte privilégié", "comptes privilégiés")
    names = french.counted(len(people_of_them), "nom différent", "noms différents")
    yield Fault(-1, f"{accounts} ({names}) pour {french.number(most)} au plus", level, domain)
    for index in found.tolist():
        yield Fault(index, "membre d'un groupe privilégié", level, people.domain_of(case, index))


@control("protected_users", {"group": ("member",), "user": ("useraccountcontrol",)})
def protected_users(case: Case, domain: int) -> Iterator[Fault | Unknown]:
    group = case.collection.in_domain(PROTECTED_USERS, domain)
    found = people.privileged(case, domain)
    if group >= 0:
        found = found[~below(case.collection.members, np.array([group]))[found]]
        said = "absent du groupe Utilisateurs protégés"
    else:
        said = "le domaine n'a pas de groupe Utilisateurs protégés"
    yield from people.faults(found, said, 3, domain)
    yield from people.hidden(case, domain)


# What hides a membership ----------------------------------------------------------------------------------------------


@control("primary_group_id_1000", PRIMARY)
def primary_group_id_1000(case: Case, domain: int) -> Iterator[Fault | Unknown]:
    for index, group in _unusual(case, domain):
        if group < OWN_RIDS:
            name = name_of(f"S-1-5-21-0-0-0-{group}") or "groupe intégré"
            yield Fault(index, f"groupe principal {group} ({name})", 1, domain)
    yield from _unread(case, domain)


@control("primary_group_id_nochange", PRIMARY)
def primary_group_id_nochange(case: Case, domain: int) -> Iterator[Fault | Unknown]:
    for index, group in _unusual(case, domain):
        yield Fault(index, f"groupe principal {group}", 3, domain)
    yield from _unread(case, domain)


def _unusual(case: Case, domain: int) -> Iterator[tuple[int, int]]:
    """Accounts whose primary group is not the one that Windows gives to their kind, with its RID."""
    objects = case.collection.objects
    found = case.of(domain, *ACCOUNTS)
    groups, uac = objects.primary_group[found], case.flag(found, people.CONTROLLER | people.PARTIAL_SECRETS)
    users = np.isin(found, case.of(domain, "user", "inetorgperson"))
    expected = np.select(
        [(uac & people.CONTROLLER) != 0, (uac & people.PARTIAL_SECRETS) != 0],
        [DOMAIN_CONTROLLERS, READ_ONLY_CONTROLLERS],
        DOMAIN_COMPUTERS,
    )
    usual = np.where(users, np.isin(groups, (DOMAIN_USERS, DOMAIN_GUESTS)), groups == expected)
    odd = ~usual & (groups != MISSING)
    return zip(found[odd].tolist(), groups[odd].tolist(), strict=True)


def _unread(case: Case, domain: int) -> Iterator[Unknown]:
    """Every account has a primary group: where it cannot be read, somebody may have hidden it."""
    found = case.of(domain, *ACCOUNTS)
    count = int((case.collection.objects.primary_group[found] == MISSING).sum())
    if count:
        said = f"le groupe principal de {french.counted(count, 'compte')} n'a pas pu être lu"
        yield Unknown(domain, said, people.ORADAD_AS_ADMINISTRATOR)


@control("sidhistory_present", HISTORY)
def sidhistory_present(case: Case, domain: int) -> Iterator[Fault]:
    for index, sids in _history(case, domain):
        yield Fault(index, f"ancien SID {', '.join(sids)}", 3, domain)


@control("sidhistory_dangerous", HISTORY)
def sidhistory_dangerous(case: Case, domain: int) -> Iterator[Fault]:
    """A SID that every directory has, or of somebody privileged."""
    for index, sids in _history(case, domain):
        wrong = [sid for sid in sids if _is_powerful(case, sid)]
        if wrong:
            named = ", ".join(f"{sid} ({name_of(sid)})" if name_of(sid) else sid for sid in wrong)
            yield Fault(index, f"ancien SID d'un compte ou d'un groupe sensible : {named}", 2, domain)


def _history(case: Case, domain: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    for index, sids in case.collection.having("sidhistory"):
        if sids and people.domain_of(case, index) == domain:
            yield index, sids


def _is_powerful(case: Case, sid: str) -> bool:
    if not sid.startswith("S-1-5-21-"):
        return True
    known = case.collection.by_sid.get(sid, -1)
    number = sid.rpartition("-")[2]
    return (number.isdigit() and int(number) < OWN_RIDS) or (known >= 0 and bool(case.privileged[known]))


# Compatibility with what came before Windows 2000 ---------------------------------------------------------------------


@control("compatible_2000_anonymous", {"group": ("member",)})
def compatible_2000_anonymous(case: Case, domain: int) -> Iterator[Fault | Unknown]:
    for found in _compatible(case, domain):
        if isinstance(found, Unknown):
            yield found
        elif case.collection.objects.sid[found] == ANONYMOUS:
            yield Fault(found, "les connexions anonymes sont membres du groupe", 2, domain)


@control("compatible_2000_not_default", {"group": ("member",)})
def compatible_2000_not_default(case: Case, domain: int) -> Iterator[Fault | Unknown]:
    for found in _compatible(case, domain):
        if isinstance(found, Unknown):
            yield found
        elif case.collection.objects.sid[found] != AUTHENTICATED:
            yield Fault(found, "membre du groupe Accès compatible pré-Windows 2000", 3, domain)


def _compatible(case: Case, domain: int) -> Iterator[int | Unknown]:
    """The direct members of the group."""
    group = case.collection.principal(COMPATIBLE, domain)
    if group < 0:
        said = "le groupe Accès compatible pré-Windows 2000 n'est pas dans la collecte"
        yield Unknown(domain, said, "une collecte ORADAD du domaine")
    else:
        yield from case.collection.members.row(group).tolist()


# Loops ----------------------------------------------------------------------------------------------------------------


@control("group_loop", {"group": ("member",)})
def group_loop(case: Case, domain: int) -> Iterator[Fault]:
    """One fault for each set of groups that contain each other, in the domain of the first of them."""
    objects = case.collection.objects
    for loop in _loops(*_nested(case)):
        if people.domain_of(case, loop[0]) == domain:
            names = ", ".join(objects.name[index] for index in loop)
            said = f"groupes qui se contiennent les uns les autres : {names}" if loop[1:] else "membre de lui-même"
            yield Fault(loop[0], said, 4, domain)


def _nested(case: Case) -> tuple[people.Indices, people.Indices]:
    """(group, group that it contains), without those that no loop can go through."""
    members = case.collection.members
    is_group = np.zeros(len(case.collection.objects), np.bool_)
    is_group[case.collection.of("group")] = True
    owners = np.repeat(np.arange(len(is_group)), np.diff(members.starts))
    kept = is_group[owners] & is_group[members.values]
    owners, inside = owners[kept], members.values[kept].astype(np.int64)
    while True:
        kept = np.isin(owners, inside) & np.isin(inside, owners)
        if kept.all():
            return owners, inside
        owners, inside = owners[kept], inside[kept]


def _loops(owners: people.Indices, inside: people.Indices) -> Iterator[list[int]]:
    """Sets of groups of which each is inside each other, in ascending order."""
    down: dict[int, list[int]] = {}
    up: dict[int, list[int]] = {}
    for owner, member in zip(owners.tolist(), inside.tolist(), strict=True):
        down.setdefault(owner, []).append(member)
        up.setdefault(member, []).append(owner)
    left = set(down)
    for start in sorted(down):
        if start in left:
            loop = _reached(down, start) & _reached(up, start)
            left -= loop
            if loop:
                yield sorted(loop)


def _reached(rows: dict[int, list[int]], start: int) -> set[int]:
    """Not ``start`` itself, unless something leads back to it."""
    reached: set[int] = set()
    waiting = list(rows.get(start, ()))
    while waiting:
        one = waiting.pop()
        if one not in reached:
            reached.add(one)
            waiting.extend(rows.get(one, ()))
    return reached
