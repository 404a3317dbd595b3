# SPDX-License-Identifier: EUPL-1.2
"""What prevents a measure from being where one would want it, said in French with figures.

Descriptions begin with a small letter and have no full stop: they are made to stand inside a sentence.
"""

from __future__ import annotations

from collections.abc import Sequence

from carene.engines import french
from carene.engines.planner.board import Board, Obstacle, Shortage
from carene.engines.planner.bundles import bundle
from carene.engines.planner.catalogue import Catalogue
from carene.engines.planner.model import LeftOutCode


def titled(catalogue: Catalogue, key: str) -> str:
    candidate = catalogue.candidates.get(key)  # what was done long ago may have left the catalogue
    return french.quoted((candidate.title if candidate else "") or key)


def label(catalogue: Catalogue, key: str) -> str:
    """French name of a skill or a criterion."""
    return catalogue.problem.labels.get(key, key)


def month_name(catalogue: Catalogue, month: int) -> str:
    return french.month_and_year(catalogue.grid.day(month))


def obstacle(board: Board, key: str, *, strict: bool = True) -> Obstacle | None:
    """The first thing that prevents an open measure, prerequisites included, from being added; None when nothing does.

    ``strict`` keeps the deadlines. The board is left as it was.
    """
    keys = bundle(board, key, ladder=False)
    if not keys:
        return _blocked_chain(board, key)
    placed: list[str] = []
    found: Obstacle | None = None
    for item in keys:
        begins = board.wanted_start(item, strict=strict)
        if begins is None:
            found = _why_not(board, item, strict=strict)
            if item != key:
                found = _asked_first(board.catalogue, item, found)
            break
        if strict and item == key:
            found = _too_late(board, item, begins)
        board.place(item, begins)
        placed.append(item)
    for item in reversed(placed):
        board.remove(item)
    return found


def barred(catalogue: Catalogue, key: str) -> Obstacle:
    """Why a measure that waits for an excluded one, or that a measure already carried out excludes, is not possible."""
    barrier = catalogue.barred[key]
    rival = catalogue.done_rival(barrier)
    if barrier == key and rival is not None:
        return Obstacle("exclusive", f"elle et {titled(catalogue, rival)} s'excluent, et celle-ci est déjà réalisée")
    opening = f"elle demande d'abord {titled(catalogue, barrier)}"
    if rival is not None and not catalogue.wish(barrier).excluded:
        return Obstacle("prerequisite", f"{opening}, or {titled(catalogue, rival)} l'exclut et est déjà réalisée")
    return Obstacle("prerequisite", f"{opening}, que vous avez écartée")


def why_not_at(board: Board, key: str, month: int) -> str:
    """Why a placed measure could not begin at this month; the board is left as it was. Empty when it could."""
    catalogue = board.catalogue
    candidate = catalogue.candidates[key]
    if month + candidate.months > catalogue.problem.months:
        return _beyond_horizon(catalogue, key, month)
    late = [r for r in catalogue.needs[key] if r in board.starts and board.end_of(r) > month]
    if late:
        last = max(late, key=lambda required: (board.end_of(required), required))
        end = month_name(catalogue, board.end_of(last) - 1)
        return f"son prérequis {titled(catalogue, last)} ne finit qu'en {end}"
    lacks = _lacks_at(board, key, month)
    return describe(catalogue, lacks) if lacks else ""


def awaited_resource(board: Board, key: str, month: int) -> str:
    """What a placed measure waited for by not beginning at this month: the heaviest shortage; empty when none."""
    lacks = _lacks_at(board, key, month)
    if not lacks:
        return ""
    worst = max(lacks, key=lambda lack: _weight(board, [lack]))
    if not worst.skill:
        return f"attend le budget : un mois plus tôt, il manquait {_money(board.catalogue, worst)}"
    catalogue = board.catalogue
    period = period_name(catalogue, *worst.period)
    return (
        f"attend l'équipe {french.quoted(label(catalogue, worst.skill))} : un mois plus tôt, il manquait "
        f"{_days(worst.missing)} {period} {_balance(worst, '', 1)}"
    )


def describe(catalogue: Catalogue, lacks: Sequence[Shortage]) -> str:
    """« il manque 12 400 € en 2027 (45 000 € demandés, 32 600 € libres) et 3 jours de l'équipe « RSSI » en … »."""
    parts = [_money(catalogue, lack) for lack in lacks if not lack.skill]
    skills = dict.fromkeys(lack.skill for lack in lacks if lack.skill)
    parts += [_team(catalogue, [lack for lack in lacks if lack.skill == skill]) for skill in skills]
    return f"il manque {french.listing(parts)}"


def describe_briefly(catalogue: Catalogue, lacks: Sequence[Shortage]) -> str:
    """« il manque 12,4 k€ en 2027, et du temps : RSSI 3 jours »."""
    money = [
        f"{french.compact_euros(max(1.0, lack.missing))}{purse_of(catalogue, lack)} en {lack.year}"
        for lack in lacks
        if not lack.skill
    ]
    teams: dict[str, float] = {}
    for lack in lacks:
        if lack.skill:
            teams[lack.skill] = teams.get(lack.skill, 0.0) + lack.missing
    ordered = sorted(teams.items(), key=lambda item: (-item[1], item[0]))
    time = "du temps : " + ", ".join(f"{label(catalogue, skill)} {_days(days)}" for skill, days in ordered)
    if not teams:
        return f"il manque {french.listing(money)}"
    return f"il manque {', '.join(money)}, et {time}" if money else f"il manque {time}"


def _asked_first(catalogue: Catalogue, required: str, why: Obstacle) -> Obstacle:
    """A prerequisite is what prevents it, for a reason of its own."""
    opening = f"elle demande d'abord {titled(catalogue, required)}"
    brief = f"{opening}, qui n'est pas dans le plan" if why.code in ("budget", "team") else f"{opening}, or {why.short}"
    return Obstacle("prerequisite", f"{opening}, or {why.text}", brief)


def _lacks_at(board: Board, key: str, month: int) -> list[Shortage]:
    """What would lack to a placed measure at another month."""
    begins = board.starts[key]
    board.remove(key)
    lacks = board.shortages(key, month)
    board.place(key, begins)
    return lacks


def _money(catalogue: Catalogue, lack: Shortage) -> str:
    missing = french.euros(max(1.0, lack.missing))
    return f"{missing}{purse_of(catalogue, lack)} en {lack.year} {_balance(lack, '€', 0)}"


def purse_of(catalogue: Catalogue, lack: Shortage) -> str:
    """« au budget de « CH de la Vallée » », when there are several."""
    return f" au budget de {french.quoted(label(catalogue, lack.purse))}" if lack.purse else ""


def _team(catalogue: Catalogue, lacks: Sequence[Shortage]) -> str:
    """One team: what lacks over all the periods concerned, and the worst of them when they are several."""
    skill = french.quoted(label(catalogue, lacks[0].skill))
    worst = max(lacks, key=lambda lack: (lack.missing, -lack.period[0]))
    figures = _balance(worst, "", 1)
    period = period_name(catalogue, *worst.period)
    if len(lacks) == 1:
        return f"{_days(worst.missing)} de l'équipe {skill} {period} {figures}"
    whole = period_name(catalogue, min(one.period[0] for one in lacks), max(one.period[1] for one in lacks))
    total = _days(sum(lack.missing for lack in lacks))
    return f"{total} de l'équipe {skill} {whole}, dont {french.trimmed(worst.missing)} {period} {figures}"


def _balance(lack: Shortage, unit: str, decimals: int) -> str:
    """« (45 000 € demandés, 32 600 € libres) »."""
    parts = []
    for amount, word in ((lack.asked, "demandé"), (max(0.0, lack.left), "libre")):  # a rounding below zero is not said
        figure = french.trimmed(amount, decimals)
        parts.append(f"{figure}{french.SPACE + unit if unit else ''} {french.plural(amount, word)}")
    return f"({', '.join(parts)})"


def _days(missing: float) -> str:
    return french.person_days(max(0.1, missing))


def period_name(catalogue: Catalogue, first: int, after: int) -> str:
    """« d'avril à juin 2027 », « en août 2027 »."""
    return french.month_range(catalogue.grid.day(first), catalogue.grid.day(after - 1))


def _why_not(board: Board, key: str, *, strict: bool) -> Obstacle:
    """For a measure whose prerequisites are all placed, and that finds no month."""
    catalogue = board.catalogue
    rival = board.rival(key)
    if rival is not None:
        return Obstacle("exclusive", f"elle et {titled(catalogue, rival)} s'excluent, et celle-ci est dans le plan")
    window = board.window(key, strict=strict)
    first, last = window if window is not None else (0, -1)
    if first > last:
        candidate, deadline = catalogue.candidates[key], catalogue.wish(key).deadline
        ends = first + candidate.months
        if strict and deadline is not None and ends <= catalogue.problem.months:
            return Obstacle(
                "deadline",
                f"elle finirait au plus tôt en {month_name(catalogue, ends - 1)}, alors qu'elle doit être finie avant "
                f"{month_name(catalogue, deadline)} : c'est {french.months(ends - deadline)} trop tard",
            )
        return Obstacle("horizon", _after_needs(board, key, first) + _beyond_horizon(catalogue, key, first))
    return _least_shortage(board, key, first, last)


def _after_needs(board: Board, key: str, first: int) -> str:
    """« elle vient après « X », » when a prerequisite is what makes it begin that late."""
    catalogue = board.catalogue
    last = [required for required in catalogue.needs[key] if first and board.end_of(required) == first]
    return f"elle vient après {french.listing(titled(catalogue, required) for required in last)}, " if last else ""


def _too_late(board: Board, key: str, begins: int) -> Obstacle | None:
    """It only fits so late that no month is left to profit from it: what keeps it from ending earlier is the reason."""
    months, horizon = board.catalogue.candidates[key].months, board.catalogue.problem.months
    window = board.window(key)
    if window is None or begins + months < horizon or window[0] + months >= horizon:
        return None
    return _least_shortage(board, key, window[0], begins - 1)


def _least_shortage(board: Board, key: str, first: int, last: int) -> Obstacle:
    """At the month, among these where nothing fits, when the least is missing."""
    lacks = min(
        (board.shortages(key, month) for month in range(first, last + 1)), key=lambda found: _weight(board, found)
    )
    code: LeftOutCode = "team" if all(lack.skill for lack in lacks) else "budget"
    return Obstacle(code, describe(board.catalogue, lacks), describe_briefly(board.catalogue, lacks))


def _weight(board: Board, lacks: Sequence[Shortage]) -> float:
    rate = max(1.0, board.catalogue.problem.day_rate)
    return sum(lack.missing * (rate if lack.skill else 1.0) for lack in lacks)


def _beyond_horizon(catalogue: Catalogue, key: str, first: int) -> str:
    months = catalogue.candidates[key].months
    return (
        f"il lui faut {french.months(months)} à partir {french.of(month_name(catalogue, first))}, elle finirait après "
        f"{month_name(catalogue, catalogue.problem.months - 1)}, dernier mois du plan"
    )


def _blocked_chain(board: Board, key: str) -> Obstacle:
    """A prerequisite of some rank was refused, or the chain is longer than the horizon."""
    catalogue = board.catalogue
    pending, seen = list(catalogue.needs[key]), set()
    while pending:
        required = pending.pop(0)
        if required in board.refused:
            return _asked_first(catalogue, required, board.refused[required])
        if required not in seen and required not in board.starts:
            seen.add(required)
            pending += catalogue.needs[required]
    return Obstacle(
        "horizon", f"ses {len(seen)} prérequis à enchaîner demandent plus de {french.months(catalogue.problem.months)}"
    )
