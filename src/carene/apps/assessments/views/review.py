# SPDX-License-Identifier: EUPL-1.2
"""The judgement, and what changed since the one before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from carene.apps.assessments import changes, queries
from carene.apps.assessments.queries import Sheet
from carene.apps.assessments.views.common import bar, page, plan_url, sheet_of
from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.engines import french
from carene.engines.scoring.model import Judgement, NodeResult, Strength, Weakness
from carene.ui.charts import charts

WIDE, NARROW = 880, 340
FIRST_SHOWN = 8


@dataclass(frozen=True)
class Chart:
    """The same chart twice: the style sheet shows the one that fits."""

    wide: SafeString
    narrow: SafeString


@dataclass(frozen=True)
class NodeRow:
    """An axis or an objective, for a table and for bars."""

    title: str
    result: NodeResult
    delta: float | None
    tone: str
    said: str


@dataclass(frozen=True)
class Part:
    """One kind of answer in the confidence bar: ``x`` and ``width`` in percent."""

    key: str
    label: str
    count: int
    x: str
    width: str


@organisation_view("assessment.view")
def review(request: OrganisationRequest, pk: int) -> HttpResponse:
    sheet = sheet_of(request, pk)
    judgement = sheet.judgement
    referential = sheet.referential
    axes = [_row(referential.axis[node.id].title, node) for node in judgement.axes if node.applicable]
    objectives = _objectives(sheet)
    moments = _moments(request, sheet)
    context = page(
        request,
        sheet,
        "review",
        judgement=judgement,
        step=judgement.step,
        steps=referential.steps,
        missing=[referential.criterion[key] for key in judgement.step.missing_socle],
        axes=axes,
        axes_chart=_twice(
            lambda **size: charts.axes_chart(_bars(axes), title="Niveau de chaque axe, sur 4", **size), "axes"
        ),
        objectives=objectives,
        objectives_chart=_twice(
            lambda **size: charts.objectives_chart(
                [charts.BarGroup(title, tuple(_bars(rows))) for title, rows in objectives],
                title="Niveau de chaque objectif, sur 4",
                **size,
            ),
            "objectifs",
        ),
        progress=moments,
        progress_chart=_progress(sheet, moments) if len(moments) > 1 else None,
        parts=_parts(judgement),
        measured_only=judgement.overall.answered - sheet.answered,
        weaknesses=[_weakness(sheet, found) for found in judgement.weaknesses],
        strengths=[_strength(sheet, found) for found in judgement.strengths],
        first_shown=FIRST_SHOWN,
        first_slice=f":{FIRST_SHOWN}",
        rest_slice=f"{FIRST_SHOWN}:",
        plan_url=plan_url(request),
        target=referential.target_profile(sheet.profile),
        changes=changes.between(sheet) if sheet.assessment.previous_id else None,
    )
    return render(request, "assessments/review.html", context)


def _row(title: str, node: NodeResult) -> NodeRow:
    delta = None if node.score is None or node.previous is None else round(node.score - node.previous, 1)
    tone = "" if not delta else "good" if delta > 0 else "late"
    return NodeRow(title, node, delta, tone, "" if delta is None else "stable" if delta == 0 else french.signed(delta))


def _objectives(sheet: Sheet) -> list[tuple[str, list[NodeRow]]]:
    """Title of the axis, and its objectives that concern this establishment; axes without any are left out."""
    found = []
    for axis in sheet.referential.axes:
        nodes = [(o, sheet.judgement.objective[o.id]) for o in sheet.referential.objectives_of[axis.id]]
        rows = [_row(objective.title, node) for objective, node in nodes if node.applicable]
        if rows:
            found.append((axis.title, rows))
    return found


def _bars(rows: list[NodeRow]) -> list[charts.Bar]:
    return [
        charts.Bar(row.title, row.result.score, row.result.target, row.result.measured, row.delta, _note(row.result))
        for row in rows
    ]


def _note(node: NodeResult) -> str:
    """« 3 réponses sur 5 », empty once everything is answered."""
    if node.answered == node.applicable:
        return ""
    return f"{french.counted(node.answered, 'réponse')} sur {node.applicable}"


def _twice(draw: Callable[..., str], name: str) -> Chart:
    # Drawn by our own code as an element tree: every text in it is escaped.
    return Chart(
        mark_safe(draw(width=WIDE, ident=f"{name}-large")),  # nosec B308
        mark_safe(draw(width=NARROW, ident=f"{name}-etroit")),  # nosec B308
    )


def _moments(request: OrganisationRequest, sheet: Sheet) -> list[dict[str, Any]]:
    """Results of the validated assessments, oldest first, then what stands today when this one is not validated."""
    kept = queries.history(request.organisation.node, sheet.assessment.referential)
    found = [
        {"day": timezone.localtime(row.validated_at).date(), "title": row.title, **row.result}
        for row in kept
        if row.result and row.validated_at
    ]
    if sheet.assessment.state != sheet.assessment.State.VALIDATED and sheet.judgement.overall.score is not None:
        found.append({"day": timezone.localdate(), "title": "Aujourd'hui", **_result(sheet.judgement)})
    return found


def _result(judgement: Judgement) -> dict[str, Any]:
    return {
        "overall": judgement.overall.score,
        "step": judgement.step.step,
        "axes": {axis.id: axis.score for axis in judgement.axes},
    }


def _progress(sheet: Sheet, moments: list[dict[str, Any]]) -> Chart:
    series = [charts.Series("Ensemble", tuple(m["overall"] for m in moments), sheet.judgement.overall.target)]
    for axis in sheet.judgement.axes:
        if axis.applicable:
            values = tuple(m["axes"].get(axis.id) for m in moments)
            series.append(charts.Series(sheet.referential.axis[axis.id].title, values, axis.target))
    dates = [m["day"] for m in moments]
    return _twice(
        lambda **size: charts.progress_chart(series, dates, title="Progression, sur 4", **size), "progression"
    )


def _parts(judgement: Judgement) -> list[Part]:
    """How sure we are: every question is in one part."""
    labels = {
        "measured": "mesurée",
        "declared": "déclarée",
        "stale": "à confirmer",
        "not_applicable": "non applicable",
        "unanswered": "sans réponse",
    }
    counts = dict.fromkeys(labels, 0)
    for result in judgement.criteria:
        counts[result.state] += 1
    total = len(judgement.criteria) or 1
    found, x = [], 0.0
    for key, label in labels.items():
        width = counts[key] * 100 / total
        found.append(Part(key, label, counts[key], f"{x:.2f}%", f"{width:.2f}%"))
        x += width
    return found


def _weakness(sheet: Sheet, found: Weakness) -> dict[str, Any]:
    referential = sheet.referential
    return {
        "found": found,
        "criterion": referential.criterion[found.criterion],
        "attacks": french.listing(referential.attacks.get(key, key).lower() for key in found.attacks),
        "measures": [referential.measure[key].title for key in found.measures[:3]],
        **bar(sheet, found.criterion),
    }


def _strength(sheet: Sheet, found: Strength) -> dict[str, Any]:
    return {
        "found": found,
        "criterion": sheet.referential.criterion[found.criterion],
        **bar(sheet, found.criterion),
    }


@organisation_view("assessment.view")
def changed(request: OrganisationRequest, pk: int) -> HttpResponse:
    sheet = sheet_of(request, pk)
    previous = sheet.assessment.previous
    found = changes.between(sheet) if previous else None
    sections = (
        []
        if found is None
        else [
            ("Ce qui a monté", "good", found.raised),
            ("Ce qui a baissé", "late", found.lowered),
            ("Nouvelles réponses", "", found.new),
            ("Devenu non applicable", "", found.not_applicable),
            ("Réponses retirées", "soon", found.withdrawn),
            ("Confirmé sans changement", "", found.confirmed),
        ]
    )
    context = page(
        request,
        sheet,
        "changes",
        previous=previous,
        found=found,
        sections=[(title, tone, rows) for title, tone, rows in sections if rows],
    )
    return render(request, "assessments/changes.html", context)
