# SPDX-License-Identifier: EUPL-1.2
"""``carene plan FILE`` where the file describes a group: its members planned together."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from carene.engines.exchange.assess import Aim, Prepared
    from carene.engines.planner.group.model import Group, GroupPlan
    from carene.engines.sources.document import Document

SHOWN = 12  # common measures
WIDTH = 34  # of a name


def run_group(arguments: argparse.Namespace, document: Document) -> int:
    from carene.cli.assess import today
    from carene.cli.outputs import write
    from carene.engines.exchange.group import group_of, read_group
    from carene.engines.exchange.group_result import group_data
    from carene.engines.planner.usual import proposals
    from carene.engines.referential.catalogue import care
    from carene.engines.simulation.loader import shipped

    day, referential = today(), care()
    aim: Aim = arguments.objective or "maturite"
    group, known = group_of(
        read_group(document, _opener(Path(document.name)), referential, day),
        referential,
        day,
        aim=aim,
        calendar=proposals().calendar.months,
        risk=None if aim == "maturite" else shipped(),
    )
    found = _planned(arguments, group)
    if arguments.json is not None:
        text = json.dumps(group_data(found, referential), ensure_ascii=False, indent=2)
        write(arguments.json, (text + "\n").encode("utf-8"))
    if arguments.json != "-":
        print("\n".join(_summary(found, known)))
    return 0


def _opener(group: Path) -> Callable[[str], bytes]:
    """Reads the files that a group names, from the folder of its own."""
    from carene.engines.exchange.workbook import WorkbookLimits
    from carene.engines.sources.document import Limits
    from carene.engines.sources.files import read_bytes

    return lambda name: read_bytes(group.parent / name, limits=Limits(size=WorkbookLimits().size))


def _planned(arguments: argparse.Namespace, group: Group) -> GroupPlan:
    from carene.cli.bar import Bar
    from carene.cli.roadmap import check_seconds
    from carene.engines.planner.group.planning import SECONDS, plan_group

    seconds = SECONDS if arguments.seconds is None else arguments.seconds
    check_seconds(seconds)
    bar = Bar() if sys.stderr.isatty() else None
    try:
        return plan_group(
            group,
            seconds=seconds,
            # No time at all: what the immediate plans give.
            steps=0 if seconds == 0 and arguments.steps is None else arguments.steps,
            seed=arguments.seed,
            workers=arguments.workers,
            progress=None if bar is None else lambda stage, value, bound, share: bar.show("Calcul du plan", share),
        )
    finally:
        if bar is not None:
            bar.clear()


def _summary(found: GroupPlan, known: Mapping[str, Prepared]) -> Iterator[str]:
    from carene.engines import french
    from carene.engines.planner.group.said import KEYS

    yield f"{found.name} ; parts communes : {KEYS[found.key]}"
    yield ""
    yield from found.said
    yield ""
    yield _row("Membre", "seul", "ensemble", "épargné", "jours", "payé", "équitable")
    for one in found.members:
        yield _row(
            one.name,
            french.number(one.alone.value, 1),
            french.number(one.plan.value, 1),
            french.compact_euros(one.saved),
            french.number(one.saved_days, 1),
            french.compact_euros(one.paid),
            french.compact_euros(one.fair),
        )
    if found.common:
        yield ""
        yield _row("Fait une fois", "début", "membres", "total", "seuls", "", "")
    for measure in sorted(found.common, key=lambda one: one.total - one.alone)[:SHOWN]:
        yield _row(
            measure.title,
            measure.start.strftime("%m/%Y"),
            str(len(measure.joinings)),
            french.compact_euros(measure.total),
            french.compact_euros(measure.alone),
            "",
            "",
        )
    if len(found.common) > SHOWN:
        yield f"… et {len(found.common) - SHOWN} autres (--json pour tout avoir)"
    yield ""
    yield from (f"Non tenu : {told}" for told in found.plan.unmet)
    yield from (f"À savoir : {told}" for told in _notices(found, known))


def _notices(found: GroupPlan, known: Mapping[str, Prepared]) -> Iterator[str]:
    """What concerns all of them is said once."""
    said: dict[str, list[str]] = {}
    for one in found.members:
        for notice in (*known[one.member].notices, *one.plan.problem.notes):
            said.setdefault(notice, []).append(one.name)
    for notice, names in said.items():
        yield notice if len(names) == len(found.members) else f"{', '.join(names)} : {notice}"


def _row(name: str, *cells: str) -> str:
    from carene.engines.sources.document import shown

    return f"{shown(name, WIDTH):<{WIDTH}} {' '.join(f'{cell:>10}' for cell in cells)}".rstrip()
