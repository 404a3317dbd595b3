# SPDX-License-Identifier: EUPL-1.2
"""The demonstration tells a story of two years: its clock can be set."""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from django.utils import timezone

from carene.apps.demonstration.levels import chance

Story = Iterator[int]  # gives how many days ago its next step happens, then does it when it is resumed

OPENS, CLOSES = dt.time(8, 40), dt.time(17, 40)
PAUSE = dt.timedelta(minutes=6)  # at least, between two steps of one story
SATURDAY = 5


class Clock:
    """« Now » as the story needs it, counted back from the day on which it is told.

    Only for a database that nobody uses yet: the clock is that of the whole process.
    """

    def __init__(self) -> None:
        self.told_at = timezone.now()

    def day_in(self, days: int) -> dt.date:
        """The day that many days from the one on which the story is told (negative: in the past)."""
        return timezone.localtime(self.told_at).date() + dt.timedelta(days=days)

    @contextmanager
    def at(self, moment: dt.datetime) -> Iterator[None]:
        """Inside, actions, journal and histories are dated as if they had happened then."""
        real = timezone.now
        timezone.now = lambda: moment
        try:
            yield
        finally:
            timezone.now = real

    def moment(self, days: int, *key: object) -> dt.datetime:
        """Some time of that many days ago, within office hours; of the Friday before when that was a weekend."""
        day = self.day_in(-days)
        day -= dt.timedelta(days=max(0, day.weekday() - SATURDAY + 1))
        opens, closes = (timezone.make_aware(dt.datetime.combine(day, hour)) for hour in (OPENS, CLOSES))
        return opens + (closes - opens) * chance("hour", days, *key)

    def tell(self, stories: Sequence[Story], progress: Callable[[str], None]) -> None:
        """Tells them side by side, step after step: what they write is in the order of its dates."""
        waiting: list[tuple[dt.datetime, int]] = []

        def wait(rank: int, after: dt.datetime | None) -> None:
            """Does what the story has to do now, and waits for its next step."""
            days = next(stories[rank], None)
            if days is not None:
                wanted = self.moment(days, rank)
                heapq.heappush(waiting, (wanted if after is None else max(wanted, after + PAUSE), rank))

        for rank in range(len(stories)):
            wait(rank, None)
        year = 0
        while waiting:
            moment, rank = heapq.heappop(waiting)
            if moment.year != year:
                year = moment.year
                progress(f"  {year}")
            with self.at(moment):
                wait(rank, moment)
