# SPDX-License-Identifier: EUPL-1.2
"""Security descriptors written as text (SDDL, MS-DTYP 2.5.1) become the bytes and the columns of the others.

The schema writes so what new objects receive (``defaultSecurityDescriptor``), ORADAD some lists of rights.
"""

from __future__ import annotations

import re
import struct
import uuid
from collections.abc import Mapping

from carene.engines.directory.descriptors.binary import DACL_PRESENT, SELF_RELATIVE, sid_bytes

_RIGHTS: Mapping[str, int] = {
    "CC": 0x1, "DC": 0x2, "LC": 0x4, "SW": 0x8, "RP": 0x10, "WP": 0x20, "DT": 0x40, "LO": 0x80, "CR": 0x100,
    "SD": 0x10000, "RC": 0x20000, "WD": 0x40000, "WO": 0x80000,
    "GA": 0x10000000, "GX": 0x20000000, "GW": 0x40000000, "GR": 0x80000000,
    "FA": 0x1F01FF, "FR": 0x120089, "FW": 0x120116, "FX": 0x1200A0, "KA": 0xF003F, "KR": 0x20019, "KW": 0x20006,
    "KX": 0x20019,
}  # fmt: skip
_FLAGS: Mapping[str, int] = {"OI": 1, "CI": 2, "NP": 4, "IO": 8, "ID": 16, "SA": 64, "FA": 128}
_TYPES: Mapping[str, int] = {"A": 0, "D": 1, "OA": 5, "OD": 6}
_CONTROL: Mapping[str, int] = {"P": 0x1000, "AI": 0x400, "AR": 0x100}
_BUILT_IN: Mapping[str, str] = {
    "AN": "S-1-5-7", "AO": "S-1-5-32-548", "AU": "S-1-5-11", "BA": "S-1-5-32-544", "BG": "S-1-5-32-546",
    "BO": "S-1-5-32-551", "BU": "S-1-5-32-545", "CG": "S-1-3-1", "CO": "S-1-3-0", "ED": "S-1-5-9", "ES": "S-1-5-32-576",
    "HA": "S-1-5-32-578", "IS": "S-1-5-32-568", "IU": "S-1-5-4", "LS": "S-1-5-19",
    "LU": "S-1-5-32-559", "MS": "S-1-5-32-577", "MU": "S-1-5-32-558", "NO": "S-1-5-32-556", "NS": "S-1-5-20",
    "NU": "S-1-5-2", "OW": "S-1-3-4", "PO": "S-1-5-32-550", "PS": "S-1-5-10", "PU": "S-1-5-32-547",
    "RA": "S-1-5-32-575", "RC": "S-1-5-12", "RD": "S-1-5-32-555", "RE": "S-1-5-32-552", "RM": "S-1-5-32-580",
    "RU": "S-1-5-32-554", "SO": "S-1-5-32-549", "SU": "S-1-5-6", "SY": "S-1-5-18", "WD": "S-1-1-0", "WR": "S-1-5-33",
    "AC": "S-1-15-2-1", "CY": "S-1-5-32-569", "ER": "S-1-5-32-573", "AS": "S-1-18-1", "SS": "S-1-18-2",
}  # fmt: skip
_OF_DOMAIN: Mapping[str, int] = {
    "LA": 500, "LG": 501, "DA": 512, "DU": 513, "DG": 514, "DC": 515, "DD": 516, "CA": 517, "PA": 520, "RS": 553,
    "CN": 522, "AP": 525, "KA": 526,
}  # fmt: skip
_OF_ROOT: Mapping[str, int] = {"SA": 518, "EA": 519, "RO": 498, "EK": 527}
_LIST = re.compile(r"D:([A-Z]*)((?:\([^()]*\))*)")
_PRINCIPAL = r"(S-1-[0-9-]+|[A-Z]{2})"


def to_binary(text: str, domain: str, root: str = "") -> bytes:
    """A self-relative descriptor. ``domain``, ``root``: SIDs of the domain and of the root of its forest (default: the
    same), which short names such as ``DA`` and ``EA`` need. Raises ValueError for what is not SDDL.

    Only the owner, the group and the DACL are read; conditional entries and the audit list are left out.
    """
    text = text.strip().partition("S:")[0] if not text.startswith("S:") else ""
    found = _LIST.search(text)
    if not found:
        raise ValueError(text[:80])
    root = root or domain
    control = SELF_RELATIVE | DACL_PRESENT
    for flag in re.findall(r"NO_ACCESS_CONTROL|P|AI|AR", found[1]):
        control |= _CONTROL.get(flag, 0)
    entries = [entry for one in re.findall(r"\(([^()]*)\)", found[2]) if (entry := _entry(one, domain, root))]
    listed = struct.pack("<BBHHH", 4, 0, 8 + sum(map(len, entries)), len(entries), 0) + b"".join(entries)
    if "NO_ACCESS_CONTROL" in found[1]:
        listed = b""
    owner, group = (_named(letter, text[: found.start()], domain, root) for letter in "OG")
    at = 20
    offsets = [(at if owner else 0), (at + len(owner) if group else 0), 0]
    offsets.append(at + len(owner) + len(group) if listed else 0)
    return struct.pack("<BBHIIII", 1, 0, control, *offsets) + owner + group + listed


def _entry(text: str, domain: str, root: str) -> bytes:
    """Empty for a type that is not read."""
    parts = text.split(";")
    if len(parts) < 6:
        raise ValueError(text)
    kind, flags, rights, about, inherited, trustee = parts[:6]
    if kind not in _TYPES:
        return b""
    head = struct.pack("<I", _mask(rights))
    if _TYPES[kind] >= 5:
        guids = [uuid.UUID(one).bytes_le for one in (about, inherited) if one]
        head += struct.pack("<I", bool(about) | bool(inherited) << 1) + b"".join(guids)
    body = head + sid_bytes(_sid(trustee, domain, root))
    return struct.pack("<BBH", _TYPES[kind], _sum(flags, _FLAGS), 4 + len(body)) + body


def _mask(text: str) -> int:
    return int(text, 0) & 0xFFFFFFFF if text[:1].isdigit() else _sum(text, _RIGHTS)


def _sum(text: str, names: Mapping[str, int]) -> int:
    total = 0
    for at in range(0, len(text), 2):
        if text[at : at + 2] not in names:
            raise ValueError(text)
        total |= names[text[at : at + 2]]
    return total


def _named(letter: str, text: str, domain: str, root: str) -> bytes:
    found = re.search(rf"{letter}:{_PRINCIPAL}", text)
    return sid_bytes(_sid(found[1], domain, root)) if found else b""


def _sid(name: str, domain: str, root: str) -> str:
    if name.startswith("S-1-"):
        return name
    if name in _OF_DOMAIN:
        return f"{domain}-{_OF_DOMAIN[name]}"
    if name in _OF_ROOT:
        return f"{root}-{_OF_ROOT[name]}"
    if name not in _BUILT_IN:
        raise ValueError(name)
    return _BUILT_IN[name]
