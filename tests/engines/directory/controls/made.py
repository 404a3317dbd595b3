# SPDX-License-Identifier: EUPL-1.2
"""A healthy directory, in which a test then plants one fault: nothing else may be found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from carene.engines.directory.building import Builder
from carene.engines.directory.control_pack import control_texts
from carene.engines.directory.controls.case import DAY, Case
from carene.engines.directory.controls.catalogue import every
from carene.engines.directory.judging import Status, Verdict, judge
from carene.engines.directory.model import Edges, Gap, Source
from carene.engines.directory.privileged import privileged

NOW = int(dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC).timestamp())
NAME, ROOT = "ch.invalid", "DC=ch,DC=invalid"
CONFIG = f"CN=Configuration,{ROOT}"
TODAY = dt.date(2026, 3, 2)
YEARS_AGO = NOW - 5 * 366 * DAY
USER = {"useraccountcontrol": 512, "primarygroupid": 513, "pwdlastset": NOW - DAY, "lastlogontimestamp": NOW - DAY}
COMPUTER = {**USER, "useraccountcontrol": 0x1000, "primarygroupid": 515}
CONTROLLER = {**USER, "useraccountcontrol": 0x82000, "primarygroupid": 516, "msds-supportedencryptiontypes": 24}
GROUPS = {
    512: "Admins du domaine", 513: "Utilisateurs du domaine", 515: "Ordinateurs", 516: "Contrôleurs",
    517: "Éditeurs de certificats", 518: "Schéma", 519: "Entreprise", 520: "Stratégies", 521: "Lecture seule",
    525: "Protégés", 571: "Autorisés", 572: "Refusés",
}  # fmt: skip


class Hospital:
    """One domain that every control passes. ``add`` plants; ``without``: what its collection does not read."""

    def __init__(self, *, number: int = 0, builder: Builder | None = None, name: str = NAME) -> None:
        self.sid, self.root = f"S-1-5-21-1-2-{3 + number}", ",".join(f"DC={part}" for part in name.split("."))
        self.builder = builder or Builder()
        if builder is None:
            self.builder.begin()
        self.name = name
        source = Source("LDIF", "1", NOW, f"{name}.ldif")
        self.domain = self.builder.domain(name, self.sid, forest=NAME, source=source)
        self._people()
        self._settings()
        if name == NAME:
            self._forest()
        self.builder.reads_everything(self.domain)

    def add(self, structural: str, name: str, rid: int = 0, *, under: str = "", **values: Any) -> str:
        """Its DN. ``_`` in the name of a value stands for « - »."""
        dn = f"CN={name},{under or self.root}"
        told = {key.replace("_", "-"): value for key, value in values.items()}
        told = {"samaccountname": name, "whencreated": YEARS_AGO, **told}
        if rid:
            told["objectsid"] = f"{self.sid}-{rid}"
        self.builder.add(self.domain, structural, dn, told)
        return dn

    def user(self, name: str, rid: int, *, admin: bool = False, **values: Any) -> str:
        """``admin``: in the administrators of the domain, protected, in an enforced silo."""
        own: dict[str, Any] = {**USER}
        if admin:
            own |= {"admincount": 1, "msds-assignedauthnpolicysilo": f"CN=Silo,{self.root}"}
            for group in (512, 525):
                self.builder.member(f"{self.sid}-{group}", f"{self.sid}-{rid}")
        return self.add("user", name, rid, **{**own, **values})

    def _people(self) -> None:
        members = {
            572: [f"{self.sid}-{rid}" for rid in (502, 512, 516, 517, 518, 519, 520, 521)],
            512: [f"{self.sid}-500", f"{self.sid}-1001"],
            525: [f"{self.sid}-500", f"{self.sid}-1001"],
        }
        for rid, name in GROUPS.items():
            self.add("group", name, rid, member=tuple(members.get(rid, ())))
        compatible = {"objectsid": "S-1-5-32-554", "samaccountname": "Compatible", "member": ("S-1-5-11",)}
        self.builder.add(self.domain, "group", f"CN=Compatible,CN=Builtin,{self.root}", compatible)
        self.builder.add(self.domain, "foreignsecurityprincipal", f"CN=S-1-5-11,{self.root}", {"objectsid": "S-1-5-11"})
        silo = {"admincount": 1, "msds_assignedauthnpolicysilo": f"CN=Silo,{self.root}"}
        accounts = [
            self.add("user", name, rid, **USER, **silo) for name, rid in (("Administrateur", 500), ("a.dm", 1001))
        ]
        self.add("user", "Invité", 501, **{**USER, "useraccountcontrol": 514, "primarygroupid": 514})
        self.add("user", "krbtgt", 502, **{**USER, "useraccountcontrol": 514})
        self.add("msds-authnpolicysilo", "Silo", msds_authnpolicysiloenforced=True,
                 msds_authnpolicysilomembers=tuple(accounts))  # fmt: skip
        for rid in range(1100, 1120):
            self.user(f"agent{rid}", rid)
        dc = self.add("computer", "DC1", 1002, operatingsystem="Windows Server 2022 Standard", **CONTROLLER)
        server = self.add("server", "DC1", under=f"CN=Servers,CN=Site,CN=Sites,CN=Configuration,{self.root}",
                          serverreference=dc)  # fmt: skip
        self.add("ntdsdsa", "NTDS Settings", under=server, msds_behavior_version=7)
        self.add("computer", "SRV1", 1003, operatingsystem="Windows Server 2022 Standard", **COMPUTER)
        self.add("msdfsr-subscriber", "Domain System Volume", under=dc)

    def _settings(self) -> None:
        self.head = {
            "objectsid": self.sid, "msds-behavior-version": 7, "ms-ds-machineaccountquota": 0, "minpwdlength": 12,
            "maxpwdage": 365 * DAY, "pwdproperties": 1, "msds-expirepasswordsonsmartcardonlyaccounts": True,
        }  # fmt: skip
        self.set_head()
        self.add("container", "AdminSDHolder", under=f"CN=System,{self.root}")
        self.add("ridmanager", "RID Manager$", under=f"CN=System,{self.root}")
        updates = f"CN=DomainUpdates,CN=System,{self.root}"
        self.add("container", "ActiveDirectoryUpdate", under=updates, revision=16)

    def set_head(self, **values: Any) -> None:
        """None takes the attribute away."""
        told = {**self.head, **{key.replace("_", "-"): value for key, value in values.items()}}
        self.builder.add(self.domain, "domaindns", self.root, {k: v for k, v in told.items() if v is not None})

    def _forest(self) -> None:
        services = f"CN=Windows NT,CN=Services,{CONFIG}"
        heuristics = "0000000001000000000200000001130"
        self.add("ntdsservice", "Directory Service", under=services, dsheuristics=heuristics)
        self.add("crossrefcontainer", "Partitions", under=CONFIG, msds_behavior_version=7)
        menu = ("1,{6dfe6488-a212-11d0-bcd5-00c04fd8d5b6}", "2,&Outil,\\\\ch.invalid\\sysvol\\outil.vbs")
        self.add("displayspecifier", "user-Display", under=f"CN=40C,{CONFIG}", admincontextmenu=menu)
        zone = f"CN=MicrosoftDNS,DC=DomainDnsZones,{ROOT}"
        self.add("dnszone", NAME, under=zone, dnsproperty=(zone_property(2),))

    def case(self, *, without: Iterable[str] = ()) -> Case:
        """``without``: attributes that the collection could not read."""
        if without:
            self.builder.gaps.append(Gap("coupé", "", frozenset(without)))
        collection = self.builder.finish()
        return Case(collection, privileged(collection).mask, Edges.none())


def zone_property(updates: int) -> bytes:
    head = (1, 0, 0, 1, 2)
    return b"".join(number.to_bytes(4, "little") for number in head) + bytes([updates]) + b"\0"


def verdict(case: Case, key: str) -> Verdict:
    (found,) = judge(case, every(), {key: control_texts().controls[key].levels}, today=TODAY)
    assert {fault.level for fault in found.faults} <= set(found.levels), "a level that the pack does not know"
    return found


def named(case: Case, key: str) -> set[tuple[str, int]]:
    """(name of the object, level) of each fault; « » for the domain as a whole."""
    names = case.collection.objects.name
    return {(names[fault.index] if fault.index >= 0 else "", fault.level) for fault in verdict(case, key).faults}


def not_evaluated(case: Case, key: str) -> bool:
    found = verdict(case, key)
    return found.status is Status.NOT_EVALUATED and bool(found.reason)
