# SPDX-License-Identifier: EUPL-1.2
"""Reading the observatory, for one who looks: at most ten queries whatever the node.

``month`` is the first day of a month that is followed; None: the current one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Q

from carene.apps.indicators import queries as observations
from carene.apps.observatory import targets
from carene.apps.observatory.models import Month, Rollup, Snapshot
from carene.apps.observatory.numbers import read
from carene.apps.observatory.reading import COLUMNS, Child, Detail, Line, Moment, Reading, Table
from carene.apps.organisations.models import Organisation
from carene.core.access.actor import Actor
from carene.engines.observatory.calendar import first_day, holds, last_day, month_of
from carene.engines.observatory.explain import explain
from carene.engines.observatory.loader import shipped
from carene.engines.observatory.model import Figure
from carene.engines.observatory.small import shown
from carene.engines.observatory.strata import WHOLE
from carene.engines.referential.catalogue import care
from carene.engines.registers.territories import territories
from carene.engines.sources import InputError

VERB = "observatory.view"
# What one must be allowed to read each establishment's value.
READS = {
    "indicateur": "observation.view",
    "synthese": "summary.view",
    "detail": "assessment.view",
    "secret": "secret.view",
}
AREAS = (Organisation.Kind.NATION, Organisation.Kind.REGION, Organisation.Kind.GHT)
TREND, SERIES = 12, 36


def months() -> tuple[dt.date, ...]:
    """Those that are followed, oldest first."""
    return tuple(Month.objects.order_by("month").values_list("month", flat=True))


def figure_named(name: str) -> Figure:
    """Raises InputError for a figure that the pack does not know."""
    found = shipped().figure.get(name)
    if found is None:
        raise InputError("L'observatoire ne suit pas cet indicateur", remedy="en choisir un dans sa liste")
    return found


def readable(actor: Actor, organisation: Organisation, figure: Figure) -> bool:
    """May this reader see the value of each establishment of this node? Else only figures of five or more."""
    return actor.can(READS[figure.confidentiality], organisation.node)


def table(actor: Actor, organisation: Organisation, month: dt.date | None = None) -> Table:
    """Every figure of a node, by theme: an area's own, or the values of an establishment. Five queries."""
    actor.require(VERB, organisation.node)
    followed = months()
    chosen = _month(followed, month)
    if chosen is None:
        return Table(None, followed, _themes([Line(figure, None, ()) for figure in shipped().figures]))
    figures = targets.followed(organisation).figures
    since = first_day(month_of(chosen) - TREND + 1)
    if organisation.kind in AREAS:
        found = _of_area(organisation, since, chosen)
    else:
        found = _of_establishment(organisation, since, chosen)
    window = [first_day(number) for number in range(month_of(since), month_of(chosen) + 1)]
    lines = [_line(actor, organisation, figure, found.get(figure.id, {}), window) for figure in figures]
    return Table(chosen, followed, _themes(lines))


def _month(followed: Sequence[dt.date], month: dt.date | None) -> dt.date | None:
    """Raises InputError for a month that is not followed."""
    if month is None:
        return followed[-1] if followed else None
    if month not in followed:
        raise InputError("L'observatoire n'a pas de figure pour ce mois", remedy="en choisir un dans la liste")
    return month


def _themes(lines: list[Line]) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.figure.theme, []).append(line)
    return found


def _of_area(organisation: Organisation, since: dt.date, until: dt.date) -> dict[str, dict[dt.date, Reading]]:
    names = read().figure
    rows = Rollup.objects.of(organisation.node).filter(stratum=WHOLE, month__gte=since, month__lte=until)
    found: dict[str, dict[dt.date, Reading]] = {}
    for number, *said in rows.order_by("figure_no", "month").values_list("figure_no", *COLUMNS):
        if number in names:
            reading = Reading(*said)
            found.setdefault(names[number], {})[reading.month] = reading
    return found


def _of_establishment(organisation: Organisation, since: dt.date, until: dt.date) -> dict[str, dict[dt.date, Reading]]:
    """Its own values, from its observations: an area of one."""
    observatory = shipped()
    oldest = first_day(month_of(since) - max(observatory.observed.values()))
    rows = observations.standing({organisation.pk}, set(observatory.observed), oldest, last_day(month_of(until)))
    found: dict[str, dict[dt.date, Reading]] = {}
    for figure in observatory.figures:
        by_month = {}
        for number in range(month_of(since), month_of(until) + 1):
            held = own_value(figure, number, rows)
            if held is not None:
                value, day = held
                good = None if figure.goal is None else int(figure.goal.met(value))
                by_month[first_day(number)] = Reading.alone(first_day(number), value, good, day)
        found[figure.id] = by_month
    return found


def own_value(
    figure: Figure, month: int, rows: Sequence[tuple[int, str, dt.date, float]]
) -> tuple[float, dt.date] | None:
    """What one unit says of a figure, from its observations (oldest first), and the day of the oldest it rests on."""
    held = []
    for name in figure.formula.reads:
        last = next((row for row in reversed(rows) if row[1] == name and month_of(row[2]) <= month), None)
        if last is None or not holds(last[2], figure.validity_months, month):
            return None
        held.append(last)
    value = held[0][3]
    if len(held) == 2:
        if not held[1][3]:
            return None
        value = value * figure.formula.factor / held[1][3]
    return value, min(row[2] for row in held)


def _line(
    actor: Actor, organisation: Organisation, figure: Figure, found: dict[dt.date, Reading], window: list[dt.date]
) -> Line:
    now = found.get(window[-1])
    if now is not None and _hidden(actor, organisation, figure, now):
        return Line(figure, _bare(now), (), hidden=True)
    trend = [found.get(month) for month in window]
    shown = [None if one is None or _hidden(actor, organisation, figure, one) else one.value for one in trend]
    return Line(figure, now, tuple(shown), own=organisation.kind not in AREAS)


def _hidden(actor: Actor, organisation: Organisation, figure: Figure, reading: Reading) -> bool:
    return 0 < reading.answered < shipped().smallest_cell and not readable(actor, organisation, figure)


def _bare(reading: Reading) -> Reading:
    """Its counts alone."""
    return Reading.bare(reading.month, reading.population, reading.answered)


def detail(actor: Actor, organisation: Organisation, name: str, month: dt.date | None = None) -> Detail:
    """One figure of an area: three years of it, how it spreads, what is right below, how it is made. Ten queries.

    Raises InputError for an unknown figure or month; for an establishment, its own value alone.
    """
    actor.require(VERB, organisation.node)
    figure_named(name)
    followed = months()
    chosen = _month(followed, month)
    set_here = targets.over(organisation)
    observatory = targets.followed(organisation, set_here)
    figure = observatory.figure[name]
    said: dict[str, Any] = {
        "explained": tuple(explain(figure, observatory, care())),
        "public": observatory.series_of(figure),
        "source": observatory.sources[figure.target.source] if figure.target else None,
        "aimed": set_here.get(name),
    }
    number = read().of_figure.get(figure.id)
    if chosen is None or number is None:
        return Detail(figure, chosen, None, **said)
    ranked = readable(actor, organisation, figure)
    since = first_day(month_of(chosen) - SERIES + 1)
    if organisation.kind not in AREAS:
        own = _of_establishment(organisation, since, chosen).get(figure.id, {})
        moments = tuple(Moment(day, own.get(day), None) for day in followed if since <= day <= chosen)
        return Detail(figure, chosen, own.get(chosen), moments, **said, ranked=ranked)
    now, then = (_series(model, organisation, number, since, chosen) for model in (Rollup, Snapshot))
    reading = now.get(chosen)
    if reading is not None and _hidden(actor, organisation, figure, reading):
        return Detail(figure, chosen, _bare(reading), **said, hidden=True)
    moments = tuple(
        Moment(day, _open(actor, organisation, figure, now.get(day)), _open(actor, organisation, figure, then.get(day)))
        for day in followed
        if since <= day <= chosen
    )
    return Detail(
        figure,
        chosen,
        reading,
        moments,
        tuple(_below(actor, organisation, figure, number, chosen)),
        tuple(_departments(actor, organisation, figure, number, chosen)),
        ranked=ranked,
        **said,
    )


def _open(actor: Actor, organisation: Organisation, figure: Figure, reading: Reading | None) -> Reading | None:
    return _bare(reading) if reading is not None and _hidden(actor, organisation, figure, reading) else reading


def _series(
    model: Any, organisation: Organisation, number: int, since: dt.date, until: dt.date
) -> dict[dt.date, Reading]:
    rows = model.objects.of(organisation.node).filter(
        stratum=WHOLE, figure_no=number, month__gte=since, month__lte=until
    )
    return {row[0]: Reading(*row) for row in rows.order_by("month").values_list(*COLUMNS)}


def _below(actor: Actor, organisation: Organisation, figure: Figure, number: int, month: dt.date) -> list[Child]:
    """Areas right below, by name; those without a figure are there too."""
    rows = Organisation.objects.below(organisation.node).filter(node__parent=organisation.node, kind__in=AREAS)
    areas = list(rows.filter(Q(closed_on=None) | Q(closed_on__gt=month)).order_by("search", "pk"))
    found = Rollup.objects.below(organisation.node).filter(
        node_id__in=[one.pk for one in areas], stratum=WHOLE, figure_no=number, month=month
    )
    said = {row[0]: Reading(*row[1:]) for row in found.order_by("node_id").values_list("node_id", *COLUMNS)}
    children = [Child(one.pk, "", one.label, one.kind, said.get(one.pk)) for one in areas]
    return _guarded(children, readable(actor, organisation, figure))


def _guarded(children: list[Child], ranked: bool) -> list[Child]:
    """Without what is small, nor what would give it by difference, for who may not read each one's value."""
    answered = {rank: one.reading.answered for rank, one in enumerate(children) if one.reading}
    kept = answered if ranked else shown(answered, shipped().smallest_cell)
    found = []
    for rank, one in enumerate(children):
        if one.reading is not None and one.reading.answered and rank not in kept:
            one = replace(one, reading=_bare(one.reading), hidden=True)
        found.append(one)
    return found


def _departments(actor: Actor, organisation: Organisation, figure: Figure, number: int, month: dt.date) -> list[Child]:
    names = territories().departments
    rows = Rollup.objects.of(organisation.node).filter(stratum__startswith="d:", figure_no=number, month=month)
    found = []
    for stratum, *said in rows.order_by("stratum").values_list("stratum", *COLUMNS):
        code = stratum.removeprefix("d:")
        label = names[code].name if code in names else code
        found.append(Child(None, code, label, "department", Reading(*said)))
    return _guarded(found, readable(actor, organisation, figure))


def map_of(actor: Actor, organisation: Organisation, name: str, month: dt.date | None = None) -> Detail:
    """What a map of a nation or a region needs: its regions and its departments. As ``detail``, without the series."""
    actor.require(VERB, organisation.node)
    figure = figure_named(name)
    chosen = _month(months(), month)
    number = read().of_figure.get(figure.id)
    if chosen is None or number is None or organisation.kind not in AREAS:
        return Detail(figure, chosen, None)
    now = _series(Rollup, organisation, number, chosen, chosen).get(chosen)
    return Detail(
        figure,
        chosen,
        _open(actor, organisation, figure, now),
        children=tuple(_below(actor, organisation, figure, number, chosen)),
        departments=tuple(_departments(actor, organisation, figure, number, chosen)),
        ranked=readable(actor, organisation, figure),
    )
