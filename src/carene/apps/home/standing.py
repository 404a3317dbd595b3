# SPDX-License-Identifier: EUPL-1.2
"""Where the establishment stands, in the words and lines of the home page."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from carene.apps.assessments.queries import Sheet, is_answered
from carene.apps.home.queries import Situation
from carene.engines import french
from carene.engines.scoring.model import Judgement, NodeResult


@dataclass(frozen=True)
class AxisLine:
    """One axis: its bar, the change since last time, and the fact that matters most there."""

    title: str
    node: NodeResult
    delta: str
    tone: str
    fact: str
    url: str


@dataclass(frozen=True)
class Position:
    """The card « Où en sommes-nous ? »."""

    headline: str
    meaning: str
    caution: str
    axes: list[AxisLine]
    measured: bool  # at least one axis is measured: the legend says what a ring is


def subtitle(situation: Situation) -> str:
    """« 412 lits et places, 1 180 postes. Évaluation validée le 14 novembre 2026 par Denise Duval ; … »."""
    organisation, sheet = situation.organisation, situation.reference
    sizes = []
    if organisation.beds:
        sizes.append(french.counted(organisation.beds, "lit et place", "lits et places"))
    if organisation.workstations:
        sizes.append(french.counted(organisation.workstations, "poste"))
    sentences = [", ".join(sizes)] if sizes else []
    if sheet is not None:
        sentences.append(f"{_evaluated(sheet)} ; {_measured(sheet.judgement)}")
    return french.typeset(". ".join(sentences) + ".") if sentences else ""


def _evaluated(sheet: Sheet) -> str:
    row = sheet.assessment
    if row.validated_at is None:
        begun = timezone.localtime(row.started_at).date()
        return f"Première évaluation commencée le {french.long_date(begun)}, pas encore validée"
    who = row.validated_by
    by = f" par {who}" if who else ""
    return f"Évaluation validée le {french.long_date(timezone.localtime(row.validated_at).date())}{by}"


def _measured(judgement: Judgement) -> str:
    count = sum(1 for result in judgement.criteria if result.state != "not_applicable" and result.measured is not None)
    total = judgement.overall.applicable
    if not count:
        return "rien n'est encore mesuré"
    return f"{french.counted(count, 'question')} sur {total} {'ont' if count > 1 else 'a'} une valeur mesurée"


def position(situation: Situation, sheet: Sheet) -> Position:
    judgement, step = sheet.judgement, sheet.judgement.step
    top = max((one.id for one in sheet.referential.steps), default=0)
    headline = "Où en sommes-nous ?"
    if step.step is not None:
        headline += f" Palier {step.step} sur {top}"
    axes = [_line(situation, sheet, node) for node in judgement.axes if node.applicable]
    return Position(
        headline=headline,
        meaning=french.typeset(f"{step.title}. {step.meaning}") if step.step is not None else "",
        caution=french.typeset(_caution(sheet)),
        axes=axes,
        measured=any(line.node.measured is not None for line in axes),
    )


def _caution(sheet: Sheet) -> str:
    """How far the judgement can be trusted, when something is missing; empty otherwise."""
    overall = sheet.judgement.overall
    if overall.answered == overall.applicable:
        return ""
    said = answered(sheet.answered, overall.applicable)
    return f"Provisoire : {said}, et il en manque au socle." if sheet.judgement.step.provisional else f"{said}."


def answered(count: int, total: int) -> str:
    """« 1 question sur 96 a une réponse », « 78 questions sur 96 ont une réponse »."""
    return f"{french.counted(count, 'question')} sur {total} {'ont' if count > 1 else 'a'} une réponse"


def _line(situation: Situation, sheet: Sheet, node: NodeResult) -> AxisLine:
    delta = None if node.score is None or node.previous is None else round(node.score - node.previous, 1)
    criterion, fact = _fact(sheet, node)
    args = [situation.organisation.pk, sheet.assessment.pk]
    return AxisLine(
        title=sheet.referential.axis[node.id].title,
        node=node,
        delta="" if delta is None else "stable" if delta == 0 else french.signed(delta),
        tone="" if not delta else "good" if delta > 0 else "late",
        fact=french.typeset(fact),
        url=reverse("assessments:question", args=[*args, criterion])
        if criterion
        else f"{reverse('assessments:questions', args=args)}?axe={node.id}",
    )


def _fact(sheet: Sheet, node: NodeResult) -> tuple[str, str]:
    """Criterion and what to say of the axis: the worst gap of its socle, else the worst one, else its best strength."""
    referential, judgement = sheet.referential, sheet.judgement

    def here(criterion: str) -> bool:
        return referential.objective[referential.criterion[criterion].objective].axis == node.id

    gaps = [weakness for weakness in judgement.weaknesses if here(weakness.criterion)]
    gaps.sort(key=lambda weakness: not referential.criterion[weakness.criterion].socle)  # stable: the rank remains
    if gaps:
        worst = gaps[0]
        return worst.criterion, f"{referential.criterion[worst.criterion].title} : {worst.level}, visé {worst.target}"
    best = next((strength for strength in judgement.strengths if here(strength.criterion)), None)
    if best is not None:
        return best.criterion, f"{referential.criterion[best.criterion].title} : niveau {best.level}"
    return "", "Tout est à sa cible" if node.answered else "Aucune réponse encore"


@dataclass(frozen=True)
class Task:
    """One thing that the assessment waits for, with where to do it; ``url`` empty where there is nothing to open."""

    count: str
    what: str
    url: str = ""
    urgent: bool = False


@dataclass(frozen=True)
class Work:
    """The card of the assessment itself."""

    title: str
    sentence: str
    share: float | None  # answered, 0–1; None once validated
    tasks: list[Task]
    label: str  # of the one button; empty when this person has nothing to do
    url: str


def work(situation: Situation, user_pk: int | None, can: dict[str, bool]) -> Work:
    """What next for the assessment. ``can`` maps verbs to what this person may do."""
    sheet = situation.current
    args = [situation.organisation.pk]
    overview = reverse("assessments:overview", args=args)
    assert sheet is not None
    tasks = _tasks(situation, sheet, user_pk, overview)
    if situation.opened is None:
        label = "Préparer la suivante" if can["assessment.start"] else ""
        return Work("Que devient l'auto-évaluation ?", _evaluated(sheet) + ".", None, tasks, label, overview)
    args.append(sheet.assessment.pk)
    if not sheet.assessment.is_open:
        label = "Relire et valider" if can["assessment.validate"] else ""
        url = reverse("assessments:decide", args=args)
        return Work("Une auto-évaluation attend la direction", _submitted(sheet), None, tasks, label, url)
    total = len(sheet.criteria) or 1
    share = sheet.answered / total
    sentence = f"{answered(sheet.answered, len(sheet.criteria))}."
    title = "Une auto-évaluation est en cours"
    stale = any(sheet.is_stale(criterion) for criterion in sheet.criteria)
    if share < 1 or stale:
        label = "Continuer" if can["assessment.answer"] else ""
        return Work(title, sentence, share, tasks, label, _onward(sheet, args))
    label = "Soumettre à la direction" if can["assessment.submit"] else ""
    return Work(title, sentence, share, tasks, label, reverse("assessments:decide", args=args))


def _onward(sheet: Sheet, args: list[int]) -> str:
    """Where answering goes on: the socle while it lacks an answer, then the other questions, then the old answers."""
    missing = [c for c in sheet.criteria if (row := sheet.answers.get(c.id)) is None or not is_answered(row)]
    if any(criterion.socle for criterion in missing):
        return reverse("assessments:start", args=args)
    return f"{reverse('assessments:questions', args=args)}?montrer={'sans-reponse' if missing else 'anciennes'}"


def _submitted(sheet: Sheet) -> str:
    row = sheet.assessment
    if row.submitted_at is None:
        return "Soumise à la direction."
    by = f" par {row.submitted_by}" if row.submitted_by else ""
    return f"Soumise{by} le {french.long_date(timezone.localtime(row.submitted_at).date())}."


def _tasks(situation: Situation, sheet: Sheet, user_pk: int | None, overview: str) -> list[Task]:
    listing = reverse("assessments:questions", args=[situation.organisation.pk, sheet.assessment.pk])
    mine = [row for row in situation.assignments if row.user_id == user_pk]
    others = len(situation.assignments) - len(mine)
    overdue = sum(1 for row in situation.assignments if row.due_on is not None and row.due_on < situation.today)
    stale = sum(1 for criterion in sheet.criteria if sheet.is_stale(criterion))
    tasks = []
    if mine:
        url = reverse("assessments:mine", args=[situation.organisation.pk])
        tasks.append(Task(french.counted(len(mine), "question"), "pour vous", url, urgent=True))
    if others:
        late = f", dont {overdue} en retard" if overdue else ""
        tasks.append(
            Task(french.counted(others, "question"), f"chez des collègues{late}", f"{listing}?montrer=confiees")
        )
    if stale:
        tasks.append(Task(french.counted(stale, "réponse"), "à confirmer", f"{listing}?montrer=anciennes"))
    if situation.disagreements:
        count = french.counted(situation.disagreements, "réponse")
        tasks.append(Task(count, "en désaccord avec un indicateur", f"{listing}?montrer=desaccord"))
    if situation.proposals:
        count = french.counted(situation.proposals, "niveau proposé", "niveaux proposés")
        tasks.append(Task(count, "par des actions terminées", overview))
    if not sheet.observations:
        tasks.append(Task("Aucun indicateur", "n'a encore de valeur, en saisir une", _measures(situation)))
    return tasks


def _measures(situation: Situation) -> str:
    return reverse("indicators:list", args=[situation.organisation.pk])
