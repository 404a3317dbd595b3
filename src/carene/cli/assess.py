# SPDX-License-Identifier: EUPL-1.2
"""``carene assess``, ``carene questionnaire``: from a file to a judgement and a roadmap, without a database."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from carene.cli.outputs import STANDARD, write

if TYPE_CHECKING:
    import datetime as dt

    from carene.engines.exchange.assess import Outcome
    from carene.engines.exchange.questionnaire import Reading
    from carene.engines.planner.model import Plan, Problem
    from carene.engines.referential.model import Referential

STEPS = 1500  # of optimisation, when no time is asked for: the same file gives the same roadmap
SHOWN = 5  # strengths, weaknesses and actions of the summary


def register(subparsers: Any) -> None:
    assess = subparsers.add_parser("assess", help="juge un fichier de réponses et en tire une feuille de route")
    assess.add_argument("file", metavar="FICHIER", help="réponses en YAML, JSON ou XLSX")
    assess.add_argument("--json", metavar="FICHIER", help="écrit tout le résultat (« - » : sortie standard)")
    assess.add_argument("--pdf", metavar="FICHIER", help="écrit le document pour la direction")
    assess.add_argument("--xlsx", metavar="FICHIER", help="écrit le classeur complet")
    assess.add_argument("--referential", metavar="DOSSIER", help="paquet à employer (défaut : celui de Carène)")
    assess.add_argument(
        "--seconds", type=float, metavar="S", help="temps du calcul du plan (défaut : assez d'essais ; 0 : aucun)"
    )
    assess.set_defaults(handler=run)
    blank = subparsers.add_parser("questionnaire", help="écrit un questionnaire vide, en XLSX ou en YAML")
    blank.add_argument("file", metavar="FICHIER", help="fichier à créer, en .xlsx ou .yaml")
    blank.add_argument("--type", metavar="TYPE", help="type d'établissement : ne garde que ses questions")
    blank.add_argument("--referential", metavar="DOSSIER", help="paquet à employer (défaut : celui de Carène)")
    blank.set_defaults(handler=write_blank)


def run(arguments: argparse.Namespace) -> int:
    """Judges and plans; every fault of the file is listed on the error output."""
    from carene.engines.exchange.assess import assess
    from carene.engines.exchange.workbook import WorkbookLimits
    from carene.engines.planner.usual import proposals
    from carene.engines.referential.catalogue import CARE
    from carene.engines.simulation.loader import shipped
    from carene.engines.sources.document import Limits
    from carene.engines.sources.files import read_bytes

    outputs = [name for name in ("json", "pdf", "xlsx") if getattr(arguments, name) is not None]
    check_targets(arguments.file, [getattr(arguments, name) for name in outputs])
    day = today()
    referential = _referential(arguments)
    content = read_bytes(Path(arguments.file), limits=Limits(size=WorkbookLimits().size))
    reading = read_answers(content, arguments.file, referential, day)
    ours = referential.id == CARE  # the simulation speaks of our own criteria only
    outcome = assess(
        reading,
        referential,
        day,
        arguments.file,
        planner=_planner(arguments.seconds),
        calendar=proposals().calendar.months,
        risk=shipped() if ours else None,
    )
    # Everything is made before anything is written: a failure leaves no file behind.
    made = [(getattr(arguments, name), MAKERS[name](outcome)) for name in outputs]
    for target, data in made:
        write(target, data)
    if not outputs:
        print("\n".join(_summary(outcome)))
    return 0


def _planner(seconds: float | None) -> Callable[[Problem], Plan]:
    from carene.cli.roadmap import planner

    return planner(0.0, steps=STEPS) if seconds is None else planner(seconds)


def write_blank(arguments: argparse.Namespace) -> int:
    """An empty questionnaire, for whoever has no server."""
    from carene.apps.exchange.xlsx_write import Questions, write_questionnaire
    from carene.engines.exchange.questionnaire import Card, Origin, Questionnaire
    from carene.engines.exchange.structured import to_blank_yaml
    from carene.engines.sources import InputError

    referential = _referential(arguments)
    if arguments.type and arguments.type not in referential.types:
        raise InputError(
            f"le type « {arguments.type} » n'est pas connu", remedy=f"choisir parmi {', '.join(referential.types)}"
        )
    content = Questionnaire(card=Card(type=arguments.type), origin=Origin(referential.id, referential.version))
    criteria = referential.applicable(content.card.profile(referential))
    suffix = Path(arguments.file).suffix.lower()
    if suffix == ".xlsx":
        title = f"Auto-évaluation : {referential.name}"
        data = write_questionnaire(Questions(referential, criteria, content, title, today(), whole=True))
    elif suffix in {".yaml", ".yml"}:
        data = to_blank_yaml(content, criteria).encode("utf-8")
    else:
        raise InputError(
            "le questionnaire s'écrit en XLSX ou en YAML",
            where=arguments.file,
            remedy="finir le nom par .xlsx ou .yaml",
        )
    write(arguments.file, data)
    print(f"{len(criteria)} questions écrites dans {arguments.file}.")
    return 0


def today() -> dt.date:
    import datetime

    return datetime.date.today()  # noqa: DTZ011 - the user's own day, wherever the machine is


def _referential(arguments: argparse.Namespace) -> Referential:
    from carene.engines.referential.catalogue import care
    from carene.engines.referential.loader import load_pack

    return load_pack(Path(arguments.referential)) if arguments.referential else care()


def read_answers(content: bytes, name: str, referential: Referential, day: dt.date) -> Reading:
    """What a file of answers says; every fault of it is listed on the error output. Raises InputErrors."""
    from carene.cli.exits import say
    from carene.engines.exchange.files import read_file
    from carene.engines.sources.errors import InputErrors

    reading = read_file(content, name, referential, day)
    if len(reading.problems) > 1:
        for problem in reading.problems:
            say(f"- {problem.sentence}")
    if reading.problems:
        raise InputErrors(list(reading.problems))
    return reading


def check_targets(source: str, targets: list[str]) -> None:
    """No result takes the place of another one, nor of the answers."""
    from carene.engines.sources import InputError

    for target in targets:
        if not target:
            raise InputError("le nom d'un fichier à écrire est vide", remedy="le donner, ou retirer l'option")
        if targets.count(target) > 1:
            where = "sur la sortie standard" if target == STANDARD else f"dans {target}"
            raise InputError(f"un seul résultat peut aller {where}", remedy="nommer un fichier pour les autres")
        try:
            same = target != STANDARD and Path(target).is_file() and Path(target).samefile(source)
        except (OSError, ValueError):  # one of them cannot be reached: reading or writing it will say why
            same = False
        if same:
            raise InputError("ce résultat écraserait les réponses", where=target, remedy="lui donner un autre nom")


def _json(outcome: Outcome) -> bytes:
    from carene.engines.exchange.result import to_result

    return (json.dumps(to_result(outcome), ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def _pdf(outcome: Outcome) -> bytes:
    from carene.apps.exchange.headless import dossier_of
    from carene.apps.reports.rendering.pdf import board_pdf

    return board_pdf(dossier_of(outcome))


def _xlsx(outcome: Outcome) -> bytes:
    from carene.apps.exchange.headless import dossier_of
    from carene.apps.reports.rendering.xlsx import workbook

    return workbook(dossier_of(outcome))


MAKERS: dict[str, Callable[[Outcome], bytes]] = {"json": _json, "pdf": _pdf, "xlsx": _xlsx}


def _summary(outcome: Outcome) -> Iterator[str]:
    """What a person reads in a terminal."""
    from carene.apps.exchange.headless import UNNAMED, subtitle
    from carene.cli.roadmap import proof
    from carene.engines import french
    from carene.engines.planner.avoided import sentence

    referential, judgement, plan = outcome.referential, outcome.judgement, outcome.plan
    card, overall, step = outcome.questionnaire.card, judgement.overall, judgement.step
    about = subtitle(card, referential)
    yield f"{card.name or UNNAMED}{f' ({about})' if about else ''}"
    yield f"{referential.name}, version {referential.version} ; jugé au {french.long_date(outcome.today)}"
    yield ""
    if step.step is not None:
        provisional = " (provisoire)" if step.provisional else ""
        yield f"Palier {step.step}{provisional} : {step.title}. {step.meaning}"
    yield f"Score {french.score(overall.score)} sur 4 ; {french.share(overall.coverage)} des critères évalués."
    for axis in judgement.axes:
        title = referential.axis[axis.id].title
        yield f"  {title:<34} {french.score(axis.score):>4}   cible {french.score(axis.target)}"
    for heading, items in (("Forces", judgement.strengths), ("Faiblesses", judgement.weaknesses)):
        yield ""
        yield f"{heading} : {len(items)}"
        yield from (f"  {item.criterion:<8} {item.reason}" for item in items[:SHOWN])
    yield ""
    spent = sum(action.cost for action in plan.actions)
    yield f"Feuille de route : {french.counted(len(plan.actions), 'action')}, {french.euros(spent)}{proof(plan)}"
    for action in plan.actions[:SHOWN]:
        title = referential.measure[action.measure].title if action.measure in referential.measure else action.measure
        yield f"  {french.month_and_year(action.start):<15} {title} ({french.compact_euros(action.cost)})"
    if len(plan.actions) > SHOWN:
        yield f"  … et {len(plan.actions) - SHOWN} autres (--json, --pdf ou --xlsx pour tout avoir)"
    if outcome.avoided is not None:
        yield ""
        yield sentence(outcome.avoided, plan.unit)
    yield from (f"Non tenu : {told}" for told in plan.unmet)
    if outcome.notices or plan.problem.notes:
        yield ""
        yield from (f"À savoir : {sentence}" for sentence in (*outcome.notices, *plan.problem.notes))
