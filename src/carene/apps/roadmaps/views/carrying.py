# SPDX-License-Identifier: EUPL-1.2
"""An action: its state in one click, who and when, what it raises, what was said and done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from carene.apps.assessments import queries as assessments
from carene.apps.assessments import referentials
from carene.apps.organisations.queries import colleagues
from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.apps.roadmaps import actions, figures, history, plans, queries
from carene.apps.roadmaps.catalogue import Card, Catalogue
from carene.apps.roadmaps.forms import ActionForm, FinishForm, posted_version
from carene.apps.roadmaps.models import Action
from carene.apps.roadmaps.views.common import action_of, page, told
from carene.core.accounts.models import User
from carene.engines import french
from carene.engines.months import add_months
from carene.engines.sources import InputError


@organisation_view("roadmap.view")
def action(request: OrganisationRequest, pk: int) -> HttpResponse:
    row = action_of(request, pk)
    people = colleagues(request.organisation.node)
    editable = request.actor.can("action.update", request.organisation.node)
    form = ActionForm(request.POST if request.method == "POST" else None, people=people, action=row)
    if request.method == "POST":
        request.actor.require("action.update", request.organisation.node)
        if form.is_valid():
            try:
                actions.update_action(
                    request.actor, request.organisation, pk, version=posted_version(request.POST), **form.values()
                )
            except InputError as error:
                form.add_error(None, error.sentence)
            else:
                messages.success(request, "Action enregistrée.")
                return redirect("roadmaps:action", request.organisation.pk, pk)
    return render(
        request, "roadmaps/action.html", _context(request, row, form, editable), status=400 if form.errors else 200
    )


def _context(request: OrganisationRequest, row: Action, form: ActionForm, editable: bool) -> dict[str, Any]:
    node, today = request.organisation.node, timezone.localdate()
    card = _card(request, row)
    entries = queries.history(row)
    names = dict(User.objects.filter(pk__in=history.owners_named(entries)).order_by("pk").values_list("pk", "name"))
    key = queries.action_target(row.pk)
    pending = list(assessments.pending_proposals(node).filter(origin_key=key).order_by("criterion"))
    return page(
        request,
        "overview",
        action=row,
        card=card,
        answering=assessments.current(node, row.referential) if card else None,
        form=form,
        editable=editable,
        finish_form=FinishForm(initial={"done_on": today, "actual_cost": row.actual_cost}),
        late=row.late_on(today),
        today=today,
        when=french.month_range(row.start_on, row.due_on),
        raises=_raises(row),
        days=figures.days_said(row.person_days, referentials.care().skills),
        pending=pending,
        comments=queries.comments(row),
        events=history.events(entries, names),
    )


def _card(request: OrganisationRequest, row: Action) -> Card | None:
    """The measure behind the action, while the catalogue still has it for this establishment."""
    if not row.measure or row.referential != referentials.BUILT_IN:
        return None
    situation = plans.situation(request.organisation, row.referential, actions=[row])
    if situation is None:
        return None
    try:
        return Catalogue(situation.referential, situation.profile, situation).card(row.measure)
    except KeyError:
        return None


def _raises(row: Action) -> list[tuple[str, int, int]]:
    if not row.raises:
        return []
    criteria = referentials.get(row.referential).criterion
    return [
        (
            criteria[step["criterion"]].title if step["criterion"] in criteria else step["criterion"],
            step["start"],
            step["end"],
        )
        for step in row.raises
    ]


@organisation_view("action.update")
def create(request: OrganisationRequest) -> HttpResponse:
    today = timezone.localdate()
    form = ActionForm(
        request.POST if request.method == "POST" else None,
        people=colleagues(request.organisation.node),
        initial={"start_on": today, "due_on": add_months(today, 3), "owner": request.user.pk},
    )
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.create_action(request.actor, request.organisation, **form.values())
        except InputError as error:
            form.add_error(None, error.sentence)
        else:
            messages.success(request, "Action ajoutée.")
            return redirect("roadmaps:action", request.organisation.pk, row.pk)
    return render(
        request, "roadmaps/action_new.html", page(request, "overview", form=form), status=400 if form.errors else 200
    )


def _click(request: OrganisationRequest, pk: int, act: Callable[[int], str]) -> HttpResponse:
    """A change of state by one button; comes back to the page that had the button."""
    action_of(request, pk)
    back = request.POST.get("retour", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None) or not back.startswith("/"):
        back = reverse("roadmaps:action", args=[request.organisation.pk, pk])
    return told(request, back, lambda: act(posted_version(request.POST)))


@require_POST
@organisation_view("action.update")
def start(request: OrganisationRequest, pk: int) -> HttpResponse:
    def act(version: int) -> str:
        row = actions.start(request.actor, request.organisation, pk, version=version)
        return f"« {row.title} » est en cours."

    return _click(request, pk, act)


@require_POST
@organisation_view("action.update")
def finish(request: OrganisationRequest, pk: int) -> HttpResponse:
    def act(version: int) -> str:
        form = FinishForm(request.POST)
        if not form.is_valid():
            problems = [str(error) for errors in form.errors.values() for error in errors]
            raise InputError(problems[0].rstrip("."))
        row, proposed = actions.finish(
            request.actor, request.organisation, pk, version=version, done_on=form.cleaned_data["done_on"],
            actual_cost=form.cleaned_data["actual_cost"],
        )  # fmt: skip
        said = f"« {row.title} » est terminée."
        if proposed:
            levels = french.counted(proposed, "nouveau niveau est proposé", "nouveaux niveaux sont proposés")
            said = f"{said} {levels} à la validation."
        return said

    return _click(request, pk, act)


@require_POST
@organisation_view("action.update")
def drop(request: OrganisationRequest, pk: int) -> HttpResponse:
    def act(version: int) -> str:
        row = actions.drop(
            request.actor, request.organisation, pk, version=version, reason=request.POST.get("reason", "")[:1000]
        )
        return f"« {row.title} » est abandonnée."

    return _click(request, pk, act)


@require_POST
@organisation_view("action.update")
def reopen(request: OrganisationRequest, pk: int) -> HttpResponse:
    def act(version: int) -> str:
        row = actions.reopen(request.actor, request.organisation, pk, version=version)
        return f"« {row.title} » est de nouveau {row.get_state_display()}."

    return _click(request, pk, act)


@require_POST
@organisation_view("action.update")
def comment(request: OrganisationRequest, pk: int) -> HttpResponse:
    action_of(request, pk)

    def act() -> str:
        actions.comment(request.actor, request.organisation, pk, request.POST.get("text", ""))
        return "Commentaire ajouté."

    return told(request, reverse("roadmaps:action", args=[request.organisation.pk, pk]) + "#commentaires", act)
