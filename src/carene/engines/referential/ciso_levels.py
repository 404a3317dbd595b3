# SPDX-License-Identifier: EUPL-1.2
"""Levels of an imported criterion: from its answers, its description, the framework's scale, or three by default."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pydantic import ValidationError

from carene.engines.referential.ciso_notes import Notes
from carene.engines.referential.ciso_shapes import ChoiceShape, FrameworkShape, NodeShape, QuestionShape, ScoreShape

DEFAULT = ("Non conforme", "Partiellement conforme", "Conforme")
FINEST = 11  # points beyond which a scale is a measure rather than levels
QUARTERS = 4
EXCLUSIVE = {"unique_choice", "single_choice"}
RESULTS = {"false": 0, "non_compliant": 0, "partially_compliant": 1, "true": 2, "compliant": 2}
NOT_APPLICABLE = "not_applicable"  # every criterion of ours may be declared not applicable
WRITTEN_LEVEL = re.compile(r"^[ \t]*(?:niveau|level)[ \t]*(\d{1,2})[ \t]*:[ \t]*", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the questions of a node gave: maybe levels, and the texts that go to the hint."""

    levels: tuple[str, ...] | None
    label: str  # text of the only question: it may serve as the criterion's question
    hints: tuple[str, ...]


def scale(framework: FrameworkShape, node: NodeShape, notes: Notes, name: str) -> tuple[tuple[str, ...], int] | None:
    """Levels of the scale that applies to ``node`` and its lowest score; None when there is none that we can use."""
    own = node.min_score is not None or node.max_score is not None or node.scores_definition is not None
    shape: FrameworkShape | NodeShape = node if own else framework
    definition = shape.scores_definition or framework.scores_definition or []
    low = node.min_score if node.min_score is not None else framework.min_score
    high = node.max_score if node.max_score is not None else framework.max_score
    if low is None:
        low = min((entry.score for entry in definition), default=None if high is None else 0)
    if high is None:
        high = max((entry.score for entry in definition), default=None if low is None else 100)
    if low is None or high is None:
        return None
    if high <= low:
        notes.about("Échelle de notes sans étendue, remplacée par trois niveaux de conformité", name)
        return None
    texts = {entry.score: _score_text(entry) for entry in definition}
    if high - low + 1 <= FINEST:
        return tuple(texts.get(score) or f"Note {score} sur {high}" for score in range(low, high + 1)), low
    marks = [low + round((high - low) * quarter / QUARTERS) for quarter in range(QUARTERS + 1)]
    notes.say(f"L'échelle de {low} à {high} est ramenée à cinq niveaux ({', '.join(map(str, marks))}) : approximation.")
    return tuple(texts.get(mark) or f"Environ {mark} sur {high}" for mark in marks), low


def _score_text(entry: ScoreShape) -> str:
    name, description = entry.text("name"), entry.text("description")
    return f"{name} : {description}" if name and description else name or description


def written(description: str, low: int, count: int) -> tuple[str, tuple[str, ...]] | None:
    """A description that spells its levels out (« Niveau 0 : … ») → what comes before, and the text of each level."""
    parts = WRITTEN_LEVEL.split(description)
    numbers, texts = parts[1::2], [text.strip() for text in parts[2::2]]
    if [int(number) for number in numbers] != list(range(low, low + count)) or not all(texts):
        return None
    return parts[0].strip(), tuple(texts)


def questions(node: NodeShape, notes: Notes, name: str) -> Reading:
    """Read the questions of ``node``; those that give no level become text, and the reason is noted."""
    found = _shapes(node.questions, notes, name)
    if not found:
        return Reading(None, "", ())
    for question in found:
        notes.keys("question", question)
        for choice in question.choices or ():
            notes.keys("choice", choice)
    if len(found) > 1:
        notes.about("Critères à plusieurs questions, reprises en texte dans l'aide, sans niveau calculé", name)
        return Reading(None, "", tuple("\n".join(_as_text(question)) for question in found))
    (question,) = found
    if question.type not in EXCLUSIVE:
        kind = {"multiple_choice": "à choix multiples"}.get(question.type or "", f"de type « {question.type} »")
        notes.about(f"Questions {kind}, reprises en texte dans l'aide, sans niveau calculé", name)
        return Reading(None, question.label, _answers(question))
    levels, left_out = _from_choices(question.choices or [], notes, name)
    if levels is None:
        notes.about(
            "Questions dont les réponses ne portent ni points ni conformité, reprises en texte dans l'aide", name
        )
        return Reading(None, question.label, _answers(question))
    hints: tuple[str, ...] = ()
    if left_out:
        notes.about("Réponses sans points ni conformité, gardées en texte dans l'aide", name)
        hints = (f"Réponses sans niveau : {' ; '.join(left_out)}.",)
    return Reading(levels, question.label, hints)


def _shapes(value: Any, notes: Notes, name: str) -> list[QuestionShape]:
    if value in (None, "", [], {}):
        return []
    raw = list(value.values()) if isinstance(value, dict) else value
    try:
        return [QuestionShape.model_validate(item) for item in raw] if isinstance(raw, list) else _refused(notes, name)
    except ValidationError:
        return _refused(notes, name)


def _refused(notes: Notes, name: str) -> list[QuestionShape]:
    notes.about("Questions d'une forme inconnue, non reprises", name)
    return []


def _from_choices(
    choices: Sequence[ChoiceShape], notes: Notes, name: str
) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
    """Levels from the choices, lowest first, and the choices that have no place among them."""
    scored = any(choice.add_score is not None for choice in choices)
    ranks: dict[float, list[str]] = {}
    left_out: list[str] = []
    for choice in choices:
        text = _choice_text(choice)
        result = "" if choice.compute_result is None else str(choice.compute_result).lower()
        rank = choice.add_score if scored else RESULTS.get(result)
        if rank is not None:
            ranks.setdefault(float(rank), []).append(text)
        elif scored or result != NOT_APPLICABLE:
            left_out.append(text)
    if len(ranks) < 2 or not all(text for texts in ranks.values() for text in texts):
        return None, ()
    marks = sorted(ranks)
    gaps = {round(after - before, 6) for before, after in pairwise(marks)}
    if scored and len(gaps) > 1:
        notes.about("Points irréguliers entre les réponses, rendus par des niveaux réguliers (approximation)", name)
    return tuple(" ; ".join(ranks[mark]) for mark in marks), tuple(left_out)


def _choice_text(choice: ChoiceShape) -> str:
    value, description = choice.text("value"), choice.text("description")
    return f"{value} : {description}" if value and description else value or description


def _as_text(question: QuestionShape) -> tuple[str, ...]:
    return (f"Question : {question.label or 'sans texte'}", *_answers(question))


def _answers(question: QuestionShape) -> tuple[str, ...]:
    texts = [text for text in (_choice_text(choice) for choice in question.choices or ()) if text]
    return (f"Réponses proposées : {' ; '.join(texts)}.",) if texts else ()
