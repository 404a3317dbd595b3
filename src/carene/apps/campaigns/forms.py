# SPDX-License-Identifier: EUPL-1.2
"""What one types to prepare a campaign, and to decide of a participant."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone

from carene.apps.campaigns import audience
from carene.apps.campaigns.actions import Wanted
from carene.apps.campaigns.audience import KINDS, Audience
from carene.apps.campaigns.models import Campaign
from carene.core.tenancy.models import Node
from carene.engines.campaigns.pack import proposed
from carene.engines.referential.catalogue import care
from carene.engines.registers.territories import territories

LONGEST = 400  # days before or after the last one


def day_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class DaysField(forms.CharField):
    """« 30, 10, 2 » → [30, 10, 2]."""

    def clean(self, value: Any) -> list[int]:
        text = super().clean(value)
        words = [word for word in re.split(r"[\s,;]+", text) if word]
        if any(not word.isdecimal() or len(word) > 4 or int(word) > LONGEST for word in words):
            raise forms.ValidationError(f"Écrire des nombres de jours, de 0 à {LONGEST}, séparés par des virgules.")
        return sorted({int(word) for word in words})


class CampaignForm(forms.Form):
    title = forms.CharField(label="Titre", max_length=160)
    message = forms.CharField(
        label="Message aux établissements", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Ce que l'on attend d'eux, et à qui s'adresser.",
    )  # fmt: skip
    referential = forms.ChoiceField(label="Référentiel")
    starts_on = forms.DateField(label="Premier jour", widget=day_input())
    ends_on = forms.DateField(label="Dernier jour", widget=day_input(), help_text="Ce jour compris.")
    before = DaysField(label="Rappels, en jours avant la fin", required=False)
    after = DaysField(label="Relances, en jours après la fin", required=False)
    kind = forms.ChoiceField(label="Qui répond", choices=list(KINDS.items()))
    types = forms.MultipleChoiceField(label="Types", required=False, widget=forms.CheckboxSelectMultiple)
    sizes = forms.MultipleChoiceField(label="Tailles", required=False, widget=forms.CheckboxSelectMultiple)
    groups = forms.MultipleChoiceField(label="Régions ou GHT", required=False, widget=forms.SelectMultiple)
    departments = forms.MultipleChoiceField(label="Départements", required=False, widget=forms.SelectMultiple)

    def __init__(
        self, *args: Any, node: Node, referentials: Sequence[tuple[str, str, str]], campaign: Campaign | None = None,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = dict(self.fields)
        present = audience.departments(node)
        fields["referential"].choices = [(key, f"{name} ({version})") for key, name, version in referentials]
        fields["types"].choices = list(care().types.items())
        fields["sizes"].choices = [(band.id, band.label) for band in care().bands]
        fields["groups"].choices = list(audience.groups(node).values_list("pk", "name"))
        fields["departments"].choices = [
            (key, f"{key} {one.name}") for key, one in territories().departments.items() if key in present
        ]
        self.initial = {**_initial(campaign), **self.initial}
        for name in ("groups", "departments"):
            if not fields[name].choices:
                del self.fields[name]
        if campaign is not None and campaign.is_open:  # people have begun: what they were asked stays
            for name in ("referential", "starts_on", "kind", "types", "sizes", "groups", "departments"):
                if name in self.fields:
                    self.fields[name].disabled = True

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        starts, ends = data.get("starts_on"), data.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", "La campagne finirait avant de commencer.")
        return data

    def wanted(self) -> Wanted:
        data = self.cleaned_data
        chosen = Audience(
            kind=data["kind"],
            types=tuple(data["types"]),
            sizes=tuple(data["sizes"]),
            groups=tuple(int(one) for one in data.get("groups", ())),
            departments=tuple(data.get("departments", ())),
        )
        return Wanted(
            title=data["title"],
            message=data["message"],
            referential=data["referential"],
            starts_on=data["starts_on"],
            ends_on=data["ends_on"],
            reminders=[*(-days for days in data["before"]), *(days for days in data["after"] if days)],
            audience=chosen,
        )


def _initial(campaign: Campaign | None) -> dict[str, Any]:
    days = proposed().reminders if campaign is None else campaign.reminders
    found: dict[str, Any] = {
        "before": ", ".join(str(-one) for one in days if one <= 0),
        "after": ", ".join(str(one) for one in days if one > 0),
    }
    if campaign is None:
        today = timezone.localdate()
        return found | {"starts_on": today, "ends_on": today + dt.timedelta(days=proposed().usual_days)}
    chosen = audience.of(campaign)
    names = ("title", "message", "referential", "starts_on", "ends_on")
    return found | {name: getattr(campaign, name) for name in names} | chosen.model_dump(mode="json")


class ExtendForm(forms.Form):
    until = forms.DateField(label="Jusqu'au", widget=day_input())
    reason = forms.CharField(label="Motif", max_length=300, help_text="L'établissement le lit.")


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Motif", max_length=300)


class MessageForm(forms.Form):
    text = forms.CharField(label="Message", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
