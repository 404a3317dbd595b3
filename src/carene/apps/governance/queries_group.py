# SPDX-License-Identifier: EUPL-1.2
"""The governance of the members of a group: the same number of queries for two or for sixty."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Count, F, Model, Q, QuerySet

from carene.apps.governance.models import Budget, Decision, DutyRecord, Meeting, PolicyDocument, Post, Standing
from carene.apps.governance.queries import YEAR, Year, by_year, reviews, said_of
from carene.apps.organisations.models import Organisation
from carene.apps.organisations.queries import profile_of
from carene.apps.organisations.queries_below import by_name, count_below
from carene.engines.governance.duties import Due, due_days
from carene.engines.governance.pack import governance
from carene.engines.months import add_months
from carene.engines.referential.catalogue import care

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Member:
    """``year``: the latest that is known; ``rssi``: that post, None when nobody described one; ``late_decisions``
    None for who may not read decisions."""

    organisation: Organisation
    year: Year | None
    rssi: Post | None
    meetings: int
    late: int
    dated: int
    late_decisions: int | None


@dataclass(frozen=True)
class Summary:
    """Of all the members, those of other pages included; ``year`` is the last one that is closed."""

    members: int
    year: int
    budgets: int  # typed for that year
    at_target: int
    rssi: int


def members(group: Organisation, total: int) -> QuerySet[Organisation]:
    """Establishments and legal entities below a group, by name."""
    return by_name(group, "", total=total).rows


def rows(page: Sequence[Organisation], today: dt.date, *, detailed: bool) -> list[Member]:
    """What is known of the members of one page; seven queries."""
    ids = [one.pk for one in page]
    budgets, posts = _grouped(_of(Budget, ids).order_by("-year", "stage")), _rssi(ids)
    meetings = _meetings(ids, today)
    late = _late_decisions(ids, today) if detailed else None
    dues = _dues(page, ids, today)
    found = []
    for one in page:
        years = by_year(budgets.get(one.pk, ()))
        own = dues[one.pk]
        found.append(
            Member(
                one,
                years[0] if years else None,
                posts.get(one.pk),
                meetings.get(one.pk, 0),
                sum(due.state == "late" for due in own),
                sum(due.due_on is not None for due in own),
                None if late is None else late.get(one.pk, 0),
            )
        )
    return found


def summary(group: Organisation, today: dt.date) -> Summary:
    """Three queries, whatever the number of members: the database counts."""
    node, year, target = group.node, today.year - 1, governance().budget.digital.target
    closed = Budget.objects.below(node).filter(year=year, stage=Budget.Stage.EXECUTED, operating__gt=0)
    reached = Q(digital_operating__gte=F("operating") * target / 100)
    counts = closed.aggregate(
        all=Count("pk", filter=Q(digital_operating__isnull=False)), reached=Count("pk", filter=reached)
    )
    held = Post.objects.below(node).filter(kind="rssi", removed_at=None).exclude(state=Post.State.VACANT)
    named = held.order_by().values("node").distinct().count()
    return Summary(count_below(group), year, counts["all"], counts["reached"], named)


def _of(model: type[M], ids: Any) -> QuerySet[M]:
    """Rows of organisations that were just found visible. ``ids``: theirs, or a query that gives them."""
    manager: Any = model.objects  # type: ignore[attr-defined]
    found: QuerySet[M] = manager.unscoped("rows of organisations that were just found visible").filter(node_id__in=ids)
    return found


def _grouped(found: Iterable[Budget]) -> dict[int, list[Budget]]:
    groups: dict[int, list[Budget]] = defaultdict(list)
    for row in found:
        groups[row.node_id].append(row)
    return groups


def _rssi(ids: Sequence[int]) -> dict[int, Post]:
    """The one that is held, before one that is vacant."""
    found: dict[int, Post] = {}
    for row in _of(Post, ids).filter(kind="rssi", removed_at=None).order_by("id"):
        known = found.get(row.node_id)
        if known is None or known.state == Post.State.VACANT:
            found[row.node_id] = row
    return found


def _meetings(ids: Sequence[int], today: dt.date) -> dict[int, int]:
    """Those of the last twelve months that management and physicians attended."""
    known = _of(Meeting, ids).filter(
        removed_at=None, committee__removed_at=None, management=True, physicians=True,
        held_on__gte=add_months(today, -YEAR), held_on__lte=today,
    )  # fmt: skip
    return dict(known.order_by("node_id").values_list("node_id").annotate(count=Count("pk")))


def _late_decisions(ids: Sequence[int], today: dt.date) -> dict[int, int]:
    known = _of(Decision, ids).filter(Q(removed_at=None, state=Decision.State.OPEN, due_on__lt=today))
    return dict(known.order_by("node_id").values_list("node_id").annotate(count=Count("pk")))


def _dues(page: Sequence[Organisation], ids: Sequence[int], today: dt.date) -> dict[int, list[Due]]:
    kinds = dict(_of(Standing, ids).order_by("pk").values_list("pk", "nis2"))
    said: dict[int, list[DutyRecord]] = defaultdict(list)
    for record in _of(DutyRecord, ids).order_by("id"):
        said[record.node_id].append(record)
    documents: dict[int, list[PolicyDocument]] = defaultdict(list)
    for document in _of(PolicyDocument, ids).filter(removed_at=None).order_by("id"):
        documents[document.node_id].append(document)
    pack, referential = governance(), care()
    return {
        one.pk: due_days(
            pack,
            profile_of(one, referential),
            kinds.get(one.pk, ""),
            ((row.duty, said_of(row)) for row in said[one.pk]),
            reviews(documents[one.pk]),
            today,
        )
        for one in page
    }
