# SPDX-License-Identifier: EUPL-1.2
"""Whose rows the code that runs now may touch. On PostgreSQL the session carries it, and the database holds to it.

What is said here belongs to the thread and the moment, not to a connection: ``core.database.postgresql`` brings the
session of the database to it before each statement. Nothing said: no row at all.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

COMMON = "0"  # no node has this id: it stands for the rows of the journal that belong to no organisation


@dataclass(frozen=True)
class Scope:
    """Two JSON objects whose keys are ids of nodes (or ``*``, ``COMMON``), as the session of the database holds them.

    A row is seen when its node, or one above it, is in ``seen``; a few tables also show what stands at the nodes of
    ``above``: those over the nodes of ``seen``, whose frameworks and services one uses.
    """

    seen: str = ""
    above: str = ""


NOTHING = Scope()
EVERYTHING = Scope('{"*":1}')

_rows: ContextVar[Scope] = ContextVar("carene_rows", default=NOTHING)
_lifted: ContextVar[Scope | None] = ContextVar("carene_rows_lifted", default=None)


def current() -> Scope:
    return _lifted.get() or _rows.get()


def of(paths: Iterable[str]) -> Scope:
    """The rows below these paths (``"1/7/42/"``)."""
    seen, above = set(), set()
    for path in paths:
        *over, last = path.rstrip("/").split("/")
        seen.add(last)
        above.update(over)
    return Scope(_keys(seen), _keys(above - seen))


def _keys(names: set[str]) -> str:
    return json.dumps(dict.fromkeys(sorted(names), 1), separators=(",", ":")) if names else ""


def take(scope: Scope) -> None:
    """From now on, and until the end of the surrounding ``nothing``: what a request does once it knows who asks."""
    _rows.set(scope)


@contextmanager
def nothing() -> Iterator[None]:
    """No row, until ``take``; at the end, what was before, whatever was taken inside."""
    rows, lifted = _rows.set(NOTHING), _lifted.set(None)
    try:
        yield
    finally:
        _rows.reset(rows)
        _lifted.reset(lifted)


@contextmanager
def everything(reason: str) -> Iterator[None]:
    """Every row: commands of the administrator of the server, and the few questions that no scope can answer.

    ``reason`` is for the reader of the code.
    """
    if not reason:
        message = "say why every row is needed"
        raise ValueError(message)
    with _lift(EVERYTHING):
        yield


@contextmanager
def with_common() -> Iterator[None]:
    """The rows of the journal that belong to no organisation, besides those already seen."""
    scope = current()
    if scope == EVERYTHING:
        yield
        return
    seen = json.loads(scope.seen or "{}") | {COMMON: 1}
    with _lift(Scope(json.dumps(seen, separators=(",", ":")), scope.above)):
        yield


@contextmanager
def _lift(scope: Scope) -> Iterator[None]:
    token = _lifted.set(scope)
    try:
        yield
    finally:
        _lifted.reset(token)
