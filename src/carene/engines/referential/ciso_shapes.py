# SPDX-License-Identifier: EUPL-1.2
"""Shapes of a CISO Assistant library, tolerant: a key that we do not know is kept aside so that it can be listed."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

Urn = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, min_length=1, max_length=500)]
Text = Annotated[str, StringConstraints(strip_whitespace=True)] | None
Number = Annotated[int, Field(ge=-1_000_000, le=1_000_000)]
FRENCH = "fr"


class Loose(BaseModel):
    model_config = ConfigDict(extra="allow", coerce_numbers_to_str=True, frozen=True)

    translations: Any = None

    def text(self, key: str) -> str:
        """The French text of ``key`` when the library translates it, else the original; empty when there is none."""
        return self.french(key) or str(getattr(self, key) or "").strip()

    def french(self, key: str) -> str:
        words = self.translations.get(FRENCH) if isinstance(self.translations, dict) else None
        found = words.get(key) if isinstance(words, dict) else None
        return found.strip() if isinstance(found, str) else ""

    @property
    def unknown_keys(self) -> tuple[str, ...]:
        return tuple(key for key, value in (self.model_extra or {}).items() if value not in (None, "", [], {}))


class LibraryShape(Loose):
    urn: Urn
    ref_id: Text = None
    name: Text = None
    description: Text = None
    locale: Text = None
    version: Any = None
    publication_date: Any = None
    provider: Text = None
    packager: Text = None
    copyright: Text = None
    dependencies: list[str] | None = None
    convert_library_version: Any = None
    objects: dict[str, Any]


class ScoreShape(Loose):
    score: Number
    name: Text = None
    description: Text = None


def _unwrapped(value: Any) -> Any:
    """The application's own exports wrap the list in ``{scale: [...]}``."""
    return value["scale"] if isinstance(value, dict) and isinstance(value.get("scale"), list) else value


Scores = Annotated[list[ScoreShape] | None, BeforeValidator(_unwrapped)]


class GroupShape(Loose):
    ref_id: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
    name: Text = None
    description: Text = None
    default_selected: bool | None = None


class ChoiceShape(Loose):
    urn: Text = None
    value: Text = None
    description: Text = None
    add_score: float | None = None
    compute_result: bool | str | None = None


class QuestionShape(Loose):
    type: Text = None
    text_: Text = Field(default=None, alias="text")
    choices: list[ChoiceShape] | None = None

    @property
    def label(self) -> str:
        return self.french("text") or self.text_ or ""


class NodeShape(Loose):
    urn: Urn
    parent_urn: Urn | None = None
    ref_id: Text = None
    name: Text = None
    description: Text = None
    annotation: Text = None
    typical_evidence: Text = None
    assessable: bool = False
    depth: Annotated[int, Field(ge=1, le=100)] | None = None
    weight: Any = None
    implementation_groups: list[str] | None = None
    questions: Any = None
    display_mode: Text = None
    min_score: Number | None = None
    max_score: Number | None = None
    scores_definition: Scores = None

    @property
    def splash(self) -> bool:
        return self.display_mode == "splash"


class FrameworkShape(Loose):
    urn: Urn
    ref_id: Text = None
    name: Text = None
    description: Text = None
    min_score: Number | None = None
    max_score: Number | None = None
    scores_definition: Scores = None
    implementation_groups_definition: list[GroupShape] | None = None
    requirement_nodes: list[NodeShape]


class MappingShape(Loose):
    source_requirement_urn: Urn
    target_requirement_urn: Urn
    relationship: Text = None
    strength_of_relationship: Any = None


class MappingSetShape(Loose):
    urn: Text = None
    ref_id: Text = None
    name: Text = None
    description: Text = None
    source_framework_urn: Urn
    target_framework_urn: Urn
    requirement_mappings: list[MappingShape] | None = None
