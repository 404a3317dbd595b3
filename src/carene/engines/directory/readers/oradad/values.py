# SPDX-License-Identifier: EUPL-1.2
"""Text of ORADAD's cells → values of the types of ``attributes``."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from carene.engines.directory.attributes import TYPES, Type
from carene.engines.directory.model import NEVER
from carene.engines.directory.readers.typing import filetime

DESCRIPTOR = "ntsecuritydescriptor"
CLASSES = "objectclass"
NAMES = re.compile(r";(?=[A-Za-z]+=|OID\.)")
MARKED = re.compile(r";(?=[BS]:\d+:)")
TICKS = 10_000_000
NO_LIMIT = -(2**63)
LARGEST = 2**62
TEXT_IN_HEXADECIMAL = {"msds-keycredentiallink", "msds-revealedusers"}  # ORADAD takes their text for binary
# Zero is written as nothing: an account whose password must change, or that never logged on
NEVER_WHEN_EMPTY = ("pwdlastset", "lastlogontimestamp")

Convert = Callable[[str], Any]
Plan = Sequence[tuple[int, str, Convert]]  # column, attribute, how its text is read; a ValueError: it cannot be


@lru_cache(maxsize=1 << 16)
def _day(text: str) -> int:
    return calendar.timegm((int(text[:4]), int(text[5:7]), int(text[8:10]), 0, 0, 0))


def time(text: str) -> int:
    """« YYYY-MM-DD HH:MM:SS » UTC, of which 1601 and 2999 mean never; or a count of 100 nanoseconds since 1601."""
    if text[4:5] != "-":
        return filetime(int(text))
    if text.startswith(("1601-01-01", "2999-12-1")):
        return NEVER
    return _day(text[:10]) + int(text[11:13]) * 3_600 + int(text[14:16]) * 60 + int(text[17:19])


def _integer(text: str) -> int:
    number = int(text)
    if abs(number) > LARGEST:
        raise ValueError(text)
    return number


def _delay(text: str) -> int | None:
    ticks = int(text)
    return None if ticks in {0, NO_LIMIT} else abs(ticks) // TICKS


def _boolean(text: str) -> bool:
    if text not in {"0", "1"}:
        raise ValueError(text)
    return text == "1"


def _name(text: str) -> str:
    """A DN, alone or at the end of a « DN with binary » or a « DN with text »."""
    if text[:2] in {"B:", "S:"}:
        return text.split(":", 3)[3] if text.count(":") >= 3 else ""
    return text


def _names(text: str) -> tuple[str, ...]:
    if text[:2] in {"B:", "S:"}:
        return tuple(filter(None, map(_name, MARKED.split(text))))
    return tuple(NAMES.split(text)) if ";" in text else (text,)


def _texts(text: str) -> tuple[str, ...]:
    return tuple(text.split(";"))


def _blobs(text: str) -> tuple[bytes, ...]:
    return tuple(bytes.fromhex(one) for one in text.split(";"))


def _guid(text: str) -> str:
    return text.strip("{}").lower()


_CONVERT: Mapping[Type, Convert] = {
    Type.INTEGER: _integer,
    Type.TIME: time,
    Type.DELAY: _delay,
    Type.BOOLEAN: _boolean,
    Type.TEXT: str,
    Type.TEXTS: _texts,
    Type.NAME: _name,
    Type.NAMES: _names,
    Type.SID: str,
    Type.SIDS: _texts,
    Type.GUID: _guid,
    Type.BLOB: bytes.fromhex,
    Type.BLOBS: _blobs,
}


def _hidden(convert: Convert) -> Convert:
    """Values whose text was written as if it were binary."""

    def read(text: str) -> Any:
        return convert(";".join(one.decode("utf-8", "replace") for one in _blobs(text)))

    return read


def plan(columns: Sequence[str]) -> Plan:
    """What is kept of these columns; « x_int » is preferred to « x », which is then only its spelling."""
    positions = {name: at for at, name in enumerate(columns)}
    kept = []
    for name, at in positions.items():
        attribute = name.removesuffix("_int")
        if attribute not in TYPES or (name == attribute and f"{name}_int" in positions):
            continue
        convert = _CONVERT[TYPES[attribute]]
        kept.append((at, attribute, _hidden(convert) if attribute in TEXT_IN_HEXADECIMAL else convert))
    return kept
