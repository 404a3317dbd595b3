# SPDX-License-Identifier: EUPL-1.2
"""Reading evidence."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.db.models import Count, F, Prefetch, Q, QuerySet

from carene.apps.evidence.models import SOON_DAYS, Evidence, EvidenceLink
from carene.core.tenancy.models import Node
from carene.engines import french

STATES: dict[str, str] = {
    "expired": "expirées",
    "soon": f"qui expirent dans les {SOON_DAYS} jours",
    "valid": "valables",
    "undated": "sans échéance",
}


def of(node: Node) -> QuerySet[Evidence]:
    """Evidence of an organisation that was not removed, with files and links, latest first."""
    return _rows(node).filter(removed_at=None)


def by_expiry(node: Node) -> QuerySet[Evidence]:
    """The same, what expires first ahead, what never does at the end."""
    return of(node).order_by(F("expires_on").asc(nulls_last=True), "-created_at", "-id")


def removed(node: Node) -> QuerySet[Evidence]:
    """Evidence that was removed and can be restored, last removed first."""
    return _rows(node).exclude(removed_at=None).order_by("-removed_at", "-id")


def _rows(node: Node) -> QuerySet[Evidence]:
    return (
        Evidence.objects.of(node)
        .select_related("file", "created_by")
        .prefetch_related(Prefetch("links", EvidenceLink.objects.order_by("id")))
    )


def find(node: Node, pk: int, *, even_removed: bool = False) -> Evidence:
    """Raises Evidence.DoesNotExist when it belongs to another organisation, or was removed."""
    return (_rows(node) if even_removed else of(node)).get(pk=pk)


def in_state(rows: QuerySet[Evidence], state: str, today: dt.date) -> QuerySet[Evidence]:
    """Those of one of ``STATES``; any other word keeps them all."""
    condition = _conditions(today).get(state)
    return rows if condition is None else rows.filter(condition)


def _conditions(today: dt.date) -> dict[str, Q]:
    limit = today + dt.timedelta(days=SOON_DAYS)
    return {
        "expired": Q(expires_on__lt=today),
        "soon": Q(expires_on__gte=today, expires_on__lte=limit),
        "valid": Q(expires_on__gt=limit),
        "undated": Q(expires_on=None),
    }


def tally(node: Node, today: dt.date) -> dict[str, int]:
    """How many in each state, ``total``, and ``removed``; one query."""
    here = Q(removed_at=None)
    counts = {key: Count("pk", filter=here & condition) for key, condition in _conditions(today).items()}
    return Evidence.objects.of(node).aggregate(
        total=Count("pk", filter=here), removed=Count("pk", filter=~here), **counts
    )


def matching(rows: QuerySet[Evidence], text: str) -> QuerySet[Evidence]:
    """Those whose title, remark, file name or link holds this text."""
    return rows.filter(
        Q(title__icontains=text) | Q(note__icontains=text) | Q(file__name__icontains=text) | Q(url__icontains=text)
    )


def supporting(rows: QuerySet[Evidence], referential: str, criterion: str) -> QuerySet[Evidence]:
    return rows.filter(links__referential=referential, links__criterion=criterion)


def for_criterion(node: Node, referential: str, criterion: str) -> QuerySet[Evidence]:
    return supporting(of(node), referential, criterion).order_by("-created_at", "-id")


def supported(node: Node) -> list[tuple[str, str]]:
    """``(referential, criterion)`` of everything that has evidence here, in one query."""
    rows = EvidenceLink.objects.filter(evidence__in=Evidence.objects.of(node).filter(removed_at=None))
    return list(rows.order_by("referential", "criterion").values_list("referential", "criterion").distinct())


def counts(node: Node, referential: str) -> dict[str, int]:
    """Criterion → number of pieces of evidence, in one query."""
    found: dict[str, int] = defaultdict(int)
    rows = EvidenceLink.objects.filter(
        referential=referential, evidence__in=Evidence.objects.of(node).filter(removed_at=None)
    ).order_by("id")
    for criterion in rows.values_list("criterion", flat=True):
        found[criterion] += 1
    return dict(found)


def expiring(node: Node, before: dt.date) -> QuerySet[Evidence]:
    """Evidence that has expired or expires before this day, soonest first."""
    return of(node).filter(expires_on__lt=before).order_by("expires_on", "id")


def to_renew(node: Node, today: dt.date) -> QuerySet[Evidence]:
    """Evidence that has expired or will within ``SOON_DAYS``, soonest first: what the rail counts."""
    return expiring(node, today + dt.timedelta(days=SOON_DAYS + 1))


def state_words(evidence: Evidence, today: dt.date) -> str:
    """« expirée depuis 12 j », « expire dans 9 j », « valable jusqu'au 3 mars 2027 », « sans échéance »."""
    state, expiry = evidence.state_on(today), evidence.expires_on
    if expiry is None:
        return "sans échéance"
    if state == "expired":
        return f"expirée {french.due(expiry, today)}"
    if state == "soon":
        return f"expire {french.due(expiry, today)}"
    return f"valable jusqu'au {french.long_date(expiry)}"
