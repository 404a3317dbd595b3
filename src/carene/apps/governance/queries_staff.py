# SPDX-License-Identifier: EUPL-1.2
"""Posts and on-call duties below a node, as plain values: for what shows a whole group. One query each."""

from __future__ import annotations

from typing import NamedTuple

from carene.apps.governance.models import OnCall, Post
from carene.core.tenancy.models import Node


class PostLine(NamedTuple):
    """``path`` of the node that describes it; ``employer``: id of the node that employs the person, when shared."""

    path: str
    kind: str
    skill: str
    state: str
    fte: float
    employer: int | None
    percent: float | None


def posts_below(node: Node) -> list[PostLine]:
    names = ("node__path", "kind", "skill", "state", "fte", "employer_id", "share_percent")
    rows = Post.objects.below(node).filter(removed_at=None).order_by("id").values_list(*names)
    return [
        PostLine(path, kind, skill, state, float(fte), employer, None if percent is None else float(percent))
        for path, kind, skill, state, fte, employer, percent in rows
    ]


def on_call_below(node: Node) -> list[str]:
    """Paths of those that describe an on-call duty of their own."""
    rows = OnCall.objects.below(node).filter(removed_at=None)
    return list(rows.order_by("node__path").values_list("node__path", flat=True).distinct())
