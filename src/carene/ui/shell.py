# SPDX-License-Identifier: EUPL-1.2
"""The frame around every page: which organisation, which rooms, who must act where.

Apps add their entries in ``AppConfig.ready`` with ``register``; the frame itself knows none of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

GROUPS: tuple[tuple[str, str], ...] = (
    ("home", ""),
    ("state", "Où en sommes-nous"),
    ("plan", "Que faire"),
    ("together", "Ensemble"),
)


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
    needs_organisation: bool = True
    assessable_only: bool = True
    label_above: str = ""  # said instead of ``label`` on a region or a GHT, which are not establishments
    prefix: str = ""  # URL namespace that lights this entry; default: the namespace of ``view``


_entries: list[Entry] = []


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

    @property
    def where(self) -> str:
        return self.organisation.label if self.organisation else ""

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
        organisation = self.organisation
        if organisation is None or (entry.assessable_only and not organisation.assessable):
            return False
        return not entry.verb or bool(self._request.actor.can(entry.verb, organisation.node))  # type: ignore[attr-defined]

    def _item(self, entry: Entry) -> Item:
        match = self._request.resolver_match
        args = [self.organisation.pk] if entry.needs_organisation and self.organisation else []
        prefix = entry.prefix or entry.view.partition(":")[0]
        current = match is not None and (match.view_name == entry.view or (match.namespace or "") == prefix)
        counter = entry.counter(self.organisation) if entry.counter and self.organisation else None
        above = self.organisation is not None and not self.organisation.assessable
        return Item(
            entry.label_above if above and entry.label_above else entry.label,
            reverse(entry.view, args=args),
            current,
            counter.text if counter else "",
            bool(counter and counter.urgent),
        )
