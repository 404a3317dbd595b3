# SPDX-License-Identifier: EUPL-1.2
"""The file that describes a group: its members, each by its own assess file, and how they share what they pay."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from carene.engines.exchange.assess import Aim, Prepared, prepared
from carene.engines.exchange.files import is_json, is_workbook, read_file
from carene.engines.exchange.questionnaire import Means, Reading
from carene.engines.exchange.shapes import Amount, Month, Shape, Short, Year
from carene.engines.exchange.structured import read_document
from carene.engines.planner.group.model import Group, Key, Member, shareable
from carene.engines.referential.model import Referential
from carene.engines.sources import InputError
from carene.engines.sources.document import Document
from carene.engines.sources.errors import InputErrors
from carene.engines.sources.json_source import read_json
from carene.engines.sources.shapes import read_shape
from carene.engines.sources.yaml_source import read_yaml

if TYPE_CHECKING:
    from carene.engines.simulation.model import Model

# As written in the file, and as the planner knows them.
KEYS: Mapping[str, Key] = {
    "equitable": "fair",
    "egale": "equal",
    "activite": "activity",
    "convenue": "custom",
}
MOST = 60  # members of one file

Opened = Callable[[str], bytes]


class GroupShape(Shape):
    name: Short
    key: Short = "equitable"
    percents: dict[str, Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]] = {}
    budgets: dict[Year, Amount] = {}
    carrier: Short | None = None
    start: Month | None = None
    months: int | None = None


class GroupFileShape(Shape):
    format: Annotated[int, Field(ge=1, le=1)] = 1
    about: Short = ""
    group: GroupShape
    members: dict[str, Any]


@dataclass(frozen=True)
class GroupFile:
    """``members``: name in the file → what was read of it, start and horizon being those of the group when it says."""

    shape: GroupShape
    members: Mapping[str, Reading]


def group_document(content: bytes, name: str) -> Document | None:
    """The file if it describes a group; None for one of answers. Raises InputError when it cannot be read."""
    if is_workbook(content):
        return None
    document = (read_json if is_json(content, name) else read_yaml)(content, name)
    return document if isinstance(document.data, dict) and "members" in document.data else None


def read_group(document: Document, opened: Opened, referential: Referential, today: dt.date) -> GroupFile:
    """``opened(path)``: the content of a file that the group names. Raises InputErrors with every fault found."""
    top = read_shape(GroupFileShape, document)
    if top.group.key not in KEYS:
        raise document.error(
            f"la clé « {top.group.key} » n'existe pas", path=("group", "key"), remedy=f"choisir parmi {', '.join(KEYS)}"
        )
    if not 0 < len(top.members) <= MOST:
        raise document.error(
            f"le groupe a {len(top.members)} membres", path=("members",), remedy=f"en donner de 1 à {MOST}"
        )
    found: dict[str, Reading] = {}
    problems: list[InputError] = []
    for name, given in top.members.items():
        reading = _member(document, name, given, opened, referential, today)
        problems += reading.problems
        found[name] = _dated(reading, top.group)
    if problems:
        raise InputErrors(problems)
    return GroupFile(top.group, found)


def group_of(
    found: GroupFile,
    referential: Referential,
    today: dt.date,
    *,
    aim: Aim = "maturite",
    calendar: Mapping[int, float] | None = None,
    risk: Model | None = None,
) -> tuple[Group, Mapping[str, Prepared]]:
    """The group to plan, and what was judged of each member. Raises InputError when one cannot be judged."""
    known = {
        name: prepared(reading, referential, today, name, aim=aim, calendar=calendar, risk=risk, ght=False)
        for name, reading in found.members.items()
    }
    cards = {name: reading.questionnaire.card for name, reading in found.members.items()}
    # Weighed alike: the combined activity of all, or the operating budget of all.
    active = all(card.activity for card in cards.values())
    members = tuple(
        Member(
            name,
            card.name or name,
            known[name].problem,
            float((card.activity if active else card.operating_budget) or 0),
        )
        for name, card in cards.items()
    )
    shape = found.shape
    group = Group(
        name=shape.name,
        members=members,
        sharing=shareable(referential),
        key=KEYS[shape.key],
        percents=shape.percents,
        budgets=shape.budgets,
        carrier=shape.carrier,
    )
    return group, known


def _member(
    document: Document, name: str, given: Any, opened: Opened, referential: Referential, today: dt.date
) -> Reading:
    """A path, or the assess file itself."""
    path = ("members", name)
    if isinstance(given, str):
        return read_file(opened(given), given, referential, today)
    if not isinstance(given, dict):
        raise document.error(
            f"« {name} » n'est ni un chemin ni des réponses", path=path, remedy="donner le nom d'un fichier de réponses"
        )
    lines = {trail[2:]: line for trail, line in document.lines.items() if trail[:2] == path}
    return read_document(Document(document.name, given, lines), referential, today)


def _dated(reading: Reading, shape: GroupShape) -> Reading:
    means: Means = reading.questionnaire.means
    means = replace(means, start=shape.start or means.start, months=shape.months or means.months)
    return replace(reading, questionnaire=replace(reading.questionnaire, means=means))
