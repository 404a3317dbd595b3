# SPDX-License-Identifier: EUPL-1.2
"""What a document says in sentences: where we stand, what it costs, what is to be decided, how it was computed."""

from __future__ import annotations

from carene.apps.reports.rendering.dossier import Dossier
from carene.apps.reports.rendering.tables import CONFIDENCES, label_of, projection, unanswered
from carene.engines import french
from carene.engines.planner.model import Plan
from carene.engines.planner.outlook import step_reached
from carene.engines.referential.model import MaturityStep

PROVEN = 0.0005  # of the bound: what is left is less than a tenth of a percent
_NAMED = 3  # how many things a sentence names before it counts the others


def headline(dossier: Dossier) -> str:
    """« Palier 2 sur 4 », or the score where the referential has no steps; nothing is claimed before any answer."""
    if not dossier.judgement.overall.answered:
        return "Pas encore évalué"
    step = dossier.judgement.step
    if step.step is not None and dossier.referential.steps:
        last = max(one.id for one in dossier.referential.steps)
        label = next((one.label for one in dossier.referential.steps if one.id == step.step), f"Palier {step.step}")
        return f"{label} sur {last}"
    if dossier.judgement.overall.score is None:
        return "Pas encore évalué"
    return f"{french.score(dossier.judgement.overall.score)} sur 4"


def headline_title(dossier: Dossier) -> str:
    """« Protégé sur l'essentiel »; empty without steps."""
    return dossier.judgement.step.title if dossier.judgement.overall.answered else ""


def standing(dossier: Dossier) -> list[str]:
    """Where the establishment stands, in two to four sentences."""
    judgement = dossier.judgement
    step = judgement.step
    if not judgement.overall.answered:
        return ["Aucun critère n'est encore évalué : ce document se remplira avec les réponses."]
    said = [step.meaning] if step.meaning else []
    if step.provisional:
        missing = [row for row in unanswered(dossier) if row.criterion.socle]
        if missing:
            verb = french.plural(len(missing), "n'est pas encore évalué", "ne sont pas encore évalués")
            said.append(f"Palier provisoire : {french.counted(len(missing), 'critère')} du socle {verb}.")
    said.append(_change(dossier))
    return [sentence for sentence in said if sentence]


def next_step(dossier: Dossier) -> str:
    """What is missing for the next step; empty at the top or without steps."""
    step = dossier.judgement.step
    following = next((one for one in dossier.referential.steps if one.id == step.next_step), None)
    if following is None or not dossier.judgement.overall.answered:
        return ""
    wanted = []
    if step.missing_socle:
        titles = [dossier.referential.criterion[key].title for key in step.missing_socle[:_NAMED]]
        others = len(step.missing_socle) - len(titles)
        named = french.listing(
            [*titles, *([f"{french.in_words(others)} {french.plural(others, 'autre')}"] if others else [])]
        )
        count = french.counted(len(step.missing_socle), "critère")
        wanted.append(f"amener {count} du socle au niveau {following.socle_level} ({named})")
    if step.others_share < step.others_needed:
        wanted.append(
            f"{french.share(step.others_needed)} des autres critères au niveau {following.others_level} "
            f"({french.share(step.others_share)} aujourd'hui)"
        )
    return f"Pour le {following.label.lower()}, « {following.title} » : {french.listing(wanted)}." if wanted else ""


def _change(dossier: Dossier) -> str:
    """The change since the previous evaluation, in one sentence."""
    overall = dossier.judgement.overall
    if overall.score is None or overall.previous is None:
        return ""
    since = (
        f" depuis le {french.long_date(dossier.previous.judged_on)}" if dossier.previous else " depuis la dernière fois"
    )
    score = f"Le score d'ensemble est de {french.score(overall.score)} sur 4"
    change = round(overall.score - overall.previous, 1)
    return f"{score}, {'stable' if change == 0 else french.signed(change)}{since}."


def coverage(dossier: Dossier) -> str:
    """How much was evaluated, and how much of it an indicator confirms."""
    overall = dossier.judgement.overall
    if overall.applicable == 0:
        return "Aucun critère de ce référentiel ne concerne l'établissement."
    if not overall.answered:
        return f"Aucun critère évalué sur {overall.applicable}."
    said = [
        f"{overall.answered} {french.plural(overall.answered, 'critère')} sur {overall.applicable} "
        f"{french.plural(overall.answered, 'évalué')}"
    ]
    if overall.confirmed:
        said.append(f"{overall.confirmed} {french.plural(overall.confirmed, 'confirmé')} par un indicateur")
    if overall.stale:
        said.append(f"{overall.stale} à revoir parce que la réponse a vieilli")
    return f"{', '.join(said)}."


def no_strength(dossier: Dossier) -> str:
    """What stands in place of an empty list of strengths."""
    if not dossier.judgement.overall.answered:
        return "Les forces apparaîtront avec les premières réponses."
    return "Aucun critère n'atteint encore le niveau d'une force."


def no_weakness(dossier: Dossier) -> str:
    """What stands in place of an empty list of weaknesses."""
    if not dossier.judgement.overall.answered:
        return "Les faiblesses apparaîtront avec les premières réponses."
    return "Aucun critère évalué n'est sous sa cible."


def target_line(dossier: Dossier) -> str:
    """The target of the profile: « Établissement sanitaire : niveau 3 pour le socle, 2 pour les autres critères »."""
    if dossier.target_label:
        return dossier.target_label
    profile = dossier.referential.target_profile(dossier.profile)
    if profile is None:
        return "Trois quarts de l'échelle de chaque critère."
    if profile.socle == profile.other:
        return f"{profile.label} : niveau {profile.socle} pour tous les critères."
    return f"{profile.label} : niveau {profile.socle} pour le socle, {profile.other} pour les autres critères."


def costs(dossier: Dossier) -> list[str]:
    """What the plan costs, in money, in days, and after its horizon."""
    plan = dossier.plan
    if plan is None:
        return ["Aucune feuille de route n'est encore chiffrée."]
    if not plan.actions:
        return ["La feuille de route ne retient aucune action."]
    spent = sum(action.cost for action in plan.actions)
    budget = sum(year.budget for year in plan.years)
    said = [
        f"{french.compact_euros(spent)} sur {french.months(plan.problem.months)}, "
        f"pour un budget de {french.compact_euros(budget)}."
    ]
    if spent > budget and dossier.outside:
        over = french.compact_euros(spent - budget)
        said.append(f"C'est {over} de plus que le budget : des actions décidées hors de ce plan s'y ajoutent.")
    already = sum(follow_up.spent or 0 for follow_up in dossier.follow_ups.values())
    if already:
        said.append(f"{french.compact_euros(already)} sont déjà dépensés.")
    days = sum(sum(action.person_days.values()) for action in plan.actions)
    if days:
        said.append(
            f"{french.person_days(round(days) if days >= 10 else days)} de travail des équipes : {_by_skill(dossier)}."
        )
    yearly = sum(action.yearly for action in plan.actions)
    if yearly:
        said.append(f"Ensuite, {french.compact_euros(yearly)} par an pour faire vivre ce qui est en service.")
    return said


def _by_skill(dossier: Dossier) -> str:
    totals: dict[str, float] = {}
    for action in dossier.plan.actions if dossier.plan else ():
        for skill, days in action.person_days.items():
            totals[skill] = totals.get(skill, 0.0) + days
    ordered = sorted(((days, skill) for skill, days in totals.items() if days > 0), reverse=True)
    named = [
        f"{label_of(dossier.referential.skills, skill)} {french.number(days, 0)}" for days, skill in ordered[:_NAMED]
    ]
    rest = sum(days for days, _ in ordered[_NAMED:])
    return ", ".join([*named, *([f"autres {french.number(rest, 0)}"] if rest >= 0.5 else [])])


def gains(dossier: Dossier) -> str:
    """What the plan changes: « De 1,8 à 2,9 sur 4 ; palier 3 au 2e trimestre 2028. »; empty without plan."""
    moments = projection(dossier)
    if len(moments) < 2 or moments[0].overall is None or moments[-1].overall is None:
        return ""
    first, last = french.score(moments[0].overall), french.score(moments[-1].overall)
    now, current = french.score(dossier.judgement.overall.score), dossier.judgement.step.step
    if first == last:
        return f"Le score d'ensemble reste de {first} sur 4."
    said = f"Le score d'ensemble passe de {first} à {last} sur 4"
    if now != first:  # the plan was computed before the judgement that the document tells
        begun = dossier.plan is not None and dossier.plan.problem.start <= dossier.prepared_on
        opening = f"Parti d'un score de {first} sur 4" if begun else f"Partant d'un score de {first} sur 4"
        when = french.month_and_year(moments[-1].on)
        said = f"{opening}, le plan vise {last} en {when} ; nous en sommes à {now}"
        if (dossier.judgement.overall.score or 0) >= moments[-1].overall:
            said = f"Le plan visait {last} sur 4 en {when} ; nous en sommes déjà à {now}, il est temps d'en refaire un"
    step, day = step_reached(moments)
    if step is None or day is None:
        return f"{said}."
    if current is not None and current >= step:
        return f"{said}. Le palier {step} qu'il visait est atteint."
    return f"{said} ; le palier {step} est atteint à la fin du {french.long_quarter(day)}."


def worth(dossier: Dossier) -> list[str]:
    """How good the plan is, proven, and what it avoids; nothing of what is not known."""
    plan = dossier.plan
    if plan is None or not plan.actions:
        return []
    return [one for one in (proof(plan), dossier.risk.spared if dossier.risk else "") if one]


def proof(plan: Plan) -> str:
    """How far from the best possible plan it may be; empty when no bound was computed."""
    if plan.gap is None:
        return ""
    if plan.gap < PROVEN:
        return "C'est démontré : avec ces moyens, aucun plan ne vaut plus que celui-ci."
    return f"C'est démontré : ce plan est à {french.share(plan.gap, 1)} au plus du meilleur plan possible."


def decisions(dossier: Dossier) -> list[str]:
    """What the board is asked to decide."""
    if dossier.decisions:
        return list(dossier.decisions)
    said = []
    missing = sum(1 for row in unanswered(dossier) if row.criterion.socle)
    if missing:
        several = f"les {french.counted(missing, 'critère')} du socle restés"
        said.append(f"Faire évaluer {several if missing > 1 else 'le critère du socle resté'} sans réponse.")
    plan = dossier.plan
    if plan is None:
        if dossier.judgement.weaknesses:
            said.append("Demander une feuille de route chiffrée pour traiter ces faiblesses.")
        return said or ["Rien à décider pour l'instant."]
    if plan.actions:
        said.append(f"Adopter la {_lower_first(dossier.plan_title)} : {french.counted(len(plan.actions), 'action')}.")
        amounts = [f"{french.compact_euros(year.spent)} en {year.year}" for year in plan.years if year.spent]
        if amounts:
            said.append(f"Inscrire au budget {french.listing(amounts)}.")
        days = sum(sum(action.person_days.values()) for action in plan.actions)
        if days:
            said.append(
                f"Réserver {french.person_days(round(days) if days >= 10 else days)} de travail aux équipes concernées."
            )
    if plan.unmet:
        said.append(
            f"Arbitrer {french.in_words(len(plan.unmet), feminine=True)} {french.plural(len(plan.unmet), 'demande')} "
            "que ce plan ne peut pas tenir "
            "(voir « Ce que ce plan laisse de côté »)."
        )
    return said or ["Rien à décider pour l'instant."]


def idle(count: int) -> str:
    """How many measures had nothing to change here; empty when there is none."""
    if not count:
        return ""
    words = french.capitalised(french.in_words(count, feminine=True))
    others = french.plural(count, "autre mesure n'aurait", "autres mesures n'auraient")
    return (
        f"{words} {others} rien changé ici : ce qu'apporte chacune est déjà acquis, ou ne concerne pas l'établissement."
    )


def _lower_first(title: str) -> str:
    """A title inside a sentence, when it begins with the words of every roadmap."""
    return title[:1].lower() + title[1:] if title.startswith("Feuille de route") else f"feuille de route « {title} »"


def assumptions(dossier: Dossier) -> list[str]:
    """What was assumed: by whoever prepared the dossier, then to write the problem given to the planner."""
    return list(dict.fromkeys([*dossier.assumptions, *(dossier.plan.problem.notes if dossier.plan else ())]))


def step_rule(step: MaturityStep) -> str:
    """The condition of a step, as read in the referential."""
    rules = []
    if step.socle_level:
        rules.append(f"socle au niveau {step.socle_level} au moins")
    if step.others_share:
        rules.append(f"{french.share(step.others_share)} des autres critères au niveau {step.others_level} au moins")
    return french.listing(rules) if rules else "aucune condition"


def method(dossier: Dossier) -> list[str]:
    """How the figures were computed, one paragraph each."""
    said = [
        "Le score d'un axe ou d'un objectif est la moyenne, de 0 à 4, des niveaux de ses critères, pondérée par le "
        "poids de chacun pour ce type d'établissement. Un critère sans réponse n'entre pas dans la moyenne : la "
        "couverture dit combien ont été évalués.",
        "Le niveau déclaré compte ; à défaut, le niveau mesuré par un indicateur encore valable. Quand les deux "
        "diffèrent, le document le dit.",
    ]
    if dossier.referential.steps:
        said.append(
            "Le palier est le plus haut dont toutes les conditions sont remplies, et celles des paliers précédents "
            "avec. Un critère du socle sans réponse n'atteint aucun niveau au-dessus de 0."
            + _source(dossier, "Cette règle vient de", dossier.referential.maturity_source)
        )
    profile = dossier.referential.target_profile(dossier.profile)
    if profile is not None and not dossier.target_label:
        said.append(f"Cible : {target_line(dossier)}" + _source(dossier, "Elle vient de", profile.source))
    said.append(
        "Les faiblesses sont classées par l'écart à la cible multiplié par le poids du critère, compté double dans le "
        "socle."
    )
    if dossier.plan is not None:
        said.append(dossier.plan.method)
        said.append(estimates(dossier))
    return [paragraph for paragraph in said if paragraph]


def _source(dossier: Dossier, opening: str, key: str) -> str:
    """« Cette règle vient de « … » (estimation). »; empty when the referential does not say."""
    source = dossier.referential.sources.get(key)
    if source is None:
        return ""
    if source.confidence == "inferred":
        return " C'est une estimation, à ajuster."
    return f" {opening} {french.quoted(source.title)} ({CONFIDENCES[source.confidence]})."


def estimates(dossier: Dossier) -> str:
    """Whose figures the costs are."""
    ours = (
        "Les coûts, les charges et les effets des mesures sont des estimations du projet Carène, pas des prix de marché"
    )
    planned = {line.measure for line in dossier.actions} & dossier.overridden
    if not planned:
        return f"{ours} ; l'établissement peut les remplacer par les siens."
    count = f"{french.in_words(len(planned), feminine=True)} {french.plural(len(planned), 'action')}"
    return f"{ours}, sauf pour {count} dont l'établissement a donné ses propres chiffres (signalés par un astérisque)."
