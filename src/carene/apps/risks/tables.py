# SPDX-License-Identifier: EUPL-1.2
"""The figures of the model, by attack and stage, in words: value, range, source, confidence, reasoning."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from carene.engines import french
from carene.engines.referential.catalogue import care
from carene.engines.referential.model import Referential, Source
from carene.engines.simulation.model import Attack, Barrier, Model, Origin, Sized, Uncertain
from carene.engines.simulation.wording import plain, significant

LONGEST = 100  # of a search
CONFIDENCE = {
    "official": "officiel",
    "secondary": "repris d'un tiers",
    "inferred": "estimation",
    "to_check": "à vérifier",
}


@dataclass(frozen=True)
class Line:
    """One figure. ``criterion``: what it depends on, empty for a figure that no answer changes."""

    label: str
    value: str
    range: str
    source: str
    confidence: str
    reason: str
    criterion: str = ""
    title: str = ""


@dataclass(frozen=True)
class Group:
    title: str
    where: str
    lines: tuple[Line, ...]


def referential() -> Referential:
    return care()


def sources(model: Model) -> list[tuple[Source, str]]:
    return [(source, CONFIDENCE[source.confidence]) for source in model.sources.values()]


def groups(model: Model, names: Referential, text: str = "") -> list[Group]:
    """Attacks, then the defences that several of them share; ``text`` keeps the lines that hold all its words."""
    words = french.sort_key(text).split()
    found = []
    for title, where, lines in _all(model, names):
        about = french.sort_key(f"{title} {where}")
        kept = tuple(line for line in lines if all(word in about or word in _text(line) for word in words))
        if kept:
            found.append(Group(title, where, kept))
    return found


def _text(line: Line) -> str:
    return french.sort_key(
        " ".join((line.label, line.criterion, line.title, line.source, line.confidence, line.reason))
    )


def _all(model: Model, names: Referential) -> Iterator[tuple[str, str, list[Line]]]:
    line = _liner(model)
    common = [
        line("Recouvrement des barrières", model.overlap, plain),
        line("Erreur commune sur le nombre de tentatives", model.tide, _times),
        line("Activité perdue le premier jour d'arrêt", model.activity.first_day, _share),
        line("Part du budget liée à l'activité", model.revenue.share, _share),
    ]
    yield "Les trois attaques", "ce qu'elles ont en commun", common
    for attack in model.attacks:
        yield attack.title, "les chemins d'entrée et les étapes", list(_steps(attack, line))
        yield attack.title, "la reprise et ce qu'elle coûte", list(_end(attack, line))
    for place in model.places:
        users = [attack.title for attack in model.attacks if place.id in _places(attack)]
        lines = [_barrier(model, names, barrier) for barrier in place.barriers]
        yield place.title, f"barrières : {french.listing(users).lower()}", lines


Liner = Callable[[str, Uncertain, Callable[[float], str]], Line]


def _liner(model: Model) -> Liner:
    def line(label: str, figure: Uncertain, said: Callable[[float], str]) -> Line:
        between = f"{said(figure.low)} à {said(figure.high)}"
        return Line(label, said(figure.value), between, *_origin(model, figure.origin))

    return line


def _origin(model: Model, origin: Origin) -> tuple[str, str, str]:
    return model.sources[origin.source].title, CONFIDENCE[origin.confidence], origin.reason


def _steps(attack: Attack, line: Liner) -> Iterator[Line]:
    for channel in attack.channels:
        yield line(f"{channel.title} : tentatives sérieuses par an", channel.rate, plain)
        yield line(f"{channel.title} : part qui entre, sans barrière", channel.passes, _share)
    for stage in attack.stages:
        yield line(f"{stage.title} : part qui passe, sans barrière", stage.passes, _share)


def _end(attack: Attack, line: Liner) -> Iterator[Line]:
    recovery, money = attack.recovery, attack.money
    yield line("Jours de soins dégradés quand rien n'est prêt", recovery.days, plain)
    yield line("Écart d'un cas à l'autre (écart type du logarithme)", recovery.spread, plain)
    yield line("Activité perdue, rapportée à un arrêt total de l'informatique", recovery.activity, _share)
    yield _sized(line, "Réponse et reconstruction, par attaque", money.fixed)
    yield _sized(line, "Réponse et reconstruction, par jour", money.per_day)
    if money.per_record is not None:
        yield line("Par dossier exposé", money.per_record, lambda value: f"{plain(value)}{french.SPACE}€")
    if attack.exposure is not None:
        yield _sized(line, "Dossiers exposés", attack.exposure.records, french.compact)


def _sized(line: Liner, label: str, amount: Sized, said: Callable[[float], str] = french.compact_euros) -> Line:
    """From the smallest size to the largest; the range is that of the common factor."""
    sizes = list(amount.by_size.values())
    found = line(label, amount.error, _times)
    return replace(found, value=f"{said(sizes[0])} à {said(sizes[-1])} selon la taille")


def _places(attack: Attack) -> set[str]:
    found = {*attack.recovery.own, *attack.recovery.shared}
    found |= {place for channel in attack.channels for place in channel.places}
    found |= {place for stage in attack.stages for place in stage.places}
    return found | set(attack.exposure.places if attack.exposure else ())


def _barrier(model: Model, names: Referential, barrier: Barrier) -> Line:
    value = " · ".join(_percent(share) for share in barrier.stops)
    between = f"{_percent(barrier.low)} à {_percent(barrier.high)} au niveau 4"
    title = names.criterion[barrier.criterion].title
    return Line(
        barrier.label, value, between, *_origin(model, barrier.origin), criterion=barrier.criterion, title=title
    )


def _percent(ratio: float) -> str:
    return plain(significant(100 * ratio, 2))


def _share(ratio: float) -> str:
    return f"{_percent(ratio)}{french.SPACE}%"


def _times(factor: float) -> str:
    return f"× {plain(factor)}"
