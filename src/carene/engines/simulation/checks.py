# SPDX-License-Identifier: EUPL-1.2
"""What binds a simulation pack together, and to its referential: identifiers, ranges, growing shares, sources."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from pydantic import BaseModel

from carene.engines.referential.model import Referential
from carene.engines.simulation.draft import Draft, Listed, Part
from carene.engines.simulation.schema import AttackShape, BandsShape, OriginShape
from carene.engines.sources.document import Key, shown
from carene.engines.sources.errors import InputError


def check(draft: Draft, referential: Referential) -> Iterator[InputError]:
    """Every fault between the parts of ``draft`` that have the right shape."""
    pack = draft.pack
    if pack.shape.referential != referential.id:
        yield pack.error(
            f"ce paquet est fait pour le référentiel « {pack.shape.referential} », non pour « {referential.id} »",
            "referential",
            remedy="prendre le paquet du référentiel employé",
        )
        return
    parts: list[Part[BaseModel]] = [pack, *draft.attacks]
    for part in parts:
        yield from _figures(part, part.shape, (), pack.shape.sources)
    for listed in draft.lists():
        yield from _barriers(listed, referential, pack.shape.sources)
    yield from _places(draft)
    for attack in draft.attacks:
        yield from _attack(attack, referential)
    yield from _common(draft, referential)
    yield from _everyone_acts(draft, referential)


def _figures(
    part: Part[BaseModel], shape: object, steps: tuple[Key, ...], sources: Mapping[str, object]
) -> Iterator[InputError]:
    """Ranges in order and sources that exist, wherever a figure stands."""
    if isinstance(shape, OriginShape):
        if shape.source not in sources:
            yield unknown(part, shape.source, sources, "la source", *steps, "source")
        value, low, high = (getattr(shape, name, None) for name in ("value", "low", "high"))
        if value is not None and low is not None and high is not None and not low <= value <= high:
            yield part.error(
                f"la valeur {_number(value)} n'est pas entre {_number(low)} et {_number(high)}",
                *steps, "value",
                remedy="corriger la valeur ou la fourchette",
            )  # fmt: skip
    if isinstance(shape, BaseModel):
        for name in type(shape).model_fields:
            yield from _figures(part, getattr(shape, name), (*steps, name), sources)
    elif isinstance(shape, list):
        for rank, item in enumerate(shape):
            yield from _figures(part, item, (*steps, rank), sources)


def _barriers(listed: Listed, referential: Referential, sources: Mapping[str, object]) -> Iterator[InputError]:
    part, seen = listed.part, set[str]()
    for barrier, steps in listed.barriers():
        if barrier.criterion not in referential.criterion:
            yield unknown(part, barrier.criterion, referential.criterion, "le critère", *steps, "criterion")
        if barrier.criterion in seen:
            yield part.error(
                f"le critère {barrier.criterion} est déjà dans cette liste",
                *steps,
                "criterion",
                remedy="n'en garder qu'un",
            )
        seen.add(barrier.criterion)
        if any(after < before for before, after in pairwise(barrier.stops)):
            yield part.error(
                f"{barrier.criterion} : la part arrêtée baisse quand le niveau monte",
                *steps, "stops",
                remedy="donner cinq parts qui ne décroissent pas",
            )  # fmt: skip
        low, high = barrier.between
        last = barrier.stops[-1]
        if last <= 0:
            yield part.error(
                f"{barrier.criterion} : cette barrière n'arrête rien, même au dernier niveau",
                *steps, "stops",
                remedy="donner une part, ou placer le critère dans « silent » avec la raison",
            )  # fmt: skip
        elif not low <= last <= high:
            yield part.error(
                f"{barrier.criterion} : la part du dernier niveau, {_number(last)}, n'est pas entre {_number(low)} "
                f"et {_number(high)}",
                *steps, "between",
                remedy="corriger la part ou la fourchette",
            )  # fmt: skip
        source = barrier.source or listed.shape.source
        for name, value in (("source", source), ("confidence", barrier.confidence or listed.shape.confidence)):
            if value is None:
                yield part.error(
                    f"{barrier.criterion} : la rubrique « {name} » manque", *steps,
                    remedy="l'ajouter à la barrière, ou à sa liste",
                )  # fmt: skip
        if source is not None and source not in sources:
            yield unknown(part, source, sources, "la source", *steps, "source")


def _places(draft: Draft) -> Iterator[InputError]:
    seen: set[str] = set()
    for defence in draft.defences:
        if defence.shape.id in seen:
            yield defence.error("cet identifiant est déjà pris", "id", remedy="en choisir un autre")
        seen.add(defence.shape.id)
    used = set()
    for attack, steps, name in draft.uses():
        used.add(name)
        if name not in seen:
            yield unknown(attack, name, seen, "la liste", *steps)
    for defence in draft.defences:
        if defence.shape.id not in used:
            yield defence.error("aucune attaque n'emploie cette liste", "id", remedy="l'employer, ou la retirer")


def _attack(attack: Part[AttackShape], referential: Referential) -> Iterator[InputError]:
    shape = attack.shape
    stages = [stage.id for stage in shape.stages]
    for kind, keys in (("channels", [c.id for c in shape.channels]), ("stages", stages)):
        for rank, key in enumerate(keys):
            if key in keys[:rank] or (kind == "stages" and key in {c.id for c in shape.channels}):
                yield attack.error(f"« {key} » est déjà pris", kind, rank, "id", remedy="choisir un autre identifiant")
    for rank, channel in enumerate(shape.channels):
        for place, skipped in enumerate(channel.skips):
            if skipped not in stages:
                yield unknown(attack, skipped, stages, "l'étape", "channels", rank, "skips", place)
        closed = channel.closed_without
        if closed is not None and closed not in referential.criterion:
            yield unknown(attack, closed, referential.criterion, "le critère", "channels", rank, "closed_without")


def _common(draft: Draft, referential: Referential) -> Iterator[InputError]:
    pack, shape = draft.pack, draft.pack.shape
    files = {attack.document.name.removesuffix(".yaml"): attack for attack in draft.attacks}
    for rank, key in enumerate(shape.attacks):
        if key not in referential.attacks:
            yield unknown(pack, key, referential.attacks, "l'attaque", "attacks", rank)
        if key in files and files[key].shape.id != key:
            yield files[key].error(
                f"l'identifiant devrait être « {key} »", "id", remedy="l'écrire comme le nom du fichier"
            )
    for rank, prior in enumerate(shape.priors):
        if abs(sum(prior.shares) - 1) > 1e-6:
            yield pack.error("ces parts ne font pas 1 en tout", "priors", rank, "shares", remedy="les corriger")
        for word in prior.when.types or []:
            if word not in referential.types:
                yield unknown(pack, word, referential.types, "le type", "priors", rank, "when", "types")
    if shape.priors[-1].when.model_dump(exclude_none=True):
        yield pack.error(
            "la dernière répartition ne vaut pas pour tous", "priors", len(shape.priors) - 1, "when",
            remedy="écrire « when: {} »",
        )  # fmt: skip
    for steps, given, expected in (
        (("exposure", "by_type"), shape.exposure.by_type, referential.types),
        (("activity", "by_type"), shape.activity.by_type, referential.types),
        (("exposure", "by_size"), shape.exposure.by_size, [b.id for b in referential.bands]),
        (("revenue", "budget"), shape.revenue.budget, [b.id for b in referential.bands]),
    ):
        missing = [key for key in expected if key not in given]
        if missing:
            yield pack.error(f"il manque {', '.join(missing)}", *steps, remedy="donner un nombre pour chacun")
        for key in given:
            if key not in expected:
                yield unknown(pack, key, expected, "la rubrique", *steps, key)
    if [b.id for b in referential.bands] != list(BandsShape.model_fields)[-5:]:
        yield pack.error("les tranches de taille du référentiel ont changé", "referential", remedy="adapter les tables")


def _everyone_acts(draft: Draft, referential: Referential) -> Iterator[InputError]:
    """No criterion is forgotten: it acts somewhere, or one says why not."""
    acting = {barrier.criterion for listed in draft.lists() for barrier, _ in listed.barriers()}
    silent: set[str] = set()
    for rank, item in enumerate(draft.pack.shape.silent):
        if item.criterion not in referential.criterion:
            yield unknown(draft.pack, item.criterion, referential.criterion, "le critère", "silent", rank, "criterion")
        if item.criterion in acting:
            yield draft.pack.error(
                f"{item.criterion} agit pourtant quelque part", "silent", rank, "criterion", remedy="le retirer d'ici"
            )
        silent.add(item.criterion)
    forgotten = [key for key in referential.criterion if key not in acting | silent]
    if forgotten:
        yield draft.pack.error(
            f"{', '.join(forgotten[:8])}{'…' if len(forgotten) > 8 else ''} : "
            + ("ces critères n'agissent nulle part" if len(forgotten) > 1 else "ce critère n'agit nulle part"),
            "silent",
            remedy="les employer dans une barrière, ou dire ici pourquoi ils n'agissent pas",
        )


def unknown(part: Part[Any], value: str, known: Iterable[str], what: str, *steps: Key) -> InputError:
    """``what`` names the kind of thing (« la source »), as the beginning of a sentence."""
    choices = sorted(known)
    close = difflib.get_close_matches(value, choices, n=1, cutoff=0.75)
    if close:
        remedy = f"écrire « {close[0]} »"
    elif 0 < len(choices) <= 16:
        remedy = f"choisir parmi {', '.join(choices)}"
    else:
        remedy = "le corriger"
    return part.error(f"{what} « {shown(value)} » n'existe pas", *steps, remedy=remedy)


def _number(value: float) -> str:
    return f"{value:g}".replace(".", ",")
