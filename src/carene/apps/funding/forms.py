# SPDX-License-Identifier: EUPL-1.2
"""Forms of the candidate, of the controls and of the rules."""

from __future__ import annotations

from typing import Any

from django import forms

from carene.apps.evidence.actions import TITLE_LENGTH, URL_LENGTH
from carene.apps.funding.dossier import Row
from carene.apps.funding.models import Said
from carene.core.files.store import ACCEPTED
from carene.engines import french
from carene.engines.funding.loader import shipped
from carene.engines.funding.model import CANDIDATES, STEPS, FactShape
from carene.engines.sources import InputError

CONFIDENCES = [
    ("official", "Texte officiel"),
    ("secondary", "Source secondaire (presse, prestataire)"),
    ("inferred", "Déduit"),
    ("to_check", "À vérifier"),
]
MOST = 10**12 - 1
YES_NO = [("", "Pas encore dit"), ("oui", "Oui"), ("non", "Non")]


def day_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def euros(label: str, *, required: bool = True, help_text: str = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, required=required, min_value=0, max_value=MOST, help_text=help_text)


class StartForm(forms.Form):
    family = forms.ChoiceField(label="Famille du candidat", help_text="Celle des statistiques publiques du programme.")

    def __init__(self, *args: Any, proposed: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["family"]
        field.choices = [(one.id, one.label) for one in shipped().pack.families if one.id != "ght"]
        field.initial = proposed


class ItemForm(forms.Form):
    """What the candidate says of an item: its facts, then whether it is reached."""

    declared = forms.ChoiceField(label="Ce point est-il atteint ?", choices=Said.Declared.choices, required=False)
    comment = forms.CharField(
        label="Remarque pour le contrôle",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Lue par l'ARS et l'ANS. Dire ici pourquoi ce que la machine trouve non conforme convient pourtant.",
    )

    def __init__(self, *args: Any, row: Row, **kwargs: Any) -> None:
        facts = row.said.facts
        initial = {"declared": row.said.declared, "comment": row.said.comment}
        initial |= {f"fact_{key}": _shown(value) for key, value in facts.items()}
        super().__init__(*args, **kwargs)
        self.initial = initial
        self.asked: list[FactShape] = row.item.facts
        for fact in self.asked:
            self.fields[f"fact_{fact.id}"] = _field(fact)
        self.order_fields([*(f"fact_{fact.id}" for fact in self.asked), "declared", "comment"])

    def overtaken(self, error: InputError, row: Row) -> None:
        """Somebody saved ``row`` since the page was opened: each field that differs says what is there now."""
        there = ItemForm(row=row)
        differs = {n: there.initial.get(n) for n in self.fields if self.cleaned_data.get(n) != there.initial.get(n)}
        self.add_error(None, french.capitalised(error.sentence))
        for name, value in differs.items():
            field: Any = self.fields[name]
            shown = dict(getattr(field, "choices", ())).get(value, value)
            self.add_error(name, f"Valeur enregistrée : {'rien' if shown in (None, '') else shown}.")

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        facts: dict[str, bool | float] = {}
        for fact in self.asked:
            value = data.get(f"fact_{fact.id}")
            if value not in (None, ""):
                facts[fact.id] = value == "oui" if fact.kind == "yes_no" else float(value)
        return {"declared": data["declared"], "comment": data["comment"], "facts": facts}


def _shown(value: bool | float) -> Any:
    return ("oui" if value else "non") if isinstance(value, bool) else value


def _field(fact: FactShape) -> forms.Field:
    if fact.kind == "yes_no":
        return forms.ChoiceField(label=fact.label, choices=YES_NO, required=False)
    label = f"{fact.label} ({fact.unit})" if fact.unit else fact.label
    return forms.FloatField(label=label, required=False, min_value=0, max_value=1_000_000_000)


class PieceForm(forms.Form):
    """A document for one place: one that the establishment already has, or a new one."""

    prefix = "piece"
    place = forms.ChoiceField(label="Pour", required=True)
    evidence = forms.ChoiceField(label="Une preuve déjà déposée", required=False)
    title = forms.CharField(label="Ou un nouveau document : son titre", max_length=TITLE_LENGTH, required=False)
    upload = forms.FileField(label="Fichier", required=False, help_text=f"{ACCEPTED}.")
    url = forms.CharField(label="Ou adresse du document", max_length=URL_LENGTH, required=False)
    effective_on = forms.DateField(
        label="Date d'effet", required=False, widget=day_input(), help_text="Le jour que le document atteste."
    )
    expires_on = forms.DateField(label="Expire le", required=False, widget=day_input())

    def __init__(self, *args: Any, row: Row, candidate: str, known: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places: Any = self.fields["place"]
        places.choices = [(place.id, place.title) for place, _ in row.places(candidate)]
        choices: Any = self.fields["evidence"]
        choices.choices = [("", "Aucune"), *((str(pk), title) for pk, title in known)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("evidence") and not data.get("title"):
            self.add_error("title", "Donner un titre au nouveau document, ou choisir une preuve déjà déposée.")
        return data

    def new(self) -> dict[str, Any]:
        names = ("title", "upload", "url", "effective_on", "expires_on")
        return {name: self.cleaned_data[name] for name in names}


class ExpenseForm(forms.Form):
    label = forms.CharField(label="Objet", max_length=200)
    amount = euros("Montant (€)")
    committed_on = forms.DateField(label="Engagée le", widget=day_input())


class MeasureForm(forms.Form):
    measure = forms.IntegerField(label="Nombre", required=False, min_value=1, max_value=MOST)


class MoveForm(forms.Form):
    """What any move may say; the action decides what it needs."""

    reason = forms.CharField(required=False, max_length=2000)
    euros = forms.IntegerField(required=False, min_value=0, max_value=MOST)
    on = forms.DateField(required=False)
    reference = forms.CharField(required=False, max_length=120)
    version = forms.IntegerField()


class DecisionForm(forms.Form):
    accepted = forms.ChoiceField(choices=[("oui", ""), ("non", ""), ("reprendre", "")])
    reason = forms.CharField(required=False, max_length=2000)
    version = forms.IntegerField()


class WaiverForm(forms.Form):
    step = forms.ChoiceField(
        label="Étape", choices=[("application", STEPS["application"]), ("declaration", STEPS["declaration"])]
    )
    until = forms.DateField(label="Admise jusqu'au", widget=day_input())
    reason = forms.CharField(label="Motif", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class CeilingForm(forms.Form):
    prefix = "plafond"
    family = forms.ChoiceField(label="Famille")
    low = forms.IntegerField(label="De", min_value=0, max_value=MOST)
    high = forms.IntegerField(
        label="À moins de", required=False, min_value=0, max_value=MOST, help_text="Vide : sans borne haute."
    )
    amount = euros("Plafond (€)")
    source = forms.CharField(label="Texte d'où il vient", max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["family"]
        field.choices = list(shipped().pack.family.items())


class SourcedForm(forms.Form):
    """The end of each setting: where it comes from."""

    source = forms.CharField(label="Texte d'où cela vient", max_length=300)
    url = forms.CharField(label="Son adresse", max_length=500, required=False)
    confidence = forms.ChoiceField(label="Ce texte est", choices=CONFIDENCES, initial="official")


class WindowForm(SourcedForm):
    step = forms.ChoiceField(label="Étape", choices=list(STEPS.items()))
    start = forms.DateField(label="Ouvre le", required=False, widget=day_input())
    end = forms.DateField(label="Dernier jour", required=False, widget=day_input())
    field_order = ("step", "start", "end", "source", "url", "confidence")


class EnvelopeForm(SourcedForm):
    euros = euros("Enveloppe (€)")
    field_order = ("euros", "source", "url", "confidence")


class CandidatesForm(SourcedForm):
    who = forms.MultipleChoiceField(
        label="Qui peut candidater", choices=list(CANDIDATES.items()), widget=forms.CheckboxSelectMultiple
    )
    field_order = ("who", "source", "url", "confidence")


class ObjectiveForm(SourcedForm):
    item = forms.CharField(label="Repère", max_length=60, help_text="En majuscules, comme au texte : O1.A.")
    title = forms.CharField(label="Titre", max_length=200)
    expected = forms.CharField(label="Ce qui est attendu", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    documents = forms.CharField(
        label="Preuves, une par ligne", max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    field_order = ("item", "title", "expected", "documents", "source", "url", "confidence")
