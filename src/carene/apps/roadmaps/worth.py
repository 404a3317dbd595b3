# SPDX-License-Identifier: EUPL-1.2
"""What each level is worth to an establishment, when a plan is to avoid as much as it can of what attacks cost."""

from __future__ import annotations

from carene.apps.assessments.referentials import BUILT_IN
from carene.apps.organisations.models import Organisation
from carene.apps.roadmaps.objectives import Objective
from carene.engines.planner import avoided
from carene.engines.planner.candidates import Values
from carene.engines.referential.model import Profile
from carene.engines.scoring.model import Judgement
from carene.engines.simulation.case import Case, case_of
from carene.engines.sources import InputError

MEASURES: dict[Objective, avoided.Measure] = {Objective.EUROS: "euros", Objective.DAYS: "days"}


def offered(referential: str) -> list[Objective]:
    """The attacks are described for our referential only."""
    return list(Objective) if referential == BUILT_IN else [Objective.MATURITY]


def values_of(
    organisation: Organisation, referential: str, profile: Profile, judgement: Judgement, objective: str
) -> Values | None:
    """None for points of maturity, whose weights stand in the referential. Raises InputError for another referential
    than ours."""
    wanted = Objective(objective)
    if wanted == Objective.MATURITY:
        return None
    if wanted not in offered(referential):
        raise InputError("La simulation ne connaît pas ce référentiel", remedy="choisir les points de maturité")
    from carene.engines.simulation.loader import shipped

    return avoided.values_of(shipped(), case(organisation, profile, judgement), MEASURES[wanted])


def case(organisation: Organisation, profile: Profile, judgement: Judgement) -> Case:
    """The establishment as the simulation reads it."""
    return case_of(judgement, profile, organisation.operating_budget)
