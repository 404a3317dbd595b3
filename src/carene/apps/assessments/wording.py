# SPDX-License-Identifier: EUPL-1.2
"""Facts of an assessment as short French sentences, for pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.utils import timezone

from carene.apps.assessments.models import Answer
from carene.apps.assessments.queries import Sheet
from carene.core.journal.models import Entry
from carene.engines import french
from carene.engines.referential.model import Criterion, Measure, Referential
from carene.engines.scoring.measured import explain_disagreement
from carene.engines.scoring.model import CriterionResult, Observation


def references(criterion: Criterion) -> list[str]:
    """What others say of the same subject: « Guide d'hygiène de l'ANSSI, mesures 13 et 32 »."""
    forms = {
        "hygiene": ("Guide d'hygiène de l'ANSSI, mesure", "Guide d'hygiène de l'ANSSI, mesures"),
        "recyf": ("ReCyF, objectif", "ReCyF, objectifs"),
        "care": ("Programme CaRE, sous-objectif", "Programme CaRE, sous-objectifs"),
        "pgssis": ("PGSSI-S :", "PGSSI-S :"),
        "has": ("Certification HAS :", "Certification HAS :"),
    }
    found = []
    for key, values in criterion.refs.items():
        if key in forms:
            found.append(f"{forms[key][len(values) > 1]} {french.listing(str(v) for v in values)}")
        elif key != "urn":  # the name of an imported criterion in its own framework: for machines
            found += [str(value) for value in values]
    return found


@dataclass(frozen=True)
class Line:
    """One line of the history of an answer."""

    when: dt.datetime
    who: str
    what: str


def history(entries: list[Entry], current: str) -> list[Line]:
    """Journal entries of one answer as sentences; ``current`` is the target of the assessment on screen."""
    lines = []
    for entry in entries:
        what = _change(entry.before, cast("dict[str, Any]", entry.after))  # an answer always leaves something
        if entry.target != current:
            what += ", dans l'évaluation précédente"
        elif entry.verb == "assessment.import":
            what += ", repris d'un fichier"
        elif entry.verb == "level.accept":
            what += ", après une action terminée"
        lines.append(Line(entry.at, entry.actor, what))
    return lines


def _change(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> str:
    was, now = _position(before), _position(after)
    if before is None or was == "sans réponse":
        return "a commenté" if now == "sans réponse" else f"a répondu {now}"
    if was != now:
        return f"a retiré la réponse ({was})" if now == "sans réponse" else f"a changé la réponse : de {was} à {now}"
    if before["answered_on"] != after["answered_on"]:
        return f"a confirmé {now}"
    return "a modifié la justification" if before["comment"] == after["comment"] else "a modifié le commentaire"


def _position(data: Mapping[str, Any] | None) -> str:
    if data is None or (data["level"] is None and not data["not_applicable"]):
        return "sans réponse"
    return "non applicable" if data["not_applicable"] else f"niveau {data['level']}"


def position(row: Answer | None) -> str:
    """« niveau 2 », « non applicable », « sans réponse »."""
    if row is None:
        return "sans réponse"
    return _position({"level": row.level, "not_applicable": row.not_applicable})


def since_last_time(previous: Answer | None, now: Answer | None) -> str:
    """« Niveau 1 en octobre 2025, par Camille Roux. Passé à 2 le 14 novembre 2026. »; empty the first time."""
    if previous is None or (previous.level is None and not previous.not_applicable):
        return ""
    text = french.capitalised(position(previous))
    if previous.answered_on:
        text += f" en {french.month_and_year(previous.answered_on)}"
    if previous.updated_by:
        text += f", par {previous.updated_by}"
    text += "."
    if now is None or (now.level is None and not now.not_applicable):
        return f"{text} Sans réponse cette fois-ci."
    if (now.level, now.not_applicable) != (previous.level, previous.not_applicable):
        when = f" le {french.long_date(now.answered_on)}" if now.answered_on else ""
        return f"{text} Passé à {'non applicable' if now.not_applicable else now.level}{when}."
    if now.answered_on != previous.answered_on and now.answered_on:
        return f"{text} Confirmé le {french.long_date(now.answered_on)}."
    return f"{text} Reprise telle quelle, à confirmer."


def disagreements(
    referential: Referential, criterion: Criterion, observation: Observation | None, measured: int | None
) -> dict[int, str]:
    """Level → what to say if it were declared against the present measure; empty when nothing is measured."""
    if measured is None or observation is None or criterion.thresholds is None:
        return {}
    indicator = referential.indicator[criterion.thresholds.indicator]
    said = {}
    for level in range(len(criterion.levels)):
        result = CriterionResult(criterion.id, "measured", level, level, measured, observation, 0, 1)
        sentence = explain_disagreement(criterion, indicator, result)
        if sentence:
            said[level] = sentence
    return said


def saved_at(row: Answer) -> str:
    """« Enregistré à 14 h 32 »."""
    return f"Enregistré à {french.clock_time(timezone.localtime(row.updated_at))}"


@dataclass(frozen=True)
class RaisingMeasure:
    """A measure seen from one question: where it starts, where it leads, what it costs this establishment."""

    measure: Measure
    start: int
    end: int
    cost: str
    possible: bool  # from the present level


def raising_measures(sheet: Sheet, criterion: Criterion) -> list[RaisingMeasure]:
    """Measures open to this establishment that lead above the present level, those that can begin now first."""
    row = sheet.answers.get(criterion.id)
    level = row.level if row and row.level is not None else sheet.measured.get(criterion.id, 0)
    found = []
    for measure in sheet.referential.measures_for.get(criterion.id, ()):
        if not measure.applies.accepts(sheet.profile):
            continue
        for step in measure.raises:
            if step.criterion == criterion.id and step.end > level:
                cost = measure_cost(measure, sheet.profile.size)
                found.append(RaisingMeasure(measure, step.start, step.end, cost, step.start <= level))
    return sorted(found, key=lambda one: (not one.possible, not one.measure.quick_win, one.end))


def measure_cost(measure: Measure, size: str | None) -> str:
    """« 8 k€, puis 1,2 k€ par an, 12 jours de travail, 3 mois »; only durations when the size is unknown."""
    if size is None:
        return "coût selon la taille, à renseigner dans le profil"
    parts = []
    if measure.investment.get(size):
        parts.append(french.compact_euros(measure.investment[size]))
    if measure.yearly.get(size):
        parts.append(f"{french.compact_euros(measure.yearly[size])} par an")
    if not parts:
        parts.append("sans achat")
    days = sum(bands.get(size, 0) for bands in measure.effort.values())
    if days:
        parts.append(f"{french.person_days(days)} de travail")
    if measure.months.get(size):
        parts.append(french.months(measure.months[size]))
    return ", ".join(parts)
