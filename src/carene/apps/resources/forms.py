# SPDX-License-Identifier: EUPL-1.2
"""Forms of resources; actions say what is wrong, the form shows it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from carene.apps.evidence import queries as evidence
from carene.apps.indicators.forms import DayField, NumberField
from carene.apps.organisations.models import Organisation
from carene.apps.resources.models import MemberStep
from carene.engines import french
from carene.engines.referential.catalogue import care
from carene.engines.resources.pack import resources
from carene.engines.sources import InputError


def day(label: str, *, required: bool = False, help_text: str = "") -> DayField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return DayField(label=label, required=required, help_text=help_text, max_length=10, widget=widget)


def line(label: str, length: int, *, required: bool = False, help_text: str = "") -> forms.CharField:
    return forms.CharField(label=label, required=required, max_length=length, help_text=help_text)


def block(label: str, length: int, help_text: str = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=label, required=False, max_length=length, help_text=help_text, widget=widget)


class WholeField(NumberField):
    """« 12 000 » → an int; None when empty."""

    def clean(self, value: Any) -> int | None:
        number = super().clean(str(value or "").strip().removesuffix("€"))
        return None if number is None else round(number)


def whole(label: str, help_text: str = "") -> WholeField:
    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    return WholeField(label=label, required=False, max_length=20, help_text=help_text, widget=widget)


class Form(forms.Form):
    """Its fields have the names of the values of an action."""

    wide: tuple[str, ...] = ()

    def refuse(self, error: InputError) -> None:
        self.add_error(None, french.capitalised(error.sentence))

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)

    def offer(self, name: str, choices: Iterable[tuple[Any, str]], empty: str = "Aucun") -> None:
        field: Any = self.fields[name]
        field.choices = [("", empty), *choices]

    @property
    def laid_out(self) -> list[tuple[Any, bool]]:
        return [(self[name], name in self.wide) for name in self.fields]


class TrajectoryForm(Form):
    validated_on = day("Validée le", required=True, help_text="Par le comité stratégique du GHT.")
    document = line("Ce qui le prouve", 300, required=True, help_text="Le compte rendu, sa date, où il est rangé.")
    ends_on = day("À tenir d'ici le")
    reviewed_on = day("Dernier suivi en comité", help_text="À refaire chaque année : l'indicateur vaut douze mois.")
    note = block("Remarque", 500)
    wide = ("document", "note")


class StepForm(Form):
    state = forms.ChoiceField(label="Où en êtes-vous ?", choices=MemberStep.State.choices)
    on = day("Prévu pour le, ou fait le")
    evidence_id = forms.TypedChoiceField(label="Preuve", required=False, coerce=int, empty_value=None)
    proof = line("Ou dire ce qui le prouve", 300, help_text="Compte rendu, convention, rapport : son titre et sa date.")
    reason = line("Pourquoi sans objet", 300)
    wide = ("proof", "reason")

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = evidence.of(organisation.node).prefetch_related(None).order_by("title", "id")
        self.offer("evidence_id", ((row.pk, row.title) for row in rows), "Aucune")
        for name in ("state",):
            self.fields[name].choices = [  # type: ignore[attr-defined]
                (key, french.capitalised(label)) for key, label in MemberStep.State.choices
            ]


class _Sought(Form):
    """What an offer and a need have in common."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("service", ((key, one.label) for key, one in resources().services.items()))
        self.offer("skill", care().skills.items(), "Aucune")


def _by_title(known: Iterable[Any]) -> list[tuple[str, str]]:
    return sorted(((one.id, one.title) for one in known), key=lambda pair: french.sort_key(pair[1]))


class OfferForm(_Sought):
    title = line("Offre", 160, required=True)
    text = block("Ce qu'elle comprend", 2000)
    service = forms.ChoiceField(label="Service", required=False)
    skill = forms.ChoiceField(label="Compétence", required=False)
    measures = forms.MultipleChoiceField(
        label="Mesures qu'elle aide à mener",
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text="Plusieurs à la fois avec la touche Ctrl.",
    )
    types = forms.MultipleChoiceField(
        label="Pour quels établissements ?",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Aucun coché : tous.",
    )
    sizes = forms.MultipleChoiceField(
        label="De quelle taille ?",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Aucune cochée : toutes.",
    )
    capacity = whole("Combien d'établissements au plus ?", "Vide : sans limite.")
    price = whole("Prix par an (€)", "Pour un établissement. Vide s'il n'est pas connu ; 0 si c'est gratuit.")
    price_note = line("Ce que couvre le prix", 200)
    starts_on = day("À partir du")
    ends_on = day("Jusqu'au")
    contact = line("Contact", 200, required=True)
    wide = ("title", "text", "measures", "types", "sizes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: dict[str, list[tuple[str, str]]] = {
            "measures": _by_title(care().measures),
            "types": list(care().types.items()),
            "sizes": [(band.id, french.capitalised(band.label)) for band in care().bands],
        }
        for name, found in choices.items():
            field: Any = self.fields[name]
            field.choices = found


class NeedForm(_Sought):
    title = line(
        "Ce qui manque", 160, required=True, help_text="« Un RSSI deux jours par mois », « une copie hors site »."
    )
    text = block("Précisions", 2000, "Lisibles par ceux à qui la demande s'adresse : rien de confidentiel.")
    service = forms.ChoiceField(label="Service", required=False)
    skill = forms.ChoiceField(label="Compétence", required=False)
    measure = forms.ChoiceField(label="Mesure", required=False)
    criterion = forms.ChoiceField(label="Question de l'auto-évaluation", required=False)
    wanted_on = day("Pour le")
    wide = ("title", "text", "measure", "criterion")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("measure", _by_title(care().measures), "Aucune")
        self.offer("criterion", ((one.id, f"{one.id} {one.title}") for one in care().criteria), "Aucune")


def initial_of(row: Any, form: type[Form]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in form.base_fields} if row is not None else {}
