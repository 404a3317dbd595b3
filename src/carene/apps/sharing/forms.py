# SPDX-License-Identifier: EUPL-1.2
"""Forms of shares."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone

from carene.apps.organisations.models import Organisation
from carene.apps.sharing.actions import LONGEST
from carene.core.access.limits import limits


def _end() -> dt.date:
    return limits().usual_end(timezone.localdate())


class EndForm(forms.Form):
    """Until when; the bounds are those of ``packs/sharing.yaml``."""

    ends_on = forms.DateField(
        label="Jusqu'au",
        initial=_end,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        bounds = {"min": today.isoformat(), "max": limits().latest_end(today).isoformat()}
        self.fields["ends_on"].widget.attrs.update(bounds)


class GiveForm(EndForm):
    holder = forms.TypedChoiceField(
        label="À qui",
        required=False,
        coerce=int,
        empty_value=None,
        help_text="Une organisation : tous ses agents ARS ou GRADeS.",
    )
    email = forms.EmailField(
        label="Adresse de la personne", required=False, help_text="Celle de son compte, si c'est une personne."
    )
    reason = forms.CharField(label="Pourquoi", max_length=LONGEST, help_text="Une phrase, gardée au journal.")

    field_order = ("holder", "email", "ends_on", "reason")

    def __init__(self, *args: Any, holders: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        holder: Any = self.fields["holder"]
        holder.choices = [("", "Une seule personne"), *((row.pk, row.name) for row in holders)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and bool(data.get("email")) == (data.get("holder") is not None):
            both = bool(data.get("email"))
            self.add_error("email", "Choisir l'organisation ou la personne, pas les deux." if both else _NOBODY)
        return data


_NOBODY = "Donner l'adresse de la personne, ou choisir une organisation."


class AskForm(forms.Form):
    reason = forms.CharField(
        label="Pourquoi avez-vous besoin du détail ?",
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 3}),
        help_text="L'établissement lira cette phrase avant de répondre.",
    )
