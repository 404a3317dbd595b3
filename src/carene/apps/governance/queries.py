# SPDX-License-Identifier: EUPL-1.2
"""Reading the governance of one establishment. That of a group stands in ``queries_group``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import F, Prefetch, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from carene.apps.evidence import queries as evidence
from carene.apps.governance.models import (
    Budget,
    Commitment,
    Committee,
    Decision,
    DutyRecord,
    Meeting,
    OnCall,
    PolicyDocument,
    Post,
    Standing,
)
from carene.apps.organisations.models import Organisation
from carene.apps.organisations.queries import profile_of
from carene.apps.organisations.queries_services import members_of
from carene.core.tenancy.models import Node
from carene.engines.governance import ratios
from carene.engines.governance.duties import Due, Said, due_days
from carene.engines.governance.duties import in_time as in_time
from carene.engines.governance.pack import governance
from carene.engines.governance.ratios import Ratio, Team
from carene.engines.months import add_months
from carene.engines.referential.catalogue import care

YEAR = 12  # months over which meetings are counted


# Money ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Year:
    """One year: what was voted, what was spent; None where nothing was typed."""

    year: int
    voted: Budget | None
    executed: Budget | None

    @property
    def best(self) -> Budget:
        """What was spent, else what was voted."""
        row = self.executed or self.voted
        assert row is not None
        return row

    @property
    def digital(self) -> Ratio:
        return ratios.digital_share(self.best.money)

    @property
    def cyber(self) -> Ratio:
        return ratios.cyber_share(self.best.money)

    @property
    def digital_voted(self) -> Ratio:
        return ratios.digital_share(self.voted.money) if self.voted else Ratio(None)

    @property
    def digital_executed(self) -> Ratio:
        return ratios.digital_share(self.executed.money) if self.executed else Ratio(None)


def years(node: Node) -> list[Year]:
    """Latest first; one query."""
    return by_year(Budget.objects.of(node).order_by("-year", "stage"))


def by_year(rows: Iterable[Budget]) -> list[Year]:
    found: dict[int, dict[str, Budget]] = {}
    for row in rows:
        found.setdefault(row.year, {})[row.stage] = row
    return [
        Year(year, stages.get(Budget.Stage.VOTED), stages.get(Budget.Stage.EXECUTED))
        for year, stages in sorted(found.items(), reverse=True)
    ]


def budget(node: Node, year: int, stage: str) -> Budget | None:
    return Budget.objects.of(node).filter(year=year, stage=stage).first()


# People -----------------------------------------------------------------------------------------------------------


def posts(node: Node) -> QuerySet[Post]:
    return Post.objects.of(node).filter(removed_at=None).select_related("employer__organisation").order_by("id")


def on_calls(node: Node) -> QuerySet[OnCall]:
    return OnCall.objects.of(node).filter(removed_at=None).order_by("title", "id")


def partners(organisation: Organisation) -> list[Organisation]:
    """With whom a post may be shared: the members of the GHT, or of the region where there is none."""
    node = organisation.node
    above = [node.parent, node.parent.parent if node.parent else None]
    for parent in above:
        kind = parent.organisation.kind if parent is not None else ""
        if parent is not None and kind in {Organisation.Kind.GHT, Organisation.Kind.REGION}:
            return [one for one in members_of(parent) or () if one.pk != organisation.pk]
    return []


def team(rows: Iterable[Post]) -> Team:
    return ratios.team((row.held for row in rows), governance())


def staff_figures(organisation: Organisation, rows: Iterable[Post] | None = None) -> dict[str, Ratio]:
    """Indicator → value, from the posts; one query without ``rows``. Nothing is said while no post is described."""
    known = list(posts(organisation.node)) if rows is None else list(rows)
    found = team(known)
    nothing = Ratio(None, "aucun poste n'est décrit")
    if not known:
        return dict.fromkeys(("rssi_nomme", "rssi_temps_pct", "ssi_etp_1000_postes", "postes_si_vacants_pct"), nothing)
    size = profile_of(organisation, care()).size
    return {
        "rssi_nomme": Ratio(float(found.rssi_named)),
        "rssi_temps_pct": ratios.rssi_time(found, size, governance()),
        "ssi_etp_1000_postes": ratios.security_per_thousand(found, organisation.workstations),
        "postes_si_vacants_pct": found.vacancies,
    }


# Committees -------------------------------------------------------------------------------------------------------


def committees(node: Node) -> QuerySet[Committee]:
    return Committee.objects.of(node).filter(removed_at=None).order_by("title", "id")


def meetings(node: Node) -> QuerySet[Meeting]:
    """Latest first, each with its committee and its decisions; two queries."""
    kept = Decision.objects.of(node).filter(removed_at=None).order_by(F("due_on").asc(nulls_last=True), "id")
    return (
        Meeting.objects.of(node)
        .filter(removed_at=None, committee__removed_at=None)
        .select_related("committee")
        .prefetch_related(Prefetch("decisions", kept))
        .order_by("-held_on", "-id")
    )


def open_decisions(node: Node) -> QuerySet[Decision]:
    """Those to follow, the soonest first."""
    return (
        Decision.objects.of(node)
        .filter(removed_at=None, state=Decision.State.OPEN, meeting__removed_at=None)
        .select_related("meeting__committee")
        .order_by(F("due_on").asc(nulls_last=True), "id")
    )


def committee_figures(node: Node, today: dt.date) -> dict[str, Ratio]:
    """Indicator → value; two queries."""
    since = add_months(today, -YEAR)
    rows = Meeting.objects.of(node).filter(removed_at=None, committee__removed_at=None, held_on__lte=today)
    count = rows.filter(held_on__gte=since, management=True, physicians=True).count()
    known = rows.exists()
    opened = list(open_decisions(node))
    late = sum(row.late_on(today) for row in opened)
    return {
        "instances_medecins_12_mois": Ratio(float(count)) if known else Ratio(None, "aucune réunion n'est notée"),
        "decisions_en_retard_pct": Ratio(100 * late / len(opened)) if opened else Ratio(None, "aucune à suivre"),
    }


def commitments(node: Node) -> QuerySet[Commitment]:
    return Commitment.objects.of(node).filter(removed_at=None).order_by(F("due_on").asc(nulls_last=True), "id")


# Documents and duties ---------------------------------------------------------------------------------------------


def policies(node: Node) -> QuerySet[PolicyDocument]:
    rows = PolicyDocument.objects.of(node).filter(removed_at=None)
    return rows.order_by(F("next_on").asc(nulls_last=True), "title", "id")


def nis2(node: Node) -> str:
    """Key of the pack, empty when it is not known."""
    return Standing.objects.of(node).order_by("pk").values_list("nis2", flat=True).first() or ""


def records(node: Node, duty: str) -> QuerySet[DutyRecord]:
    """What was said of one duty, latest first."""
    return DutyRecord.objects.of(node).filter(duty=duty).select_related("recorded_by").order_by("-id")


def duties(organisation: Organisation, today: dt.date) -> list[Due]:
    """Every duty proposed here, the most pressing first; three queries."""
    node = organisation.node
    said = ((row.duty, said_of(row)) for row in DutyRecord.objects.of(node).order_by("id"))
    return _due(organisation, nis2(node), said, reviews(policies(node)), today)


def dated_duties(organisation: Organisation, today: dt.date) -> list[Due]:
    """Those that have a day and that no document carries; one query: what was never dated is never late."""
    standing = Standing.objects.of(organisation.node).order_by().values("nis2")[:1]
    rows = list(
        DutyRecord.objects.of(organisation.node).annotate(nis2=Coalesce(Subquery(standing), Value(""))).order_by("id")
    )
    if not rows:
        return []
    known = _due(organisation, rows[0].nis2, ((row.duty, said_of(row)) for row in rows), (), today)
    return [due for due in known if due.due_on is not None and not due.duty.document]


def _due(
    organisation: Organisation,
    kind: str,
    said: Iterable[tuple[str, Said]],
    reviewed: Iterable[tuple[str, dt.date | None, dt.date | None]],
    today: dt.date,
) -> list[Due]:
    return due_days(governance(), profile_of(organisation, care()), kind, said, reviewed, today)


def said_of(row: DutyRecord) -> Said:
    return Said(row.kind, row.on, row.next_on, row.reason)


def reviews(rows: Iterable[PolicyDocument]) -> list[tuple[str, dt.date | None, dt.date | None]]:
    return [(row.kind, row.last_review, row.next_on) for row in rows]


# Evidence ---------------------------------------------------------------------------------------------------------


def proofs(node: Node, ids: Iterable[int | None]) -> Mapping[int, str]:
    """Id → title of the evidence that still stands; one query, none when there is nothing to look for."""
    wanted = {key for key in ids if key is not None}
    if not wanted:
        return {}
    rows = evidence.of(node).filter(pk__in=wanted).prefetch_related(None)
    return {row.pk: row.title for row in rows}


def proof_choices(node: Node) -> Sequence[tuple[int, str]]:
    return [(row.pk, row.title) for row in evidence.of(node).prefetch_related(None).order_by("title", "id")]
