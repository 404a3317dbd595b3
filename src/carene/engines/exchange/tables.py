# SPDX-License-Identifier: EUPL-1.2
"""Tables found by their headings, wherever they stand in a sheet or a CSV file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from carene.engines import french
from carene.engines.exchange.values import Cell, folded, text_of
from carene.engines.exchange.workbook import Sheet
from carene.engines.sources import InputError
from carene.engines.sources.document import Limits, megabytes

SEARCHED = 40  # rows in which headings are looked for
CSV_LIMITS = Limits(size=5_000_000)
CSV_ROWS = 20_000
CSV_COLUMNS = 200

# Column → its headings, folded (see ``values.folded``); the first column named in a row wins.
Headings = Mapping[str, frozenset[str]]


def headings(**names: Sequence[str]) -> Headings:
    """Written as people read them: ``level=("Niveau", "Réponse")``."""
    return {key: frozenset(folded(name) for name in values) for key, values in names.items()}


@dataclass(frozen=True)
class Table:
    """Where a table begins in its sheet; ``columns``: name → column index, from 0."""

    sheet: Sheet
    first: int
    columns: Mapping[str, int]

    def rows(self) -> Iterator[int]:
        """Indices of the rows below the headings that hold something in one of our columns."""
        for row in range(self.first, len(self.sheet.rows)):
            if any(text_of(self.sheet.cell(row, column)) for column in self.columns.values()):
                yield row

    def cell(self, row: int, column: str) -> Cell:
        return self.sheet.cell(row, self.columns.get(column))

    def text(self, row: int, column: str) -> str:
        return text_of(self.cell(row, column))

    def where(self, row: int, column: str) -> str:
        return self.sheet.where(row, self.columns.get(column))

    def computed(self, row: int, column: str) -> bool:
        """Does a formula stand there? What it is worth may never have been computed."""
        return (row, self.columns.get(column, -1)) in self.sheet.formulas


def find_table(sheet: Sheet, names: Headings, required: Sequence[str]) -> Table | None:
    """The first row that holds every required heading, None when there is none."""
    for row, cells in enumerate(sheet.rows[:SEARCHED]):
        found: dict[str, int] = {}
        for column, cell in enumerate(cells):
            key = folded(cell) if isinstance(cell, str) else ""
            for name, accepted in names.items():
                if key in accepted and name not in found:
                    found[name] = column
        if all(name in found for name in required):
            return Table(sheet, row + 1, found)
    return None


def read_csv(content: bytes, name: str) -> Sheet:
    """A CSV file as a sheet: « ; », « , » or tabulation, UTF-8 or the encoding of French spreadsheets.

    Raises InputError when it is empty, too big, or not a text.
    """
    if len(content) > CSV_LIMITS.size:
        raise InputError(
            f"le fichier pèse {megabytes(len(content))} et la limite est de {megabytes(CSV_LIMITS.size)}",
            where=name,
            remedy="le scinder",
        )
    text = _decoded(content, name)
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(";,\t", key=first.count)
    rows: list[list[Cell]] = []
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            if len(rows) >= CSV_ROWS or len(cells) > CSV_COLUMNS:
                raise InputError(
                    f"le fichier dépasse {french.number(CSV_ROWS)} lignes ou {CSV_COLUMNS} colonnes",
                    where=name,
                    remedy="le scinder",
                )
            rows.append(list(cells))
    except csv.Error as error:
        raise InputError(
            "le tableau est mal formé", where=f"{name}, ligne {len(rows) + 1}", remedy="vérifier les guillemets"
        ) from error
    return CsvSheet(name, True, rows)


class CsvSheet(Sheet):
    def where(self, row: int, column: int | None = None) -> str:
        place = f"{self.name}, ligne {row + 1}"
        return place if column is None else f"{place}, colonne {column + 1}"


def _decoded(content: bytes, name: str) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError("le fichier est en UTF-16", where=name, remedy="l'enregistrer en CSV UTF-8")
    if b"\0" in content:
        raise InputError("ce n'est pas un fichier CSV", where=name, remedy="envoyer un fichier CSV ou XLSX")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")  # five bytes of this encoding mean nothing: shown as �
    if not text.strip():
        raise InputError("le fichier est vide", where=name, remedy="en choisir un autre")
    return text
