# SPDX-License-Identifier: EUPL-1.2
"""The one who acts: a person (or a machine acting for one), what they hold, and where they act from."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from django.core.exceptions import PermissionDenied

from carene.core.access.models import grants_of
from carene.core.access.policy import GIVES, LEVELS, READS, VERBS
from carene.core.accounts.models import User
from carene.core.tenancy.models import Node


class Grant(NamedTuple):
    """A role held on a node, or a share open on it (``role`` is then a key of ``policy.GIVES``).

    ``until`` is the last day, None without an end.
    """

    path: str
    role: str
    until: dt.date | None = None


@dataclass(frozen=True)
class Actor:
    """Built once per request, with one query. ``origin`` is ``web``, ``api``, ``cli`` or ``system``."""

    user: User | None
    grants: tuple[Grant, ...] = ()
    origin: str = "web"
    address: str = ""
    everywhere: bool = field(default=False)  # the system itself: set-up, demonstration, maintenance commands

    @classmethod
    def of(cls, user: User, *, origin: str = "web", address: str = "") -> Actor:
        """With what this person holds today: neither what has ended nor what has not begun."""
        return cls(user, tuple(Grant(*row) for row in grants_of(user)), origin, address)

    @classmethod
    def system(cls, origin: str = "system") -> Actor:
        """An actor without a person who may do everything; only for commands run by the administrator of the server."""
        return cls(None, (), origin, "", everywhere=True)

    @cached_property
    def label(self) -> str:
        return str(self.user) if self.user else "Système"

    @cached_property
    def _held(self) -> dict[str, list[Grant]]:
        """Grants by path: some hold thousands, and are asked about one node thirty times a page."""
        found: dict[str, list[Grant]] = defaultdict(list)
        for grant in self.grants:
            found[grant.path].append(grant)
        return dict(found)

    def grants_on(self, node: Node) -> list[Grant]:
        """Held on this node or above it, the highest first."""
        found: list[Grant] = []
        path, end = node.path, 0
        while end := path.find("/", end) + 1:
            found += self._held.get(path[:end], ())
        return found

    def roles_on(self, node: Node) -> frozenset[str]:
        return frozenset(grant.role for grant in self.grants_on(node))

    def can(self, verb: str, node: Node) -> bool:
        if verb not in VERBS:
            message = f"unknown verb {verb}"
            raise LookupError(message)
        return self.everywhere or any(verb in GIVES.get(role, ()) for role in self.roles_on(node))

    def level_on(self, node: Node) -> str | None:
        """The most closed level of which this actor reads something on ``node``; None when there is none."""
        if self.everywhere:
            return list(LEVELS)[-1]
        held = {READS[verb] for role in self.roles_on(node) for verb in GIVES.get(role, ()) if verb in READS}
        return next((level for level in reversed(LEVELS) if level in held), None)

    def reaches(self, level: str, node: Node) -> bool:
        """Does this actor read something of that level, or of a more closed one, on ``node``?"""
        held, order = self.level_on(node), list(LEVELS)
        return held is not None and order.index(level) <= order.index(held)

    def require(self, verb: str, node: Node) -> None:
        """Raises PermissionDenied, with a French sentence, when this actor may not do ``verb`` on ``node``."""
        if not self.can(verb, node):
            raise PermissionDenied(self._refusal(verb, node))

    def _refusal(self, verb: str, node: Node) -> str:
        """Says which level is missing, and who can open it, when that is what is missing."""
        asked, held = READS.get(verb), self.level_on(node)
        if asked is None or held is None or self.reaches(asked, node):
            return f"Vous n'avez pas le droit de {VERBS[verb]} ici."
        return (
            f"Il faut le niveau « {LEVELS[asked]} » pour {VERBS[verb]} ; vous lisez ici jusqu'au niveau "
            f"« {LEVELS[held]} ». L'établissement peut vous partager ce niveau, pour un temps."
        )

    @cached_property
    def _paths(self) -> dict[str, list[str]]:
        return {}

    def paths_for(self, verb: str) -> list[str]:
        """Shortest paths below which this actor may do ``verb``, in order."""
        if self.everywhere:
            return [str(n.path) for n in Node.objects.filter(parent=None).order_by("path")]
        if verb not in self._paths:
            self._paths[verb] = _shortest({g.path for g in self.grants if verb in GIVES.get(g.role, ())})
        return self._paths[verb]


def _shortest(paths: set[str]) -> list[str]:
    found: list[str] = []
    for path in sorted(paths):  # in order: what stands below a path comes right after it
        if not found or not path.startswith(found[-1]):
            found.append(path)
    return found
