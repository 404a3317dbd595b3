# SPDX-License-Identifier: EUPL-1.2
"""The form of a shared service: what it is, who provides it, for whom and at what part of the cost."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from carene.apps.organisations import queries_services
from carene.apps.organisations.actions_services import Draft, Share
from carene.apps.organisations.models import Organisation, SharedService
from carene.core.tenancy.models import Node
from carene.engines import french

NONE, PERCENT, EUROS = "", "percent", "euros"
UNITS = [(NONE, "Non précisée"), (PERCENT, "En % du coût"), (EUROS, "En euros par an")]
UNREAD = object()
NUMBER = re.compile(r"\d{1,9}(\.\d{1,2})?")
LONGEST_LIST = 20_000  # characters of a list of FINESS numbers


class ServiceForm(forms.Form):
    """``members``: who may be chosen in a list; None when they are too many: FINESS numbers are typed instead."""

    kind = forms.ChoiceField(label="Service", choices=SharedService.Kind.choices)
    title = forms.CharField(
        label="Nom",
        max_length=120,
        required=False,
        help_text="Celui que les équipes emploient.",
    )
    provider = forms.ChoiceField(label="Fourni par")
    starts_on = forms.DateField(
        label="Depuis le", required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    ends_on = forms.DateField(
        label="Jusqu'au", required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    contact = forms.CharField(
        label="Contact", max_length=200, required=False, help_text="À qui s'adressent les bénéficiaires."
    )
    note = forms.CharField(label="Remarque", max_length=2000, required=False, widget=forms.Textarea({"rows": 2}))
    unit = forms.ChoiceField(label="Part du coût de chacun", choices=UNITS, required=False)

    def __init__(
        self,
        *args: Any,
        group: Organisation,
        members: Sequence[Organisation] | None,
        service: Any = None,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("initial", _initial(service) if service else {})
        super().__init__(*args, **kwargs)
        self.group: Node = group.node
        lines = {line.node_id: line for line in service.beneficiaries.all()} if service else {}
        self.rows: list[Organisation] = [line.node.organisation for line in lines.values()]
        known = {row.pk for row in self.rows}
        self.rows += [row for row in members or () if row.pk not in known]
        self.rows.sort(key=lambda row: french.sort_key(row.name))
        self.listed = members is not None
        if self.listed:
            self._offer(group, service)
        else:
            self._ask_numbers(group)
        for row in self.rows:
            self._add_row(row, lines.get(row.pk))

    def _ask_numbers(self, group: Organisation) -> None:
        whole = "la région elle-même" if group.kind == Organisation.Kind.REGION else "le groupe lui-même"
        self.fields["provider"] = forms.CharField(
            label="Fourni par", max_length=9, required=False, help_text=f"Son numéro FINESS ; vide : {whole}."
        )
        self.fields["more"] = forms.CharField(
            label="Autres bénéficiaires" if self.rows else "Bénéficiaires",
            required=False,
            max_length=LONGEST_LIST,
            widget=forms.Textarea({"rows": 6}),
            help_text="Un numéro FINESS par ligne, suivi de sa part s'il y en a une.",
        )

    def _offer(self, group: Organisation, service: Any) -> None:
        provider: Any = self.fields["provider"]
        own = [service.provider.organisation] if service else []
        chosen = {row.pk: row.name for row in (*own, *self.rows)} | {group.pk: f"{group.name} (le groupe)"}
        provider.choices = [("", "Choisir"), *sorted(chosen.items(), key=lambda pair: french.sort_key(pair[1]))]

    def _add_row(self, row: Organisation, line: Any) -> None:
        self.fields[f"with_{row.pk}"] = forms.BooleanField(label=row.name, required=False, initial=line is not None)
        self.fields[f"share_{row.pk}"] = forms.DecimalField(
            label=f"Part de {row.name}",
            required=False,
            min_value=0,
            max_digits=12,
            decimal_places=2,
            localize=True,
            initial=_share(line),
            widget=forms.TextInput({"inputmode": "decimal"}),
        )

    @property
    def main(self) -> list[BoundField]:
        return [self[name] for name in ("kind", "title", "provider", "contact", "starts_on", "ends_on")]

    @property
    def lines(self) -> list[tuple[Organisation, BoundField, BoundField]]:
        return [(row, self[f"with_{row.pk}"], self[f"share_{row.pk}"]) for row in self.rows]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.listed:
            self._read_numbers(data)
        starts, ends = data.get("starts_on"), data.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", "Le service finirait avant de commencer.")
        self._check_parts(data)
        if data.get("kind") == SharedService.Kind.OTHER and not data.get("title"):
            self.add_error("title", "Dire quel service c'est.")
        return data

    def _check_parts(self, data: dict[str, Any]) -> None:
        """A part that would be forgotten is said: without a unit, or on a line that is not ticked."""
        typed = [row for row in self.rows if data.get(f"share_{row.pk}") is not None]
        added = [part for part in data.get("added", {}).values() if part is not None]
        if (typed or added) and not data.get("unit"):
            self.add_error("unit", "Dire si les parts sont en % ou en euros, ou les vider.")
        for row in typed:
            if not data.get(f"with_{row.pk}"):
                self.add_error(f"share_{row.pk}", "Cocher ce bénéficiaire, ou vider sa part.")

    def _read_numbers(self, data: dict[str, Any]) -> None:
        """FINESS numbers, each with its part, → ids; the wrong lines are named."""
        lines = [line.upper().split() for line in str(data.get("more") or "").splitlines() if line.strip()]
        number = str(data.get("provider") or "").strip().upper()
        found = queries_services.by_finess(self.group, [number, *(line[0] for line in lines)])
        if number and number not in found:
            self.add_error("provider", "Aucun établissement ouvert du groupe n'a ce FINESS.")
        data["provider"] = found[number].pk if number in found else self.group.pk
        data["added"], wrong = {}, []
        for line in lines:
            part = _part(line[1:])
            if line[0] not in found or part is UNREAD:
                wrong.append(" ".join(line))
            else:
                data["added"][found[line[0]].pk] = part
        if wrong:
            self.add_error("more", f"Pas compris, ou pas dans le groupe : {french.listing(wrong[:5])}.")

    def draft(self) -> Draft:
        """What was typed, once valid."""
        data, shares = self.cleaned_data, {}
        for row in self.rows:
            if data.get(f"with_{row.pk}"):
                shares[row.pk] = _agreed(data.get(f"share_{row.pk}"), data["unit"])
        for pk, part in data.get("added", {}).items():
            shares[pk] = _agreed(part, data["unit"])
        names = ("kind", "title", "starts_on", "ends_on", "contact", "note")
        return Draft(provider=int(data["provider"]), shares=shares, **{name: data[name] for name in names})


def _agreed(part: Decimal | None, unit: str) -> Share:
    if part is None:
        return Share()
    return Share(percent=part) if unit == PERCENT else Share(euros=round(part)) if unit == EUROS else Share()


def _part(words: list[str]) -> Any:
    """« 12,5 » → a number; nothing → None; anything else → UNREAD."""
    text = "".join(words).replace(",", ".").rstrip("%€")
    if not text:
        return None
    return Decimal(text) if NUMBER.fullmatch(text) else UNREAD


def _initial(service: SharedService) -> dict[str, Any]:
    names = ("kind", "title", "starts_on", "ends_on", "contact", "note")
    lines = list(service.beneficiaries.all())
    unit = PERCENT if any(line.share_percent is not None for line in lines) else NONE
    unit = EUROS if any(line.share_euros is not None for line in lines) else unit
    provider: Any = service.provider
    listed = {name: getattr(service, name) for name in names}
    return {**listed, "unit": unit, "provider": service.provider_id, "finess": provider.organisation.finess}


def _share(line: Any) -> Any:
    if line is None:
        return None
    if line.share_percent is None:
        return line.share_euros
    return line.share_percent.normalize() if line.share_percent else line.share_percent
