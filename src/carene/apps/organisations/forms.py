# SPDX-License-Identifier: EUPL-1.2
"""Forms of organisations."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from carene.apps.organisations.models import Organisation
from carene.apps.organisations.shape import PROFILE, roles_on
from carene.core.access.policy import DATED, ROLES
from carene.engines.referential.model import Referential


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """The profile; the choices of type and place in the GHT are those of the referential."""

    type = forms.ChoiceField(
        label="Type d'établissement", required=False, help_text="Décide des questions posées et du niveau visé."
    )
    ght_role = forms.ChoiceField(
        label="Place dans le GHT", required=False, help_text="Un établissement support vise plus haut que les autres."
    )

    class Meta:
        model = Organisation
        fields = PROFILE
        help_texts = {
            "short_name": "Celui que les gens disent ; il s'affiche dans le menu.",
            "finess": "Neuf caractères, celui de l'entité juridique ou du site.",
            "beds": "Dit la taille en tête des documents ; ne change ni les questions ni les coûts.",
            "staff": "Accompagne les exports ; ne change ni les questions ni les coûts.",
            "workstations": "Donne la taille retenue, dont dépendent les coûts proposés.",
            "servers": "Accompagne les exports ; ne change ni les questions ni les coûts.",
            "sites": "Hors GHT, la règle des 66 % du domaine 2 se compte site par site.",
            "operating_budget": "Titres 1 à 4 du compte de résultat principal. Donne la part du numérique.",
            "digital_budget": "Sert à proposer le budget de la feuille de route.",
            "activity": "Pèse chaque membre dans la règle des 66 % du domaine 2. Sa formule n'est pas publiée : "
            "saisir la valeur que le programme vous a donnée, sinon laisser vide.",
        }

    def __init__(self, *args: Any, referential: Referential, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.assessable:  # a region or a GHT is not assessed: it only has names
            for name in set(self.fields) - {"name", "short_name"}:
                del self.fields[name]
            return
        types: Any = self.fields["type"]
        roles: Any = self.fields["ght_role"]
        types.choices = [("", "Non renseigné"), *referential.types.items()]
        roles.choices = [("", "Non renseigné"), *referential.ght_roles.items()]

    def clean_finess(self) -> str:
        value = str(self.cleaned_data["finess"]).strip().upper()
        if value and (len(value) != 9 or not value.isalnum()):
            raise forms.ValidationError("Un numéro FINESS a neuf caractères ; vérifier la saisie.")
        return value

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        operating, digital = data.get("operating_budget"), data.get("digital_budget")
        if operating is not None and digital is not None and digital > operating:
            self.add_error(
                "digital_budget", "Le budget numérique dépasse le budget d'exploitation ; vérifier les deux."
            )
        return data


def _day(label: str, **options: Any) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **options
    )


class DatesForm(forms.Form):
    """The days of a role, both included."""

    starts_on = _day("À partir du")
    ends_on = _day("Jusqu'au", help_text="Ce jour compris. Vide : sans fin.")

    def __init__(self, *args: Any, role: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if role in DATED:
            for field in self.fields.values():
                field.required = True
            self.fields["ends_on"].help_text = "Ce jour compris."


class GrantForm(forms.Form):
    email = forms.EmailField(label="Adresse électronique")
    name = forms.CharField(
        label="Nom", max_length=120, required=False, help_text="Si la personne n'a pas encore de compte."
    )
    function = forms.CharField(label="Fonction", max_length=120, required=False)
    role = forms.ChoiceField(label="Rôle")
    starts_on = _day("À partir du")
    ends_on = _day("Jusqu'au", help_text="Ce jour compris. Vide : sans fin.")

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role: Any = self.fields["role"]
        role.choices = [(key, ROLES[key]) for key in roles_on(kind)]
        if DATED & set(roles_on(kind)):
            self.fields["starts_on"].help_text = "Obligatoire pour un auditeur, comme la fin."


class AccountForm(forms.Form):
    name = forms.CharField(label="Nom", max_length=120)
    function = forms.CharField(label="Fonction", max_length=120, required=False)


class ChildForm(forms.Form):
    kind = forms.ChoiceField(label="Nature")
    name = forms.CharField(label="Nom", max_length=200)

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["kind"]
        kind.choices = kinds


class CloseForm(forms.Form):
    on = forms.DateField(
        label="Fermé le", initial=timezone.localdate, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )

    def clean_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["on"]
        if day > timezone.localdate():
            raise forms.ValidationError("Une fermeture à venir s'inscrit le jour venu.")
        return day
