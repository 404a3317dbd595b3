# SPDX-License-Identifier: EUPL-1.2
"""Pages of measures: what is measured here, the history of one indicator, the form."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from carene.apps.indicators import actions, queries, trend
from carene.apps.indicators.forms import RecordForm
from carene.apps.indicators.models import Observation
from carene.apps.organisations.queries import profile_of
from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.engines import french
from carene.engines.observatory.loader import shipped
from carene.engines.referential.catalogue import care
from carene.engines.referential.model import Indicator, Referential
from carene.engines.scoring.measured import format_value
from carene.engines.scoring.model import Observation as Seen
from carene.engines.sources import InputError

CONFIDENCE = {
    "official": "texte officiel",
    "secondary": "source secondaire",
    "inferred": "estimation de Carène",
    "to_check": "à vérifier",
}
TYPED = ("programme", "incidents")  # themes of the observatory whose indicators no question reads, and people count


@require_GET
@organisation_view("observation.view")
def listing(request: OrganisationRequest) -> HttpResponse:
    referential, today = care(), timezone.localdate()
    profile = profile_of(request.organisation, referential)
    axes: list[dict[str, Any]] = [
        {
            "axis": axis,
            "known": [_row(line) for line in lines if line.last],
            "never": [line for line in lines if not line.last],
        }
        for axis, lines in queries.lines(request.organisation.node, referential, profile, today)
    ]
    states = [row["line"].state for axis in axes for row in axis["known"]]
    total = len(states) + sum(len(axis["never"]) for axis in axes)
    context = {
        "axes": axes,
        "sentence": _sentence(states, total),
        "measured": bool(states),
        "editable": request.actor.can("observation.write", request.organisation.node),
    }
    return render(request, "indicators/list.html", context)


def _row(line: queries.Line) -> dict[str, Any]:
    tone = {"stale": "late", "soon": "soon"}.get(line.state, "muted")
    return {"line": line, "spark": trend.spark(line.points[-24:]), "tone": tone}


def _sentence(states: list[str], total: int) -> str:
    """« 12 indicateurs sur 71 ont une valeur ; trois sont périmées et ne comptent plus. »"""
    if not states:
        return f"{french.counted(total, 'indicateur')} peuvent dire où vous en êtes vraiment."
    stale = states.count("stale")
    words = (
        f"{french.counted(len(states), 'indicateur')} sur {total} {french.plural(len(states), 'a', 'ont')} une valeur"
    )
    if stale:
        count = french.in_words(stale, feminine=True)
        words += f" ; {count} {french.plural(stale, 'est périmée et ne compte', 'sont périmées et ne comptent')} plus"
    return f"{words}."


@require_http_methods(["GET", "POST"])
@organisation_view("observation.write")
def record(request: OrganisationRequest) -> HttpResponse:
    referential = care()
    form = RecordForm(
        request.POST if request.method == "POST" else None,
        choices=_choices(request, referential),
        initial={"indicator": request.GET.get("indicateur", ""), "observed_on": timezone.localdate()},
    )
    if request.method == "POST" and form.is_valid():
        saved = _save(request, form, form.cleaned_data["indicator"])
        if saved:
            return redirect("indicators:history", request.organisation.pk, saved.indicator)
    return render(request, "indicators/record.html", {"form": form})


def _choices(request: OrganisationRequest, referential: Referential) -> list[tuple[str, list[tuple[str, str]]]]:
    profile = profile_of(request.organisation, referential)
    applicable = {criterion.id for criterion in referential.applicable(profile)}
    groups = []
    seen: set[str] = set()
    for axis in referential.axes:
        keys = [
            c.thresholds.indicator
            for o in referential.objectives_of[axis.id]
            for c in referential.criteria_of[o.id]
            if c.thresholds and c.id in applicable
        ]
        options = [(key, _label(referential.indicator[key])) for key in dict.fromkeys(keys) if key not in seen]
        seen.update(keys)
        if options:
            groups.append((axis.title, options))
    read = [name for one in shipped().figures if one.theme in TYPED for name in one.formula.reads]
    options = [(key, _label(referential.indicator[key])) for key in dict.fromkeys(read) if key not in seen]
    return [*groups, ("Chiffres du programme et incidents", options)]


def _label(indicator: Indicator) -> str:
    return f"{indicator.title} ({indicator.unit})" if indicator.unit else indicator.title


def _save(request: OrganisationRequest, form: RecordForm, indicator: str) -> Observation | None:
    """The new observation; None when the form now says what is wrong."""
    data = form.cleaned_data
    try:
        row = actions.record(
            request.actor,
            request.organisation,
            indicator=indicator,
            value=data["value"],
            observed_on=data["observed_on"],
            source=data["source"],
            note=data["note"],
        )
    except InputError as error:
        form.add_error(None, french.capitalised(error.sentence))
        return None
    value = format_value(care().indicator[indicator], row.value)
    messages.success(request, f"Valeur enregistrée : {value} au {french.long_date(row.observed_on)}.")
    return row


@require_http_methods(["GET", "POST"])
@organisation_view("observation.view")
def history(request: OrganisationRequest, indicator: str) -> HttpResponse:
    referential = care()
    known = referential.indicator.get(indicator)
    if known is None:
        raise Http404
    form = RecordForm(
        request.POST if request.method == "POST" else None,
        indicator=known,
        initial={"observed_on": timezone.localdate()},
    )
    if request.method == "POST" and form.is_valid() and _save(request, form, indicator):
        return redirect("indicators:history", request.organisation.pk, indicator)
    rows = list(queries.history(request.organisation.node, indicator))
    points = [Seen(r.indicator, r.value, r.observed_on, r.source) for r in reversed(rows) if not r.withdrawn]
    line = queries.line(referential, indicator, points, timezone.localdate())
    context = {
        "line": line,
        "chart": trend.chart(line),
        "rows": [{"row": row, "value": format_value(known, row.value)} for row in rows],
        "thresholds": _thresholds(referential, line),
        "source": referential.sources.get(known.source),
        "form": form,
        "editable": request.actor.can("observation.write", request.organisation.node),
        "detailed": request.actor.can("assessment.view", request.organisation.node),  # remarks and names are detail
    }
    return render(request, "indicators/history.html", context)


def _thresholds(referential: Referential, line: queries.Line) -> list[dict[str, Any]]:
    """For each criterion: its levels with the value that each asks for, where that comes from, and where we stand."""
    reached = {criterion.id: level for criterion, level in line.levels}
    sign = "au moins" if line.indicator.direction == "higher" else "au plus"
    return [
        {
            "criterion": criterion,
            "reached": reached.get(criterion.id),
            "bounds": [
                (level, f"{sign} {format_value(line.indicator, bound)}", level == reached.get(criterion.id))
                for level, bound in sorted(criterion.thresholds.bounds.items())
            ],
            "confidence": CONFIDENCE[criterion.thresholds.confidence],
            "source": referential.sources.get(criterion.thresholds.source),
        }
        for criterion in line.criteria
        if criterion.thresholds
    ]


@require_POST
@organisation_view("observation.write")
def withdraw(request: OrganisationRequest, observation_id: int) -> HttpResponse:
    try:
        row = actions.withdraw(
            request.actor, request.organisation, observation_id, reason=request.POST.get("reason", "")
        )
    except Observation.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, "Valeur retirée : elle ne compte plus, et reste dans l'historique.")
    return redirect("indicators:history", request.organisation.pk, row.indicator)
