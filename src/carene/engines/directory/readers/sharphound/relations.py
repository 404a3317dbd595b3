# SPDX-License-Identifier: EUPL-1.2
"""What an object of SharpHound says of others: rights, sessions, local groups, delegations, trusts, links.

Anything may be missing or of another shape, from one version to the next: what has not the shape expected is passed
over, and counted where it would have told a right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from carene.engines.directory.building import Builder
from carene.engines.directory.model import EdgeKind
from carene.engines.directory.readers.sharphound.kinds import LOCAL, LOCAL_V4, RIGHTS

WITHIN_FOREST = {"parentchild", "treeroot", "crosslink", "0", "1"}  # TrustType, spelled or by its number
OUTBOUND = {"outbound", "bidirectional", "2", "3"}
INBOUND = {"inbound", "bidirectional", "1", "3"}
Record = Mapping[str, Any]


def mappings(value: Any) -> Iterator[Record]:
    """The objects of a list, or of the « Results » of what was collected."""
    if isinstance(value, Mapping):
        value = value.get("Results") or value.get("Data")
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, Mapping))


def identifiers(value: Any) -> Iterator[str]:
    """Lists of objects, or of identifiers alone (older versions)."""
    if isinstance(value, Mapping):
        value = value.get("Results")
    for one in value if isinstance(value, list) else ():
        found = one.get("ObjectIdentifier") if isinstance(one, Mapping) else one
        if isinstance(found, str) and found:
            yield found


class Relations:
    """Tells a builder the edges of each object; ``unknown`` counts the rights that have no name here."""

    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self.unknown: Counter[str] = Counter()

    def of(self, own: str, kind: str, record: Record) -> None:
        edge = self._builder.edge
        self.rights(own, record.get("Aces"))
        for target in identifiers(record.get("HasSIDHistory")):
            edge(own, target, EdgeKind.HAS_SID_HISTORY)
        for target in identifiers(record.get("AllowedToDelegate")):
            if "/" not in target:  # the first versions left names of services there
                edge(own, target, EdgeKind.ALLOWED_TO_DELEGATE)
        if kind == "groups":
            for member in identifiers(record.get("Members")):
                self._builder.member(own, member)
        elif kind == "users":
            self._services(own, record)
        elif kind == "computers":
            self._computer(own, record)
        elif kind in {"domains", "ous"}:
            self._linked(own, record)
        elif kind == "enterprisecas":
            self._authority(own, record)
        if kind == "domains":
            self._trusts(own, record)

    def rights(self, own: str, aces: Any) -> None:
        for ace in mappings(aces):
            right, principal = str(ace.get("RightName", "")), ace.get("PrincipalSID")
            kinds = RIGHTS.get(right.lower())
            if kinds is None:
                self.unknown[right] += 1
            elif isinstance(principal, str) and principal:
                for kind in kinds:
                    self._builder.edge(principal, own, kind)

    def _services(self, own: str, record: Record) -> None:
        for target in mappings(record.get("SPNTargets")):
            computer = target.get("ComputerSID")
            if isinstance(computer, str) and str(target.get("Service", "")).lower() == "sqladmin":
                self._builder.edge(own, computer, EdgeKind.SQL_ADMIN)

    def _computer(self, own: str, record: Record) -> None:
        edge = self._builder.edge
        users = {
            session["UserSID"]
            for name in ("Sessions", "PrivilegedSessions", "RegistrySessions")
            for session in mappings(record.get(name))
            if isinstance(session.get("UserSID"), str) and session.get("ComputerSID", own) == own
        }
        for user in sorted(users):
            edge(own, user, EdgeKind.HAS_SESSION)
        for group in mappings(record.get("LocalGroups")):
            given = LOCAL.get(str(group.get("ObjectIdentifier", "")).rpartition("-")[2])
            if given:
                for member in identifiers(group):
                    edge(member, own, given)
        for name, kind in LOCAL_V4.items():
            for member in identifiers(record.get(name)):
                edge(member, own, kind)
        for principal in identifiers(record.get("AllowedToAct")):
            edge(principal, own, EdgeKind.ALLOWED_TO_ACT)
        for account in identifiers(record.get("DumpSMSAPassword")):
            edge(own, account, EdgeKind.DUMP_SERVICE_ACCOUNT)

    def _linked(self, own: str, record: Record) -> None:
        for link in mappings(record.get("Links")):
            if isinstance(link.get("GUID"), str):
                self._builder.edge(link["GUID"], own, EdgeKind.GP_LINK)
        changes = record.get("GPOChanges")
        if isinstance(changes, Mapping):
            computers = list(identifiers(changes.get("AffectedComputers")))
            for name, kind in LOCAL_V4.items():
                for principal in identifiers(changes.get(name)):
                    for computer in computers:
                        self._builder.edge(principal, computer, kind)

    def _authority(self, own: str, record: Record) -> None:
        host = record.get("HostingComputer")
        if isinstance(host, str) and host:
            self._builder.edge(host, own, EdgeKind.HOSTS_CA)
        registry = record.get("CARegistryData")
        if isinstance(registry, Mapping):
            self.rights(own, registry.get("CASecurity"))

    def _trusts(self, own: str, record: Record) -> None:
        """Who holds the other domain can reach this one: it trusts without a filter, or lends its tickets."""
        for trust in mappings(record.get("Trusts")):
            other = trust.get("TargetDomainSid")
            if not isinstance(other, str) or not other.upper().startswith("S-1-5-21-"):
                continue
            self._builder.domain(str(trust.get("TargetDomainName") or ""), other)
            direction = str(trust.get("TrustDirection", "")).lower()
            if str(trust.get("TrustType", "")).lower() in WITHIN_FOREST:
                self._builder.edge(other, own, EdgeKind.SAME_FOREST)
                self._builder.edge(own, other, EdgeKind.SAME_FOREST)
                continue
            if direction in OUTBOUND and trust.get("SidFilteringEnabled") is False:
                self._builder.edge(other, own, EdgeKind.TRUST_SID_HISTORY)
            if direction in INBOUND and trust.get("TGTDelegationEnabled") is True:
                self._builder.edge(other, own, EdgeKind.TRUST_TGT_DELEGATION)
