# SPDX-License-Identifier: EUPL-1.2
"""Forms of roadmaps: amounts as people write them, months rather than days."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

from django import forms

from carene.apps.roadmaps.means import MOST_DAYS, MOST_EUROS, Means, Suggestion, used_skills, years_of
from carene.apps.roadmaps.models import Action
from carene.apps.roadmaps.wishes import MonthWish, month_from
from carene.core.accounts.models import User
from carene.engines import french
from carene.engines.months import add_months, first_of_month
from carene.engines.planner.checks import LONGEST, SHORTEST
from carene.engines.referential.model import Referential
from carene.engines.sources import InputError

START_CHOICES = 24  # months ahead
_SCALES = {"": 1, "k": 1_000, "m": 1_000_000}
_AMOUNT = re.compile(r"(-?[0-9]+(?:[.,][0-9]+)?)([kKmM]?)(?:€|j|jours?)?")


class AmountField(forms.Field):
    """A number as people type it: « 180 000 », « 12,5 », « 180 k€ », « 1,4 M€ ». Gives a float, or None when empty."""

    widget = forms.TextInput

    def __init__(self, *, most: float, unit: str, **kwargs: Any) -> None:
        self.most, self.unit = most, unit
        super().__init__(**kwargs)
        self.widget.attrs.update({"inputmode": "decimal", "autocomplete": "off", "maxlength": "30"})

    def prepare_value(self, value: Any) -> Any:
        return french.number(value) if isinstance(value, int | float) else value

    def to_python(self, value: Any) -> float | None:
        text = re.sub(r"\s", "", str(value or "")).replace("−", "-")
        if not text:
            return None
        match = _AMOUNT.fullmatch(text)
        if match is None:
            raise forms.ValidationError(
                f"« {str(value).strip()[:30]} » n'est pas un nombre ; écrire par exemple 12 500."
            )
        number = float(match[1].replace(",", ".")) * _SCALES[match[2].lower()]
        if number < 0:
            raise forms.ValidationError("Un nombre négatif ne convient pas ; écrire 0 ou davantage.")
        if number > self.most:
            raise forms.ValidationError(
                f"C'est plus de {french.number(self.most)} {self.unit} ; vérifier le nombre de zéros."
            )
        return number


class QuietAmountField(AmountField):
    """May stay empty without its label saying so: the form asks for it or explains what emptiness means."""

    def validate(self, value: Any) -> None:
        return


class MonthField(forms.TypedChoiceField):
    """A month among some, « avril 2027 »; gives its first day, or None."""

    def __init__(self, *, months: Iterable[dt.date], empty: str = "", **kwargs: Any) -> None:
        choices = [(day.strftime("%Y-%m"), french.capitalised(french.month_and_year(day))) for day in months]
        super().__init__(
            choices=[("", empty), *choices] if empty else choices, coerce=month_from, empty_value=None, **kwargs
        )
        self.error_messages["invalid_choice"] = "Ce mois n'est pas proposé ; en choisir un dans la liste."

    def prepare_value(self, value: Any) -> Any:
        return value.strftime("%Y-%m") if isinstance(value, dt.date) else value


class MeansForm(forms.Form):
    """Step « budget et équipe »: name, period, budget of each year, person-days a month of each skill."""

    use_required_attribute = False  # years outside the period are hidden: the browser must not ask for them

    name = forms.CharField(
        label="Nom du scénario", max_length=120, help_text="Par exemple « Budget voté », ou « Sans renfort »."
    )
    months = forms.IntegerField(
        label="Durée, en mois",
        min_value=SHORTEST,
        max_value=LONGEST,
        help_text=f"De {SHORTEST} à {LONGEST} ; trois ans conviennent le plus souvent.",
        error_messages={
            "min_value": f"Un plan dure au moins {SHORTEST} mois.",
            "max_value": f"Un plan dure au plus {LONGEST} mois.",
            "invalid": "Écrire un nombre entier de mois.",
            "required": "Indiquer une durée.",
        },
    )

    def __init__(
        self,
        data: Any = None,
        *,
        referential: Referential,
        suggestion: Suggestion,
        today: dt.date,
        means: Means | None = None,
    ) -> None:
        super().__init__(data, initial=_initial(suggestion, means))
        self.fields["name"].error_messages["required"] = "Donner un nom à ce scénario."
        first = first_of_month(today)
        starts = sorted({add_months(first, i) for i in range(START_CHOICES)} | ({means.start} if means else set()))
        fields: dict[str, forms.Field] = {
            "name": self.fields["name"],
            "start": MonthField(label="Premier mois", months=starts),
            "months": self.fields["months"],
        }
        self.year_range = list(range(starts[0].year, add_months(starts[-1], LONGEST - 1).year + 1))
        for year in self.year_range:
            fields[f"budget_{year}"] = QuietAmountField(label=f"Budget {year}", most=MOST_EUROS, unit="euros")
        self.skills = used_skills(referential)
        for skill, label in self.skills.items():
            fields[f"team_{skill}"] = QuietAmountField(label=label, most=MOST_DAYS, unit="jours par mois")
        self.fields = fields
        self.referential = referential

    @property
    def budget_fields(self) -> list[tuple[int, forms.BoundField]]:
        return [(year, self[f"budget_{year}"]) for year in self.year_range]

    @property
    def team_fields(self) -> list[forms.BoundField]:
        return [self[f"team_{skill}"] for skill in self.skills]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        start, months = data.get("start"), data.get("months")
        if start and months:
            for year in years_of(start, months):
                name = f"budget_{year}"
                if name not in self.errors and data.get(name) is None:
                    self.add_error(name, f"Indiquer le budget {year}, 0 s'il n'y en a pas.")
        if not self.errors:
            try:
                self.means().check(self.referential)
            except InputError as error:
                self.add_error(None, error.sentence)
        return data

    def means(self) -> Means:
        """What was typed; budgets of years outside the period are left out."""
        data = self.cleaned_data
        years = years_of(data["start"], data["months"])
        team = {skill: data[f"team_{skill}"] for skill in self.skills}
        return Means(
            name=data["name"],
            start=data["start"],
            months=data["months"],
            budgets={year: data[f"budget_{year}"] for year in years},
            team={skill: days for skill, days in team.items() if days is not None},
        )


def _initial(suggestion: Suggestion, means: Means | None) -> dict[str, Any]:
    if means is None:
        years = range(suggestion.start.year - 1, suggestion.start.year + 12)
        return {
            "start": suggestion.start,
            "months": suggestion.months,
            **{f"budget_{year}": suggestion.budget for year in years},
            **{f"team_{skill}": days for skill, days in suggestion.team.items()},
        }
    return {
        "name": means.name,
        "start": means.start,
        "months": means.months,
        **{f"budget_{year}": amount for year, amount in means.budgets.items()},
        **{f"team_{skill}": days for skill, days in means.team.items()},
    }


class WishForm(forms.Form):
    """What one imposes on a measure in a scenario."""

    LET, IMPOSE, EXCLUDE = "let", "impose", "exclude"
    choice = forms.ChoiceField(
        label="Dans ce plan",
        choices=[
            (LET, "Laisser le calcul décider"),
            (IMPOSE, "L'imposer"),
            (EXCLUDE, "L'écarter"),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label="Pourquoi", max_length=200, required=False, help_text="S'affichera avec la mesure.")

    def __init__(self, data: Any = None, *, start: dt.date, months: int, wish: MonthWish | None = None) -> None:
        wish = wish or MonthWish()
        choice = self.EXCLUDE if wish.excluded else self.IMPOSE if wish.mandatory or wish.start else self.LET
        super().__init__(
            data,
            initial={
                "choice": choice,
                "start": wish.start,
                "not_before": wish.not_before,
                "deadline": wish.deadline,
                "reason": wish.reason,
            },
            prefix="souhait",
        )
        days = sorted({add_months(start, i) for i in range(months)} | {d for d in _days(wish) if d})
        for name, label, empty in (
            ("start", "Commencer en", "Le calcul choisit"),
            ("not_before", "Pas avant", "Sans contrainte"),
            ("deadline", "Terminée à la fin de", "Sans échéance"),
        ):
            self.fields[name] = MonthField(months=days, label=label, empty=empty, required=False)
        self.order_fields(["choice", "start", "not_before", "deadline", "reason"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors:
            try:
                self.wish().check()
            except InputError as error:
                self.add_error(None, error.sentence)
        return data

    def wish(self) -> MonthWish:
        data = self.cleaned_data
        if data["choice"] == self.EXCLUDE:
            return MonthWish(excluded=True, reason=data["reason"].strip())
        return MonthWish(
            mandatory=data["choice"] == self.IMPOSE,
            start=data["start"],
            not_before=data["not_before"],
            deadline=data["deadline"],
            reason=data["reason"].strip(),
        )


def _days(wish: MonthWish) -> tuple[dt.date | None, ...]:
    return wish.start, wish.not_before, wish.deadline


class OverrideForm(forms.Form):
    """The organisation's own figures; what is left empty keeps our estimate."""

    investment = AmountField(label="Investissement, en euros", most=MOST_EUROS, unit="euros", required=False)
    yearly = AmountField(label="Puis chaque année, en euros", most=MOST_EUROS, unit="euros", required=False)
    months = forms.IntegerField(
        label="Durée, en mois",
        min_value=1,
        max_value=LONGEST,
        required=False,
        error_messages={
            "min_value": "Une mesure dure au moins un mois.",
            "max_value": f"Une mesure dure au plus {LONGEST} mois.",
            "invalid": "Écrire un nombre entier de mois.",
        },
    )
    reason = forms.CharField(
        label="D'après", max_length=200, required=False, help_text="Devis, marché, expérience : ce qui le dit."
    )

    def __init__(self, data: Any = None, *, skills: dict[str, str], override: Any = None) -> None:
        effort = (override.effort if override else None) or {}
        super().__init__(
            data,
            initial={
                "investment": override.investment if override else None,
                "yearly": override.yearly if override else None,
                "months": override.months if override else None,
                "reason": override.reason if override else "",
                **{f"days_{skill}": effort.get(skill) for skill in skills},
            },
            prefix="chiffres",
        )
        self.skills = skills
        for skill, label in skills.items():
            self.fields[f"days_{skill}"] = AmountField(
                label=f"{label}, en jours", most=MOST_DAYS * 12, unit="jours", required=False
            )

    @property
    def day_fields(self) -> list[forms.BoundField]:
        return [self[f"days_{skill}"] for skill in self.skills]

    def values(self) -> dict[str, Any]:
        """As ``actions.set_override`` takes them. Days typed for some skills mean none for the others."""
        data = self.cleaned_data
        days = {skill: data[f"days_{skill}"] for skill in self.skills if data[f"days_{skill}"] is not None}
        return {
            "investment": data["investment"],
            "yearly": data["yearly"],
            "months": data["months"],
            "effort": days or None,
            "reason": data["reason"].strip(),
        }


class ActionForm(forms.Form):
    """Who, when, how much."""

    title = forms.CharField(label="Ce qui sera fait", max_length=200)
    owner = forms.ModelChoiceField(
        label="Responsable", queryset=User.objects.none(), required=False, empty_label="Personne pour l'instant"
    )
    start_on = forms.DateField(label="Début", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    due_on = forms.DateField(label="Échéance", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    planned_cost = AmountField(label="Coût prévu, en euros", most=MOST_EUROS, unit="euros", required=False)
    actual_cost = AmountField(label="Dépensé à ce jour, en euros", most=MOST_EUROS, unit="euros", required=False)
    shared = forms.BooleanField(label="Menée avec d'autres établissements", required=False)

    def __init__(self, data: Any = None, *, people: Any, action: Action | None = None, initial: Any = None) -> None:
        if action is not None:
            names = ("title", "start_on", "due_on", "planned_cost", "actual_cost", "shared")
            initial = {"owner": action.owner_id, **{name: getattr(action, name) for name in names}}
        super().__init__(data, initial=initial)
        owner: Any = self.fields["owner"]
        owner.queryset = people
        for name, text in (
            ("title", "Dire en quelques mots ce qui sera fait."),
            ("start_on", "Choisir une date de début."),
            ("due_on", "Choisir une échéance."),
        ):
            self.fields[name].error_messages["required"] = text

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("start_on") and data.get("due_on") and data["due_on"] < data["start_on"]:
            self.add_error("due_on", "L'échéance précède le début ; changer l'une des deux dates.")
        return data

    def values(self) -> dict[str, Any]:
        """As ``actions.update_action`` takes them."""
        data = dict(self.cleaned_data)
        owner = data.pop("owner")
        data["planned_cost"] = data["planned_cost"] or 0.0
        return {**data, "owner_id": owner.pk if owner else None}


class FinishForm(forms.Form):
    done_on = forms.DateField(
        label="Terminée le", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    actual_cost = AmountField(label="Dépensé, en euros", most=MOST_EUROS, unit="euros", required=False)


class VersionField(forms.Form):
    """What the page had read, sent back with each change."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


def posted_version(data: Any) -> int:
    """The version that the page had read. Raises InputError when it is missing."""
    form = VersionField(data)
    if not form.is_valid():
        raise InputError("La page envoyée est incomplète", remedy="la recharger, puis recommencer")
    return int(form.cleaned_data["version"])
