# SPDX-License-Identifier: EUPL-1.2
"""A reading as plain data that a draft keeps, and back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from carene.engines import french
from carene.engines.exchange.questionnaire import Entry, Measured, Reading
from carene.engines.sources import InputError

LONGEST_LIST = 500  # problems kept one by one; beyond, they are counted


@dataclass(frozen=True)
class KeptAnswers:
    """``assessment`` is the one that the file says it comes from; ``uncounted`` problems are not in the list."""

    entries: tuple[Entry, ...]
    observations: int
    problems: tuple[str, ...]
    notices: tuple[str, ...]
    assessment: int | None
    uncounted: int = 0


@dataclass(frozen=True)
class KeptObservations:
    items: tuple[Measured, ...]
    problems: tuple[str, ...]
    uncounted: int = 0


def of_answers(reading: Reading) -> dict[str, Any]:
    found = reading.questionnaire
    return {
        "entries": [
            {
                "criterion": one.criterion,
                "level": one.level,
                "not_applicable": one.not_applicable,
                "justification": one.justification,
                "comment": one.comment,
                "version": one.version,
                "where": one.where,
            }
            for one in found.answers.values()
        ],
        "observations": len(found.observations),
        "assessment": found.assessment,
        "notices": list(reading.notices),
        **_problems(reading.problems),
    }


def to_answers(content: Mapping[str, Any]) -> KeptAnswers:
    return KeptAnswers(
        entries=tuple(Entry(**one) for one in content["entries"]),
        observations=content["observations"],
        problems=tuple(content["problems"]),
        notices=tuple(content["notices"]),
        assessment=content["assessment"],
        uncounted=content["uncounted"],
    )


def of_observations(items: Iterable[Measured], problems: Iterable[InputError]) -> dict[str, Any]:
    return {
        "items": [
            [one.indicator, one.value, one.observed_on.isoformat(), one.source, one.note, one.where] for one in items
        ],
        **_problems(problems),
    }


def to_observations(content: Mapping[str, Any]) -> KeptObservations:
    return KeptObservations(
        items=tuple(
            Measured(indicator, value, dt.date.fromisoformat(day), source, note, where)
            for indicator, value, day, source, note, where in content["items"]
        ),
        problems=tuple(content["problems"]),
        uncounted=content["uncounted"],
    )


def _problems(problems: Iterable[InputError]) -> dict[str, Any]:
    sentences = [shown(problem) for problem in problems]
    return {"problems": sentences[:LONGEST_LIST], "uncounted": max(0, len(sentences) - LONGEST_LIST)}


def shown(problem: InputError) -> str:
    """The sentence as a page shows it; the name of a file keeps its first letter."""
    sentence = french.typeset(problem.sentence)
    return french.capitalised(sentence) if sentence.startswith("feuille ") or not problem.where else sentence
