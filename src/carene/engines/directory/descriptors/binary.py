# SPDX-License-Identifier: EUPL-1.2
"""Self-relative security descriptors (MS-DTYP 2.4.6) become columns, many at a time.

All descriptors of a batch are walked together: the first entry of each, then the second of each… A library that makes
an object of each entry reads some thousands of descriptors a second; this reads some hundred thousands.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from carene.engines.directory.model import Mask

ALLOW, DENY, ALLOW_OBJECT, DENY_OBJECT = 0, 1, 5, 6  # types of entries that are read; others are counted
OBJECT_INHERIT, CONTAINER_INHERIT, NO_PROPAGATE, INHERIT_ONLY, INHERITED = 0x01, 0x02, 0x04, 0x08, 0x10
DACL_PRESENT, DACL_PROTECTED, SELF_RELATIVE = 0x0004, 0x1000, 0x8000
GENERIC_ALL = 0x10000000
EVERYONE = b"\1\1\0\0\0\0\0\1\0\0\0\0"

_HEADER, _LEAST_SID, _MOST_PARTS = 20, 8, 15
_BATCH = 32_000_000  # bytes of descriptors that are walked together: temporary arrays stay under 300 MB
_PAD = bytes(_LEAST_SID + 4 * _MOST_PARTS + 16)  # reads beyond the end of a truncated descriptor find zeros

Numbers = NDArray[np.int32]


@dataclass(frozen=True)
class Entries:
    """Access control entries of every DACL, by descriptor and in their order; all columns of the same length."""

    descriptor: Numbers
    trustee: Numbers  # index in ``sids``
    mask: NDArray[np.uint32]
    type: NDArray[np.uint8]
    flags: NDArray[np.uint8]
    object: Numbers  # index in ``guids``; -1: none, it is about all
    inherited: Numbers  # the class that inherits it, index in ``guids``; -1: all

    def __len__(self) -> int:
        return len(self.descriptor)

    def kept(self, which: Any) -> Entries:
        return Entries(*(getattr(self, field.name)[which] for field in fields(self)))


@dataclass(frozen=True)
class Descriptors:
    """What n distinct descriptors say. ``readable`` is false for those that are malformed or hold no DACL: whatever
    they protect is not evaluated. A DACL that is present and null opens all to everyone: one entry says it."""

    readable: Mask
    owner: Numbers  # index in ``sids``; -1: none
    group: Numbers
    control: NDArray[np.uint16]
    entries: Entries
    sids: tuple[str, ...]
    guids: tuple[str, ...]  # lower case with hyphens
    skipped: int  # entries of other types (callback, mandatory label…), which grant nothing that is judged here

    def __len__(self) -> int:
        return len(self.readable)

    @property
    def protected(self) -> Mask:
        """The DACL inherits nothing."""
        return np.bitwise_and(self.control, DACL_PROTECTED).astype(np.bool_)

    @property
    def starts(self) -> NDArray[np.int64]:
        """Entries of descriptor ``i``: ``starts[i]`` to ``starts[i + 1]``."""
        return np.searchsorted(self.entries.descriptor, np.arange(len(self) + 1)).astype(np.int64)


def parse(descriptors: Sequence[bytes]) -> Descriptors:
    """Never raises for what the bytes hold. ``descriptors`` are best distinct: each is read once."""
    sids, guids = _Table(), _Table()
    parts: list[_Part] = []
    for first, last in _batches(descriptors):
        parts.append(_Batch(descriptors[first:last], first, sids, guids).parsed())
    if not parts:
        parts = [_Batch([], 0, sids, guids).parsed()]
    columns = [np.concatenate([part.entries[i] for part in parts]) for i in range(len(fields(Entries)))]
    return Descriptors(
        readable=np.concatenate([part.readable for part in parts]),
        owner=np.concatenate([part.owner for part in parts]),
        group=np.concatenate([part.group for part in parts]),
        control=np.concatenate([part.control for part in parts]),
        entries=Entries(*columns),
        sids=tuple(sid_text(content) for content in sids.numbers),
        guids=tuple(str(uuid.UUID(bytes_le=content)) for content in guids.numbers),
        skipped=sum(part.skipped for part in parts),
    )


def sid_text(content: bytes) -> str:
    """``S-1-…`` of a well-formed binary SID."""
    authority = int.from_bytes(content[2:8], "big")
    said = str(authority) if authority < 2**32 else f"0x{authority:012x}"
    return f"S-1-{said}" + "".join(f"-{part}" for part in np.frombuffer(content, "<u4", offset=8).tolist())


def sid_bytes(text: str) -> bytes:
    """The inverse. Raises ValueError when the text is not a SID."""
    head, revision, authority, *parts = text.split("-")
    if head.upper() != "S" or revision != "1" or len(parts) > _MOST_PARTS:
        raise ValueError(text)
    try:
        written = b"".join(int(part).to_bytes(4, "little") for part in parts)
        return bytes((1, len(parts))) + int(authority, 0).to_bytes(6, "big") + written
    except OverflowError as error:
        raise ValueError(text) from error


def _batches(descriptors: Sequence[bytes]) -> Iterator[tuple[int, int]]:
    first, size = 0, 0
    for number, content in enumerate(descriptors):
        size += len(content)
        if size > _BATCH:
            yield first, number + 1
            first, size = number + 1, 0
    if first < len(descriptors):
        yield first, len(descriptors)


class _Table:
    """Distinct byte strings → their number, in the order of their coming."""

    def __init__(self) -> None:
        self.numbers: dict[bytes, int] = {}

    def numbered(self, words: NDArray[np.uint32]) -> Numbers:
        """(m, k) words → the number of each row, as bytes."""
        if not len(words):
            return np.empty(0, np.int32)
        first, inverse = _distinct(words)
        rows = words[first]
        known = [self.numbers.setdefault(row.tobytes(), len(self.numbers)) for row in rows]
        return np.array(known, np.int32)[inverse]


def _distinct(words: NDArray[np.uint32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """A row of each distinct one, and which of them each row is. Rows are put in buckets by a hash; those equal to the
    last one of their bucket are done, the others take another hash: millions of rows are never sorted."""
    chance = np.random.default_rng(words.shape[1])
    same_as = np.empty(len(words), np.int64)
    left = np.arange(len(words))
    width = min(max(len(words).bit_length(), 10), 20)
    while len(left):
        mixed = np.zeros(len(left), np.uint64)
        for column, factor in enumerate(chance.integers(1, 2**63, words.shape[1], np.uint64)):
            mixed = (mixed ^ words[left, column]) * (factor << np.uint64(1) | np.uint64(1))
            mixed ^= mixed >> np.uint64(29)
        bucket = mixed >> np.uint64(64 - width)
        last = np.empty(1 << width, np.int64)
        last[bucket] = left
        found = last[bucket]
        equal = np.logical_and.reduce([words[found, i] == words[left, i] for i in range(words.shape[1])])
        same_as[left[equal]] = found[equal]
        left = left[~equal]
    chosen = np.zeros(len(words), np.bool_)
    chosen[same_as] = True
    rank = np.cumsum(chosen) - 1
    return np.flatnonzero(chosen), rank[same_as]


@dataclass
class _Part:
    readable: Mask
    owner: Numbers
    group: Numbers
    control: NDArray[np.uint16]
    entries: list[NDArray[Any]]
    skipped: int


class _Batch:
    """Descriptors end to end in one buffer; positions are offsets in it."""

    def __init__(self, descriptors: Sequence[bytes], first: int, sids: _Table, guids: _Table) -> None:
        buffer = b"".join(descriptors) + _PAD
        self.first, self.sids, self.guids = first, sids, guids
        self.bytes = np.frombuffer(buffer, np.uint8)
        # The same bytes read at every offset, aligned or not.
        self.words: NDArray[np.uint32] = np.ndarray((len(buffer) - 3,), "<u4", buffer, strides=(1,))
        self.halves: NDArray[np.uint16] = np.ndarray((len(buffer) - 1,), "<u2", buffer, strides=(1,))
        sizes = np.fromiter(map(len, descriptors), np.int64, len(descriptors))
        self.end = np.cumsum(sizes)
        self.start = self.end - sizes

    def parsed(self) -> _Part:
        start, end = self.start, self.end
        control = np.where(end - start >= _HEADER, self.halves[start + 2], 0).astype(np.uint16)
        readable = (end - start >= _HEADER) & (self.bytes[start] == 1) & ((control & SELF_RELATIVE) != 0)
        readable &= (control & DACL_PRESENT) != 0
        owner, readable = self._principal(4, readable)
        group, readable = self._principal(8, readable)
        at, count, limit, readable = self._acl(readable)
        positions, owners, readable = self._walk(at, count, limit, readable)
        kept = readable[owners]
        decoded, skipped, broken = self._decoded(positions[kept], owners[kept], limit)
        readable[broken] = False
        entries = self._with_open_ones(decoded, readable & (self._offset(16) == 0))
        kept = readable[entries[0]]
        entries = [column[kept] for column in entries]
        entries[0] = (entries[0] + self.first).astype(np.int32)
        owner[~readable], group[~readable] = -1, -1
        return _Part(readable, owner, group, np.where(readable, control, 0).astype(np.uint16), entries, skipped)

    def _offset(self, field: int) -> NDArray[np.int64]:
        """A field of the header; 0 for descriptors that are too short to have one (they are not readable)."""
        return np.where(self.end - self.start >= _HEADER, self.words[self.start + field], 0).astype(np.int64)

    def _principal(self, field: int, readable: Mask) -> tuple[Numbers, Mask]:
        offset = self._offset(field)
        found = np.flatnonzero(readable & (offset != 0))
        position = np.minimum(self.start[found] + offset[found], self.end[found])
        good = self._is_sid(position, self.end[found]) & (offset[found] >= _HEADER)
        numbers = np.full(len(self.start), -1, np.int32)
        numbers[found[good]] = self._sid_numbers(position[good])
        readable = readable.copy()
        readable[found[~good]] = False
        return numbers, readable

    def _acl(self, readable: Mask) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], Mask]:
        """Where the first entry stands, how many there are, where the list ends."""
        offset = self._offset(16)
        position = np.minimum(self.start + offset, self.end)
        holds = readable & (offset != 0)
        good = (offset >= _HEADER) & (position + 8 <= self.end)
        limit = position + self.halves[position + 2]
        good &= (limit <= self.end) & (limit >= position + 8)
        readable = readable & (good | (offset == 0))
        count = np.where(holds & good, self.halves[position + 4], 0).astype(np.int64)
        return position + 8, count, limit, readable

    def _walk(
        self, at: NDArray[np.int64], count: NDArray[np.int64], limit: NDArray[np.int64], readable: Mask
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], Mask]:
        """Positions of all entries with their descriptor, by descriptor and in their order."""
        readable = readable.copy()
        live = np.flatnonzero(count > 0)
        at, count, limit = at[live], count[live], limit[live]
        positions, numbers = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        while len(live):
            size = self.halves[np.minimum(at + 2, limit)].astype(np.int64)
            good = (at + 8 <= limit) & (size >= 8) & (at + size <= limit)
            readable[live[~good]] = False
            positions.append(at[good])
            numbers.append(live[good])
            more = good & (count > 1)
            live, at, count, limit = live[more], (at + size)[more], count[more] - 1, limit[more]
        found, owners = np.concatenate(positions), np.concatenate(numbers)
        order = np.argsort(owners, kind="stable")
        return found[order], owners[order], readable

    def _decoded(
        self, positions: NDArray[np.int64], numbers: NDArray[np.int64], limit: NDArray[np.int64]
    ) -> tuple[list[NDArray[Any]], int, NDArray[np.int64]]:
        """Columns of entries in the order of ``Entries``, how many are of other types, descriptors that are broken."""
        kind = self.bytes[positions]
        read = (kind == ALLOW) | (kind == DENY) | (kind == ALLOW_OBJECT) | (kind == DENY_OBJECT)
        skipped = int(np.count_nonzero(~read))
        positions, numbers, kind = positions[read], numbers[read], kind[read]
        end = positions + self.halves[positions + 2]
        about = kind >= ALLOW_OBJECT
        present = np.where(about, self.words[positions + 8], 0)
        has_object, has_inherited = (present & 1) != 0, (present & 2) != 0
        sid = positions + 8 + 4 * about + 16 * has_object + 16 * has_inherited
        good = (sid + _LEAST_SID <= end) & self._is_sid(np.minimum(sid, end), end)
        broken = np.unique(numbers[~good])
        positions, numbers, sid = positions[good], numbers[good], sid[good]
        has_object, has_inherited = has_object[good], has_inherited[good]
        columns: list[NDArray[Any]] = [
            numbers.astype(np.int32),
            self._sid_numbers(sid),
            self.words[positions + 4],
            kind[good],
            self.bytes[positions + 1],
            self._guid_numbers(positions + 12, has_object),
            self._guid_numbers(positions + 12 + 16 * has_object, has_inherited),
        ]
        return columns, skipped, broken

    def _with_open_ones(self, columns: list[NDArray[Any]], opened: Mask) -> list[NDArray[Any]]:
        numbers = np.flatnonzero(opened)
        if not len(numbers):
            return columns
        everyone = self.sids.numbers.setdefault(EVERYONE, len(self.sids.numbers))
        values = (0, everyone, GENERIC_ALL, ALLOW, 0, -1, -1)
        added = [np.full(len(numbers), value, column.dtype) for value, column in zip(values, columns, strict=True)]
        added[0] = numbers.astype(np.int32)
        joined = [np.concatenate(pair) for pair in zip(columns, added, strict=True)]
        order = np.argsort(joined[0], kind="stable")
        return [column[order] for column in joined]

    def _is_sid(self, position: NDArray[np.int64], end: NDArray[np.int64]) -> Mask:
        parts = self.bytes[position + 1].astype(np.int64)
        good: Mask = (position + _LEAST_SID + 4 * parts <= end) & (parts <= _MOST_PARTS) & (self.bytes[position] == 1)
        return good

    def _sid_numbers(self, position: NDArray[np.int64]) -> Numbers:
        numbers = np.empty(len(position), np.int32)
        parts = self.bytes[position + 1]
        for count in np.flatnonzero(np.bincount(parts, minlength=1)):
            which = np.flatnonzero(parts == count)
            words = np.stack([self.words[position[which] + 4 * i] for i in range(2 + count)], axis=1)
            numbers[which] = self.sids.numbered(words)
        return numbers

    def _guid_numbers(self, position: NDArray[np.int64], present: Mask) -> Numbers:
        numbers = np.full(len(position), -1, np.int32)
        at = position[present]
        numbers[present] = self.guids.numbered(np.stack([self.words[at + 4 * i] for i in range(4)], axis=1))
        return numbers
