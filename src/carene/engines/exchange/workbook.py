# SPDX-License-Identifier: EUPL-1.2
"""A workbook that someone sent, opened without trusting it.

Three steps. The archive is unpacked by us, within limits counted on real bytes (its own directory may lie), and only
the parts that hold cells are kept. Each part is walked through by a streaming parser that stops at our limits and
notes the formulas. Only then is it given to calamine, which would allocate a whole grid for one cell far away.
"""

from __future__ import annotations

import io
import lzma
import re
import warnings
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from xml.parsers import expat

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from carene.engines import french
from carene.engines.exchange.values import Cell
from carene.engines.sources import InputError
from carene.engines.sources.document import megabytes

KEEP_ONLY = "n'y garder que le questionnaire"
RESAVE = "l'enregistrer au format XLSX depuis le tableur"


@dataclass(frozen=True, slots=True)
class WorkbookLimits:
    """``size`` and ``unpacked`` in bytes; ``ratio``: unpacked for one packed, over the whole file."""

    size: int = 10_000_000
    unpacked: int = 16_000_000
    ratio: int = 120
    members: int = 500
    sheets: int = 60
    rows: int = 20_000
    columns: int = 200
    cells: int = 200_000  # over the whole workbook


@dataclass(frozen=True)
class Sheet:
    """Values from cell A1 on; ``formulas`` are cells (row, column) from 0 whose value a spreadsheet computes."""

    name: str
    visible: bool
    rows: Sequence[Sequence[Cell]]
    formulas: frozenset[tuple[int, int]] = frozenset()

    def cell(self, row: int, column: int | None) -> Cell:
        if column is None or row >= len(self.rows) or column >= len(self.rows[row]):
            return None
        return self.rows[row][column]

    def where(self, row: int, column: int | None = None) -> str:
        """« feuille Questions, cellule D14 » or « feuille Questions, ligne 14 »; both from 0."""
        place = f"ligne {row + 1}" if column is None else f"cellule {column_name(column)}{row + 1}"
        return f"feuille {self.name}, {place}"


@dataclass(frozen=True)
class Workbook:
    name: str
    sheets: tuple[Sheet, ...] = field(default=())

    @cached_property
    def sheet(self) -> dict[str, Sheet]:
        return {sheet.name: sheet for sheet in self.sheets}


def column_name(column: int) -> str:
    """« A » for 0, « AA » for 26."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def open_workbook(content: bytes, name: str, limits: WorkbookLimits | None = None) -> Workbook:
    """Every worksheet of an XLSX file. Raises InputError (French) for anything else, too big, broken or suspicious."""
    limits = limits or WorkbookLimits()
    _check_kind(content, name, limits)
    parts = _unpack(content, name, limits)
    # A sheet may hide under any name: every part is walked through, those without cells cost nothing.
    layouts = {part: _scan(data, part, name, limits) for part, data in parts.items() if part.endswith(".xml")}
    _check_cells(layouts, name, limits)
    formulas = {sheet: layouts[part].formulas for sheet, part in _sheet_parts(parts).items() if part in layouts}
    return Workbook(name, tuple(_read(_repack(parts), name, formulas, limits)))


# What it is ----------------------------------------------------------------------------------------------------------

_OTHERS = (
    (b"\xd0\xcf\x11\xe0", "c'est un ancien classeur (.xls) ou un classeur protégé par un mot de passe"),
    (b"%PDF", "c'est un PDF"),
    (b"\x89PNG", "c'est une image"),
    (b"\xff\xd8\xff", "c'est une image"),
)


def _check_kind(content: bytes, name: str, limits: WorkbookLimits) -> None:
    if len(content) > limits.size:
        raise InputError(
            f"le fichier pèse {megabytes(len(content))} et la limite est de {megabytes(limits.size)}",
            where=name,
            remedy=KEEP_ONLY,
        )
    for signature, sentence in _OTHERS:
        if content.startswith(signature):
            raise InputError(sentence, where=name, remedy=RESAVE)
    if not content.startswith(b"PK\x03\x04"):
        raise InputError("ce n'est pas un classeur XLSX", where=name, remedy=RESAVE)


# Unpacking -----------------------------------------------------------------------------------------------------------

_KEPT = re.compile(r"\[Content_Types\]\.xml|_rels/.*|xl/[^/]+\.xml|xl/_rels/[^/]+|xl/worksheets/[^/]+\.xml")
_MACROS = re.compile(r"(?i)xl/(?:vbaProject\.bin|macrosheets/.*)")


_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    ValueError,
    OSError,
    NotImplementedError,
    RuntimeError,
)


def _unpack(content: bytes, name: str, limits: WorkbookLimits) -> dict[str, bytes]:
    """Parts that hold cells. Sizes are those of the bytes that really come out."""
    try:
        with warnings.catch_warnings(), zipfile.ZipFile(io.BytesIO(content)) as archive:
            warnings.simplefilter("ignore")  # zipfile warns of odd archives that we refuse below anyway
            infos = archive.infolist()
            _check_members(archive, infos, name, limits)
            parts: dict[str, bytes] = {}
            room = min(limits.unpacked, max(1_000_000, len(content) * limits.ratio))
            for info in infos:
                if not _KEPT.fullmatch(info.filename):
                    continue
                if info.filename in parts:
                    raise InputError("l'archive contient deux fois la même partie", where=name, remedy=RESAVE)
                with archive.open(info) as member:
                    data = member.read(room + 1)
                if len(data) > room:
                    raise InputError("une fois décompressé, ce fichier est démesuré", where=name, remedy=KEEP_ONLY)
                room -= len(data)
                parts[info.filename] = data
    except InputError:
        raise
    except _BROKEN as error:
        raise InputError(
            "ce classeur est abîmé ou incomplet", where=name, remedy="le renvoyer, ou " + RESAVE
        ) from error
    return parts


def _check_members(
    archive: zipfile.ZipFile, infos: Sequence[zipfile.ZipInfo], name: str, limits: WorkbookLimits
) -> None:
    names = [info.filename for info in infos]
    if "mimetype" in names:
        raise InputError("c'est un classeur OpenDocument (.ods)", where=name, remedy=RESAVE)
    if not any(part.startswith("xl/") for part in names):
        raise InputError("cette archive n'est pas un classeur XLSX", where=name, remedy=RESAVE)
    if len(infos) > limits.members:
        raise InputError(f"l'archive contient plus de {limits.members} parties", where=name, remedy=KEEP_ONLY)
    if any(info.flag_bits & 0x1 for info in infos):
        raise InputError("ce classeur est chiffré", where=name, remedy="retirer le mot de passe")
    if any(_MACROS.fullmatch(part) for part in names):
        raise InputError(
            "ce classeur contient des macros", where=name, remedy="l'enregistrer sans macro, au format XLSX"
        )
    declared = sum(info.file_size for info in infos)
    packed = max(1, sum(info.compress_size for info in infos))
    if declared > limits.unpacked * 2 or declared > max(1_000_000, packed * limits.ratio):
        raise InputError("une fois décompressé, ce fichier est démesuré", where=name, remedy=KEEP_ONLY)


def _repack(parts: dict[str, bytes]) -> io.BytesIO:
    """An archive that holds what we measured and nothing else."""
    clean = io.BytesIO()
    with zipfile.ZipFile(clean, "w", zipfile.ZIP_STORED) as archive:
        for part, data in parts.items():
            archive.writestr(part, data)
    clean.seek(0)
    return clean


# Walking through the sheets ------------------------------------------------------------------------------------------


@dataclass
class _Layout:
    rows: int = 0
    columns: int = 0
    cells: int = 0
    formulas: set[tuple[int, int]] = field(default_factory=set)


class _TooBig(Exception):
    pass


class _Forbidden(Exception):
    pass


_REFERENCE = re.compile(r"([A-Za-z]{1,4})([0-9]{1,9})")


def _scan(data: bytes, part: str, name: str, limits: WorkbookLimits) -> _Layout:
    """Extent and formulas of a sheet, without building anything."""
    layout = _Layout()
    walker = _Walker(layout, limits)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = walker.start
    parser.StartDoctypeDeclHandler = _no_doctype
    try:
        parser.Parse(data, True)
    except _TooBig as error:
        raise InputError(
            f"une feuille dépasse {french.number(limits.rows)} lignes, {limits.columns} colonnes "
            f"ou {french.number(limits.cells)} cellules",
            where=name,
            remedy="effacer ce qui est loin du questionnaire",
        ) from error
    except (_Forbidden, expat.ExpatError, ValueError) as error:
        raise InputError(f"la partie « {part} » du classeur est abîmée", where=name, remedy=RESAVE) from error
    return layout


def _no_doctype(*_: object) -> None:
    raise _Forbidden


class _Walker:
    """Follows rows and cells as they come; both may leave out their reference, and then come one after the other."""

    def __init__(self, layout: _Layout, limits: WorkbookLimits) -> None:
        self.layout = layout
        self.limits = limits
        self.row = self.column = -1

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        kind = tag.rpartition(" ")[2]
        if kind == "row":
            self.row = int(attributes["r"]) - 1 if "r" in attributes else self.row + 1
            self.column = -1
        elif kind == "c":
            self.cell(attributes.get("r"))
        elif kind == "f":
            self.layout.formulas.add((self.row, self.column))
        else:
            return
        if self.row >= self.limits.rows or self.column >= self.limits.columns or self.row < -1:
            raise _TooBig

    def cell(self, reference: str | None) -> None:
        if reference is None:
            self.column += 1
        else:
            found = _REFERENCE.fullmatch(reference)
            if found is None:
                raise _Forbidden
            self.row = int(found[2]) - 1
            self.column = -1
            for letter in found[1].upper():
                self.column = (self.column + 1) * 26 + ord(letter) - ord("A")
        layout = self.layout
        layout.rows, layout.columns = max(layout.rows, self.row + 1), max(layout.columns, self.column + 1)
        layout.cells += 1
        if layout.cells > self.limits.cells:
            raise _TooBig


def _check_cells(layouts: dict[str, _Layout], name: str, limits: WorkbookLimits) -> None:
    """The whole grid counts: a reader allocates the empty cells too."""
    used = [one for one in layouts.values() if one.cells]
    if len(used) > limits.sheets or sum(one.rows * one.columns for one in used) > limits.cells * 4:
        raise InputError("ce classeur contient trop de feuilles ou de cellules", where=name, remedy=KEEP_ONLY)


_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _sheet_parts(parts: dict[str, bytes]) -> dict[str, str]:
    """Sheet name → its part. What cannot be followed is left out: calamine will say it."""
    targets: dict[str, str] = {}
    names: dict[str, str] = {}

    def relation(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(" ")[2] == "Relationship":
            target = attributes.get("Target", "")
            targets[attributes.get("Id", "")] = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"

    def sheet(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(" ")[2] == "sheet":
            key = next((value for name, value in attributes.items() if name.rpartition(" ")[2] == "id"), "")
            names[attributes.get("name", "")] = key

    for part, handler in (("xl/_rels/workbook.xml.rels", relation), ("xl/workbook.xml", sheet)):
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = handler
        parser.StartDoctypeDeclHandler = _no_doctype
        try:
            parser.Parse(parts.get(part, b""), True)
        except (_Forbidden, expat.ExpatError):
            continue
    return {name: targets[key] for name, key in names.items() if key in targets}


# Reading -------------------------------------------------------------------------------------------------------------


def _read(
    content: io.BytesIO, name: str, formulas: dict[str, set[tuple[int, int]]], limits: WorkbookLimits
) -> list[Sheet]:
    found = []
    try:
        with CalamineWorkbook.from_filelike(content) as book:
            for meta in book.sheets_metadata:
                if meta.typ != SheetTypeEnum.WorkSheet:
                    continue
                rows = book.get_sheet_by_name(meta.name).to_python(skip_empty_area=False)
                visible = meta.visible == SheetVisibleEnum.Visible
                found.append(Sheet(meta.name, visible, rows, frozenset(formulas.get(meta.name, ()))))
    except Exception as error:
        raise InputError(
            "ce classeur est abîmé ou incomplet", where=name, remedy="le renvoyer, ou " + RESAVE
        ) from error
    if not found:
        raise InputError("ce classeur n'a aucune feuille", where=name, remedy=RESAVE)
    return found
