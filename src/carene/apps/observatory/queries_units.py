# SPDX-License-Identifier: EUPL-1.2
"""Establishments one by one, for who may read each; one establishment among its peers, for everyone."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from django.db import connection

from carene.apps.indicators import queries as observations
from carene.apps.observatory.models import Member, MonthValue, Rollup
from carene.apps.observatory.numbers import read
from carene.apps.observatory.queries import AREAS, READS, VERB, _month, figure_named, months, own_value
from carene.apps.observatory.reading import Detail, Page, Peers, Unit
from carene.apps.organisations.models import Organisation
from carene.core.access.actor import Actor
from carene.engines.observatory.calendar import first_day, last_day, month_of
from carene.engines.observatory.loader import shipped
from carene.engines.observatory.model import Figure
from carene.engines.observatory.small import shown
from carene.engines.observatory.strata import WHOLE, size_stratum, type_stratum
from carene.engines.referential.catalogue import care
from carene.engines.sources import InputError

Order = Literal["name", "worst", "best"]
PAGE = 50


def establishments(
    actor: Actor,
    organisation: Organisation,
    name: str,
    month: dt.date | None = None,
    *,
    department: str = "",
    order: Order = "name",
    page: int = 1,
) -> Page:
    """Those that count in an area, as they stood in the month, ``PAGE`` at a time; those without a value come last.

    Of a nation, those of one department: nobody reads a list of forty thousand, and no page may wait for its order.
    Raises PermissionDenied for who may not read each one's value, InputError for an unknown figure or month, or for a
    nation without a department.
    """
    figure = figure_named(name)
    actor.require(VERB, organisation.node)
    actor.require(READS[figure.confidentiality], organisation.node)
    if organisation.kind == Organisation.Kind.NATION and not department:
        raise InputError("La liste est trop longue pour tout le pays", remedy="choisir une région ou un département")
    numbers = read().of_indicator
    chosen = _month(months(), month)
    if chosen is None or organisation.kind not in AREAS or not all(key in numbers for key in figure.formula.reads):
        return Page((), 0)
    where, counted = _counted(figure, organisation, chosen, department)
    value, joins, joined = _value(figure, chosen, numbers)
    ranks = {
        "name": "o.search, o.node_id",
        "best": f"own {'DESC' if figure.direction == 'higher' else 'ASC'} NULLS LAST, o.search, o.node_id",
        "worst": f"own {'ASC' if figure.direction == 'higher' else 'DESC'} NULLS LAST, o.search, o.node_id",
    }
    table = Member._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} m WHERE {where}", counted)
        total = int(cursor.fetchone()[0])
        cursor.execute(
            f"SELECT m.node_id, o.name, o.town, m.type, {value} AS own, a.observed_on FROM {table} m "
            f"JOIN {Organisation._meta.db_table} o ON o.node_id = m.node_id {joins} WHERE {where} "
            f"ORDER BY {ranks[order]} LIMIT %s OFFSET %s",
            [*joined, *counted, PAGE, max(0, page - 1) * PAGE],
        )
        rows = cursor.fetchall()
    return Page(tuple(_unit(figure, *row) for row in rows), total)


def _counted(figure: Figure, organisation: Organisation, month: dt.date, department: str) -> tuple[str, list[Any]]:
    """Condition and parameters: those of this area that the figure counts."""
    where, values = f"m.month = %s AND m.{organisation.kind} = %s", [month, organisation.pk]
    population = figure.population
    for column, keys in (("kind", population.kinds), ("type", population.types), ("ght_role", population.ght)):
        if keys is not None:
            where += f" AND m.{column} IN ({', '.join(['%s'] * len(keys))})"
            values += sorted(keys)
    if department:
        where, values = f"{where} AND m.department = %s", [*values, department]
    return where, values


def _value(figure: Figure, month: dt.date, numbers: dict[str, int]) -> tuple[str, str, list[Any]]:
    """Expression of a unit's value, joins that it needs, their parameters. Out of bounds or expired: absent."""
    table, seen = MonthValue._meta.db_table, first_day(month_of(month) - figure.validity_months + 1)
    joins, values = "", list[Any]()
    for alias, key in zip("ab", figure.formula.reads, strict=False):
        joins += (
            f"LEFT JOIN {table} {alias} ON {alias}.month = %s AND {alias}.indicator_no = %s "
            f"AND {alias}.node_id = m.node_id AND {alias}.observed_on >= %s "
        )
        values += [month, numbers[key], seen]
        for sign, bound in ((">=", figure.minimum), ("<=", figure.maximum)):
            if bound is not None:
                joins, values = f"{joins}AND {alias}.value {sign} %s ", [*values, bound]
    if figure.formula.kind == "ratio":
        return f"a.value * {figure.formula.factor} / NULLIF(b.value, 0)", joins, values
    return "a.value", joins, values


def _unit(
    figure: Figure, node: int, name: str, town: str, type_: str, value: float | None, day: dt.date | str | None
) -> Unit:
    if isinstance(day, str):  # SQLite keeps dates as texts
        day = dt.date.fromisoformat(day)
    reaches = None if value is None or figure.goal is None else figure.goal.met(value)
    return Unit(node, name, town, type_, value, day if value is not None else None, reaches)


def peers(
    actor: Actor,
    organisation: Organisation,
    name: str,
    month: dt.date | None = None,
    *,
    detail: Detail | None = None,
) -> Peers:
    """An establishment among those of its type and size in the whole country (or the largest area known), without
    names: its group of type and size, else of its type, else everyone, whichever may be shown. Six queries; four when
    ``detail`` was already read (its month is then that of the comparison).

    What is hidden cannot be drawn from what is shown: ``engines.observatory.small``.
    """
    actor.require(VERB, organisation.node)
    actor.require(READS["indicateur"], organisation.node)
    figure, chosen = figure_named(name), detail.month if detail else _month(months(), month)
    number = read().of_figure.get(figure.id)
    if chosen is None or number is None or organisation.kind in AREAS:
        return Peers(figure, chosen, None, why="Il n'y a pas encore de quoi comparer.")
    if detail is None:
        own = _own(figure, organisation, chosen)
    else:
        own = detail.now.value if detail.now else None
    member = Member.objects.of(organisation.node).filter(month=chosen).first()
    area = (member.nation or member.region or member.ght) if member else None
    if member is None or area is None:
        return Peers(figure, chosen, own, why="Cet établissement ne compte pas dans ce mois.")
    if not figure.population.accepts(member.kind, member.type, member.ght_role):
        return Peers(figure, chosen, own, why="Cet indicateur ne concerne pas ce genre d'établissement.")
    cell = _cell_shown(area, number, chosen, member)
    if cell is None:
        return Peers(figure, chosen, own, why="Trop peu d'établissements semblables ont répondu pour les comparer.")
    group = _group(cell.stratum, member)
    return Peers(figure, chosen, own, group, cell.answered, cell.q1, cell.median, cell.q3)


def _own(figure: Figure, organisation: Organisation, month: dt.date) -> float | None:
    oldest = first_day(month_of(month) - figure.validity_months)
    rows = observations.standing({organisation.pk}, figure.formula.reads, oldest, last_day(month_of(month)))
    held = own_value(figure, month_of(month), rows)
    return held[0] if held else None


def _cell_shown(area: int, number: int, month: dt.date, member: Member) -> Rollup | None:
    """The narrowest group of this unit that may be shown. Groups are judged as a whole, the same for every reader."""
    rows = Rollup.objects.unscoped("cells above, of which only what names nobody is given").filter(
        node_id=area, figure_no=number, month=month
    )
    cells = {row.stratum: row for row in rows.order_by("stratum")}
    smallest = shipped().smallest_cell
    types = shown({name: row.answered for name, row in cells.items() if name.startswith("t:")}, smallest)
    whole = cells.get(WHOLE)
    mine = type_stratum(member.type)
    if mine not in types:
        return whole if whole is not None and whole.answered >= smallest else None
    brothers = {name: row.answered for name, row in cells.items() if name.startswith(f"s:{member.type}:")}
    narrow = size_stratum(member.type, member.size)
    return cells[narrow] if narrow in shown(brothers, smallest) else cells[mine]


def _group(stratum: str, member: Member) -> str:
    """« Centre hospitalier, 400 à 1 499 postes »."""
    referential = care()
    if stratum == WHOLE:
        return "tous les établissements"
    type_ = referential.types.get(member.type, "type non renseigné")
    if stratum == type_stratum(member.type):
        return type_
    size = next((band.label for band in referential.bands if band.id == member.size), "taille non renseignée")
    return f"{type_}, {size}"
