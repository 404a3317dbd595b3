# SPDX-License-Identifier: EUPL-1.2
"""The form of a piece of evidence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from carene.apps.evidence import actions
from carene.apps.evidence.criteria import Group, Pair, pair_of, titles, value_of
from carene.core.files.store import ACCEPTED
from carene.engines.french import capitalised
from carene.engines.sources import InputError


def _sentence(error: InputError) -> str:
    return capitalised(error.sentence)


class EvidenceForm(forms.Form):
    """``groups`` are the criteria offered; ``linked`` those already supported, kept even when no longer offered."""

    upload = forms.FileField(label="Fichier", required=False, help_text=f"{ACCEPTED}.")
    url = forms.CharField(
        label="Ou adresse du document",
        required=False,
        max_length=actions.URL_LENGTH,
        help_text="Dans la GED ou sur l'intranet : elle commence par https:// ou http://.",
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
    title = forms.CharField(label="Titre", max_length=actions.TITLE_LENGTH)
    effective_on = forms.DateField(
        label="Date d'effet",
        required=False,
        help_text="Le jour que le document atteste.",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    expires_on = forms.DateField(
        label="Expire le",
        required=False,
        help_text="Vide s'il n'a pas d'échéance.",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    note = forms.CharField(
        label="Remarque",
        required=False,
        max_length=actions.NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    criteria = forms.MultipleChoiceField(required=False)

    def __init__(
        self, *args: Any, groups: list[Group], linked: Iterable[Pair] = (), has_file: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.has_file = has_file
        offered = {value for group in groups for value, _ in group.criteria}
        others = [pair for pair in linked if value_of(pair) not in offered]
        if others:
            named = titles(others)
            groups = [*groups, Group("", "Autres questions", [(value_of(pair), named[pair]) for pair in others])]
        self.groups = groups
        field: Any = self.fields["criteria"]
        field.choices = [choice for group in groups for choice in group.criteria]
        if has_file:
            self.fields["upload"].label = "Remplacer le fichier"

    @property
    def picker(self) -> list[dict[str, Any]]:
        """Groups with what is ticked: ``{"referential", "title", "options": [(value, title, ticked)]}``."""
        ticked = {str(value) for value in self["criteria"].value() or ()}
        return [
            {
                "referential": group.referential,
                "title": group.title,
                "options": [(value, title, value in ticked) for value, title in group.criteria],
            }
            for group in self.groups
        ]

    def clean_url(self) -> str:
        try:
            return actions.check_url(self.cleaned_data["url"])
        except InputError as error:
            raise forms.ValidationError(_sentence(error)) from error

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        try:
            actions.check_dates(data.get("effective_on"), data.get("expires_on"))
        except InputError as error:
            self.add_error("expires_on", _sentence(error))
        empty = not data.get("upload") and not data.get("url") and not self.has_file
        if empty and not self.errors.keys() & {"upload", "url"}:
            self.add_error("upload", "Joindre un fichier, ou donner l'adresse du document.")
        return data

    def refuse(self, error: InputError) -> None:
        """Shows what the action refused: at this point only the file can be wrong."""
        self.add_error("upload" if self.cleaned_data.get("upload") else None, _sentence(error))

    def values(self) -> dict[str, Any]:
        """Arguments of the actions."""
        data = dict(self.cleaned_data)
        pairs = [pair_of(value) for value in data.pop("criteria")]
        return data | {"links": [pair for pair in pairs if pair]}
