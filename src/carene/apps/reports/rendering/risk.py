# SPDX-License-Identifier: EUPL-1.2
"""The risk in the documents: what attacks may cost today, with the plan, and how sure it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from carene.apps.reports.rendering.sheets import Book, Cell, Column
from carene.ui.charts.svg import Palette

if TYPE_CHECKING:
    from carene.apps.risks.board import Board


def payload(
    board: Board | None, palette: Palette, width: float, figure: Callable[[str], dict[str, str]]
) -> dict[str, Any] | None:
    """What the template of the PDF lays out; None without a simulation."""
    if board is None:
        return None
    return {
        "headline": board.headline,
        "chances": figure(board.chances.draw(width, palette)),
        "attacks": [[row.title, row.success, row.chance, row.often, row.days, row.euros] for row in board.rows],
        "total": board.total,
        "aims": [sentence for sentence in (board.prevent, board.recover) if sentence],
        "change": list(board.change),
        "plan_chart": figure(board.plan_chart.draw(width, palette)) if board.plan_chart else None,
        "plan": [
            [line.when, line.chance, line.days, line.euros, line.saved_days or "—", line.saved_euros or "—"]
            for line in board.plan
        ],
        "certainty": list(board.certainty),
    }


def sheet(book: Book, board: Board | None) -> None:
    """The same as a table: each attack today, then each moment of the plan, then how sure it is."""
    if board is None:
        return
    columns = [
        Column("Quoi", 30, "bold"), Column("Réussite dans l'année", 26), Column("Soins dégradés si elle réussit", 32),
        Column("Coût si elle réussit", 30), Column("Jours dégradés par an, en moyenne", 26),
        Column("Euros par an, en moyenne", 30), Column("Jours évités par an", 26), Column("Euros évités par an", 30),
        Column("À savoir", 80),
    ]  # fmt: skip
    rows: list[list[Cell]] = [
        [row.title, row.chance, row.days, row.euros, row.yearly_days, row.yearly_euros, None, None,
         f"Réussit quand {row.success}."]
        for row in board.rows
    ]  # fmt: skip
    rows += [
        [f"Avec le plan, {line.when.lower()}", line.chance, line.lasting, None, line.days, line.euros,
         line.saved_days, line.saved_euros, "Chances et durée : rançongiciel. Le reste : les trois attaques."]
        for line in board.plan[1:]
    ]  # fmt: skip
    said = " ".join((board.total, board.prevent, board.recover, *board.certainty)).replace("  ", " ")
    rows.append(["Jusqu'où s'y fier", *[None] * 7, said])
    book.sheet("Risques", columns, rows)
