# SPDX-License-Identifier: EUPL-1.2
"""Forms of organisations."""

from typing import Any

from django import forms

from carene.apps.organisations.models import Organisation
from carene.core.access.policy import ROLES
from carene.engines.referential.model import Referential


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """The profile; the choices of type and place in the GHT are those of the referential."""

    type = forms.ChoiceField(label="Type d'établissement", required=False)
    ght_role = forms.ChoiceField(label="Place dans le GHT", required=False)

    class Meta:
        model = Organisation
        fields = [
            "name",
            "short_name",
            "finess",
            "town",
            "type",
            "ght_role",
            "beds",
            "staff",
            "workstations",
            "servers",
            "operating_budget",
            "digital_budget",
        ]
        help_texts = {
            "workstations": "De ce nombre dépendent la taille retenue et les coûts proposés.",
            "operating_budget": "Titres 1 à 4 du compte de résultat principal.",
            "finess": "Neuf caractères, celui de l'entité juridique ou du site.",
            "short_name": "Celui que les gens disent ; il s'affiche dans le menu.",
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


class GrantForm(forms.Form):
    email = forms.EmailField(label="Adresse électronique")
    name = forms.CharField(
        label="Nom", max_length=120, required=False, help_text="Si la personne n'a pas encore de compte."
    )
    function = forms.CharField(label="Fonction", max_length=120, required=False)
    role = forms.ChoiceField(label="Rôle", choices=list(ROLES.items()))


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
