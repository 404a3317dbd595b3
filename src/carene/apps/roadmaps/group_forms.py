# SPDX-License-Identifier: EUPL-1.2
"""What one asks of a group planned together: for all, then line by line for each member."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import cached_property

from carene.apps.roadmaps.forms import START_CHOICES, MonthField, QuietAmountField
from carene.apps.roadmaps.group_asked import KEYS, OBJECTIVES, Asked, MemberAsked
from carene.apps.roadmaps.group_members import Member, Own
from carene.apps.roadmaps.means import DEFAULT_MONTHS, MOST_DAYS, MOST_EUROS, Means, first_start, used_skills, years_of
from carene.apps.roadmaps.objectives import HELP
from carene.apps.roadmaps.search_times import duration_said, search_times
from carene.engines import french
from carene.engines.months import add_months, first_of_month
from carene.engines.planner.candidates import USUAL_BAND
from carene.engines.planner.checks import LONGEST, SHORTEST
from carene.engines.planner.usual import proposals
from carene.engines.referential.catalogue import care

WHOLE, NEAR = 100.0, 0.05


@dataclass(frozen=True)
class Line:
    """A member as the form shows it."""

    member: Member
    own: Own
    chosen: forms.BoundField
    budgets: list[tuple[int, forms.BoundField]]
    team: forms.BoundField
    percent: forms.BoundField


class GroupForm(forms.Form):
    """``percents``: proposed for the agreed key, by member."""

    use_required_attribute = False

    months = forms.IntegerField(
        label="Durée, en mois",
        min_value=SHORTEST,
        max_value=LONGEST,
        error_messages={
            "min_value": f"Un plan dure au moins {SHORTEST} mois.",
            "max_value": f"Un plan dure au plus {LONGEST} mois.",
            "invalid": "Écrire un nombre entier de mois.",
            "required": "Indiquer une durée.",
        },
    )
    objective = forms.ChoiceField(
        label="Que doit-il donner le plus possible ?",
        choices=[(one.value, str(one.label)) for one in OBJECTIVES],
        widget=forms.RadioSelect,
        help_text=HELP[OBJECTIVES[0]],
    )
    key = forms.ChoiceField(
        label="Comment se paient les parts communes ?",
        choices=[(key, label) for key, (label, _) in KEYS.items()],
        widget=forms.RadioSelect,
    )
    carrier = forms.ChoiceField(label="Qui fait le travail commun ?", required=False)
    seconds = forms.TypedChoiceField(label="Combien de temps chercher, au plus ?", coerce=int)

    def __init__(
        self, data: Any = None, *, members: Sequence[Member], percents: Mapping[int, float], today: dt.date
    ) -> None:
        self.members, self.owns = members, {member.pk: member.own(today) for member in members}
        times = search_times()
        initial = {
            "start": first_start(today), "months": DEFAULT_MONTHS, "objective": OBJECTIVES[0].value, "key": "fair",
            "seconds": times.usual, "carrier": "",
        }  # fmt: skip
        super().__init__(data, initial=initial)
        starts = [add_months(first_of_month(today), rank) for rank in range(START_CHOICES)]
        self.fields["start"] = MonthField(label="Premier mois", months=starts)
        seconds: Any = self.fields["seconds"]
        seconds.choices = [(one, duration_said(one)) for one in times.seconds]
        carrier: Any = self.fields["carrier"]
        carrier.choices = [
            ("", "Les équipes de chacun, selon la même clé"),
            *((str(member.pk), member.organisation.label) for member in members),
        ]
        self.years = list(range(starts[0].year, add_months(starts[-1], LONGEST - 1).year + 1))
        for year in self.years:
            self.fields[f"group_budget_{year}"] = QuietAmountField(
                label=f"Budget du groupe {year}", most=MOST_EUROS, unit="euros", required=False
            )
        for member in members:
            self._add(member, percents.get(member.pk))

    def _add(self, member: Member, percent: float | None) -> None:
        own, name = self.owns[member.pk], member.organisation.label
        self.fields[f"in_{member.pk}"] = forms.BooleanField(
            label=name, required=False, initial=True, widget=forms.CheckboxInput({"class": "form-check-input"})
        )
        for year in self.years:
            self.fields[f"budget_{member.pk}_{year}"] = QuietAmountField(
                label=f"Budget {year}, {name}", most=MOST_EUROS, unit="euros", initial=own.budget(year)
            )
        self.fields[f"team_{member.pk}"] = QuietAmountField(
            label=f"Jours par mois, {name}", most=MOST_DAYS, unit="jours par mois", initial=total(own.team)
        )
        self.fields[f"percent_{member.pk}"] = QuietAmountField(
            label=f"Part convenue en %, {name}", most=WHOLE, unit="%", initial=percent
        )

    @cached_property
    def lines(self) -> list[Line]:
        return [
            Line(
                member,
                self.owns[member.pk],
                self[f"in_{member.pk}"],
                [(year, self[f"budget_{member.pk}_{year}"]) for year in self.years],
                self[f"team_{member.pk}"],
                self[f"percent_{member.pk}"],
            )
            for member in self.members
        ]

    @property
    def group_budgets(self) -> list[tuple[int, forms.BoundField]]:
        return [(year, self[f"group_budget_{year}"]) for year in self.years]

    @property
    def keys(self) -> list[tuple[Any, str]]:
        """Each choice of the key, with what it means."""
        return [(option, KEYS[option.data["value"]][1]) for option in self["key"]]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        chosen = [member for member in self.members if data.get(f"in_{member.pk}")]
        if len(chosen) < 2:
            self.add_error(None, "Cocher au moins deux établissements : on ne partage rien tout seul.")
        if data.get("start") and data.get("months"):
            for member in chosen:
                self._check_budgets(member, years_of(data["start"], data["months"]))
        if data.get("key") == "custom":
            self._check_percents(chosen)
        unknown = [one.organisation.label for one in chosen if not self._weight(one, chosen)]
        if data.get("key") == "activity" and unknown:
            self.add_error(
                "key",
                f"On ne connaît ni l'activité ni le budget d'exploitation de {french.listing(unknown)} ; compléter le "
                "profil, ou choisir une autre clé.",
            )
        if data.get("carrier") and data["carrier"] not in {str(member.pk) for member in chosen}:
            self.add_error("carrier", "Cet établissement n'est pas coché ; en choisir un qui l'est.")
        return data

    def _check_budgets(self, member: Member, years: Sequence[int]) -> None:
        for year in years:
            name = f"budget_{member.pk}_{year}"
            if name not in self.errors and self.cleaned_data.get(name) is None:
                self.add_error(name, "Écrire 0 s'il n'y en a pas.")

    def _check_percents(self, chosen: Sequence[Member]) -> None:
        for member in chosen:
            name = f"percent_{member.pk}"
            if name not in self.errors and self.cleaned_data.get(name) is None:
                self.add_error(name, "Écrire sa part, 0 s'il ne paie rien.")
        parts = [self.cleaned_data.get(f"percent_{member.pk}") for member in chosen]
        known = [part for part in parts if part is not None]
        if len(known) == len(parts) and abs(sum(known) - WHOLE) > NEAR:
            self.add_error("key", f"Les parts convenues font {french.percent(sum(known), 1)} ; il faut 100 %.")

    def _weight(self, member: Member, chosen: Sequence[Member]) -> float | None:
        every = all(one.organisation.activity for one in chosen)
        return member.organisation.activity if every else member.organisation.operating_budget

    def asked(self) -> Asked:
        """What was typed; years outside the period are left out."""
        data = self.cleaned_data
        years = years_of(data["start"], data["months"])
        chosen = [member for member in self.members if data[f"in_{member.pk}"]]
        members = {}
        for member in chosen:
            own = self.owns[member.pk]
            budgets = {year: data[f"budget_{member.pk}_{year}"] for year in years}
            team = spread(data[f"team_{member.pk}"], own.team, member)
            means = Means("Plan commun", data["start"], data["months"], budgets, team)
            members[member.pk] = MemberAsked(means, own.scenario.pk if own.scenario else None)
        return Asked(
            start=data["start"],
            months=data["months"],
            objective=data["objective"],
            key=data["key"],
            members=members,
            budgets={year: data[f"group_budget_{year}"] or 0.0 for year in years},
            percents={one.pk: data[f"percent_{one.pk}"] or 0.0 for one in chosen} if data["key"] == "custom" else {},
            carrier=int(data["carrier"]) if data["carrier"] else None,
            seconds=data["seconds"],
        )


def total(team: Mapping[str, float]) -> float | None:
    """Person-days a month, all skills together; None when the team is not limited."""
    return round(sum(team.values()), 1) if team else None


def spread(days: float | None, team: Mapping[str, float], member: Member) -> dict[str, float]:
    """So many days a month shared among the skills as they are now, or as usual when nothing was said of them."""
    if days is None:
        return {}
    known = total(team)
    if known is not None and abs(days - known) < NEAR:
        return dict(team)
    if not known:
        used = used_skills(care())
        size = care().size_of(member.organisation.workstations) or USUAL_BAND
        team = {skill: one[size] for skill, one in proposals().team.person_days.items() if skill in used}
    whole = sum(team.values())
    return {skill: round(days * one / whole, 2) for skill, one in team.items()}
