# SPDX-License-Identifier: EUPL-1.2
"""What LDAP writes, bytes or text, → the types of ``attributes``. One home for the formats that carry raw values."""

from __future__ import annotations

import calendar
import struct
import uuid
from collections.abc import Sequence
from typing import Any

from carene.engines.directory.attributes import TYPES, Type
from carene.engines.directory.model import NEVER

_EPOCH = 11_644_473_600  # seconds from 1601, where Windows begins, to 1970
_TICKS = 10_000_000  # of 100 nanoseconds, in a second
_FOREVER = 2**63 - 1
_ZONES = {"domaindnszones", "forestdnszones"}
_MANY = {Type.TEXTS, Type.NAMES, Type.SIDS, Type.BLOBS}


def typed(attribute: str, raw: Sequence[bytes]) -> Any:
    """The value of an attribute of TYPES, from its raw values. Raises ValueError when they do not have its form."""
    kind = TYPES[attribute]
    if kind in _MANY:
        return tuple(_one(kind, value) for value in raw)
    return _one(kind, raw[0])


def _one(kind: Type, raw: bytes) -> Any:
    match kind:
        case Type.INTEGER:
            return int(raw)
        case Type.TIME:
            return time(raw)
        case Type.DELAY:
            ticks = int(raw)
            return None if ticks in {0, -(2**63)} else abs(ticks) // _TICKS
        case Type.BOOLEAN:
            return raw.upper() in {b"TRUE", b"1"}
        case Type.SID | Type.SIDS:
            return raw.decode("ascii") if raw.startswith(b"S-1-") else sid(raw)
        case Type.GUID:
            return str(uuid.UUID(bytes_le=raw) if len(raw) == 16 else uuid.UUID(raw.decode("ascii")))
        case Type.BLOB | Type.BLOBS:
            return raw
        case _:
            return raw.decode("utf-8", errors="replace")


def time(raw: bytes) -> int:
    """Seconds UTC of a generalized time (« 20210826175542.0Z ») or of a count of 100 nanoseconds since 1601."""
    if raw.endswith(b"Z"):
        digits = raw[:14].decode("ascii")
        if len(digits) < 14 or not digits.isdigit():
            raise ValueError(raw)
        parts = (int(digits[:4]), *(int(digits[at : at + 2]) for at in range(4, 14, 2)))
        return calendar.timegm((*parts, 0, 0, 0))
    return filetime(int(raw))


def filetime(ticks: int) -> int:
    """Seconds UTC of a count of 100 nanoseconds since 1601."""
    return NEVER if ticks <= 0 or ticks >= _FOREVER else ticks // _TICKS - _EPOCH


def generalized(parts: Sequence[int]) -> bytes:
    """Of a SYSTEMTIME: year, month, day of the week, day, hour, minute, second, thousandths."""
    year, month, _, day, hour, minute, second, _ = parts
    return b"%04d%02d%02d%02d%02d%02d.0Z" % (year, month, day, hour, minute, second)


def sid(raw: bytes) -> str:
    """The text of a binary SID. Raises ValueError."""
    if len(raw) < 8 or len(raw) < 8 + 4 * raw[1]:
        raise ValueError("SID")
    authorities = struct.unpack_from(f"<{raw[1]}I", raw, 8)
    return "-".join(("S", str(raw[0]), str(int.from_bytes(raw[2:8], "big")), *map(str, authorities)))


def domain_of(dn: str) -> str:
    """« ch.invalid » of « CN=…,DC=ch,DC=invalid »; the partitions of DNS belong to the domain that they are below."""
    parts = [part.strip() for part in dn.lower().split(",")]
    last = max((at for at, part in enumerate(parts) if not part.startswith("dc=")), default=-1)
    names = [part[3:] for part in parts[last + 1 :]]
    return ".".join(name for name in names if name not in _ZONES)
