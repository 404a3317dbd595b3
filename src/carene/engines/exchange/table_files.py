# SPDX-License-Identifier: EUPL-1.2
"""A table as a file that people take away: CSV for machines and archives, XLSX for people. Rows in, bytes out."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from carene.engines.sources import InputError

MOST_ROWS = 1_048_575  # of a sheet, its heading apart
LONGEST_CELL = 32_767
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would take for a formula
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

Cell = str | int | float | None


@dataclass(frozen=True)
class Column:
    title: str
    width: int = 20  # in characters


def render(kind: str, title: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A file of one of ``MEDIA_TYPES``; ``rows`` are drawn once, in order. Empty cells are None or "".

    Raises InputError when a sheet cannot hold so many rows, KeyError for another kind.
    """
    return {"csv": _csv, "xlsx": _xlsx}[kind](title, columns, rows)


def _csv(_title: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Semicolons and a byte order mark: what a spreadsheet set in French opens by itself."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([column.title for column in columns])
    for row in rows:
        writer.writerow([_plain(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def _plain(cell: Cell) -> Cell:
    if isinstance(cell, str) and cell.startswith(DANGEROUS):
        return f"'{cell}"
    return str(cell).replace(".", ",") if isinstance(cell, float) else cell


def _xlsx(title: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> bytes:
    target = io.BytesIO()
    import xlsxwriter  # heavy: for those who ask for a workbook

    book = xlsxwriter.Workbook(
        target, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": title, "author": "Carène", "language": "fr"})
    sheet = book.add_worksheet(title[:31])
    head = book.add_format({"bold": True, "bottom": 1})
    for rank, column in enumerate(columns):
        sheet.set_column(rank, rank, column.width)
    sheet.write_row(0, 0, [column.title for column in columns], head)
    sheet.freeze_panes(1, 0)
    count = 0
    for count, row in enumerate(rows, 1):
        if count > MOST_ROWS:
            raise InputError("une feuille ne tient pas tant de lignes", remedy="choisir une période, ou le CSV")
        for rank, cell in enumerate(row):
            if isinstance(cell, int | float):
                sheet.write_number(count, rank, cell)
            elif cell:
                sheet.write_string(count, rank, cell[:LONGEST_CELL])
    sheet.autofilter(0, 0, max(1, count), len(columns) - 1)
    book.close()
    return target.getvalue()
