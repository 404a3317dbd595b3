# SPDX-License-Identifier: EUPL-1.2
"""Who pays what part of something done once for several."""

from __future__ import annotations

from collections.abc import Mapping

from carene.engines.planner.group.model import Group


def airport(sizes: Mapping[str, float]) -> Mapping[str, float]:
    """Fair part of each in the cost of the largest: same keys and unit as ``sizes`` (≥ 0), sums to the largest one.

    Each slice of size is paid in equal parts by those who need at least that much. It is the Shapley value of the
    « airport game », where serving some costs what the largest of them costs (S. C. Littlechild and G. Owen, A simple
    expression for the Shapley value in a special case, Management Science 20, 1973). Nobody pays more than its size.
    """
    found: dict[str, float] = {}
    paid = below = 0.0
    ordered = sorted(sizes, key=lambda name: (sizes[name], name))
    for rank, name in enumerate(ordered):
        paid += (sizes[name] - below) / (len(ordered) - rank)
        below = sizes[name]
        found[name] = paid
    return found


def shares(group: Group, sizes: Mapping[str, float]) -> Mapping[str, float]:
    """By the key of the group: member → share, sum 1. ``sizes``: what each would need alone, for the fair key.

    Where the key gives all of them nothing (no agreed percentage, no activity), the fair one is used.
    """
    if group.key == "equal":
        return _normalised(dict.fromkeys(sizes, 1.0))
    weights: Mapping[str, float] = {}
    if group.key == "activity":
        weights = {name: group.member(name).activity for name in sizes}
    elif group.key == "custom":
        weights = {name: group.percents.get(name, 0.0) for name in sizes}
    return _normalised(weights) if sum(weights.values()) > 0 else fair_shares(sizes)


def fair_shares(sizes: Mapping[str, float]) -> Mapping[str, float]:
    """``airport`` as shares that sum to 1, equal ones when there is nothing to pay."""
    return _normalised(airport(sizes) if max(sizes.values()) > 0 else dict.fromkeys(sizes, 1.0))


def _normalised(weights: Mapping[str, float]) -> Mapping[str, float]:
    total = sum(weights.values())
    return {name: weight / total for name, weight in weights.items()}
