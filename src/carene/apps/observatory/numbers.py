# SPDX-License-Identifier: EUPL-1.2
"""Names ↔ small numbers. They never change: a process learns them once; the tests forget them with their database."""

from __future__ import annotations

from collections.abc import Iterable

from carene.apps.observatory.models import Number
from carene.engines.observatory.model import Observatory

FIGURE = "figure:"


class Numbers:
    """``of_indicator`` and ``of_figure``: name → number; ``figure``: number → name."""

    def __init__(self, pairs: Iterable[tuple[int, str]]) -> None:
        found = {key: no for no, key in pairs}
        self.of_indicator = {key: no for key, no in found.items() if not key.startswith(FIGURE)}
        self.of_figure = {key.removeprefix(FIGURE): no for key, no in found.items() if key.startswith(FIGURE)}
        self.figure = {no: key for key, no in self.of_figure.items()}


def read() -> Numbers:
    """Those that are known; one query."""
    return Numbers(Number.objects.order_by("id").values_list("id", "key"))


def ready(observatory: Observatory) -> Numbers:
    """The same, once everything that the pack follows has a number and its validity; for what writes."""
    wanted = {**observatory.observed, **{f"{FIGURE}{figure.id}": 0 for figure in observatory.figures}}
    there = {row.key: row for row in Number.objects.order_by("id")}
    Number.objects.bulk_create(
        [Number(key=key, validity=months) for key, months in wanted.items() if key not in there], batch_size=200
    )
    moved = [row for key, row in there.items() if key in wanted and row.validity != wanted[key]]
    for row in moved:
        row.validity = wanted[row.key]
    Number.objects.bulk_update(moved, ["validity"], batch_size=200)
    return read()
