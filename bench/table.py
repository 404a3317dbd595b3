# SPDX-License-Identifier: EUPL-1.2
"""Figures, targets, and how they are printed."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Row:
    name: str
    value: float
    unit: str
    target: float | None
    peer: str = ""

    @property
    def verdict(self) -> str:
        if self.target is None:
            return ""
        return "met" if self.value <= self.target else "MISSED"


@dataclass
class Table:
    rows: list[Row] = field(default_factory=list)

    def add(self, name: str, value: float, unit: str, target: float | None = None, peer: str = "") -> None:
        row = Row(name, value, unit, target, peer)
        self.rows.append(row)
        print(_line(row), flush=True)

    def head(self) -> None:
        print(f"{'figure':<52} {'measured':>12} {'target':>12}  {'':<7} best known peer")
        print("-" * 110)


def _line(row: Row) -> str:
    target = "" if row.target is None else f"≤ {row.target:g} {row.unit}"
    return f"{row.name:<52} {_short(row.value) + ' ' + row.unit:>12} {target:>12}  {row.verdict:<7} {row.peer}"


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 100 or value == int(value) else f"{value:.2f}" if value < 10 else f"{value:.1f}"


def median_ms(function: Callable[[], object], runs: int = 30, warm_up: int = 3) -> float:
    """Median wall time of one call, in milliseconds."""
    for _ in range(warm_up):
        function()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        function()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)
