# SPDX-License-Identifier: EUPL-1.2
"""A workbook in the manner of Carène: typed cells, frozen headers, filters, print set-up.

Only values are written, each with an explicit type: a text that begins with « = » stays a text.
"""

from __future__ import annotations

import datetime as dt
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from carene.apps.reports.rendering.dossier import Dossier
from carene.engines import french
from carene.ui.charts.text import clean, one_line

Kind = Literal["text", "bold", "whole", "score", "change", "days", "euros", "share", "date", "value"]
Cell = str | float | int | dt.date | bool | None

# Written in the neutral notation of the format: a French spreadsheet shows « 12 400 € » and « 2,3 ».
_FORMATS: dict[str, dict[str, object]] = {
    "text": {"text_wrap": True, "indent": 1},
    "bold": {"text_wrap": True, "bold": True, "indent": 1},
    "whole": {"num_format": "0", "align": "right"},
    "score": {"num_format": "0.0", "align": "right"},
    "change": {"num_format": "+0.0;\u22120.0;0", "align": "right"},
    "days": {"num_format": "#,##0.#", "align": "right"},
    "euros": {"num_format": '#,##0\u00a0"€"', "align": "right"},
    "share": {"num_format": "0\u00a0%", "align": "right"},
    "date": {"num_format": "dd/mm/yyyy", "align": "right"},
    "value": {"num_format": "General", "align": "right"},
}
_MOST = 32_000  # a cell holds 32 767 characters; beyond, the format itself loses the text
_CUT = " … (texte coupé : une cellule n'en contient pas davantage)"
_FIRST_YEAR = 1900  # the calendar of a spreadsheet begins there
_LINE_HEIGHT = 15.0  # points, of Calibri 11
_TALLEST = 409.0  # points: a row cannot be taller
_WIDEST = 210  # characters that stay legible across a landscape page
_FILL = 1.15  # a column of 10 « characters » is 10 digits wide, and letters are narrower on average
_ACCENT = "#0b6b69"
_TINT = "#e2f0ee"
_LINE = "#d3cfc4"


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    width: float  # in characters
    kind: Kind = "text"


class Book:
    """An XLSX file with the formats, the header and the print set-up that all its sheets share."""

    def __init__(self, dossier: Dossier) -> None:
        self.dossier = dossier
        self._stream = io.BytesIO()
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self.book: Workbook = xlsxwriter.Workbook(self._stream, options)
        self.book.set_properties(
            {
                "title": one_line(f"Cybersécurité, {dossier.organisation}"),
                "author": "Carène",
                "created": dt.datetime.combine(dossier.prepared_on, dt.time(12)),
            }
        )
        common: dict[str, object] = {"valign": "top", "bottom": 1, "bottom_color": _LINE, "font_name": "Calibri"}
        self.formats: dict[str, Format] = {
            kind: self.book.add_format({**common, **chosen}) for kind, chosen in _FORMATS.items()
        }
        header = {
            "bold": True,
            "text_wrap": True,
            "valign": "vcenter",
            "bg_color": _TINT,
            "bottom": 2,
            "bottom_color": _ACCENT,
        }
        self.header = self.book.add_format({**header, "indent": 1})
        self._header_right = self.book.add_format({**header, "align": "right"})
        self._title = self.book.add_format({"bold": True, "font_size": 16, "font_color": _ACCENT})

    def close(self) -> bytes:
        self.book.close()
        return self._stream.getvalue()

    def sheet(
        self, name: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], *, frozen: int = 1
    ) -> Worksheet:
        """One table; ``frozen`` columns stay in sight on the left."""
        sheet = self.new_sheet(name)
        self.table(sheet, 0, columns, rows)
        for index, column in enumerate(columns):
            sheet.set_column(index, index, column.width)
        sheet.freeze_panes(1, frozen)
        sheet.repeat_rows(0)
        pages = math.ceil(sum(column.width for column in columns) / _WIDEST)
        if pages > 1:
            sheet.fit_to_pages(pages, 0)
            sheet.repeat_columns(0, frozen - 1)
        return sheet

    def new_sheet(self, name: str) -> Worksheet:
        sheet = self.book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.7)
        # « & » begins a code in a footer, and the whole of it may not pass 255 characters.
        organisation = one_line(self.dossier.organisation)[:80].replace("&", "&&")
        date = french.numeric_date(self.dossier.prepared_on)
        sheet.set_header(f"&L{name}")
        sheet.set_footer(f"&L{organisation}, {date}&RPage &P sur &N")
        return sheet

    def name(self, sheet: Worksheet, text: str) -> None:
        """The large title of a sheet of sentences, in its first cell."""
        sheet.write_string(0, 0, _fitting(text), self._title)

    def table(self, sheet: Worksheet, first: int, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> int:
        """Header and rows from row ``first``, with a filter; returns the row after the last."""
        for index, column in enumerate(columns):
            header = self.header if column.kind in ("text", "bold") else self._header_right
            sheet.write_string(first, index, _fitting(column.title), header)
        # Filters hide the end of a header, hence its narrower columns.
        sheet.set_row(first, _height((column.title, column.width - 3) for column in columns))
        row = first
        for row, cells in enumerate(rows, first + 1):
            texts = [(cell, column.width) for column, cell in zip(columns, cells, strict=True) if isinstance(cell, str)]
            sheet.set_row(row, _height(texts))
            for index, (column, cell) in enumerate(zip(columns, cells, strict=True)):
                self.write(sheet, row, index, cell, column.kind)
        sheet.autofilter(first, 0, max(row, first + 1), len(columns) - 1)
        return max(row, first) + 1

    def write(self, sheet: Worksheet, row: int, column: int, cell: Cell, kind: Kind = "text") -> None:
        """One typed cell; None is an empty cell, True and False are « oui » and « non »."""
        chosen = self.formats[kind]
        if cell is None:
            sheet.write_blank(row, column, None, chosen)
        elif isinstance(cell, bool):
            sheet.write_string(row, column, "oui" if cell else "non", chosen)
        elif isinstance(cell, dt.date) and cell.year < _FIRST_YEAR:
            sheet.write_string(row, column, french.numeric_date(cell), chosen)
        elif isinstance(cell, dt.date):
            sheet.write_datetime(row, column, dt.datetime.combine(cell, dt.time()), chosen)
        elif isinstance(cell, str):
            sheet.write_string(row, column, _fitting(cell), chosen)
        elif math.isfinite(cell):
            sheet.write_number(row, column, cell, chosen)
        else:
            sheet.write_string(row, column, french.UNKNOWN, chosen)


def _height(texts: Iterable[tuple[str, float]]) -> float:
    """Points that a row needs, from its texts and the widths of their columns: not every program grows its rows."""
    lines = 1
    for text, width in texts:
        room = max(4.0, width * _FILL)
        lines = max(lines, sum(max(1, math.ceil(len(line) / room)) for line in text.split("\n")))
    return min(_TALLEST, _LINE_HEIGHT * lines)


def _fitting(text: str) -> str:
    shown = french.typeset(clean(text))
    return shown if len(shown) <= _MOST else shown[:_MOST] + _CUT
