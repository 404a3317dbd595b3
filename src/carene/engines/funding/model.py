# SPDX-License-Identifier: EUPL-1.2
"""Shapes of the files of ``packs/funding``, which are also what the engine reasons about: all frozen.

A ``source`` is a key of ``Domain.sources``; what is empty was found in no public text that we read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterator
from typing import Annotated, Literal

from pydantic import Field, PositiveInt

from carene.engines.referential.model import Confidence
from carene.engines.referential.schema import CODE, Code, FreeText, Shape, SourceShape, Text

ITEM = r"^[A-Z][A-Z0-9]*(\.[A-Z0-9]+)*$"
PATTERNS = {
    CODE: "employer des minuscules, des chiffres et « _ », en commençant par une lettre",
    ITEM: "employer des majuscules, des chiffres et des points, comme « O1.A »",
}

Step = Literal["application", "operation", "declaration", "region", "nation", "payment"]
Candidate = Literal["ght", "outside", "entity"]  # a GHT by its support, an entity outside any GHT, any entity
FactKind = Literal["yes_no", "number"]
RuleKind = Literal["said", "dated", "fresh", "gap", "at_least", "less_than", "coverage"]
ItemId = Annotated[str, Field(pattern=ITEM, max_length=60)]
Moment = Step | dt.date  # a date of the text, or the day on which a step of the candidate's file was done

STEPS: dict[str, str] = {
    "application": "Candidature",
    "operation": "Phase opérationnelle",
    "declaration": "Déclaration",
    "region": "Contrôle de l'ARS",
    "nation": "Contrôle de l'ANS",
    "payment": "Paiement",
}
CANDIDATES: dict[str, str] = {
    "ght": "un GHT, par son établissement support",
    "outside": "une entité juridique hors GHT",
    "entity": "une entité juridique",
}


class DayShape(Shape):
    day: dt.date
    source: Code


class WindowShape(Shape):
    step: Step
    start: DayShape | None = None
    end: DayShape | None = None  # last day included
    note: FreeText = ""


class TextValue(Shape):
    value: Text
    source: Code
    unit: FreeText = ""


class EurosValue(Shape):
    value: Annotated[int, Field(ge=0)]
    source: Code


class CandidatesValue(Shape):
    value: Annotated[list[Candidate], Field(min_length=1)]
    source: Code
    note: FreeText = ""


class FactShape(Shape):
    id: Code
    kind: FactKind
    label: Text
    unit: FreeText = ""
    when: Code | None = None  # asked only when this other fact is true


class DocumentShape(Shape):
    """``suggested``: the text that we read does not name it; it is proposed and never asked for."""

    id: Code
    title: Text
    help: FreeText = ""
    required: bool = True
    suggested: bool = False
    when: Code | None = None
    for_: Annotated[list[Candidate] | None, Field(alias="for")] = None


class RuleShape(Shape):
    kind: RuleKind
    document: Code | None = None
    fact: Code | None = None
    min: float | None = None
    max: float | None = None
    min_days: int | None = None
    max_days: int | None = None
    not_before: Moment | None = None
    not_after: Moment | None = None
    before: Step | None = None
    when: Code | None = None


class ItemShape(Shape):
    """A prerequisite or a part of an objective: what one declares, proves, and what is decided upon."""

    id: ItemId
    title: Text
    expected: Text
    source: Code
    required: bool | None = None  # None: the texts that we read do not say
    for_: Annotated[list[Candidate] | None, Field(alias="for")] = None
    facts: list[FactShape] = []
    documents: list[DocumentShape] = []
    rules: list[RuleShape] = []

    @property
    def weighs(self) -> bool:
        """Is it judged by the members who comply, each with its activity?"""
        return any(rule.kind == "coverage" for rule in self.rules)


class ObjectiveShape(Shape):
    id: ItemId
    title: Text
    apart: bool = False  # declared by itself, in its own time: the others need not be said with it
    items: Annotated[list[ItemShape], Field(min_length=1)]


class FigureShape(Shape):
    label: Text
    value: Text
    source: Code


class Domain(Shape):
    id: Code
    code: Text
    title: Text
    summary: Text
    texts: list[Code] = []
    announced: Code | None = None  # named by the programme, without a text yet
    platform: TextValue | None = None
    envelope: EurosValue | None = None
    basis: TextValue | None = None  # what ceilings are counted in; None: the combined activity
    candidates: CandidatesValue | None = None
    windows: list[WindowShape] = []
    prerequisites: list[ItemShape] = []
    objectives: list[ObjectiveShape] = []
    figures: list[FigureShape] = []
    unknown: list[Text] = []
    sources: dict[Code, SourceShape] = {}  # those of the pack, given when it is read

    def window(self, step: str) -> WindowShape:
        """That of a step; an empty one when nothing is known of it."""
        known = (window for window in self.windows if window.step == step)
        return next(known, WindowShape.model_validate({"step": step}))

    def items(self, candidate: str | None = None) -> Iterator[ItemShape]:
        """Prerequisites then parts of objectives; ``candidate`` keeps those that concern it."""
        every = [*self.prerequisites, *(item for objective in self.objectives for item in objective.items)]
        return (one for one in every if candidate is None or one.for_ is None or candidate in one.for_)

    def item(self, item_id: str) -> ItemShape | None:
        return next((one for one in self.items() if one.id == item_id), None)

    def beside(self, declared: Container[str]) -> set[str]:
        """Items of objectives declared by themselves of which nothing is declared: they wait for their own time."""
        waiting = [o for o in self.objectives if o.apart and not any(item.id in declared for item in o.items)]
        return {item.id for objective in waiting for item in objective.items}

    def is_prerequisite(self, item_id: str) -> bool:
        return any(one.id == item_id for one in self.prerequisites)

    def confidence(self, source: str) -> Confidence:
        return self.sources[source].confidence


class FamilyShape(Shape):
    id: Code
    label: Text
    types: list[Code]


class SaidShape(Shape):
    text: Text
    source: Code


class Pack(Shape):
    id: Code
    version: Text
    date: dt.date
    domains: Annotated[list[Code], Field(min_length=1)]
    families: Annotated[list[FamilyShape], Field(min_length=1)]
    sources: dict[Code, SourceShape]
    rules: dict[Code, SaidShape]
    remind_days: PositiveInt

    @property
    def family(self) -> dict[str, str]:
        """Id → label."""
        return {one.id: one.label for one in self.families}
