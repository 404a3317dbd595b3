# SPDX-License-Identifier: EUPL-1.2
"""What attacks may cost an establishment, from its answers: computed on demand, kept a while, never written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from django.core.cache import caches
from django.utils import timezone

from carene.apps.assessments import queries as assessments
from carene.apps.assessments.queries import Sheet
from carene.apps.organisations.models import Organisation
from carene.apps.risks import moments
from carene.apps.risks.board import Board, board
from carene.apps.risks.moments import Levels, Moment
from carene.engines.planner.model import Plan
from carene.engines.referential.catalogue import CARE
from carene.engines.simulation.case import Case, case_of
from carene.engines.simulation.loader import shipped
from carene.engines.simulation.model import Model
from carene.engines.simulation.outcome import Outcome
from carene.engines.simulation.ranges import Ranges, ranges
from carene.engines.simulation.serialise import to_simulation
from carene.engines.simulation.shares import Contributions, contributions
from carene.engines.simulation.simulate import DRAWS, SEED, simulate

T = TypeVar("T")


@dataclass
class Situation:
    """An establishment whose assessment was begun, as the simulation reads it."""

    organisation: Organisation
    sheet: Sheet

    @cached_property
    def model(self) -> Model:
        return shipped()

    @cached_property
    def case(self) -> Case:
        return case_of(self.sheet.judgement, self.sheet.profile, self.organisation.operating_budget)

    @cached_property
    def levels(self) -> Levels:
        """Criteria that act somewhere and concern the establishment, in the order of the referential."""
        acting = self.model.applicable(self.case.establishment)
        return {c.id: self.case.levels.get(c.id) for c in self.sheet.criteria if c.id in acting}

    @cached_property
    def outcome(self) -> Outcome:
        """20,000 simulated years of today's levels."""
        return outcome(self.model, self.case, self.levels)

    @cached_property
    def contributions(self) -> Contributions:
        case, levels = self.case, self.levels
        place = f"shares:{_key(self.model, case, levels, sorted(case.targets.items()))}"
        return _kept(place, lambda: contributions(self.model, levels, case.establishment, case.targets))

    @cached_property
    def ranges(self) -> Ranges:
        """How sure the contributions are: a tenth of a second, then kept as they are."""
        case, levels = self.case, self.levels
        place = f"ranges:{_key(self.model, case, levels, sorted(case.targets.items()))}"
        return _kept(place, lambda: ranges(self.model, levels, case.establishment, case.targets))


def situation(organisation: Organisation) -> Situation | None:
    """Built on the last validated assessment, else on the one under way; None while none was begun.

    One query, then three when the judgement is asked for.
    """
    row = assessments.reference(organisation.node)
    return None if row is None else Situation(organisation, assessments.sheet(organisation, row))


def outcome(model: Model, case: Case, levels: Levels) -> Outcome:
    """The simulation of these levels, taken from the cache when it was just made.

    The key is a digest of everything that enters the calculation: two establishments that are alike share it, and a new
    pack or another answer makes another key.
    """
    return _kept(f"risk:{_key(model, case, levels)}", lambda: simulate(model, levels, case.establishment))


def _kept(place: str, compute: Callable[[], T]) -> T:
    cache = caches["computed"]
    found: T | None = cache.get(place)
    if found is None:
        found = compute()
        cache.set(place, found)
    return found


def _key(model: Model, case: Case, levels: Levels, *more: object) -> str:
    one = case.establishment
    profile = [one.profile.type, one.profile.size, one.profile.ght]
    entering = [model.digest, SEED, DRAWS, sorted(levels.items()), profile, one.budget, sorted(one.not_applicable)]
    return hashlib.sha256(json.dumps([*entering, *more]).encode()).hexdigest()


def along(found: Situation, plan: Plan) -> tuple[Moment, ...]:
    """Where a plan leads, from today to its end."""
    today = timezone.localdate()
    return moments.along(plan, found.levels, today, lambda levels: outcome(found.model, found.case, levels))


def board_of(organisation: Organisation, sheet: Sheet, plan: Plan | None) -> Board | None:
    """What the board is told, for documents; None for a referential that is not simulated."""
    if not applies(sheet.assessment.referential):
        return None
    found = Situation(organisation, sheet)
    return board(found.model, found.outcome, along(found, plan) if plan is not None else ())


def simulation_data(found: Situation) -> dict[str, Any]:
    """The whole result as plain data, for machines."""
    return to_simulation(found.outcome, found.contributions, found.ranges, found.model)


def applies(referential: str) -> bool:
    """The simulation speaks of the criteria of our own referential only."""
    return referential == CARE
