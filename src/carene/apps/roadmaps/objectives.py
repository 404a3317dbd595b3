# SPDX-License-Identifier: EUPL-1.2
"""What a plan is to make the most of, and how its value is said."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models

from carene.engines import french


class Objective(models.TextChoices):
    MATURITY = "maturity", "Points de maturité"
    EUROS = "euros", "Pertes évitées, en euros"
    DAYS = "days", "Jours de soins préservés"


HELP = {
    Objective.MATURITY: "Les niveaux gagnés, d'après le poids de chaque critère, et d'autant plus qu'ils viennent tôt.",
    Objective.EUROS: "Ce que les attaques coûteraient en moins, d'après la simulation.",
    Objective.DAYS: "Les journées de soins dégradés en moins, d'après la simulation.",
}


@dataclass(frozen=True)
class Value:
    """How values of an objective are said: ``said(412.3)`` → « 412,3 points », ``whole`` adds what they are."""

    objective: str

    def said(self, value: float) -> str:
        if self.objective == Objective.EUROS:
            return french.compact_euros(value)
        decimals = 0 if abs(value) >= 1000 else 1
        if self.objective == Objective.DAYS:
            return french.with_unit(value, french.plural(value, "jour", "jours"), decimals)
        return french.with_unit(value, french.plural(value, "point", "points"), decimals)

    def whole(self, value: float) -> str:
        more = {Objective.EUROS: " de pertes évitées par an", Objective.DAYS: " de soins dégradés évités par an"}
        return self.said(value) + more.get(Objective(self.objective), "")
