# SPDX-License-Identifier: EUPL-1.2
"""``carene plan FILE``: the best roadmap that the means of a file of answers can carry, and its proven bound."""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from carene.engines.exchange.assess import Outcome
    from carene.engines.planner.model import Plan, Problem

SECONDS = 30.0
LONGEST, MOST_STEPS = 86_400, 100_000_000
SHOWN = 12  # actions
REGRETTED = 3  # measures named when nothing fits


def run_file(arguments: argparse.Namespace) -> int:
    from carene.cli.assess import check_targets, read_answers, today
    from carene.cli.group import run_group
    from carene.cli.outputs import write
    from carene.engines.exchange.assess import assess
    from carene.engines.exchange.group import group_document
    from carene.engines.exchange.workbook import WorkbookLimits
    from carene.engines.planner.usual import proposals
    from carene.engines.referential.catalogue import care
    from carene.engines.simulation.loader import shipped
    from carene.engines.sources import InputError
    from carene.engines.sources.document import Limits
    from carene.engines.sources.files import read_bytes

    if len(arguments.files) > 1:
        raise InputError("un seul fichier de réponses est planifié à la fois", where=arguments.files[1])
    name = arguments.files[0]
    _check(arguments)
    if arguments.json is not None:
        check_targets(name, [arguments.json])
    day, referential = today(), care()
    content = read_bytes(Path(name), limits=Limits(size=WorkbookLimits().size))
    group = group_document(content, name)
    if group is not None:
        return run_group(arguments, group)
    outcome = assess(
        read_answers(content, name, referential, day),
        referential,
        day,
        name,
        planner=planner(
            SECONDS if arguments.seconds is None else arguments.seconds,
            steps=arguments.steps,
            seed=arguments.seed,
            workers=arguments.workers,
        ),
        aim=arguments.objective or "maturite",
        calendar=proposals().calendar.months,
        risk=shipped(),
    )
    if arguments.json is not None:
        write(arguments.json, _json(outcome))
    if arguments.json != "-":
        print("\n".join(_summary(outcome)))
    return 0


def planner(seconds: float, *, steps: int | None = None, seed: int = 0, workers: int = 2) -> Callable[[Problem], Plan]:
    """The optimiser for that long, or the greedy alone for no time at all; a bar where a person looks."""
    from carene.cli.bar import Bar
    from carene.engines.planner.optimise import optimise
    from carene.engines.planner.planning import plan

    check_seconds(seconds)
    if seconds == 0 and steps is None:
        return plan

    def best(problem: Problem) -> Plan:
        if not sys.stderr.isatty():
            return optimise(problem, seconds=seconds, steps=steps, seed=seed, workers=workers)
        bar = Bar()
        try:
            return optimise(
                problem,
                seconds=seconds,
                steps=steps,
                seed=seed,
                workers=workers,
                progress=lambda stage, value, bound, share: bar.show("Calcul du plan", share),
            )
        finally:
            bar.clear()

    return best


def check_seconds(seconds: float) -> None:
    from carene.engines.sources import InputError

    if not (math.isfinite(seconds) and 0 <= seconds <= LONGEST):
        raise InputError(
            "le temps de calcul n'est pas possible",
            where="--seconds",
            remedy=f"donner un nombre de secondes, {LONGEST} au plus",
        )


def _check(arguments: argparse.Namespace) -> None:
    from carene.engines.sources import InputError

    for option, value, least, most in (
        ("--steps", arguments.steps, 0, MOST_STEPS),
        ("--workers", arguments.workers, 1, 64),
        ("--seed", arguments.seed, 0, 2**63),
    ):
        if value is not None and not least <= value <= most:
            raise InputError("ce nombre n'est pas possible", where=option, remedy=f"en donner un de {least} à {most}")


def _json(outcome: Outcome) -> bytes:
    from carene.engines.exchange.result import to_result

    data = to_result(outcome)
    kept = ("format", "date", "referential", "organisation", "roadmap", "avoided", "notices")
    chosen = {key: data[key] for key in kept if key in data}
    return (json.dumps(chosen, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def _summary(outcome: Outcome) -> Iterator[str]:
    from carene.apps.exchange.headless import UNNAMED
    from carene.engines import french
    from carene.engines.planner.avoided import sentence

    plan = outcome.plan
    titles = {candidate.id: candidate.title for candidate in plan.problem.candidates}
    yield outcome.questionnaire.card.name or UNNAMED
    spent = sum(action.cost for action in plan.actions)
    yield f"Feuille de route : {french.counted(len(plan.actions), 'action')}, {french.euros(spent)}."
    if plan.actions:
        yield f"Valeur : {french.amount(plan.value, plan.unit)}{proof(plan)}."
    else:
        yield from _nothing(plan)
    for action in plan.actions[:SHOWN]:
        month, cost = french.month_and_year(action.start), french.compact_euros(action.cost)
        yield f"  {month:<15} {titles[action.measure]} ({cost})"
    if len(plan.actions) > SHOWN:
        yield f"  … et {len(plan.actions) - SHOWN} autres (--json pour tout avoir)"
    if outcome.avoided is not None:
        yield ""
        yield sentence(outcome.avoided, plan.unit)
    yield ""
    yield plan.method
    yield from (f"Non tenu : {told}" for told in plan.unmet)
    yield from (f"À savoir : {told}" for told in (*outcome.notices, *plan.problem.notes))


def _nothing(plan: Plan) -> Iterator[str]:
    """Why the plan is empty: what it regrets most."""
    from carene.engines import french
    from carene.engines.planner.outlook import regret

    known = {candidate.id: candidate for candidate in plan.problem.candidates}
    missed = [(regret(plan, known[left.measure]), left) for left in plan.left_out]
    missed = [pair for pair in missed if pair[0] > 0]
    missed.sort(key=lambda pair: (pair[1].code not in ("budget", "team"), -pair[0], pair[1].measure))
    if not missed:
        yield "Aucune mesure n'apporterait plus rien dans cet horizon."
        return
    yield "Aucune mesure n'entre dans ce plan. Les plus utiles, et ce qui leur manque :"
    for _, left in missed[:REGRETTED]:
        yield f"  {french.quoted(known[left.measure].title)} : {left.short[:1].lower()}{left.short[1:]}"


def proof(plan: Plan) -> str:
    from carene.engines import french

    if plan.gap is None:
        return ""
    if plan.gap < 1e-6:
        return ", et aucun plan ne vaut plus"
    return f", à {french.share(plan.gap, 1)} au plus du meilleur plan possible"
