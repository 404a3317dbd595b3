# SPDX-License-Identifier: EUPL-1.2
"""Files as SharpHound writes them, made by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

SID = "S-1-5-21-10-20-30"
NAME = "CH.INVALID"
ROOT = "DC=CH,DC=INVALID"
TIME = "20261103220000"
EVERYTHING = 0x7FFFF


def record(identifier: str, dn: str = "", **rest: Any) -> dict[str, Any]:
    """``rest``: what stands beside the properties when it begins with a capital, a property otherwise."""
    properties = {"domain": NAME, "domainsid": SID, "name": identifier}
    if dn:
        properties["distinguishedname"] = dn
    beside = {key: value for key, value in rest.items() if key[0].isupper()}
    properties |= {key: value for key, value in rest.items() if not key[0].isupper()}
    return {"ObjectIdentifier": identifier, "Properties": properties, "Aces": [], "IsDeleted": False, **beside}


def domain(**rest: Any) -> dict[str, Any]:
    return record(SID, ROOT, **rest)


def user(rid: int, **rest: Any) -> dict[str, Any]:
    return record(f"{SID}-{rid}", f"CN=U{rid},CN=USERS,{ROOT}", samaccountname=f"u{rid}", **rest)


def ace(principal: str, right: str) -> dict[str, Any]:
    return {"PrincipalSID": principal, "PrincipalType": "User", "RightName": right, "IsInherited": False}


def document(
    kind: str, records: Sequence[Mapping[str, Any]], *, version: int = 6, methods: int = EVERYTHING, bom: bool = True
) -> bytes:
    meta = {"methods": methods, "type": kind, "count": len(records), "version": version}
    text = json.dumps({"data": list(records), "meta": meta})
    return text.encode("utf-8-sig" if bom else "utf-8")


def written(folder: Path, **kinds: Sequence[Mapping[str, Any]]) -> Path:
    for kind, records in kinds.items():
        (folder / f"{TIME}_{kind}.json").write_bytes(document(kind, records))
    return folder
