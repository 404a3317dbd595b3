# SPDX-License-Identifier: EUPL-1.2
"""One unit of a month, and the names of the groups to which it belongs."""

from __future__ import annotations

from typing import NamedTuple

WHOLE = ""  # stratum of a whole area


class Unit(NamedTuple):
    """An establishment or a legal entity as it stood in a month. ``nation``, ``region``, ``ght``: ids of nodes, None
    where there is none above; unknown texts are empty, an unknown activity is None."""

    node: int
    kind: str
    type: str
    ght_role: str
    size: str
    department: str
    nation: int | None
    region: int | None
    ght: int | None
    activity: float | None


def department_stratum(code: str) -> str:
    return f"d:{code}"


def type_stratum(type_: str) -> str:
    return f"t:{type_}"


def size_stratum(type_: str, size: str) -> str:
    return f"s:{type_}:{size}"
