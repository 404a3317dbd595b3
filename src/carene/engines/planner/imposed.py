# SPDX-License-Identifier: EUPL-1.2
"""What the user imposes is placed first; what cannot be honoured is said with how much is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from carene.engines import french
from carene.engines.planner.board import GAIN_SLACK, Board
from carene.engines.planner.bundles import bundle
from carene.engines.planner.greedy import Ranking, place, propose
from carene.engines.planner.obstacles import barred, month_name, obstacle, titled, why_not_at

READABLE = 200  # characters: beyond, what lacks is said in brief


@dataclass(slots=True)
class Outcome:
    """French sentences, and how far from the wishes the plan is: measures not planned, then months of gap."""

    unmet: list[str] = field(default_factory=list)
    missing: int = 0
    months: int = 0


def impose(board: Board, ranking: Ranking, *, fixed_first: bool) -> Outcome:
    """Place the mandatory measures and those with an imposed month, then those with a mere deadline if worth it.

    ``fixed_first`` serves imposed months before deadlines; otherwise all go by the date they must be finished.
    """
    catalogue = board.catalogue
    outcome = Outcome()
    keys = [key for key in catalogue.candidates if board.is_imposed(key) and key not in catalogue.problem.done]
    for key in sorted(keys, key=lambda key: _urgency(board, key, fixed_first=fixed_first)):
        _impose_one(board, key, outcome)
    for key in sorted(board.starts.keys() - set(keys)):  # what imposed measures need, brought in even late
        _tell_late(board, key, outcome)
    dated = [key for key in catalogue.open_keys() if catalogue.wish(key).deadline is not None]
    for key in sorted(dated, key=lambda key: (catalogue.wish(key).deadline, key)):
        if key not in board.starts and key not in board.refused:
            found = propose(board, key, ranking)
            if found:
                place(board, found)
    return outcome


def is_settled(board: Board, key: str) -> bool:
    """Whether the month of a placed measure must not move: it was imposed, or a delay was already told to the user."""
    wish = board.catalogue.wish(key)
    if wish.start_month is not None:
        return True
    return wish.deadline is not None and board.end_of(key) > wish.deadline


def _urgency(board: Board, key: str, *, fixed_first: bool) -> tuple[bool, int, str]:
    wish, months = board.catalogue.wish(key), board.catalogue.candidates[key].months
    due = board.catalogue.problem.months if wish.deadline is None else wish.deadline
    if wish.start_month is not None:
        due = min(due, wish.start_month + months)
    return fixed_first and wish.start_month is None, due, key


def _impose_one(board: Board, key: str, outcome: Outcome) -> None:
    catalogue = board.catalogue
    if key not in board.starts and (key in catalogue.barred or not _place_with_needs(board, key)):
        _refuse(board, key, outcome)
        return
    _tell_moved(board, key, outcome)
    _tell_late(board, key, outcome)


def _tell_late(board: Board, key: str, outcome: Outcome) -> None:
    """Say by how much a deadline was missed."""
    catalogue = board.catalogue
    wish, ends = catalogue.wish(key), board.end_of(key)
    if wish.deadline is not None and ends > wish.deadline:
        late = ends - wish.deadline
        outcome.months += late
        outcome.unmet.append(
            f"{titled(catalogue, key)} devait être finie avant {month_name(catalogue, wish.deadline)} : elle ne l'est "
            f"qu'en {month_name(catalogue, ends - 1)}, {french.months(late)} trop tard."
        )


def _refuse(board: Board, key: str, outcome: Outcome) -> None:
    """An imposed measure that cannot be planned, even late, with what is already imposed."""
    catalogue = board.catalogue
    if key not in catalogue.barred:
        found = obstacle(board, key, strict=False)
        assert found is not None  # it was just tried the same way, and found no room
    else:
        found = barred(catalogue, key)
    board.refused[key] = found
    outcome.missing += 1
    why = found.text if len(found.text) <= READABLE else found.short
    outcome.unmet.append(f"{titled(catalogue, key)} est imposée, mais ne tient pas dans le plan : {why}.")


def _place_with_needs(board: Board, key: str) -> bool:
    """The measure with its prerequisites, and with the rungs below it when they let it raise more.

    What meets the deadlines is preferred; if nothing does, they are forgotten rather than the measure.
    """
    for strict in (True, False):
        best: tuple[float, list[tuple[str, int]]] | None = None
        for ladder in (False, True):
            starts = _try_in_order(board, bundle(board, key, ladder=ladder), strict=strict)
            if starts:
                gain = _gain_of(board, starts)
                if best is None or gain > best[0] + GAIN_SLACK:
                    best = (gain, starts)
        if best is not None:
            for item, begins in best[1]:
                board.place(item, begins)
            return True
    return False


def _try_in_order(board: Board, keys: Sequence[str], *, strict: bool) -> list[tuple[str, int]]:
    """Months for all of these, or nothing; the board is left as it was."""
    placed: list[tuple[str, int]] = []
    for key in keys:
        begins = board.wanted_start(key, strict=strict)
        if begins is None:
            break
        board.place(key, begins)
        placed.append((key, begins))
    for key, _ in reversed(placed):
        board.remove(key)
    return placed if len(placed) == len(keys) else []


def _gain_of(board: Board, starts: Sequence[tuple[str, int]]) -> float:
    before = board.value
    for key, begins in starts:
        board.place(key, begins)
    gain = board.value - before
    for key, _ in reversed(starts):
        board.remove(key)
    return gain


def _tell_moved(board: Board, key: str, outcome: Outcome) -> None:
    """Say by how much an imposed month was missed, and why."""
    catalogue = board.catalogue
    wanted, begins = catalogue.wish(key).start_month, board.starts[key]
    if wanted is None or begins == wanted:
        return
    gap = abs(begins - wanted)
    outcome.months += gap
    sense = "tard" if begins > wanted else "tôt"
    outcome.unmet.append(
        f"{titled(catalogue, key)} devait commencer en {month_name(catalogue, wanted)} : elle commence en "
        f"{month_name(catalogue, begins)}, {french.months(gap)} plus {sense}, car {why_not_at(board, key, wanted)}."
    )
