# SPDX-License-Identifier: EUPL-1.2
"""A pack being read: each part that has the right shape, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel

from carene.engines.observatory.schema import FigureShape, PackShape, SeriesShape
from carene.engines.sources.document import Document

S = TypeVar("S", bound=BaseModel, covariant=True)


@dataclass(frozen=True, slots=True)
class Entry(Generic[S]):
    shape: S
    document: Document
    rank: int


@dataclass(frozen=True, slots=True)
class Draft:
    shape: PackShape
    pack: Document
    figures: list[Entry[FigureShape]]
    series: list[Entry[SeriesShape]]
