# SPDX-License-Identifier: EUPL-1.2
"""Posting letters: in the transaction of who posts; ``sending`` lets them leave after it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from carene.core.access.actor import Actor
from carene.core.accounts.models import User
from carene.core.database.writes import atomic_write
from carene.core.jobs import starting
from carene.core.journal.writer import record
from carene.core.letters.models import Letter, Mention
from carene.core.tenancy.models import Node


@dataclass(frozen=True)
class Notice:
    """``verb``: the right to the page at ``path``, which each reader must hold. ``subject`` and what ``sentence`` makes
    of the things to tell are French and hold no secret: how many, where, never what.
    """

    kind: str  # « governance.calendar »: by it the letters are found again
    verb: str
    path: str
    subject: str
    sentence: Callable[[Sequence[str]], str]


def possible() -> bool:
    """Is there a mail server? Looking for what is due is of no use otherwise."""
    return bool(settings.EMAIL_HOST)


def post(actor: Actor, node: Node, notice: Notice, people: Iterable[User], items: Iterable[str]) -> int:
    """One letter to each of these people who was not told all of these ``items`` yet; how many.

    An item says what and when (« duty:pssi:2026-12-01:late »): with another day it is told again. Nothing is posted
    while there is no mail server (``CARENE_SMTP_HOST``), nor to somebody without the right.
    """
    actor.require(notice.verb, node)
    wanted, readers = list(dict.fromkeys(items)), {user.pk: user for user in people}
    if not possible() or not wanted or not readers:
        return 0
    with atomic_write():
        told = defaultdict(set)
        rows = Mention.objects.of(node).filter(kind=notice.kind, user_id__in=list(readers), item__in=wanted)
        for user_id, item in rows.order_by("id").values_list("user_id", "item"):
            told[user_id].add(item)
        fresh = {pk: [item for item in wanted if item not in told[pk]] for pk in readers}
        reached = [readers[pk] for pk, left in fresh.items() if left and Actor.of(readers[pk]).can(notice.verb, node)]
        for user in reached:
            _post(node, notice, user, fresh[user.pk])
        if reached:
            after = {"title": notice.subject, "people": [str(user) for user in reached]}
            record(actor, "letter.post", node, f"letter:{notice.kind}", None, after)
            transaction.on_commit(starting.nudge)
    return len(reached)


def _post(node: Node, notice: Notice, user: User, items: Sequence[str]) -> None:
    address = f"{settings.PUBLIC_URL}{notice.path}" if settings.PUBLIC_URL else ""
    letter = Letter.objects.create(
        node=node,
        user=user,
        kind=notice.kind,
        verb=notice.verb,
        subject=notice.subject[:200],
        body=render_to_string("letters/letter.txt", {"sentence": notice.sentence(items), "address": address}),
        posted_at=timezone.now(),
    )
    Mention.objects.unscoped("what this very letter tells").bulk_create(
        [Mention(node=node, letter=letter, user=user, kind=notice.kind, item=item) for item in items]
    )
