# SPDX-License-Identifier: EUPL-1.2
"""The new FINESS file of structures: JSON of hundreds of megabytes, read as a stream.

The published schema and the published files do not write every name alike (``pm_smsseId`` and ``pmSmsseId``, a code or
an object that holds one): both are understood.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

import ijson

from carene.engines.registers.coordinates import plausible
from carene.engines.registers.files import opened
from carene.engines.registers.nomenclature import Nomenclature
from carene.engines.registers.records import (
    Account,
    Establishment,
    Ght,
    LegalEntity,
    Membership,
    Place,
    Record,
    too_long,
)
from carene.engines.registers.territories import Territories
from carene.engines.registers.text import clean, day, is_finess, town_name
from carene.engines.sources import InputError
from carene.engines.sources.document import place, shown

ACTIVE = "A"
NOWHERE = Place()
Item = Mapping[str, Any]

KNOWN_ENTITY = frozenset({
    "informationsgeneralespmej", "adresse", "contact", "engagement", "evenement", "ege", "etatobjet",
    "datedernieremaj", "metadonneeid",
})  # fmt: skip
KNOWN_SITE = frozenset({
    "informationsgeneralesege", "categorieentitegeographiqueexercice", "modefixationtarifaire", "typebudget", "siret",
    "adresse", "contact", "engagement", "evenement", "roleege", "etatobjet", "datedernieremaj", "metadonneeid",
})  # fmt: skip


@dataclass(frozen=True)
class StructuresFile:
    """``finess-structures-….json``, compressed or not: legal entities, their establishments, the GHT."""

    path: Path
    territories: Territories
    nomenclature: Nomenclature
    title: str = "FINESS, fichier des structures"
    whole: bool = True

    def records(self, account: Account) -> Iterator[Record]:
        _read_head(self.path, account)
        groups = list(self._groups(account))
        yield from (g for g in groups if isinstance(g, Ght))
        wanted = {g.person for g in groups if isinstance(g, _Member)}
        finess_of: dict[str, str] = {}
        seen = 0
        for item, trail in _items(self.path, "pmej", account):
            seen += 1
            for record, person in self._entity(item, trail, account):
                if isinstance(record, LegalEntity) and person in wanted:
                    finess_of[person] = record.finess
                yield record
        if not seen:
            raise InputError(
                "le fichier ne contient aucune entité juridique (rubrique « pmej »)",
                where=self.path.name,
                remedy="donner le fichier des structures, tel qu'il a été téléchargé",
            )
        yield from self._memberships(groups, finess_of, account)

    def _groups(self, account: Account) -> Iterator[Ght | _Member]:
        for item, trail in _items(self.path, "gcc", account):
            try:
                yield from self._group(item, trail, account)
            except _Fault as fault:
                account.fault(trail.error(str(fault)))

    def _group(self, item: Item, trail: Trail, account: Account) -> Iterator[Ght | _Member]:
        codes = self.nomenclature.groups
        kind = _code(_get(item, "typeGcc"))
        if kind != codes.ght:
            account.unknown["groupement", f"type {kind or 'absent'}"] += 1
            return
        if (_code(_get(item, "etatObjet")) or _code(_get(item, "etatActif")) or ACTIVE) != ACTIVE:
            return
        code, name = _text(_get(item, "gccId")), _text(_get(item, "nomGcc"))
        if not code or not name:
            raise _Fault("ce groupement n'a pas d'identifiant ou pas de nom")
        group = Ght(code, name, "", trail.line)
        if oversized := too_long(group):
            raise _Fault(oversized)
        yield group
        for member in _list(item, "pmejDuGcc"):
            role = _code(_get(member, "typeRoleEntiteGroupe"))
            if role not in {codes.support, codes.member, ""}:
                account.unknown["rôle dans un GHT", role] += 1
            word = {codes.support: "support", codes.member: "membre"}.get(role, "")
            yield _Member(code, _text(_get(member, "pmSmsseId")), word, trail)

    def _memberships(
        self, groups: list[Ght | _Member], finess_of: Mapping[str, str], account: Account
    ) -> Iterator[Membership]:
        for member in groups:
            if isinstance(member, _Member):
                finess = finess_of.get(member.person, "")
                if finess:
                    yield Membership(member.ght, finess, member.role, "", NOWHERE, member.trail.line)
                else:
                    account.unknown["membre d'un GHT absent du fichier", member.person] += 1

    def _entity(self, item: Item, trail: Trail, account: Account) -> Iterator[tuple[Record, str]]:
        _note_unknown(item, KNOWN_ENTITY, "pmej", account)
        finess, sites = "", []
        try:
            info = _map(item, "informationsGeneralesPMEJ")
            finess = _text(_get(info, "numFinessPm")).upper()
            sites = _list(item, "ege")
            if not is_finess(finess):
                raise _Fault(f"« {shown(finess, 20)} » n'est pas un numéro FINESS d'entité juridique")
            short = _text(_get(info, "denominationPm"))
            name = _text(_get(info, "denominationLonguePmSmsse")) or short
            if not name:
                raise _Fault(f"l'entité juridique {finess} n'a pas de nom")
            entity = LegalEntity(
                finess=finess,
                name=name,
                short_name=short if short != name else "",
                place=self._place(item, account),
                opened_on=_day(_get(info, "dateCreation"), "de création"),
                closed_on=_day(_get(info, "dateFermeture"), "de fermeture"),
                active=_active(item, info),
                line=trail.line,
            )
            if oversized := too_long(entity):
                raise _Fault(oversized)
        except _Fault as fault:
            account.fault(trail.error(str(fault)), finess if is_finess(finess) else "")
            # Nothing may be concluded of what stands in it.
            inside = (_get(site, "informationsGeneralesEGE") for site in sites)
            account.unread |= {_text(_get(one, "numFinessEge")).upper() for one in inside if isinstance(one, dict)}
            return
        yield entity, _text(_get(info, "pmSmsseId"))
        for rank, site in enumerate(sites, 1):
            record = self._site(site, finess, trail.below("ege", rank), account)
            if record is not None:
                yield record, ""

    def _site(self, item: Item, entity: str, trail: Trail, account: Account) -> Establishment | None:
        _note_unknown(item, KNOWN_SITE, "ege", account)
        finess = ""
        try:
            info = _map(item, "informationsGeneralesEGE")
            finess = _text(_get(info, "numFinessEge")).upper()
            if not is_finess(finess):
                raise _Fault(f"« {shown(finess, 20)} » n'est pas un numéro FINESS d'établissement")
            short = _text(_get(info, "nomEgeCourt"))
            name = _text(_get(info, "nomEgeLong")) or short
            if not name:
                raise _Fault(f"l'établissement {finess} n'a pas de nom")
            siret = _text(_get(info, "siret")) or _text(_get(item, "siret"))
            if siret and not re.fullmatch(r"[0-9]{14}", siret):
                raise _Fault(f"« {shown(siret, 20)} » n'est pas un SIRET")
            category = _code(_get(item, "categorieEntiteGeographiqueExercice"))
            active = _active(item, info)
            if active and category not in self.nomenclature.categories:
                account.unknown["catégorie", category or "absente"] += 1
            made = Establishment(
                finess=finess,
                entity=entity,
                name=name,
                short_name=short if short != name else "",
                siret=siret,
                category=category,
                status="",
                rank=category or "9999",
                place=self._place(item, account) if active else NOWHERE,
                opened_on=_day(_get(info, "dateOuverture"), "d'ouverture"),
                closed_on=_day(_get(info, "dateFermeture"), "de fermeture"),
                active=active,
                line=trail.line,
            )
            if oversized := too_long(made):
                raise _Fault(oversized)
        except _Fault as fault:
            account.fault(trail.error(str(fault)), finess if is_finess(finess) else "")
            return None
        return made

    def _place(self, item: Item, account: Account) -> Place:
        found = _list(item, "adresse")
        if not found:
            return NOWHERE
        address = found[0]
        postcode = _text(_get(address, "codePostal"))
        town_code = _text(_get(address, "cogCommune"))
        department = self.territories.department_of_town(town_code) or self.territories.department_of_town(postcode)
        if not department:
            account.unknown["département", f"commune {town_code or 'absente'}"] += 1
        street = _text(_get(address, "ligneQuatre")) or " ".join(
            part for key in ("numeroVoie", "typeVoie", "libelleVoie") if (part := _text(_get(address, key)))
        )
        lines = (_text(_get(address, "complementPointGeographique")), street, _text(_get(address, "lieuDit")))
        latitude, longitude = _degrees(_map(address, "coordonneesGeographique"))
        text = "\n".join(line for line in lines if line)
        return Place(
            text, postcode, town_name(_text(_get(address, "ligneAcheminement"))), department, latitude, longitude
        )


# Reading the stream ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Trail:
    """Where an item stands. The parser reads ahead: the line is the one it had reached, the rank is exact."""

    name: str
    keys: str
    line: int

    def below(self, key: str, rank: int) -> Trail:
        return Trail(self.name, f"{self.keys}, {key} n° {rank}", self.line)

    def error(self, what: str) -> InputError:
        where = f"{self.name}, {self.keys} (avant la ligne {self.line + 1})"
        return InputError(what, where=where, remedy="corriger le fichier, ou retirer cette structure")


@dataclass(frozen=True, slots=True)
class _Member:
    ght: str
    person: str
    role: str
    trail: Trail


class _Fault(ValueError):
    """What is wrong with an item, in French."""


@dataclass
class _Lines:
    """A stream that counts the line feeds that it gives."""

    stream: BinaryIO
    count: int = field(default=1)

    def read(self, size: int = -1) -> bytes:
        data = self.stream.read(size)
        self.count += data.count(b"\n")
        return data


def _items(path: Path, root: str, account: Account) -> Iterator[tuple[Item, Trail]]:
    """Items of one root, which is an array in every published file (the schema says an object)."""
    with opened(path, account) as stream:
        lines = _Lines(stream)
        try:
            for rank, item in enumerate(ijson.items(lines, f"{root}.item", use_float=True, buf_size=1 << 15), 1):
                trail = Trail(path.name, f"{root} n° {rank}", lines.count)
                if isinstance(item, dict):
                    yield item, trail
                else:
                    account.fault(trail.error("une rubrique est attendue ici, pas une valeur"))
        except (ijson.JSONError, UnicodeDecodeError) as error:
            raise InputError(
                "la syntaxe JSON est incorrecte, ou le fichier est incomplet",
                where=place(path.name, lines.count),
                remedy="le télécharger de nouveau",
            ) from error


def _read_head(path: Path, account: Account) -> None:
    """The date of the file, written before or after the arrays; its absence is no fault."""
    with opened(path, account) as stream:
        found = re.search(rb'"generatedAt"\s*:\s*"(\d{4}-\d{2}-\d{2})', stream.read(1 << 14))
    if found:
        account.dated = day(found[1].decode("ascii"))


@lru_cache(maxsize=1024)
def _plain(key: str) -> str:
    return key.replace("_", "").lower()


def _get(item: Item, key: str) -> Any:
    """The value under this name, whatever its capitals and underscores."""
    if key in item:
        return item[key]
    wanted = _plain(key)
    return next((value for name, value in item.items() if _plain(name) == wanted), None)


def _map(item: Item, key: str) -> Item:
    """The headings under this one; none when it is absent. Raises _Fault for anything else."""
    value = _get(item, key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise _Fault(f"« {key} » n'est pas une rubrique")
    return value


def _list(item: Item, key: str) -> list[Item]:
    """The headings listed under this one; none when it is absent. Raises _Fault for anything else."""
    value = _get(item, key)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise _Fault(f"« {key} » n'est pas une liste de rubriques")
    return value


def _text(value: Any) -> str:
    return "" if value is None else clean(str(value))


def _code(value: Any) -> str:
    """A code, or the object of the schema that holds one, or the first of a list."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("code")
    return _text(value)


def _active(item: Item, info: Item) -> bool:
    return (_code(_get(item, "etatObjet")) or _code(_get(info, "etatObjet")) or ACTIVE) == ACTIVE


def _day(value: Any, of_what: str) -> dt.date | None:
    try:
        return day(_text(value))
    except ValueError as error:
        raise _Fault(f"« {shown(value, 20)} » n'est pas une date {of_what}") from error


def _degrees(point: Item) -> tuple[float | None, float | None]:
    try:
        latitude = float(_text(_get(point, "directionLatitude")))
        longitude = float(_text(_get(point, "directionLongitude")))
    except ValueError:
        return None, None
    return (round(latitude, 5), round(longitude, 5)) if plausible(latitude, longitude) else (None, None)


def _note_unknown(item: Item, known: frozenset[str], of_what: str, account: Account) -> None:
    for key in item:
        if _plain(key) not in known:
            account.unknown["rubrique", f"{of_what} › {shown(key, 40)}"] += 1
