# SPDX-License-Identifier: EUPL-1.2
"""``packs/directory/controls*.yaml`` and ``systems.yaml``: what each control says to people, from where on it fails,
and until when a system is kept up to date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from carene.engines.referential.catalogue import PACKS
from carene.engines.sources import InputError
from carene.engines.sources.errors import InputErrors
from carene.engines.sources.files import read_bytes
from carene.engines.sources.shapes import read_shape
from carene.engines.sources.yaml_source import read_yaml

ASKS = ("-Confirm", "Read-Host")  # a script that changes something says so before it does
FOLDER = PACKS / "directory"

Theme = Literal[
    "comptes", "mots_de_passe", "kerberos", "delegations", "groupes", "domaine", "controleurs", "approbations", "rodc",
    "certificats", "droits",
]  # fmt: skip
THEMES: Mapping[Theme, str] = {
    "comptes": "Comptes",
    "mots_de_passe": "Mots de passe",
    "kerberos": "Kerberos",
    "delegations": "Délégations",
    "groupes": "Groupes",
    "domaine": "Réglages du domaine et de la forêt",
    "controleurs": "Contrôleurs de domaine",
    "approbations": "Relations d'approbation",
    "rodc": "Contrôleurs en lecture seule",
    "certificats": "Certificats",
    "droits": "Droits sur les objets",
}


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ControlText(_Shape):
    """``levels``: where it may hold a directory. ``script``: PowerShell that asks before it changes anything, and
    prints the way back; empty: nothing that a script should do. ``effort`` in person-days."""

    id: str = Field(pattern=r"^[a-z0-9_]+$")
    levels: tuple[int, ...] = Field(min_length=1)
    theme: Theme
    title: str = Field(min_length=1, max_length=90)
    what: str = Field(min_length=1)
    attacker: str = Field(min_length=1)
    repair: str = Field(min_length=1)
    script: str = ""
    side_effects: str = Field(min_length=1)
    effort: float = Field(gt=0)
    url: str = Field(pattern=r"^https://www\.cert\.ssi\.gouv\.fr/uploads/ad_checklist\.html#vuln_[a-z0-9_]+$")
    thresholds: Mapping[str, float] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _whole(self) -> ControlText:
        if list(self.levels) != sorted(set(self.levels)) or not {*self.levels} <= {1, 2, 3, 4}:
            raise ValueError("les niveaux vont de 1 à 4, dans l'ordre, chacun une fois")
        if self.script and not any(word in self.script for word in ASKS):
            raise ValueError("le script change l'annuaire sans demander (« -Confirm » ou « Read-Host »)")
        return self


class _File(_Shape):
    source: str
    effort_source: str
    controls: tuple[ControlText, ...] = Field(min_length=1)


class System(_Shape):
    """``name``: how ``operatingSystem`` begins. ``end``: the last day of free updates; ``paid_end``: of those that one
    buys. ``functional``: the highest functional level that a domain controller of this system knows."""

    name: str
    end: dt.date | None  # None: not announced
    paid_end: dt.date | None = None
    functional: int | None = None
    confidence: Literal["official", "secondary", "inferred", "to_check"]
    source: str


class _Systems(_Shape):
    source: str
    systems: tuple[System, ...] = Field(min_length=1)


@dataclass(frozen=True)
class ControlTexts:
    """Every control of the pack, by identifier, in the order of its files."""

    controls: Mapping[str, ControlText]
    effort_source: str

    @property
    def levels(self) -> dict[str, tuple[int, ...]]:
        """As ``judging.judge`` wants them."""
        return {key: one.levels for key, one in self.controls.items()}


@lru_cache(maxsize=1)
def control_texts() -> ControlTexts:
    """Those that ship with Carène, read once. Raises InputError when a file is wrong."""
    return load(FOLDER)


def load(folder: Path) -> ControlTexts:
    """Raises InputErrors with every fault of the files ``controls*.yaml``, each with its file and its line."""
    found: dict[str, ControlText] = {}
    errors: list[InputError] = []
    effort_source = ""
    for path in sorted(folder.glob("controls*.yaml")):
        document = read_yaml(read_bytes(path, path.name), path.name)
        try:
            file = read_shape(_File, document, patterns={r"^[a-z0-9_]+$": "des minuscules, des chiffres et « _ »"})
        except InputErrors as error:
            errors += error.errors
            continue
        effort_source = effort_source or file.effort_source
        for rank, one in enumerate(file.controls):
            if one.id in found:
                where = ("controls", rank)
                errors.append(document.error(f"{one.id} est décrit deux fois", path=where, remedy="en garder un"))
            found[one.id] = one
    if not found and not errors:
        raise InputError("aucun fichier « controls*.yaml »", where=str(folder), remedy="donner le dossier du paquet")
    if errors:
        raise InputErrors(errors)
    return ControlTexts(found, effort_source)


def threshold(control: str, name: str) -> float:
    """From where on a control fails, as its sheet of the pack says. Raises KeyError for one that it does not say."""
    return control_texts().controls[control].thresholds[name]


@lru_cache(maxsize=1)
def systems() -> tuple[System, ...]:
    """The longest names first, so that « Windows Server 2012 R2 » is found before « Windows Server 2012 »."""
    file = read_shape(_Systems, read_yaml(read_bytes(FOLDER / "systems.yaml", "systems.yaml"), "systems.yaml"))
    return tuple(sorted(file.systems, key=lambda one: -len(one.name)))


def system_of(operating_system: str) -> System | None:
    """What ``operatingSystem`` says, « ® » and « ™ » set aside; None: a system that the pack does not know."""
    plain = " ".join(operating_system.replace("®", " ").replace("™", " ").replace("\xa0", " ").split()).lower()
    return next((one for one in systems() if plain.startswith(one.name.lower())), None)
