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
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET

from carene.engines import french
from carene.ui.charts.curves import Spot, frontier_chart
from carene.ui.charts.follow import Followed, follow_chart
from carene.ui.charts.moves import MoveRow, Names, moves_chart
from carene.ui.charts.ranges import RangeRow, Scale, ranges_chart
from carene.ui.charts.tiles import Tile, tiles_chart

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


RANGES = (
    RangeRow("Rançongiciel", 0.6, 2, 5, "2 % (entre 0,6 et 5 %)", core=(1.2, 3)),
    RangeRow("Déni de service", 6, 11, 19, "11 % (entre 6 et 19 %)"),
)
PERCENTS = Scale(tuple((value, f"{value} %") for value in (0, 5, 10, 15, 20)))
FOLLOWED = (
    Followed(dt.date(2026, 7, 1), 41),
    Followed(dt.date(2026, 8, 1), 46, before=43),
    Followed(dt.date(2026, 9, 1), None),
    Followed(dt.date(2026, 10, 1), 52),
    Followed(dt.date(2026, 11, 1), 58),
)
TILES = (Tile("03", "Allier", "48 %", 0), Tile("42", "Loire", "61 %", 1), Tile("69", "Rhône", "74 %", 2))
TILES_LEGEND = ("48 %", "61 %", "74 %", "rien à montrer")
MOVES = (
    MoveRow("CH de la Vallée", 57, 39, "57 k€ → 39 k€", other=45),
    MoveRow("EHPAD des Tilleuls", 12, 9, "12 k€ → 9 k€"),
)
THOUSANDS = Scale(tuple((value, f"{value} k€") for value in (0, 20, 40, 60)))
SPOTS = (Spot(0, 0), Spot(60e3, 48, href="#light"), Spot(120e3, 71, here=True, href="#light"), Spot(180e3, 83))


def _charts(key: str) -> dict[str, SafeString]:
    ranges = ranges_chart(
        RANGES, PERCENTS, title="Réussite dans l'année", legend="Bande : neuf cas sur dix. Point : la moyenne.",
        width=460, ident=f"{key}-plages",
    )  # fmt: skip
    frontier = frontier_chart(
        SPOTS, lambda value: f"{french.number(value)} points", title="Ce qu'achète chaque budget", width=460,
        ident=f"{key}-budgets",
    )  # fmt: skip
    follow = follow_chart(
        FOLLOWED, lambda value: f"{french.number(value)} %", title="Établissements ayant un RSSI", target=70,
        width=460, ident=f"{key}-suivi",
    )  # fmt: skip
    tiles = tiles_chart(TILES, TILES_LEGEND, title="Trois départements", width=460, ident=f"{key}-tuiles")
    names = Names("aujourd'hui", "ensemble", "seul")
    moves = moves_chart(MOVES, THOUSANDS, names, title="Ce que chacun dépense", width=460, ident=f"{key}-ecarts")
    drawn = {"ranges": ranges, "frontier": frontier, "follow": follow, "tiles": tiles, "moves": moves}
    # Drawn by our charts, which escape every text
    return {name: mark_safe(one) for name, one in drawn.items()}  # nosec B308


@require_GET
def gallery(request: HttpRequest) -> HttpResponse:
    today, now = timezone.localdate(), timezone.now()
    themes = [
        {
            "key": key,
            "title": title,
            "job": SampleJob(rank),
            "charts": _charts(key),
            "form": Sample({f"{key}-kind": "ch", f"{key}-scope": "ght", f"{key}-budget": "180000"}, prefix=key),
        }
        for rank, (key, title) in enumerate(THEMES)
    ]
    context: dict[str, Any] = {
        "themes": themes,
        "colours": COLOURS,
        "ranges": RANGES,
        "spots": SPOTS,
        "followed": FOLLOWED,
        "tiles": TILES,
        "moves": MOVES,
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
