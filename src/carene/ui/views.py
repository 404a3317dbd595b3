# SPDX-License-Identifier: EUPL-1.2
"""The gallery: every component and every format on one page, in light and in dark, for those who write pages."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

THEMES = (("light", "Clair"), ("dark", "Sombre"))

COLOURS = (
    ("ink", "encre"),
    ("ink-2", "encre, deuxième"),
    ("ink-3", "encre, troisième"),
    ("paper", "papier"),
    ("card", "carte"),
    ("rail", "rail"),
    ("line", "filet"),
    ("line-2", "filet fort"),
    ("line-input", "bord de champ"),
    ("track", "fond de barre"),
    ("accent", "accent"),
    ("accent-strong", "accent appuyé"),
    ("accent-tint", "teinte de l'accent"),
    ("accent-soft", "accent passé"),
    ("measured", "mesuré"),
    ("late", "en retard"),
    ("late-tint", "teinte du retard"),
    ("soon", "bientôt"),
    ("soon-tint", "teinte du bientôt"),
    ("good", "bon"),
    ("good-tint", "teinte du bon"),
)

CHART_ROLES = (
    "ink",
    "second",
    "paper",
    "line",
    "strong",
    "track",
    "accent",
    "tint",
    "measured",
    "late",
    "good",
    "soon",
    "soon-tint",
    "done",
    "load",
)


class Sample(forms.Form):
    """One field of each kind; sent empty of its name, so that an error is seen too."""

    name = forms.CharField(label="Nom", help_text="Celui que les gens disent.")
    budget = forms.IntegerField(label="Budget (€)", required=False)
    day = forms.DateField(label="Date d'effet", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    kind = forms.ChoiceField(label="Type", choices=[("ch", "Centre hospitalier"), ("ehpad", "EHPAD")])
    scope = forms.ChoiceField(
        label="Portée", choices=[("seul", "Seul"), ("ght", "Avec le GHT")], widget=forms.RadioSelect
    )
    shared = forms.BooleanField(label="Partagée", required=False)
    upload = forms.FileField(label="Fichier", required=False)
    note = forms.CharField(label="Remarque", required=False, widget=forms.Textarea(attrs={"rows": 2}))


@dataclass(frozen=True)
class SampleJob:
    """A long computation, half way."""

    pk: int
    state: str = "running"
    stage: str = "Recherche locale : des mesures sont échangées."
    progress: float = 0.46


@require_GET
def gallery(request: HttpRequest) -> HttpResponse:
    today, now = timezone.localdate(), timezone.now()
    themes = [
        {
            "key": key,
            "title": title,
            "job": SampleJob(rank),
            "form": Sample({f"{key}-kind": "ch", f"{key}-scope": "ght", f"{key}-budget": "180000"}, prefix=key),
        }
        for rank, (key, title) in enumerate(THEMES)
    ]
    context: dict[str, Any] = {
        "themes": themes,
        "colours": COLOURS,
        "chart_roles": [(role, 4 + 40 * index) for index, role in enumerate(CHART_ROLES)],
        "chart_width": 40 * len(CHART_ROLES),
        "today": today,
        "now": now,
        "late_day": today - dt.timedelta(days=12),
        "soon_day": today + dt.timedelta(days=9),
        "mapping": {"cle": "valeur"},
        "unknown": None,
        "job_figures": [("Meilleur plan jusqu'ici", "412 points"), ("Au plus", "425 points")],
    }
    return render(request, "ui/gallery.html", context)
