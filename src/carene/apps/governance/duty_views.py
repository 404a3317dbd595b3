# SPDX-License-Identifier: EUPL-1.2
"""Duties that come back: the list, each one with its history, the month, the file for a calendar."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from carene.apps.governance import actions, calendar, daily, forms, queries
from carene.apps.governance.doors import establishment_view
from carene.apps.governance.models import DutyRecord
from carene.apps.governance.views import page
from carene.apps.organisations.scope import OrganisationRequest
from carene.core.letters import queries as letters
from carene.engines import french
from carene.engines.governance.duties import STATES
from carene.engines.governance.pack import governance
from carene.engines.months import add_months, first_of_month
from carene.engines.referential.catalogue import care
from carene.engines.sources import InputError

YEARS_AROUND = 10


@require_GET
@establishment_view("governance.view")
def listing(request: OrganisationRequest) -> HttpResponse:
    organisation, today = request.organisation, timezone.localdate()
    dues = queries.duties(organisation, today)
    groups = [(label, [due for due in dues if due.state == state]) for state, label in STATES]
    known = queries.nis2(organisation.node)
    pack = governance()
    context = page(
        request,
        "duties",
        groups=[(label, rows) for label, rows in groups if rows],
        late=sum(due.state == "late" for due in dues),
        late_in_force=sum(due.state == "late" and due.duty.status == "in_force" for due in dues),
        nis2=known,
        nis2_label=pack.nis2.get(known, ""),
        nis2_source=pack.sources[pack.nis2_source],
        nis2_waiting=sum(duty.applies.nis2 is not None for duty in pack.duties) if not known else 0,
    )
    context["letters"] = letters.latest(organisation.node, daily.KIND) if context["editable"] else []
    return render(request, "governance/duties.html", context)


@establishment_view("governance.view")
def duty(request: OrganisationRequest, duty: str) -> HttpResponse:
    organisation, today = request.organisation, timezone.localdate()
    known = governance().duty.get(duty)
    due = next((one for one in queries.duties(organisation, today) if one.duty.id == duty), None)
    if known is None or due is None:
        raise Http404
    editable = request.actor.can(actions.WRITE, organisation.node)
    form = None
    if request.method == "POST" or editable:
        request.actor.require(actions.WRITE, organisation.node)
        sent = request.POST if request.method == "POST" else None
        form = forms.DutyForm(sent, initial={"kind": DutyRecord.Kind.DONE, "on": today}, organisation=organisation)
    if form is not None and request.method == "POST" and form.is_valid():
        try:
            actions.record_duty(request.actor, organisation, duty, **form.values())
        except InputError as error:
            form.refuse(error)
        else:
            messages.success(request, f"« {known.title} » : c'est noté.")
            return redirect("governance:duties", organisation.pk)
    history = list(queries.records(organisation.node, duty))
    context = page(
        request,
        "duties",
        due=due,
        duty=known,
        every=french.capitalised(french.every(known.months)) if known.months else "",
        source=governance().sources[known.source],
        who=[care().roles.get(key, key) for key in known.who],
        form=form,
        history=history,
        document=governance().documents[known.document].label if known.document else "",
        proofs=queries.proofs(organisation.node, (row.evidence_id for row in history)),
    )
    return render(request, "governance/duty.html", context, status=400 if form is not None and form.errors else 200)


@require_POST
@establishment_view(actions.WRITE)
def nis2(request: OrganisationRequest) -> HttpResponse:
    actions.set_nis2(request.actor, request.organisation, request.POST.get("nis2", ""))
    messages.success(request, "La catégorie est enregistrée.")
    return redirect("governance:duties", request.organisation.pk)


@require_GET
@establishment_view("governance.view")
def month(request: OrganisationRequest) -> HttpResponse:
    organisation, today = request.organisation, timezone.localdate()
    asked = forms.chosen_day(request.GET.get("mois", "")) or first_of_month(today)
    if abs(asked.year - today.year) > YEARS_AROUND:
        asked = first_of_month(today)
    context = page(request, "duties")
    items = calendar.dated(organisation, today, detailed=context["decided"])
    context |= {
        "month": asked,
        "title": french.capitalised(french.month_and_year(asked)),
        "weeks": calendar.weeks(asked, items, today),
        "weekdays": french.WEEKDAYS,
        "items": [item for item in items if first_of_month(item.on) == asked],
        "ahead": [
            (month, french.capitalised(french.month_and_year(month)), count)
            for month, count in calendar.months_ahead(items, today)
        ],
        "before_late": [item for item in items if item.late and item.on < asked <= today],
        "before": add_months(asked, -1),
        "after": add_months(asked, 1),
    }
    return render(request, "governance/month.html", context)


@require_GET
@establishment_view("governance.view")
def file(request: OrganisationRequest) -> HttpResponse:
    organisation, today = request.organisation, timezone.localdate()
    detailed = request.actor.can("decision.view", organisation.node)
    items = calendar.dated(organisation, today, detailed=detailed)
    response = HttpResponse(calendar.ics(organisation, items, today), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_name(organisation.pk, today)}"'
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _name(pk: int, today: dt.date) -> str:
    return f"gouvernance-{pk}-{today:%Y-%m-%d}.ics"
