# SPDX-License-Identifier: EUPL-1.2
"""The search for the best plan of a scenario: asked for, stopped, kept, put aside, taken back."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

from django.utils import timezone

from carene.apps.organisations.models import Organisation
from carene.apps.roadmaps import plans, queries, stored
from carene.apps.roadmaps.actions import scenarios
from carene.apps.roadmaps.actions.errors import Conflict
from carene.apps.roadmaps.models import Scenario
from carene.apps.roadmaps.search_times import search_times
from carene.apps.roadmaps.worth import offered
from carene.core.access.actor import Actor
from carene.core.database.writes import atomic_write
from carene.core.jobs import actions as jobs
from carene.core.jobs.models import Job
from carene.core.journal.writer import record
from carene.engines.sources import InputError

PLAN = scenarios.PLAN
SEARCH = "roadmaps.search"


@dataclass(frozen=True)
class Asked:
    """What a search began from: enough to make a scenario of it, whatever becomes of the one it was asked for."""

    scenario: int
    version: int
    assessment_id: int
    referential: str
    name: str
    start: str
    months: int
    budgets: dict[str, float]
    team: dict[str, float]
    wishes: dict[str, Any]
    objective: str

    @classmethod
    def of(cls, row: Scenario, objective: str, assessment_id: int) -> Asked:
        return cls(
            row.pk, row.version, assessment_id, row.referential, row.name, row.start.isoformat(), row.months,
            row.budgets, row.team, row.wishes, objective,
        )  # fmt: skip


def search(actor: Actor, organisation: Organisation, scenario: Scenario, *, objective: str, seconds: int) -> Job:
    """Asks for it. Raises InputError: an objective or a time that is not proposed, one under way, no assessment."""
    actor.require(PLAN, organisation.node)
    if objective not in offered(scenario.referential):
        raise InputError("Cet objectif n'est pas proposé", remedy="en choisir un dans la liste")
    if seconds not in search_times().seconds:
        raise InputError("Cette durée n'est pas proposée", remedy="en choisir une dans la liste")
    plans.required_situation(organisation, scenario.referential)
    arguments = {"scenario": scenario.pk, "objective": objective, "seconds": seconds}
    return jobs.enqueue(actor, organisation.node, SEARCH, arguments, target=queries.scenario_target(scenario.pk))


def stop(actor: Actor, organisation: Organisation, job: Job) -> None:
    """The best plan met so far is kept."""
    actor.require(PLAN, organisation.node)
    jobs.ask_to_stop(actor, organisation.node, job)


def keep_plan(actor: Actor, organisation: Organisation, asked: Asked, computed: stored.Computed) -> bool:
    """Puts what was found in its scenario; False, and nothing written, when someone changed or deleted it meanwhile."""
    actor.require(PLAN, organisation.node)
    row = Scenario.objects.of(organisation.node).filter(pk=asked.scenario, deleted_at=None).first()
    if row is None or row.version != asked.version:
        return False
    before = scenarios.told(row)
    try:
        scenarios.write(
            organisation, row, asked.version, plan=stored.to_data(computed), computed_at=timezone.now(),
            objective=asked.objective, previous=_present(row), assessment_id=asked.assessment_id, prudence=None,
            common=None,
        )  # fmt: skip
    except Conflict:
        return False
    scenarios.tell(actor, row, before, {**scenarios.told(row), "value": computed.plan.value})
    return True


def take_back(actor: Actor, organisation: Organisation, scenario: Scenario, *, version: int) -> None:
    """The plan that the last search replaced; that of the search then takes its place. Raises InputError, Conflict."""
    actor.require(PLAN, organisation.node)
    kept = scenario.previous
    if not kept:
        raise InputError("Il n'y a pas de plan précédent dans ce scénario", remedy="recharger la page")
    with atomic_write():
        before = scenarios.told(scenario)
        scenarios.write(
            organisation, scenario, version, plan=kept["plan"], objective=kept["objective"],
            previous=_present(scenario), computed_at=dt.datetime.fromisoformat(kept["computed_at"]),
            prudence=kept.get("prudence"), common=kept.get("common"),
        )  # fmt: skip
        scenarios.tell(actor, scenario, before, scenarios.told(scenario))


def make_of_found(actor: Actor, organisation: Organisation, job: Job) -> Scenario:
    """A new scenario with the plan that could not be put in its own. Raises InputError when it was decided."""
    actor.require(PLAN, organisation.node)
    with atomic_write():
        held = _undecided(organisation, job)
        result = held.result or {}
        asked = Asked(**result["asked"])
        values = asdict(asked) | {"start": dt.date.fromisoformat(asked.start)}
        for key in ("scenario", "version", "name"):
            del values[key]
        row = Scenario.objects.create(
            node=organisation.node,
            name=scenarios.free_name(organisation, asked.name),
            plan=result["plan"],
            computed_at=held.finished_at,
            created_by=actor.user,
            **values,
        )
        scenarios.tell(actor, row, None, {**scenarios.told(row), "copy_of": asked.scenario})
        _decide(held)
    return row


def put_aside(actor: Actor, organisation: Organisation, job: Job) -> None:
    """What was found is forgotten; the scenario stays as it was changed. Raises InputError when it was decided."""
    actor.require(PLAN, organisation.node)
    with atomic_write():
        _decide(_undecided(organisation, job))
        record(actor, "job.dismiss", organisation.node, jobs.journal_target(job), {"about": job.target}, None)


def _undecided(organisation: Organisation, job: Job) -> Job:
    rows = Job.objects.of(organisation.node).select_for_update()
    held = rows.filter(pk=job.pk, kind=SEARCH).first()
    if held is None or not (held.result or {}).get("plan"):
        raise InputError("Ce plan a déjà été gardé ou écarté", remedy="recharger la page")
    return held


def _decide(job: Job) -> None:
    job.result = {key: value for key, value in (job.result or {}).items() if key not in {"plan", "asked"}}
    job.save(update_fields=["result"])


def _present(row: Scenario) -> dict[str, Any] | None:
    if row.plan is None or row.computed_at is None:
        return None
    kept = {key: getattr(row, key) for key in ("plan", "objective", "prudence", "common")}
    return {**kept, "computed_at": row.computed_at.isoformat()}
