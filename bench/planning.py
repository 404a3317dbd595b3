# SPDX-License-Identifier: EUPL-1.2
"""The planner against published problems.

``psplib``: the instances of PSPLIB (Kolisch, Sprecher 1996) that stand in ``shared/data/psplib``, ten seconds each on
two cores; average deviation from the best known makespans. One instance in ``STEP`` by default, all of them with
``python -m bench.planning --all [SET …]``. Each schedule goes through the checker of the tests.
"""

from __future__ import annotations

import csv
import os
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.table import Table

SECONDS = 10.0
WORKERS = 2
STEP = 6
# Set → highest average deviation aimed at, that of a plain warm-started CP-SAT (%).
SETS = {"J30": (0.0, 0.0), "J60": (0.5, 0.62), "J120": (4.0, 4.76)}


@dataclass(frozen=True)
class Result:
    name: str
    deviation: float  # % above the best known
    gap: float  # % above the bound
    proven: bool
    seconds: float


def run(table: Table, *, every: bool = False, sets: tuple[str, ...] = tuple(SETS)) -> None:
    folder = _folder()
    if folder is None:
        table.say("PSPLIB: not measured, shared/data/psplib is not beside the repository.")
        return
    for name in sets:
        paths = sorted(folder.glob(f"{name}_*.txt"), key=lambda path: int(path.stem.partition("_")[2]))
        chosen = paths if every else paths[::STEP]
        load, results = os.getloadavg()[0], []
        for result in _solve(folder, chosen):
            results.append(result)
            if every:
                table.say(
                    f"  {result.name:<10} {result.deviation:5.2f} % from the best known, {result.gap:5.1f} % from the "
                    f"bound{', proven' if result.proven else ''}, {result.seconds:.1f} s"
                )
        _tell(table, name, results, f"{len(chosen)} of {len(paths)}, load {load:.1f} to {os.getloadavg()[0]:.1f}")


def _tell(table: Table, name: str, results: list[Result], which: str) -> None:
    target, plain = SETS[name]
    said = f"{name}, {SECONDS:g} s: "
    deviations = [result.deviation for result in results]
    note = f"plain CP-SAT {plain:g} %; {which}"
    table.add(f"{said}mean deviation from the best known", statistics.mean(deviations), "%", target, note)
    table.add(f"{said}worst deviation", max(deviations), "%", None, max(results, key=lambda r: r.deviation).name)
    table.add(f"{said}mean gap to our own bound", statistics.mean(result.gap for result in results), "%")
    table.add(f"{said}proven optimal", sum(result.proven for result in results), f"of {len(results)}")
    table.add(f"{said}median time", statistics.median(result.seconds for result in results), "s")


def _solve(folder: Path, paths: list[Path]) -> Iterator[Result]:
    from tests.engines.planner.schedule_checker import faults, patterson

    from carene.engines.planner.scheduling.exact import load
    from carene.engines.planner.scheduling.patterson import read_patterson
    from carene.engines.planner.scheduling.solve import solve

    with (folder / "best_known.csv").open(encoding="utf-8") as file:
        best = {row["instance"]: int(row["bks"]) for row in csv.DictReader(file)}
    load()
    for path in paths:
        project = read_patterson(path.read_text(encoding="utf-8"), path.name)
        found = solve(project, seconds=SECONDS, workers=WORKERS)
        wrong = list(faults(patterson(path), found.schedule.starts, found.makespan))
        if wrong or found.bound > best[path.name]:
            raise SystemExit(f"{path.name}: bound {found.bound} of {best[path.name]}, {wrong}")
        yield Result(
            path.stem,
            100 * (found.makespan / best[path.name] - 1),
            100 * (found.makespan / max(1, found.bound) - 1),
            found.proven,
            found.seconds,
        )


def _folder() -> Path | None:
    root = Path(os.environ["CARENE_SHARED_DATA"]) if "CARENE_SHARED_DATA" in os.environ else None
    places = [root] if root else [parent / "shared" / "data" for parent in Path(__file__).resolve().parents]
    return next((place / "psplib" for place in places if (place / "psplib").is_dir()), None)


if __name__ == "__main__":
    shown = Table()
    shown.head()
    asked = tuple(word for word in sys.argv[1:] if word in SETS)
    run(shown, every="--all" in sys.argv, sets=asked or tuple(SETS))
