# SPDX-License-Identifier: EUPL-1.2
"""The XLSX questionnaire coming back: found by its headings, read cell by cell, every problem with its place."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections import defaultdict
from collections.abc import Iterator

from carene.engines.exchange import layout
from carene.engines.exchange.card_sheet import read_card, read_means
from carene.engines.exchange.check import checked, unknown
from carene.engines.exchange.observations import read_table as read_observations
from carene.engines.exchange.questionnaire import Entry, Measured, Origin, Questionnaire, Reading
from carene.engines.exchange.tables import Table, find_table
from carene.engines.exchange.values import date_of, level_of, text_of
from carene.engines.exchange.workbook import Workbook, WorkbookLimits, open_workbook
from carene.engines.referential.model import SCALE, Referential
from carene.engines.sources import InputError


def read_xlsx_file(
    content: bytes, name: str, referential: Referential, today: dt.date, limits: WorkbookLimits | None = None
) -> Reading:
    """A questionnaire in XLSX. Raises InputError when it is not one; what is wrong inside is in ``problems``."""
    return read_workbook(open_workbook(content, name, limits), referential, today)


def read_workbook(workbook: Workbook, referential: Referential, today: dt.date) -> Reading:
    """Answers of every sheet that has the headings « Identifiant » and « Niveau », with what else the workbook says."""
    problems: list[InputError] = []
    passport = _passport(workbook)
    tables = [t for sheet in workbook.sheets if (t := find_table(sheet, layout.ANSWERS, layout.ANSWERS_REQUIRED))]
    if not tables:
        raise InputError(
            f"aucune feuille n'a les colonnes « {layout.ID} » et « {layout.LEVEL} »",
            where=workbook.name,
            remedy="partir du questionnaire exporté par Carène, et en garder les titres de colonnes",
        )
    entries = [entry for table in tables for entry in _entries(table, referential, passport.versions, problems)]
    observations: list[Measured] = []
    for sheet in workbook.sheets:
        table = find_table(sheet, layout.OBSERVATIONS, layout.OBSERVATIONS_REQUIRED)
        if table:
            observations += read_observations(table, problems)
    questionnaire = Questionnaire(
        card=read_card(workbook, problems),
        origin=passport.origin,
        date=passport.date,
        assessment=passport.assessment,
        answers=_without_duplicates(entries, problems),
        observations=tuple(observations),
        means=read_means(workbook, problems),
    )
    return checked(Reading(questionnaire, tuple(problems)), referential, today)


def _entries(
    table: Table, referential: Referential, versions: dict[str, int], problems: list[InputError]
) -> Iterator[Entry]:
    for row in table.rows():
        key = table.text(row, "id")
        said = [column for column in layout.WRITTEN if table.text(row, column)]
        if not key:
            if said and "level" in said:
                problems.append(
                    InputError(
                        "une réponse est donnée sans identifiant de critère",
                        where=table.where(row, "id"),
                        remedy="reprendre l'identifiant du questionnaire",
                    )
                )
            continue
        if key not in referential.criterion:
            if said:
                problems.append(unknown("le critère", key, referential.criterion, table.where(row, "id")))
            continue
        if not said:
            continue
        computed = next((column for column in layout.WRITTEN if table.computed(row, column)), None)
        if computed:
            problems.append(
                InputError(
                    f"la réponse à {key} est une formule",
                    where=table.where(row, computed),
                    remedy="écrire la valeur elle-même",
                )
            )
            continue
        entry = _entry(table, row, referential, versions, problems)
        if entry:
            yield entry


def _entry(
    table: Table, row: int, referential: Referential, versions: dict[str, int], problems: list[InputError]
) -> Entry | None:
    key = table.text(row, "id")
    criterion = referential.criterion.get(key)
    try:
        level, not_applicable = level_of(table.cell(row, "level"), criterion.top if criterion else SCALE)
    except ValueError as error:
        problems.append(InputError(f"{key}, {error}", where=table.where(row, "level")))
        return None
    return Entry(
        criterion=key,
        level=level,
        not_applicable=not_applicable,
        justification=table.text(row, "justification"),
        comment=table.text(row, "comment"),
        source=table.text(row, "source"),
        version=versions.get(key),
        where=table.where(row, "level"),
    )


def _without_duplicates(entries: list[Entry], problems: list[InputError]) -> dict[str, Entry]:
    """A question answered on two rows is taken from neither: nobody can tell which one is meant."""
    found: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        found[entry.criterion].append(entry)
    for key, several in found.items():
        problems += [
            InputError(
                f"{key} a déjà une réponse ({several[0].where})",
                where=entry.where,
                remedy="garder une seule des deux lignes",
            )
            for entry in several[1:]
        ]
    return {key: several[0] for key, several in found.items() if len(several) == 1}


class _Passport:
    """What the hidden sheet says of the assessment that was exported."""

    def __init__(self) -> None:
        self.origin = Origin()
        self.assessment: int | None = None
        self.date: dt.date | None = None
        self.versions: dict[str, int] = {}


def _passport(workbook: Workbook) -> _Passport:
    """Never a problem: a workbook without it, or with a damaged one, is read as one made by hand."""
    found = _Passport()
    sheet = workbook.sheet.get(layout.HIDDEN)
    if sheet is None:
        return found
    pairs = {text_of(row[0]): text_of(row[1]) for row in sheet.rows if len(row) > 1}
    found.origin = Origin(pairs.get("referential", ""), pairs.get("version", ""), pairs.get("digest", ""))
    found.assessment = _whole(pairs.get("assessment", ""))
    with contextlib.suppress(ValueError):
        found.date = date_of(pairs.get("date", ""))
    for key, value in pairs.items():
        version = _whole(value)
        if key.startswith(layout.VERSION_OF) and version is not None:
            found.versions[key.removeprefix(layout.VERSION_OF)] = version
    return found


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
