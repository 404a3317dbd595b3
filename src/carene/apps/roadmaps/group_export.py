# SPDX-License-Identifier: EUPL-1.2
"""A common plan as a file, one line for each measure of each member that the reader may look into."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from carene.apps.roadmaps.group_sheet import Sheet
from carene.engines.exchange.table_files import Cell, Column, render

COLUMNS = (
    Column("Établissement", 36), Column("FINESS", 12), Column("Mesure", 60), Column("Menée en commun", 12),
    Column("Début", 12), Column("Fin", 12), Column("Coût dans le plan (€)", 16), Column("Dont part commune (€)", 16),
    Column("Part équitable (€)", 16), Column("Seul, elle coûterait (€)", 16), Column("Travail (jours)", 12),
    Column("Épargné (€)", 12), Column("Épargné (jours)", 12),
)  # fmt: skip


def plan_file(kind: str, sheet: Sheet) -> bytes:
    """A file of one of the kinds of ``table_files.MEDIA_TYPES``."""
    return render(kind, "Plan commun", COLUMNS, _rows(sheet))


def _rows(sheet: Sheet) -> Iterator[list[Cell]]:
    joinings: Mapping[tuple[str, str], Mapping[str, Any]] = {
        (joining["member"], common["measure"]): joining
        for common in sheet.data["common"]
        for joining in common["members"]
    }
    for member in sheet.members:
        organisation = sheet.visible[int(member["member"])]
        for action in member["roadmap"]["actions"]:
            joined = joinings.get((member["member"], action["measure"]))
            yield [
                str(organisation), organisation.finess, action["title"], "oui" if joined else "non",
                action["start"], action["end"], float(action["cost"]),
                *(
                    (joined["paid"], joined["fair"], joined["alone"], action["person_days"], joined["saved"],
                     joined["saved_person_days"])
                    if joined
                    else (None, None, None, action["person_days"], None, None)
                ),
            ]  # fmt: skip
