# SPDX-License-Identifier: EUPL-1.2
"""A common plan as its page shows it to one reader: nothing of the members that this reader may not look into."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.urls import reverse

from carene.apps.organisations.models import Organisation
from carene.apps.roadmaps import gantt, group_charts
from carene.apps.roadmaps.group_asked import KEYS, Asked
from carene.apps.roadmaps.models import CommonPart, CommonPlan
from carene.apps.roadmaps.objectives import Value
from carene.engines import french

LEAST_EUROS, LEAST_DAYS = 0.5, 0.05  # below, nothing is said
LOOSE = 0.1  # a bound further away says more of itself than of the plan
STATES = {
    CommonPart.State.ACCEPTED: "Scénario créé.",
    CommonPart.State.PROPOSED: "Doit encore l'accepter.",
    CommonPart.State.DECLINED: "A écarté sa part.",
}
Data = Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    """A member alone, then together; texts."""

    organisation: Organisation
    value: tuple[str, str]
    spent: tuple[str, str]
    days: tuple[str, str]
    saved: str
    saved_days: str
    paid: str
    fair: str
    difference: str
    changed: list[str]


@dataclass(frozen=True)
class Joining:
    name: str
    when: str
    own: float
    paid: float
    saved: float
    days: float


@dataclass(frozen=True)
class Common:
    """``hidden``: members that join and that the reader may not look into; totals are then left out."""

    ident: str
    title: str
    when: str
    by_group: bool
    joinings: list[Joining]
    hidden: int
    total: float
    alone: float
    days: float
    alone_days: float


@dataclass(frozen=True)
class MemberPlan:
    organisation: Organisation
    state: str  # of its part, in words; empty until the plan is given
    sentences: list[str]
    gantt: gantt.Gantt
    actions: list[tuple[str, str, float, float, bool]]  # title, dates, euros, person-days, common


class Sheet:
    """``visible``: members that the reader may look into, by id."""

    def __init__(
        self,
        row: CommonPlan,
        visible: Mapping[int, Organisation],
        changed: Mapping[int, list[str]],
        parts: Sequence[CommonPart],
    ) -> None:
        self.row, self.visible, self.changed = row, visible, changed
        result = row.result or {}
        self.data: Data = result["data"]
        self.alone_days: Mapping[str, float] = result["alone_days"]
        self.risk: Mapping[str, Mapping[str, float]] = result.get("risk", {})
        self.asked = Asked.from_data(row.asked)
        self.value = Value(self.asked.objective)
        self.states = {part.node_id: part for part in parts}

    @property
    def members(self) -> list[Data]:
        return [one for one in self.data["members"] if int(one["member"]) in self.visible]

    @property
    def hidden(self) -> int:
        return len(self.data["members"]) - len(self.members)

    @property
    def whole(self) -> bool:
        return not self.hidden

    @property
    def headline(self) -> str:
        if not self.whole:
            count, seen = len(self.data["members"]), len(self.members)
            return (
                f"Ce plan réunit {french.counted(count, 'établissement')} ; vous lisez le détail "
                f"{'de' if seen else 'd’'}{f' {seen} d’entre eux' if seen else 'aucun'}."
            ).replace("’", "'")
        return headline(self.data, self.value)

    @property
    def nothing(self) -> bool:
        """Nothing is done together in it."""
        return not self.data["common"]

    @property
    def key(self) -> tuple[str, str]:
        return KEYS[self.asked.key]

    @cached_property
    def rows(self) -> list[Row]:
        return [self._row(one) for one in self.members]

    def _row(self, one: Data) -> Row:
        pk, plan = int(one["member"]), one["roadmap"]
        said = self.value.said
        return Row(
            organisation=self.visible[pk],
            value=(said(one["alone"]["value"]), said(one["value"])),
            spent=(french.compact_euros(one["alone"]["spent"]), french.compact_euros(_spent(plan))),
            days=(_days(self.alone_days[one["member"]]), _days(_worked(plan))),
            saved=_signed(one["saved"]["euros"], french.compact_euros, LEAST_EUROS),
            saved_days=_signed(one["saved"]["person_days"], _days, LEAST_DAYS),
            paid=french.euros(one["paid"]),
            fair=french.euros(one["fair"]),
            difference=_signed(one["difference"], french.euros, LEAST_EUROS, plus="+"),
            changed=self.changed.get(pk, []),
        )

    @cached_property
    def commons(self) -> list[Common]:
        """Those that at least one visible member joins, by date."""
        found = []
        for rank, one in enumerate(sorted(self.data["common"], key=lambda one: (one["start"], one["title"]))):
            joinings = [self._joining(j) for j in one["members"] if int(j["member"]) in self.visible]
            if joinings:
                found.append(
                    Common(
                        ident=f"commune-{rank}",
                        title=one["title"],
                        when=french.month_range(_day(one["start"]), _day(one["end"])),
                        by_group=one["paid_by_group"],
                        joinings=joinings,
                        hidden=len(one["members"]) - len(joinings),
                        total=one["total"],
                        alone=one["alone"],
                        days=one["total_person_days"],
                        alone_days=one["alone_person_days"],
                    )
                )
        return found

    def _joining(self, one: Data) -> Joining:
        return Joining(
            name=self.visible[int(one["member"])].label,
            when=french.month_range(_day(one["start"]), _day(one["end"])),
            own=one["own"],
            paid=one["paid"],
            saved=one["saved"],
            days=one["own_person_days"] + one["common_person_days"],
        )

    def calendar(self, today: dt.date) -> gantt.Gantt:
        """The common work of each measure."""
        by_title = {one["title"]: one for one in self.data["common"]}
        lanes = [
            gantt.Row(
                label=one.title,
                note=_listed([joining.name for joining in one.joinings], one.hidden),
                url=f"#{one.ident}",
                start=_day(by_title[one.title]["start"]),
                end=_day(by_title[one.title]["end"]),
                shared=True,
            )
            for one in self.commons
        ]
        return gantt.draw(lanes, self.asked.start, self.asked.months, today=today)

    @cached_property
    def charts(self) -> list[group_charts.Chart]:
        """The members that are shown, side by side."""
        shown = [(self.visible[int(one["member"])].label, one) for one in self.members]
        found = group_charts.paid(shown, self.data["common"]), group_charts.risk(shown, self.risk)
        return [chart for chart in found if chart is not None]

    def plans(self, today: dt.date) -> list[MemberPlan]:
        return [self._plan(one, today) for one in self.members]

    def _plan(self, one: Data, today: dt.date) -> MemberPlan:
        pk, member = int(one["member"]), one["member"]
        mine = {
            common["measure"] for common in self.data["common"] if any(j["member"] == member for j in common["members"])
        }
        lanes = [
            gantt.Row(
                label=action["title"],
                note=french.compact_euros(action["cost"]) if action["cost"] else "sans dépense",
                url=reverse("roadmaps:measure", args=[pk, action["measure"]]),
                start=_day(action["start"]),
                end=_day(action["end"]),
                shared=action["measure"] in mine,
            )
            for action in one["roadmap"]["actions"]
        ]
        return MemberPlan(
            organisation=self.visible[pk],
            state=STATES.get(CommonPart.State(self.states[pk].state), "") if pk in self.states else "",
            sentences=list(one["sentences"]),
            gantt=gantt.draw(lanes, self.asked.start, self.asked.months, today=today),
            actions=[
                (
                    action["title"],
                    french.month_range(_day(action["start"]), _day(action["end"])),
                    action["cost"],
                    action["person_days"],
                    action["measure"] in mine,
                )
                for action in one["roadmap"]["actions"]
            ],
        )

    @property
    def assumed(self) -> list[str]:
        """How it was sought; what was taken for granted of the members, when the reader reads them all."""
        if not self.whole:
            return [self.key[1]]
        return [*self.data["sentences"], *said_once(self.data)]

    @property
    def unmet(self) -> list[str]:
        return list(self.data["unmet"]) if self.whole else []


def headline(data: Data, value: Value) -> str:
    """What sharing buys, in one sentence; that it brings nothing, when it does not."""
    gain, saved = data["value"] - data["apart"], data["saved"]
    if not data["common"]:
        return (
            "Mettre en commun n'apporte rien ici : avec ces moyens, les plans que chacun ferait seul valent au moins "
            "autant. Ce sont eux qui sont donnés."
        )
    spared = [
        said
        for amount, least, said in (
            (saved["euros"], LEAST_EUROS, french.compact_euros(saved["euros"])),
            (saved["person_days"], LEAST_DAYS, f"{_days(saved['person_days'])} de travail"),
        )
        if amount >= least
    ]
    said = []
    if spared:
        said.append(f"épargne {french.listing(spared)}")
    if gain > 1e-6 * max(1.0, data["value"]):
        means = "avec, en plus, le budget du groupe" if data["budgets"] else "avec les mêmes moyens"
        said.append(f"vaut {value.whole(gain)} de plus, {means}")
    count = french.counted(len(data["common"]), "mesure menée", "mesures menées")
    bought = ", et ".join(said) if said else "n'épargne ni argent ni travail"
    return f"Avec {count} en commun, planifier ensemble {bought}. {_proof(data['gap'])}"


def said_once(data: Data) -> list[str]:
    """What was assumed of the members: what holds for all is said once, without naming them."""
    names = [one["name"] for one in data["members"]]
    found: dict[str, list[str]] = {}
    for notice in data["notices"]:
        name = next((one for one in names if notice.startswith(f"{one} : ")), "")
        found.setdefault(notice.removeprefix(f"{name} : "), []).append(name)
    return [
        notice if len(said) == len(names) or not all(said) else f"{french.listing(said)} : {notice}"
        for notice, said in found.items()
    ]


def _proof(gap: float | None) -> str:
    if gap is None:
        return "La distance au meilleur plan possible n'a pas été calculée."
    if gap < 0.0005:
        return "Avec ces participants, aucun plan ne vaut plus."
    said = f"Avec ces participants, il est à {french.share(gap, 1)} au plus du meilleur plan possible"
    return f"{said} ; chercher plus longtemps resserre d'abord cette estimation." if gap >= LOOSE else f"{said}."


def _spent(plan: Data) -> float:
    return float(sum(year["spent"] for year in plan["years"]))


def _worked(plan: Data) -> float:
    return float(sum(action["person_days"] for action in plan["actions"]))


def _days(days: float) -> str:
    return french.person_days(days)


def _signed(amount: float, said: Any, least: float, plus: str = "") -> str:
    if abs(amount) < least:
        return "0"
    return f"{plus if amount > 0 else '−'}{said(abs(amount))}"


def _listed(names: Sequence[str], hidden: int) -> str:
    return french.listing([*names, *([french.counted(hidden, "autre")] if hidden else [])])


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)
