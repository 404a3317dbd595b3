# SPDX-License-Identifier: EUPL-1.2
"""The legacy FINESS file: ``;``, no header, UTF-8 or Latin-1 line by line, establishments first, coordinates after."""

from __future__ import annotations

import csv
import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from carene.engines.registers.coordinates import degrees, plausible
from carene.engines.registers.files import opened
from carene.engines.registers.nomenclature import Nomenclature
from carene.engines.registers.records import Account, Establishment, Location, Place, Record, too_long
from carene.engines.registers.territories import Territories
from carene.engines.registers.text import clean, day, is_finess, postal_line
from carene.engines.sources import InputError
from carene.engines.sources.document import place, shown

MARK = "finess;etalab;"
COLUMNS = (
    "type", "nofinesset", "nofinessej", "rs", "rslongue", "complrs", "compldistrib", "numvoie", "typvoie", "voie",
    "compvoie", "lieuditbp", "commune", "departement", "libdepartement", "ligneacheminement", "telephone", "telecopie",
    "categetab", "libcategetab", "categagretab", "libcategagretab", "siret", "codeape", "codemft", "libmft", "codesph",
    "libsph", "dateouv", "dateautor", "datemaj", "numuai",
)  # fmt: skip
AT = {name: rank for rank, name in enumerate(COLUMNS)}
FEWEST = AT["datemaj"]  # older files end before the last columns
LONGEST = 20_000  # characters of one line


@dataclass(frozen=True)
class LegacyFile:
    """``etalab-cs1100502…csv`` (establishments) and ``etalab-cs1100507…csv`` (the same with coordinates)."""

    path: Path
    territories: Territories
    nomenclature: Nomenclature
    title: str = "FINESS, fichier historique des établissements"
    whole: bool = True

    def records(self, account: Account) -> Iterator[Record]:
        name = self.path.name
        with opened(self.path, account) as stream:
            for number, raw in enumerate(iter(lambda: stream.readline(LONGEST * 4), b""), 1):
                text = _decoded(raw).rstrip("\r\n")
                if number == 1:
                    account.dated = _dated(text, name)
                elif text:
                    record = self._line(text, number, account)
                    if record is not None:
                        yield record

    def _line(self, text: str, number: int, account: Account) -> Record | None:
        finess = ""
        try:
            values = _split(text)
            finess = values[1].strip().upper() if len(values) > 1 else ""
            if values[0] == "structureet":
                return self._establishment(values, number, account)
            if values[0] == "geolocalisation":
                return self._location(values, number, account)
            account.unknown["ligne", shown(values[0], 30)] += 1
        except (ValueError, csv.Error) as error:
            what = error.args[0] if isinstance(error, _Fault) else "la ligne ne se lit pas"
            remedy = "vérifier les guillemets" if isinstance(error, csv.Error) else "corriger la ligne, ou la retirer"
            fault = InputError(what, where=place(self.path.name, number), remedy=remedy)
            account.fault(fault, finess if is_finess(finess) else "")
        return None

    def _establishment(self, values: list[str], number: int, account: Account) -> Establishment:
        if len(values) < FEWEST:
            raise _Fault(f"il y a {len(values)} colonnes et il en faut {len(COLUMNS)}")
        values += [""] * (len(COLUMNS) - len(values))
        for extra in range(len(COLUMNS), len(values)):
            if values[extra].strip():
                account.unknown["colonne", f"n° {extra + 1}"] += 1
        v = [clean(value) for value in values]
        finess, entity = _number(v[1], "d'établissement"), _number(v[2], "d'entité juridique")
        name, short = v[AT["rslongue"]] or v[AT["rs"]], v[AT["rs"]]
        if not name:
            raise _Fault(f"l'établissement {finess} n'a pas de nom")
        category = v[AT["categetab"]]
        if category not in self.nomenclature.categories:
            account.unknown["catégorie", f"{category} {v[AT['libcategetab']]}".strip()] += 1
        made = Establishment(
            finess=finess,
            entity=entity,
            name=name,
            short_name=short if short != name else "",
            siret=_siret(v[AT["siret"]]),
            category=category,
            status=v[AT["libsph"]],
            rank=v[AT["categagretab"]] or "9999",
            place=self._place(v, account),
            opened_on=_day(v[AT["dateouv"]], "d'ouverture"),
            closed_on=None,
            active=True,
            line=number,
        )
        if oversized := too_long(made):
            raise _Fault(oversized)
        return made

    def _place(self, v: list[str], account: Account) -> Place:
        postcode, town = postal_line(v[AT["ligneacheminement"]])
        department = self.territories.department_of_finess(v[AT["departement"]])
        if not department:
            account.unknown["département", f"{v[AT['departement']]} {v[AT['libdepartement']]}".strip()] += 1
            department = self.territories.department_of_town(postcode)
        street = " ".join(v[AT[k]] for k in ("numvoie", "typvoie", "voie", "compvoie") if v[AT[k]])
        lines = (v[AT["complrs"]], v[AT["compldistrib"]], street, v[AT["lieuditbp"]])
        return Place("\n".join(line for line in lines if line), postcode, town, department)

    def _location(self, values: list[str], number: int, account: Account) -> Location | None:
        if len(values) < 5:
            raise _Fault(f"il y a {len(values)} colonnes et il en faut 6")
        finess = _number(values[1].strip(), "d'établissement")
        if not (values[2].strip() and values[3].strip()):
            return None
        x, y = _metres(values[2]), _metres(values[3])
        grid = self.nomenclature.grid_of(values[4])
        if grid is None:
            account.unknown["projection", shown(values[4].rpartition(",")[2], 40)] += 1
            return None
        found = degrees(x, y, grid)
        if found is None or not plausible(*found):
            raise _Fault(f"les coordonnées de {finess} sont hors de leur projection")
        return Location(finess, *found, number)


class _Fault(ValueError):
    """What is wrong with a line, in French."""


def _decoded(raw: bytes) -> str:
    """UTF-8, else Latin-1 as Windows writes it: real files mix both."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _dated(text: str, name: str) -> dt.date | None:
    if not text.startswith(MARK):
        raise InputError(
            "ce fichier ne commence pas comme un fichier FINESS",
            where=place(name, 1),
            remedy="donner le fichier « etalab-cs11005… » tel qu'il a été téléchargé",
        )
    try:
        return day(text.split(";")[3])
    except (IndexError, ValueError):
        return None


def _split(text: str) -> list[str]:
    if len(text) > LONGEST:
        raise _Fault("la ligne est démesurée")
    if '"' not in text:
        return text.split(";")
    return next(csv.reader([text], delimiter=";", strict=True))


def _number(text: str, of_what: str) -> str:
    text = text.upper()
    if not is_finess(text):
        raise _Fault(f"« {shown(text, 20)} » n'est pas un numéro FINESS {of_what}")
    return text


def _siret(text: str) -> str:
    if text and not (len(text) == 14 and text.isascii() and text.isdigit()):
        raise _Fault(f"« {shown(text, 20)} » n'est pas un SIRET")
    return text


def _day(text: str, of_what: str) -> dt.date | None:
    try:
        return day(text)
    except ValueError as error:
        raise _Fault(f"« {shown(text, 20)} » n'est pas une date {of_what}") from error


def _metres(text: str) -> float:
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError as error:
        raise _Fault(f"« {shown(text, 20)} » n'est pas une coordonnée") from error
    if not math.isfinite(value):
        raise _Fault(f"« {shown(text, 20)} » n'est pas une coordonnée")
    return value
