# SPDX-License-Identifier: EUPL-1.2
"""Published instances, a few of each size for a short time; ``python -m bench planning`` does them all."""

from __future__ import annotations

import csv

import pytest

from carene.engines.planner.scheduling.exact import load
from carene.engines.planner.scheduling.patterson import read_patterson
from carene.engines.planner.scheduling.solve import solve
from tests.engines.planner.schedule_checker import faults, patterson
from tests.support.shared_data import shared_data

pytestmark = pytest.mark.shared_data


def best_known() -> dict[str, int]:
    with shared_data("psplib/best_known.csv").open(encoding="utf-8") as file:
        return {row["instance"]: int(row["bks"]) for row in csv.DictReader(file)}


# Seconds, and how far above the best known: wide enough for a machine that does something else at the same time.
@pytest.mark.parametrize(
    ("name", "seconds", "above"),
    [
        ("J30_2", 2, 0.0),
        ("J30_362", 2, 0.0),
        ("J60_102", 1, 0.0),
        ("J60_442", 1.5, 0.07),
        ("J120_146", 1, 0.0),
        ("J120_2", 2, 0.06),
    ],
)
def test_close_to_the_best_known(name: str, seconds: float, above: float) -> None:
    load()
    path = shared_data(f"psplib/{name}.txt")
    solution = solve(read_patterson(path.read_text(encoding="utf-8"), path.name), seconds=seconds)
    assert list(faults(patterson(path), solution.schedule.starts, solution.makespan)) == []
    best = best_known()[path.name]
    assert solution.bound <= best <= solution.makespan <= best * (1 + above)
    assert solution.proven == (solution.bound == solution.makespan)


def test_every_shared_instance_gets_a_valid_schedule() -> None:
    for name, best in best_known().items():
        path = shared_data(f"psplib/{name}")
        solution = solve(read_patterson(path.read_text(encoding="utf-8"), name), steps=3)
        assert list(faults(patterson(path), solution.schedule.starts, solution.makespan)) == []
        assert solution.bound <= best <= solution.makespan
