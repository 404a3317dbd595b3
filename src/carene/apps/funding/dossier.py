# SPDX-License-Identifier: EUPL-1.2
"""One application, read whole: what was said, what the machine found, what was decided, what may be done now."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from carene.apps.funding import queries
from carene.apps.funding.models import Application, Ceiling, Decision, Document, Event, Expense, Member, Said, Waiver
from carene.apps.organisations.models import Organisation
from carene.core.access.actor import Actor
from carene.core.database import stale
from carene.engines.funding import circuit, money, rules
from carene.engines.funding.coverage import Unit
from carene.engines.funding.model import DocumentShape, Domain, ItemShape, ObjectiveShape
from carene.engines.funding.rules import Case, Piece, Verdict


@dataclass(frozen=True)
class Attached:
    """A document as it must be read now: as it is while it is prepared, as it was sent for those who control."""

    row: Document
    title: str
    url: str
    file: Any  # StoredFile or None
    effective_on: dt.date | None
    expires_on: dt.date | None
    gone: bool  # the evidence was taken away since


@dataclass(frozen=True)
class Row:
    item: ItemShape
    verdict: Verdict
    said: Said
    documents: list[Attached]
    decisions: dict[str, Decision]  # by level

    def places(self, candidate: str) -> list[tuple[DocumentShape, list[Attached]]]:
        """Each expected document, with what was attached for it."""
        expected = rules.expected_documents(self.item, self.said.facts, candidate)
        return [(one, [d for d in self.documents if d.row.place == one.id]) for one in expected]

    @property
    def reached(self) -> bool:
        return self.said.declared == Said.Declared.REACHED

    @property
    def lacks(self) -> list[str]:
        """What keeps it from being transmitted, in words; nothing for what is declared as not reached."""
        if self.said.declared == Said.Declared.NOT_REACHED:
            return []
        found = [check.reason for check in self.verdict.faults if check.state == "missing"]
        wrong = [check.reason for check in self.verdict.faults if check.state == "wrong"]
        if wrong and not self.said.comment:
            found += [f"{reason} ; corriger, ou l'expliquer dans la remarque" for reason in wrong]
        return found if self.said.declared else [*found, "déclarer s'il est atteint"]


@dataclass
class Dossier:
    application: Application
    organisation: Organisation  # who carries it
    group: Organisation | None
    domain: Domain
    today: dt.date
    inside: bool  # read by the candidate: else, only what was transmitted
    rows: dict[str, Row]
    members: list[Member]
    gone: list[Member]
    expenses: list[Expense]
    waivers: list[Waiver]
    events: list[Event]
    ceilings: list[Ceiling]

    @property
    def name(self) -> str:
        return str(self.group or self.organisation)

    @property
    def state_words(self) -> str:
        return circuit.STATES[self.application.state]

    @property
    def editable(self) -> bool:
        return self.application.state in circuit.EDITABLE and self.organisation.closed_on is None

    @cached_property
    def shown(self) -> set[str]:
        """Items that the reader may see: those outside see what was transmitted to them."""
        state = self.application.state
        if self.inside:
            return set(self.rows)
        if state in {"draft", "withdrawn"}:
            return set()
        if state in {"applied", "operating", "rejected"}:
            return {key for key in self.rows if self.domain.is_prerequisite(key)}
        return set(self.rows)

    def prerequisites(self) -> list[Row]:
        return [self.rows[one.id] for one in self.domain.prerequisites if one.id in self.rows and one.id in self.shown]

    def objectives(self) -> Iterator[tuple[ObjectiveShape, list[Row]]]:
        for objective in self.domain.objectives:
            rows = [self.rows[one.id] for one in objective.items if one.id in self.rows and one.id in self.shown]
            if rows:
                yield objective, rows

    @cached_property
    def weighed(self) -> list[ItemShape]:
        """Items judged by the members who comply."""
        return [row.item for row in self.rows.values() if row.item.weighs]

    @cached_property
    def due(self) -> list[Row]:
        """Items that the next transmission is about."""
        first = self.application.state in {"draft", "applied"}
        rows = [row for key, row in self.rows.items() if self.domain.is_prerequisite(key) == first]
        beside = self.domain.beside({key for key, row in self.rows.items() if row.said.declared})
        return [row for row in rows if row.item.id not in beside]

    @property
    def missing(self) -> list[tuple[Row, list[str]]]:
        """What the next transmission lacks, item by item."""
        return [(row, lacks) for row in self.due if (lacks := row.lacks)]

    @property
    def controlled(self) -> list[Row]:
        """Items on which each control decides: those that the candidate declares reached."""
        return [row for key, row in self.rows.items() if row.reached and not self.domain.is_prerequisite(key)]

    def judged(self, row: Row) -> str:
        """The mark of all that a control reads of an item: what is said, the documents as they were sent, the grid."""
        documents = [
            (one.row.place, one.row.evidence_id, one.row.sent, one.row.sent_file_id)
            for one in sorted(row.documents, key=lambda one: one.row.pk)
        ]
        said = (row.said.declared, row.said.comment, row.said.facts)
        grid = [(one.unit_id, one.activity, one.complies.get(row.item.id)) for one in self.members]
        return stale.mark([said, documents, sorted(grid) if row.item.weighs else []])

    def undecided(self, level: str) -> list[Row]:
        return [row for row in self.controlled if level not in row.decisions]

    @property
    def spent(self) -> int:
        return sum(expense.amount for expense in self.expenses)

    @cached_property
    def measure(self) -> int | None:
        """What ceilings are counted in: the sum of the activities, or what the candidate typed."""
        if self.domain.basis is not None:
            return self.application.measure
        activities = [member.activity for member in self.members]
        known = [one for one in activities if one]
        return sum(known) if known and len(known) == len(activities) else None

    @cached_property
    def table_ceiling(self) -> money.Amount:
        return money.ceiling(queries.bands(self.ceilings), self.application.family, self.measure)

    @property
    def ceiling(self) -> money.Amount:
        """What was notified, else what the table gives."""
        notified = self.application.notified
        return self.table_ceiling if notified is None else money.Amount(notified, "plafond notifié")

    @property
    def payable(self) -> money.Amount:
        return money.payable(self.spent, self.ceiling)

    def waived(self, step: str) -> Waiver | None:
        """The latest permission to do a step outside of its window that still holds."""
        return next((w for w in reversed(self.waivers) if w.step == step and w.until >= self.today), None)


def read(actor: Actor, application: Application, today: dt.date) -> Dossier:
    """Nine queries, whatever the number of members and documents; three more for the rules of those above."""
    organisation: Organisation = application.node.organisation
    group: Organisation | None = application.group.organisation if application.group else None
    domain = queries.domain_at(application.node, application.domain)
    members, gone = _members(application, organisation, group, today)
    said = {row.item: row for row in application.said.order_by("item")}
    decisions: dict[str, dict[str, Decision]] = defaultdict(dict)
    for decision in application.decisions.order_by("item", "level"):
        decisions[decision.item][decision.level] = decision
    attached = _attached(application)
    case = _case(application, today, said, attached, members)
    rows = {
        verdict.item.id: Row(
            verdict.item,
            verdict,
            said.get(verdict.item.id) or Said(application=application, item=verdict.item.id),
            attached.get(verdict.item.id, []),
            decisions.get(verdict.item.id, {}),
        )
        for verdict in rules.examine(domain, case)
    }
    return Dossier(
        application=application,
        organisation=organisation,
        group=group,
        domain=domain,
        today=today,
        inside=actor.can("evidence.view", application.node),
        rows=rows,
        members=members,
        gone=gone,
        expenses=list(application.expenses.order_by("committed_on", "id")),
        waivers=list(application.waivers.order_by("id")),
        events=list(application.events.order_by("-id")),
        ceilings=queries.ceilings_at(application.node, application.domain),
    )


def _case(
    application: Application,
    today: dt.date,
    said: dict[str, Said],
    attached: dict[str, list[Attached]],
    members: list[Member],
) -> Case:
    done = {}
    if application.applied_on is not None:
        done["application"] = application.applied_on
    if application.sent_on is not None and application.state not in circuit.EDITABLE:
        done["declaration"] = application.sent_on
    items = {
        item: rules.Said(
            said[item].facts if item in said else {},
            tuple(
                Piece(one.row.place, one.title, one.effective_on, one.expires_on)
                for one in attached.get(item, ())
                if not one.gone
            ),
        )
        for item in {*said, *attached}
    }
    units = tuple(Unit(member.name, member.activity, member.complies) for member in members)
    return Case(application.candidate, today, done, items, units)


def _attached(application: Application) -> dict[str, list[Attached]]:
    """By item. While the candidate works, evidence as it is; then as it was sent."""
    live = application.state in circuit.EDITABLE
    rows = application.documents.select_related("evidence__file", "sent_file").order_by("item", "place", "id")
    found: dict[str, list[Attached]] = defaultdict(list)
    for row in rows:
        evidence = row.evidence
        if not live and row.sent is not None:
            days = {key: _day(row.sent[key]) for key in ("effective_on", "expires_on")}
            one = Attached(row, row.sent["title"], row.sent["url"], row.sent_file, **days, gone=False)
        else:
            one = Attached(
                row,
                evidence.title,
                evidence.url,
                evidence.file,
                evidence.effective_on,
                evidence.expires_on,
                gone=evidence.removed_at is not None,
            )
        found[row.item].append(one)
    return dict(found)


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _members(
    application: Application, organisation: Organisation, group: Organisation | None, today: dt.date
) -> tuple[list[Member], list[Member]]:
    """Those who weigh, and those who have left. While the candidate works, the tree of today decides."""
    rows = {row.unit_id: row for row in application.members.order_by("name", "id")}
    if application.state not in circuit.EDITABLE:
        here = [row for row in rows.values() if row.left_on is None]
        return here, [row for row in rows.values() if row.left_on is not None]
    here = []
    for unit in queries.units_now(organisation, group):
        row = rows.pop(unit.pk, None) or Member(application=application, unit_id=unit.pk, activity=unit.activity)
        row.name, row.left_on = str(unit), None
        here.append(row)
    for row in rows.values():
        row.left_on = row.left_on or today
    return here, list(rows.values())
