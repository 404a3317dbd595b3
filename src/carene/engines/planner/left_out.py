# SPDX-License-Identifier: EUPL-1.2
"""Why each measure that is not in the plan is not: one French sentence with its figures."""

from __future__ import annotations

from carene.engines import french
from carene.engines.planner.board import Board, Obstacle
from carene.engines.planner.model import LeftOut, Step
from carene.engines.planner.obstacles import barred, label, obstacle, titled


def left_out(board: Board) -> tuple[LeftOut, ...]:
    """One entry for each candidate that is not placed, by identifier."""
    found = []
    for key in board.catalogue.candidates:
        if key not in board.starts:
            why = _reason(board, key)
            brief = french.capitalised(why.brief) + "." if why.brief else ""
            found.append(LeftOut(key, why.code, french.capitalised(why.text) + ".", brief))
    return tuple(found)


def _reason(board: Board, key: str) -> Obstacle:
    catalogue = board.catalogue
    if key in catalogue.problem.done:
        return Obstacle("no_effect", "elle est déjà réalisée")
    wish = catalogue.wish(key)
    if wish.excluded:
        reason = wish.reason.strip().rstrip(".")
        return Obstacle("excluded", f"vous l'avez écartée : {reason}" if reason else "vous l'avez écartée")
    if key in board.refused:
        return board.refused[key]
    if catalogue.candidates[key].steps and not catalogue.steps[key]:
        return Obstacle("not_applicable", "aucun des critères qu'elle relève ne concerne l'établissement")
    if catalogue.is_useless(key):
        return Obstacle("no_effect", _already_there(board, key))
    if key in catalogue.barred:
        return barred(catalogue, key)
    rival = board.rival(key)
    if rival is not None:
        return Obstacle("exclusive", f"elle et {titled(catalogue, rival)} s'excluent, et celle-ci est dans le plan")
    found = _covered(board, key) or _without_value(board, key) or obstacle(board, key)
    # All that fits with some gain was placed: what is left would end on the last day of the plan.
    return found or Obstacle("horizon", "elle finirait avec le plan : il ne resterait aucun mois pour en profiter")


def _already_there(board: Board, key: str) -> str:
    catalogue = board.catalogue
    if not catalogue.steps[key]:
        return "elle ne relève aucun critère et aucune mesure du plan ne l'attend"
    levels = [
        f"{label(catalogue, criterion)} au niveau {catalogue.problem.levels[criterion]}"
        for criterion in dict.fromkeys(step.criterion for step in catalogue.steps[key])
    ]
    return f"ce qu'elle apporte est déjà acquis ({french.listing(levels)})"


def _covered(board: Board, key: str) -> Obstacle | None:
    """When the plan reaches by other measures all that this one would bring."""
    catalogue = board.catalogue
    if any(board.final_level(step.criterion) < step.end for step in catalogue.steps[key]):
        return None
    others = sorted(
        {
            move.measure
            for step in catalogue.steps[key]
            for move in board.moves(step.criterion)
            if move.after > step.start
        }
    )
    return Obstacle("no_effect", f"le plan y parvient déjà par {french.listing(titled(catalogue, o) for o in others)}")


def _without_value(board: Board, key: str) -> Obstacle | None:
    """When nothing would come of it, even with money and people."""
    catalogue = board.catalogue
    useful = [step for step in catalogue.steps[key] if board.final_level(step.criterion) < step.end]
    if all(_is_worthless(board, step) for step in useful):
        if all(step.criterion in catalogue.problem.unanswered for step in useful):
            names = french.listing(french.quoted(label(catalogue, step.criterion)) for step in useful)
            return Obstacle("no_value", f"on ne sait pas encore si elle est utile ; répondre d'abord à {names}")
        if catalogue.problem.objective == "risk":
            return Obstacle("no_value", "les niveaux qu'elle gagne ne changent pas le risque calculé")
        return Obstacle("no_value", "les critères qu'elle relève n'ont aucun poids pour l'établissement")
    blocked = [step for step in useful if board.final_level(step.criterion) < step.start]
    if len(blocked) < len(useful):
        return None
    return Obstacle("prerequisite", _missing_rung(board, blocked[0]))


def _is_worthless(board: Board, step: Step) -> bool:
    """Nothing is gained by its levels, from where the plan leads on."""
    worth = board.catalogue.worth[step.criterion]
    return worth[step.end] - worth[board.final_level(step.criterion)] <= 0


def _missing_rung(board: Board, step: Step) -> str:
    """The level that a step waits for, and the measure that would lead there if there is one."""
    catalogue = board.catalogue
    level = board.final_level(step.criterion)
    rungs = [key for start, end, key in catalogue.raisers[step.criterion] if start <= level < end and end >= step.start]
    waited = f"{french.quoted(label(catalogue, step.criterion))} doit d'abord atteindre le niveau {step.start}"
    if not rungs:
        nearer = [key for start, end, key in catalogue.raisers[step.criterion] if start <= level < end < step.start]
        if not nearer:
            return f"{waited}, et aucune mesure ne l'y mène depuis le niveau {level}"
        return f"{waited}, et {titled(catalogue, nearer[0])}, qui l'en rapprocherait, n'est pas dans le plan"
    return f"{waited}, et {titled(catalogue, rungs[0])}, qui l'y mènerait, n'est pas dans le plan"
