# SPDX-License-Identifier: EUPL-1.2
"""Components and French formats for templates. Loaded everywhere; each component appears on the gallery page."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from carene.engines import french

register = template.Library()

SCALE = 4


@register.filter
def day(value: dt.date | dt.datetime | None) -> str:
    """« 9 novembre 2026 » ; empty for None."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        value = timezone.localtime(value).date()
    return french.long_date(value)


@register.filter
def short_day(value: dt.date | None) -> str:
    """« 9 nov. 2026 », for tables; empty for None."""
    return "" if value is None else french.short_date(value)


@register.filter
def clock(value: dt.datetime | None) -> str:
    """« 14 h 32 »."""
    if value is None:
        return ""
    return french.clock_time(timezone.localtime(value))


@register.filter
def euros(value: float | None) -> str:
    return "" if value is None else french.euros(value)


@register.filter
def keuros(value: float | None) -> str:
    """« 9,4 k€ », « 1,4 M€ »."""
    return "" if value is None else french.compact_euros(value)


@register.filter
def number(value: float | None, decimals: int = 0) -> str:
    return "" if value is None else french.number(value, decimals)


@register.filter
def score(value: float | None) -> str:
    """A score on 0–4 with one decimal, « non évalué » for None."""
    return french.score(value)


@register.filter
def percent(value: float | None) -> str:
    """0.82 → « 82 % »."""
    return "" if value is None else french.share(value)


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """Value of a mapping, None when absent."""
    return mapping.get(key) if mapping else None


@register.simple_tag
def levelbar(
    declared: float | None = None, measured: float | None = None, target: float | None = None, label: str = ""
) -> SafeString:
    """Declared, measured and target on one bar of 0–4; the figures are said in words for screen readers."""

    def at(value: float) -> str:
        return f"{max(0.0, min(100.0, value / SCALE * 100)):.1f}%"

    said = ", ".join(
        part
        for part in (
            f"déclaré {french.number(declared, 1)}" if declared is not None else "non évalué",
            f"mesuré {french.number(measured, 1)}" if measured is not None else "",
            f"cible {french.number(target, 1)}" if target is not None else "",
        )
        if part
    )
    shapes = ['<rect class="lb-track" y="2" width="100%" height="8" rx="4"/>']
    if declared is not None and declared > 0:
        shapes.append(f'<rect class="lb-declared" y="2" width="{at(declared)}" height="8" rx="4"/>')
    if target is not None:
        shapes.append(f'<rect class="lb-target" x="{at(target)}" y="-4" width="2" height="20"/>')
    if measured is not None:
        shapes.append(f'<circle class="lb-measured" cx="{at(measured)}" cy="6" r="3.5"/>')
    return format_html(
        '<span class="levelbar"><svg role="img" aria-label="{}" height="12">{}</svg></span>',
        f"{label} : {said}" if label else said,
        mark_safe("".join(shapes)),  # nosec B308
    )


@register.simple_tag
def progressbar(share: float, label: str = "Avancement") -> SafeString:
    """Share 0–1 of real work done."""
    value = max(0.0, min(1.0, share))
    return format_html(
        '<div class="progress-q" role="progressbar" aria-label="{}" aria-valuemin="0" aria-valuemax="100" '
        'aria-valuenow="{}"><svg aria-hidden="true"><rect class="lb-declared" width="{}%" height="8"/></svg></div>',
        label,
        round(value * 100),
        f"{value * 100:.1f}",
    )


@register.simple_tag
def legend(*, measured: bool = True, target: bool = True) -> SafeString:
    items = '<li><span class="key-declared"></span>déclaré</li>'
    if measured:
        items += '<li><span class="key-measured"></span>mesuré</li>'
    if target:
        items += '<li><span class="key-target"></span>cible du profil</li>'
    return mark_safe(f'<ul class="legend" aria-label="Légende">{items}</ul>')  # nosec B308


@register.inclusion_tag("ui/field.html")
def field(bound: BoundField, wide: bool = False, optional: bool = True) -> dict[str, Any]:
    """A form field with its label, help, errors and Bootstrap classes; ``optional`` says which ones may stay empty."""
    widget = bound.field.widget
    choice = isinstance(widget, CheckboxInput)
    group = isinstance(widget, RadioSelect | CheckboxSelectMultiple)
    css = "form-check-input" if choice or group else "form-select" if isinstance(widget, Select) else "form-control"
    widget.attrs["class"] = f"{css} is-invalid" if bound.errors else css
    described = " ".join(
        i
        for i in (
            f"{bound.id_for_label}-aide" if bound.help_text else "",
            f"{bound.id_for_label}-erreur" if bound.errors else "",
        )
        if i
    )
    if described and not group:
        widget.attrs["aria-describedby"] = described
    return {"field": bound, "choice": choice, "group": group, "wide": wide, "optional": optional}


@register.inclusion_tag("ui/empty.html")
def empty(title: str, text: str, url: str = "", label: str = "") -> dict[str, str]:
    """Empty state: what will appear here, and the one action that fills it."""
    return {"title": title, "text": text, "url": url, "label": label}


@register.inclusion_tag("ui/figure.html")
def figure(label: str, value: str, note: str = "", tone: str = "") -> dict[str, str]:
    """One key figure; ``tone`` is "", "good" or "late" and colours the note."""
    return {"label": label, "value": value, "note": note, "tone": tone}


@register.filter
def ago(value: dt.date | None) -> str:
    """Relative to today: « depuis 12 j », « dans 9 j », « aujourd'hui »."""
    return "" if value is None else french.due(value, timezone.localdate())


@register.filter
def plural(count: int, forms: str) -> str:
    """``{{ n|plural:"réponse,réponses" }}`` → « 3 réponses » (0 and 1 are singular in French)."""
    singular, many = forms.split(",")
    return french.counted(int(count), singular, many)
