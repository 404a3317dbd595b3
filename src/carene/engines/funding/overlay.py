# SPDX-License-Identifier: EUPL-1.2
"""What an administrator of a region or of the nation adds to a domain: dates, envelope, candidates, objectives."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from carene.engines.funding.model import (
    STEPS,
    CandidatesValue,
    DayShape,
    DocumentShape,
    Domain,
    EurosValue,
    ItemShape,
    ObjectiveShape,
    WindowShape,
)
from carene.engines.referential.schema import SourceShape

ADDED = "LOCAL"  # the objective under which what was added stands


@dataclass(frozen=True)
class Setting:
    """``key``: ``window.<step>``, ``envelope``, ``candidates``, ``item.<id>``; ``value`` as JSON keeps it:
    ``{"start", "end"}`` (ISO days or None), ``{"euros"}``, ``{"who"}``, ``{"title", "expected", "documents"}``."""

    id: int
    key: str
    value: dict[str, Any]
    source: SourceShape

    @property
    def named(self) -> str:
        return f"reglage_{self.id}"


def overlaid(domain: Domain, settings: Iterable[Setting]) -> Domain:
    """The domain with these settings in place of what the pack says; the last one of a key wins."""
    known = {setting.key: setting for setting in settings}
    if not known:
        return domain
    changes: dict[str, Any] = {"sources": domain.sources | {one.named: one.source for one in known.values()}}
    windows: dict[str, WindowShape] = {window.step: window for window in domain.windows}
    added: list[ItemShape] = []
    for key, one in sorted(known.items()):
        kind, _, name = key.partition(".")
        if kind == "window":
            windows[name] = _window(name, one)
        elif kind == "envelope":
            changes["envelope"] = EurosValue(value=one.value["euros"], source=one.named)
        elif kind == "candidates":
            changes["candidates"] = CandidatesValue(value=one.value["who"], source=one.named)
        elif kind == "item":
            added.append(_item(name, one))
    changes["windows"] = [windows[step] for step in STEPS if step in windows]
    if added:
        group = ObjectiveShape(id=ADDED, title="Objectifs ajoutés par l'administrateur", items=added)
        changes["objectives"] = [*domain.objectives, group]
    return domain.model_copy(update=changes)


def _window(step: str, one: Setting) -> WindowShape:
    days = {
        key: DayShape(day=dt.date.fromisoformat(one.value[key]), source=one.named)
        for key in ("start", "end")
        if one.value.get(key)
    }
    return WindowShape.model_validate({"step": step, **days})


def _item(name: str, one: Setting) -> ItemShape:
    documents = [
        DocumentShape(id=f"document{rank}", title=title) for rank, title in enumerate(one.value["documents"], 1)
    ]
    return ItemShape(
        id=name, title=one.value["title"], expected=one.value["expected"], source=one.named, documents=documents
    )
