# SPDX-License-Identifier: EUPL-1.2
"""« Et si ? »: other levels for a few criteria, and what they would change. Nothing is written: the address says it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.http import QueryDict

from carene.apps.risks.queries import Situation
from carene.engines import french
from carene.engines.referential.model import Criterion
from carene.engines.simulation import wording
from carene.engines.simulation.expectation import Expectation, Risk, risk

MOST = 8  # criteria tried together
UNKNOWN = -1  # position of a slider before « niveau 0 »: nobody evaluated


@dataclass(frozen=True)
class Slider:
    """One criterion: ``now`` and ``value`` are positions of the slider, UNKNOWN for « non évalué »."""

    criterion: Criterion
    now: int
    value: int

    @property
    def lowest(self) -> int:
        return UNKNOWN if self.now == UNKNOWN else 0

    @property
    def texts(self) -> list[tuple[int, str]]:
        """Position → words, in order."""
        found = [(level, f"Niveau {level} : {text}") for level, text in enumerate(self.criterion.levels)]
        return [(UNKNOWN, "Non évalué : une supposition tient lieu de niveau"), *found] if self.lowest < 0 else found

    @property
    def said(self) -> str:
        return dict(self.texts)[self.value]

    @property
    def said_now(self) -> str:
        return "non évalué" if self.now == UNKNOWN else f"niveau {self.now}"


@dataclass(frozen=True)
class Change:
    """One attack, or all of them: before and after, in words; ``verdict`` says the difference."""

    title: str
    chance: tuple[str, str]
    days: tuple[str, str]
    yearly: tuple[str, str]
    verdict: str


@dataclass
class Trial:
    situation: Situation
    sliders: Sequence[Slider]
    too_many: bool

    @property
    def changed(self) -> bool:
        return any(one.value != one.now for one in self.sliders)

    @cached_property
    def before(self) -> Expectation:
        return self._risk({})

    @cached_property
    def after(self) -> Expectation:
        return self._risk({one.criterion.id: None if one.value < 0 else one.value for one in self.sliders})

    def _risk(self, other: dict[str, int | None]) -> Expectation:
        found = self.situation
        return risk(found.model, {**found.levels, **other}, found.case.establishment)

    @property
    def rows(self) -> list[Change]:
        found = [
            _change(self.situation.model.attack[key].title, one, self.after.attacks[key])
            for key, one in self.before.attacks.items()
        ]
        return [*found, _change("Les trois attaques", self.before.total, self.after.total)]

    @property
    def sentence(self) -> str:
        """What the whole change is worth a year."""
        euros = self.before.total.euros - self.after.total.euros
        days = self.before.total.days - self.after.total.days
        if not self.changed:
            return "Déplacez un curseur : l'effet s'affiche aussitôt."
        if abs(euros) < 1 and abs(days) < wording.NEGLIGIBLE / 100:
            return "Ces niveaux ne changent rien de mesurable."
        word = "éviterait" if euros >= 0 else "coûterait en plus"
        return f"Ce changement {word} en moyenne {_span(abs(days))} de soins dégradés et {_money(abs(euros))} par an."

    @property
    def options(self) -> list[tuple[str, list[Criterion]]]:
        """Criteria that can still be added, by axis."""
        chosen, referential = {one.criterion.id for one in self.sliders}, self.situation.sheet.referential
        found: dict[str, list[Criterion]] = {}
        for key in self.situation.levels:
            if key not in chosen:
                one = referential.criterion[key]
                axis = referential.axis[referential.objective[one.objective].axis]
                found.setdefault(axis.title, []).append(one)
        return list(found.items())

    @property
    def full(self) -> bool:
        return len(self.sliders) >= MOST

    @property
    def reset(self) -> str:
        """The same criteria, back at today's levels."""
        return urlencode([("critere", one.criterion.id) for one in self.sliders])

    def without(self) -> list[tuple[Slider, str]]:
        """Each slider with the address of the trial without it."""
        return [
            (one, urlencode([(other.criterion.id, other.value) for other in self.sliders if other is not one]))
            for one in self.sliders
        ]


def read(found: Situation, asked: QueryDict) -> Trial:
    """``critere=X`` puts the slider of X at today's level, ``X=3`` at 3. What is unknown or absurd is left aside."""
    wanted: dict[str, int | None] = dict.fromkeys(asked.getlist("critere"))
    for key in asked:
        if key in found.levels:
            wanted[key] = _position(str(asked[key]))
    known = [(key, value) for key, value in wanted.items() if key in found.levels]
    sliders = []
    for key, value in known[:MOST]:
        criterion, level = found.sheet.referential.criterion[key], found.levels[key]
        now = UNKNOWN if level is None else level
        lowest = UNKNOWN if level is None else 0
        sliders.append(Slider(criterion, now, now if value is None else max(lowest, min(criterion.top, value))))
    return Trial(found, sliders, len(known) > MOST)


def _position(text: str) -> int | None:
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) == 1 else None


def _change(title: str, before: Risk, after: Risk) -> Change:
    return Change(
        title=title,
        chance=(_chance(before), _chance(after)),
        days=(_span(before.days_if), _span(after.days_if)),
        yearly=(_money(before.euros), _money(after.euros)),
        verdict=_verdict(before.euros, after.euros),
    )


def _chance(one: Risk) -> str:
    return f"{wording.plain(wording.significant(100 * one.probability, 2))}{french.SPACE}%"


def _span(days: float) -> str:
    """Two digits: here two values are compared, and their difference is surer than they are."""
    if days < 1:
        return wording.days(days)
    return french.counted(wording.significant(days, 2), "jour")


def _money(euros: float) -> str:
    return wording.euros(euros, 2)


def _verdict(before: float, after: float) -> str:
    """« réduit de 12 % », « divisé par 3 », « inchangé »: the euros a year."""
    if before <= 0 or abs(before - after) / before < 0.005:
        return "inchangé"
    if after > before:
        return f"augmenté {french.of(french.share(wording.significant(after / before - 1, 2)))}"
    if before / after >= 2:
        return f"divisé par {french.number(wording.significant(before / after, 2))}"
    return f"réduit {french.of(french.share(wording.significant(1 - after / before, 2)))}"
