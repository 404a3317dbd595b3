# SPDX-License-Identifier: EUPL-1.2
"""The ten-minute start: what the questions of the socle already tell, and how much they do not."""

from __future__ import annotations

from dataclasses import dataclass

from carene.engines import french
from carene.engines.referential.model import Measure, Referential
from carene.engines.scoring.model import Judgement, Weakness

_MEASURES_SHOWN = 2


@dataclass(frozen=True, slots=True)
class Priority:
    """A weakness of the socle and the measures to begin with: possible from the present level, quick wins first."""

    weakness: Weakness
    measures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FirstLook:
    """``sentence`` says in French how much of the socle was answered; ``remaining`` lists the criteria to answer."""

    answered: int
    total: int
    coverage: float  # 0–1; 1 when the referential has no socle
    sentence: str
    remaining: tuple[str, ...]
    priorities: tuple[Priority, ...]


def first_look(referential: Referential, judgement: Judgement, limit: int = 6) -> FirstLook:
    """First judgement on the socle alone, with at most ``limit`` priorities.

    A referential without socle (imported) is looked at whole.
    """
    socle = [r for r in judgement.criteria if referential.criterion[r.criterion].socle]
    kept = socle or list(judgement.criteria)
    remaining = tuple(r.criterion for r in kept if r.state == "unanswered")
    answered = len(kept) - len(remaining)
    concerned = {r.criterion for r in kept}
    priorities = [w for w in judgement.weaknesses if w.criterion in concerned][:limit]
    return FirstLook(
        answered=answered,
        total=len(kept),
        coverage=answered / len(kept) if kept else 1.0,
        sentence=_sentence(answered, len(kept), has_socle=bool(socle)),
        remaining=remaining,
        priorities=tuple(Priority(weakness=w, measures=_first_measures(referential, w)) for w in priorities),
    )


def _sentence(answered: int, total: int, *, has_socle: bool) -> str:
    kind = " du socle" if has_socle else ""
    if total == 0:
        return "Aucune question de ce référentiel ne concerne l'établissement."
    if answered == total:
        return (
            f"Les {total} questions{kind} ont une réponse." if total > 1 else f"La seule question{kind} a une réponse."
        )
    if answered == 0:
        return f"Aucune question{kind} n'a encore de réponse, sur {total}."
    missing = total - answered
    return (
        f"{answered} {french.plural(answered, 'question')}{kind} sur {total} : jugement provisoire, "
        f"il manque {french.in_words(missing, feminine=True)} {french.plural(missing, 'réponse')}."
    )


def _first_measures(referential: Referential, weakness: Weakness) -> tuple[str, ...]:
    """Those that can start from the present level; when none can, the first of the ladder."""
    measures = [referential.measure[key] for key in weakness.measures]
    possible = [m for m in measures if _starts_at_most(m, weakness)] or measures[:1]
    possible.sort(key=lambda m: not m.quick_win)  # stable: the order of the ladder remains among equals
    return tuple(m.id for m in possible[:_MEASURES_SHOWN])


def _starts_at_most(measure: Measure, weakness: Weakness) -> bool:
    return any(
        step.criterion == weakness.criterion and step.start <= weakness.level < step.end for step in measure.raises
    )
