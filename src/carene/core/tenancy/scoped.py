# SPDX-License-Identifier: EUPL-1.2
"""Managers that refuse to read rows of organisations without saying whose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models

from carene.core.tenancy.models import Node, under

if TYPE_CHECKING:
    from carene.core.access.actor import Actor

M = TypeVar("M", bound=models.Model)


class ScopeRequired(RuntimeError):
    """Rows of organisations were asked for without a scope; a bug, never a user's mistake."""


class ScopedManager(models.Manager[M]):
    """For models with a ``node`` foreign key (or a path to it given by ``Model.node_lookup``).

    ``of(node)``, ``below(node)`` and ``visible_to(actor, verb)`` give ordinary querysets; anything else raises.
    """

    def get_queryset(self) -> models.QuerySet[M]:
        message = f"{self.model.__name__}: say of(node), below(node), visible_to(actor, verb) or unscoped(reason)."
        raise ScopeRequired(message)

    def _lookup(self) -> str:
        return str(getattr(self.model, "node_lookup", "node"))

    def _rows(self) -> models.QuerySet[M]:
        return models.QuerySet(model=self.model, using=self._db)

    def of(self, node: Node) -> models.QuerySet[M]:
        """Rows of this very node."""
        return self._rows().filter(**{self._lookup(): node})

    def below(self, node: Node) -> models.QuerySet[M]:
        """Rows of this node and of every node below it."""
        return self._rows().filter(under(node.path, f"{self._lookup()}__path"))

    def visible_to(self, actor: Actor, verb: str) -> models.QuerySet[M]:
        """Rows of the nodes where this actor may do ``verb``."""
        condition = models.Q(pk__in=[])
        for path in actor.paths_for(verb):
            condition |= under(path, f"{self._lookup()}__path")
        return self._rows().filter(condition)

    def unscoped(self, reason: str) -> models.QuerySet[M]:
        """Every row; ``reason`` is for the reader of the code (migrations, maintenance, checks)."""
        if not reason:
            raise ScopeRequired
        return self._rows()

    def create(self, **kwargs: Any) -> M:
        return self._rows().create(**kwargs)
