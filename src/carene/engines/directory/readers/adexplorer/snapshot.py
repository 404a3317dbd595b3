# SPDX-License-Identifier: EUPL-1.2
"""The snapshot of AD Explorer (Sysinternals): header, objects one after the other, then the schema of their attributes.

Layout as observed; little endian. An object: its size, a table (attribute, place of its values), the values.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from carene.engines.directory.readers.typing import filetime, generalized

SIGNATURE = b"win-ad-ob\0"
_HEADER = struct.Struct("<10siQ520s520sIIQ8x")  # …, description, server, objects, attributes, place of the schema, end
_LONGEST_TEXT = 32 * 1024 * 1024
_LARGEST_NAME = 64 * 1024
_MOST_VALUES = 4_000_000
# Types of values (ADSTYPE)
_TEXTS = frozenset({1, 2, 3, 4, 5, 12})
_BOOLEAN, _INTEGER, _OCTETS, _UTC_TIME, _LARGE, _DESCRIPTOR = 6, 7, 8, 9, 10, 25


class Broken(ValueError):
    """The file does not hold to its layout, at ``place`` (bytes from its beginning)."""

    def __init__(self, place: int) -> None:
        super().__init__(f"byte {place}")
        self.place = place


@dataclass(frozen=True)
class Header:
    taken_at: int  # seconds UTC
    server: str
    objects: int
    schema: int  # its place


@dataclass(frozen=True)
class Attribute:
    name: str  # lower case
    kind: int


def header(stream: BinaryIO) -> Header:
    """Raises Broken."""
    raw = stream.read(_HEADER.size)
    if len(raw) < _HEADER.size or not raw.startswith(SIGNATURE):
        raise Broken(0)
    _, _, taken, _, server, objects, _, schema = _HEADER.unpack(raw)
    return Header(filetime(taken), server.decode("utf-16-le", errors="replace").partition("\0")[0], objects, schema)


def attributes(stream: BinaryIO, found: Header) -> list[Attribute]:
    """In the order by which objects refer to them. Raises Broken."""
    try:
        stream.seek(found.schema)
    except (OverflowError, ValueError) as error:
        raise Broken(found.schema) from error
    attributes = []
    for _ in range(_number(stream)):
        name = _text(stream)
        _, kind = struct.unpack("<iI", _exactly(stream, 8))
        _text(stream)  # the DN of its definition
        _exactly(stream, 36)  # its GUID, that of its property set, something else
        attributes.append(Attribute(name.lower(), kind))
    return attributes


def objects(
    stream: BinaryIO, found: Header, known: list[Attribute], wanted: frozenset[str]
) -> Iterator[dict[str, list[bytes]]]:
    """Of each object, the raw values of the attributes that are wanted, as LDAP would give them. Raises Broken."""
    content = _mapped(stream)
    place = _HEADER.size
    for _ in range(found.objects):
        try:
            size, count = struct.unpack_from("<II", content, place)
            if size < 8 + 8 * count or place + size > len(content):
                raise ValueError(size)
            values: dict[str, list[bytes]] = {}
            for rank in range(count):
                # values that an object before has already are not written again: places may go back
                number, at = struct.unpack_from("<Ii", content, place + 8 + rank * 8)
                if known[number].name in wanted:
                    values[known[number].name] = _values(content, place + at, known[number].kind)
        except (struct.error, IndexError, ValueError) as error:
            raise Broken(place) from error
        yield values
        place += size


def _mapped(stream: BinaryIO) -> bytes | mmap.mmap:
    """The whole file: seen where it lies when it is one, read otherwise (inside a zip)."""
    stream.seek(0)
    try:
        return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, AttributeError):
        return stream.read()


def _values(content: bytes | mmap.mmap, at: int, kind: int) -> list[bytes]:
    """Raises ValueError, struct.error."""
    if at < _HEADER.size:
        raise ValueError(at)
    (count,) = struct.unpack_from("<I", content, at)
    if count > _MOST_VALUES:
        raise ValueError(count)
    after = at + 4
    if kind in _TEXTS:
        starts = struct.unpack_from(f"<{count}I", content, after)
        return [_terminated(content, at + start).encode() for start in starts]
    if kind == _OCTETS:
        sizes = struct.unpack_from(f"<{count}I", content, after)
        return list(_parts(content, after + 4 * count, sizes))
    if kind == _BOOLEAN:
        return [b"TRUE" if value else b"FALSE" for value in struct.unpack_from(f"<{count}I", content, after)]
    if kind == _INTEGER:
        return [b"%d" % value for value in struct.unpack_from(f"<{count}i", content, after)]
    if kind == _LARGE:
        return [b"%d" % value for value in struct.unpack_from(f"<{count}q", content, after)]
    if kind == _UTC_TIME:
        return [generalized(struct.unpack_from("<8H", content, after + 16 * rank)) for rank in range(count)]
    if kind == _DESCRIPTOR:
        (size,) = struct.unpack_from("<I", content, after)
        return list(_parts(content, after + 4, (size,)))
    return []


def _parts(content: bytes | mmap.mmap, at: int, sizes: tuple[int, ...]) -> Iterator[bytes]:
    for size in sizes:
        if at + size > len(content):
            raise ValueError(size)
        yield content[at : at + size]
        at += size


def _terminated(content: bytes | mmap.mmap, at: int) -> str:
    end = at
    while content[end : end + 2] not in {b"\0\0", b""}:
        end += 2
        if end - at > _LONGEST_TEXT:
            raise ValueError(at)
    return content[at:end].decode("utf-16-le", errors="replace")


def _number(stream: BinaryIO) -> int:
    (number,) = struct.unpack("<I", _exactly(stream, 4))
    return int(number)


def _text(stream: BinaryIO) -> str:
    size = _number(stream)
    if size > _LARGEST_NAME:
        raise Broken(stream.tell())
    return _exactly(stream, size).decode("utf-16-le", errors="replace").rstrip("\0")


def _exactly(stream: BinaryIO, size: int) -> bytes:
    raw = stream.read(size)
    if len(raw) < size:
        raise Broken(stream.tell())
    return raw
