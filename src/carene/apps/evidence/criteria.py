# SPDX-License-Identifier: EUPL-1.2
"""What evidence supports, in the words of the referentials. Apart from ``queries``, which assessments read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from carene.apps.assessments import queries as assessments
from carene.apps.assessments import referentials
from carene.apps.evidence import queries
from carene.apps.organisations.models import Organisation
from carene.apps.organisations.queries import profile_of
from carene.core.access.actor import Actor
from carene.core.tenancy.models import Node
from carene.engines.referential.catalogue import CARE
from carene.engines.referential.model import Criterion, Referential

SUPPORTED_FROM = 2  # from this level on, an answer should be proved

Pair = tuple[str, str]  # (referential key, criterion id)


def value_of(pair: Pair) -> str:
    """A pair as forms and addresses carry it."""
    return "|".join(pair)


def pair_of(value: str) -> Pair | None:
    key, _, criterion = value.partition("|")
    return (key, criterion) if key and criterion else None


def asked(actor: Actor, node: Node, value: str) -> Pair | None:
    """The criterion that an address names; None when its referential is not one that may be used here."""
    pair = pair_of(value)
    if pair is None or pair[0] not in {key for key, _, _ in referentials.available(actor, node)}:
        return None
    return pair


def titles(pairs: Iterable[Pair]) -> dict[Pair, str]:
    """Title of each criterion, its identifier when its referential no longer has it. One query by imported one."""
    known: dict[str, Referential] = {}
    found = {}
    for key, criterion in pairs:
        if key not in known:
            known[key] = referentials.get(key)
        item = known[key].criterion.get(criterion)
        found[key, criterion] = item.title if item else criterion
    return found


@dataclass(frozen=True)
class Group:
    """An objective and its criteria, as ``(value, title)``; ``referential`` is empty when only one is offered."""

    referential: str
    title: str
    criteria: list[tuple[str, str]]


def offered(organisation: Organisation) -> list[Group]:
    """The criteria that evidence may support here: those of our referential, and of those used by an assessment."""
    keys = [CARE, *sorted(_assessed_with(organisation.node) - {CARE})]
    groups = []
    for key in keys:
        referential = referentials.get(key)
        applicable = {c.id for c in referential.applicable(profile_of(organisation, referential))}
        for objective in referential.objectives:
            criteria = [
                (value_of((key, c.id)), c.title) for c in referential.criteria_of[objective.id] if c.id in applicable
            ]
            if criteria:
                groups.append(Group(referential.name if len(keys) > 1 else "", objective.title, criteria))
    return groups


def _assessed_with(node: Node) -> set[str]:
    return set(assessments.of(node).order_by("referential").values_list("referential", flat=True).distinct())


@dataclass(frozen=True)
class Unsupported:
    """An answer without evidence."""

    criterion: Criterion
    level: int
    value: str


def unsupported(sheet: assessments.Sheet) -> list[Unsupported]:
    """Criteria declared at ``SUPPORTED_FROM`` or above without evidence: the socle, then by weight. Two queries."""
    key = sheet.assessment.referential
    supported = queries.counts(sheet.organisation.node, key)
    found = []
    for criterion in sheet.criteria:
        answer = sheet.answers.get(criterion.id)
        level = answer.level if answer and not answer.not_applicable else None
        if level is None or level < SUPPORTED_FROM or criterion.id in supported:
            continue
        found.append(Unsupported(criterion, level, value_of((key, criterion.id))))
    return sorted(found, key=lambda u: (not u.criterion.socle, -u.criterion.weight_for(sheet.profile)))
