# SPDX-License-Identifier: EUPL-1.2
"""Making a filled plan better: drop what serves nothing, begin earlier, insert, exchange. The value never goes down."""

from __future__ import annotations

from collections.abc import Iterator

from carene.engines.planner.board import GAIN_SLACK, Board
from carene.engines.planner.greedy import Ranking, fill, place, propose
from carene.engines.planner.imposed import is_settled

_ROUNDS = 4
_TRIES = 400  # exchanges tried in a plan of ordinary size
_ORDINARY = 150  # candidates; above, fewer exchanges so that the whole stays within seconds
_VICTIMS = 6  # planned measures that each left out one may replace


def improve(board: Board, ranking: Ranking) -> tuple[Board, int]:
    """A board at least as good, and the number of exchanges made. The one received may be changed."""
    exchanged = 0
    count = len(board.catalogue.candidates)
    tries = _TRIES if count <= _ORDINARY else max(20, _TRIES * _ORDINARY // (4 * count))
    for _ in range(_ROUNDS):
        value = board.value
        settle(board, ranking)
        board, done = _exchange(board, ranking, tries)
        exchanged += done
        if board.value <= value + GAIN_SLACK:
            break
    settle(board, ranking)
    return board, exchanged


def settle(board: Board, ranking: Ranking) -> None:
    """Shift, fill and drop until nothing moves: each turn but the last frees room by dropping, or adds value."""
    while True:
        _shift_earlier(board)
        fill(board, board.catalogue.open_keys(), ranking)
        if not _drop_useless(board):
            return


def _shift_earlier(board: Board) -> None:
    """Begin each measure earlier when that is worth more; in order of start, so that followers can follow."""
    for key, begins in sorted(board.starts.items(), key=lambda item: (item[1], item[0])):
        if is_settled(board, key):
            continue
        before = board.value
        board.remove(key)
        found = board.best_start(key)
        board.place(key, begins if found is None or found >= begins else found)
        if board.value <= before + GAIN_SLACK and board.starts[key] != begins:
            board.remove(key)
            board.place(key, begins)


def _drop_useless(board: Board) -> bool:
    """Remove the measures that change no level, unless they are imposed or awaited by another."""
    dropped = False
    # The last to begin first: once a measure is gone, its prerequisites may be useless in turn.
    for key, begins in sorted(board.starts.items(), key=lambda item: (-item[1], item[0])):
        if board.is_imposed(key) or board.is_needed(key):
            continue
        before = board.value
        board.remove(key)
        if board.value < before - GAIN_SLACK:
            board.place(key, begins)
        else:
            dropped = True
    return dropped


def _exchange(board: Board, ranking: Ranking, tries: int) -> tuple[Board, int]:
    """Put a measure left out in the place of a planned one, which may come back later, when the whole is worth more."""
    done = 0
    progress = True
    while progress and tries > 0:
        progress = False
        for newcomer, victim in _pairs(board):
            tries -= 1
            trial = board.copy()
            trial.remove(victim)
            found = propose(trial, newcomer, ranking)
            if found is not None:
                place(trial, found)
                fill(trial, [victim], ranking)
                if trial.value > board.value + GAIN_SLACK:
                    board, progress = trial, True
                    done += 1
                    break
            if tries <= 0:
                break
    return board, done


def _pairs(board: Board) -> Iterator[tuple[str, str]]:
    """(left out, planned) pairs to try: the most promising left out first, the least valuable planned first."""
    catalogue = board.catalogue
    removable = [key for key in board.starts if not board.is_imposed(key) and not board.is_needed(key)]
    losses = {key: _loss(board, key) for key in removable}
    victims = sorted(removable, key=lambda key: (losses[key], key))
    outside = [key for key in catalogue.open_keys() if key not in board.starts and key not in board.refused]
    gains = {key: board.gain(key, 0) for key in outside}
    newcomers = sorted((key for key in outside if gains[key] > GAIN_SLACK), key=lambda key: (-gains[key], key))
    for newcomer in newcomers:
        for victim in [key for key in victims if losses[key] < gains[newcomer]][:_VICTIMS]:
            yield newcomer, victim


def _loss(board: Board, key: str) -> float:
    """What the plan would lose without this measure."""
    begins, before = board.starts[key], board.value
    board.remove(key)
    loss = before - board.value
    board.place(key, begins)
    return loss
