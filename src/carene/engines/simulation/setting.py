# SPDX-License-Identifier: EUPL-1.2
"""What an establishment changes in the model: how often it is tried, its size, its money, the state of its criteria."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from carene.engines.simulation.model import LEVELS, Attack, Establishment, Model

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

USUAL_TYPE, USUAL_SIZE = "ch", "m"  # taken, and said, when the card does not tell
DAYS = 365
# State of a criterion: 0–4 its level, then not applicable, then unknown but at least 0, 1, 2, 3, 4.
NOT_APPLICABLE = LEVELS
UNKNOWN = LEVELS + 1
STATES = UNKNOWN + LEVELS


@dataclass(frozen=True, slots=True)
class Setting:
    """Numbers of one establishment. ``tries``: factor of every rate; ``budget``: euros a year; ``notes``: in French."""

    applicable: frozenset[str]
    size: str
    tries: float
    activity: float
    budget: float
    prior: int
    notes: tuple[str, ...]


def setting_of(model: Model, establishment: Establishment) -> Setting:
    """What is unknown of the card is taken at the usual value, and told in ``notes``."""
    profile, notes = establishment.profile, []
    kind, size = profile.type or USUAL_TYPE, profile.size or USUAL_SIZE
    if profile.type is None:
        notes.append("Type d'établissement inconnu : calculé comme un centre hospitalier.")
    if profile.size is None:
        notes.append("Taille de l'établissement inconnue : calculé pour 400 à 1 499 postes.")
    budget = establishment.budget
    if budget is None:
        budget = model.revenue.budget[size]
        notes.append("Budget d'exploitation inconnu : celui d'un établissement de cette taille a été pris.")
    return Setting(
        applicable=model.applicable(establishment),
        size=size,
        tries=model.exposure.by_type[kind] * model.exposure.by_size[size],
        activity=model.activity.by_type[kind],
        budget=budget,
        prior=model.prior(profile),
        notes=tuple(notes),
    )


def states_of(model: Model, levels: Mapping[str, int | None], applicable: frozenset[str]) -> Ints:
    """State of each criterion of ``model.criteria``; one absent from ``levels`` was not evaluated.

    Raises ValueError for a level that does not exist.
    """
    found = np.empty(len(model.criteria), dtype=np.intp)
    for rank, key in enumerate(model.criteria):
        level = levels.get(key)
        if key not in applicable:
            found[rank] = NOT_APPLICABLE
        elif level is None:
            found[rank] = UNKNOWN
        elif 0 <= level < LEVELS:
            found[rank] = level
        else:
            raise ValueError(f"{key}: there is no level {level}")
    return found


def raised(states: Ints, rank: int, level: int) -> int:
    """State of the criterion ``rank`` once it stands at ``level`` at least."""
    state = int(states[rank])
    if state == NOT_APPLICABLE:
        return state
    if state >= UNKNOWN:
        return max(state, UNKNOWN + level)
    return max(state, level)


def open_channels(attacks: tuple[Attack, ...], establishment: Establishment) -> Floats:
    """1 for each way in that exists, 0 for one that the establishment declared without object; all attacks in a row."""
    return np.array(
        [
            float(channel.closed_without not in establishment.not_applicable)
            for attack in attacks
            for channel in attack.channels
        ]
    )
