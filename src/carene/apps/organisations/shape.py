# SPDX-License-Identifier: EUPL-1.2
"""Which kinds may stand below which, and who says so; what an organisation says of itself."""

from __future__ import annotations

from carene.core.access.policy import ROLES

BY_HAND = "à la main"  # source of the changes of identity that people make

BELOW: dict[str | None, frozenset[str]] = {
    None: frozenset({"nation", "region", "ght", "entity", "site"}),
    "nation": frozenset({"region"}),
    # An establishment in another region than its legal entity's stands right under its own region.
    "region": frozenset({"ght", "entity", "site"}),
    "ght": frozenset({"entity"}),
    "entity": frozenset({"site"}),
    "site": frozenset(),
}


# The fields of the profile by what one asks of them: the only list of them.
PARTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Son nom", ("name", "short_name", "finess", "town")),
    ("Ce qu'il est", ("type", "ght_role")),
    ("Sa taille", ("beds", "staff", "workstations", "servers", "sites")),
    ("Ses moyens", ("operating_budget", "digital_budget")),
    ("Son poids dans le groupe", ("activity",)),
)
PROFILE = tuple(name for _, names in PARTS for name in names)


def above(kind: str) -> list[str]:
    """Kinds under which ``kind`` may stand."""
    return sorted(place for place, kinds in BELOW.items() if place and kind in kinds)


_GROUPS = frozenset({"nation", "region"})
# On a nation or a region, a role that reads the detail would read that of every establishment, which decides by itself
# what it shares: only those who look from above and those who keep the tree hold a role there.
_HELD_ON: dict[str, frozenset[str]] = {
    "officier": frozenset({"region", "ght"}),
    "national": frozenset({"nation"}),
    "gestionnaire": frozenset({"nation", "region"}),
}


def roles_on(kind: str) -> list[str]:
    """Roles that may be given on such a node, in the order of the policy."""
    return [role for role in ROLES if (kind in _HELD_ON[role] if role in _HELD_ON else kind not in _GROUPS)]
