# SPDX-License-Identifier: EUPL-1.2
"""What can be computed: apps say it in ``AppConfig.ready``, by dotted names, so that a web process loads none of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from carene.core.jobs.models import Job
    from carene.core.jobs.reporting import Report

    Run = Callable[[Job, Report], Any]
    Keep = Callable[[Job, Any], Any]


@dataclass(frozen=True)
class Kind:
    """``run(job, report)`` computes and writes nothing; ``keep(job, found)`` then writes what was found, in the
    transaction that ends the job, and gives its JSON-ready result. Without ``keep``, what ``run`` gives is the result.

    ``title`` is French, for people.
    """

    name: str
    title: str
    run: str
    keep: str = ""

    def runner(self) -> Run:
        found: Run = import_string(self.run)
        return found

    def keeper(self) -> Keep | None:
        found: Keep | None = import_string(self.keep) if self.keep else None
        return found


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    _kinds[kind.name] = kind


def get(name: str) -> Kind:
    """Raises LookupError: a kind that no app of this version knows."""
    try:
        return _kinds[name]
    except KeyError as error:
        raise LookupError(name) from error
