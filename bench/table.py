# SPDX-License-Identifier: EUPL-1.2
"""Figures, targets, and how they are printed."""

from __future__ import annotations

import os
import platform
import sqlite3
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field

# What a process tells another: name, value, unit, target, note.
Figure = tuple[str, float, str, float | None, str]


@dataclass(frozen=True)
class Row:
    """``note``: the best known peer's figure, or which of many this one is."""

    name: str
    value: float
    unit: str
    target: float | None
    note: str = ""

    @property
    def verdict(self) -> str:
        if self.target is None:
            return ""
        return "met" if self.value <= self.target else "MISSED"


@dataclass
class Table:
    rows: list[Row] = field(default_factory=list)

    def add(self, name: str, value: float, unit: str, target: float | None = None, note: str = "") -> None:
        row = Row(name, value, unit, target, note)
        self.rows.append(row)
        print(_line(row), flush=True)

    def head(self) -> None:
        self.say(
            f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, Python {platform.python_version()}, "
            f"SQLite {sqlite3.sqlite_version}, load average {os.getloadavg()[0]:.1f}; medians unless said otherwise."
        )
        self.say(f"A loop that counts to a million: {median_ms(_counted, runs=9):.0f} ms (the machine, today).")
        print(f"{'figure':<64} {'measured':>12} {'target':>12}  {'':<7} best known peer, or which")
        print("-" * 122)

    def say(self, text: str) -> None:
        print(text, flush=True)


def _counted() -> None:
    total = 0
    for number in range(1_000_000):
        total += number


def _line(row: Row) -> str:
    target = "" if row.target is None else f"≤ {row.target:g} {row.unit}"
    return f"{row.name:<64} {_short(row.value) + ' ' + row.unit:>12} {target:>12}  {row.verdict:<7} {row.note}"


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 100 or value == int(value) else f"{value:.2f}" if value < 10 else f"{value:.1f}"


def median_ms(
    function: Callable[[], object],
    runs: int = 30,
    warm_up: int = 3,
    clock: Callable[[], float] = time.perf_counter,
) -> float:
    """Median time of one call in milliseconds: wall time, or what ``clock`` gives in seconds."""
    for _ in range(warm_up):
        function()
    times = []
    for _ in range(runs):
        start = clock()
        function()
        times.append((clock() - start) * 1000)
    return statistics.median(times)
