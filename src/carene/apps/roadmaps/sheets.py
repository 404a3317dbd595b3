# SPDX-License-Identifier: EUPL-1.2
"""A scenario as its page shows it: rows, reasons, figures. Reads what was computed, decides nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote

from django.urls import reverse

from carene.apps.roadmaps import figures, gantt
from carene.apps.roadmaps.models import Scenario
from carene.apps.roadmaps.objectives import Value
from carene.apps.roadmaps.plans import Situation, outdated
from carene.apps.roadmaps.search_panel import quality_said
from carene.apps.roadmaps.stored import Computed
from carene.apps.roadmaps.wishes import MonthWish, of_scenario
from carene.engines import french
from carene.engines.months import add_months
from carene.engines.planner.candidates import band_of
from carene.engines.planner.model import Candidate, LeftOut, Plan, PlannedAction
from carene.engines.planner.outlook import raised, regret
from carene.engines.referential.model import Measure, Referential

HERE = "MESURE"  # in an address, where the measure stands
TIGHT = 0.95  # of the person-days of a skill in a quarter: no margin left
# What can still change if someone insists comes first; the rest is folded.
GROUPS = (
    ("budget", "Le budget n'y suffit pas"),
    ("team", "L'équipe n'y suffit pas"),
    ("deadline", "L'échéance ne peut pas être tenue"),
    ("prerequisite", "Une autre mesure doit venir avant"),
    ("horizon", "Le plan est trop court"),
    ("no_value", "D'autres apportent plus"),
    ("exclusive", "Une autre mesure les remplace"),
    ("excluded", "Vous les avez écartées"),
    ("no_effect", "Elles n'apporteraient plus rien"),
    ("not_applicable", "Elles ne vous concernent pas"),
)
SHOWN = 5  # of each reason, before the rest is folded
POINTLESS = {"no_effect", "not_applicable", "excluded"}


@dataclass(frozen=True)
class Planned:
    """One measure of the plan."""

    planned: PlannedAction
    candidate: Candidate
    measure: Measure | None
    wish: MonthWish | None
    url: str
    work: str
    money: str
    raises: list[tuple[str, int, int]]

    @property
    def title(self) -> str:
        return self.candidate.title


@dataclass(frozen=True)
class Left:
    entry: LeftOut
    title: str
    url: str
    force_url: str
    can_force: bool


@dataclass(frozen=True)
class LeftGroup:
    title: str
    first: list[Left]  # shown at once
    rest: list[Left]  # one click away

    @property
    def count(self) -> int:
        return len(self.first) + len(self.rest)


@dataclass(frozen=True)
class LoadRow:
    """One skill: person-days used and available by quarter, as texts; ``tight`` where there is no margin."""

    skill: str
    cells: list[tuple[str, bool]]


@dataclass
class ScenarioSheet:
    organisation_id: int
    scenario: Scenario
    computed: Computed
    situation: Situation

    @property
    def referential(self) -> Referential:
        return self.situation.referential

    @property
    def plan(self) -> Plan:
        return self.computed.plan

    @cached_property
    def wishes(self) -> dict[str, MonthWish]:
        return of_scenario(self.scenario.wishes)

    @cached_property
    def candidates(self) -> dict[str, Candidate]:
        return {candidate.id: candidate for candidate in self.plan.problem.candidates}

    @cached_property
    def outdated(self) -> list[str]:
        return outdated(self.situation, self.scenario, self.computed)

    def measure_url(self, measure: str) -> str:
        return self._url("roadmaps:scenario_measure", measure)

    def _url(self, name: str, measure: str) -> str:
        """Resolved once for hundreds of measures."""
        if name not in self._ends:
            before, _, after = reverse(name, args=[self.organisation_id, self.scenario.pk, HERE]).partition(HERE)
            self._ends[name] = before, after
        before, after = self._ends[name]
        return f"{before}{quote(measure, safe='')}{after}"

    @cached_property
    def _ends(self) -> dict[str, tuple[str, str]]:
        return {}

    @cached_property
    def rows(self) -> list[Planned]:
        return [self._planned(action) for action in self.plan.actions]

    def _planned(self, action: PlannedAction) -> Planned:
        candidate = self.candidates[action.measure]
        criteria = self.referential.criterion
        return Planned(
            planned=action,
            candidate=candidate,
            measure=self.referential.measure.get(action.measure),
            wish=self.wishes.get(action.measure),
            url=self.measure_url(action.measure),
            work=figures.work_said(action.person_days, self.referential.skills),
            money=self.money(action.measure, action.cost),
            raises=[
                (criteria[s.criterion].title if s.criterion in criteria else s.criterion, s.start, s.end)
                for s in action.raises
            ],
        )

    def money(self, measure: str, cost: float) -> str:
        """« 9,4 k€ au lieu de 31 k€ » when it is shared, « 14 k€ », « sans dépense »."""
        candidate, known = self.candidates[measure], self.referential.measure.get(measure)
        if candidate.shared and known is not None and measure not in self.situation.overrides:
            share = known.sharing.member_share
            if cost and 0 < share < 1:
                return f"{french.compact_euros(cost)} au lieu de {french.compact_euros(cost / share)}"
        return french.compact_euros(cost) if cost else "sans dépense"

    @cached_property
    def left_groups(self) -> list[LeftGroup]:
        by_code: dict[str, list[Left]] = {}
        for entry in self.plan.left_out:
            candidate = self.candidates[entry.measure]
            row = Left(
                entry=entry,
                title=candidate.title,
                url=self.measure_url(entry.measure),
                force_url=self._url("roadmaps:scenario_force", entry.measure),
                can_force=entry.code not in POINTLESS,
            )
            by_code.setdefault(entry.code, []).append(row)
        for rows in by_code.values():
            rows.sort(key=lambda row: (-regret(self.plan, self.candidates[row.entry.measure]), row.title))
        return [_left_group(title, by_code[code], code in POINTLESS) for code, title in GROUPS if code in by_code]

    # Figures

    @cached_property
    def key_figures(self) -> list[tuple[str, str, str, str]]:
        """(label, value, note, tone) of the four figures."""
        years = self.plan.years
        spent, budget = sum(y.spent for y in years), sum(y.budget for y in years)
        used = f"{french.compact_euros(spent)} employés sur {french.compact_euros(budget)}"
        step, before = figures.step_said(self.referential, self.computed.moments)
        up = raised(self.plan)
        total = len(self.plan.problem.levels)
        found = [
            ("Budget", figures.budgets_said([year.budget for year in years]), used, ""),
            ("Équipe", *self._team_said(), ""),
            (
                "Critères relevés",
                f"{french.number(len(up))} sur {french.number(total)}",
                f"{french.counted(self._reaching_target(up), 'atteint sa cible', 'atteignent leur cible')}",
                "",
            ),
        ]
        if step:
            gained = self.computed.moments[0].step != max((m.step or 0) for m in self.computed.moments)
            found.append(("Palier atteint", step, before, "good" if gained else ""))
        return found

    def _reaching_target(self, up: dict[str, tuple[int, int]]) -> int:
        targets = self.plan.problem.targets
        return sum(1 for key, (before, after) in up.items() if before < targets.get(key, 0) <= after)

    def _team_said(self) -> tuple[str, str]:
        team = {skill: float(days) for skill, days in self.scenario.team.items()}
        asked = sum(sum(action.person_days.values()) for action in self.plan.actions)
        if not team:
            return "Non limitée", f"{french.person_days(asked)} demandés par le plan"
        shown = dict(sorted(team.items(), key=lambda item: (-item[1], item[0]))[:3])
        rest = len(team) - len(shown)
        note = figures.days_said(shown, self.referential.skills)
        if rest:
            note += f", {rest} {french.plural(rest, 'autre')}"
        return f"{french.person_days(sum(team.values()))} par mois", note

    # Gantt and load

    def calendar(self, today: dt.date) -> gantt.Gantt:
        rows = [
            gantt.Row(
                label=row.title,
                note=self._note(row),
                url=row.url,
                start=row.planned.start,
                end=row.planned.end,
                shared=row.candidate.shared,
                deadline=_last_day(row.wish.deadline) if row.wish and row.wish.deadline else None,
            )
            for row in self.rows
        ]
        return gantt.draw(rows, self.scenario.start, self.scenario.months, loads=self._loads(), today=today)

    def _note(self, row: Planned) -> str:
        note = f"Avec le GHT, {row.money} ; {row.work}" if row.candidate.shared else f"{row.work}, {row.money}"
        return f"{note} ; {row.wish.said}" if row.wish and row.wish.said else note

    def _loads(self) -> list[gantt.Load]:
        used: dict[int, float] = {}
        tight: set[int] = set()
        for load in self.plan.loads:
            used[load.quarter] = used.get(load.quarter, 0.0) + load.used
            if load.available and load.used >= TIGHT * load.available:
                tight.add(load.quarter)
        return [gantt.Load(quarter, days, quarter in tight) for quarter, days in sorted(used.items())]

    @cached_property
    def load_quarters(self) -> list[str]:
        return figures.quarter_labels(self.plan)[1:]

    @cached_property
    def load_rows(self) -> list[LoadRow]:
        rows: dict[str, LoadRow] = {}
        for load in self.plan.loads:
            row = rows.setdefault(load.skill, LoadRow(self.referential.skills.get(load.skill, load.skill), []))
            text = french.number(load.used, 1)
            if load.available is not None:
                text = f"{text} sur {french.number(load.available, 1)}"
            tight = bool(load.available) and load.used >= TIGHT * (load.available or 0)
            row.cells.append((text, tight))
        return list(rows.values())

    # Levels

    @cached_property
    def level_rows(self) -> list[tuple[str, list[float | None]]]:
        """Title of the axis → its score at each moment; the whole first."""
        moments = self.computed.moments
        return [
            ("Ensemble", [m.overall for m in moments]),
            *((axis.title, [m.axes.get(axis.id) for m in moments]) for axis in self.referential.axes),
        ]

    @cached_property
    def level_labels(self) -> list[str]:
        return figures.quarter_labels(self.plan)

    @cached_property
    def steps(self) -> list[int | None]:
        return [moment.step for moment in self.computed.moments]

    @cached_property
    def axes_chart(self) -> figures.Chart:
        return figures.axes_chart(self.referential, self.plan, self.computed.moments)

    @cached_property
    def budget_chart(self) -> figures.Chart:
        rows = [(year.year, year.budget, year.spent) for year in self.plan.years]
        return figures.budget_chart(rows, "Budget et dépense prévue de chaque année")

    @cached_property
    def year_rows(self) -> list[tuple[str, float, float, float]]:
        """(year, budget, planned, what is left)."""
        return [(str(y.year), y.budget, y.spent, max(0.0, y.budget - y.spent)) for y in self.plan.years]

    @cached_property
    def assumptions(self) -> list[str]:
        """How the plan was found and what it assumes."""
        size = next((b.label for b in self.referential.bands if b.id == self._band), "")
        notes = list(self.plan.problem.notes)
        if size:
            own = len(self.situation.overrides)
            except_yours = (
                f", sauf pour {french.counted(own, 'mesure')} dont vous avez donné les chiffres" if own else ""
            )
            notes.append(f"Coûts et charges : nos estimations pour un établissement de {size}{except_yours}.")
        notes.append(
            "Un membre de GHT ne paie que sa part des mesures partagées ; une mesure coûte son investissement pendant "
            "ses travaux, puis son coût annuel jusqu'à la fin du plan."
        )
        return notes

    @property
    def prudent(self) -> str:
        """What is known of the plan that stands wrong estimates best; empty for any other."""
        known = self.scenario.prudence
        if not known:
            return ""
        return (
            "C'est le plan prudent : quand coûts, charges et effets sont tirés au hasard autour de nos estimations, il "
            f"vaut encore au moins {Value(self.scenario.objective).said(known['low'])} neuf fois sur dix. Un nouveau "
            "calcul le remplacerait par un plan qui tient nos estimations pour justes."
        )

    @property
    def quality(self) -> str:
        return quality_said(self.plan, self.scenario.objective)

    @property
    def trail(self) -> list[tuple[str, str, str]]:
        """(stage, best value, bound) of the search that found this plan; empty when it was planned at once."""
        value = Value(self.scenario.objective)
        return [
            (
                stage.name,
                value.said(stage.value),
                value.said(stage.bound) if stage.bound is not None else "pas encore su",
            )
            for stage in self.plan.trail
        ]

    @property
    def _band(self) -> str:
        return band_of(self.referential, self.situation.profile)

    @cached_property
    def wish_rows(self) -> list[tuple[str, str, str, str, str]]:
        """(title, wish in words, reason, address, address that takes it back) of each wish."""
        return [
            (
                self.candidates[key].title if key in self.candidates else key,
                wish.said,
                wish.reason,
                self.measure_url(key),
                self._url("roadmaps:scenario_release", key),
            )
            for key, wish in sorted(self.wishes.items())
        ]


def _left_group(title: str, rows: list[Left], folded: bool) -> LeftGroup:
    """Folding one or two rows would save nothing."""
    shown = 0 if folded else SHOWN if len(rows) > SHOWN + 2 else len(rows)
    return LeftGroup(title, rows[:shown], rows[shown:])


def _last_day(month: dt.date) -> dt.date:
    return add_months(month, 1) - dt.timedelta(days=1)
