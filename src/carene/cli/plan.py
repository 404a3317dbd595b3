# SPDX-License-Identifier: EUPL-1.2
"""``carene plan``: its arguments, and ``psplib``, the scheduling core held against published instances."""

from __future__ import annotations

import argparse
import json
import math
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from carene.cli.outputs import STANDARD, write

if TYPE_CHECKING:
    from carene.engines.planner.scheduling.model import Project, Solution

SUFFIXES = (".txt", ".rcp")  # what is taken from a folder
LONGEST = 86_400  # seconds
PSPLIB, INSTANCE_SECONDS = "psplib", 10.0


def register(subparsers: Any) -> None:
    family = subparsers.add_parser(
        "plan",
        help="planifie la feuille de route d'un fichier ; « psplib » : éprouve le cœur de calcul",
        description="« carene plan FICHIER » : la feuille de route de ce fichier de réponses. « carene plan psplib "
        "FICHIER… » : des instances d'ordonnancement publiées, au format Patterson.",
    )
    family.add_argument(
        "files",
        nargs="+",
        metavar="FICHIER",
        help="réponses ; ou « psplib » puis des instances, dossiers ou motifs comme « J30_*.txt »",
    )
    family.add_argument("--json", metavar="FICHIER", help="écrit tout le résultat (« - » : sortie standard)")
    family.add_argument("--seconds", type=float, metavar="S", help="temps de calcul (défaut : 30 ; par instance : 10)")
    family.add_argument("--steps", type=int, metavar="N", help="nombre d'essais au lieu d'un temps : même plan partout")
    family.add_argument("--seed", type=int, default=0, metavar="N", help="graine du hasard (défaut : 0)")
    family.add_argument("--workers", type=int, default=2, metavar="N", help="cœurs à employer (défaut : 2)")
    family.add_argument(
        "--objective",
        choices=("maturite", "risque", "soins"),
        help="ce que le plan doit valoir : points de maturité (défaut), euros ou jours de soins évités",
    )
    family.set_defaults(handler=run)


def run(arguments: argparse.Namespace) -> int:
    """``psplib`` first, and the rest are instances; else one file of answers."""
    from carene.cli.roadmap import run_file
    from carene.engines.sources import InputError

    if arguments.files[0] != PSPLIB:
        return run_file(arguments)
    arguments.files = arguments.files[1:]
    if not arguments.files:
        raise InputError("il manque l'instance à résoudre", remedy="la nommer après « psplib »")
    for name in ("steps", "objective"):
        if getattr(arguments, name) is not None:
            raise InputError("cette option ne va pas avec « psplib »", where=f"--{name}", remedy="la retirer")
    arguments.seconds = INSTANCE_SECONDS if arguments.seconds is None else arguments.seconds
    return run_psplib(arguments)


def run_psplib(arguments: argparse.Namespace) -> int:
    """Every file is read before anything is solved: a wrong one costs no waiting."""
    _check(arguments)
    paths = list(dict.fromkeys(path for name in arguments.files for path in _expand(name)))
    _check_target(arguments.json, paths)
    projects = [(path, _read(path)) for path in paths]
    shown = arguments.json != STANDARD
    found = []
    if shown:
        print(_line("instance", "durée", "borne", "écart", "secondes", ""))
    for path, solution in _solve(projects, arguments):
        found.append(_machine(path, solution))
        if shown:
            print(_told(path, solution), flush=True)
    if arguments.json:
        write(arguments.json, (json.dumps(found, ensure_ascii=False, indent=1) + "\n").encode("utf-8"))
    return 0


def _check(arguments: argparse.Namespace) -> None:
    from carene.engines.sources import InputError

    if not (math.isfinite(arguments.seconds) and 0 < arguments.seconds <= LONGEST):
        raise InputError(
            "le temps par instance n'est pas possible",
            where="--seconds",
            remedy=f"donner un nombre de secondes au-dessus de zéro, {LONGEST} au plus",
        )
    if not 1 <= arguments.workers <= 64:
        raise InputError("ce nombre de cœurs n'est pas possible", where="--workers", remedy="en donner de 1 à 64")


def _expand(name: str) -> Iterator[Path]:
    """A file, the instances of a folder, or what a pattern that the shell left alone matches; in natural order."""
    from glob import glob, has_magic

    from carene.engines.sources import InputError

    path = Path(name)
    if path.is_dir():
        found = [one for one in path.iterdir() if one.suffix.lower() in SUFFIXES and one.is_file()]
        missing = f"ce dossier n'a aucun fichier {' ni '.join(SUFFIXES)}"
    elif has_magic(name) and not path.exists():
        found = [Path(one) for one in glob(name) if Path(one).is_file()]
        missing = "aucun fichier ne répond à ce motif"
    else:
        yield path
        return
    if not found:
        raise InputError(missing, where=name, remedy="vérifier le nom")
    yield from sorted(
        found, key=lambda one: [int(part) if part.isdigit() else part for part in re.split(r"([0-9]+)", one.as_posix())]
    )


def _check_target(target: str | None, sources: list[Path]) -> None:
    from carene.engines.sources import InputError

    if target is None or target == STANDARD:
        return
    if not target:
        raise InputError("le nom du fichier à écrire est vide", where="--json", remedy="le donner, ou retirer l'option")
    written = Path(target)
    if written.is_file() and any(source.is_file() and written.samefile(source) for source in sources):
        raise InputError("ce résultat écraserait une instance", where=target, remedy="lui donner un autre nom")


def _read(path: Path) -> Project:
    from carene.engines.planner.scheduling.patterson import read_patterson
    from carene.engines.sources.files import read_bytes

    # Whatever the encoding was, an instance holds digits and blanks: the reader refuses the rest by its line.
    return read_patterson(read_bytes(path).decode("utf-8", errors="replace"), str(path))


def _solve(projects: list[tuple[Path, Project]], arguments: argparse.Namespace) -> Iterator[tuple[Path, Solution]]:
    from carene.cli.bar import Bar
    from carene.engines.planner.scheduling.exact import load
    from carene.engines.planner.scheduling.solve import solve

    load()  # not counted in the seconds of the first instance
    bar = Bar()
    for rank, (path, project) in enumerate(projects):
        begun = time.monotonic()

        def waiting(rank: int = rank, begun: float = begun) -> bool:
            spent = min(1.0, (time.monotonic() - begun) / arguments.seconds)
            bar.show("Calcul", (rank + spent) / len(projects))
            return False

        try:
            solution = solve(
                project, seconds=arguments.seconds, seed=arguments.seed, workers=arguments.workers, stop=waiting
            )
        finally:
            bar.clear()
        yield path, solution


def _machine(path: Path, solution: Solution) -> dict[str, Any]:
    """``schedule``: start of each activity under its number in the file, from « 1 », dummies included."""
    return {
        "instance": path.stem,
        "file": str(path),
        "makespan": solution.makespan,
        "bound": solution.bound,
        "proven": solution.proven,
        "seconds": round(solution.seconds, 3),
        "method": solution.method,
        "schedule": dict(solution.schedule.starts),
    }


def _told(path: Path, solution: Solution) -> str:
    from carene.engines import french

    gap = solution.makespan / solution.bound - 1 if solution.bound else 0.0
    return _line(
        path.stem,
        str(solution.makespan),
        str(solution.bound),
        french.percent(100 * gap, 1),
        french.number(solution.seconds, 1),
        "prouvé" if solution.proven else "",
    )


def _line(instance: str, makespan: str, bound: str, gap: str, seconds: str, proven: str) -> str:
    return f"{instance:<24} {makespan:>7} {bound:>7} {gap:>9} {seconds:>9}  {proven}".rstrip()
