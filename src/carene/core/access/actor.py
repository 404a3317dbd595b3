# SPDX-License-Identifier: EUPL-1.2
"""The one who acts: a person (or a machine acting for one), their memberships, and where they act from."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from django.core.exceptions import PermissionDenied

from carene.core.access.policy import POLICY, VERBS
from carene.core.accounts.models import User
from carene.core.tenancy.models import Membership, Node


@dataclass(frozen=True)
class Grant:
    path: str
    role: str


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
        rows = Membership.objects.filter(user=user).values_list("node__path", "role")
        return cls(user, tuple(Grant(path, role) for path, role in rows), origin, address)

    @classmethod
    def system(cls, origin: str = "system") -> Actor:
        """An actor without a person who may do everything; only for commands run by the administrator of the server."""
        return cls(None, (), origin, "", everywhere=True)

    @cached_property
    def label(self) -> str:
        return str(self.user) if self.user else "Système"

    def roles_on(self, node: Node) -> frozenset[str]:
        return frozenset(g.role for g in self.grants if node.path.startswith(g.path))

    def can(self, verb: str, node: Node) -> bool:
        if verb not in VERBS:
            message = f"unknown verb {verb}"
            raise LookupError(message)
        return self.everywhere or any(verb in POLICY.get(role, ()) for role in self.roles_on(node))

    def require(self, verb: str, node: Node) -> None:
        """Raises PermissionDenied, with a French sentence, when this actor may not do ``verb`` on ``node``."""
        if not self.can(verb, node):
            message = f"Vous n'avez pas le droit de {VERBS[verb]} ici."
            raise PermissionDenied(message)

    def paths_for(self, verb: str) -> list[str]:
        """Shortest paths below which this actor may do ``verb``."""
        if self.everywhere:
            return [str(n.path) for n in Node.objects.filter(parent=None).order_by("path")]
        paths = sorted({g.path for g in self.grants if verb in POLICY.get(g.role, ())})
        shortest: list[str] = []
        for path in paths:  # in order: what stands below a path comes right after it
            if not shortest or not path.startswith(shortest[-1]):
                shortest.append(path)
        return shortest
