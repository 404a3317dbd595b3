# SPDX-License-Identifier: EUPL-1.2
"""When a duty falls: from what was last said of it, on a given day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from carene.engines.governance.pack import Duty, Governance
from carene.engines.governance.ratios import Ratio
from carene.engines.months import add_months
from carene.engines.referential.model import Profile

State = Literal["late", "soon", "later", "undated", "not_applicable"]
STATES: tuple[tuple[State, str], ...] = (
    ("late", "En retard"),
    ("soon", "Bientôt"),
    ("undated", "Sans date"),
    ("later", "Plus tard"),
    ("not_applicable", "Sans objet ici"),
)


@dataclass(frozen=True, slots=True)
class Said:
    """What was last said of a duty. ``kind``: ``done``, ``planned`` (a day, with a reason when it moves one) or
    ``not_applicable``. ``next_on``: the day it falls next, None when nobody knows."""

    kind: str
    on: dt.date
    next_on: dt.date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """A duty of an establishment: when it was last done, when it falls, how near that is."""

    duty: Duty
    state: State
    last_on: dt.date | None = None
    due_on: dt.date | None = None
    reason: str = ""


def due_days(
    pack: Governance,
    profile: Profile,
    nis2: str,
    said: Iterable[tuple[str, Said]],
    reviews: Iterable[tuple[str, dt.date | None, dt.date | None]],
    today: dt.date,
) -> list[Due]:
    """Every duty proposed to an establishment, the most pressing first.

    ``said``: (duty, what was said of it), in the order in which it was said. ``reviews``: (kind of document, last
    review, next one); the latest of several documents of a kind counts.
    """
    history: dict[str, list[Said]] = {}
    for key, one in said:
        history.setdefault(key, []).append(one)
    documents: dict[str, tuple[dt.date | None, dt.date | None]] = {}
    for kind, last, following in reviews:
        if kind not in documents or (last or dt.date.min) > (documents[kind][0] or dt.date.min):
            documents[kind] = (last, following)
    rank = {state: n for n, (state, _) in enumerate(STATES)}
    found = [
        _due(duty, history.get(duty.id, ()), documents, pack.soon_days, today) for duty in pack.for_whom(profile, nis2)
    ]
    return sorted(found, key=lambda due: (rank[due.state], due.due_on or dt.date.max))


def _due(
    duty: Duty,
    said: Sequence[Said],
    documents: dict[str, tuple[dt.date | None, dt.date | None]],
    soon_days: int,
    today: dt.date,
) -> Due:
    last = said[-1] if said else None
    if last is not None and last.kind == "not_applicable":
        return Due(duty, "not_applicable", reason=last.reason)
    done = [one.on for one in said if one.kind == "done"]
    last_on, due_on = (max(done) if done else None), (last.next_on if last else None)
    if duty.document in documents:
        reviewed, following = documents[duty.document]
        # A review noted on the document is the duty done; a postponement said since then stands.
        if reviewed and (last is None or reviewed >= last.on or last.kind == "done"):
            last_on = max(filter(None, (reviewed, last_on)))
            due_on = following or (add_months(reviewed, duty.months) if duty.months else None)
    reason = last.reason if last is not None and last.kind == "planned" else ""
    return Due(duty, nearness(due_on, soon_days, today), last_on, due_on, reason)


def nearness(day: dt.date | None, soon_days: int, today: dt.date) -> State:
    if day is None:
        return "undated"
    if day < today:
        return "late"
    return "soon" if day <= today + dt.timedelta(days=soon_days) else "later"


def in_time(dues: Sequence[Due]) -> Ratio:
    """Share of the dated duties that are not late, in percent."""
    dated = [due for due in dues if due.due_on is not None]
    if not dated:
        return Ratio(None, "non calculable : aucune obligation n'est datée")
    return Ratio(100 * sum(due.state != "late" for due in dated) / len(dated))
