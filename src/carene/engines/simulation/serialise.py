# SPDX-License-Identifier: EUPL-1.2
"""A simulation as JSON-ready data: what ``carene simulate --json`` prints.

Probabilities and shares are on 0–1, money in euros, time in days, everything a year unless it says « if » (of one
success). Figures keep four significant digits: more would only show the noise.
"""

from __future__ import annotations

from typing import Any

from carene.engines.simulation.model import Model
from carene.engines.simulation.outcome import AttackOutcome, Distribution, Outcome, Spread, Years
from carene.engines.simulation.ranges import Range, Ranges
from carene.engines.simulation.shares import Amount, Contributions
from carene.engines.simulation.wording import sentences

DIGITS = 4


def to_simulation(outcome: Outcome, found: Contributions, sure: Ranges, model: Model) -> dict[str, Any]:
    return {
        "format": 1,
        "model": {"id": model.id, "version": model.version, "digest": model.digest},
        "seed": outcome.seed,
        "draws": outcome.draws,
        "worlds": outcome.worlds,
        "aims": {"prevent": _spread(outcome.prevent), "recover": _distribution(outcome.recover)},
        "total": _attack(outcome.total),
        "attacks": [_attack(one) for one in outcome.attacks.values()],
        "unevaluated": {
            "criteria": list(outcome.unevaluated),
            "acting": outcome.acting,
            "share": _round(outcome.unevaluated_share),
        },
        "contributions": {
            "bare": _amount(found.bare),
            "now": _amount(found.now),
            "criteria": [
                {
                    "criterion": one.criterion,
                    "level": one.level,
                    "today": {**_amount(one.today), **_range(sure.today[one.criterion])},
                    "one_level": _amount(one.one_level),
                    "to_target": {**_amount(one.to_target), **_range(sure.to_target[one.criterion])},
                    "barriers": [{"place": b.place, "label": b.label, "stops": _round(b.stops)} for b in one.barriers],
                }
                for one in found.criteria
            ],
        },
        "sentences": list(sentences(outcome)),
        "notes": list(outcome.notes),
    }


def _attack(one: AttackOutcome) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "attempts": _spread(one.attempts),
        "probability": _spread(one.probability),
        "failing": _spread(one.failing),
        "days": _spread(one.days),
        "activity_days": _spread(one.activity),
        "activity_share": _round(one.activity_share),
        "euros": _spread(one.euros),
        "records": _spread(one.records),
        "days_if": _distribution(one.days_if),
        "euros_if": _distribution(one.euros_if),
        "years": {"days": _years(one.years_days), "euros": _years(one.years_euros)},
        "channels": {key: _spread(value) for key, value in one.channels.items()},
    }


def _spread(value: Spread) -> dict[str, float]:
    return {"mean": _round(value.mean), "low": _round(value.low), "high": _round(value.high)}


def _distribution(value: Distribution) -> dict[str, Any]:
    return {
        "mean": _round(value.mean),
        "quantiles": {f"{rank:g}": _round(x) for rank, x in value.quantiles.items()},
        "histogram": {"edges": [_round(x) for x in value.edges], "shares": [_round(x) for x in value.shares]},
    }


def _years(value: Years) -> dict[str, Any]:
    return {
        "quiet": _round(value.quiet),
        "quantiles": {f"{rank:g}": _round(x) for rank, x in value.quantiles.items()},
        "exceeding": [[_round(amount), _round(share)] for amount, share in value.exceeding],
    }


def _amount(value: Amount) -> dict[str, float]:
    return {"euros": _round(value.euros), "days": _round(value.days)}


def _range(value: Range) -> dict[str, Any]:
    return {"low": _amount(value.low), "high": _amount(value.high)}


def _round(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")
