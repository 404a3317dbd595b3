# SPDX-License-Identifier: EUPL-1.2
"""Which offers may answer a need: what they have in common, and for whom they are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from carene.engines import french
from carene.engines.referential.model import Profile, Referential
from carene.engines.resources.pack import Resources

# The most precise first: what it shares with an offer ranks it.
WEIGHTS = {"measure": 8, "criterion": 4, "service": 2, "skill": 1}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an establishment asks for; empty texts where it did not say."""

    service: str = ""
    skill: str = ""
    measure: str = ""
    criterion: str = ""


@dataclass(frozen=True, slots=True)
class Offered:
    """``types``, ``sizes``: for whom, everyone when empty. Dates included."""

    service: str = ""
    skill: str = ""
    measures: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    sizes: frozenset[str] = frozenset()
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """``rank``: 0 when nothing is common. ``why``: in words, the most precise first."""

    rank: int
    why: tuple[str, ...]


def match(wanted: Wanted, offered: Offered, pack: Resources, referential: Referential) -> Match:
    """A measure answers the criteria that it raises; a service, the measures and criteria that the pack gives it."""
    service = pack.services.get(offered.service)
    measures = offered.measures | set(service.all_measures if service else ())
    raised = {r.criterion for key in measures & set(referential.measure) for r in referential.measure[key].raises}
    criteria = raised | set(service.criteria if service else ())
    skills = {offered.skill, service.skill if service else ""} - {""}
    common = {
        "measure": wanted.measure in measures,
        "criterion": wanted.criterion in criteria,
        "service": bool(wanted.service) and wanted.service == offered.service,
        "skill": wanted.skill in skills,
    }
    titles: Mapping[str, str] = {
        "measure": f"même mesure : {_title(referential.measure, wanted.measure)}",
        "criterion": f"même critère : {_title(referential.criterion, wanted.criterion)}",
        "service": f"même service : {pack.services[wanted.service].label if wanted.service in pack.services else ''}",
        "skill": f"même compétence : {referential.skills.get(wanted.skill, '')}",
    }
    held = [key for key in WEIGHTS if common[key]]
    return Match(sum(WEIGHTS[key] for key in held), tuple(titles[key] for key in held))


def refusal(offered: Offered, profile: Profile, referential: Referential, today: dt.date) -> str:
    """Why this establishment may not take it, empty when it may. What is unknown of it speaks against nothing."""
    if offered.ends_on is not None and offered.ends_on < today:
        return f"l'offre a pris fin le {french.long_date(offered.ends_on)}"
    if offered.types and profile.type is not None and profile.type not in offered.types:
        return f"elle est réservée à : {french.listing(referential.types[key] for key in sorted(offered.types))}"
    if offered.sizes and profile.size is not None and profile.size not in offered.sizes:
        labels = {band.id: band.label for band in referential.bands}
        return f"elle est réservée à : {french.listing(labels[key] for key in sorted(offered.sizes))}"
    return ""


def _title(known: Mapping[str, object], key: str) -> str:
    return str(getattr(known.get(key), "title", ""))
