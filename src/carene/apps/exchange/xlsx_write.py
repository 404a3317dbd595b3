# SPDX-License-Identifier: EUPL-1.2
"""The questionnaire as a workbook, for colleagues without an account. Pure: no database, no settings."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from carene.engines import french
from carene.engines.exchange import layout
from carene.engines.exchange.card_sheet import labelled, team_label
from carene.engines.exchange.questionnaire import Card, Entry, Questionnaire
from carene.engines.referential.model import Criterion, Indicator, Referential

ACCENT, TINT, RAIL, LINE, INK, SECOND = "#0b6b69", "#e2f0ee", "#f5f3ee", "#d3cfc4", "#14213a", "#4a566b"
YELLOW = "#fffbe8"  # where one writes
YEARS = 4  # lines offered for the yearly budgets


@dataclass(frozen=True)
class Questions:
    """What to write. ``whole`` adds the sheets of the establishment and of the measures, for the command line."""

    referential: Referential
    criteria: tuple[Criterion, ...]
    content: Questionnaire
    title: str
    made_on: dt.date
    whole: bool = False


def write_questionnaire(questions: Questions) -> bytes:
    """The XLSX file. Texts are always written as texts: nothing in an answer can become a formula."""
    target = io.BytesIO()
    import xlsxwriter  # heavy: for those who ask for a workbook

    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": questions.title, "author": "Carène", "language": "fr"})
    styles = _Styles(book)
    _guide(book, styles, questions)
    _questions(book, styles, questions)
    if questions.whole:
        _card(book, styles, questions)
        _measured(book, styles, questions)
    _passport(book, questions)
    book.close()
    return target.getvalue()


class _Styles:
    """Formats of the workbook; what may be typed is unlocked and pale yellow."""

    def __init__(self, book: Any) -> None:
        base = {"font_name": "Calibri", "font_size": 11, "font_color": INK, "valign": "top", "text_wrap": True}
        edge = base | {"bottom": 1, "bottom_color": LINE}
        typed = edge | {"locked": False, "bg_color": YELLOW, "border": 1, "border_color": LINE}
        self.text = book.add_format(edge)
        self.plain = book.add_format(base)
        self.muted = book.add_format(base | {"font_color": SECOND})
        self.title = book.add_format(base | {"font_size": 16, "bold": True, "text_wrap": False})
        self.bold = book.add_format({"bold": True, "font_color": ACCENT})
        self.strong = book.add_format(edge | {"bold": True})
        self.head = book.add_format(
            base | {"bold": True, "font_color": "#ffffff", "bg_color": ACCENT, "valign": "vcenter"}
        )
        self.axis = book.add_format(base | {"bold": True, "font_size": 13, "bg_color": TINT, "text_wrap": False})
        self.objective = book.add_format(base | {"bold": True, "bg_color": RAIL, "text_wrap": False})
        self.typed = book.add_format(typed)
        self.choice = book.add_format(typed | {"align": "center", "bold": True, "font_size": 13})
        self.date = book.add_format(typed | {"num_format": "dd/mm/yyyy", "align": "left"})
        self.missing = book.add_format({"bg_color": "#fbeae8", "border_color": "#a3271f", "border": 1})


PROTECTION = {"format_columns": True, "format_rows": True, "autofilter": True}
GUIDE = (
    "Ce classeur contient les questions qui vous sont confiées. Vous n'avez besoin d'aucun compte : répondez ici, "
    "enregistrez, renvoyez le fichier à la personne qui vous l'a adressé.",
    "Dans l'onglet « Questions », seules les cases jaunes se remplissent. Choisissez le niveau dont la description "
    "correspond à ce qui est vrai aujourd'hui, pas à ce qui est prévu. Entre deux niveaux, prenez le plus bas.",
    "Une question qui ne concerne pas l'établissement reçoit « N/A », avec une phrase de justification ; sans elle, "
    "la réponse ne peut pas être reprise.",
    "Une case laissée vide ne change rien : elle n'efface jamais une réponse déjà donnée.",
    "Le commentaire dit où trouver la preuve, ou ce qui reste incertain. Écrivez-le comme à un collègue.",
    "Ne supprimez pas la colonne « Identifiant ». L'ordre des lignes et des colonnes n'a pas d'importance.",
)


def _guide(book: Any, styles: _Styles, questions: Questions) -> None:
    sheet = book.add_worksheet(layout.GUIDE)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 100)
    sheet.protect("", PROTECTION)
    sheet.write_string(0, 0, questions.title, styles.title)
    about = [questions.content.card.name, f"{questions.referential.name}, version {questions.referential.version}"]
    about.append(f"préparé le {french.long_date(questions.made_on)}")
    about.append(french.counted(len(questions.criteria), "question"))
    sheet.write_string(1, 0, " · ".join(part for part in about if part), styles.muted)
    for row, sentence in enumerate(GUIDE, start=3):
        sheet.write_string(row, 0, sentence, styles.plain)
    _printed(sheet, questions, landscape=False)


COLUMNS = (
    (layout.ID, 11),
    ("Question", 44),
    ("Ce que veut dire chaque niveau", 78),
    (layout.LEVEL, 10),
    ("Justification (obligatoire si N/A)", 30),
    ("Commentaire", 42),
)


def _questions(book: Any, styles: _Styles, questions: Questions) -> None:
    sheet = book.add_worksheet(layout.QUESTIONS)
    sheet.hide_gridlines(2)
    for column, (heading, width) in enumerate(COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, heading, styles.head)
    sheet.set_row(0, 32)
    sheet.freeze_panes(1, 2)
    sheet.protect("", PROTECTION)
    row = 1
    wanted = {criterion.id for criterion in questions.criteria}
    referential = questions.referential
    for axis in referential.axes:
        axis_written = False
        for objective in referential.objectives_of[axis.id]:
            criteria = [c for c in referential.criteria_of[objective.id] if c.id in wanted]
            if criteria and not axis_written:
                _band(sheet, row, axis.title, styles.axis)
                row, axis_written = row + 1, True
            if criteria:
                _band(sheet, row, f"{objective.id}  {objective.title}", styles.objective)
                row += 1
            for criterion in criteria:
                _question(sheet, styles, row, criterion, questions.content.answers.get(criterion.id))
                row += 1
    if row > 1:
        sheet.conditional_format(
            1,
            4,
            row - 1,
            4,
            {"type": "formula", "criteria": '=AND($D2="N/A",LEN(TRIM($E2))=0)', "format": styles.missing},
        )
    sheet.activate()
    _printed(sheet, questions, landscape=True)
    sheet.repeat_rows(0)


def _band(sheet: Any, row: int, text: str, style: Any) -> None:
    """A line of title across the table; its first cell stays empty, so that no one takes it for an answer."""
    for column in range(len(COLUMNS)):
        sheet.write_blank(row, column, None, style)
    sheet.write_string(row, 1, text, style)


def _question(sheet: Any, styles: _Styles, row: int, criterion: Criterion, entry: Entry | None) -> None:
    sheet.write_string(row, 0, criterion.id, styles.strong)
    sheet.write_string(row, 1, f"{criterion.question}\n{criterion.hint}".strip(), styles.text)
    parts: list[Any] = []
    for level, text in enumerate(criterion.levels):
        parts += [styles.bold, f"{level}  ", f"{text}\n" if level < criterion.top else text]
    sheet.write_rich_string(row, 2, *parts, styles.text)
    if entry is not None and entry.not_applicable:
        sheet.write_string(row, 3, layout.NOT_APPLICABLE, styles.choice)
    elif entry is not None and entry.level is not None:
        sheet.write_number(row, 3, entry.level, styles.choice)
    else:
        sheet.write_blank(row, 3, None, styles.choice)
    sheet.write_string(row, 4, entry.justification if entry else "", styles.typed)
    sheet.write_string(row, 5, entry.comment if entry else "", styles.typed)
    sheet.data_validation(
        row,
        3,
        row,
        3,
        {
            "validate": "list",
            "source": [*(str(level) for level in range(criterion.top + 1)), layout.NOT_APPLICABLE],
            "error_title": "Niveau",
            "error_message": f"Choisir un niveau de 0 à {criterion.top}, ou N/A.",
        },
    )


def _card(book: Any, styles: _Styles, questions: Questions) -> None:
    """The establishment and its means: what the command line needs to plan."""
    sheet = book.add_worksheet(layout.CARD)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 52)
    sheet.set_column(1, 1, 44)
    sheet.protect("", PROTECTION)
    sheet.write_string(0, 0, "Rubrique", styles.head)
    sheet.write_string(0, 1, "Valeur", styles.head)
    sheet.freeze_panes(1, 0)
    card, referential, means = questions.content.card, questions.referential, questions.content.means
    choices = {"type": referential.types, "ght": referential.ght_roles}
    row = 1
    for field, label in layout.CARD_LABELS.items():
        value = getattr(card, field)
        if field in choices:
            value = labelled(value, choices[field]) if value else None
            known = [labelled(code, choices[field]) for code in choices[field]]
            _list_of(sheet, row, known)
        _pair(sheet, styles, row, label, value)
        row += 1
    start = means.begins(questions.made_on)
    lines: list[tuple[str, Any]] = [
        (layout.START, means.start.strftime("%m/%Y") if means.start else None),
        (layout.MONTHS, means.months),
    ]
    lines += [
        (f"{layout.BUDGET} {year} (€)", means.budgets.get(year)) for year in range(start.year, start.year + YEARS)
    ]
    lines += [(team_label(skill, referential), means.team.get(skill)) for skill in referential.skills]
    for label, value in lines:
        _pair(sheet, styles, row, label, value)
        row += 1
    _printed(sheet, questions, landscape=False)


def _list_of(sheet: Any, row: int, choices: list[str]) -> None:
    if sum(len(choice) + 1 for choice in choices) <= 255:  # what the format allows inside the cell's own rule
        sheet.data_validation(row, 1, row, 1, {"validate": "list", "source": choices, "error_type": "warning"})


def _pair(sheet: Any, styles: _Styles, row: int, label: str, value: str | float | None) -> None:
    sheet.write_string(row, 0, label, styles.text)
    if value is None or value == "":
        sheet.write_blank(row, 1, None, styles.typed)
    elif isinstance(value, str):
        sheet.write_string(row, 1, value, styles.typed)
    else:
        sheet.write_number(row, 1, value, styles.typed)


def _measured(book: Any, styles: _Styles, questions: Questions) -> None:
    headings = ("Indicateur", 30), ("Intitulé", 44), ("Unité", 12), ("Valeur", 12), ("Date", 13), ("Source", 34)
    sheet = book.add_worksheet(layout.MEASURED)
    sheet.hide_gridlines(2)
    sheet.protect("", PROTECTION)
    for column, (heading, width) in enumerate((*headings, ("Ce que l'on mesure", 80))):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, heading, styles.head)
    sheet.freeze_panes(1, 2)
    latest = questions.content.latest()
    for row, indicator in enumerate(questions.referential.indicators, start=1):
        item = latest.get(indicator.id)
        sheet.write_string(row, 0, indicator.id, styles.strong)
        sheet.write_string(row, 1, indicator.title, styles.text)
        sheet.write_string(row, 2, indicator.unit, styles.text)
        if item:
            sheet.write_number(row, 3, item.value, styles.typed)
            sheet.write_datetime(row, 4, dt.datetime.combine(item.observed_on, dt.time()), styles.date)
        else:
            sheet.write_blank(row, 3, None, styles.typed)
            sheet.write_blank(row, 4, None, styles.date)
        sheet.write_string(row, 5, item.source if item else "", styles.typed)
        sheet.write_string(row, 6, indicator.definition, styles.text)
    _printed(sheet, questions, landscape=True)
    sheet.repeat_rows(0)


def write_observations_model(
    referential: Referential, indicators: Sequence[Indicator], organisation: str, made_on: dt.date
) -> bytes:
    """A workbook with the sheet of the measures alone, empty: what the import of observations reads back."""
    target = io.BytesIO()
    import xlsxwriter  # heavy: for those who ask for a workbook

    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    content = Questionnaire(card=Card(name=organisation))
    questions = Questions(replace(referential, indicators=tuple(indicators)), (), content, "Indicateurs", made_on)
    _measured(book, _Styles(book), questions)
    book.close()
    return target.getvalue()


def _passport(book: Any, questions: Questions) -> None:
    """What the reader needs to recognise the assessment and to see who answered meanwhile."""
    sheet = book.add_worksheet(layout.HIDDEN)
    sheet.very_hidden()
    sheet.protect()
    content, referential = questions.content, questions.referential
    pairs = {
        "referential": referential.id,
        "version": referential.version,
        "digest": referential.digest,
        "date": questions.made_on.isoformat(),
        "assessment": str(content.assessment or ""),
    }
    if content.assessment is not None:
        for criterion in questions.criteria:
            entry = content.answers.get(criterion.id)
            pairs[layout.VERSION_OF + criterion.id] = str((entry.version or 0) if entry else 0)
    for row, (key, value) in enumerate(pairs.items()):
        sheet.write_string(row, 0, key)
        sheet.write_string(row, 1, value)


def _printed(sheet: Any, questions: Questions, *, landscape: bool) -> None:
    sheet.set_paper(9)  # A4
    if landscape:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(0.4, 0.4, 0.6, 0.6)
    name = questions.content.card.name.replace("&", "&&")[:100]
    sheet.set_footer(f"&L{name}&C{questions.title.replace('&', '&&')[:100]}&R&P / &N")
