# SPDX-License-Identifier: EUPL-1.2
"""A group that cannot be planned is refused in one French sentence."""

from __future__ import annotations

import math

from carene.engines import french
from carene.engines.planner.checks import check_problem
from carene.engines.planner.group.model import COMMON, Group
from carene.engines.sources import InputError

_WHERE = "groupe"


def check_group(group: Group) -> None:
    """Raise InputError for the first thing that is wrong, of the group or of a member's problem."""
    if not group.members:
        raise InputError("il n'a aucun membre", where=_WHERE, remedy="en donner un au moins")
    _check_names(group)
    for member in group.members:
        try:
            check_problem(member.problem)
        except InputError as error:
            raise InputError(error.what, where=f"{member.name}, {error.where}", remedy=error.remedy) from error
    _check_alike(group)
    _check_key(group)
    if not group.usual_members > 1:
        raise InputError("sa taille usuelle n'est pas possible", where=_WHERE, remedy="donner plus d'un membre")
    for year, amount in sorted(group.budgets.items()):
        if not (math.isfinite(amount) and amount >= 0):
            raise InputError("le montant n'est pas possible", where=f"budget {year} du groupe", remedy="le corriger")
    for measure, share in sorted(group.sharing.items()):
        if not 0 <= share <= 1:
            raise InputError(
                f"la part d'un membre est de {french.number(share)}",
                where=f"mesure {french.quoted(measure)}",
                remedy="la donner de 0 à 1",
            )


def _check_names(group: Group) -> None:
    known: set[str] = set()
    for member in group.members:
        if not member.id or "/" in member.id or member.id == COMMON:
            raise InputError(
                f"« {member.id} » ne peut pas désigner un membre", where=_WHERE, remedy="choisir un autre nom court"
            )
        if member.id in known:
            raise InputError(f"« {member.id} » désigne deux membres", where=_WHERE, remedy="en renommer un")
        known.add(member.id)
    if group.carrier is not None and group.carrier not in known:
        raise InputError(
            f"« {group.carrier} », qui porte le travail commun, n'est pas un membre",
            where=_WHERE,
            remedy=f"choisir parmi {', '.join(sorted(known))}",
        )


def _check_alike(group: Group) -> None:
    """One horizon, one calendar of the teams and one unit: values are added up."""
    first = group.members[0]
    for member in group.members[1:]:
        one, other = first.problem, member.problem
        if (one.start, one.months) != (other.start, other.months):
            raise InputError(
                f"son plan va de {french.month_and_year(other.start)} sur {french.months(other.months)}, celui de "
                f"{first.name} de {french.month_and_year(one.start)} sur {french.months(one.months)}",
                where=member.name,
                remedy="donner à tous le même début et la même durée",
            )
        if one.calendar != other.calendar:
            raise InputError(
                f"les congés n'y sont pas comptés comme chez {first.name}",
                where=member.name,
                remedy="donner à tous le même calendrier",
            )
        if (one.objective, one.unit) != (other.objective, other.unit):
            raise InputError(
                f"son plan compte en {other.unit}, celui de {first.name} en {one.unit}",
                where=member.name,
                remedy="choisir le même objectif pour tous",
            )


def _check_key(group: Group) -> None:
    for member in group.members:
        if group.key == "activity" and not (math.isfinite(member.activity) and member.activity > 0):
            raise InputError(
                "son activité n'est pas connue, alors que les parts communes se paient selon elle",
                where=member.name,
                remedy="donner son budget d'exploitation ou choisir une autre clé",
            )
        percent = group.percents.get(member.id, math.nan)
        if group.key == "custom" and not (math.isfinite(percent) and percent >= 0):
            raise InputError(
                "sa part des dépenses communes n'est pas donnée",
                where=member.name,
                remedy="la donner en pour cent, ou choisir une autre clé",
            )
    if group.key == "custom" and not math.isclose(sum(group.percents.values()), 100, abs_tol=0.01):
        raise InputError(
            f"les parts des membres font {french.percent(sum(group.percents.values()), 1)}",
            where=_WHERE,
            remedy="les corriger pour qu'elles fassent 100 %",
        )
    for name in group.percents:
        if all(member.id != name for member in group.members):
            raise InputError(f"« {name} » n'est pas un membre", where=_WHERE, remedy="retirer sa part")
