# SPDX-License-Identifier: EUPL-1.2
"""Scenarios: means and wishes, from which a plan is computed at once.

The plan is computed before the transaction: a writer never holds the database while it thinks. What was read is checked
again when it is written (``version``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.utils import timezone

from carene.apps.assessments.referentials import BUILT_IN
from carene.apps.organisations.models import Organisation
from carene.apps.roadmaps import plans, queries, stored
from carene.apps.roadmaps.actions.errors import Conflict
from carene.apps.roadmaps.means import MOST_DAYS, MOST_EUROS, Means, check_amount, from_row
from carene.apps.roadmaps.models import MeasureOverride, Scenario
from carene.apps.roadmaps.objectives import Objective
from carene.apps.roadmaps.wishes import MonthWish, of_scenario
from carene.core.access.actor import Actor
from carene.core.database.writes import atomic_write
from carene.core.journal.writer import record
from carene.engines.planner.checks import LONGEST
from carene.engines.planner.model import Plan, Problem
from carene.engines.planner.planning import plan
from carene.engines.sources import InputError

PLAN = "roadmap.plan"
UNDO_DEPTH = 30
MOST_SCENARIOS = 200


def create_scenario(
    actor: Actor,
    organisation: Organisation,
    means: Means,
    *,
    wishes: dict[str, MonthWish] | None = None,
    referential: str = BUILT_IN,
    objective: str = Objective.MATURITY,
    planner: Callable[[Problem], Plan] = plan,
    prudence: dict[str, Any] | None = None,
) -> Scenario:
    """A named scenario, computed by ``planner``. Raises InputError: no assessment yet, name taken, amounts that make no
    sense."""
    actor.require(PLAN, organisation.node)
    situation = plans.required_situation(organisation, referential)
    wishes = wishes or {}
    for measure, wish in wishes.items():
        _check_wish(situation, measure, wish)
    computed = plans.solve(situation, means, wishes, objective, planner)
    with atomic_write():
        require_room(organisation)
        _name_is_free(organisation, means.name)
        scenario = Scenario.objects.create(
            node=organisation.node,
            assessment_id=situation.sheet.assessment.pk,
            referential=referential,
            wishes=_wishes_data(wishes),
            objective=objective,
            plan=stored.to_data(computed),
            prudence=prudence,
            computed_at=timezone.now(),
            created_by=actor.user,
            **_means_fields(means),
        )
        tell(actor, scenario, None, told(scenario))
    return scenario


def change_means(actor: Actor, organisation: Organisation, scenario: Scenario, means: Means, *, version: int) -> Plan:
    """New period, budget, team or name; computed again. Raises InputError or Conflict."""
    actor.require(PLAN, organisation.node)
    if means.name.strip() != scenario.name:
        _name_is_free(organisation, means.name)
    return _compute(actor, organisation, scenario, version, means, of_scenario(scenario.wishes), **_means_fields(means))


def compute(actor: Actor, organisation: Organisation, scenario: Scenario) -> Plan:
    """Computes again from what is true today: levels, costs, actions done. Raises InputError or Conflict."""
    actor.require(PLAN, organisation.node)
    wishes = of_scenario(scenario.wishes)
    return _compute(actor, organisation, scenario, scenario.version, from_row(scenario), wishes)


def set_wish(
    actor: Actor, organisation: Organisation, scenario: Scenario, measure: str, wish: MonthWish, *, version: int
) -> Plan:
    """Imposes something on a measure (an empty wish takes back what was), and plans again."""
    actor.require(PLAN, organisation.node)
    situation = plans.required_situation(organisation, scenario.referential)
    wishes = of_scenario(scenario.wishes)
    if wish.empty:
        wishes.pop(measure, None)
    else:
        _check_wish(situation, measure, wish)
        wishes[measure] = wish
    return _compute(
        actor, organisation, scenario, version, from_row(scenario), wishes, situation=situation,
        wishes=_wishes_data(wishes), undo=[*scenario.undo, scenario.wishes][-UNDO_DEPTH:],
    )  # fmt: skip


def undo_wish(actor: Actor, organisation: Organisation, scenario: Scenario, *, version: int) -> Plan:
    """Takes back the last wish. Raises InputError when there is none left."""
    actor.require(PLAN, organisation.node)
    if not scenario.undo:
        raise InputError("Il n'y a plus rien à annuler dans ce scénario", remedy="recharger la page")
    *earlier, last = scenario.undo
    return _compute(
        actor, organisation, scenario, version, from_row(scenario), of_scenario(last), wishes=last, undo=earlier
    )


def set_override(
    actor: Actor,
    organisation: Organisation,
    measure: str,
    *,
    investment: float | None = None,
    yearly: float | None = None,
    months: int | None = None,
    effort: dict[str, float] | None = None,
    reason: str = "",
    referential: str = BUILT_IN,
) -> None:
    """The organisation's own figures for a measure, in every scenario to come; None keeps our estimate.

    Scenarios already computed are not: compute them again. All None removes the figures. Raises InputError.
    """
    actor.require(PLAN, organisation.node)
    situation = plans.required_situation(organisation, referential)
    if measure not in situation.candidates:
        raise InputError("Cette mesure n'est pas au catalogue de l'établissement", remedy="recharger la page")
    values: dict[str, Any] = {"investment": investment, "yearly": yearly, "months": months, "effort": effort}
    _check_figures(situation, values, reason)
    target = f"override:{organisation.pk}:{measure}"[:120]
    with atomic_write():
        row = MeasureOverride.objects.of(organisation.node).filter(measure=measure).first()
        before = {key: getattr(row, key) for key in (*values, "reason")} if row else None
        if all(value is None for value in values.values()):
            if row:
                row.delete()
                record(actor, PLAN, organisation.node, target, before, None)
            return
        row = row or MeasureOverride(node=organisation.node, measure=measure)
        for key, value in values.items():
            setattr(row, key, value)
        row.reason = reason.strip()
        row.save()
        record(actor, PLAN, organisation.node, target, before, {**values, "reason": row.reason})


def rename_scenario(actor: Actor, organisation: Organisation, scenario: Scenario, name: str, *, version: int) -> None:
    """Raises InputError when the name is empty, too long or taken, Conflict."""
    actor.require(PLAN, organisation.node)
    means = replace(from_row(scenario), name=name)
    means.check(plans.required_situation(organisation, scenario.referential).referential)
    if name.strip() == scenario.name:
        return
    with atomic_write():
        _name_is_free(organisation, name)
        before = told(scenario)
        write(organisation, scenario, version, name=name.strip())
        tell(actor, scenario, before, told(scenario))


def duplicate_scenario(actor: Actor, organisation: Organisation, scenario: Scenario) -> Scenario:
    """The same means, wishes and plan under another name."""
    actor.require(PLAN, organisation.node)
    with atomic_write():
        copy = Scenario.objects.create(
            node=organisation.node,
            name=free_name(organisation, scenario.name),
            created_by=actor.user,
            **{
                key: getattr(scenario, key)
                for key in (
                    "assessment_id", "referential", "start", "months", "budgets", "team", "wishes", "objective", "plan",
                    "prudence", "common", "computed_at",
                )
            },
        )  # fmt: skip
        tell(actor, copy, None, {**told(copy), "copy_of": scenario.pk})
    return copy


def delete_scenario(actor: Actor, organisation: Organisation, scenario: Scenario) -> None:
    """Puts it aside; ``restore_scenario`` brings it back. The adopted roadmap cannot be deleted."""
    actor.require(PLAN, organisation.node)
    if scenario.adopted_at and not scenario.retired_at:
        raise InputError(
            "Ce scénario est la feuille de route adoptée", remedy="en adopter un autre avant de le supprimer"
        )
    with atomic_write():
        write(organisation, scenario, scenario.version, deleted_at=timezone.now())
        tell(actor, scenario, told(scenario), None)


def restore_scenario(actor: Actor, organisation: Organisation, scenario_id: int) -> Scenario:
    """Brings back a deleted scenario, under another name when its own was taken since. Raises Scenario.DoesNotExist."""
    actor.require(PLAN, organisation.node)
    with atomic_write():
        scenario = Scenario.objects.of(organisation.node).exclude(deleted_at=None).get(pk=scenario_id)
        scenario.deleted_at = None
        scenario.name = free_name(organisation, scenario.name)
        scenario.version += 1
        scenario.save(update_fields=["deleted_at", "name", "version"])
        tell(actor, scenario, None, told(scenario))
    return scenario


def _compute(
    actor: Actor,
    organisation: Organisation,
    scenario: Scenario,
    version: int,
    means: Means,
    wished: dict[str, MonthWish],
    *,
    situation: plans.Situation | None = None,
    **fields: Any,
) -> Plan:
    """Plans, then writes plan and ``fields`` together, if nobody wrote in between."""
    if scenario.version != version:
        raise Conflict("ce scénario")  # before a second of computing for nothing
    situation = situation or plans.required_situation(organisation, scenario.referential)
    computed = plans.solve(situation, means, wished, scenario.objective)
    before = told(scenario)
    with atomic_write():
        if "name" in fields and fields["name"] != scenario.name:
            _name_is_free(organisation, fields["name"])
        write(
            organisation, scenario, version, **fields, plan=stored.to_data(computed), computed_at=timezone.now(),
            assessment_id=situation.sheet.assessment.pk, previous=None, prudence=None,
            common=None,
        )  # fmt: skip
        tell(actor, scenario, before, told(scenario))
    return computed.plan


def write(organisation: Organisation, scenario: Scenario, version: int, **fields: Any) -> None:
    """One statement that only succeeds on the version that was read."""
    rows = Scenario.objects.of(organisation.node).filter(pk=scenario.pk, version=version, deleted_at=None)
    if not rows.update(**fields, version=version + 1):
        raise Conflict("ce scénario")
    for key, value in fields.items():
        setattr(scenario, key, value)
    scenario.version = version + 1


def _check_wish(situation: plans.Situation, measure: str, wish: MonthWish) -> None:
    wish.check()
    if measure not in situation.candidates:
        raise InputError("Cette mesure n'est pas au catalogue de l'établissement", remedy="recharger la page")
    if measure in situation.done and not wish.excluded:
        raise InputError("Cette mesure est déjà réalisée", remedy="rouvrir son action pour la planifier de nouveau")


def _check_figures(situation: plans.Situation, values: dict[str, Any], reason: str) -> None:
    for key, what in (("investment", "L'investissement"), ("yearly", "Le coût annuel")):
        if values[key] is not None:
            check_amount(values[key], MOST_EUROS, what, "euros")
    if values["months"] is not None and not 1 <= values["months"] <= LONGEST:
        raise InputError(
            f"La durée de {values['months']} mois ne convient pas", remedy=f"choisir de 1 à {LONGEST} mois"
        )
    for skill, days in (values["effort"] or {}).items():
        label = situation.referential.skills.get(skill)
        if label is None:
            raise InputError(
                f"La compétence « {skill} » n'existe pas", remedy="choisir parmi celles qui sont proposées"
            )
        check_amount(days, MOST_DAYS * 12, f"Le travail de « {label} »", "jours")
    if len(reason) > 200:
        raise InputError("L'origine du chiffre dépasse 200 caractères", remedy="la raccourcir")


def require_room(organisation: Organisation) -> None:
    """Raises InputError when the organisation holds as many scenarios as it may."""
    if Scenario.objects.of(organisation.node).filter(deleted_at=None).count() >= MOST_SCENARIOS:
        raise InputError(f"Il y a déjà {MOST_SCENARIOS} scénarios", remedy="en supprimer avant d'en ajouter")


def _name_is_free(organisation: Organisation, name: str) -> None:
    if _taken(organisation, name.strip()):
        raise InputError(f"Un scénario s'appelle déjà « {name.strip()} »", remedy="choisir un autre nom")


def free_name(organisation: Organisation, name: str) -> str:
    """The name, or the first « name (2) », « name (3) » that is free."""
    base, rank = name, 1
    while _taken(organisation, name):
        rank += 1
        name = f"{base[:112]} ({rank})"
    return name


def _taken(organisation: Organisation, name: str) -> bool:
    return Scenario.objects.of(organisation.node).filter(deleted_at=None, name=name).exists()


def _means_fields(means: Means) -> dict[str, Any]:
    return {
        "name": means.name.strip(),
        "start": means.start,
        "months": means.months,
        "budgets": {str(year): means.budgets[year] for year in means.years},
        "team": dict(means.team),
    }


def _wishes_data(wishes: dict[str, MonthWish]) -> dict[str, Any]:
    return {measure: wish.to_data() for measure, wish in sorted(wishes.items())}


def told(scenario: Scenario) -> dict[str, Any]:
    """For the journal: what was asked, not what was computed."""
    return {
        "name": scenario.name,
        "start": scenario.start.isoformat(),
        "months": scenario.months,
        "budgets": scenario.budgets,
        "team": scenario.team,
        "wishes": scenario.wishes,
        "objective": scenario.objective,
    }


def tell(actor: Actor, scenario: Scenario, before: dict[str, Any] | None, after: dict[str, Any] | None) -> None:
    record(actor, PLAN, scenario.node, queries.scenario_target(scenario.pk), before, after)
