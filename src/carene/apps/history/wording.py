# SPDX-License-Identifier: EUPL-1.2
"""The journal in French: what was done in one sentence, what stood before and after in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from carene.apps.history.sentences import OF_TARGET, SENTENCES
from carene.core.access.policy import LEVELS, ROLES
from carene.core.journal.models import Entry
from carene.engines import french
from carene.engines.referential.catalogue import care

LABELS: dict[str, str] = {
    "validated_on": "validée le",
    "reviewed_on": "suivie le",
    "proof": "ce qui le prouve",
    "skill": "compétence",
    "capacity": "places",
    "price": "prix (€ par an)",
    "price_note": "ce que couvre le prix",
    "types": "types d'établissement",
    "sizes": "tailles",
    "wanted_on": "souhaité le",
    "offer": "offre",
    "need": "demande",
    "milestone": "étape de convergence",
    "evidence_id": "preuve",
    "documents": "pièces",
    "reminders": "rappels en jours",
    "participants": "établissements",
    "asked": "demandés",
    "handed": "remis",
    "excluded": "écarté",
    "text": "texte",
    "end": "fin",
    "who": "candidats",
    "euros": "montant",
    "until": "jusqu'au",
    "stage": "étape du dossier",
    "measure": "grandeur du plafond",
    "low": "à partir de",
    "label": "objet",
    "key": "règle",
    "item": "point",
    "high": "à moins de",
    "family": "famille",
    "facts": "données",
    "expected": "attendu",
    "document": "pièce",
    "declared": "déclaré",
    "complies": "conforme",
    "committed_on": "engagée le",
    "amount": "montant",
    "accepted": "accepté",
    "seconds": "durée en secondes",
    "objective": "objectif",
    "members": "établissements",
    "measures": "mesures communes",
    "on": "du",
    "about": "à propos de",
    "activity": "activité combinée",
    "action_id": "action",
    "agenda": "ordre du jour",
    "answer": "réponse",
    "actual_cost": "dépensé",
    "answered_on": "répondu le",
    "applied": "lignes reprises",
    "batch": "lot",
    "beneficiaries": "pour",
    "bytes": "taille en octets",
    "axes": "par axe",
    "beds": "lits et places",
    "budgets": "budgets",
    "by": "à la date du",
    "carried_over": "réponses reprises",
    "closed": "fermetures",
    "closed_on": "fermé le",
    "comment": "commentaire",
    "contact": "contact",
    "corrected": "autres corrections",
    "counts": "contenu",
    "confidence": "confiance",
    "coverage": "part évaluée",
    "created": "créées",
    "criteria": "questions",
    "criterion": "question",
    "digest": "empreinte",
    "digital_budget": "budget numérique",
    "done_on": "terminée le",
    "dropped": "abandonnées",
    "due_on": "échéance",
    "effective_on": "date d'effet",
    "effort": "charge",
    "email": "adresse",
    "ends_on": "jusqu'au",
    "expires_at": "expire le",
    "expires_on": "expire le",
    "file": "fichier",
    "figures": "indicateurs",
    "finess": "FINESS",
    "found": "trouvé par l'antivirus",
    "function": "fonction",
    "ght_role": "place dans le GHT",
    "groups": "groupes",
    "holder": "aux agents de",
    "indicator": "indicateur",
    "investment": "investissement",
    "justification": "justification",
    "kept": "gardées",
    "kind": "nature",
    "level": "niveau",
    "links": "questions",
    "months": "durée en mois",
    "moved": "déplacées",
    "name": "nom",
    "not_applicable": "non applicable",
    "note": "remarque",
    "observed_on": "mesuré le",
    "opened": "ouvertures",
    "operating_budget": "budget d'exploitation",
    "overall": "score",
    "owner": "responsable",
    "parent": "rattaché à",
    "planned_cost": "coût prévu",
    "provider": "fourni par",
    "read_only": "lecture seule",
    "reason": "raison",
    "referential": "référentiel",
    "replaces": "remplace",
    "result": "résultat",
    "revived": "reprises",
    "role": "rôle",
    "rows": "lignes",
    "scenario": "scénario",
    "servers": "serveurs",
    "service": "service",
    "shared": "avec d'autres établissements",
    "short_name": "nom court",
    "siret": "SIRET",
    "sites": "sites géographiques",
    "source": "source",
    "staff": "agents",
    "start": "début",
    "start_on": "début",
    "starts_on": "depuis le",
    "state": "état",
    "step": "palier",
    "team": "équipe",
    "title": "titre",
    "town": "commune",
    "type": "type",
    "url": "lien",
    "user": "personne",
    "value": "valeur",
    "version": "version",
    "wishes": "souhaits",
    "withdrawn": "retirée",
    "workstations": "postes",
    "yearly": "coût annuel",
}
VALUES: dict[str, Mapping[str, str]] = {
    "role": ROLES,
    "level": LEVELS,
    "state": {
        "draft": "en cours",
        "submitted": "soumise",
        "validated": "validée",
        "archived": "archivée",
        "pending": "en attente",
        "accepted": "accepté",
        "refused": "refusé",
        "todo": "à faire",
        "doing": "en cours",
        "done": "terminée",
        "dropped": "abandonnée",
    },
}
EUROS = frozenset({"planned_cost", "actual_cost", "investment", "yearly", "operating_budget", "digital_budget"})
PEOPLE = frozenset({"owner", "user"})
ORIGINS = {
    "web": "par le site",
    "api": "par une machine",
    "cli": "par le serveur",
    "system": "par Carène",
    "job": "par un calcul",
}


@dataclass(frozen=True)
class Change:
    label: str
    before: str  # empty: there was nothing
    after: str  # empty: there is nothing any more


@dataclass(frozen=True)
class Line:
    """One entry as people read it. ``subject`` names what was acted upon, when it has a name."""

    entry: Entry
    said: str
    subject: str
    changes: list[Change]

    @property
    def origin(self) -> str:
        return ORIGINS.get(self.entry.origin, self.entry.origin)


def verb_label(verb: str) -> str:
    """For the filter: « Modifier une action »… as the sentence of the verb, without its person."""
    sentences = SENTENCES.get(verb)
    return french.capitalised(sentences[0]) if sentences else verb


def people_named(entries: Iterable[Entry]) -> set[int]:
    """Ids of the people that these lines speak of."""
    found: set[int] = set()
    for entry in entries:
        for data in (entry.before, entry.after):
            if isinstance(data, dict):
                found |= {data[key] for key in PEOPLE if isinstance(data.get(key), int)}
        kind, _, key = entry.target.partition(":")
        if kind == "user" and key.isdecimal():
            found.add(int(key))
    return found


def line(entry: Entry, names: Mapping[int, str]) -> Line:
    before, after = entry.before, entry.after
    sentences = OF_TARGET.get((entry.verb, entry.target.partition(":")[0])) or SENTENCES.get(entry.verb)
    rank = 0 if before is None else 2 if after is None else 1
    if entry.verb == "action.update" and isinstance(after, dict) and "comment" in after and before is None:
        said = "a commenté une action"
    else:
        said = (sentences[rank] or sentences[0]) if sentences else f"a fait « {entry.verb} »"
    return Line(entry, said, _subject(entry, names), _changes(before, after, names))


def _subject(entry: Entry, names: Mapping[int, str]) -> str:
    kind, _, key = entry.target.partition(":")
    if kind == "answer":
        return _criterion(key.partition(":")[2])
    if kind == "user" and key.isdecimal():
        return names.get(int(key), "")
    if kind == "override":
        measure = care().measure.get(key.partition(":")[2])
        return measure.title if measure else key.partition(":")[2]
    if kind == "report":
        return key.upper()
    for data in (entry.after, entry.before):
        if isinstance(data, dict):
            for name in ("title", "name", "indicator"):
                if data.get(name):
                    return _value(name, data[name], names)
    return ""


def _criterion(key: str) -> str:
    criterion = care().criterion.get(key)
    return f"{key} {criterion.title}" if criterion else key


def _changes(before: Any, after: Any, names: Mapping[int, str]) -> list[Change]:
    if not isinstance(before or {}, dict) or not isinstance(after or {}, dict):
        return [Change("", _text(before, names), _text(after, names))]
    old, new = before or {}, after or {}
    found = []
    for key in dict.fromkeys((*old, *new)):
        was, now = (_value(key, data[key], names) if key in data else "" for data in (old, new))
        if was != now:
            found.append(Change(LABELS.get(key, key), was, now))
    return found


def _value(key: str, value: Any, names: Mapping[int, str]) -> str:
    if value is None or value in ("", [], {}):
        return ""
    if key in PEOPLE and isinstance(value, int):
        return names.get(value, "quelqu'un qui n'a plus de compte")
    if key in VALUES and isinstance(value, str):
        return VALUES[key].get(value, value)
    if key in EUROS and isinstance(value, int | float) and not isinstance(value, bool):
        return french.euros(value)
    if key == "criterion" and isinstance(value, str):
        return _criterion(value)
    if key == "indicator" and isinstance(value, str):
        indicator = care().indicator.get(value)
        return indicator.title if indicator else value
    if key == "file" and isinstance(value, dict):
        return str(value.get("name", ""))
    return _text(value, names)


def _text(value: Any, names: Mapping[int, str]) -> str:
    """Any JSON value in words; empty for nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, int | float):
        return french.number(value)
    if isinstance(value, str):
        return _date(value) or value
    if isinstance(value, dict):
        return ", ".join(
            f"{LABELS.get(key, key)} : {_value(key, inner, names) or 'rien'}" for key, inner in value.items()
        )
    return ", ".join(" ".join(map(str, one)) if isinstance(one, list) else _text(one, names) for one in value)


def _date(text: str) -> str:
    if len(text) != len("2026-11-23"):
        return ""
    try:
        return french.long_date(dt.date.fromisoformat(text))
    except ValueError:
        return ""
