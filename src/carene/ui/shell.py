# SPDX-License-Identifier: EUPL-1.2
"""The frame around every page: which organisation, which rooms, who must act where.

Apps add their entries in ``AppConfig.ready`` with ``register``; the frame itself knows none of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

GROUPS: tuple[tuple[str, str], ...] = (
    ("home", ""),
    ("state", "Où en sommes-nous"),
    ("plan", "Que faire"),
    ("steer", "Piloter"),
    ("together", "Ensemble"),
)


CHOICE = "organisations:list"


@dataclass(frozen=True)
class Counter:
    text: str
    urgent: bool = False


@dataclass(frozen=True)
class Entry:
    """``counter`` takes the organisation and does at most one query; it is shown only where someone must act."""

    group: str
    label: str
    view: str  # URL name taking ``node_id``, or none when ``needs_organisation`` is False
    order: int
    verb: str = ""
    counter: Callable[[Any], Counter | None] | None = None
    acts: str = ""  # verb without which the counter is not shown: it only says what one has to do
    needs_organisation: bool = True
    assessable_only: bool = True
    label_above: str = ""  # said instead of ``label`` on a region or a GHT, which are not establishments
    prefix: str = ""  # URL namespace that lights this entry; default: the namespace of ``view``
    also: tuple[str, ...] = ()  # other URL names that light it
    kinds: tuple[str, ...] = ()  # of the organisations that it is for; empty: all of them


_entries: list[Entry] = []


# Finds the organisation whose rooms stand beside a page that belongs to none (the account, the list).
_beside: list[Callable[[HttpRequest], Any]] = []


def register_beside(find: Callable[[HttpRequest], Any]) -> None:
    """``find`` takes a request of a signed-in person and gives an organisation that they may see, or None."""
    _beside[:] = [find]


def register(*entries: Entry) -> None:
    for entry in entries:
        if all(e.view != entry.view for e in _entries):
            _entries.append(entry)
    _entries.sort(key=lambda e: e.order)


@dataclass(frozen=True)
class Item:
    label: str
    url: str
    current: bool
    count: str
    urgent: bool


@dataclass(frozen=True)
class Group:
    title: str
    items: list[Item]


class Shell:
    """What ``ui/base.html`` reads; lazy, so that fragments and errors cost nothing."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.user = request.user if getattr(request, "user", None) and request.user.is_authenticated else None
        self.organisation = getattr(request, "organisation", None)

    @cached_property
    def place(self) -> Any:
        """The organisation of the rail: that of the page, else the one that was open before it."""
        if self.organisation is not None or self.user is None or not _beside:
            return self.organisation
        return _beside[0](self._request)

    @property
    def in_account(self) -> bool:
        """A page of one's own account, which belongs to no organisation although one stands beside it."""
        return self.organisation is None and self.place is not None and not self.choosing

    @property
    def choosing(self) -> bool:
        """The page where one goes to another organisation."""
        match = self._request.resolver_match
        return match is not None and match.view_name == CHOICE

    @property
    def where(self) -> str:
        return self.place.label if self.place else ""

    @property
    def groups(self) -> list[Group]:
        groups = []
        for key, title in GROUPS:
            items = [self._item(e) for e in _entries if e.group == key and self._shown(e)]
            if items:
                groups.append(Group(title, items))
        return groups

    def _shown(self, entry: Entry) -> bool:
        if not entry.needs_organisation:
            return True
        organisation = self.place
        if organisation is None or (entry.assessable_only and not organisation.assessable):
            return False
        if entry.kinds and organisation.kind not in entry.kinds:
            return False
        return not entry.verb or bool(self._request.actor.can(entry.verb, organisation.node))  # type: ignore[attr-defined]

    def _acts(self, entry: Entry) -> bool:
        return not entry.acts or bool(self._request.actor.can(entry.acts, self.place.node))  # type: ignore[attr-defined]

    def _item(self, entry: Entry) -> Item:
        match = self._request.resolver_match
        place = self.place
        args = [place.pk] if entry.needs_organisation and place else []
        prefix = entry.prefix or entry.view.partition(":")[0]
        lit = {entry.view, *entry.also}
        current = match is not None and (match.view_name in lit or (match.namespace or "") == prefix)
        counter = entry.counter(place) if entry.counter and place and self._acts(entry) else None
        above = place is not None and not place.assessable
        return Item(
            entry.label_above if above and entry.label_above else entry.label,
            reverse(entry.view, args=args),
            current,
            counter.text if counter else "",
            bool(counter and counter.urgent),
        )
