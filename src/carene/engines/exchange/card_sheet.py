# SPDX-License-Identifier: EUPL-1.2
"""The sheet « Établissement » of the XLSX questionnaire: what the establishment is, and the means it has."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping

from carene.engines.exchange import layout
from carene.engines.exchange.questionnaire import HORIZON, Card, Means
from carene.engines.exchange.tables import Table, find_table
from carene.engines.exchange.values import folded, month_of, number_of, shown, text_of
from carene.engines.exchange.workbook import Workbook
from carene.engines.referential.model import Referential
from carene.engines.sources import InputError

_TEXTS = {"name", "type", "ght", "group", "finess", "town"}
_FIELDS = {folded(label): name for name, label in layout.CARD_LABELS.items()}
_BUDGET = re.compile(folded(layout.BUDGET) + r"(20[0-9]{2}).*")
_CODE = re.compile(r".*\(([a-z0-9_]+)\)")  # « Centre hospitalier (ch) »
LARGEST = 100_000_000_000


def read_card(workbook: Workbook, problems: list[InputError]) -> Card:
    """What the sheet says; empty when there is no such sheet."""
    values: dict[str, str | int | None] = {}
    for table, row in _pairs(workbook):
        name = _FIELDS.get(folded(table.text(row, "label")))
        if name is None or not table.text(row, "value"):
            continue
        if name in _TEXTS:
            values[name] = (
                code_of(table.text(row, "value")) if name in {"type", "ght"} else table.text(row, "value")[:300]
            )
        else:
            number = _number(table, row, problems)
            values[name] = None if number is None else round(number)
    return Card(**values)  # type: ignore[arg-type]


def read_means(workbook: Workbook, problems: list[InputError]) -> Means:
    """Start, length, budgets and team; empty when the sheet says nothing of them."""
    start: dt.date | None = None
    months = HORIZON
    budgets: dict[int, float] = {}
    team: dict[str, float] = {}
    for table, row in _pairs(workbook):
        label = folded(table.text(row, "label"))
        if not table.text(row, "value"):
            continue
        if label == folded(layout.START):
            start = _month(table, row, problems)
        elif label == folded(layout.MONTHS):
            months = round(_number(table, row, problems) or HORIZON)
        elif year := _BUDGET.fullmatch(label):
            budgets[int(year[1])] = _number(table, row, problems) or 0.0
        elif label.startswith(folded(layout.TEAM)):
            days = _number(table, row, problems)
            skill = code_of(table.text(row, "label"))
            if days is not None and skill:
                team[skill] = days
    if not 12 <= months <= 60:
        problems.append(
            InputError(f"la durée de la feuille de route est de {months} mois", remedy="choisir de 12 à 60 mois")
        )
        months = HORIZON
    return Means(start=start, months=months, budgets=budgets, team=team)


def code_of(text: str) -> str:
    """« ch » from « Centre hospitalier (ch) » or from « ch »."""
    found = _CODE.fullmatch(text)
    return found[1] if found else text


def labelled(code: str, labels: Mapping[str, str]) -> str:
    """« Centre hospitalier (ch) », as ``code_of`` reads it."""
    return f"{labels[code]} ({code})" if code in labels else code


def team_label(skill: str, referential: Referential) -> str:
    """« Équipe, jours par mois : RSSI (rssi) »."""
    return f"{layout.TEAM}, {layout.TEAM_UNIT} : {labelled(skill, referential.skills)}"


def _pairs(workbook: Workbook) -> Iterator[tuple[Table, int]]:
    for sheet in workbook.sheets:
        table = find_table(sheet, layout.PAIRS, layout.PAIRS_REQUIRED)
        if table:
            for row in table.rows():
                yield table, row


def _number(table: Table, row: int, problems: list[InputError]) -> float | None:
    try:
        if table.computed(row, "value"):
            raise ValueError("la cellule contient une formule ; écrire la valeur elle-même")
        number = number_of(table.cell(row, "value"))
        if number is not None and not 0 <= number <= LARGEST:
            raise ValueError(f"{shown(text_of(table.cell(row, 'value')))} n'est pas possible ici ; corriger le nombre")
    except ValueError as error:
        problems.append(InputError(str(error), where=table.where(row, "value")))
        return None
    return number


def _month(table: Table, row: int, problems: list[InputError]) -> dt.date | None:
    try:
        return month_of(table.cell(row, "value"))
    except ValueError as error:
        problems.append(InputError(str(error), where=table.where(row, "value")))
        return None
