# SPDX-License-Identifier: EUPL-1.2
"""What is invented: objects with their attributes and who may do what on them, from which each format is written."""

from __future__ import annotations

import struct
import uuid
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from carene.engines.directory.descriptors.binary import sid_bytes

DAY = 86_400
PROTECTED = 0x1000  # the descriptor inherits nothing
FULL, READ, WRITE_DACL, EXTENDED, WRITE_PROPERTY = 0xF01FF, 0x20094, 0x40000, 0x100, 0x20
ENROLL = "0e10c968-78fb-11d2-90d4-00c04f79dc55"
GET_CHANGES = "1131f6aa-9c07-11d1-f79f-00c04fc2dcd2"
GET_CHANGES_ALL = "1131f6ad-9c07-11d1-f79f-00c04fc2dcd2"
FORCE_PASSWORD = "00299570-246d-11d0-a768-00aa006e0529"


class Grant(NamedTuple):
    """``right``: what SharpHound calls it; empty where it says nothing of it."""

    trustee: str
    mask: int
    guid: str = ""
    right: str = ""
    flags: int = 0


def full(trustee: str) -> Grant:
    return Grant(trustee, FULL, right="GenericAll")


def read(trustee: str) -> Grant:
    return Grant(trustee, READ)


def extended(trustee: str, guid: str, right: str) -> Grant:
    return Grant(trustee, EXTENDED, guid, right)


def write_dacl(trustee: str) -> Grant:
    return Grant(trustee, WRITE_DACL, right="WriteDacl")


class Access(NamedTuple):
    """A descriptor before it is bytes; the same one is written once."""

    owner: str
    grants: tuple[Grant, ...]
    control: int = 0

    def plus(self, *grants: Grant) -> Access:
        return self._replace(grants=self.grants + grants)


@lru_cache(maxsize=4_096)
def descriptor(access: Access) -> bytes:
    """Self-relative, binary, with an ACL of Active Directory (revision 4)."""
    entries = b"".join(map(_entry, access.grants))
    owner = sid_bytes(access.owner)
    listed = struct.pack("<BBHHH", 4, 0, 8 + len(entries), len(access.grants), 0) + entries
    offsets = (20, 20 + len(owner), 0, 20 + 2 * len(owner))
    return struct.pack("<BBHIIII", 1, 0, 0x8004 | access.control, *offsets) + owner + owner + listed


def _entry(grant: Grant) -> bytes:
    about = struct.pack("<I", 1) + uuid.UUID(grant.guid).bytes_le if grant.guid else b""
    body = struct.pack("<I", grant.mask) + about + sid_bytes(grant.trustee)
    return struct.pack("<BBH", 5 if grant.guid else 0, grant.flags, 4 + len(body)) + body


@dataclass
class Made:
    """``classes``: objectClass, the structural one last. ``values``: those of ``attributes.TYPES``."""

    dn: str
    classes: tuple[str, ...]
    values: dict[str, Any]
    access: Access | None
    partition: str = "domain"
    member_of: list[str] = field(default_factory=list)

    @property
    def structural(self) -> str:
        return self.classes[-1].lower()


@dataclass(frozen=True)
class Planted:
    """A fault put there on purpose: the control that must find it, and where."""

    control: str
    dn: str
    domain: str


def guid(text: str) -> str:
    """The same for the same DN: a collection is the same each time it is made."""
    return str(uuid.uuid5(uuid.NAMESPACE_X500, text.lower()))
