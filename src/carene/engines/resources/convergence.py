# SPDX-License-Identifier: EUPL-1.2
"""How far a group has converged: steps × members, each begun or not, dated, done with its proof."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from carene.engines import french

State = Literal["todo", "planned", "done", "not_applicable"]


@dataclass(frozen=True, slots=True)
class Mark:
    """What a member said of a step. ``on``: the day for which it is planned, or on which it was done."""

    step: str
    state: State
    on: dt.date | None = None

    def late_on(self, today: dt.date) -> bool:
        return self.state == "planned" and self.on is not None and self.on < today

    def words(self, today: dt.date) -> str:
        if self.state == "done":
            return f"fait en {french.month_and_year(self.on)}" if self.on else "fait"
        if self.state == "planned" and self.on is not None:
            late = f", {french.due(self.on, today)}" if self.late_on(today) else ""
            return f"prévu en {french.month_and_year(self.on)}{late}"
        return "sans objet" if self.state == "not_applicable" else "pas commencé"


@dataclass(frozen=True, slots=True)
class Progress:
    """``expected``: steps × members without those that are not applicable."""

    done: int
    planned: int
    late: int
    expected: int

    @property
    def share(self) -> float | None:
        """0–1; None when nothing is expected."""
        return self.done / self.expected if self.expected else None

    @property
    def begun(self) -> bool:
        return bool(self.done or self.planned)


def progress(marks: Iterable[Mark], expected: int, today: dt.date) -> Progress:
    """Of some members on some steps; ``expected``: how many marks there would be if all had said something."""
    rows: Sequence[Mark] = list(marks)
    return Progress(
        done=sum(one.state == "done" for one in rows),
        planned=sum(one.state == "planned" for one in rows),
        late=sum(one.late_on(today) for one in rows),
        expected=expected - sum(one.state == "not_applicable" for one in rows),
    )
