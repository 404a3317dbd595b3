# SPDX-License-Identifier: EUPL-1.2
"""The document for the board, as PDF/UA-1, typeset by Typst.

Typst receives the dossier as JSON through ``sys.inputs`` and never as markup: what people typed cannot become code. The
template only lays out; every sentence and figure is written here or in ``narrative`` and ``tables``.
"""

from __future__ import annotations

import datetime as dt
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typst

from carene.apps.reports.rendering import narrative, risk, tables
from carene.apps.reports.rendering.dossier import ActionLine, Dossier
from carene.apps.reports.rendering.typesetting import FAMILIES, best_family, font_book, svg_family, typeset_pdf
from carene.engines import french
from carene.ui.charts import charts
from carene.ui.charts.svg import Palette
from carene.ui.charts.text import clean, legible_everywhere

TEMPLATE = Path(__file__).parent / "templates" / "board.typ"

_CHART = 640  # natural width of a chart that fills the page: its 13-unit texts are then printed at 9.8 points
_PIECE = 330  # chart units of rows in one figure of the calendar: two fill a page, and few leave a hole
_ROOMY = 12  # actions up to which the calendar shows their notes; the table follows in any case
_SMALLER = 0.92  # size of the other fonts, which run wider than Source Sans 3
_SHOWN = 3  # strengths and weaknesses of the summary
_DETAILED = 10  # strengths, and measures left out, told one by one; the others are listed
_WORST = 8  # weaknesses told one by one, which take more room: what a page holds
_LONG_WORD = re.compile(r"[^\s\u00a0\u202f]{30,}")
_SVG_START = "<svg "


def board_pdf(dossier: Dossier, *, fonts: Path | None = None) -> bytes:
    """The whole document as PDF/UA-1 bytes, identical for identical dossiers.

    ``fonts`` is the folder of the TrueType files of Source Sans 3; without it, or without them, the first known family
    found on the machine is used. A character that no font at hand can draw is printed « □ ».
    """
    payload = _payload(dossier, Palette(font_family=svg_family(font_book(fonts))))
    stamp = int(dt.datetime.combine(dossier.prepared_on, dt.time(12), tzinfo=dt.UTC).timestamp())
    return typeset_safely(TEMPLATE, payload, fonts, timestamp=stamp)


def typeset_safely(template: Path, payload: dict[str, Any], fonts: Path | None, *, timestamp: int) -> bytes:
    """``payload`` with clean French typography, set in ``template``; characters that nothing can draw become « □ »."""
    book = font_book(fonts)
    family = best_family(book)
    payload |= {"fonts": [family], "unit": 1 if family == FAMILIES[0] else _SMALLER}
    try:
        return typeset_pdf(template, _typeset(payload), book, timestamp=timestamp)
    except typst.TypstError as error:
        if "could not be displayed" not in error.message:
            raise
    # PDF/UA forbids a character that shows nothing, and only the typesetting finds them: second try without them.
    return typeset_pdf(template, _each_text(_typeset(payload), legible_everywhere), book, timestamp=timestamp)


def _each_text(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: _each_text(one, change) for key, one in value.items()}
    return [_each_text(one, change) for one in value] if isinstance(value, list) else value


def _typeset(payload: dict[str, Any]) -> dict[str, Any]:
    """Clean French typography everywhere, and words too long for any column given places to break."""

    def change(text: str) -> str:
        if text.startswith(_SVG_START):
            return text
        return _LONG_WORD.sub(_breakable, french.typeset(clean(text)))

    changed: dict[str, Any] = _each_text(payload, change)
    return changed


def _breakable(word: re.Match[str]) -> str:
    text = word.group()
    return "\u200b".join(text[start : start + 12] for start in range(0, len(text), 12))


def _payload(dossier: Dossier, palette: Palette) -> dict[str, Any]:
    """What the template lays out: strings, lists, and figures as ``{"svg", "alt"}``."""
    weaknesses = [_weakness(row) for row in tables.weakness_rows(dossier)]
    strengths = [_strength(row) for row in tables.strength_rows(dossier)]
    return {
        "title": f"Cybersécurité : où en sommes-nous, que décider. {dossier.organisation}",
        "organisation": dossier.organisation,
        "subtitle": dossier.subtitle,
        "evaluated": dossier.evaluated,
        "date": french.long_date(dossier.prepared_on),
        "headline": narrative.headline(dossier),
        "headline_title": narrative.headline_title(dossier),
        "standing": " ".join(narrative.standing(dossier)),
        "next_step": narrative.next_step(dossier),
        "coverage": narrative.coverage(dossier),
        "target": narrative.target_line(dossier),
        "axes": [_axis(bar, palette) for bar in tables.axis_bars(dossier)],
        "costs": narrative.costs(dossier),
        "gains": narrative.gains(dossier),
        "worth": narrative.worth(dossier),
        "decisions": narrative.decisions(dossier),
        "no_strength": narrative.no_strength(dossier),
        "no_weakness": narrative.no_weakness(dossier),
        "best": strengths[:_SHOWN],
        "worst": weaknesses[:_SHOWN],
        "strengths": strengths[:_DETAILED],
        "other_strengths": [f"{row['title']}, {row['levels']}" for row in strengths[_DETAILED:]],
        "weaknesses": weaknesses[:_WORST],
        "other_weaknesses": [f"{row['title']}, {row['levels']}" for row in weaknesses[_WORST:]],
        "objectives": _objectives(dossier, palette),
        "disagreements": [[title, sentence] for _, title, sentence in tables.disagreements(dossier)],
        "history": _history(dossier, palette),
        "risk": risk.payload(dossier.risk, palette, _CHART, _figure),
        "roadmap": _roadmap(dossier, palette),
        "method": _method(dossier),
    }


def _figure(svg: str) -> dict[str, str]:
    """A chart and its words: a PDF has no ``<desc>``, they become the alternative text."""
    words = [element.text or "" for element in ET.fromstring(svg)[:2]]
    return {"svg": svg, "alt": ". ".join(words)}


def _axis(bar: charts.Bar, palette: Palette) -> dict[str, Any]:
    delta = round(bar.delta or 0, 1)
    return {
        "title": bar.label,
        "note": bar.note,
        "bar": charts.bar_mark(bar, width=190, palette=palette),
        "score": french.score(bar.score) if bar.score is not None else "non évalué",
        "measured": french.score(bar.measured),
        "target": french.score(bar.target),
        "change": "" if bar.delta is None else french.signed(delta) if delta else "stable",
        "tone": "good" if delta > 0 else "late" if delta < 0 else "second",
    }


def _strength(row: tables.FindingRow) -> dict[str, str]:
    return {
        "title": row.title,
        "axis": row.axis,
        "levels": f"niveau\u00a0{row.level} sur\u00a0{row.top}",
        "text": row.text,
        "reason": row.reason,
    }


def _weakness(row: tables.FindingRow) -> dict[str, str]:
    return {
        "title": row.title,
        "axis": f"{row.axis}, socle" if row.socle else row.axis,
        "levels": f"niveau\u00a0{row.level}, cible\u00a0{row.target}",
        "text": row.text,
        "reason": row.reason,
        "attacks": ", ".join(attack.lower() for attack in row.attacks),
        "measures": " ; ".join(row.measures[:2]),
    }


def _objectives(dossier: Dossier, palette: Palette) -> list[dict[str, str]]:
    """One figure an axis: small enough for pages to be filled. The legend stands under the last one."""
    groups = tables.objective_groups(dossier)
    found = []
    for group in groups:
        svg = charts.objectives_chart(
            [charts.BarGroup("", group.bars)],
            title=f"{group.title}, objectif par objectif",
            width=_CHART,
            legend=group is groups[-1],
            palette=palette,
        )
        found.append({"title": group.title, **_figure(svg)})
    return found


def _history(dossier: Dossier, palette: Palette) -> dict[str, str] | None:
    series, dates = tables.history_series(dossier)
    if len(dates) < 2:
        return None
    title = "Progression depuis la première évaluation"
    return _figure(charts.progress_chart(series, dates, title=title, width=_CHART, palette=palette))


def _roadmap(dossier: Dossier, palette: Palette) -> dict[str, Any]:
    plan = dossier.plan
    if plan is None:
        return {
            "title": "",
            "actions": [],
            "left_out": [],
            "other_left_out": [],
            "idle": "",
            "unmet": [],
            "years": [],
            "gantt": [],
        }
    left_out = tables.left_out_rows(dossier)
    useful = [row for row in left_out if not row.idle]
    series, labels = tables.projection_series(dossier)
    budget = charts.budget_chart(
        tables.year_bars(plan), title="Dépense et budget par an", width=_CHART, palette=palette
    )
    quarters = charts.quarters_chart(series, labels, title="Où le plan nous mène", width=_CHART, palette=palette)
    return {
        "title": dossier.plan_title,
        "count": french.counted(len(dossier.actions), "action"),
        "scenario": f"Scénario « {dossier.scenario} »." if dossier.scenario else "",
        "gantt": _gantts(dossier, palette),
        "actions": [_action(dossier, rank, line) for rank, line in enumerate(dossier.actions, 1)],
        "overridden": any(line.measure in dossier.overridden for line in dossier.actions),
        "left_out": [{"title": row.title, "reason": row.brief} for row in useful[:_DETAILED]],
        "other_left_out": [row.title for row in useful[_DETAILED:]],
        "idle": narrative.idle(len(left_out) - len(useful)),
        "unmet": list(plan.unmet),
        "years": [
            [
                str(year.year),
                french.euros(year.budget),
                french.euros(year.spent),
                french.euros(year.budget - year.spent),
            ]
            for year in plan.years
        ],
        "budget": _figure(budget),
        "quarters": _figure(quarters) if series else None,
    }


def _gantts(dossier: Dossier, palette: Palette) -> list[dict[str, str]]:
    """The calendar cut into figures that fill pages well; the load of the team comes with the last one."""
    plan = dossier.plan
    assert plan is not None
    dense = len(dossier.actions) > _ROOMY
    pages: list[list[charts.GanttRow]] = []
    left = 0.0
    for row in tables.gantt_rows(dossier):
        height = charts.row_height(row, dense=dense, width=_CHART)
        if height > left:
            pages.append([])
            left = _PIECE
        pages[-1].append(row)
        left -= height
    figures = []
    for number, rows in enumerate(pages, 1):
        svg = charts.gantt_chart(
            rows,
            start=plan.problem.start,
            months=plan.problem.months,
            title=dossier.plan_title if len(pages) == 1 else f"{dossier.plan_title}, {number} sur {len(pages)}",
            loads=tables.loads(plan) if number == len(pages) else (),
            today=dossier.prepared_on,
            dense=dense,
            width=_CHART,
            palette=palette,
        )
        figures.append(_figure(svg))
    return figures


def _action(dossier: Dossier, rank: int, line: ActionLine) -> dict[str, str]:
    planned = line.planned
    star = "*" if line.measure in dossier.overridden else ""
    days = sum(planned.person_days.values())
    who = tables.effort_words(dossier, planned.person_days)
    return {
        "rank": str(rank),
        "title": line.title,
        "raises": tables.raises_words(dossier, planned.raises),
        "dates": f"{french.short_date(line.start)} au {french.short_date(line.end)}",
        "state": tables.state_word(line) if line.state != "planned" else "",
        "cost": french.euros(planned.cost) + star,
        "days": french.number(days, None if days < 10 else 0) + star,
        "who": f"{line.owner} ; {who}" if line.owner and who else line.owner or who,
    }


def _method(dossier: Dossier) -> dict[str, Any]:
    referential = dossier.referential
    version = f"{referential.name}, version {referential.version}"
    dated = f", du {french.long_date(referential.date)}" if referential.date else ""
    missing: dict[str, list[str]] = {}
    for row in tables.unanswered(dossier):
        title = row.criterion.title + (" (socle)" if row.criterion.socle else "")
        missing.setdefault(row.axis, []).append(title)
    stale = [row.criterion.title for row in tables.criterion_rows(dossier) if row.result.state == "stale"]
    return {
        "referential": f"{version}{dated} ({referential.publisher}, licence {referential.licence}).",
        "paragraphs": narrative.method(dossier),
        "steps": [[step.label, step.title, narrative.step_rule(step)] for step in referential.steps],
        "assumptions": narrative.assumptions(dossier),
        "missing": [{"axis": axis, "titles": " ; ".join(titles)} for axis, titles in missing.items()],
        "stale": " ; ".join(stale),
        "sources": [
            {
                "title": source.title,
                "date": french.numeric_date(source.date) if source.date else "sans date",
                "confidence": tables.CONFIDENCES[source.confidence],
            }
            for source in referential.sources.values()
        ],
    }
