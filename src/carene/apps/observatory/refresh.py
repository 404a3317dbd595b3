# SPDX-License-Identifier: EUPL-1.2
"""Keeping the figures up to date: what changed is counted within seconds, a new month is opened, an old one closed.

Each step is one transaction, and two steps never run at once: whoever stops in the middle, the next one goes on. What
was observed goes before what only moved in the tree, the current month before those that are over.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from carene.apps.indicators import queries as observations
from carene.apps.observatory import closing, membership, numbers, rolling, values
from carene.apps.observatory.models import Change, Month, Stale
from carene.apps.observatory.steps import step
from carene.engines.observatory.calendar import first_day, month_of
from carene.engines.observatory.loader import shipped
from carene.engines.observatory.model import Figure, Observatory

WHY = "the observatory counts everybody"
MONTHS_KEPT = 60  # how far back a first count goes
AT_ONCE = 2000  # changes of one step
OBSERVED, PAST, MOVED = 0, 1, 2  # ranks: what is computed first
SOONER: dict[str, Any] = {
    "update_conflicts": True,
    "unique_fields": ["month", "figure_no"],
    "update_fields": ["rank"],
}


def run(stop: Callable[[], bool] = lambda: False, today: dt.date | None = None) -> list[dt.date]:
    """Does all that is pending, or what can be done until ``stop()``; gives the months that were closed."""
    today = today or timezone.localdate()
    open_months(today, stop)
    while not stop():
        with step():
            worked = take_changes(today) or compute_next()
        if not worked:
            break
    return [] if stop() else closing.close_due(today)


def followed() -> list[int]:
    """Numbers of the months that are followed, in order."""
    return [month_of(day) for day in Month.objects.order_by("month").values_list("month", flat=True)]


def open_months(today: dt.date, stop: Callable[[], bool] = lambda: False) -> None:
    """The current month and, the first time, those before it since the first observation."""
    for number in missing(today):
        if stop():
            return
        with step():
            if number not in followed():  # another worker may have opened it meanwhile
                open_month(first_day(number))


def missing(today: dt.date) -> list[int]:
    """Months to open, in order."""
    current, known = month_of(today), followed()
    if known:
        return list(range(known[-1] + 1, current + 1))
    oldest = observations.first_day()
    return list(range(min(current, max(month_of(oldest), current - MONTHS_KEPT + 1)), current + 1)) if oldest else []


def open_month(month: dt.date, observatory: Observatory | None = None) -> int:
    """Who counts in it, what holds in it; its figures are to be computed. Gives how many values hold."""
    observatory = observatory or shipped()
    numbers.ready(observatory)
    before = first_day(month_of(month) - 1)
    known = Month.objects.filter(month=before).exists()
    membership.renew(month)
    count = values.whole(month, after=before if known else None, validity=observatory.observed)
    Month.objects.create(month=month, opened_at=timezone.now())
    _mark([(figure, month_of(month)) for figure in observatory.figures], OBSERVED)
    return count


def take_changes(today: dt.date) -> bool:
    """Counts what was noted, as far as the values of the months; says whether there was something."""
    rows = list(Change.objects.unscoped(WHY).order_by("id")[:AT_ONCE])
    if not rows:
        return False
    observatory, current = shipped(), month_of(today)
    months = [number for number in followed() if number <= current]
    moved = months[-1:] == [current] and any(not row.indicator for row in rows)
    if moved and membership.renew(first_day(current)):
        _mark([(figure, current) for figure in observatory.figures], MOVED)
    spans: dict[values.Pair, values.Span] = {}
    for row in rows:
        if row.indicator:
            pair = (row.node_id, row.indicator)
            first, last = spans.get(pair, values.Span(row.since, row.since))
            spans[pair] = values.Span(min(first, row.since), max(last, row.since))
    known = numbers.read().of_indicator
    touched = values.update(spans, months, known, observatory.observed)
    _mark([(figure, month) for name, month in touched for figure in observatory.figures_reading[name]], None, current)
    Change.objects.unscoped(WHY).filter(pk__in=[row.pk for row in rows]).delete()
    return True


def _mark(pairs: list[tuple[Figure, int]], rank: int | None, current: int = 0) -> None:
    """These figures of these months are to be computed again; ``rank`` None: by their month."""
    known = numbers.read().of_figure
    rows = {
        (known[figure.id], month): (OBSERVED if month == current else PAST) if rank is None else rank
        for figure, month in pairs
        if figure.id in known
    }
    Stale.objects.bulk_create(
        [Stale(month=first_day(month), figure_no=number, rank=order) for (number, month), order in rows.items()],
        batch_size=300,
        **({"ignore_conflicts": True} if rank == MOVED else SOONER),
    )


def compute_next() -> bool:
    """Computes some figures of one month, the most urgent; says whether there were any."""
    first = Stale.objects.order_by("rank", "-month", "figure_no").first()
    if first is None:
        return False
    observatory, known, units = shipped(), numbers.read(), membership.of_month(first.month)
    same = Stale.objects.filter(month=first.month, rank=first.rank).order_by("figure_no")
    waiting = list(same.values_list("figure_no", flat=True))
    named = [known.figure.get(number, "") for number in waiting]
    figures = [observatory.figure[name] for name in named if name in observatory.figure]
    batch = rolling.batches(figures, units)[0] if figures else []
    if batch:
        rolling.compute(first.month, batch, units, known)
    done = {known.of_figure[figure.id] for figure in batch}
    # What the pack no longer follows is forgotten with the first batch.
    done |= {number for number, name in zip(waiting, named, strict=True) if name not in observatory.figure}
    same.filter(figure_no__in=done).delete()
    return True


def recompute(
    month: dt.date, *, whole: bool = False, report: Callable[[str, float], None] = lambda _w, _s: None
) -> int:
    """A month from end to end, in as many transactions as it has batches; gives how many cells changed.

    Its members are those that were kept, or the tree of today when it is the first time. ``whole``: values are drawn
    from the observations alone, not from those of the month before.
    """
    observatory = shipped()
    with step():
        if not Month.objects.filter(month=month).exists():
            report("valeurs", 0.0)
            open_month(month)
        else:
            numbers.ready(observatory)
            before = first_day(month_of(month) - 1)
            known = not whole and Month.objects.filter(month=before).exists()
            report("valeurs", 0.0)
            values.whole(month, after=before if known else None, validity=observatory.observed)
    units, known_numbers, changed = membership.of_month(month), numbers.read(), 0
    parts = rolling.batches(observatory.figures, units)
    for rank, batch in enumerate(parts):
        report("figures", rank / len(parts))
        with step():
            changed += rolling.compute(month, batch, units, known_numbers)
            done = [known_numbers.of_figure[figure.id] for figure in batch]
            Stale.objects.filter(month=month, figure_no__in=done).delete()
    return changed
