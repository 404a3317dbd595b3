# SPDX-License-Identifier: EUPL-1.2
"""Establishments and legal entities below a group: two or a hundred thousand, counted without being read, read by name
one page at a time."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery

from carene.apps.organisations.models import Organisation
from carene.apps.organisations.queries import ANSWERING
from carene.apps.organisations.search import search
from carene.core.tenancy.models import Node, under
from carene.engines.registers.text import fold

GROUPS = [kind for kind in Organisation.Kind.values if kind not in ANSWERING]
MANY = 2000  # beyond, only what an index finds is read


def count_below(group: Organisation) -> int:
    """How many stand below a group. All that stands there is counted on the index of the tree, and the few groups among
    it taken away: a country has a hundred thousand rows, which nobody looks at."""
    nodes = Node.objects.filter(under(group.node.path)).order_by()
    groups = Organisation.objects.below(group.node).filter(kind__in=GROUPS).order_by()
    row = Organisation.objects.of(group.node).annotate(count=_count(nodes) - _count(groups))
    return int(row.values_list("count", flat=True).get())


def _count(rows: QuerySet[Node] | QuerySet[Organisation]) -> Subquery:
    return Subquery(rows.values(count=Func(F("pk"), function="COUNT")), output_field=IntegerField())


@dataclass(frozen=True)
class Found:
    """``rows`` by name, each with what it is attached to. ``wide``: the words were too common, there are more."""

    rows: QuerySet[Organisation]
    wide: bool = False


def by_name(group: Organisation, text: str, *, total: int) -> Found:
    """Those below a group, or those that answer ``text``; ``total``: how many there are.

    Each word is in the name, the town or the FINESS, or in the name of what they are attached to; accents and capitals
    apart. Among more than ``MANY``, typing errors are forgiven too, and all the words are in the same name.
    """
    node, words = group.node, fold(text).split()
    rows, wide = Organisation.objects.below(node), False
    if total > MANY and words:
        answer = search(rows.exclude(pk=node.pk), text)
        near = Node.objects.filter(Q(pk__in=answer.ids) | Q(parent_id__in=answer.ids)).order_by()
        rows, wide = rows.filter(pk__in=near.values("pk")), answer.wide
    elif total > MANY:
        # In the order of names, looking whether each stands here, rather than all that stands here put in order:
        # SQLite would never think of it.
        here = Node.objects.filter(under(node.path), pk=OuterRef("pk"))
        rows = Organisation.objects.unscoped("below the group, as EXISTS").filter(Exists(here))
    else:
        for word in words:
            rows = rows.filter(_answers(word))
    rows = rows.filter(kind__in=ANSWERING).exclude(pk=node.pk).select_related("node__parent__organisation")
    return Found(rows.order_by("search", "pk"), wide)  # begins with the name, accents and capitals folded


def _answers(word: str) -> Q:
    return (
        Q(search__contains=word)
        | Q(finess__startswith=word.upper())
        | Q(node__parent__organisation__search__contains=word)
    )
