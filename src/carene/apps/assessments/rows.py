# SPDX-License-Identifier: EUPL-1.2
"""The whole questionnaire on one page, fast: what never changes of a question is rendered once, and what does is put
into its holes.

A referential is immutable and known by its digest, so that the HTML of its questions is too. A template renders each
question with marks in place of what depends on the answers; the text is then cut at the marks.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.template.loader import get_template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from carene.apps.assessments.models import Assignment
from carene.apps.assessments.queries import Sheet, is_answered
from carene.engines import french
from carene.engines.referential.model import Criterion, Referential

_MARK = re.compile("\x02(\\w+)\x03")
FILTERS = {
    "": "Toutes les questions",
    "sans-reponse": "Sans réponse",
    "socle": "Du socle",
    "desaccord": "En désaccord avec un indicateur",
    "a-moi": "Confiées à moi",
    "confiees": "Confiées à quelqu'un",
    "anciennes": "À confirmer",
}


@dataclass(frozen=True)
class Skeleton:
    """HTML of one question: ``texts`` and ``holes`` alternate, beginning and ending with a text."""

    texts: tuple[str, ...]
    holes: tuple[str, ...]
    words: str  # what a search looks into

    def filled(self, values: dict[str, str]) -> str:
        parts = [self.texts[0]]
        for hole, text in zip(self.holes, self.texts[1:], strict=True):
            parts.append(values.get(hole, ""))
            parts.append(text)
        return "".join(parts)


@dataclass(frozen=True)
class Block:
    """An objective with its questions ready to be shown."""

    id: str
    title: str
    total: int
    answered: int
    rows: SafeString
    hidden: bool


@dataclass(frozen=True)
class AxisBlock:
    id: str
    title: str
    purpose: str
    total: int
    answered: int
    blocks: tuple[Block, ...]
    hidden: bool


_KEPT: dict[str, dict[str, Skeleton]] = {}
_MOST_KEPT = 16  # referentials


def skeletons(referential: Referential) -> dict[str, Skeleton]:
    """Criterion → skeleton, rendered once for a referential."""
    key = f"{referential.id}:{referential.version}:{referential.digest}"
    found = _KEPT.get(key)
    if found is None:
        template = get_template("assessments/_row.html")
        found = {c.id: _skeleton(template, c, index) for index, c in enumerate(referential.criteria)}
        if len(_KEPT) >= _MOST_KEPT:
            _KEPT.pop(next(iter(_KEPT)))
        _KEPT[key] = found
    return found


def _skeleton(template: Any, criterion: Criterion, index: int) -> Skeleton:
    html = template.render(
        {
            "criterion": criterion,
            "index": str(index),
            "href": f"./{quote(criterion.id, safe='')}/",
            "levels": [
                {"level": str(level), "checked": _mark(f"checked{level}"), "css": _mark(f"css{level}")}
                for level in range(len(criterion.levels))
            ],
            **{name: _mark(name) for name in ("attributes", "disabled", "pressed", "facts")},
        }
    )
    pieces = _MARK.split(re.sub(r">\s+<", "><", html).strip())
    words = plain(f"{criterion.id} {criterion.title} {criterion.question}")
    return Skeleton(tuple(pieces[0::2]), tuple(pieces[1::2]), words)


def plain(text: str) -> str:
    """Lower case, without accents: what a search compares."""
    decomposed = unicodedata.normalize("NFD", text.lower())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _mark(name: str) -> SafeString:
    return mark_safe(f"\x02{name}\x03")  # nosec B308


@dataclass(frozen=True)
class Wanted:
    """Which questions to show; the page filters by itself afterwards."""

    kind: str = ""
    axis: str = ""
    text: str = ""

    def keeps(self, states: set[str], axis: str, words: str) -> bool:
        return (
            (not self.kind or self.kind in states)
            and (not self.axis or self.axis == axis)
            and all(word in words for word in plain(self.text).split())
        )


@dataclass(frozen=True)
class Questionnaire:
    axes: tuple[AxisBlock, ...]
    total: int
    answered: int
    shown: int
    counts: dict[str, int]  # filter → how many questions


def questionnaire(
    sheet: Sheet, evidence: dict[str, int], user_id: int | None, wanted: Wanted, *, writable: bool
) -> Questionnaire:
    """Everything that the page shows. Reads answers, observations and assignments through the sheet, once each."""
    bones = skeletons(sheet.referential)
    counts = dict.fromkeys(FILTERS, 0)
    by_objective: dict[str, list[tuple[str, bool, bool]]] = {}
    for criterion in sheet.criteria:
        bone = bones[criterion.id]
        axis = sheet.referential.objective[criterion.objective].axis
        states = _states(sheet, criterion, user_id)
        for state in states:
            counts[state] += 1
        shown = wanted.keeps(states, axis, bone.words)
        html = bone.filled(
            _values(sheet, criterion, states, evidence.get(criterion.id, 0), shown=shown, writable=writable)
        )
        by_objective.setdefault(criterion.objective, []).append((html, "sans-reponse" not in states, shown))
    axes = tuple(_axis(sheet.referential, axis_id, by_objective) for axis_id in sheet.referential.axis)
    kept = tuple(axis for axis in axes if axis.total)
    rows = [row for found in by_objective.values() for row in found]
    return Questionnaire(
        kept, len(rows), sum(answered for _, answered, _ in rows), sum(shown for *_, shown in rows), counts
    )


def _axis(referential: Referential, axis_id: str, by_objective: dict[str, list[tuple[str, bool, bool]]]) -> AxisBlock:
    blocks = []
    for objective in referential.objectives_of[axis_id]:
        rows = by_objective.get(objective.id)
        if rows:
            html = mark_safe("".join(html for html, _, _ in rows))  # nosec B308
            hidden = not any(shown for *_, shown in rows)
            answered = sum(done for _, done, _ in rows)
            blocks.append(Block(objective.id, objective.title, len(rows), answered, html, hidden))
    axis = referential.axis[axis_id]
    return AxisBlock(
        axis.id,
        axis.title,
        axis.purpose,
        sum(block.total for block in blocks),
        sum(block.answered for block in blocks),
        tuple(blocks),
        all(block.hidden for block in blocks),
    )


def _states(sheet: Sheet, criterion: Criterion, user_id: int | None) -> set[str]:
    """The filters that keep this question, « Toutes » included."""
    row = sheet.answers.get(criterion.id)
    states = {""}
    if row is None or not is_answered(row):
        states.add("sans-reponse")
    if criterion.socle:
        states.add("socle")
    measured = sheet.measured.get(criterion.id)
    if row is not None and row.level is not None and measured is not None and row.level != measured:
        states.add("desaccord")
    if sheet.is_stale(criterion):
        states.add("anciennes")
    given = sheet.assignments.get(criterion.id, ())
    if given:
        states.add("confiees")
    if any(one.user_id == user_id for one in given):
        states.add("a-moi")
    return states


def _values(
    sheet: Sheet, criterion: Criterion, states: set[str], evidence: int, *, shown: bool, writable: bool
) -> dict[str, str]:
    """Hole → HTML of what depends on the answer."""
    row = sheet.answers.get(criterion.id)
    measured = sheet.measured.get(criterion.id)
    axis = sheet.referential.objective[criterion.objective].axis
    values = {
        "attributes": (
            f' data-v="{row.version if row else 0}" data-s="{" ".join(sorted(states))}" data-a="{escape(axis)}"'
            + (f' data-m="{measured}"' if measured is not None else "")
            + ("" if shown else " hidden")
        ),
        "disabled": "" if writable else " disabled",
        "facts": _facts(sheet, criterion, states, evidence),
    }
    values["pressed"] = "true" if row is not None and row.not_applicable else "false"
    if row is not None and row.level is not None:
        values[f"checked{row.level}"] = " checked"
    if measured is not None:
        values[f"css{measured}"] = " m"
    return values


def _facts(sheet: Sheet, criterion: Criterion, states: set[str], evidence: int) -> str:
    row = sheet.answers.get(criterion.id)
    measured = sheet.measured.get(criterion.id)
    facts = []
    if measured is not None:
        if "desaccord" in states and row is not None:
            facts.append(f'<b class="soon" data-d>Déclaré {row.level}, mesuré {measured}</b>')
        else:
            facts.append(f'<span class="measured" data-d>mesuré : {measured}</span>')
    if "anciennes" in states and row is not None and row.answered_on is not None:
        facts.append(
            f'<span class="soon" data-o>réponse de {french.month_and_year(row.answered_on)}, à confirmer</span>'
        )
    if evidence:
        facts.append(f"{french.counted(evidence, 'preuve')}")
    if row is not None and row.comment:
        facts.append("commentée")
    given = sheet.assignments.get(criterion.id, ())
    if given:
        facts.append(f"confiée à {_people(given)}")
    return "".join(f"<li>{fact}</li>" for fact in facts)


def _people(given: list[Assignment] | tuple[Assignment, ...]) -> str:
    return escape(french.listing(str(one.user) for one in given))
