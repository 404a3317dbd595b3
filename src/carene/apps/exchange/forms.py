# SPDX-License-Identifier: EUPL-1.2
"""Forms of exchanges: what leaves, what comes back, the keys of machines."""

from __future__ import annotations

from typing import Any

from django import forms

from carene.apps.assessments.queries import Sheet, is_answered
from carene.engines import french
from carene.engines.exchange.workbook import WorkbookLimits

FORMATS = (
    ("xlsx", "Classeur XLSX, pour des collègues sans compte"),
    ("yaml", "YAML, pour la commande « carene assess »"),
    ("json", "JSON, pour un autre logiciel"),
)
LIVES = ((30, "30 jours"), (90, "3 mois"), (365, "1 an"))


class ExportForm(forms.Form):
    portee = forms.ChoiceField(label="Quelles questions ?")
    format = forms.ChoiceField(label="Sous quelle forme ?", choices=FORMATS, initial="xlsx")

    def __init__(self, *args: Any, sheet: Sheet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["portee"]
        field.choices = _portions(sheet)


def _portions(sheet: Sheet) -> list[Any]:
    """What one may send: everything, what remains, what was given to someone, one objective."""
    left = sum(1 for c in sheet.criteria if c.id not in sheet.answers or not is_answered(sheet.answers[c.id]))
    choices: list[Any] = [("tout", f"Toutes ({len(sheet.criteria)})")]
    if 0 < left < len(sheet.criteria):
        choices.append(("restant", f"Celles qui n'ont pas de réponse ({left})"))
    people: dict[int, list[Any]] = {}
    for given in sheet.assignments.values():
        for one in given:
            people.setdefault(one.user_id, []).append(one)
    if people:
        entries = sorted((str(given[0].user), key, len(given)) for key, given in people.items())
        choices.append(("Confiées à", [(f"confie:{key}", f"{name} ({count})") for name, key, count in entries]))
    counts: dict[str, int] = {}
    for criterion in sheet.criteria:
        counts[criterion.objective] = counts.get(criterion.objective, 0) + 1
    for axis in sheet.referential.axes:
        of_axis = [o for o in sheet.referential.objectives_of[axis.id] if counts.get(o.id)]
        if of_axis:
            options = [(f"axe:{axis.id}", f"Tout l'axe ({sum(counts[o.id] for o in of_axis)})")]
            options += [(f"objectif:{o.id}", f"{o.title} ({counts[o.id]})") for o in of_axis]
            choices.append((axis.title, options))
    return choices


class UploadForm(forms.Form):
    """``accept`` are the suffixes offered by the browser; what the file really is is read from its content."""

    file = forms.FileField(label="Fichier")

    def __init__(self, *args: Any, accept: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].widget.attrs["accept"] = accept

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        limit = WorkbookLimits().size
        if upload.size > limit:
            raise forms.ValidationError(
                f"Ce fichier pèse {french.number(upload.size / 1_000_000, 1)} Mo et la limite est de "
                f"{limit // 1_000_000} Mo : n'y garder que le questionnaire."
            )
        return upload


class TokenForm(forms.Form):
    name = forms.CharField(
        label="À quoi sert-elle ?", max_length=80, help_text="« Export mensuel de l'EDR », « tableau de bord du GHT »…"
    )
    days = forms.TypedChoiceField(label="Elle expire dans", choices=LIVES, coerce=int, initial=90)
    writes = forms.BooleanField(
        label="Elle peut aussi écrire",
        required=False,
        help_text="Répondre et enregistrer des indicateurs, avec vos droits. Sans cela, elle ne fait que lire.",
    )
