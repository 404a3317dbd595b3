# SPDX-License-Identifier: EUPL-1.2
"""Where everyone stands, in three queries for ten or three thousand: how much they answered, never what."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from carene.apps.assessments import queries_campaign as assessments
from carene.apps.assessments import referentials
from carene.apps.campaigns import audience
from carene.apps.campaigns.models import Campaign, Outcome, Participant
from carene.apps.campaigns.queries import BEGUN, due
from carene.apps.organisations.models import Organisation
from carene.core.row_security import scope
from carene.core.tenancy.models import Node
from carene.engines import french
from carene.engines.campaigns.dates import HANDED, STATES, State, is_late
from carene.engines.exchange.table_files import Cell, Column
from carene.engines.observatory.loader import shipped
from carene.engines.referential.catalogue import care
from carene.engines.referential.model import Profile
from carene.engines.registers.text import fold

FIELDS = (
    "pk", "node_id", "node__path", "node__organisation__name", "node__organisation__search", "node__organisation__type",
    "node__organisation__ght_role", "node__organisation__workstations", "node__organisation__closed_on",
    "extended_to", "excluded",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One participant. ``coverage``: share answered, None when it was not read or nothing is begun."""

    participant: int
    node: int
    name: str
    search: str
    type: str
    profile: Profile
    group: int
    group_name: str
    due: dt.date
    extended: bool
    excluded: str
    closed_on: dt.date | None
    state: State
    late: bool
    assessment: int | None
    handed_on: dt.date | None
    coverage: float | None = None
    step: int | None = None

    @property
    def handed(self) -> bool:
        return self.state in HANDED

    @property
    def words(self) -> str:
        said = STATES[self.state]
        if self.state == "begun" and self.coverage is not None:
            said = f"{said} ({french.share(int(self.coverage * 100) / 100)})"
        return said


ORDER: dict[str, tuple[str, Callable[[Line], Any]]] = {
    "nom": ("Par nom", lambda line: ()),
    "etat": ("Les moins avancés", lambda line: (list(STATES).index(line.state),)),
    "retard": ("Le plus en retard", lambda line: (not line.late, line.handed, line.due)),
    "date": ("Les derniers remis", lambda line: (line.handed_on is None, -(line.handed_on or dt.date.min).toordinal())),
}


@dataclass(frozen=True)
class Tally:
    label: str
    total: int
    states: dict[State, int]
    late: int

    @property
    def handed(self) -> int:
        return sum(self.states.get(state, 0) for state in HANDED)

    @property
    def share(self) -> float:
        return self.handed / self.total if self.total else 0.0

    @property
    def cells(self) -> list[int]:
        """How many stand in each state, in the order of the states."""
        return [self.states.get(state, 0) for state in STATES]


@dataclass(frozen=True)
class Board:
    """``lines``: who is asked and still there, by name; ``apart``: who is kept apart; ``shut``: who closed since."""

    campaign: Campaign
    lines: list[Line]
    apart: list[Line] = field(default_factory=list)
    shut: list[Line] = field(default_factory=list)

    @property
    def whole(self) -> Tally:
        return tally("", self.lines)

    def by_group(self) -> list[Tally]:
        return _tallies(self.lines, lambda line: line.group_name or "Hors GHT")

    def by_type(self) -> list[Tally]:
        types = care().types
        return _tallies(self.lines, lambda line: types.get(line.type, "Type non renseigné"))

    def chosen(
        self, *, text: str = "", state: str = "", group: str = "", type_: str = "", order: str = ""
    ) -> list[Line]:
        """Those that answer every filter; ``state`` may be « late »."""
        words = fold(text).split()
        found = [
            line
            for line in self.lines
            if all(word in line.search for word in words)
            and (not state or line.late if state == "late" else not state or line.state == state)
            and (not group or str(line.group) == group)
            and (not type_ or line.type == type_)
        ]
        return sorted(found, key=ORDER[order][1]) if order in ORDER and order != "nom" else found


def tally(label: str, lines: Sequence[Line]) -> Tally:
    counts = Counter(line.state for line in lines)
    return Tally(label, len(lines), dict(counts), sum(line.late for line in lines))


def _tallies(lines: Sequence[Line], key: Callable[[Line], str]) -> list[Tally]:
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(key(line), []).append(line)
    return [tally(label, found[label]) for label in sorted(found, key=french.sort_key)]


def board(campaign: Campaign, today: dt.date, *, node: Node | None = None) -> Board:
    """The participants below ``node`` (the place of the campaign when it is not given). Three queries.

    Of a closed campaign: as its last closing found them.
    """
    place = node or campaign.node
    rows = Participant.objects.below(place).filter(campaign=campaign).order_by("node__organisation__search", "node_id")
    records = [dict(zip(FIELDS, row, strict=True)) for row in rows.values_list(*FIELDS)]
    closed = campaign.state == Campaign.State.CLOSED
    ids = [] if closed else [row["node_id"] for row in records]
    standings = assessments.since(ids, campaign.referential, campaign.starts_on) if ids else {}
    groups = _groups(place)
    lines = [_line(campaign, row, standings.get(row["node_id"]), groups, today) for row in records]
    if closed:
        lines = _as_kept(campaign, place, lines)
    return Board(
        campaign,
        [line for line in lines if not line.excluded and line.closed_on is None],
        [line for line in lines if line.excluded],
        [line for line in lines if not line.excluded and line.closed_on is not None],
    )


def whole(campaign: Campaign, today: dt.date) -> Tally | None:
    """Everyone together, for who sees one of them alone; None under the smallest cell of the observatory."""
    with scope.everything("how many are asked and have handed over, without a name, never under the smallest cell"):
        found = board(campaign, today).whole
    return found if found.total >= shipped().smallest_cell else None


def _as_kept(campaign: Campaign, place: Node, lines: list[Line]) -> list[Line]:
    rows = Outcome.objects.below(place).filter(closing__campaign=campaign).order_by("closing__number")
    kept = {row.node_id: row for row in rows.defer("levels", "axes")}
    return [
        replace(
            line,
            state=cast(State, row.state),
            late=row.late,
            handed_on=row.handed_on,
            coverage=row.coverage,
            step=row.step,
        )
        if (row := kept.get(line.node))
        else line
        for line in lines
    ]


def _groups(node: Node) -> dict[int, str]:
    """The GHT below a place, and the regions of a nation, by id."""
    return dict(audience.groups(node).values_list("pk", "name"))


def _line(
    campaign: Campaign,
    row: dict[str, Any],
    standing: assessments.Standing | None,
    groups: dict[int, str],
    today: dt.date,
) -> Line:
    last = due(campaign, row["extended_to"])
    state: State = BEGUN[standing.state] if standing else "none"
    handed_on = standing.handed_on if standing else None
    above = [int(part) for part in row["node__path"].split("/") if part]
    group = next((pk for pk in reversed(above) if pk in groups), 0)
    workstations = row["node__organisation__workstations"]
    return Line(
        participant=row["pk"],
        node=row["node_id"],
        name=row["node__organisation__name"],
        search=row["node__organisation__search"],
        type=row["node__organisation__type"],
        profile=Profile(
            row["node__organisation__type"] or None,
            care().size_of(workstations),
            row["node__organisation__ght_role"] or None,
        ),
        group=group,
        group_name=groups.get(group, ""),
        due=last,
        extended=last > campaign.ends_on,
        excluded=row["excluded"],
        closed_on=row["node__organisation__closed_on"],
        state=state,
        late=campaign.is_open and is_late(state, handed_on, last, today),
        assessment=standing.assessment if standing else None,
        handed_on=handed_on,
    )


def covered(campaign: Campaign, lines: Sequence[Line]) -> list[Line]:
    """The same ones with the share that each has answered, and the step of those handed over. Two queries."""
    begun = [line.assessment for line in lines if line.state == "begun" and line.assessment is not None]
    handed = [line.assessment for line in lines if line.handed and line.assessment is not None]
    given = assessments.answered(begun) if begun else {}
    kept = assessments.summaries(handed) if handed else {}
    totals: dict[Profile, int] = {}
    referential = referentials.get(campaign.referential)
    found = []
    for line in lines:
        if line.assessment in kept:
            summary = kept[line.assessment]
            found.append(replace(line, coverage=summary["overall"]["coverage"], step=summary["step"]))
        elif line.state == "begun" and line.assessment is not None:
            if line.profile not in totals:
                totals[line.profile] = len(referential.applicable(line.profile, None))
            share = given.get(line.assessment, 0) / max(1, totals[line.profile])
            found.append(replace(line, coverage=min(1.0, share)))
        else:
            found.append(line)
    return found


COLUMNS = (
    Column("Établissement", 40), Column("Groupe", 30), Column("Type", 26), Column("État", 24),
    Column("Couverture (%)", 14), Column("Palier", 8), Column("Attendue le", 14), Column("Remise le", 14),
    Column("En retard", 10),     Column("Prolongée", 10),
)  # fmt: skip


def cells(lines: Sequence[Line]) -> list[list[Cell]]:
    types = care().types
    return [
        [
            line.name, line.group_name, types.get(line.type, ""), STATES[line.state],
            None if line.coverage is None else int(line.coverage * 100), line.step,
            line.due.isoformat(), line.handed_on.isoformat() if line.handed_on else "",
            "oui" if line.late else "non", "oui" if line.extended else "non",
        ]
        for line in lines
    ]  # fmt: skip


@dataclass(frozen=True)
class Moves:
    """What changed since the opening. ``joined``: concerned now, not asked yet; ``left``: (name, where it went)."""

    joined: list[Organisation]
    left: list[tuple[str, str]]


def moves(campaign: Campaign, board_: Board) -> Moves:
    """Who came below the place of an open campaign, who went elsewhere; at most four queries."""
    known = {line.node for line in (*board_.lines, *board_.apart, *board_.shut)}
    joined = [row for row in audience.concerned(campaign.node, audience.of(campaign)) if row.pk not in known]
    with scope.everything("a participant that moved away stands outside of the place that asked it: its name is said"):
        rows = Participant.objects.unscoped("of a campaign in scope").filter(campaign=campaign, excluded="")
        gone = rows.exclude(node_id__in=known).select_related("node__organisation", "node__parent__organisation")
        left = [
            (row.node.organisation.name, row.node.parent.organisation.name if row.node.parent else "")
            for row in gone.order_by("node_id")
        ]
    return Moves(joined, left)
