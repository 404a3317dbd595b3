# SPDX-License-Identifier: EUPL-1.2
"""A directory as collected: one row an object, columns in numpy, whichever collector read it.

Times are seconds UTC in int64; ages count from the collection of the domain, never from today. What was not read is
MISSING, which is neither zero nor « unset »: ``Knowledge`` tells what a collector could have read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

MISSING = -(2**62)  # in every column of integers: the attribute is not there
NEVER = 0  # in a column of times: never (a password to be changed, a logon that has not taken place)

Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]


class EdgeKind(StrEnum):
    """Who can do what to whom. An edge goes from who can to who falls; packs/directory says the rest."""

    MEMBER_OF = "member_of"
    CONTAINS = "contains"
    GP_LINK = "gp_link"
    OWNER = "owner"
    GENERIC_ALL = "generic_all"
    GENERIC_WRITE = "generic_write"
    WRITE_DACL = "write_dacl"
    WRITE_OWNER = "write_owner"
    ALL_EXTENDED = "all_extended"
    FORCE_PASSWORD = "force_password"
    ADD_MEMBER = "add_member"
    ADD_SELF = "add_self"
    WRITE_SPN = "write_spn"
    WRITE_KEY_CREDENTIAL = "write_key_credential"
    WRITE_ALT_IDENTITY = "write_alt_identity"
    WRITE_ALLOWED_TO_ACT = "write_allowed_to_act"
    WRITE_ACCOUNT_RESTRICTIONS = "write_account_restrictions"
    WRITE_MANAGED_BY = "write_managed_by"
    WRITE_GP_LINK = "write_gp_link"
    WRITE_LOGON_SCRIPT = "write_logon_script"
    MANAGED_BY = "managed_by"
    GET_CHANGES = "get_changes"
    GET_CHANGES_ALL = "get_changes_all"
    GET_CHANGES_FILTERED = "get_changes_filtered"
    DCSYNC = "dcsync"
    SYNC_LAPS = "sync_laps"
    READ_LAPS = "read_laps"
    READ_MANAGED_PASSWORD = "read_managed_password"
    ALLOWED_TO_DELEGATE = "allowed_to_delegate"
    ALLOWED_TO_ACT = "allowed_to_act"
    COERCE_TO_TGT = "coerce_to_tgt"
    HAS_SESSION = "has_session"
    ADMIN_TO = "admin_to"
    REMOTE_DESKTOP = "remote_desktop"
    REMOTE_POWERSHELL = "remote_powershell"
    REMOTE_DCOM = "remote_dcom"
    SQL_ADMIN = "sql_admin"
    DUMP_SERVICE_ACCOUNT = "dump_service_account"
    HAS_SID_HISTORY = "has_sid_history"
    TRUST_SID_HISTORY = "trust_sid_history"
    TRUST_TGT_DELEGATION = "trust_tgt_delegation"
    SAME_FOREST = "same_forest"
    ENROLL = "enroll"
    AUTO_ENROLL = "auto_enroll"
    MANAGE_CA = "manage_ca"
    MANAGE_CERTIFICATES = "manage_certificates"
    WRITE_PKI_NAME_FLAG = "write_pki_name_flag"
    WRITE_PKI_ENROLLMENT_FLAG = "write_pki_enrollment_flag"
    HOSTS_CA = "hosts_ca"
    GOLDEN_CERTIFICATE = "golden_certificate"
    ESC1 = "esc1"
    ESC3 = "esc3"
    ESC4 = "esc4"
    ESC6 = "esc6"
    ESC9 = "esc9"
    ESC10 = "esc10"
    ESC13 = "esc13"
    CREATE_DMSA = "create_dmsa"


def scoped(sid: str, domain: str) -> str:
    """A SID among several domains: each has its own « BUILTIN » groups and well-known identities. ``domain``: dns name.

    SharpHound writes them so.
    """
    return sid if not sid or not domain or sid.startswith("S-1-5-21-") else f"{domain.upper()}-{sid}"


EDGE_KINDS: tuple[EdgeKind, ...] = tuple(EdgeKind)
EDGE_CODES: Mapping[EdgeKind, int] = {kind: code for code, kind in enumerate(EDGE_KINDS)}


@dataclass(frozen=True)
class Ragged:
    """Several integers a row: row ``i`` holds ``values[starts[i]:starts[i + 1]]``. ``starts`` has one more."""

    starts: Integers
    values: NDArray[np.int32]

    def row(self, index: int) -> NDArray[np.int32]:
        return self.values[self.starts[index] : self.starts[index + 1]]


@dataclass(frozen=True)
class Edges:
    """``source[i]`` can do ``EDGE_KINDS[kind[i]]`` to ``target[i]``; the three of the same length."""

    source: NDArray[np.int32]
    target: NDArray[np.int32]
    kind: NDArray[np.uint8]

    @classmethod
    def none(cls) -> Edges:
        return cls(np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.uint8))

    @classmethod
    def joined(cls, parts: Sequence[Edges]) -> Edges:
        if not parts:
            return cls.none()
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("source", "target", "kind")))

    def once(self) -> Edges:
        """Without those that are told several times; sorted."""
        packed = self.source.astype(np.uint64) << np.uint64(36) | self.target.astype(np.uint64) << np.uint64(8)
        packed = np.unique(packed | self.kind)  # 28 bits an object, 8 for the kind
        objects = ((packed >> np.uint64(36)).astype(np.int32), (packed >> np.uint64(8)).astype(np.int64) & 0xFFFFFFF)
        return Edges(objects[0], objects[1].astype(np.int32), packed.astype(np.uint8))

    def __len__(self) -> int:
        return len(self.source)


@dataclass(frozen=True)
class Source:
    """One collection: who made it, of which domain, when (seconds UTC; None: its files do not say)."""

    collector: str  # "ORADAD", "SharpHound", "LDIF", "AD Explorer", "PingCastle"
    version: str
    collected_at: int | None
    file: str  # the name that the user gave


@dataclass(frozen=True)
class Gap:
    """Something that could not be read, and what it makes not evaluated."""

    said: str  # one French sentence
    domain: str = ""  # the name of the domain; empty: all
    attributes: frozenset[str] = (
        frozenset()
    )  # names of attributes, "descriptor", "sysvol"; empty: nothing in particular


@dataclass(frozen=True)
class Domain:
    """A domain that was collected, or whose existence a trust tells (``sources`` is then empty)."""

    name: str  # dns, lower case
    sid: str
    netbios: str = ""
    forest: str = ""  # dns name of the root of its forest; empty: unknown
    head: int = -1  # its object; -1: not collected
    sources: tuple[Source, ...] = ()

    @property
    def collected_at(self) -> int | None:
        return max((source.collected_at for source in self.sources if source.collected_at is not None), default=None)


@dataclass(frozen=True)
class Knowledge:
    """(domain, structural class) → the attributes that its collectors read when they are set."""

    read: Mapping[tuple[int, str], frozenset[str]]
    everything: frozenset[int] = frozenset()  # domains of which every attribute was read

    def of(self, domain: int, structural: str, attribute: str) -> bool:
        return domain in self.everything or attribute in self.read.get((domain, structural), frozenset())


@dataclass(frozen=True)
class Objects:
    """n objects. ``names`` is the sAMAccountName, or the first component of the DN."""

    dn: Sequence[str]
    name: Sequence[str]
    sid: Sequence[str]  # "" for what has none
    guid: Sequence[str]  # lower case with hyphens, "" when it was not read
    structural: NDArray[np.int16]  # index in ``classes``
    classes: tuple[str, ...]  # lower case ldapDisplayName: "user", "computer", "group", "organizationalunit"…
    domain: NDArray[np.int16]  # index in ``Collection.domains``; -1: none of them (foreign principal)
    parent: NDArray[np.int32]  # the object that contains it; -1: not collected
    rid: Integers
    uac: Integers  # userAccountControl
    password_set: Integers  # pwdLastSet
    last_logon: Integers  # lastLogonTimestamp
    created: Integers  # whenCreated
    primary_group: Integers  # primaryGroupID, a RID
    encryption: Integers  # msDS-SupportedEncryptionTypes
    admin_count: Integers
    descriptor: NDArray[np.int32]  # index in ``Collection.descriptors``; -1: not read
    deleted: Mask

    def __len__(self) -> int:
        return len(self.dn)


@dataclass(frozen=True)
class SysvolFile:
    """A file of SYSVOL. ``content`` is None when only its existence and its rights were collected."""

    domain: int
    policy: str  # GUID of the GPO, lower case without braces; "" outside the policies
    path: str  # below SYSVOL, with "/"
    size: int
    content: bytes | None
    descriptor: int  # as for objects


@dataclass(frozen=True)
class Collection:
    """What was read of one or several domains. ``values``: attribute, lower case → object → value of its type."""

    domains: tuple[Domain, ...]
    objects: Objects
    members: Ragged  # of each object, its direct members: attribute member, memberOf of the others, primary groups
    values: Mapping[str, Mapping[int, Any]]
    descriptors: Sequence[bytes]  # distinct, self-relative binary security descriptors
    given: Edges  # what the collector says already as an edge (SharpHound: rights, sessions, local groups)
    knowledge: Knowledge
    sysvol: tuple[SysvolFile, ...] = ()
    gaps: tuple[Gap, ...] = ()
    by_sid: Mapping[str, int] = field(default_factory=dict)  # see ``principal``
    by_dn: Mapping[str, int] = field(default_factory=dict)  # lower case DN
    by_guid: Mapping[str, int] = field(default_factory=dict)

    def of(self, *structural: str, domain: int | None = None) -> NDArray[np.int64]:
        """Objects of these structural classes that are not deleted, in ascending order."""
        codes = [code for code, name in enumerate(self.objects.classes) if name in structural]
        mask = np.isin(self.objects.structural, codes) & ~self.objects.deleted
        if domain is not None:
            mask &= self.objects.domain == domain
        return np.flatnonzero(mask)

    def value(self, attribute: str, index: int, default: Any = None) -> Any:
        return self.values.get(attribute, {}).get(index, default)

    def having(self, attribute: str) -> Iterator[tuple[int, Any]]:
        """Objects that are not deleted and hold the attribute, in ascending order, with its value."""
        found = self.values.get(attribute, {})
        deleted = self.objects.deleted
        return ((index, found[index]) for index in sorted(found) if not deleted[index])

    def in_domain(self, rid: int, domain: int) -> int:
        """The object of this RID in a domain; -1 when it was not collected."""
        return self.by_sid.get(f"{self.domains[domain].sid}-{rid}", -1)

    def principal(self, sid: str, domain: int) -> int:
        """The object of this SID as a domain names it, its « BUILTIN » groups among them; -1: not collected."""
        return self.by_sid.get(scoped(sid, self.domains[domain].name), -1)
