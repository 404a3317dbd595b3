# SPDX-License-Identifier: EUPL-1.2
"""Envelope, committed, granted, paid: by domain, by region and by family; and the files by state and deadline."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from carene.apps.funding import queries
from carene.apps.funding.models import Application
from carene.apps.organisations.models import Organisation
from carene.engines.exchange.table_files import Cell, Column
from carene.engines.funding import circuit
from carene.engines.funding.loader import shipped
from carene.engines.funding.model import Domain
from carene.engines.funding.overlay import overlaid

COLUMNS = (
    Column("Domaine", 16), Column("Candidat", 40), Column("Porté par", 40), Column("FINESS", 12), Column("Région", 26),
    Column("Famille", 26), Column("État", 30), Column("Échéance", 12), Column("Déposé le", 12),
    Column("Déclaré le", 12), Column("Plafond notifié (€)", 16), Column("Accordé (€)", 14), Column("Payé (€)", 14),
    Column("Payé le", 12),
)  # fmt: skip


@dataclass
class Sum:
    """Euros; ``unknown``: files that are committed without a ceiling that was notified."""

    files: int = 0
    committed: int = 0
    granted: int = 0
    paid: int = 0
    unknown: int = 0

    def add(self, row: Application) -> None:
        self.files += 1
        if row.state in circuit.COMMITTED:
            self.committed += row.notified or 0
            self.unknown += row.notified is None
        self.granted += row.granted or 0
        self.paid += row.paid or 0


@dataclass(frozen=True)
class Line:
    domain: Domain
    region: str
    family: str
    sum: Sum


@dataclass(frozen=True)
class Budget:
    """One domain: its envelope, what it comes to here, and the lines of that by region and family."""

    domain: Domain
    total: Sum
    lines: list[Line]

    @property
    def share(self) -> float | None:
        """Percent of the envelope that is committed here."""
        envelope = self.domain.envelope
        return 100 * self.total.committed / envelope.value if envelope and envelope.value else None


@dataclass(frozen=True)
class Filed:
    """A file in a list. ``deadline`` is that of the step it waits for."""

    row: Application
    domain: Domain
    name: str
    region: str
    deadline: dt.date | None
    late: bool

    @property
    def words(self) -> str:
        return circuit.STATES[self.row.state]

    @property
    def over(self) -> bool:
        return self.row.state in circuit.OVER


class Board:
    """Every file below a place. Four queries, whatever their number."""

    def __init__(self, organisation: Organisation, today: dt.date) -> None:
        self.today, self.place = today, organisation
        self.rows = list(queries.of_place(organisation))
        self._settings = queries.settings_below(organisation.node)
        self._regions = queries.regions_of(organisation)
        self._domains: dict[tuple[str, str], Domain] = {}

    def region_of(self, row: Application) -> Organisation | None:
        found = (self._regions.get(pk) for pk in row.node.ancestor_ids)
        return next((one for one in found if one is not None), None)

    def domain_of(self, row: Application) -> Domain | None:
        """As it is said where the file stands."""
        base = shipped().get(row.domain)
        if base is None:
            return None
        return self._said(base, row.node.ancestor_ids)

    def _said(self, base: Domain, path: list[int]) -> Domain:
        key = (base.id, ",".join(str(pk) for pk in path if pk in self._settings))
        if key not in self._domains:
            rules = [one for pk in path for one in self._settings.get(pk, {}).get(base.id, ())]
            self._domains[key] = overlaid(base, rules)
        return self._domains[key]

    def files(self, rows: Iterable[Application]) -> list[Filed]:
        """What waits first, by deadline; what is over last."""
        found = []
        for row in rows:
            domain = self.domain_of(row)
            if domain is None:
                continue
            region, end = self.region_of(row), circuit.deadline(domain, row.state)
            name = str((row.group or row.node).organisation)
            late = end is not None and end < self.today
            found.append(Filed(row, domain, name, str(region or ""), end, late))
        far = dt.date.max
        return sorted(found, key=lambda one: (one.row.state in circuit.OVER, one.deadline or far, one.name))

    def budgets(self) -> list[Budget]:
        """One for each domain of which there is a file."""
        sums: dict[tuple[str, str, str], Sum] = defaultdict(Sum)
        totals: dict[str, Sum] = defaultdict(Sum)
        for row in self.rows:
            sums[row.domain, str(self.region_of(row) or ""), row.family].add(row)
            totals[row.domain].add(row)
        family = shipped().pack.family
        return [
            Budget(
                self._said(domain, self.place.node.ancestor_ids),
                totals[domain.id],
                [
                    Line(domain, region, family.get(kind, kind), found)
                    for (key, region, kind), found in sorted(sums.items())
                    if key == domain.id
                ],
            )
            for domain in shipped().all
            if domain.id in totals
        ]

    def cells(self) -> Iterable[list[Cell]]:
        """The files as a table that people take away."""
        family = shipped().pack.family
        for one in self.files(self.rows):
            row, carrier = one.row, one.row.node.organisation
            yield [
                one.domain.code, one.name, str(carrier), carrier.finess, one.region,
                family.get(row.family, row.family), one.words, _day(one.deadline), _day(row.applied_on),
                _day(row.declared_on), row.notified, row.granted, row.paid, _day(row.paid_on),
            ]  # fmt: skip


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else ""
