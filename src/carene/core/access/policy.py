# SPDX-License-Identifier: EUPL-1.2
"""Who may do what: one table, role × verb. Rights go down the tree."""

from __future__ import annotations

ROLES: dict[str, str] = {
    "lecteur": "Lecteur",
    "contributeur": "Contributeur",
    "rssi": "RSSI",
    "direction": "Direction",
    "administrateur": "Administrateur",
}

ROLE_HELP: dict[str, str] = {
    "lecteur": "Voit l'auto-évaluation, le bilan et la feuille de route.",
    "contributeur": "Répond, joint des preuves, saisit des mesures, fait avancer les actions.",
    "rssi": "Conduit l'auto-évaluation et la feuille de route.",
    "direction": "Valide l'auto-évaluation et adopte la feuille de route.",
    "administrateur": "Gère l'établissement, les personnes et les référentiels.",
}

_VIEW = {"organisation.view", "assessment.view", "roadmap.view", "evidence.view", "observation.view", "report.make"}
_CONTRIBUTE = _VIEW | {"assessment.answer", "evidence.write", "observation.write", "action.update"}
_RSSI = _CONTRIBUTE | {
    "assessment.start",
    "assessment.submit",
    "assessment.reopen",
    "assessment.import",
    "assessment.assign",
    "roadmap.plan",
    "roadmap.adopt",
    "level.accept",
    "organisation.profile",
    "journal.view",
}
_DIRECTION = _VIEW | {
    "assessment.validate",
    "assessment.reopen",
    "roadmap.plan",
    "roadmap.adopt",
    "action.update",
    "level.accept",
    "organisation.profile",
    "journal.view",
}
_ADMIN = _VIEW | {"organisation.profile", "organisation.manage", "members.manage", "referential.import", "journal.view"}

POLICY: dict[str, frozenset[str]] = {
    "lecteur": frozenset(_VIEW),
    "contributeur": frozenset(_CONTRIBUTE),
    "rssi": frozenset(_RSSI | {"referential.import"}),
    "direction": frozenset(_DIRECTION),
    "administrateur": frozenset(_ADMIN),
}

VERBS: dict[str, str] = {
    "organisation.view": "voir l'établissement",
    "organisation.profile": "modifier le profil de l'établissement",
    "organisation.manage": "rattacher des établissements",
    "members.manage": "donner et retirer des droits",
    "assessment.view": "voir l'auto-évaluation",
    "assessment.start": "commencer une auto-évaluation",
    "assessment.answer": "répondre",
    "assessment.assign": "confier des questions",
    "assessment.import": "reprendre des réponses d'un fichier",
    "assessment.submit": "soumettre à la direction",
    "assessment.validate": "valider l'auto-évaluation",
    "assessment.reopen": "rouvrir une auto-évaluation",
    "level.accept": "accepter un nouveau niveau proposé",
    "evidence.view": "voir les preuves",
    "evidence.write": "joindre des preuves",
    "observation.view": "voir les mesures",
    "observation.write": "saisir des mesures",
    "roadmap.view": "voir la feuille de route",
    "roadmap.plan": "calculer des scénarios",
    "roadmap.adopt": "adopter un scénario",
    "action.update": "faire avancer une action",
    "report.make": "produire un document",
    "journal.view": "lire le journal",
    "referential.import": "ajouter un référentiel",
}
