# SPDX-License-Identifier: EUPL-1.2
"""Two ways of writing entries as text → (dn, attribute → raw values): LDIF (RFC 2849), and the logs of LDAP queries."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from carene.engines.directory.attributes import TYPES, Type
from carene.engines.directory.readers.entries import KEPT

LONGEST = 64 * 1024 * 1024  # bytes of one entry: a descriptor is a few kB, the largest group a few MB
_RULE = re.compile(rb"-{10,}\s*$")
_NAME = re.compile(rb"([A-Za-z][A-Za-z0-9.-]*)(?:;range=[0-9*-]+|;binary)?:")
_NAMES = re.compile(r"(?<!\\), (?=(?:CN|OU|DC)=)")
_BINARY = {Type.BLOB, Type.BLOBS}
_SIDS = {Type.SID, Type.SIDS}
_BASE64 = re.compile(rb"[A-Za-z0-9+/\r\n]+={0,2}$")


@dataclass
class Entry:
    dn: str = ""
    values: dict[str, list[bytes]] = field(default_factory=dict)  # attribute, lower case

    def __bool__(self) -> bool:
        return bool(self.dn or self.values)


class Unreadable(ValueError):
    """``line`` (from 1) is neither of this format nor of the other."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line}")
        self.line = line


def is_log(head: bytes) -> bool:
    """Do these first bytes begin a log of queries rather than an LDIF?"""
    lines = (line.strip() for line in head.splitlines())
    return any(_RULE.match(line) for line in lines)


def is_ldif(head: bytes) -> bool:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return (
        text.startswith((b"version: 1", b"version:1")) or re.search(rb"(?m)^dn::? ?.*(=|$)", text[:65536]) is not None
    )


def ldif(lines: Iterable[bytes]) -> Iterator[Entry]:
    """Entries of an LDIF: folded lines, base64, comments, ranges (« member;range=0-1499 »). Raises Unreadable."""
    entry = Entry()
    for number, line in _unfolded(lines):
        if not line.strip():
            if entry.dn:
                yield entry
            entry = Entry()
            continue
        if line.startswith(b"#") or line.strip() == b"-":
            continue
        name, value = _split(line, number)
        if name == "dn":
            entry.dn = value.decode("utf-8", errors="replace")
        elif name not in {"version", "changetype", "search", "result", "ref"}:
            entry.values.setdefault(name, []).append(value)
    if entry.dn:
        yield entry


def _unfolded(lines: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """(number of its first line, logical line). A line that begins with a space continues the one before."""
    held, begun = b"", 0
    parts: list[bytes] = []
    size = 0
    for number, raw in enumerate(lines, 1):
        line = raw.rstrip(b"\r\n")
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if line.startswith(b" ") and begun:
            parts.append(line[1:])
            size += len(line)
            if size > LONGEST:
                raise Unreadable(number)
            continue
        if begun:
            yield begun, held + b"".join(parts)
        held, begun, parts, size = line, number, [], len(line)
    if begun:
        yield begun, held + b"".join(parts)


def _split(line: bytes, number: int) -> tuple[str, bytes]:
    matched = _NAME.match(line)
    if not matched:
        raise Unreadable(number)
    name, rest = matched[1].decode("ascii").lower(), line[matched.end() :]
    if rest.startswith(b":"):
        try:
            return name, base64.b64decode(rest[1:].strip(), validate=True)
        except binascii.Error as error:
            raise Unreadable(number) from error
    return name, rest.removeprefix(b" ") if not rest.startswith(b"<") else b""


def log(lines: Iterable[bytes]) -> Iterator[Entry]:
    """Entries of a log of queries: separated by rules of dashes, several values on a line joined by « , », binary ones
    in base64. A line without a name continues the one before. What cannot be read keeps its text."""
    entry, last = Entry(), ""
    for line in (raw.rstrip(b"\r\n") for raw in lines):
        if _RULE.match(line):
            if entry.dn:
                yield _parted(entry)
            entry, last = Entry(), ""
            continue
        name, colon, value = line.partition(b": ")
        if colon and re.fullmatch(rb"[A-Za-z][A-Za-z0-9-]*", name):
            last = name.decode("ascii").lower()
            entry.values[last] = [value]
            if last == "distinguishedname":
                entry.dn = value.decode("utf-8", errors="replace")
        elif last and line and not line.startswith(b"Retrieved "):
            entry.values[last][0] += b"\n" + line
    if entry.dn:
        yield _parted(entry)


def _parted(entry: Entry) -> Entry:
    """With the values that the log has joined and wrapped."""
    values = {name: _values(name, raw[0]) for name, raw in entry.values.items() if name in KEPT}
    return Entry(entry.dn, {**entry.values, **values})


def _values(name: str, raw: bytes) -> list[bytes]:
    kind = TYPES.get(name, Type.TEXTS if name == "objectclass" else Type.BLOB)
    if kind in {Type.NAME, Type.NAMES}:
        return [one.encode() for one in _NAMES.split(raw.decode("utf-8", errors="replace"))]
    if kind in _BINARY or (kind in _SIDS and not raw.startswith(b"S-1-")):
        return [_unwrapped(one) for one in raw.split(b", ")]
    return raw.split(b", ") if kind is Type.TEXTS or kind in _SIDS else [raw]


def _unwrapped(raw: bytes) -> bytes:
    return base64.b64decode(raw) if _BASE64.match(raw) and len(raw) % 4 == 0 else raw
