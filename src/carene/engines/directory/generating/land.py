# SPDX-License-Identifier: EUPL-1.2
"""The heart of an invented domain: what every domain has, in good order, before anything is spoilt."""

from __future__ import annotations

import struct
from typing import Any

from carene.engines.directory.generating.made import (
    DAY,
    GET_CHANGES,
    GET_CHANGES_ALL,
    PROTECTED,
    Access,
    Made,
    extended,
    full,
    guid,
    read,
)

ALLOW_UPDATE, SECURE = 2, 2  # of dNSProperty: its number, and « secure updates only »
SYSTEM, AUTHENTICATED, CONTROLLERS = "S-1-5-18", "S-1-5-11", "S-1-5-9"
BUILTIN = {
    544: "Administrateurs", 545: "Utilisateurs", 546: "Invités", 548: "Opérateurs de compte",
    549: "Opérateurs de serveur", 550: "Opérateurs d'impression", 551: "Opérateurs de sauvegarde",
    552: "Duplicateurs", 554: "Accès compatible pré-Windows 2000",
}  # fmt: skip
GROUPS = {
    512: "Admins du domaine", 513: "Utilisateurs du domaine", 514: "Invités du domaine", 515: "Ordinateurs du domaine",
    516: "Contrôleurs de domaine", 517: "Éditeurs de certificats", 518: "Administrateurs du schéma",
    519: "Administrateurs de l'entreprise", 520: "Propriétaires créateurs de la stratégie de groupe",
    521: "Contrôleurs de domaine en lecture seule", 525: "Protected Users", 526: "Administrateurs clés",
    527: "Administrateurs clés Enterprise", 553: "Serveurs RAS et IAS",
    571: "Groupe de réplication dont le mot de passe RODC est autorisé",
    572: "Groupe de réplication dont le mot de passe RODC est refusé", 1101: "DnsAdmins",
}  # fmt: skip
FOREST_ONLY = {518, 519, 527}
PERSON = ("top", "person", "organizationalPerson", "user")
MACHINE = (*PERSON, "computer")
NORMAL, DISABLED, SERVER, DELEGATES, WORKSTATION = 0x200, 0x2, 0x2000, 0x80000, 0x1000
AES = 24


class Land:
    """One domain. ``objects``: its own by DN in lower case; what is many is drawn later (``crowd``)."""

    def __init__(self, name: str, number: int, now: int, root: Land | None = None) -> None:
        self.name, self.now = name, now
        self.netbios = name.partition(".")[0].upper()
        self.dn = ",".join(f"DC={part}" for part in name.split("."))
        self.sid = f"S-1-5-21-{1_000_000 + number * 7_919}-{2_000_000 + number * 104_729}-{3_000_000 + number}"
        self.root = root or self
        self.objects: dict[str, Made] = {}
        self.admins: list[Made] = []
        self.controllers: list[Made] = []
        everything = tuple(full(who) for who in (SYSTEM, self.rid(512), self.root.rid(519), "S-1-5-32-544"))
        self.access = Access(self.rid(512), (*everything, read(AUTHENTICATED)))
        self.guarded = self.access._replace(control=PROTECTED)
        self._build()

    # Names ----------------------------------------------------------------------------------------------------------

    def rid(self, number: int) -> str:
        return f"{self.sid}-{number}"

    @property
    def configuration(self) -> str:
        return f"CN=Configuration,{self.root.dn}"

    def at(self, dn: str) -> Made:
        return self.objects[dn.lower()]

    def group(self, number: int) -> Made:
        if number in BUILTIN:
            return self.at(f"CN={BUILTIN[number]},CN=Builtin,{self.dn}")
        return self.at(f"CN={GROUPS[number]},CN=Users,{self.dn}")

    # Objects --------------------------------------------------------------------------------------------------------

    def put(
        self,
        dn: str,
        *classes: str,
        access: Access | None = None,
        partition: str = "domain",
        **values: Any,
    ) -> Made:
        """``values``: « _ » of names stands for « - »."""
        given = {name.replace("_", "-"): value for name, value in values.items() if value is not None}
        given.setdefault("whencreated", self.now - 900 * DAY)
        given["objectguid"] = guid(dn)
        made = Made(dn, ("top", *classes) if classes[0] != "top" else classes, given, access or self.access, partition)
        (self if partition in {"domain", "domaindns"} else self.root).objects[dn.lower()] = made
        return made

    def account(self, cn: str, rid: int, *, under: str = "", **values: Any) -> Made:
        """An enabled user in good order; ``values`` over it."""
        told: dict[str, Any] = {
            "samaccountname": cn.lower().replace(" ", "."), "objectsid": self.rid(rid), "useraccountcontrol": NORMAL,
            "primarygroupid": 513, "pwdlastset": self.now - 40 * DAY, "lastlogontimestamp": self.now - 3 * DAY,
            "msds_supportedencryptiontypes": AES, **values,
        }  # fmt: skip
        return self.put(f"CN={cn},{under or 'CN=Users,' + self.dn}", *PERSON, **told)

    def machine(self, cn: str, rid: int, *, under: str = "", **values: Any) -> Made:
        told: dict[str, Any] = {
            "samaccountname": f"{cn}$", "objectsid": self.rid(rid), "useraccountcontrol": WORKSTATION,
            "primarygroupid": 515, "pwdlastset": self.now - 12 * DAY, "lastlogontimestamp": self.now - 2 * DAY,
            "operatingsystem": "Windows Server 2022 Standard", "operatingsystemversion": "10.0 (20348)",
            "dnshostname": f"{cn.lower()}.{self.name}", "msds_supportedencryptiontypes": AES, **values,
        }  # fmt: skip
        return self.put(f"CN={cn},{under or 'CN=Computers,' + self.dn}", *MACHINE, **told)

    def join(self, group: Made, *members: Made) -> None:
        listed = group.values.setdefault("member", ())
        for member in members:
            if member.dn not in listed:
                group.values["member"] = (*group.values["member"], member.dn)
                member.member_of.append(group.dn)

    def leave(self, group: Made, member: Made) -> None:
        group.values["member"] = tuple(dn for dn in group.values["member"] if dn != member.dn)
        member.member_of.remove(group.dn)

    # The whole ------------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        replicates = tuple(
            extended(who, right, name)
            for who in (CONTROLLERS, "S-1-5-32-544")
            for right, name in ((GET_CHANGES, "GetChanges"), (GET_CHANGES_ALL, "GetChangesAll"))
        )
        self.put(
            self.dn, "domain", "domainDNS", access=self.access.plus(*replicates), objectsid=self.sid,
            msds_behavior_version=7, ms_ds_machineaccountquota=0, minpwdlength=14, maxpwdage=365 * DAY, pwdproperties=1,
            pwdhistorylength=24, lockoutthreshold=10, lockoutduration=1_800,
            msds_expirepasswordsonsmartcardonlyaccounts=True, gplink="",
        )  # fmt: skip
        for name in ("Users", "Computers", "Builtin", "System", "ForeignSecurityPrincipals"):
            self.put(f"CN={name},{self.dn}", "builtinDomain" if name == "Builtin" else "container")
        self.put(f"OU=Domain Controllers,{self.dn}", "organizationalUnit")
        self.put(f"CN=AdminSDHolder,CN=System,{self.dn}", "container", access=self.guarded)
        self.put(f"CN=MicrosoftDNS,CN=System,{self.dn}", "container")
        self.put(f"CN=BCKUPKEY_P Secret,CN=System,{self.dn}", "leaf", "secret", access=self.guarded)
        self._groups()
        self._people()
        self._controllers()
        self._policies()
        self._replication()

    def _groups(self) -> None:
        for number, name in BUILTIN.items():
            sid = f"S-1-5-32-{number}"
            self.put(f"CN={name},CN=Builtin,{self.dn}", "group", samaccountname=name, objectsid=sid,
                     grouptype=-2147483643, admincount=1 if number not in {545, 546, 554} else None,
                     access=self.guarded)  # fmt: skip
        for number, name in GROUPS.items():
            if number in FOREST_ONLY and self.root is not self:
                continue
            self.put(f"CN={name},CN=Users,{self.dn}", "group", samaccountname=name, objectsid=self.rid(number),
                     grouptype=-2147483646, admincount=1 if number in {512, 516, 518, 519, 521} else None,
                     access=self.guarded)  # fmt: skip
        everyone = self.foreign(AUTHENTICATED)
        self.join(self.group(554), everyone)
        self.join(self.group(544), self.group(512), *([self.group(519)] if self.root is self else []))

    def foreign(self, sid: str) -> Made:
        return self.put(f"CN={sid},CN=ForeignSecurityPrincipals,{self.dn}", "foreignSecurityPrincipal", objectsid=sid)

    def _people(self) -> None:
        first = self.account("Administrateur", 500, admincount=1, access=self.guarded)
        self.join(self.group(544), first)
        for number in [512, 518, 519] if self.root is self else [512]:
            self.join(self.group(number), first)
        self.account("Invité", 501, useraccountcontrol=NORMAL | DISABLED | 0x20, primarygroupid=514)
        krbtgt = self.account("krbtgt", 502, useraccountcontrol=NORMAL | DISABLED, admincount=1, access=self.guarded,
                              lastlogontimestamp=0, serviceprincipalname=("kadmin/changepw",),
                              pwdlastset=self.now - 120 * DAY)  # fmt: skip
        self.admins = [first]
        for number, cn in enumerate(("Adm Morel", "Adm Caron", "Adm Lemaire")):
            self.admin(cn, 1_110 + number)
        denied = [self.group(number) for number in (512, 516, 517, 520, 521)] + [krbtgt]
        if self.root is self:
            denied += [self.group(518), self.group(519)]
        self.join(self.group(572), *denied)
        if self.root is not self:  # those of the root, that do not list in return a local group of another domain
            group = self.group(572).values
            group["member"] = (*group["member"], *(self.root.group(number).dn for number in (518, 519)))
        self.join(self.group(525), first)

    def admin(self, cn: str, rid: int) -> Made:
        made = self.account(cn, rid, admincount=1, access=self.guarded)
        self.join(self.group(512), made)
        self.join(self.group(525), made)
        self.admins.append(made)
        return made

    def _controllers(self) -> None:
        for number in (1, 2):
            made = self.machine(
                f"DC{number:02}", 1_000 + number, under=f"OU=Domain Controllers,{self.dn}", primarygroupid=516,
                useraccountcontrol=SERVER | DELEGATES, access=self.guarded,
                serviceprincipalname=(f"ldap/dc{number:02}.{self.name}", f"HOST/dc{number:02}.{self.name}"),
            )  # fmt: skip
            server = f"CN=DC{number:02}-{self.netbios},CN=Servers,CN=Site-Principal,CN=Sites,{self.configuration}"
            self.put(server, "server", partition="configuration", serverreference=made.dn,
                     dnshostname=made.values["dnshostname"])  # fmt: skip
            self.put(f"CN=NTDS Settings,{server}", "applicationSettings", "nTDSDSA", partition="configuration",
                     msds_behavior_version=7, options=1, msds_hasdomainncs=(self.dn,))  # fmt: skip
            self.controllers.append(made)

    def _policies(self) -> None:
        system = f"CN=Policies,CN=System,{self.dn}"
        self.put(system, "container")
        links = {"31B2F340-016D-11D2-945F-00C04FB984F9": self.dn,
                 "6AC1786C-016F-11D2-945F-00C04FB984F9": f"OU=Domain Controllers,{self.dn}"}  # fmt: skip
        for policy, target in links.items():
            made = self.put(
                f"CN={{{policy}}},{system}", "container", "groupPolicyContainer", access=self.guarded,
                displayname="Stratégie par défaut",
                gpcfilesyspath=rf"\\{self.name}\SysVol\{self.name}\Policies\{{{policy}}}",
            )  # fmt: skip
            self.at(target).values["gplink"] = f"[LDAP://{made.dn};0]"

    def _replication(self) -> None:
        """Of SYSVOL by DFSR, what prepared the domain, and its zones of DNS."""
        system = f"CN=System,{self.dn}"
        owner = f"CN=NTDS Settings,CN=DC01-{self.netbios},CN=Servers,CN=Site-Principal,CN=Sites,{self.configuration}"
        self.put(f"CN=RID Manager$,{system}", "rIDManager", fsmoroleowner=owner, access=self.guarded)
        self.put(f"CN=DomainUpdates,{system}", "container")
        self.put(f"CN=ActiveDirectoryUpdate,CN=DomainUpdates,{system}", "container", revision=16)
        settings = f"CN=DFSR-GlobalSettings,{system}"
        self.put(settings, "msDFSR-GlobalSettings", access=self.guarded)
        for controller in self.controllers:
            below = f"CN=Domain System Volume,CN=DFSR-LocalSettings,{controller.dn}"
            self.put(f"CN=DFSR-LocalSettings,{controller.dn}", "msDFSR-LocalSettings")
            self.put(f"CN=SYSVOL Subscription,{below}", "msDFSR-Subscriber")
        self.zone(self.name, f"DC=DomainDnsZones,{self.dn}", "domaindns")
        if self.root is self:
            self.zone(f"_msdcs.{self.name}", f"DC=ForestDnsZones,{self.dn}", "forestdns")

    def zone(self, name: str, base: str, partition: str, update: int = SECURE) -> Made:
        """``update``: what the zone accepts (2: from who is authenticated; 1: from anyone)."""
        told = struct.pack("<5I", 4, 0, 0, 1, ALLOW_UPDATE) + struct.pack("<IB", update, 0)
        return self.put(f"DC={name},CN=MicrosoftDNS,{base}", "dnsZone", partition=partition, dnsproperty=(told,))
