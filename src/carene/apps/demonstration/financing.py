# SPDX-License-Identifier: EUPL-1.2
"""What the fictional GHT asks from the programme: a file that was paid, one under control, two that begin."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from django.utils import timezone

from carene.apps.demonstration.clock import Clock, Story
from carene.apps.funding import actions, queries
from carene.apps.funding.actions import Payment
from carene.apps.organisations.models import Organisation
from carene.core.access.actor import Actor
from carene.engines.funding.circuit import standing
from carene.engines.sources.yaml_source import read_yaml

DATA = Path(__file__).parent / "data" / "funding.yaml"
ADDRESS = "https://documents.demo.invalid/financements"
People = dict[str, Actor]


def stories(clock: Clock, places: dict[str, Organisation], people: People) -> Iterator[Story]:
    data: dict[str, Any] = read_yaml(DATA.read_bytes(), DATA.name).data
    for row in data["files"]:
        yield _File(clock, row, places, people, data["late"]).told()


@dataclass
class _File:
    clock: Clock
    row: dict[str, Any]
    places: dict[str, Organisation]
    people: People
    late: str
    pk: int = 0

    @property
    def place(self) -> Organisation:
        return self.places[self.row["place"]]

    @property
    def writer(self) -> Actor:
        return self.people[self.row.get("by", "rssi")]

    @property
    def above(self) -> Actor:
        return self.people["region"]

    def told(self) -> Story:
        row = self.row
        yield row["start"]
        self.pk = actions.start(self.writer, self.place, row["domain"], family=row.get("family", "")).pk
        if "apply" not in row:
            return
        yield from self._proved(row.get("prerequisites", ()))
        yield row["apply"]
        self._admit("application")
        self._move(self.writer, "apply")
        yield row["retain"]
        self._move(self.above, "retain", Payment(row.get("notified")))
        yield from self._during()
        if "declare" in row:
            yield row["declare"]
            self._admit("declaration")
            self._move(self.writer, "declare")
            yield from self._controlled()

    def _during(self) -> Story:
        """Between the candidature and the declaration: proofs, members, expenses, in the order of their days."""
        spent = sorted(self.row.get("expenses", ()), key=lambda one: -one["days"])
        yield from self._proved(self.row.get("items", ()))
        last = min((one["days"][-1] for one in self.row.get("items", ())), default=self.row["retain"])
        if spent or "members" in self.row:
            yield last - 2
        for one in spent:
            day = self.clock.day_in(-one["days"])
            actions.add_expense(
                self.writer, self.place, self.pk, label=one["label"], amount=one["amount"], committed_on=day
            )
        if "members" in self.row:
            self._weigh(self.row["members"])

    def _weigh(self, complies: dict[str, list[str]]) -> None:
        ids = {item: {self.places[key].pk for key in keys} for item, keys in complies.items()}
        group: Any = self.place.node.parent
        units = queries.units_now(self.place, group.organisation)
        values = {one.pk: (one.activity, {item: one.pk in found for item, found in ids.items()}) for one in units}
        actions.set_members(self.writer, self.place, self.pk, values)

    def _proved(self, rows: Any) -> Story:
        """Documents on their days, the oldest first; an item is declared reached with its last one."""
        dated = sorted(((days, one) for one in rows for days in one["days"]), key=lambda pair: -pair[0])
        left = {item: len(list(group)) for item, group in groupby(sorted(one["item"] for _, one in dated))}
        facts: dict[str, dict[str, Any]] = {}
        for days, one in dated:
            yield days - 1
            item = one["item"]
            facts.setdefault(item, {}).update(_numbers(one.get("facts", {})))
            actions.attach_new(
                self.writer,
                self.place,
                self.pk,
                item,
                one["place"],
                title=one["title"],
                url=f"{ADDRESS}/{one['place']}-{days}",
                effective_on=self.clock.day_in(-days),
            )
            left[item] -= 1
            if not left[item]:
                actions.fill(self.writer, self.place, self.pk, item, declared="reached", comment="", facts=facts[item])

    def _controlled(self) -> Story:
        row, refused = self.row, self.row.get("refused", {})
        for level, days in row["decided"].items():
            by = self.above if level == "region" else self.people["national"]
            items = [one["item"] for one in row["items"]]
            waiting = list(dict.fromkeys(sorted(items, key=lambda item: (item not in refused, items.index(item)))))
            whole = "pass" in row
            for rank, ago in enumerate(days):
                yield ago
                for item in waiting if whole else waiting[rank : rank + 1]:
                    self._decide(by, item, refused.get(item, ""))
            if level == "region" and whole:
                yield row["pass"]
                self._move(by, "pass")
        if "pay" in row:
            yield row["approve"]
            self._move(self.people["national"], "approve")
            yield row["pay"]
            granted = queries.find(self.place.node, self.pk).granted
            paid = Payment(granted, timezone.localdate(), row["reference"])
            self._move(self.people["national"], "pay", paid)

    def _decide(self, by: Actor, item: str, reason: str) -> None:
        version = queries.find(self.place.node, self.pk).version
        actions.decide(by, self.place, self.pk, item, accepted=not reason, reason=reason, version=version)

    def _admit(self, step: str) -> None:
        """Windows have real dates and the story is told from today: the region admits what would come late."""
        domain = queries.domain_at(self.place.node, self.row["domain"])
        today = timezone.localdate()
        if standing(domain, step, today).binds:
            until = today + dt.timedelta(days=1)
            actions.waive(self.above, self.place, self.pk, step, until=until, reason=self.late)

    def _move(self, by: Actor, move: str, payment: Payment | None = None) -> None:
        version = queries.find(self.place.node, self.pk).version
        actions.move(by, self.place, self.pk, move, version=version, payment=payment)


def _numbers(facts: dict[str, Any]) -> dict[str, bool | float]:
    return {key: value if isinstance(value, bool) else float(value) for key, value in facts.items()}
