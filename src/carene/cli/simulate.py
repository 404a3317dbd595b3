# SPDX-License-Identifier: EUPL-1.2
"""``carene simulate``: from a file of answers to what an attack may cost, without a database."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import datetime as dt

    from carene.engines.exchange.questionnaire import Reading
    from carene.engines.referential.model import Profile, Referential
    from carene.engines.simulation.case import Case
    from carene.engines.simulation.outcome import AttackOutcome, Outcome
    from carene.engines.simulation.ranges import Ranges
    from carene.engines.simulation.shares import Contributions

SHOWN = 8  # criteria that would take away the most
MOST_DRAWS = 1_000_000


def register(subparsers: Any) -> None:
    simulate = subparsers.add_parser("simulate", help="estime ce que des attaques coûteraient, d'après des réponses")
    simulate.add_argument("file", metavar="FICHIER", help="réponses en YAML, JSON ou XLSX")
    simulate.add_argument("--json", metavar="FICHIER", help="écrit tout le résultat (« - » : sortie standard)")
    simulate.add_argument("--seed", metavar="N", help="graine du tirage (même graine, mêmes chiffres)")
    simulate.add_argument("--draws", metavar="N", help="années simulées (20 000 par défaut)")
    simulate.set_defaults(handler=run)


def run(arguments: argparse.Namespace) -> int:
    from carene.cli.assess import check_targets, read_answers, today
    from carene.cli.outputs import write
    from carene.engines.referential.catalogue import care
    from carene.engines.simulation.loader import shipped
    from carene.engines.simulation.ranges import ranges
    from carene.engines.simulation.shares import contributions
    from carene.engines.simulation.simulate import DRAWS, LEAST, SEED, simulate
    from carene.engines.sources.document import Limits
    from carene.engines.sources.files import read_bytes

    seed = _whole(arguments.seed, "la graine", SEED, 0, 2**63)
    draws = _whole(arguments.draws, "le nombre d'années", DRAWS, LEAST, MOST_DRAWS)
    if arguments.json is not None:
        check_targets(arguments.file, [arguments.json])
    referential, model = care(), shipped()
    content = read_bytes(Path(arguments.file), limits=Limits())
    reading = read_answers(content, arguments.file, referential, today())
    case, profile = _case(reading, referential, today(), arguments.file)
    outcome = simulate(model, case.levels, case.establishment, seed=seed, draws=draws)
    found = contributions(model, case.levels, case.establishment, case.targets)
    if arguments.json is not None:
        sure = ranges(model, case.levels, case.establishment, case.targets, seed=seed)
        write(arguments.json, _json(outcome, found, sure, reading, profile, referential))
    else:
        print("\n".join(_summary(outcome, found, reading, referential)))
    return 0


def _whole(text: str | None, what: str, usual: int, least: int, most: int) -> int:
    from carene.engines.french import number
    from carene.engines.sources import InputError

    if text is None:
        return usual
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise InputError(
            f"{what} « {text} » ne convient pas",
            remedy=f"donner un nombre entier de {number(least)} à {number(most)}",
        )
    return int(text)


def _case(reading: Reading, referential: Referential, day: dt.date, name: str) -> tuple[Case, Profile]:
    """Judges what was read: a level that is measured counts where nobody answered."""
    from carene.engines.exchange.assess import judge_file
    from carene.engines.simulation.case import case_of

    found = reading.questionnaire
    judgement, profile = judge_file(found, referential, found.date or day, name)
    return case_of(judgement, profile, found.card.operating_budget), profile


def _json(
    outcome: Outcome,
    found: Contributions,
    sure: Ranges,
    reading: Reading,
    profile: Profile,
    referential: Referential,
) -> bytes:
    from carene.engines.exchange.result import organisation_data, referential_data
    from carene.engines.simulation.loader import shipped
    from carene.engines.simulation.serialise import to_simulation

    data = {
        **to_simulation(outcome, found, sure, shipped()),
        "referential": referential_data(referential),
        "organisation": organisation_data(reading.questionnaire.card, profile, referential),
    }
    data["notes"] = [*data["notes"], *reading.notices]
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def _summary(outcome: Outcome, found: Contributions, reading: Reading, referential: Referential) -> Iterator[str]:
    from carene.apps.exchange.headless import UNNAMED
    from carene.engines import french
    from carene.engines.simulation.wording import euros, plain, sentences, significant

    yield reading.questionnaire.card.name or UNNAMED
    years = french.number(outcome.draws)
    yield f"{years} années simulées, graine {outcome.seed}. Moyenne, et intervalle qui la contient neuf fois sur dix."
    yield ""
    yield f"{'':<26} {'probabilité par an':>24} {'jours dégradés par an':>26} {'euros par an':>28}"
    for one in (*outcome.attacks.values(), outcome.total):
        yield _line(one)
    yield ""
    yield from sentences(outcome)
    yield ""
    yield "Ce que chaque critère, amené à sa cible, retirerait à lui seul (par an) :"
    for shared in found.criteria[:SHOWN]:
        if shared.to_target.euros > 0:
            title = referential.criterion[shared.criterion].title
            days = f"{plain(significant(shared.to_target.days, 1))}{french.SPACE}j"
            yield f"  {shared.criterion:<8} {title:<52} {euros(shared.to_target.euros):>9} {days:>8}"
    if outcome.notes or reading.notices:
        yield ""
        yield from (f"À savoir : {sentence}" for sentence in (*outcome.notes, *reading.notices))


def _line(one: AttackOutcome) -> str:
    from carene.engines.french import SPACE
    from carene.engines.simulation.wording import euros, percent, plain, significant

    def bare(value: float) -> str:
        return plain(significant(value, 2))

    low, mean, high = one.days.low, one.days.mean, one.days.high
    chance = percent(one.probability).replace("entre ", "").replace(" et ", f"{SPACE}à{SPACE}")
    lost = f"{bare(mean)} ({bare(low)}{SPACE}à{SPACE}{bare(high)})"
    money = f"{euros(one.euros.mean, 2)} ({euros(one.euros.low)}{SPACE}à{SPACE}{euros(one.euros.high)})"
    return f"{one.title:<26} {chance:>24} {lost:>26} {money:>28}"
