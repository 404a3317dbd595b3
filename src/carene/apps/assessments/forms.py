# SPDX-License-Identifier: EUPL-1.2
"""What people type into assessments, apart from the answers themselves."""

from __future__ import annotations

from typing import Any

from django import forms

from carene.core.accounts.models import User
from carene.engines.referential.model import Referential


class DateInput(forms.DateInput):
    """The browser's own date picker; it wants ISO dates whatever the language."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class StartForm(forms.Form):
    """Which referential, which of its groups, under what title."""

    referential = forms.ChoiceField(label="Référentiel")
    title = forms.CharField(
        label="Titre", max_length=160, required=False, help_text="Sans titre, ce sera le mois en cours."
    )

    def __init__(self, available: list[tuple[str, str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["referential"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(key, f"{name} ({version})") for key, name, version in available]


class GroupsForm(forms.Form):
    """Implementation groups of an imported framework; none chosen keeps every question."""

    groups = forms.MultipleChoiceField(
        label="Groupes à évaluer",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Sans choix, toutes les questions sont posées.",
    )

    def __init__(self, referential: Referential, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["groups"]
        assert isinstance(choice, forms.MultipleChoiceField)
        choice.initial = list(referential.default_groups)
        choice.choices = list(referential.groups.items())


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """People by their name and what they do."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}, {obj.function}" if obj.function else str(obj)


class AssignForm(forms.Form):
    user = PersonField(User.objects.none(), label="À qui ?", empty_label="Choisir une personne")
    message = forms.CharField(label="Message", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    due_on = forms.DateField(label="Pour le", required=False, widget=DateInput())

    def __init__(self, people: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["user"]
        assert isinstance(choice, PersonField)
        choice.queryset = people


class EvidenceForm(forms.Form):
    """A piece of evidence attached to the question on screen."""

    title = forms.CharField(label="Titre", max_length=200, required=False, help_text="Sans titre, le nom du fichier.")
    upload = forms.FileField(label="Fichier", required=False)
    url = forms.CharField(label="Lien", max_length=500, required=False)
    effective_on = forms.DateField(label="Date d'effet", required=False, widget=DateInput())
    expires_on = forms.DateField(label="Expire le", required=False, widget=DateInput())


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Motif", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class LibraryForm(forms.Form):
    library = forms.FileField(
        label="Bibliothèque CISO Assistant", help_text="Un fichier YAML publié dans la bibliothèque de CISO Assistant."
    )
