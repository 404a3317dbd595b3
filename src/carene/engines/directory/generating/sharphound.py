# SPDX-License-Identifier: EUPL-1.2
"""An invented forest written as SharpHound 2 writes a real one (version 6): one zip, one JSON a kind and a domain."""

from __future__ import annotations

import datetime as dt
import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from carene.engines.directory.generating import Forest
from carene.engines.directory.generating.land import Land
from carene.engines.directory.generating.made import Made
from carene.engines.directory.readers.sharphound.kinds import (
    AuthorityFlag,
    EnrollmentFlag,
    NameFlag,
)

METHODS = 521_215
KINDS: Mapping[str, str] = {
    "domaindns": "domains", "container": "containers", "organizationalunit": "ous", "grouppolicycontainer": "gpos",
    "group": "groups", "user": "users", "computer": "computers", "msds-groupmanagedserviceaccount": "users",
    "pkicertificatetemplate": "certtemplates", "pkienrollmentservice": "enterprisecas",
}  # fmt: skip
AUTHORITIES = {"ntauthcertificates": "ntauthstores", "cn=aia": "aiacas"}
Record = dict[str, Any]


def write_sharphound(forest: Forest, folder: Path) -> Path:
    """Writes one zip below ``folder``; each domain is a run of its own, a minute after the one before."""
    path = folder / "BloodHound.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number, land in enumerate(forest.lands):
            moment = dt.datetime.fromtimestamp(forest.collected_at + 60 * number, dt.UTC)
            scribe = _Scribe(forest, land)
            for kind in dict.fromkeys([*KINDS.values(), "ntauthstores", "aiacas", "rootcas"]):
                with archive.open(f"{moment:%Y%m%d%H%M%S}_{kind}.json", "w", force_zip64=True) as stream:
                    count = 0
                    stream.write(b'\xef\xbb\xbf{"data":[')
                    for record in scribe.records(kind):
                        stream.write((b"," if count else b"") + json.dumps(record).encode())
                        count += 1
                    meta = {"methods": METHODS, "type": kind, "count": count, "version": 6}
                    stream.write(b'],"meta":' + json.dumps(meta).encode() + b"}")
    return path


def _kind(made: Made) -> str:
    if made.structural == "certificationauthority":
        found = (kind for mark, kind in AUTHORITIES.items() if mark in made.dn.lower())
        return next(found, "rootcas")
    return KINDS.get(made.structural, "")


class _Scribe:
    def __init__(self, forest: Forest, land: Land) -> None:
        self._forest, self._land = forest, land
        # DN → identifier, of the principals: those of the root may be members here
        self._sids = {
            made.dn: str(made.values["objectsid"])
            for made in land.root.objects.values()
            if str(made.values.get("objectsid", "")).startswith("S-1-5-21-")
        }
        self._by_host: dict[str, str] = {}
        self._templates: dict[str, str] = {}
        for made in forest.objects(land):
            if "objectsid" in made.values:
                self._sids[made.dn] = self.identifier(made)
            if made.structural == "computer" and "dnshostname" in made.values:
                self._by_host[made.values["dnshostname"].lower()] = self.identifier(made)
            if made.structural == "pkicertificatetemplate":
                self._templates[made.values["cn"]] = self.identifier(made)

    def identifier(self, made: Made) -> str:
        sid = made.values.get("objectsid")
        return self.scoped(sid) if sid else str(made.values["objectguid"]).upper()

    def scoped(self, sid: str) -> str:
        return sid if sid.startswith("S-1-5-21-") else f"{self._land.name.upper()}-{sid}"

    def records(self, kind: str) -> Iterator[Record]:
        for made in self._forest.objects(self._land):
            if _kind(made) == kind:
                yield self._record(kind, made)

    def _record(self, kind: str, made: Made) -> Record:
        record: Record = {
            "ObjectIdentifier": self.identifier(made),
            "Properties": self._properties(kind, made),
            "Aces": self._aces(made),
            "IsDeleted": False,
            "IsACLProtected": bool(made.access and made.access.control),
            "ContainedBy": None,
        }
        if kind in {"users", "computers"}:
            group = made.values.get("primarygroupid")
            record["PrimaryGroupSID"] = f"{self._land.sid}-{group}" if group else None
            record["HasSIDHistory"] = [_typed(one) for one in made.values.get("sidhistory", ())]
            record["AllowedToDelegate"] = self._delegates(made)
        if kind == "groups":
            members = (self._sids.get(dn) for dn in made.values.get("member", ()))
            record["Members"] = [_typed(one) for one in members if one]
        elif kind == "computers":
            nothing = {"Results": [], "Collected": True, "FailureReason": None}
            record |= dict.fromkeys(("Sessions", "PrivilegedSessions", "RegistrySessions"), nothing)
            record |= {"LocalGroups": [], "UserRights": [], "AllowedToAct": [], "DumpSMSAPassword": []}
        elif kind == "domains":
            record["Trusts"] = [_trust(one) for one in self._land.objects.values() if one.structural == "trusteddomain"]
        elif kind == "enterprisecas":
            published = (self._templates.get(name) for name in made.values.get("certificatetemplates", ()))
            record["EnabledCertTemplates"] = [_typed(one) for one in published if one]
        if kind in {"domains", "ous"}:
            record["Links"] = self._links(made)
        return record

    def _properties(self, kind: str, made: Made) -> Record:
        values, land = made.values, self._land
        told: Record = {
            "domain": land.name.upper(), "name": f"{_first(made)}@{land.name}".upper(), "domainsid": land.sid,
            "distinguishedname": made.dn.upper(), "whencreated": values["whencreated"],
            "description": values.get("description"), "isaclprotected": bool(made.access and made.access.control),
        }  # fmt: skip
        if kind in {"users", "computers", "groups"}:
            told |= {"samaccountname": values.get("samaccountname"), "admincount": values.get("admincount") == 1}
        if kind in {"users", "computers"}:
            told |= _account(values)
        if made.structural == "msds-groupmanagedserviceaccount":
            told["gmsa"] = True
        if kind == "computers":
            told["operatingsystem"] = values.get("operatingsystem")
            told["isdc"] = bool(values["useraccountcontrol"] & 0x2000)
        elif kind == "domains":
            told |= {"functionallevel": {6: "2012 R2", 7: "2016"}[values["msds-behavior-version"]], "collected": True}
        elif kind == "certtemplates":
            told |= _template(values)
        elif kind == "enterprisecas":
            told |= {"caname": values["cn"], "flags": _spelled(AuthorityFlag, values["flags"]),
                     "dnshostname": values["dnshostname"]}  # fmt: skip
        elif kind == "gpos":
            told["gpcpath"] = values["gpcfilesyspath"].upper()
        elif kind == "ous":
            told["blocksinheritance"] = values.get("gpoptions") == 1
        return told

    def _aces(self, made: Made) -> list[Record]:
        if made.access is None:
            return []
        owner = {"PrincipalSID": self.scoped(made.access.owner), "PrincipalType": "Base", "RightName": "Owns",
                 "IsInherited": False}  # fmt: skip
        return [owner] + [
            {"PrincipalSID": self.scoped(one.trustee), "PrincipalType": "Base", "RightName": one.right,
             "IsInherited": False}
            for one in made.access.grants
            if one.right
        ]  # fmt: skip

    def _delegates(self, made: Made) -> list[Record]:
        hosts = {one.partition("/")[2].lower() for one in made.values.get("msds-allowedtodelegateto", ())}
        return [_typed(self._by_host[host]) for host in sorted(hosts) if host in self._by_host]

    def _links(self, made: Made) -> list[Record]:
        linked = made.values.get("gplink") or ""
        return [
            {"IsEnforced": False, "GUID": str(policy.values["objectguid"]).upper()}
            for policy in self._land.objects.values()
            if policy.structural == "grouppolicycontainer" and policy.dn.lower() in linked.lower()
        ]


def _account(values: Mapping[str, Any]) -> Record:
    flags = values["useraccountcontrol"]
    bits = {"enabled": 0x2, "unconstraineddelegation": 0x80000, "trustedtoauth": 0x1000000, "dontreqpreauth": 0x400000,
            "passwordnotreqd": 0x20, "pwdneverexpires": 0x10000, "sensitive": 0x100000}  # fmt: skip
    told: Record = {name: bool(flags & bit) for name, bit in bits.items()}
    told["enabled"] = not told["enabled"]
    return told | {
        "pwdlastset": values.get("pwdlastset", -1),
        "lastlogontimestamp": values.get("lastlogontimestamp") or -1,
        "lastlogon": 0,
        "serviceprincipalnames": list(values.get("serviceprincipalname", ())),
        "sidhistory": list(values.get("sidhistory", ())),
        "allowedtodelegate": list(values.get("msds-allowedtodelegateto", ())),
    }


def _template(values: Mapping[str, Any]) -> Record:
    return {
        "displayname": values["displayname"], "schemaversion": values["mspki-template-schema-version"],
        "certificatenameflag": _spelled(NameFlag, values["mspki-certificate-name-flag"]),
        "enrollmentflag": _spelled(EnrollmentFlag, values["mspki-enrollment-flag"]),
        "ekus": list(values["pkiextendedkeyusage"]), "authorizedsignatures": values["mspki-ra-signature"],
    }  # fmt: skip


def _spelled(names: Any, value: int) -> str:
    return ", ".join(one.name for one in names if one.value and value & one.value) or "NONE"


def _trust(made: Made) -> Record:
    attributes, direction = made.values["trustattributes"], made.values["trustdirection"]
    return {
        "TargetDomainSid": made.values["securityidentifier"], "TargetDomainName": made.values["trustpartner"].upper(),
        "IsTransitive": bool(attributes & 0x8), "SidFilteringEnabled": bool(attributes & 0x4),
        "TrustDirection": {1: "Inbound", 2: "Outbound", 3: "Bidirectional"}[direction], "TrustType": "External",
        "TrustAttributes": str(attributes), "TGTDelegationEnabled": bool(attributes & 0x800),
    }  # fmt: skip


def _typed(identifier: str) -> Record:
    return {"ObjectIdentifier": identifier, "ObjectType": "Base"}


def _first(made: Made) -> str:
    return made.dn.partition("=")[2].partition(",")[0]
