# SPDX-License-Identifier: EUPL-1.2
"""The measures as an establishment sees them: at its size, with its figures, beside where it stands."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from carene.apps.roadmaps import figures
from carene.apps.roadmaps.models import Action, MeasureOverride
from carene.apps.roadmaps.plans import Situation
from carene.engines import french
from carene.engines.planner.candidates import band_of, candidates_from
from carene.engines.planner.model import Candidate
from carene.engines.referential.model import Measure, Profile, Referential

SCOPES = {"ght": "dans le GHT", "region": "dans la région"}


@dataclass(frozen=True)
class Effect:
    """What a measure does to one criterion; ``now`` is the level it stands at, None when it is not evaluated."""

    criterion: str
    title: str
    start: int
    end: int
    now: int | None
    target: int | None

    @property
    def useful(self) -> bool:
        return (self.now or 0) < self.end

    @property
    def said(self) -> str:
        """« déjà au niveau 3 », « au niveau 1 aujourd'hui »."""
        if self.target is None:
            return "ne vous concerne pas"
        if self.now is None:
            return "sans réponse aujourd'hui"
        return f"au niveau {self.now} aujourd'hui" if self.useful else f"déjà au niveau {self.now}"


@dataclass(frozen=True)
class Figure:
    """One figure of a measure: what is used, and our estimate when the establishment gave its own."""

    label: str
    value: str
    instead: str  # empty when our estimate is used


@dataclass(frozen=True)
class Needed:
    measure: str
    title: str
    done: bool


@dataclass(frozen=True)
class Card:
    """One measure for one establishment."""

    measure: Measure
    candidate: Candidate
    estimate: Candidate
    override: MeasureOverride | None
    effects: tuple[Effect, ...]
    needs: tuple[Needed, ...]
    axes: tuple[str, ...]
    action: Action | None
    skills: Mapping[str, str]
    band: str

    @property
    def lacking(self) -> bool:
        """Whether it raises something that is below its target."""
        return any(e.useful and e.target is not None and (e.now or 0) < e.target for e in self.effects)

    @property
    def shareable(self) -> bool:
        return self.measure.sharing.scope != "none"

    @property
    def money(self) -> str:
        """« 14 k€, puis 2,4 k€ par an »."""
        return money_said(self.candidate.investment, self.candidate.yearly)

    @property
    def work(self) -> str:
        return figures.work_said(self.candidate.effort, self.skills)

    @property
    def months(self) -> str:
        return french.months(self.candidate.months)

    @property
    def sharing(self) -> str:
        """How it is shared, and what a member then pays; empty when it is not."""
        shared = self.measure.sharing
        if shared.scope == "none":
            return ""
        part = french.share(shared.member_share)
        mine = " ; c'est ce que disent les montants ci-dessus" if self.candidate.shared else ""
        note = f" {shared.note}" if shared.note else ""
        return f"Peut se mener {SCOPES[shared.scope]} : un membre en paie environ {part}{mine}.{note}"

    def _days(self, candidate: Candidate) -> str:
        """« 63 jours : Systèmes 25, Réseau 18… »."""
        days = {skill: value for skill, value in candidate.effort.items() if value}
        if not days:
            return "aucun jour"
        return f"{french.person_days(sum(days.values()))} : {figures.days_said(days, self.skills)}"

    @property
    def raises(self) -> str:
        """« Télémaintenance, Administration séparée »: what it raises and that still can be."""
        return french.listing(effect.title for effect in self.effects if effect.useful and effect.target is not None)

    @property
    def figures(self) -> list[Figure]:
        """Investment, yearly cost, work and duration, each saying whether it is an estimate of ours."""
        mine, ours, own = self.candidate, self.estimate, self.override
        rows = [
            ("Investissement", french.euros(mine.investment), french.euros(ours.investment), own and own.investment),
            ("Puis chaque année", french.euros(mine.yearly), french.euros(ours.yearly), own and own.yearly),
            ("Travail", self._days(mine), self._days(ours), own and own.effort),
            ("Durée", self.months, french.months(ours.months), own and own.months),
        ]
        return [Figure(label, value, ours if given is not None else "") for label, value, ours, given in rows]

    @property
    def text(self) -> str:
        """What a search looks at."""
        parts = [self.measure.title, self.measure.summary, *(e.title for e in self.effects), *self.axes]
        return plain(" ".join(parts))


def money_said(investment: float, yearly: float) -> str:
    if not investment and not yearly:
        return "sans dépense"
    first = french.compact_euros(investment) if investment else ""
    then = f"{french.compact_euros(yearly)} par an" if yearly else ""
    return f"{first}, puis {then}" if first and then else first or then


def plain(text: str) -> str:
    """Lower case without accents, for searching."""
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


class Catalogue:
    """Every measure of the referential that concerns an establishment; its situation may be unknown yet."""

    def __init__(self, referential: Referential, profile: Profile, situation: Situation | None) -> None:
        self.referential = referential
        self.profile = profile
        self.situation = situation
        self._estimates = (
            situation.estimates if situation else {c.id: c for c in candidates_from(referential, profile, True, {})}
        )
        self._candidates = situation.candidates if situation else self._estimates
        levels = situation.sheet.judgement.criterion if situation else {}
        self._levels = {key: result for key, result in levels.items() if result.state != "not_applicable"}

    @property
    def band(self) -> str:
        """« 400 à 1 499 postes »: the size at which costs are read."""
        key = band_of(self.referential, self.profile)
        return next((band.label for band in self.referential.bands if band.id == key), key)

    @cached_property
    def cards(self) -> list[Card]:
        return [self.card(measure.id) for measure in self.referential.measures if measure.id in self._candidates]

    def card(self, key: str) -> Card:
        """Raises KeyError when the measure does not exist or does not concern the establishment."""
        candidate, measure = self._candidates[key], self.referential.measure[key]
        situation = self.situation
        return Card(
            measure=measure,
            candidate=candidate,
            estimate=self._estimates[key],
            override=situation.overrides.get(key) if situation else None,
            effects=tuple(self._effect(step.criterion, step.start, step.end) for step in measure.raises),
            needs=tuple(
                Needed(need, self.referential.measure[need].title, bool(situation and need in situation.done))
                for need in candidate.requires
            ),
            axes=self._axes(measure),
            action=situation.by_measure.get(key) if situation else None,
            skills=self.referential.skills,
            band=self.band,
        )

    def _effect(self, criterion: str, start: int, end: int) -> Effect:
        known = self.referential.criterion[criterion]
        if self.situation is None:
            target: int | None = self.referential.target(known, self.profile)
            return Effect(
                criterion, known.title, start, end, None, target if known.applies.accepts(self.profile) else None
            )
        result = self._levels.get(criterion)
        return Effect(
            criterion, known.title, start, end, result.level if result else None, result.target if result else None
        )

    def _axes(self, measure: Measure) -> tuple[str, ...]:
        objectives = self.referential.objective
        keys = {objectives[self.referential.criterion[step.criterion].objective].axis for step in measure.raises}
        return tuple(axis.id for axis in self.referential.axes if axis.id in keys)

    def search(
        self, text: str = "", axis: str = "", *, quick: bool = False, shareable: bool = False, lacking: bool = False
    ) -> list[Card]:
        """Measures that match everything asked, in the order of the referential."""
        words = plain(text).split()
        return [
            card
            for card in self.cards
            if (not axis or axis in card.axes)
            and (not quick or card.measure.quick_win)
            and (not shareable or card.shareable)
            and (not lacking or card.lacking)
            and all(word in card.text for word in words)
        ]
