# SPDX-License-Identifier: EUPL-1.2
"""Which rows PostgreSQL shows: one condition for each table, drawn from the foreign keys that lead to a node.

A new model is protected without a word, by its ``node`` or by the row that it hangs from. What stands in the tables
below is what is not ordinary, each with its reason. Nothing here is done on SQLite, which has no such thing.

A migration that removes a column named by a condition first drops the policies of its table; they come back after it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models

from carene.core.row_security.scope import COMMON
from carene.core.tenancy.models import Node

Model = type[models.Model]
NODES = Node._meta.db_table

# Everyone reads, nobody writes outside their scope.
OPEN_TO_READ = {
    "tenancy.node": "bare ids: the tree that every condition walks, and a public register",
    "organisations.organisation": "a public register, searched by trigrams: these operators are not leakproof, a "
    "condition would forbid their index",
    "tenancy.membership": "read to know who asks; whether somebody holds a right elsewhere decides what may be shown",
    "access.share": "read to know who asks",
}
# What an organisation holds for those below it: they read it too.
READ_FROM_BELOW = {
    "assessments.importedreferential": "a framework is used by every establishment below the one that brought it",
    "observatory.rollup": "an establishment compares itself with the whole; small cells never leave the queries",
    "observatory.snapshot": "the same, as it was when the month was closed",
    "observatory.aimedat": "what a region or the nation aims at is what its establishments aim at",
    "campaigns.campaign": "whoever is asked reads what is asked",
    "campaigns.comment": "what is said to everyone in a campaign stands at its place",
    "funding.ceiling": "the table of ceilings of a region, or of the nation, holds for every candidate below",
    "funding.setting": "so do the dates and the objectives that they add to a domain",
    "resources.offer": "what a region or a GHT offers is read by those that it is for",
    "resources.trajectory": "the path of a GHT is that of its members",
    "organisations.registerimport": "a profile says of which day are the registers that its figures come from",
    "organisations.sharedservice": "a service is seen by those that it may be for",
}
# Through which foreign keys a row is seen, where ``node`` alone is not the answer; any of them is enough.
THROUGH = {
    "funding.member": ("application",),  # who carries a file for a GHT writes of all its members
    "organisations.beneficiary": ("service",),  # whoever sees a service sees for whom it is
}
FUNCTION = """CREATE OR REPLACE FUNCTION {name}() RETURNS jsonb LANGUAGE sql STABLE PARALLEL SAFE
    RETURN coalesce(nullif(current_setting('{setting}', true), ''), '{{}}')::jsonb"""
FUNCTIONS = (
    FUNCTION.format(name="carene_scope", setting="carene.scope"),
    FUNCTION.format(name="carene_above", setting="carene.above"),
)


@dataclass(frozen=True)
class Policy:
    """``condition`` decides for ``command``; it stands in USING or WITH CHECK, or in both, as the command wants."""

    table: str
    name: str
    command: str
    condition: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(f"{self.command} {self.condition}".encode()).hexdigest()[:16]

    @property
    def statement(self) -> str:
        using = "" if self.command == "INSERT" else f" USING ({self.condition})"
        check = f" WITH CHECK ({self.condition})" if self.command in {"ALL", "INSERT", "UPDATE"} else ""
        return f'CREATE POLICY {self.name} ON "{self.table}" FOR {self.command}{using}{check}'


def protected() -> dict[Model, tuple[models.ForeignKey[Any, Any], ...]]:
    """Every model with a path to a node → the foreign keys through which its rows are seen; parents first."""
    found: dict[Model, tuple[models.ForeignKey[Any, Any], ...]] = {Node: ()}
    waiting = [m for m in apps.get_models(include_auto_created=True) if m is not Node and not m._meta.proxy]
    while True:
        fresh = {model: links for model in waiting if model not in found and (links := _links(model, found))}
        if not fresh:
            return found
        found |= fresh


def _links(model: Model, known: dict[Model, Any]) -> tuple[models.ForeignKey[Any, Any], ...]:
    keys = {f.name: f for f in model._meta.concrete_fields if isinstance(f, models.ForeignKey)}
    chosen = THROUGH.get(model._meta.label_lower)
    if chosen:
        return tuple(keys[name] for name in chosen) if all(keys[n].related_model in known for n in chosen) else ()
    if "node" in keys:
        return (keys["node"],)
    return tuple(f for f in keys.values() if f.related_model in known and f.related_model is not model)[:1]


def policies() -> Iterator[Policy]:
    """Those of every protected table."""
    for model, links in protected().items():
        table, label = model._meta.db_table, model._meta.label_lower
        condition = " OR ".join(_hangs(table, link) for link in links) or _of_the_tree(table)
        if label in OPEN_TO_READ:
            yield Policy(table, "carene_read", "SELECT", "true")
            for command in ("INSERT", "UPDATE", "DELETE"):
                yield Policy(table, f"carene_{command.lower()}", command, condition)
            continue
        yield Policy(table, "carene_rows", "ALL", condition)
        if label in READ_FROM_BELOW:
            yield Policy(
                table, "carene_below", "SELECT", f'(SELECT carene_above()) ? "{table}"."{links[0].column}"::text'
            )


def _hangs(table: str, link: models.ForeignKey[Any, Any]) -> str:
    """This row is seen when the one that it hangs from is: a node by its path, another one by its own policy."""
    target, column = link.target_field.model._meta.db_table, f'"{table}"."{link.column}"'
    found = f'parent."{link.target_field.column}" = {column}'
    if target == NODES:
        found += f" AND {_seen('parent.path')}"
    exists = f'EXISTS (SELECT 1 FROM "{target}" parent WHERE {found})'
    if target == NODES:
        # The place where one holds a role is seen at once; only what stands below it costs a look at the tree.
        exists = f"(jsonb_exists((SELECT carene_scope()), ({column})::text) OR {exists})"
    return f"CASE WHEN {column} IS NULL THEN {COMMON_SEEN} ELSE {exists} END" if link.null else exists


def _of_the_tree(table: str) -> str:
    """A node is written by whoever sees it or, when it is made or moved, sees the one right above."""
    parent = f"SELECT 1 FROM {NODES} parent WHERE parent.id = {table}.parent_id AND {_seen('parent.path')}"
    return f"{_seen(f'{table}.path')} OR EXISTS ({parent})"


def _seen(path: str) -> str:
    """The sub-select makes PostgreSQL read the setting once for each statement, not for each row."""
    return f"jsonb_exists_any((SELECT carene_scope()), string_to_array('*/' || {path}, '/'))"


COMMON_SEEN = f"jsonb_exists_any((SELECT carene_scope()), ARRAY['*', '{COMMON}'])"
