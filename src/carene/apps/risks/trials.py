# SPDX-License-Identifier: EUPL-1.2
"""« Et si ? »: other levels for a few criteria, and what they would change. Nothing is written: the address says it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.http import QueryDict

from carene.apps.risks import figures
from carene.apps.risks.queries import Situation, outcome
from carene.engines import french
from carene.engines.referential.model import Criterion
from carene.engines.simulation import wording
from carene.engines.simulation.comparing import compare
from carene.engines.simulation.outcome import AttackOutcome, Distribution, Outcome, Spread

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
    """One attack, or all of them: before and after, in words with their intervals; ``verdict`` says the difference."""

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
    def before(self) -> Outcome:
        return self.situation.outcome

    @cached_property
    def after(self) -> Outcome:
        """In the same simulated worlds."""
        found = self.situation
        other = {one.criterion.id: None if one.value < 0 else one.value for one in self.sliders}
        return outcome(found.model, found.case, {**found.levels, **other})

    @property
    def rows(self) -> list[Change]:
        found = [_change(one.title, one, self.after.attacks[key]) for key, one in self.before.attacks.items()]
        return [*found, _change("Les trois attaques", self.before.total, self.after.total)]

    @property
    def sentence(self) -> str:
        """What the whole change is worth a year, and how sure that is."""
        total = compare(self.before, self.after)["total"]
        if not self.changed:
            return "Déplacez un curseur : l'effet s'affiche aussitôt."
        if abs(total.euros.mean) < 1 and abs(total.days.mean) < wording.NEGLIGIBLE / 100:
            return "Ces niveaux ne changent rien de mesurable."
        word = "éviterait"
        if total.euros.mean < 0:
            word, total = "coûterait en plus", compare(self.after, self.before)["total"]
        return (
            f"Ce changement {word} en moyenne {figures.yearly(total.days, 'jour')} de soins dégradés et "
            f"{figures.yearly(total.euros)} par an."
        )

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


def _change(title: str, before: AttackOutcome, after: AttackOutcome) -> Change:
    return Change(
        title=title,
        chance=(_chance(before.probability), _chance(after.probability)),
        days=(_lasting(before.days_if), _lasting(after.days_if)),
        yearly=(_money(before.euros), _money(after.euros)),
        verdict=_verdict(before.euros.mean, after.euros.mean),
    )


# Two digits for the means: here two values are compared, and their difference is surer than they are.


def _chance(one: Spread) -> str:
    if one.high < wording.RARE:
        return wording.percent(one)
    mean, low, high = (
        wording.plain(wording.significant(100 * value, digits))
        for value, digits in ((one.mean, 2), (one.low, 1), (one.high, 1))
    )
    return f"{mean}{french.SPACE}% (entre {low} et {high}{french.SPACE}%)"


def _lasting(one: Distribution) -> str:
    mean = wording.days(one.mean) if one.mean < 1 else french.counted(wording.significant(one.mean, 2), "jour")
    low, high = wording.days(one.quantiles[0.05]), wording.days(one.quantiles[0.95])
    return mean if low == high else f"{mean} (de {low} à {high})"


def _money(one: Spread) -> str:
    return f"{wording.euros(one.mean, 2)} (entre {wording.euros(one.low)} et {wording.euros(one.high)})"


def _verdict(before: float, after: float) -> str:
    """« réduit de 12 % », « divisé par 3 », « inchangé »: the euros a year."""
    if before <= 0 or abs(before - after) / before < 0.005:
        return "inchangé"
    if after > before:
        return f"augmenté {french.of(french.share(wording.significant(after / before - 1, 2)))}"
    if before / after >= 2:
        return f"divisé par {french.number(wording.significant(before / after, 2))}"
    return f"réduit {french.of(french.share(wording.significant(1 - after / before, 2)))}"
