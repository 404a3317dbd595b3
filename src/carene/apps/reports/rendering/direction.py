# SPDX-License-Identifier: EUPL-1.2
"""The page for those who decide, as PDF/UA-1."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from carene.engines import french

if TYPE_CHECKING:
    from carene.apps.reports.board import Page

TEMPLATE = Path(__file__).parent / "templates" / "direction.typ"


def direction_pdf(page: Page, *, fonts: Path | None = None) -> bytes:
    """``fonts`` as for ``board_pdf``."""
    return printed(payload(page), dated(page), fonts=fonts)


def printed(told: dict[str, Any], timestamp: int, *, fonts: Path | None = None) -> bytes:
    """What ``payload`` and ``dated`` gave."""
    from carene.apps.reports.rendering.pdf import typeset_safely  # the typesetter comes with it

    return typeset_safely(TEMPLATE, told, fonts, timestamp=timestamp)


def dated(page: Page) -> int:
    """Noon of the day of the page, in seconds: the date of the document."""
    return int(dt.datetime.combine(page.prepared_on, dt.time(12), tzinfo=dt.UTC).timestamp())


def payload(page: Page) -> dict[str, Any]:
    """What the template reads."""
    return {
        "title": "Où en sommes-nous, ce que cela coûte, ce que nous décidons aujourd'hui",
        "organisation": page.organisation,
        "subtitle": page.subtitle,
        "date": french.long_date(page.prepared_on),
        "headline": page.headline,
        "standing": page.standing,
        "risk": page.risk,
        "money": [list(row) for row in page.money],
        "costs": page.costs,
        "late": [*page.late, *([f"et {french.counted(page.more_late, 'autre')}"] if page.more_late else [])],
        "undated": french.counted(
            page.undated, "obligation n'a encore aucune date", "obligations n'ont encore aucune date"
        )
        if page.undated
        else "",
        "decisions": [[one.title, one.cost, one.effect] for one in page.decisions],
        "sources": " ".join(page.sources),
    }
