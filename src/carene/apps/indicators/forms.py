# SPDX-License-Identifier: EUPL-1.2
"""Saying what was measured."""

from __future__ import annotations

from typing import Any

from django import forms

from carene.apps.indicators.actions import NOTE_LENGTH, SOURCE_LENGTH
from carene.engines.exchange.values import date_of, number_of
from carene.engines.french import capitalised
from carene.engines.referential.model import Indicator


class NumberField(forms.CharField):
    """« 1,7 », « 12 400 », « 71 % »: numbers as people write them."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return number_of(text)
        except ValueError as error:
            raise forms.ValidationError(f"{capitalised(str(error))}.") from error


class DayField(forms.CharField):
    """A date picker where there is one, « 31/12/2026 » elsewhere."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return date_of(text)
        except ValueError as error:
            raise forms.ValidationError(f"{capitalised(str(error))}.") from error


class RecordForm(forms.Form):
    """``choices`` are groups of indicators for a list; ``indicator`` fixes it instead."""

    indicator = forms.ChoiceField(label="Indicateur")
    value = NumberField(
        label="Valeur", max_length=30, widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    )
    observed_on = DayField(
        label="Mesurée le", max_length=10, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    source = forms.CharField(
        label="D'où vient cette valeur ?",
        max_length=SOURCE_LENGTH,
        help_text="Console de l'EDR, compte rendu d'exercice, export de l'annuaire…",
    )
    note = forms.CharField(label="Remarque", required=False, max_length=NOTE_LENGTH)

    def __init__(
        self, *args: Any, choices: list[Any] | None = None, indicator: Indicator | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if indicator is not None:
            del self.fields["indicator"]
            self.fields["value"].label = f"Valeur ({indicator.unit})" if indicator.unit else "Valeur"
        else:
            field: Any = self.fields["indicator"]
            field.choices = [("", "Choisir…"), *(choices or [])]
