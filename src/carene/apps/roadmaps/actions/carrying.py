# SPDX-License-Identifier: EUPL-1.2
"""Actions being carried out: who, when, how much, how far; and what their end changes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from carene.apps.assessments import actions as assessments
from carene.apps.organisations.models import Organisation
from carene.apps.organisations.queries import colleagues
from carene.apps.roadmaps import queries
from carene.apps.roadmaps.actions.errors import Conflict
from carene.apps.roadmaps.means import MOST_EUROS, check_amount
from carene.apps.roadmaps.models import Action, ActionComment
from carene.core.access.actor import Actor
from carene.core.database.writes import atomic_write
from carene.core.journal.writer import record
from carene.engines import french
from carene.engines.sources import InputError

UPDATE = "action.update"
EDITABLE = ("title", "owner_id", "start_on", "due_on", "planned_cost", "actual_cost", "shared")
State = Action.State
LONGEST_COMMENT = 5_000
YEARS = range(2000, 2101)


def create_action(actor: Actor, organisation: Organisation, **values: Any) -> Action:
    """An action of our own, without a measure; ``values`` as for ``update_action``, title and dates required."""
    actor.require(UPDATE, organisation.node)
    action = Action(node=organisation.node)
    _fill(action, values)
    _check(action)
    _check_owner(action, organisation)
    with atomic_write():
        action.save(force_insert=True)
        record(actor, UPDATE, organisation.node, queries.action_target(action.pk), None, _state(action))
    return action


def update_action(actor: Actor, organisation: Organisation, action_id: int, *, version: int, **values: Any) -> Action:
    """Changes some of ``EDITABLE``. Raises Action.DoesNotExist, Conflict, or InputError."""
    return _change(actor, organisation, action_id, version, values)


def start(actor: Actor, organisation: Organisation, action_id: int, *, version: int) -> Action:
    """The work begins."""
    return _move(actor, organisation, action_id, version, State.DOING, {State.TODO})


def drop(actor: Actor, organisation: Organisation, action_id: int, *, version: int, reason: str = "") -> Action:
    """It will not be done; the reason becomes a comment."""
    with atomic_write():
        action = _move(actor, organisation, action_id, version, State.DROPPED, {State.TODO, State.DOING})
        if reason.strip():
            comment(actor, organisation, action_id, f"Abandonnée : {reason.strip()}")
    return action


def finish(
    actor: Actor,
    organisation: Organisation,
    action_id: int,
    *,
    version: int,
    done_on: dt.date | None = None,
    actual_cost: float | None = None,
) -> tuple[Action, int]:
    """Done (today unless told otherwise). The levels that it reaches are proposed for validation: returns how many."""
    today = timezone.localdate()
    day = done_on or today
    if day > today:
        raise InputError("La date de fin est dans l'avenir", remedy="indiquer un jour passé ou aujourd'hui")
    values: dict[str, Any] = {"done_on": day}
    if actual_cost is not None:
        values["actual_cost"] = actual_cost
    with atomic_write():
        action = _move(actor, organisation, action_id, version, State.DONE, {State.TODO, State.DOING}, **values)
        proposals = []
        if action.raises:
            proposals = assessments.propose_levels(
                actor,
                organisation.node,
                action.referential,
                f"Action « {action.title[:140].rstrip()} » terminée le {french.long_date(day)}",
                queries.action_target(action.pk),
                [(str(step["criterion"]), int(step["end"])) for step in action.raises],
            )
    return action, len(proposals)


def reopen(actor: Actor, organisation: Organisation, action_id: int, *, version: int) -> Action:
    """One step back: done → under way, under way or dropped → to do. Levels proposed and not decided are taken back."""
    with atomic_write():
        before = _get(organisation, action_id)
        back = State.DOING if before.state == State.DONE else State.TODO
        action = _move(
            actor, organisation, action_id, version, back, {State.DONE, State.DOING, State.DROPPED}, done_on=None
        )
        if before.state == State.DONE:
            assessments.withdraw_proposals(actor, organisation.node, queries.action_target(action.pk))
    return action


def comment(actor: Actor, organisation: Organisation, action_id: int, text: str) -> ActionComment:
    """Adds a comment; comments are not changed afterwards."""
    actor.require(UPDATE, organisation.node)
    text = text.strip()
    if not text:
        raise InputError("Le commentaire est vide", remedy="écrire quelques mots")
    if len(text) > LONGEST_COMMENT:
        raise InputError(
            f"Le commentaire dépasse {french.number(LONGEST_COMMENT)} caractères",
            remedy="le raccourcir ou joindre une preuve",
        )
    with atomic_write():
        row = ActionComment.objects.create(action=_get(organisation, action_id), author=actor.user, text=text)
        record(actor, UPDATE, organisation.node, queries.action_target(action_id), None, {"comment": row.pk})
    return row


def _move(
    actor: Actor,
    organisation: Organisation,
    action_id: int,
    version: int,
    state: Action.State,
    allowed: set[Action.State],
    **values: Any,
) -> Action:
    actor.require(UPDATE, organisation.node)
    before = _get(organisation, action_id)
    if before.version == version and before.state not in allowed:
        raise InputError(
            f"Une action {before.get_state_display()} ne peut pas devenir « {state.label} »", remedy="recharger la page"
        )
    return _change(actor, organisation, action_id, version, {"state": state, **values})


def _change(actor: Actor, organisation: Organisation, action_id: int, version: int, values: dict[str, Any]) -> Action:
    """What the writer saw must still be what is stored."""
    actor.require(UPDATE, organisation.node)
    with atomic_write():
        action = Action.objects.of(organisation.node).select_for_update().get(pk=action_id)
        if action.version != version:
            raise Conflict("cette action")
        before = _state(action)
        _fill(action, values)
        _check(action)
        if action.owner_id != before["owner"]:
            _check_owner(action, organisation)
        after = _state(action)
        changed = [key for key in after if after[key] != before[key]]
        if changed:
            action.version += 1
            action.save()
            record(
                actor,
                UPDATE,
                organisation.node,
                queries.action_target(action.pk),
                {key: before[key] for key in changed},
                {key: after[key] for key in changed},
            )
    return action


def _get(organisation: Organisation, action_id: int) -> Action:
    return Action.objects.of(organisation.node).get(pk=action_id)


def _fill(action: Action, values: dict[str, Any]) -> None:
    unknown = set(values) - {*EDITABLE, "state", "done_on"}
    if unknown:
        raise KeyError(sorted(unknown))
    for key, value in values.items():
        setattr(action, key, value.strip() if key == "title" else value)


def _check(action: Action) -> None:
    if not action.title:
        raise InputError("L'action n'a pas de titre", remedy="dire en quelques mots ce qui sera fait")
    if len(action.title) > 200:
        raise InputError("Le titre dépasse 200 caractères", remedy="le raccourcir et mettre le détail en commentaire")
    for day, what in ((action.start_on, "Le début"), (action.due_on, "L'échéance"), (action.done_on, "La date de fin")):
        if day is None and what != "La date de fin":
            raise InputError(f"{what} manque", remedy="choisir une date")
        if day is not None and day.year not in YEARS:
            raise InputError(f"{what} est en {day.year}", remedy="vérifier l'année")
    if action.due_on < action.start_on:
        raise InputError("L'échéance précède le début", remedy="changer l'une des deux dates")
    check_amount(action.planned_cost, MOST_EUROS, "Le coût prévu", "euros")
    if action.actual_cost is not None:
        check_amount(action.actual_cost, MOST_EUROS, "Le montant dépensé", "euros")


def _check_owner(action: Action, organisation: Organisation) -> None:
    """Asked when the owner changes: someone who has left since may remain named until then."""
    if action.owner_id is not None and not colleagues(organisation.node).filter(pk=action.owner_id).exists():
        raise InputError(
            "Le responsable n'a pas accès à cet établissement",
            remedy="choisir un collègue, ou lui donner d'abord un rôle dans « Établissement et personnes »",
        )


def _state(action: Action) -> dict[str, Any]:
    """For the journal."""
    return {
        "title": action.title,
        "state": str(action.state),
        "owner": action.owner_id,
        "start_on": action.start_on.isoformat(),
        "due_on": action.due_on.isoformat(),
        "planned_cost": action.planned_cost,
        "actual_cost": action.actual_cost,
        "shared": action.shared,
        "done_on": action.done_on.isoformat() if action.done_on else None,
    }
