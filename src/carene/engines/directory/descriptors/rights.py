# SPDX-License-Identifier: EUPL-1.2
"""Entries of security descriptors × class of what they protect → who can do what to whom.

Each entry becomes a set of kinds of edges, one bit each, whatever it protects; a class keeps the bits that mean
something for it; each distinct (descriptor, class) is computed once, then given to its objects.

Limits, on purpose: an entry that denies cuts the entries behind it that give the same right to the same trustee, and
nothing else (not what another group of the same person gives, nor one property of a right on all properties). Inherited
entries count as they stand; those that are only for children do not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from carene.engines.directory.arrays import ranges
from carene.engines.directory.descriptors.binary import ALLOW, ALLOW_OBJECT, INHERIT_ONLY, Descriptors, Entries
from carene.engines.directory.descriptors.schema import Schema
from carene.engines.directory.model import EDGE_CODES, EDGE_KINDS, EdgeKind, Edges, Mask
from carene.engines.directory.nodes import Nodes
from carene.engines.directory.wellknown import (
    CREATOR_GROUP,
    CREATOR_OWNER,
    DELEGATED_ACCOUNT,
    EXTENDED,
    LAPS,
    LAPS_EXPIRIES,
    OWNER_RIGHTS,
    SELF,
)

CREATE_CHILD, VALIDATED_WRITE, WRITE_PROPERTY, CONTROL_ACCESS = 0x1, 0x8, 0x20, 0x100
WRITE_DACL, WRITE_OWNER = 0x40000, 0x80000
FULL_CONTROL = 0xF01FF
_GENERIC_ALL, _GENERIC_WRITE, _GENERIC_WRITE_MEANS = 0x10000000, 0x40000000, 0x20028

Bits = NDArray[np.uint64]
_K = EdgeKind

_BY_ATTRIBUTE: Mapping[str, EdgeKind] = {
    "member": _K.ADD_MEMBER,
    "serviceprincipalname": _K.WRITE_SPN,
    "msds-keycredentiallink": _K.WRITE_KEY_CREDENTIAL,
    "altsecurityidentities": _K.WRITE_ALT_IDENTITY,
    "msds-allowedtoactonbehalfofotheridentity": _K.WRITE_ALLOWED_TO_ACT,
    "useraccountcontrol": _K.WRITE_ACCOUNT_RESTRICTIONS,
    "managedby": _K.WRITE_MANAGED_BY,
    "gplink": _K.WRITE_GP_LINK,
    "scriptpath": _K.WRITE_LOGON_SCRIPT,
    "msds-groupmsamembership": _K.READ_MANAGED_PASSWORD,
    "mspki-certificate-name-flag": _K.WRITE_PKI_NAME_FLAG,
    "mspki-enrollment-flag": _K.WRITE_PKI_ENROLLMENT_FLAG,
}
_BY_RIGHT: Mapping[str, EdgeKind] = {
    "user-force-change-password": _K.FORCE_PASSWORD,
    "ds-replication-get-changes": _K.GET_CHANGES,
    "ds-replication-get-changes-all": _K.GET_CHANGES_ALL,
    "ds-replication-get-changes-in-filtered-set": _K.GET_CHANGES_FILTERED,
    "certificate-enrollment": _K.ENROLL,
    "certificate-autoenrollment": _K.AUTO_ENROLL,
}
_REPLICATION = (_K.GET_CHANGES, _K.GET_CHANGES_ALL, _K.GET_CHANGES_FILTERED)
_ANY_CLASS = (_K.OWNER, _K.GENERIC_ALL, _K.GENERIC_WRITE, _K.WRITE_DACL, _K.WRITE_OWNER)
_ACCOUNT = (
    *_ANY_CLASS, _K.ALL_EXTENDED, _K.FORCE_PASSWORD, _K.WRITE_SPN, _K.WRITE_KEY_CREDENTIAL, _K.WRITE_ALT_IDENTITY,
    _K.WRITE_ACCOUNT_RESTRICTIONS,
)  # fmt: skip
_MACHINE = (*_ACCOUNT, _K.WRITE_ALLOWED_TO_ACT, _K.WRITE_MANAGED_BY)
_MANAGED = (*_MACHINE, _K.READ_MANAGED_PASSWORD)
_LAPS_MACHINE = (
    "computer with LAPS"  # not a class: a computer of which the directory keeps the administrator's password
)

# Structural class → the kinds that mean something on it; others: _ANY_CLASS
MEANT: Mapping[str, tuple[EdgeKind, ...]] = {
    "user": (*_ACCOUNT, _K.WRITE_LOGON_SCRIPT),
    "inetorgperson": (*_ACCOUNT, _K.WRITE_LOGON_SCRIPT),
    "computer": _MACHINE,
    _LAPS_MACHINE: (*_MACHINE, _K.READ_LAPS),
    "msds-managedserviceaccount": _MANAGED,
    "msds-groupmanagedserviceaccount": _MANAGED,
    DELEGATED_ACCOUNT: _MANAGED,
    "group": (*_ANY_CLASS, _K.ADD_MEMBER, _K.ADD_SELF),
    "organizationalunit": (*_ANY_CLASS, _K.WRITE_GP_LINK, _K.CREATE_DMSA),
    "container": (*_ANY_CLASS, _K.CREATE_DMSA),
    "site": (*_ANY_CLASS, _K.WRITE_GP_LINK),
    "domaindns": (*_ANY_CLASS, _K.ALL_EXTENDED, _K.WRITE_GP_LINK, _K.CREATE_DMSA, *_REPLICATION),
    "configuration": (*_ANY_CLASS, _K.ALL_EXTENDED, *_REPLICATION),
    "dmd": (*_ANY_CLASS, _K.ALL_EXTENDED, *_REPLICATION),
    "pkicertificatetemplate": (
        *_ANY_CLASS, _K.ENROLL, _K.AUTO_ENROLL, _K.WRITE_PKI_NAME_FLAG, _K.WRITE_PKI_ENROLLMENT_FLAG,
    ),
    "pkienrollmentservice": (*_ANY_CLASS, _K.ENROLL),
}  # fmt: skip


def bits(kinds: Iterable[EdgeKind]) -> np.uint64:
    return np.uint64(sum(1 << EDGE_CODES[kind] for kind in set(kinds)))


def rights(nodes: Nodes, descriptors: Descriptors, schema: Schema) -> Edges:
    """Edges from trustees to the objects that are not deleted and whose descriptor is readable.

    Who is named and was not collected becomes a node of ``nodes``.
    """
    collection = nodes.collection
    objects = collection.objects
    found = np.flatnonzero((objects.descriptor >= 0) & ~objects.deleted) if collection.domains else np.empty(0, int)
    found = found[descriptors.readable[objects.descriptor[found]]]
    family, meant = _families(nodes)
    width = len(meant)
    pairs, pair_of = np.unique(objects.descriptor[found].astype(np.int64) * width + family[found], return_inverse=True)
    pair, trustee, kind = _by_pair(pairs, meant, *_given(descriptors, schema))
    return _to_objects(nodes, descriptors, found, pair_of.reshape(-1), (pair, trustee, kind), len(pairs))


def effective(entries: Entries) -> tuple[Entries, NDArray[np.uint32]]:
    """Entries that allow something on the object itself, with what is left of their masks once what was denied to the
    same trustee before them is cut."""
    here = entries.kept((entries.flags & INHERIT_ONLY) == 0)
    mask = np.where(here.mask & _GENERIC_ALL, here.mask | FULL_CONTROL, here.mask)
    mask = np.where(here.mask & _GENERIC_WRITE, mask | _GENERIC_WRITE_MEANS, mask).astype(np.uint32)
    allows = (here.type == ALLOW) | (here.type == ALLOW_OBJECT)
    denies = np.flatnonzero(~allows)
    if len(denies):
        key = here.descriptor.astype(np.int64) << 32 | here.trustee
        order = np.argsort(key, kind="stable")
        low, high = (np.searchsorted(key[order], key[denies], side) for side in ("left", "right"))
        deny = np.repeat(denies, high - low)
        other = order[ranges(low, high - low)]
        same = (other > deny) & allows[other] & ((here.object[deny] == -1) | (here.object[deny] == here.object[other]))
        cut = np.zeros(len(mask), np.uint32)
        np.bitwise_or.at(cut, other[same], mask[deny[same]])
        mask &= ~cut
    kept = allows & (mask != 0)
    return here.kept(kept), mask[kept]


def _families(nodes: Nodes) -> tuple[NDArray[np.int64], Bits]:
    """Of each object, its family; of each family, the bits that mean something."""
    collection = nodes.collection
    objects = collection.objects
    names = [*objects.classes, _LAPS_MACHINE]
    family = objects.structural.astype(np.int64)
    for attribute in LAPS_EXPIRIES:
        kept = np.fromiter(collection.values.get(attribute, {}), np.int64)
        family[kept[np.isin(family[kept], [names.index("computer")])] if "computer" in names else []] = len(names) - 1
    return family, np.array([bits(MEANT.get(name, _ANY_CLASS)) for name in names], np.uint64)


def _given(descriptors: Descriptors, schema: Schema) -> tuple[NDArray[np.int64], NDArray[np.int32], Bits]:
    """(descriptor, trustee, bits): one row for all the entries of a trustee, in the order of descriptors."""
    here, mask = effective(descriptors.entries)
    given = _bits_of(here, mask, descriptors.guids, schema)
    numbers = {sid: number for number, sid in enumerate(descriptors.sids)}
    implied = np.array([numbers.get(sid, -2) for sid in (SELF, CREATOR_OWNER, CREATOR_GROUP)])
    owner_rights = here.trustee == numbers.get(OWNER_RIGHTS, -2)
    trustee = np.where(owner_rights, descriptors.owner[here.descriptor], here.trustee)
    kept = (given != 0) & ~np.isin(trustee, implied) & (trustee >= 0)
    # What the owner may always do, unless an entry says what owners may do
    owns = descriptors.owner >= 0
    said = descriptors.entries
    limits = (said.trustee == numbers.get(OWNER_RIGHTS, -2)) & ((said.flags & INHERIT_ONLY) == 0)
    owns[said.descriptor[limits]] = False
    owned = np.flatnonzero(owns)
    rows = np.concatenate([here.descriptor[kept], owned]).astype(np.int64)
    trustee = np.concatenate([trustee[kept], descriptors.owner[owned]])
    given = np.concatenate([given[kept], np.full(len(owned), bits([_K.OWNER]))])
    key = rows << 32 | trustee
    order = np.argsort(key, kind="stable")
    key, given = key[order], given[order]
    first = np.flatnonzero(np.diff(key, prepend=-1))
    joined = np.bitwise_or.reduceat(given, first) if len(first) else given
    joined = np.where(joined & bits([_K.GENERIC_ALL]), joined & bits([_K.GENERIC_ALL, _K.OWNER]), joined)
    return key[first] >> 32, (key[first] & 0x7FFFFFFF).astype(np.int32), joined


def _bits_of(entries: Entries, mask: NDArray[np.uint32], guids: tuple[str, ...], schema: Schema) -> Bits:
    by_access = _by_guid(guids, schema)
    found = np.zeros(len(entries), np.uint64)
    for access, table in by_access.items():
        found |= np.where(mask & access, table[entries.object], np.uint64(0))
    whole = entries.object == -1
    found |= np.where(whole & ((mask & WRITE_DACL) != 0), bits([_K.WRITE_DACL]), np.uint64(0))
    found |= np.where(whole & ((mask & WRITE_OWNER) != 0), bits([_K.WRITE_OWNER]), np.uint64(0))
    full = whole & ((mask & FULL_CONTROL) == FULL_CONTROL)
    return np.where(full, found | bits([_K.GENERIC_ALL]), found)


def _by_guid(guids: tuple[str, ...], schema: Schema) -> Mapping[int, Bits]:
    """Access → bits by number of GUID; the last row is for entries that name none."""
    tables = {
        access: np.zeros(len(guids) + 1, np.uint64)
        for access in (WRITE_PROPERTY, CONTROL_ACCESS, VALIDATED_WRITE, CREATE_CHILD)
    }
    for number, guid in enumerate(guids):
        held = schema.attributes.get(guid, frozenset())
        right = EXTENDED.get(guid, "")
        tables[WRITE_PROPERTY][number] = bits(_BY_ATTRIBUTE[name] for name in held if name in _BY_ATTRIBUTE)
        tables[CONTROL_ACCESS][number] = bits(
            [*([_BY_RIGHT[right]] if right else []), *([_K.READ_LAPS] if held & LAPS else [])]
        )
        tables[VALIDATED_WRITE][number] = bits([_K.ADD_SELF] if "member" in held else [])
        tables[CREATE_CHILD][number] = bits([_K.CREATE_DMSA] if schema.classes.get(guid) == DELEGATED_ACCOUNT else [])
    tables[WRITE_PROPERTY][-1] = bits([_K.GENERIC_WRITE])
    tables[CONTROL_ACCESS][-1] = bits([_K.ALL_EXTENDED, _K.READ_LAPS, _K.ENROLL, _K.AUTO_ENROLL, *_REPLICATION])
    tables[VALIDATED_WRITE][-1] = bits([_K.ADD_SELF])
    dmsa_exists = DELEGATED_ACCOUNT in schema.classes.values() and schema.collected
    tables[CREATE_CHILD][-1] = bits([_K.CREATE_DMSA] if dmsa_exists else [])
    return tables


def _by_pair(
    pairs: NDArray[np.int64], meant: Bits, rows: NDArray[np.int64], trustees: NDArray[np.int32], given: Bits
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.uint8]]:
    """(pair, trustee, kind), in the order of pairs."""
    descriptor, family = pairs // len(meant), pairs % len(meant)
    low, high = (np.searchsorted(rows, descriptor, side) for side in ("left", "right"))
    pair = np.repeat(np.arange(len(pairs)), high - low)
    row = ranges(low, high - low)
    kept = given[row] & meant[family[pair]]
    parts = [(np.flatnonzero(kept & np.uint64(1 << code)), code) for code in range(len(EDGE_KINDS))]
    which = np.concatenate([found for found, _ in parts])
    kind = np.repeat(np.arange(len(EDGE_KINDS), dtype=np.uint8), [len(found) for found, _ in parts])
    order = np.argsort(pair[which], kind="stable")
    which, kind = which[order], kind[order]
    return pair[which], trustees[row[which]], kind


def _to_objects(
    nodes: Nodes,
    descriptors: Descriptors,
    found: NDArray[np.int64],
    pair_of: NDArray[np.int64],
    by_pair: tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.uint8]],
    pairs: int,
) -> Edges:
    pair, trustee, kind = by_pair
    starts = np.searchsorted(pair, np.arange(pairs + 1))
    counts = np.diff(starts)[pair_of]
    row = ranges(starts[pair_of], counts)
    target = np.repeat(found, counts).astype(np.int32)
    used: Mask = np.zeros(len(descriptors.sids), np.bool_)
    used[trustee] = True
    table = nodes.table(descriptors.sids, used)
    # What belongs to no domain (configuration, schema) is named as the first domain names it.
    domain = np.maximum(nodes.collection.objects.domain[target], 0)
    source = table[domain, trustee[row]] if len(row) else np.empty(0, np.int32)
    other = source != target
    return Edges(source[other], target[other], kind[row][other])
