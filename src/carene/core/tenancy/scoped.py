# SPDX-License-Identifier: EUPL-1.2
"""Managers that refuse to read rows of organisations without saying whose."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import connection, models
from django.db.models import BooleanField, F, Func, Q
from django.db.models.expressions import RawSQL

from carene.core.tenancy.models import Node, under

if TYPE_CHECKING:
    from carene.core.access.actor import Actor

M = TypeVar("M", bound=models.Model)


MANY = 40  # paths; beyond, a condition for each would be too deep for SQLite and slow to plan for both databases


def below_any(field: str, paths: Sequence[str]) -> Q | Func:
    """Condition "this node, or one above it, has one of thousands of paths": one parameter, one walk of the index for
    each path."""
    parameter: Any
    if connection.vendor == "postgresql":
        given, parameter = "unnest(%s::text[]) AS given(path)", list(paths)
        start, end = 'given.path COLLATE "C"', "(left(given.path, -1) || '0') COLLATE \"C\""
    else:
        given, parameter = "json_each(%s) AS given", json.dumps(list(paths))
        start, end = "given.value", "substr(given.value, 1, length(given.value) - 1) || '0'"
    # « 0 » follows « / », with which every path ends: the range that ``under`` writes.
    table = Node._meta.db_table
    query = f"SELECT n.id FROM {given} JOIN {table} n ON n.path >= {start} AND n.path < {end}"  # nosec B608
    ids = RawSQL(query, [parameter])
    if connection.vendor != "postgresql":
        return Q(**{f"{field}__in": ids})
    # An array, not a set: PostgreSQL believes that a range holds a ninth of the tree, and would rather look through all
    # the paths again for each row than find their nodes once.
    return Func(F(field), ids, arg_joiner=" = ANY(ARRAY", template="(%(expressions)s))", output_field=BooleanField())


def among(ids: Sequence[int]) -> Sequence[int] | RawSQL:
    """For « __in »: thousands of ids as one parameter, which costs a tenth of writing and reading each of them."""
    if len(ids) <= MANY:
        return ids
    if connection.vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::bigint[])", [list(ids)])
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(list(ids))])


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
        paths = actor.paths_for(verb)
        if len(paths) > MANY:
            return self._rows().filter(below_any(self._lookup(), paths))
        condition = models.Q(pk__in=[])
        for path in paths:
            condition |= under(path, f"{self._lookup()}__path")
        return self._rows().filter(condition)

    def unscoped(self, reason: str) -> models.QuerySet[M]:
        """Every row; ``reason`` is for the reader of the code (migrations, maintenance, checks)."""
        if not reason:
            raise ScopeRequired
        return self._rows()

    def create(self, **kwargs: Any) -> M:
        return self._rows().create(**kwargs)
