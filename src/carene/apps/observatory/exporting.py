# SPDX-License-Identifier: EUPL-1.2
"""Figures as files: the table of a place, one figure of it, open data with their schema."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from typing import Any

from carene.apps.observatory.queries_open import Published
from carene.apps.observatory.reading import Child, Detail, Reading, Table
from carene.apps.observatory.showing import themes
from carene.engines.exchange.table_files import MEDIA_TYPES, Cell, Column, render

MEDIA = {**MEDIA_TYPES, "json": "application/json"}
# Key in JSON → heading and width in the other files.
COUNTS = {
    "value": Column("Valeur", 12),
    "answered": Column("Réponses", 11),
    "population": Column("Concernés", 11),
    "at_target": Column("À l'objectif", 12),
    "q1": Column("Premier quart", 14),
    "median": Column("Médiane", 12),
    "q3": Column("Troisième quart", 14),
    "oldest": Column("Mesure la plus ancienne", 22),
}
TABLE = {
    "id": Column("Indicateur", 28),
    "title": Column("Titre", 60),
    "theme": Column("Thème", 32),
    "unit": Column("Unité", 12),
    "month": Column("Mois", 12),
    **COUNTS,
    "target": Column("Cible", 10),
    "hidden": Column("Masqué", 9),
}
FIGURE = {
    "area": Column("Territoire", 40),
    "kind": Column("Nature", 14),
    "code": Column("Code", 8),
    "month": Column("Mois", 12),
    **COUNTS,
    "first_value": Column("Valeur d'abord publiée", 20),
}
Row = dict[str, Cell]


def table_rows(table: Table) -> list[Row]:
    """One for each figure of the table; what is hidden keeps its counts only."""
    titles = themes()
    return [
        {
            "id": line.figure.id,
            "title": line.figure.title,
            "theme": titles[line.figure.theme],
            "unit": line.figure.unit,
            "month": _month(table.month),
            **_counts(line.now),
            "target": line.figure.target.value if line.figure.target else None,
            "hidden": "oui" if line.hidden else "",
        }
        for line in table.lines
    ]


def figure_rows(label: str, kind: str, found: Detail) -> list[Row]:
    """The months of the place, latest first, then what is right below in the month that was chosen."""
    rows = [
        _of(label, kind, "", one.month, one.now)
        | {"first_value": one.closed.value if one.restated and one.closed else None}
        for one in reversed(found.moments)
    ]
    below: Sequence[Child] = (*found.children, *found.departments)
    rows += [_of(child.label, child.kind, child.code, found.month, child.reading) for child in below]
    return rows


def _of(area: str, kind: str, code: str, month: dt.date | None, reading: Reading | None) -> Row:
    return {"area": area, "kind": kind, "code": code, "month": _month(month), **_counts(reading), "first_value": None}


def _month(month: dt.date | None) -> str:
    return f"{month:%Y-%m}" if month else ""


def _counts(reading: Reading | None) -> Row:
    if reading is None:
        return dict.fromkeys(COUNTS)
    found: Row = {name: getattr(reading, name) for name in COUNTS if name != "oldest"}
    return found | {"oldest": reading.oldest.isoformat() if reading.oldest else None}


def write(kind: str, title: str, columns: dict[str, Column], rows: Iterable[Row], about: dict[str, Any]) -> bytes:
    """``about`` goes with the rows in JSON. Raises KeyError for a kind that is not in ``MEDIA``."""
    if kind == "json":
        return json.dumps({**about, "rows": list(rows)}, ensure_ascii=False, indent=1).encode()
    return render(kind, title, list(columns.values()), ([row[name] for name in columns] for row in rows))


# Open data -----------------------------------------------------------------------------------------------------------

OPEN: tuple[tuple[str, str, str], ...] = (
    ("mois", "yearmonth", "Mois de la figure, AAAA-MM."),
    ("indicateur", "string", "Identifiant de l'indicateur."),
    ("titre", "string", "Ce qu'il dit."),
    ("unite", "string", "Unité de la valeur ; vide pour un nombre sans unité."),
    ("territoire", "string", "Nom du territoire."),
    ("nature", "string", "ensemble, region, departement ou type (d'établissement)."),
    ("code", "string", "Numéro du département, ou type d'établissement ; vide ailleurs."),
    ("valeur", "number", "Valeur pour l'ensemble de la ligne."),
    ("reponses", "integer", "Nombre d'établissements qui ont répondu, au moins {smallest}."),
    ("concernes", "integer", "Nombre d'établissements que l'indicateur concerne."),
    ("premier_quart", "number", "Premier quart des valeurs."),
    ("mediane", "number", "Médiane des valeurs."),
    ("troisieme_quart", "number", "Troisième quart des valeurs."),
)


def open_csv(rows: Iterable[Published]) -> bytes:
    columns = [Column(name) for name, _, _ in OPEN]
    return render("csv", "Observatoire", columns, (_open_row(row) for row in rows))


def _open_row(row: Published) -> list[Cell]:
    said = row.reading
    return [
        _month(said.month), row.figure.id, row.figure.title, row.figure.unit, row.label, row.kind, row.code, said.value,
        said.answered, said.population, said.q1, said.median, said.q3,
    ]  # fmt: skip


def open_schema(smallest: int) -> bytes:
    """Table Schema of the file, with the dialect in which it is written."""
    fields: list[dict[str, Any]] = []
    for name, type_, words in OPEN:
        one: dict[str, Any] = {"name": name, "type": type_, "description": words.format(smallest=smallest)}
        if type_ == "number":
            one["decimalChar"] = ","
        if name == "reponses":
            one["constraints"] = {"minimum": smallest}
        fields.append(one)
    schema = {
        "$schema": "https://specs.frictionlessdata.io/schemas/table-schema.json",
        "name": "observatoire-carene",
        "title": "Figures de l'observatoire, sans aucun établissement désigné",
        "dialect": {"delimiter": ";", "lineTerminator": "\r\n", "header": True},
        "fields": fields,
        "primaryKey": ["mois", "indicateur", "nature", "code", "territoire"],
        "missingValues": [""],
    }
    return json.dumps(schema, ensure_ascii=False, indent=2).encode()
