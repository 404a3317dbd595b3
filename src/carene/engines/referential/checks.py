# SPDX-License-Identifier: EUPL-1.2
"""What binds the files of a pack together: identifiers, vocabularies, thresholds, size bands, prerequisites."""

from __future__ import annotations

import difflib
import graphlib
from collections.abc import Iterable, Iterator, Mapping, Set
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Any

from carene.engines.referential.draft import Draft, Entry
from carene.engines.referential.schema import IndicatorShape, MeasureShape, PackShape, WhenShape
from carene.engines.sources.document import Key, shown
from carene.engines.sources.errors import InputError


def check(draft: Draft) -> Iterator[InputError]:
    """Every fault between the parts of ``draft`` that have the right shape."""
    yield from _axes(draft)
    if draft.pack is not None:
        yield from _pack(draft.pack)
        yield from _vocabularies(draft, draft.pack.shape)
    for criterion in draft.criteria:
        yield from _criterion_place(draft, criterion)
        missing = [str(level) for level in range(5) if level not in criterion.shape.levels]
        if missing:
            yield criterion.error(f"il manque le niveau {', '.join(missing)}", "levels", remedy="le décrire")
    yield from _thresholds(draft)
    yield from _measures(draft)
    yield from _cycles(draft)


def unknown(entry: Entry[Any], value: str, known: Iterable[str], what: str, *steps: Key) -> InputError:
    """``what`` names the kind of thing (« le type »), as the beginning of a sentence."""
    choices = sorted(known)
    close = difflib.get_close_matches(value, choices, n=1, cutoff=0.75)
    if close:
        remedy = f"écrire « {close[0]} », ou l'ajouter au paquet"
    elif 0 < len(choices) <= 16:
        remedy = f"choisir parmi {', '.join(choices)}"
    else:
        remedy = "le corriger, ou l'ajouter au paquet"
    return entry.error(f"{what} « {shown(value)} » n'existe pas", *steps, remedy=remedy)


def _axes(draft: Draft) -> Iterator[InputError]:
    objectives: set[str] = set()
    for axis in draft.axes:
        for rank, objective in enumerate(axis.shape.objectives):
            if objective.id in objectives:
                yield axis.error(
                    "cet identifiant est déjà pris", "objectives", rank, "id", remedy="en choisir un autre"
                )
            objectives.add(objective.id)
            if objective.id.partition(".")[0] != axis.shape.id:
                yield axis.error(
                    f"cet objectif ne commence pas par « {axis.shape.id}. »",
                    "objectives", rank, "id",
                    remedy="le déplacer sous son axe, ou corriger son identifiant",
                )  # fmt: skip


def _pack(pack: Entry[PackShape]) -> Iterator[InputError]:
    shape = pack.shape
    for group, members in shape.type_groups.items():
        if group in shape.types:
            yield pack.error("ce groupe porte le nom d'un type", "type_groups", group, remedy="le renommer")
        for rank, member in enumerate(members):
            if member not in shape.types:
                yield unknown(pack, member, shape.types, "le type", "type_groups", group, rank)
    yield from _bands(pack)
    yield from _unique(pack, [p.id for p in shape.profiles], "profiles")
    for rank, profile in enumerate(shape.profiles):
        yield from _when(pack, profile.when, shape, "profiles", rank, "when")
        yield from _source(pack, profile.source, shape, "profiles", rank, "source")
    yield from _source(pack, shape.sizes.source, shape, "sizes", "source")
    yield from _source(pack, shape.maturity.source, shape, "maturity", "source")
    for rank, step in enumerate(shape.maturity.steps):
        if step.id != rank:
            yield pack.error(
                f"ce palier devrait porter le numéro {rank}",
                "maturity", "steps", rank, "id",
                remedy="numéroter les paliers depuis 0, sans trou",
            )  # fmt: skip


def _bands(pack: Entry[PackShape]) -> Iterator[InputError]:
    bands = pack.shape.sizes.bands
    yield from _unique(pack, [b.id for b in bands], "sizes", "bands")
    for rank, band in enumerate(bands):
        last = rank == len(bands) - 1
        before = bands[rank - 1].up_to if rank else -1
        if band.up_to is None:
            if not last:
                yield pack.error("seule la dernière tranche peut se passer de « up_to »", "sizes", "bands", rank,
                                 remedy="donner la borne haute")  # fmt: skip
        elif last:
            yield pack.error("la dernière tranche a une borne haute : rien ne couvre ce qui est au-delà",
                             "sizes", "bands", rank, "up_to", remedy="retirer « up_to »")  # fmt: skip
        elif before is not None and band.up_to <= before:
            yield pack.error("les tranches ne vont pas en croissant", "sizes", "bands", rank, "up_to",
                             remedy="ordonner les bornes")  # fmt: skip


def _unique(entry: Entry[Any], keys: list[str], *steps: Key) -> Iterator[InputError]:
    for rank, key in enumerate(keys):
        if key in keys[:rank]:
            yield entry.error(
                f"l'identifiant « {key} » est déjà pris", *steps, rank, "id", remedy="en choisir un autre"
            )


def _source(entry: Entry[Any], source: str, pack: PackShape, *steps: Key) -> Iterator[InputError]:
    if source not in pack.sources:
        yield unknown(entry, source, pack.sources, "la source", *steps)


def _words(
    entry: Entry[Any], values: Iterable[str], known: Iterable[str], what: str, *steps: Key
) -> Iterator[InputError]:
    known = list(known)
    for rank, value in enumerate(values):
        if value not in known:
            yield unknown(entry, value, known, what, *steps, rank)


def _when(entry: Entry[Any], when: WhenShape, pack: PackShape, *steps: Key) -> Iterator[InputError]:
    yield from _words(entry, when.types or (), [*pack.types, *pack.type_groups], "le type", *steps, "types")
    yield from _words(entry, when.sizes or (), [b.id for b in pack.sizes.bands], "la taille", *steps, "sizes")
    yield from _words(entry, when.ght or (), pack.ght_roles, "la place dans le GHT", *steps, "ght")


def _vocabularies(draft: Draft, pack: PackShape) -> Iterator[InputError]:
    for entry in draft.criteria:
        shape = entry.shape
        yield from _words(entry, shape.who, pack.roles, "le rôle", "who")
        yield from _words(entry, shape.attacks, pack.attacks, "l'attaque", "attacks")
        yield from _words(entry, shape.aims, pack.aims, "le but", "aims")
        yield from _when(entry, shape.applies, pack, "applies")
        for rank, rule in enumerate(shape.weights):
            yield from _when(entry, rule.when, pack, "weights", rank, "when")
        if shape.indicator is not None:
            yield from _source(entry, shape.indicator.source, pack, "indicator", "source")
    for indicator in draft.indicators:
        yield from _source(indicator, indicator.shape.source, pack, "source")
    bands = {band.id for band in pack.sizes.bands}
    for measure in draft.measures:
        yield from _when(measure, measure.shape.applies, pack, "applies")
        cost = measure.shape.cost
        yield from _by_band(measure, cost.investment, bands, "cost", "investment")
        yield from _by_band(measure, cost.yearly, bands, "cost", "yearly")
        yield from _by_band(measure, measure.shape.months, bands, "months")
        for skill, days in measure.shape.effort.items():
            if skill not in pack.skills:
                yield unknown(measure, skill, pack.skills, "la compétence", "effort", skill)
            yield from _by_band(measure, days, bands, "effort", skill)


def _by_band(entry: Entry[Any], values: Mapping[str, object], bands: Set[str], *steps: Key) -> Iterator[InputError]:
    for band in values:
        if band not in bands:
            yield unknown(entry, band, bands, "la taille", *steps, band)
    missing = sorted(bands - set(values))
    if missing:
        yield entry.error(f"il manque la taille {', '.join(missing)}", *steps, remedy="donner une valeur par taille")


def _criterion_place(draft: Draft, entry: Entry[Any]) -> Iterator[InputError]:
    objective = entry.shape.id.rpartition(".")[0]
    known = {o.id for axis in draft.axes for o in axis.shape.objectives}
    if objective not in known and "axes" not in draft.faulty:
        yield unknown(entry, objective, known, "l'objectif", "id")
    stem = PurePosixPath(entry.document.name).stem
    if objective != stem:
        yield entry.error(
            f"ce critère appartient à l'objectif {objective} et se trouve dans le fichier de {stem}",
            "id",
            remedy=f"le déplacer dans criteria/{objective}.yaml, ou corriger son identifiant",
        )


def _thresholds(draft: Draft) -> Iterator[InputError]:
    indicators: dict[str, IndicatorShape] = {entry.shape.id: entry.shape for entry in draft.indicators}
    for entry in draft.criteria:
        found = entry.shape.indicator
        if found is None:
            continue
        indicator = indicators.get(found.id)
        if indicator is None:
            if not draft.knows("indicators", found.id):
                yield unknown(entry, found.id, indicators, "l'indicateur", "indicator", "id")
            continue
        rising = indicator.direction == "higher"
        for (low, before), (high, after) in pairwise(sorted(found.levels.items())):
            if (after < before) if rising else (after > before):
                yield entry.error(
                    f"le seuil du niveau {high} est plus facile que celui du niveau {low}, alors que "
                    f"« {'plus haut' if rising else 'plus bas'} » est meilleur",
                    "indicator", "levels", high,
                    remedy="ordonner les seuils dans le sens de l'indicateur",
                )  # fmt: skip


def _measures(draft: Draft) -> Iterator[InputError]:
    for entry in draft.measures:
        for rank, step in enumerate(entry.shape.raises):
            if not draft.knows_criterion(step.criterion):
                known = draft.named.get("criteria", set())
                yield unknown(entry, step.criterion, known, "le critère", "raises", rank, "criterion")
            if step.end <= step.start:
                yield entry.error(
                    f"la mesure part du niveau {step.start} et arrive au niveau {step.end}",
                    "raises", rank,
                    remedy="donner à « to » un niveau plus haut que « from »",
                )  # fmt: skip
        yield from _other_measures(draft, entry)


def _other_measures(draft: Draft, entry: Entry[MeasureShape]) -> Iterator[InputError]:
    shape = entry.shape
    for field, keys in (("requires", shape.requires), ("excludes", shape.excludes)):
        for rank, key in enumerate(keys):
            if not draft.knows("measures", key):
                yield unknown(entry, key, draft.named.get("measures", set()), "la mesure", field, rank)
            elif field == "excludes" and (key == shape.id or key in shape.requires):
                yield entry.error(
                    f"la mesure exclut « {key} », qu'elle demande ou qui est elle-même",
                    field, rank,
                    remedy="la retirer de cette liste",
                )  # fmt: skip


def _cycles(draft: Draft) -> Iterator[InputError]:
    """Each circle of prerequisites, once: it is named, then opened to look for the next."""
    entries = {entry.shape.id: entry for entry in draft.measures}
    graph = {key: set(entry.shape.requires) for key, entry in entries.items()}
    while True:
        try:
            graphlib.TopologicalSorter(graph).prepare()
        except graphlib.CycleError as error:
            circle: list[str] = error.args[1][::-1]  # each measure, then the one that it requires
            yield entries[circle[0]].error(
                f"les prérequis tournent en rond : {' → '.join(circle)}",
                "requires",
                remedy="retirer l'un de ces prérequis",
            )
            graph[circle[0]].discard(circle[1])
        else:
            return
