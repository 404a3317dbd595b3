# SPDX-License-Identifier: EUPL-1.2
"""Security descriptors written by hand, byte by byte, for the tests of who reads them."""

from __future__ import annotations

import struct
import uuid
from collections.abc import Sequence

from carene.engines.directory.descriptors.binary import sid_bytes


def ace(
    mask: int, trustee: str, *, about: str = "", inherited: str = "", flags: int = 0, deny: bool = False, kind: int = -1
) -> bytes:
    """One entry; ``about`` and ``inherited`` are GUIDs as text."""
    objects = [uuid.UUID(one).bytes_le for one in (about, inherited) if one]
    body = struct.pack("<I", mask)
    if objects or kind in {5, 6}:
        body += struct.pack("<I", bool(about) | bool(inherited) << 1) + b"".join(objects)
    body += sid_bytes(trustee)
    chosen = kind if kind >= 0 else (5 if objects else 0) + deny
    return struct.pack("<BBH", chosen, flags, 4 + len(body)) + body


def descriptor(
    entries: Sequence[bytes], owner: str = "S-1-5-18", group: str = "S-1-5-18", control: int = 0x8004
) -> bytes:
    first, second = sid_bytes(owner), sid_bytes(group)
    body = b"".join(entries)
    listed = struct.pack("<BBHHH", 4, 0, 8 + len(body), len(entries), 0) + body
    offsets = (20, 20 + len(first), 0, 20 + len(first) + len(second))
    return struct.pack("<BBHIIII", 1, 0, control, *offsets) + first + second + listed
