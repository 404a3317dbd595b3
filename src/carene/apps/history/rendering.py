# SPDX-License-Identifier: EUPL-1.2
"""The journal as a file: CSV for machines and archives, XLSX for people. Pure: lines in, bytes out."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable

import xlsxwriter
from django.utils import timezone

from carene.apps.history.wording import Line
from carene.engines.sources import InputError

COLUMNS = (
    "N°", "Date", "Heure", "Qui", "Ce qui a été fait", "Sur quoi", "Avant et après", "D'où", "Adresse",
    "Verbe", "Cible", "Avant (JSON)", "Après (JSON)", "Empreinte",
)  # fmt: skip
WIDTHS = (8, 12, 10, 24, 34, 40, 70, 10, 16, 20, 26, 30, 30, 20)
MOST_ROWS = 1_048_575  # of a sheet, its heading apart
LONGEST_CELL = 32_767
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would take for a formula

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def render(kind: str, lines: Iterable[Line]) -> bytes:
    """A file of one of ``MEDIA_TYPES``. Raises InputError when a sheet cannot hold so many lines."""
    return _csv(lines) if kind == "csv" else _xlsx(lines)


def _cells(line: Line) -> list[str | int]:
    entry, at = line.entry, timezone.localtime(line.entry.at)
    changes = " ; ".join(
        f"{c.label} : {c.before or 'rien'} → {c.after or 'rien'}" if c.before else f"{c.label} : {c.after}"
        for c in line.changes
    )
    return [
        entry.seq, f"{at:%Y-%m-%d}", f"{at:%H:%M:%S}", entry.actor, line.said, line.subject, changes, line.origin,
        entry.address, entry.verb, entry.target, _json(entry.before), _json(entry.after), entry.hash,
    ]  # fmt: skip


def _json(value: object) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _csv(lines: Iterable[Line]) -> bytes:
    """Semicolons and a byte order mark: what a spreadsheet set in French opens by itself."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for line in lines:
        writer.writerow(
            [f"'{cell}" if isinstance(cell, str) and cell.startswith(DANGEROUS) else cell for cell in _cells(line)]
        )
    return out.getvalue().encode("utf-8-sig")


def _xlsx(lines: Iterable[Line]) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": "Journal", "author": "Carène", "language": "fr"})
    sheet = book.add_worksheet("Journal")
    head = book.add_format({"bold": True, "bottom": 1})
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    sheet.write_row(0, 0, COLUMNS, head)
    sheet.freeze_panes(1, 0)
    count = 0
    for count, line in enumerate(lines, 1):
        if count > MOST_ROWS:
            raise InputError("une feuille ne tient pas tant de lignes", remedy="choisir une période, ou le CSV")
        for column, cell in enumerate(_cells(line)):
            if isinstance(cell, int):
                sheet.write_number(count, column, cell)
            else:
                sheet.write_string(count, column, cell[:LONGEST_CELL])
    sheet.autofilter(0, 0, max(1, count), len(COLUMNS) - 1)
    book.close()
    return target.getvalue()
