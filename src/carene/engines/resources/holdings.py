# SPDX-License-Identifier: EUPL-1.2
"""From what is known to one row for each member: what it has of each service and of each skill."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence

from carene.engines import french
from carene.engines.resources.model import Cell, Facts, Hands, Post, Row, Tie, Unit
from carene.engines.resources.pack import Resources, Service

Key = tuple[str, int]  # service, unit
NAMED, SHARED, VACANT = "named", "shared", "vacant"


def rows(facts: Facts, pack: Resources) -> list[Row]:
    """In the order of ``facts.units``. Time grows with what is known, not with members times services."""
    posts: dict[int, list[Post]] = defaultdict(list)
    for post in facts.posts:
        posts[post.unit].append(post)
    names = {unit.id: unit.name for unit in facts.units}
    received, provided, coming = _ties(facts, pack, names)
    found = []
    for unit in facts.units:
        own = posts.get(unit.id, [])
        cells = {
            key: _cell(
                service,
                unit,
                own,
                facts,
                received.get((key, unit.id)),
                provided.get((key, unit.id), ()),
                coming.get((key, unit.id)),
            )
            for key, service in pack.services.items()
        }
        found.append(Row(unit, cells, _hands(own, pack.skills), bool(own)))
    return found


def _ties(
    facts: Facts, pack: Resources, names: Mapping[int, str]
) -> tuple[dict[Key, Tie], dict[Key, tuple[str, ...]], dict[Key, dt.date]]:
    """Who provides it; whom it provides; the day to come on which that begins. A shared post is a tie too."""
    received: dict[Key, Tie] = {}
    for tie in [*facts.ties, *_of_posts(facts.posts, pack, names)]:
        known = received.get((tie.kind, tie.unit))
        if known is None or _worth(tie) > _worth(known):
            received[tie.kind, tie.unit] = tie
    provided: dict[Key, list[Tie]] = defaultdict(list)
    for (kind, unit), tie in received.items():
        if unit in names:
            provided[kind, tie.provider].append(tie)
    whom = {
        key: tuple(sorted((names[tie.unit] for tie in ties), key=french.sort_key)) for key, ties in provided.items()
    }
    coming = {
        key: min(tie.coming for tie in ties if tie.coming is not None)
        for key, ties in provided.items()
        if all(tie.coming is not None for tie in ties)
    }
    return received, whom, coming


def _of_posts(posts: Sequence[Post], pack: Resources, names: Mapping[int, str]) -> list[Tie]:
    kinds = {post: key for key, service in pack.services.items() for post in service.posts}
    return [
        Tie(kinds[post.kind], post.employer, names[post.employer], post.unit)
        for post in posts
        if post.state == SHARED and post.kind in kinds and post.employer is not None and post.employer in names
    ]


def _worth(tie: Tie) -> tuple[bool, bool]:
    """One that runs tells more than one that will, one whose part was agreed more than one without."""
    return tie.coming is None, bool(_part(tie))


def _cell(
    service: Service,
    unit: Unit,
    posts: Sequence[Post],
    facts: Facts,
    tie: Tie | None,
    provided: tuple[str, ...],
    coming: dt.date | None,
) -> Cell:
    if provided:
        return Cell("provides", provided, coming=coming)
    if tie is not None:
        return Cell("receives", (tie.provider_name,), _part(tie), coming=tie.coming)
    mine = [post for post in posts if post.kind in service.posts]
    if any(post.state != VACANT for post in mine) or (service.on_call and unit.id in facts.on_call):
        return Cell("alone")
    if facts.measured.get(unit.id, frozenset()) & set(service.known_by):
        return Cell("alone", measured=True)
    return Cell("vacant") if mine else Cell("none")


def _part(tie: Tie) -> str:
    if tie.percent is not None:
        return french.percent(tie.percent)
    return "" if tie.euros is None else f"{french.compact_euros(tie.euros)} par an"


def _hands(posts: Sequence[Post], skills: Sequence[str]) -> dict[str, Hands]:
    sums: dict[str, dict[str, float]] = {}
    for post in posts:
        of_skill = sums.setdefault(post.skill, defaultdict(float))
        of_skill[post.state] += post.fte
    return {
        skill: Hands(known.get(NAMED, 0.0), known.get(SHARED, 0.0), known.get("provider", 0.0), known.get(VACANT, 0.0))
        for skill in skills
        if (known := sums.get(skill)) is not None
    }
