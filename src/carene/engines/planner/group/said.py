# SPDX-License-Identifier: EUPL-1.2
"""What a user reads of a group's plan, in French."""

from __future__ import annotations

from collections.abc import Mapping

from carene.engines import french
from carene.engines.planner.group.model import Group, GroupPlan, Key, MemberPlan

KEYS: Mapping[Key, str] = {
    "fair": "part équitable",
    "equal": "parts égales",
    "activity": "au prorata de l'activité",
    "custom": "pourcentages convenus",
}

_EXPLAINED: Mapping[Key, str] = {
    "fair": (
        "Chaque tranche d'une dépense commune est payée à parts égales par les membres qui en ont besoin ; le plus "
        "grand paie seul ce dont lui seul a besoin."
    ),
    "equal": "Chaque membre paie la même part des dépenses communes auxquelles il participe.",
    "activity": "Chaque membre paie les dépenses communes auxquelles il participe à proportion de son activité.",
    "custom": (
        "Les dépenses communes sont payées selon les pourcentages convenus, ramenés à ceux qui participent à chacune."
    ),
}
_EUROS, _DAYS = 0.5, 0.05  # below, nothing is said


def of_group(group: Group, found: GroupPlan) -> tuple[str, ...]:
    """How it was planned, what sharing buys and saves, who pays, and what the bound is worth."""
    if len(group.members) == 1:
        return ("Le groupe n'a qu'un membre : son plan est celui qu'il aurait seul.",)
    if not found.common:
        return (_apart(found), *_proof(found))
    return (
        "Chaque membre a d'abord été planifié seul, puis tous ensemble : ce qui peut se faire une fois pour plusieurs "
        "a une part commune et, pour chaque participant, une part propre qui la suit.",
        _gain(group, found),
        _savings(found),
        _EXPLAINED[found.key],
        *_others(group, found),
        *_proof(found),
    )


def of_member(group: Group, found: MemberPlan) -> tuple[str, ...]:
    """What the group changes for one member."""
    unit = found.plan.unit
    if abs(found.gained) < 1e-6:
        gain = "Le plan commun lui apporte autant que son plan seul"
    else:
        sense = "de plus" if found.gained > 0 else "de moins"
        gain = f"Le plan commun lui apporte {french.amount(abs(found.gained), unit)} {sense} que son plan seul"
    joins = [one.measure for one in found.plan.actions if one.measure in group.sharing]
    if not (found.paid or found.saved or found.saved_days) or not joins:
        return (f"{gain}.",)
    sentences = [f"{gain}.", _spared(found.saved, found.saved_days)]
    if found.paid > _EUROS or found.fair > _EUROS:
        sentences.append(_fairly(found))
    return tuple(sentences)


def _spared(euros: float, days: float) -> str:
    """For the same measures bought alone."""
    parts = []
    for amount, least, written in ((euros, _EUROS, french.euros), (days, _DAYS, french.person_days)):
        if abs(amount) >= least:
            parts.append((amount > 0, written(abs(amount))))
    won = french.listing(text for good, text in parts if good)
    lost = french.listing(text for good, text in parts if not good)
    if won and lost:
        return f"Pour ses mesures communes, il épargne {won} par rapport à un achat seul, mais y met {lost} de plus."
    if won:
        return f"Pour ses mesures communes, il épargne {won} par rapport à un achat seul."
    if lost:
        return f"Pour ses mesures communes, il met {lost} de plus que s'il les avait menées seul."
    return "Ses mesures communes lui coûtent autant que s'il les avait menées seul."


def _fairly(found: MemberPlan) -> str:
    paid, fair = french.euros(found.paid), french.euros(found.fair)
    if abs(found.difference) < _EUROS:
        return f"Il paie {paid} de parts communes, sa part équitable."
    sense = "de plus" if found.difference > 0 else "de moins"
    gap = french.euros(abs(found.difference))
    return f"Il paie {paid} de parts communes ; la part équitable serait de {fair}, soit {gap} {sense}."


def _apart(found: GroupPlan) -> str:
    if found.shared:
        return "Aucune mesure du plan n'est menée en commun."
    return (
        "Rien n'est mené en commun dans ce plan : les plans des membres, chacun de son côté, valent au moins autant "
        "que les plans communs essayés. Ce sont eux qui sont donnés."
    )


def _gain(group: Group, found: GroupPlan) -> str:
    together, apart = french.amount(found.value, found.plan.unit), french.amount(found.apart, found.plan.unit)
    gain = found.value - found.apart
    if gain <= 1e-6 * max(1.0, found.value):
        return f"Ensemble comme chacun de son côté, le plan vaut {together}."
    means = "sans le budget propre du groupe" if group.budgets else "avec les mêmes moyens"
    return f"Ensemble, le plan vaut {together}, au lieu de {apart} si chacun agit de son côté, {means}."


def _savings(found: GroupPlan) -> str:
    count = french.counted(len(found.common), "mesure commune", "mesures communes")
    cost, alone = (
        french.euros(sum(one.total for one in found.common)),
        french.euros(sum(one.alone for one in found.common)),
    )
    days, days_alone = sum(one.total_days for one in found.common), sum(one.alone_days for one in found.common)
    verb = "coûtent" if len(found.common) > 1 else "coûte"
    return (
        f"{french.capitalised(count)} {verb} {cost} et {french.person_days(days)}, au lieu de {alone} et "
        f"{french.person_days(days_alone)} si chaque participant agissait seul."
    )


def _others(group: Group, found: GroupPlan) -> list[str]:
    sentences = []
    if group.carrier is not None:
        sentences.append(f"Le travail commun est fait par les équipes de {group.member(group.carrier).name}.")
    paid = [one for one in found.common if one.by_group]
    if group.budgets:
        amount = french.euros(sum(one.cost for one in paid))
        sentences.append(
            f"Le budget propre du groupe paie {amount}, soit la part commune de "
            f"{french.counted(len(paid), 'mesure')} ; les membres paient les autres."
            if paid
            else "Le budget propre du groupe ne suffit à aucune part commune ; les membres les paient."
        )
    return sentences


def _proof(found: GroupPlan) -> list[str]:
    gap = found.plan.gap
    if gap is None:
        return ["La distance au meilleur plan possible n'a pas été calculée."]
    if not found.common:
        return []
    if gap < 1e-6:
        return ["Avec ces participants, aucun plan ne vaut plus ; une autre répartition n'est pas exclue."]
    return [
        f"Avec ces participants, il est à {french.share(gap, 1)} au plus du meilleur plan possible ; une autre "
        "répartition n'est pas exclue."
    ]
