# SPDX-License-Identifier: EUPL-1.2
"""Forms of governance: one a kind of row; actions say what is wrong, the form shows it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django import forms

from carene.apps.governance import queries
from carene.apps.governance.models import Commitment, Decision, DutyRecord, Post
from carene.apps.indicators.forms import DayField, NumberField
from carene.apps.organisations.models import Organisation
from carene.engines import french
from carene.engines.governance.pack import governance
from carene.engines.referential.catalogue import care
from carene.engines.sources import InputError

Choices = Sequence[tuple[Any, str]]


class AmountField(NumberField):
    """Euros, as people write them: « 118 000 000 », « 2 080 000 € ». Gives an int, or None when empty."""

    def __init__(self, label: str, help_text: str = "") -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(label=label, help_text=help_text, required=False, max_length=30, widget=widget)

    def prepare_value(self, value: Any) -> Any:
        return french.number(value) if isinstance(value, int | float) else value

    def clean(self, value: Any) -> int | None:
        number = super().clean(str(value or "").strip().removesuffix("€"))
        return None if number is None else round(number)


class ExactField(NumberField):
    """A small number with decimals; gives a Decimal, or None when empty."""

    def prepare_value(self, value: Any) -> Any:
        return french.number(float(value)) if isinstance(value, Decimal | int | float) else value

    def clean(self, value: Any) -> Decimal | None:
        number = super().clean(value)
        return None if number is None else Decimal(str(round(number, 2)))


def exact(label: str, *, required: bool = False, help_text: str = "") -> ExactField:
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return ExactField(label=label, required=required, help_text=help_text, max_length=12, widget=widget)


def day(label: str, *, required: bool = False, help_text: str = "") -> DayField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return DayField(label=label, required=required, help_text=help_text, max_length=10, widget=widget)


def line(label: str, length: int, *, required: bool = False, help_text: str = "") -> forms.CharField:
    return forms.CharField(label=label, required=required, max_length=length, help_text=help_text)


def block(label: str, length: int, *, required: bool = False, help_text: str = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=label, required=required, max_length=length, help_text=help_text, widget=widget)


def months(label: str, help_text: str = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=1, max_value=120, help_text=help_text)


def pick(label: str, choices: Choices = (), *, required: bool = True) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, required=required)


def whose(label: str, *, required: bool = False, help_text: str = "") -> forms.TypedChoiceField:
    """A choice of rows: gives an id, or None."""
    return forms.TypedChoiceField(label=label, required=required, coerce=int, empty_value=None, help_text=help_text)


def _labels(known: Any) -> list[tuple[str, str]]:
    return [("", "Choisir…"), *((key, one.label) for key, one in known.items())]


class Section(forms.Form):
    """A form about one organisation; its fields have the names of the values of an action."""

    wide: tuple[str, ...] = ()  # fields that take a whole line

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisation = organisation
        self.prepare()

    def prepare(self) -> None:
        """Choices that depend on the organisation."""

    def offer(self, name: str, choices: Iterable[tuple[Any, str]], empty: str = "Aucun") -> None:
        field: Any = self.fields[name]
        field.choices = [("", empty), *choices]

    def refuse(self, error: InputError) -> None:
        self.add_error(None, french.capitalised(error.sentence))

    def overtaken(self, error: InputError, row: Any) -> None:
        """Somebody saved ``row`` since the page was opened: each field that differs says what is there now."""
        differs = {name: value for name, value in initial_of(row, type(self)).items() if value != self._typed(name)}
        self.refuse(error)
        for name, value in differs.items():
            field: Any = self.fields[name]
            shown = dict(getattr(field, "choices", ())).get(value, field.prepare_value(value))
            if isinstance(shown, dt.date):
                shown = french.long_date(shown)
            elif isinstance(shown, bool):
                shown = "coché" if shown else "non coché"
            self.add_error(name, f"Valeur enregistrée : {shown if shown not in (None, '') else 'rien'}.")

    def _typed(self, name: str) -> Any:
        return self.cleaned_data.get(name)

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)

    @property
    def laid_out(self) -> list[tuple[Any, bool]]:
        return [(self[name], name in self.wide) for name in self.fields]


class BudgetForm(Section):
    operating = AmountField("Budget d'exploitation (€)", "Titres 1 à 4 du compte de résultat principal.")
    digital_operating = AmountField(
        "Numérique, exploitation (€)", "Personnel informatique, licences, maintenance, hébergement, amortissements."
    )
    digital_investment = AmountField("Numérique, investissement (€)")
    cyber_operating = AmountField("Dont cybersécurité, exploitation (€)", "Comprise dans le numérique.")
    cyber_investment = AmountField("Dont cybersécurité, investissement (€)")
    note = line("Remarque", 300, help_text="D'où viennent ces chiffres, ce qu'ils comprennent.")
    wide = ("note",)


class PostForm(Section):
    kind = pick("Fonction")
    title = line("Intitulé", 120, help_text="S'il précise la fonction : « Administrateur sauvegardes ».")
    state = pick("Qui le tient ?", [("", "Choisir…"), *((s.value, s.label.capitalize()) for s in Post.State)])
    holder = line("Nom", 120, help_text="Vide si le poste est vacant.")
    fte = exact("ETP pour l'établissement", required=True, help_text="Le temps réservé ici : 0,5 pour un mi-temps.")
    skill = pick("Compétence", required=False)
    employer_id = whose("Partagé avec", help_text="L'établissement qui emploie la personne, si le poste est partagé.")
    share_percent = exact("Part de son temps réservée ici (%)", help_text="Pour un poste partagé.")
    provider = line("Prestataire", 120)
    vacant_since = day("Vacant depuis le")
    reports_to = line("Rattaché à", 120, help_text="La personne ou la direction à qui ce poste rend compte.")
    letter_on = day("Lettre de mission du")

    def prepare(self) -> None:
        self.offer("kind", ((key, one.label) for key, one in governance().staff.posts.items()), "Choisir…")
        self.offer("skill", care().skills.items(), "Aucune")
        self.offer("employer_id", ((one.pk, one.name) for one in queries.partners(self.organisation)))


class OnCallForm(Section):
    title = line("Astreinte", 120, required=True, help_text="Technique, sécurité, applications de soins…")
    days = forms.IntegerField(label="Jours par semaine", min_value=1, max_value=7)
    hours = forms.IntegerField(label="Heures par jour", min_value=1, max_value=24)
    provider = line("Assurée par", 120, help_text="L'équipe, le GHT, un prestataire.")
    note = line("Remarque", 300)
    wide = ("note",)


class CommitteeForm(Section):
    kind = pick("Nature")
    title = line("Nom", 120, required=True)
    chair = line("Présidée par", 120)
    every_months = months("Se réunit tous les … mois")

    def prepare(self) -> None:
        self.offer("kind", ((key, one.label) for key, one in governance().committees.items()), "Choisir…")


class MeetingForm(Section):
    committee_id = whose("Instance", required=True)
    held_on = day("Date", required=True)
    agenda = block("Ce qui a été traité", 2000)
    management = forms.BooleanField(label="La direction était présente", required=False)
    physicians = forms.BooleanField(label="Un médecin au moins était présent", required=False)
    nursing = forms.BooleanField(label="Les soins infirmiers étaient présents", required=False)
    evidence_id = whose("Compte rendu", help_text="Parmi les preuves de l'établissement.")
    wide = ("agenda",)

    def prepare(self) -> None:
        node = self.organisation.node
        self.offer("committee_id", ((one.pk, one.title) for one in queries.committees(node)), "Choisir…")
        self.offer("evidence_id", queries.proof_choices(node))


class DecisionForm(Section):
    meeting_id = whose("Prise le", required=True)
    text = block("Décision", 500, required=True, help_text="Ce qui sera fait, en une phrase.")
    carrier = line("Portée par", 120)
    due_on = day("Échéance")
    state = pick("Où en est-elle ?", [(s.value, s.label.capitalize()) for s in Decision.State])
    wide = ("text",)

    def prepare(self) -> None:
        rows = queries.meetings(self.organisation.node).prefetch_related(None)
        named = ((one.pk, f"{french.long_date(one.held_on)}, {one.committee.title}") for one in rows)
        self.offer("meeting_id", named, "Choisir…")


class CommitmentForm(Section):
    kind = pick("Texte")
    title = line("Engagement", 200, required=True)
    target = line("Ce qui est visé", 300, help_text="« Tous les dossiers patients derrière deux facteurs ».")
    due_on = day("Échéance")
    progress = block("Où en est-on ?", 500)
    progress_on = day("Au")
    owner = line("Porté par", 120)
    state = pick("État", [(s.value, s.label.capitalize()) for s in Commitment.State])
    wide = ("title", "target", "progress")

    def prepare(self) -> None:
        self.offer("kind", ((key, one.label) for key, one in governance().commitments.items()), "Choisir…")


class PolicyForm(Section):
    kind = pick("Nature")
    title = line("Titre", 160, required=True)
    version = line("Version", 40)
    approved_on = day("Approuvé le", help_text="Par le représentant légal.")
    approved_by = line("Approuvé par", 120)
    reviewed_on = day("Relu le", help_text="S'il a été relu depuis.")
    review_months = months(
        "À relire tous les … mois", "ReCyF, encore lié à un projet de loi, cite 12 mois pour la PSSI. Vide : sans date."
    )
    evidence_id = whose("Preuve", help_text="Le document lui-même, parmi les preuves.")

    def prepare(self) -> None:
        self.offer("kind", ((key, one.label) for key, one in governance().documents.items()), "Choisir…")
        self.offer("evidence_id", queries.proof_choices(self.organisation.node), "Aucune")


class DutyForm(Section):
    """Done, planned or not applicable; the fields that do not speak of the choice are not read."""

    kind = forms.ChoiceField(
        label="Que faut-il noter ?",
        choices=[
            (DutyRecord.Kind.DONE, "C'est fait"),
            (DutyRecord.Kind.PLANNED, "C'est prévu, ou reporté"),
            (DutyRecord.Kind.NOT_APPLICABLE, "Sans objet ici"),
        ],
        widget=forms.RadioSelect,
    )
    on = day("Fait le")
    next_on = day("Prochaine date", help_text="Vide : à la périodicité indiquée, si elle est connue.")
    evidence_id = whose("Preuve", help_text="Parmi les preuves de l'établissement.")
    reason = line("Motif", 300, help_text="Pour un report, ou si l'obligation est sans objet.")
    wide = ("kind", "reason")

    def prepare(self) -> None:
        self.offer("evidence_id", queries.proof_choices(self.organisation.node), "Aucune")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("kind") == DutyRecord.Kind.DONE and data.get("on") is None and "on" not in self.errors:
            self.add_error("on", "Dire quel jour c'est fait.")
        return data

    def values(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        kept = {
            DutyRecord.Kind.DONE: {"on", "next_on", "evidence_id", "reason"},
            DutyRecord.Kind.PLANNED: {"next_on", "reason"},
        }.get(data["kind"], {"reason"})
        return {key: value for key, value in data.items() if key == "kind" or key in kept}


def initial_of(row: Any, form: type[Section]) -> dict[str, Any]:
    """What a row holds, by the names of the fields."""
    return {name: getattr(row, name) for name in form.base_fields}


def first_budget(organisation: Organisation) -> dict[str, Any]:
    """What the profile says, proposed when nothing else is known."""
    return {"operating": organisation.operating_budget, "digital_operating": organisation.digital_budget}


def chosen_day(text: str) -> dt.date | None:
    """« 2026-12 » in an address: its first day; None for anything else."""
    try:
        return dt.datetime.strptime(text, "%Y-%m").replace(tzinfo=dt.UTC).date()
    except ValueError:
        return None
