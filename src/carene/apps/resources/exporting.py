# SPDX-License-Identifier: EUPL-1.2
"""The map as a file: one line for each establishment. Rows in, bytes out."""

from __future__ import annotations

from collections.abc import Iterator

from carene.apps.resources.queries import Map
from carene.engines import french
from carene.engines.exchange.table_files import Cell as FileCell
from carene.engines.exchange.table_files import Column, render
from carene.engines.referential.catalogue import care
from carene.engines.resources.model import Cell
from carene.engines.resources.pack import resources


def map_file(kind: str, drawn: Map) -> bytes:
    """A file of one of the kinds of ``table_files.MEDIA_TYPES``: services in words, skills in FTE held and vacant."""
    pack, skills = resources(), care().skills
    columns = [Column("Établissement", 40), Column("FINESS", 12), Column("GHT", 30)]
    columns += [Column(service.label, 34) for service in pack.services.values()]
    for skill in pack.skills:
        columns += [Column(f"{skills[skill]} (ETP)", 14), Column(f"{skills[skill]}, vacants (ETP)", 14)]
    return render(kind, "Ressources", columns, _rows(drawn))


def _rows(drawn: Map) -> Iterator[list[FileCell]]:
    pack = resources()
    for row in drawn.rows:
        organisation = drawn.units[row.unit.id]
        group = drawn.groups.get(row.unit.group or 0)
        found: list[FileCell] = [organisation.name, organisation.finess, group.name if group else ""]
        found += [said(row.services[key]) for key in pack.services]
        for skill in pack.skills:
            hands = row.skills.get(skill)
            found += [round(hands.held, 2), round(hands.vacant, 2)] if hands else [None, None]
        yield found


def said(cell: Cell) -> str:
    """« reçoit d'un autre : CH de Valmont, 15 % »."""
    more = [*([french.listing(cell.others)] if cell.others else []), *([cell.part] if cell.part else [])]
    if cell.coming:
        more.append(f"à partir du {french.long_date(cell.coming)}")
    if cell.measured:
        more.append("d'après un indicateur")
    return f"{cell.words} : {', '.join(more)}" if more else cell.words
