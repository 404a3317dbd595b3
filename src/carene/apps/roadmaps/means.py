# SPDX-License-Identifier: EUPL-1.2
"""What a scenario has to work with: period, budget, team. And what we propose before anyone has typed a figure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from carene.apps.organisations.models import Organisation
from carene.engines import french
from carene.engines.months import add_months, first_of_next_month
from carene.engines.planner.checks import LONGEST, SHORTEST
from carene.engines.planner.usual import proposals
from carene.engines.referential.model import Profile, Referential
from carene.engines.sources import InputError

MOST_EUROS = 1_000_000_000  # a year: beyond it someone typed one figure too many
MOST_DAYS = 2_000  # a month, for one skill
DEFAULT_MONTHS = 36
BUDGET_SEASON = 9  # from September on, the year that people prepare is the next one


@dataclass(frozen=True)
class Means:
    """``start``: first day of a month; ``budgets``: calendar year → euros; ``team``: skill → person-days a month."""

    name: str
    start: dt.date
    months: int
    budgets: Mapping[int, float]
    team: Mapping[str, float] = field(default_factory=dict)

    @property
    def years(self) -> list[int]:
        return years_of(self.start, self.months)

    def check(self, referential: Referential) -> None:
        """Raises InputError for the first thing that cannot be planned with."""
        if not self.name.strip():
            raise InputError("Le scénario n'a pas de nom", remedy="lui en donner un, par exemple « Budget voté »")
        if len(self.name) > 120:
            raise InputError("Le nom dépasse 120 caractères", remedy="le raccourcir")
        if self.start.day != 1 or not 2000 <= self.start.year <= 2100:
            raise InputError(
                f"Le début du {french.long_date(self.start)} ne convient pas",
                remedy="choisir le premier jour d'un mois",
            )
        if not SHORTEST <= self.months <= LONGEST:
            raise InputError(
                f"L'horizon de {self.months} mois ne convient pas", remedy=f"choisir entre {SHORTEST} et {LONGEST} mois"
            )
        for year in self.years:
            if year not in self.budgets:
                raise InputError(f"Le budget {year} manque", remedy="écrire 0 s'il n'y en a pas")
        for year, amount in sorted(self.budgets.items()):
            check_amount(amount, MOST_EUROS, f"Le budget {year}", "euros")
        for skill, days in sorted(self.team.items()):
            if skill not in referential.skills:
                raise InputError(
                    f"La compétence « {skill} » n'existe pas", remedy="choisir parmi celles qui sont proposées"
                )
            check_amount(days, MOST_DAYS, f"Le temps de « {referential.skills[skill]} »", "jours par mois")


def check_amount(value: float, most: float, what: str, unit: str) -> None:
    """Refuses what no establishment can mean: not a number, negative, absurdly large."""
    if not isfinite(value):
        raise InputError(f"{what} n'est pas un nombre", remedy="écrire un montant en chiffres")
    if value < 0:
        raise InputError(f"{what} est négatif", remedy="écrire 0 ou davantage")
    if value > most:
        raise InputError(f"{what} dépasse {french.number(most)} {unit}", remedy="vérifier le nombre de zéros")


def years_of(start: dt.date, months: int) -> list[int]:
    """Calendar years that the period touches."""
    return list(range(start.year, add_months(start, months - 1).year + 1))


@dataclass(frozen=True)
class Suggestion:
    """First values of the form, and the sentences that say where they come from (empty: nothing is proposed)."""

    start: dt.date
    months: int
    budget: float | None
    team: Mapping[str, float]
    budget_said: str
    team_said: str


def suggestion(organisation: Organisation, referential: Referential, profile: Profile, today: dt.date) -> Suggestion:
    """What the form of a new scenario begins with; nothing is made up when the profile does not say."""
    data = proposals()
    budget, said = None, ""
    if organisation.digital_budget:
        budget = float(round(organisation.digital_budget * data.budget.digital_share, -3))
        said = (
            f"Proposé : {french.share(data.budget.digital_share)} de votre budget numérique de "
            f"{french.compact_euros(organisation.digital_budget)}. {data.budget.reasoning} "
            f"(Source : {data.budget.source.title}.)"
        )
    team: dict[str, float] = {}
    if profile.size is not None:
        used = used_skills(referential)
        team = {skill: days[profile.size] for skill, days in data.team.person_days.items() if skill in used}
    return Suggestion(
        start=first_start(today),
        months=DEFAULT_MONTHS,
        budget=budget,
        team=team,
        budget_said=said,
        team_said=data.team.reasoning if team else "",
    )


def first_start(today: dt.date) -> dt.date:
    """Next January when people prepare the next budget, else next month."""
    return dt.date(today.year + 1, 1, 1) if today.month >= BUDGET_SEASON else first_of_next_month(today)


def used_skills(referential: Referential) -> dict[str, str]:
    """Skill → name, for those that at least one measure asks for."""
    used = {skill for measure in referential.measures for skill in measure.effort}
    return {skill: label for skill, label in referential.skills.items() if skill in used}


def from_row(row: Any) -> Means:
    """The means of a stored scenario."""
    return Means(
        name=row.name,
        start=row.start,
        months=row.months,
        budgets={int(year): float(amount) for year, amount in row.budgets.items()},
        team={skill: float(days) for skill, days in row.team.items()},
    )
