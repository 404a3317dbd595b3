# SPDX-License-Identifier: EUPL-1.2
"""Observations in a table: a sheet of a workbook, or a CSV file."""

from __future__ import annotations

import datetime as dt

from carene.engines.exchange import layout
from carene.engines.exchange.check import checked_observations
from carene.engines.exchange.questionnaire import Measured
from carene.engines.exchange.tables import Table, find_table, read_csv
from carene.engines.exchange.values import date_of, number_of
from carene.engines.exchange.workbook import Sheet, open_workbook
from carene.engines.referential.model import Referential
from carene.engines.sources import InputError

LONGEST_SOURCE = 200
LONGEST_NOTE = 300

Checked = tuple[Measured, InputError | None]


def read_observations_file(
    content: bytes, name: str, referential: Referential, today: dt.date
) -> tuple[list[Measured], list[InputError]]:
    """What can be recorded, and every problem. CSV or XLSX, told apart by their content.

    Raises InputError when no table has the headings « Indicateur », « Valeur » and « Date ».
    """
    if content.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        sheets: tuple[Sheet, ...] = open_workbook(content, name).sheets
    else:
        sheets = (read_csv(content, name),)
    tables = [t for sheet in sheets if (t := find_table(sheet, layout.OBSERVATIONS, layout.OBSERVATIONS_REQUIRED))]
    if not tables:
        raise InputError(
            "aucun tableau n'a les colonnes « Indicateur », « Valeur » et « Date »",
            where=name,
            remedy="les nommer ainsi sur la première ligne, ou partir du modèle",
        )
    problems: list[InputError] = []
    found = [item for table in tables for item in read_table(table, problems)]
    kept = []
    for item, problem in checked_observations(found, referential, today):
        if problem:
            problems.append(problem)
        else:
            kept.append(item)
    return kept, problems


def read_table(table: Table, problems: list[InputError]) -> list[Measured]:
    """Rows that give a value; a row of the model that was left empty says nothing."""
    found = []
    for row in table.rows():
        key = table.text(row, "indicator")
        if not key or not (table.text(row, "value") or table.text(row, "date")):
            continue
        item = _read_row(table, row, key, problems)
        if item:
            found.append(item)
    return found


def _read_row(table: Table, row: int, key: str, problems: list[InputError]) -> Measured | None:
    column = "value"
    try:
        for column in ("value", "date"):
            if table.computed(row, column):
                raise ValueError("la cellule contient une formule ; écrire la valeur elle-même")
        column = "value"
        value = number_of(table.cell(row, column))
        if value is None:
            raise ValueError("la valeur manque ; l'écrire, ou effacer la date")
        column = "date"
        day = date_of(table.cell(row, column))
        if day is None:
            raise ValueError("la date manque ; écrire le jour où la valeur a été mesurée")
    except ValueError as error:
        problems.append(InputError(f"{key}, {error}", where=table.where(row, column)))
        return None
    source, note = table.text(row, "source"), table.text(row, "note")
    for name, text, limit in (("source", source, LONGEST_SOURCE), ("note", note, LONGEST_NOTE)):
        if len(text) > limit:
            problems.append(
                InputError(f"le texte dépasse {limit} caractères", where=table.where(row, name), remedy="le raccourcir")
            )
            return None
    return Measured(key, value, day, source, note, table.where(row, "value"))
