# SPDX-License-Identifier: EUPL-1.2
"""What an address of the observatory says, and the form of a target."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django import forms

from carene.engines.observatory.explain import CONFIDENCE
from carene.engines.sources import InputError

MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")


def month_of(text: str) -> dt.date | None:
    """``2026-10`` → its first day; None for an empty text. Raises InputError for anything else."""
    if not text:
        return None
    found = MONTH.fullmatch(text)
    if found is None or not 1 <= int(found[2]) <= 12 or found[1] == "0000":
        raise InputError("Ce mois n'est pas lisible", remedy="l'écrire comme 2026-10")
    return dt.date(int(found[1]), int(found[2]), 1)


class TargetForm(forms.Form):
    value = forms.FloatField(label="Valeur", localize=True)
    by = forms.DateField(
        label="À la date du",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="Laisser vide si aucune date n'est dite.",
    )
    source = forms.CharField(
        label="Source", max_length=300, help_text="Le texte ou la décision d'où vient cette cible."
    )
    url = forms.CharField(label="Adresse de la source", required=False, max_length=500)
    confidence = forms.ChoiceField(
        label="Confiance", choices=[(key, words[:1].upper() + words[1:]) for key, words in CONFIDENCE.items()]
    )

    def __init__(self, *args: Any, unit: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if unit:
            self.fields["value"].label = f"Valeur, en {unit}"
