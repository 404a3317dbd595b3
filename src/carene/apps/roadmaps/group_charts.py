# SPDX-License-Identifier: EUPL-1.2
"""The establishments of a common plan side by side: what sharing costs each one, and what is left of its risk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from carene.engines import french
from carene.ui.charts.moves import MoveRow, Names, moves_chart
from carene.ui.charts.ranges import Scale, round_ends

WIDE, NARROW = 860, 340
Data = Mapping[str, Any]


@dataclass(frozen=True)
class Chart:
    title: str
    wide: SafeString
    narrow: SafeString


def paid(members: Sequence[tuple[str, Data]], commons: Sequence[Data]) -> Chart | None:
    """``members``: name and data of those shown. What each would pay alone for what it shares, and what it pays; None
    when nobody of them shares anything."""
    rows = []
    for name, member in members:
        mine = [j for one in commons for j in one["members"] if j["member"] == member["member"]]
        together = sum(j["own"] + j["paid"] for j in mine)
        alone = together + sum(j["saved"] for j in mine)
        if mine and max(alone, together) > 0:
            said = f"{french.compact_euros(alone)} → {french.compact_euros(together)}"
            rows.append(MoveRow(name, alone, together, said, note=french.counted(len(mine), "mesure")))
    return _drawn(rows, Names("seul", "ensemble"), "Ce que les mesures communes coûtent à chacun", "paye")


def risk(members: Sequence[tuple[str, Data]], known: Mapping[str, Mapping[str, float]]) -> Chart | None:
    """Expected losses a year, today and once the plan is carried out; None for a plan that did not keep them."""
    rows = [
        MoveRow(name, one["now"], one["together"], _reduced(one), other=one["alone"])
        for name, member in members
        if (one := known.get(member["member"])) is not None
    ]
    names = Names("aujourd'hui", "à la fin du plan commun", "à la fin de son plan seul")
    return _drawn(rows, names, "Ce que les attaques coûtent à chacun, en moyenne par an", "risque")


def _reduced(one: Mapping[str, float]) -> str:
    now, alone, together = (french.compact_euros(one[key]) for key in ("now", "alone", "together"))
    return f"{now} → {together}" if alone == together else f"{now} → {together} (seul : {alone})"


def _drawn(rows: Sequence[MoveRow], names: Names, title: str, ident: str) -> Chart | None:
    if not rows:
        return None
    high = max(max(row.before, row.after, row.other or 0.0) for row in rows)
    scale = Scale(tuple((value, french.compact_euros(value)) for value in round_ends(0.0, high, 4)))
    wide, narrow = (
        moves_chart(rows, scale, names, title=title, width=width, ident=f"{ident}-{name}")
        for width, name in ((WIDE, "large"), (NARROW, "etroit"))
    )
    return Chart(title, mark_safe(wide), mark_safe(narrow))  # drawn by our charts, which escape every text # nosec B308
