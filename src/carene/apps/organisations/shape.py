# SPDX-License-Identifier: EUPL-1.2
"""Which kinds may stand below which."""

from __future__ import annotations

BELOW: dict[str | None, frozenset[str]] = {
    None: frozenset({"nation", "region", "ght", "entity", "site"}),
    "nation": frozenset({"region"}),
    # An establishment in another region than its legal entity's stands right under its own region.
    "region": frozenset({"ght", "entity", "site"}),
    "ght": frozenset({"entity"}),
    "entity": frozenset({"site"}),
    "site": frozenset(),
}


def above(kind: str) -> list[str]:
    """Kinds under which ``kind`` may stand."""
    return sorted(place for place, kinds in BELOW.items() if place and kind in kinds)
