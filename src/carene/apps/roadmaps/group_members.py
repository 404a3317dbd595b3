# SPDX-License-Identifier: EUPL-1.2
"""The members of a group that may be planned together, with their own means. As many queries for two as for sixty."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from carene.apps.assessments.queries_group import Reference, references_below
from carene.apps.assessments.referentials import BUILT_IN
from carene.apps.organisations.models import Organisation
from carene.apps.organisations.queries import ANSWERING, profile_of
from carene.apps.organisations.queries_services import Provision, provisions
from carene.apps.roadmaps.means import suggestion
from carene.apps.roadmaps.models import Action, Scenario
from carene.core.access.actor import Actor
from carene.core.tenancy.models import Node
from carene.engines import french
from carene.engines.referential.catalogue import care

MOST = 60  # planned together


@dataclass(frozen=True)
class Own:
    """Means of a member before anyone types: from ``scenario``, else what we propose. Euros by year; person-days a
    month by skill, none when the team is not limited."""

    scenario: Scenario | None
    budgets: Mapping[int, float]
    team: Mapping[str, float]

    def budget(self, year: int) -> float:
        """That of the nearest year that is known; 0 when none is."""
        if not self.budgets:
            return 0.0
        return self.budgets[min(self.budgets, key=lambda known: (abs(known - year), known))]


@dataclass(frozen=True)
class Member:
    """``scenarios``: its own, the latest first, without those made of a plan of the group."""

    organisation: Organisation
    reference: Reference
    scenarios: Sequence[Scenario]
    done: frozenset[str]

    @property
    def pk(self) -> int:
        return int(self.organisation.pk)

    @cached_property
    def source(self) -> Scenario | None:
        """The adopted scenario, else the latest."""
        adopted = next((row for row in self.scenarios if row.adopted_at and not row.retired_at), None)
        return adopted or next(iter(self.scenarios), None)

    def own(self, today: dt.date) -> Own:
        row = self.source
        if row is not None:
            return Own(row, {int(year): float(one) for year, one in row.budgets.items()}, row.team)
        proposed = suggestion(self.organisation, care(), profile_of(self.organisation, care()), today)
        return Own(None, {proposed.start.year: proposed.budget or 0.0}, proposed.team)

    def basis(self, scenario: int | None) -> dict[str, Any]:
        """What its part of a plan comes from, to tell later what has changed."""
        row = next((one for one in self.scenarios if one.pk == scenario), None)
        changed = self.reference.changed_at
        return {
            "assessment": self.reference.assessment,
            "changed_at": changed.isoformat() if changed else None,
            "done": sorted(self.done),
            "scenario": scenario,
            "means": _digest(row) if row else None,
        }


@dataclass(frozen=True)
class Gathered:
    """``members``: those that may be planned. ``without``: those that began no assessment. ``hidden``: how many others
    the reader may not look into."""

    members: tuple[Member, ...]
    without: tuple[Organisation, ...]
    hidden: int

    def member(self, pk: int) -> Member | None:
        return next((one for one in self.members if one.pk == pk), None)


def gather(actor: Actor, group: Organisation) -> Gathered:
    """Four queries."""
    node = group.node
    rows = list(
        Organisation.objects.below(node)
        .filter(kind__in=ANSWERING, closed_on=None)
        .select_related("node")
        .order_by("name", "pk")
    )
    references = references_below(node)
    # An entity and its establishments: those that began something stand for themselves, the others for nobody.
    rows.sort(key=lambda row: french.sort_key(row.label))
    units = [row for row in rows if row.pk in references or not _told_by_others(row, rows, references)]
    seen = [row for row in units if actor.can("roadmap.view", row.node)]
    scenarios, done = _scenarios(node), _done(node)
    members = tuple(
        Member(row, references[row.pk], scenarios.get(row.pk, ()), frozenset(done.get(row.pk, ())))
        for row in seen
        if row.pk in references
    )
    return Gathered(members, tuple(row for row in seen if row.pk not in references), len(units) - len(seen))


def may_plan(actor: Actor, group: Organisation, members: Iterable[Member]) -> bool:
    """Whoever plans the group, or one of its members, and reads all those that are planned with it."""
    return actor.can("roadmap.plan", group.node) or any(
        actor.can("roadmap.plan", one.organisation.node) for one in members
    )


def _told_by_others(row: Organisation, rows: Sequence[Organisation], references: Mapping[int, Reference]) -> bool:
    """An establishment of an entity, or an entity whose establishments answer for it."""
    if row.kind == Organisation.Kind.SITE and any(one.pk == row.node.parent_id for one in rows):
        return True
    return any(one.node.parent_id == row.pk and one.pk in references for one in rows)


def _scenarios(node: Node) -> Mapping[int, Sequence[Scenario]]:
    rows = Scenario.objects.below(node).filter(deleted_at=None, referential=BUILT_IN, common__isnull=True)
    found: dict[int, list[Scenario]] = defaultdict(list)
    for row in rows.defer("plan", "previous", "undo").order_by("-created_at", "-id"):
        found[row.node_id].append(row)
    return found


def _done(node: Node) -> Mapping[int, set[str]]:
    rows = Action.objects.below(node).filter(state=Action.State.DONE, referential=BUILT_IN).order_by("node_id", "id")
    found: dict[int, set[str]] = defaultdict(set)
    for node_id, measure in rows.exclude(measure="").values_list("node_id", "measure"):
        found[node_id].add(measure)
    return found


def _digest(row: Scenario) -> str:
    told = json.dumps([row.budgets, row.team, row.wishes], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def changes(basis: Mapping[str, Mapping[str, Any]], gathered: Gathered) -> dict[int, list[str]]:
    """Member → what has changed since its part was computed, in words; only those that changed."""
    found: dict[int, list[str]] = {}
    for member in gathered.members:
        was = basis.get(str(member.pk))
        if was is None:
            continue
        now, reasons = member.basis(was["scenario"]), []
        if (now["assessment"], now["changed_at"]) != (was["assessment"], was["changed_at"]):
            reasons.append("des réponses de l'auto-évaluation")
        if now["means"] is not None and now["means"] != was["means"]:
            reasons.append("les moyens ou les souhaits de son scénario")
        if now["done"] != was["done"]:
            reasons.append("des mesures terminées ou rouvertes")
        if reasons:
            found[member.pk] = reasons
    return found


def agreed(group: Node, members: Sequence[Member], today: dt.date) -> dict[int, float]:
    """Member → percentage, as agreed for the shared service that speaks of the most of them; the provider bears what
    the others do not. Nothing when no service says anything."""
    ids = {member.pk for member in members}
    known = [_shares(one, ids) for one in provisions(group, today) if one.percents]
    shares = max(known, key=len, default={})
    return shares if len(shares) > 1 else {}


def _shares(service: Provision, ids: set[int]) -> dict[int, float]:
    """In per cent of what those of ``ids`` pay together, to the tenth, 100 in all."""
    percents = dict(service.percents)
    percents[service.provider] = percents.get(service.provider, 0.0) + max(0.0, 100 - sum(percents.values()))
    inside = {pk: amount for pk, amount in percents.items() if pk in ids and amount > 0}
    total = sum(inside.values())
    found = {pk: round(amount * 100 / total, 1) for pk, amount in inside.items()}
    if found:
        largest = max(found, key=lambda pk: (found[pk], pk))
        found[largest] = round(found[largest] + 100 - sum(found.values()), 1)
    return found
