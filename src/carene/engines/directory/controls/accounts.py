# SPDX-License-Identifier: EUPL-1.2
"""Accounts: what their flags allow, those that nobody uses any more, the policy that the powerful are under."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from carene.engines import french
from carene.engines.directory.control_pack import threshold
from carene.engines.directory.controls import people
from carene.engines.directory.controls.case import ACCOUNTS, DAY, USERS, Case
from carene.engines.directory.controls.contract import Fault, Unknown, control, forest_control, unread
from carene.engines.directory.model import MISSING, Mask
from carene.engines.directory.wellknown import GUEST

UAC = ("useraccountcontrol",)
AGES = ("useraccountcontrol", "pwdlastset", "lastlogontimestamp", "whencreated")


@control("guest", {"user": UAC})
def guest(case: Case, domain: int) -> Iterator[Fault | Unknown]:
    index = case.collection.in_domain(GUEST, domain)
    if index < 0 or case.collection.objects.uac[index] == MISSING:
        yield Unknown(domain, "le compte Invité n'a pas pu être lu", people.ORADAD_AS_ADMINISTRATOR)
    else:
        yield from people.faults(case.enabled(np.array([index])), "compte Invité actif", 2, domain)


@control("dont_expire_priv", {"user": UAC})
def dont_expire_priv(case: Case, domain: int) -> Iterator[Fault | Unknown]:
    yield from _with_flag(case, domain, people.NEVER_EXPIRES, "mot de passe qui n'expire jamais", 1)


@control("reversible_password_priv_uac", {"user": UAC})
def reversible_password_priv_uac(case: Case, domain: int) -> Iterator[Fault | Unknown]:
    yield from _with_flag(case, domain, people.REVERSIBLE, "mot de passe gardé sous une forme déchiffrable", 3)


@control("kerberos_properties_preauth_priv", {"user": UAC})
def kerberos_properties_preauth_priv(case: Case, domain: int) -> Iterator[Fault | Unknown]:
    yield from _with_flag(case, domain, people.NO_PREAUTH, "préauthentification Kerberos non exigée", 1)


def _with_flag(case: Case, domain: int, bit: int, said: str, level: int) -> Iterator[Fault | Unknown]:
    found = people.privileged(case, domain)
    yield from people.faults(found[case.flag(found, bit) != 0], said, level, domain)
    yield from people.hidden(case, domain)


@forest_control("dont_expire", {"user": UAC})
def dont_expire(case: Case, domain: int) -> Iterator[Fault | Unknown]:
    among = case.enabled(case.of_forest(domain, *USERS))
    said = "mot de passe qui n'expire jamais"
    yield from _share(case, "dont_expire", domain, among, case.flag(among, people.NEVER_EXPIRES) != 0, said, 2)


@forest_control("user_accounts_dormant", {"user": AGES, "computer": AGES})
def user_accounts_dormant(case: Case, domain: int) -> Iterator[Fault | Unknown]:
    parts, dormant = [], []
    for one in case.forest(domain):
        found = case.enabled(case.of(one, *ACCOUNTS))
        years = (threshold("user_accounts_dormant", name) for name in ("password_years", "logon_years"))
        password, logon = (people.limit(case, one, years=count) for count in years)
        parts.append(found)
        dormant.append(people.older(people.password_set(case, found), password) & people.idle(case, found, logon))
    among, mask = np.concatenate(parts), np.concatenate(dormant)
    yield from _share(case, "user_accounts_dormant", domain, among, mask, "compte actif que personne n'utilise", 1)


def _share(
    case: Case, key: str, domain: int, among: people.Indices, mask: Mask, said: str, level: int
) -> Iterator[Fault | Unknown]:
    """Faults only when there are more of them than the control bears: the share, then each account."""
    read = case.collection.objects.uac[among] != MISSING
    hidden, most = int((~read).sum()), threshold(key, "share")
    among, mask = among[read], mask[read]
    count, total = int(mask.sum()), len(among)
    if count <= total * most:
        if count + hidden > (total + hidden) * most:  # those that were not read could make the difference
            yield people.unreadable(domain, hidden)
        return
    share = french.number(100 * count / total, 1)
    yield Fault(-1, f"{french.counted(count, 'compte')} sur {french.number(total)} ({share} %)", level, domain)
    for index in among[mask].tolist():
        yield Fault(index, said, level, people.domain_of(case, index))


@control("privileged_members_no_admincount", {"user": ("admincount", "useraccountcontrol")})
def privileged_members_no_admincount(case: Case, domain: int) -> Iterator[Fault | Unknown]:
    found = people.privileged(case, domain, managed=True)
    told = case.collection.objects.admin_count[found]
    yield from people.faults(found[(told == MISSING) | (told == 0)], "adminCount vide ou nul", 2, domain)
    yield from people.hidden(case, domain)


@control("privileged_members_password", {"user": UAC, "domaindns": ("maxpwdage", "minpwdlength")})
def privileged_members_password(case: Case, domain: int) -> Iterator[Fault | Unknown]:
    head = case.collection.domains[domain].head
    length = case.collection.value("minpwdlength", head)
    if head < 0 or length is None:
        yield Unknown(
            domain, "la politique de mot de passe du domaine n'a pas pu être lue", people.ORADAD_AS_ADMINISTRATOR
        )
        return
    common = people.Policy("politique du domaine", int(length), case.collection.value("maxpwdage", head))
    among = people.privileged(case, domain).tolist()
    absent = [
        f"msds-passwordsettings.{one}"
        for one in people.POLICY_NEEDS
        if not case.knows(domain, "?msds-passwordsettings", one)
    ]
    if among and absent and _weakness(common):  # a policy that was not read may apply to them
        yield unread(case, domain, absent)
        return
    fine = people.fine_policies(case, domain)
    for index in among:
        said = _weakness(fine.get(index, common))
        if said:
            yield Fault(index, said, 2, domain)
    yield from people.hidden(case, domain)


def _weakness(policy: people.Policy) -> str:
    key = "privileged_members_password"
    wrong = []
    if policy.length < threshold(key, "length"):
        wrong.append(f"{french.counted(policy.length, 'caractère')} au moins")
    if policy.max_age is None:
        wrong.append("aucun renouvellement imposé")
    elif policy.max_age > threshold(key, "years") * 366 * DAY:
        wrong.append(f"renouvellement tous les {french.days(policy.max_age // DAY)}")
    return f"{policy.name} : {', '.join(wrong)}" if wrong else ""
