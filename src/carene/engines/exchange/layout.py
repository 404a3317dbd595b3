# SPDX-License-Identifier: EUPL-1.2
"""Names of the sheets and columns of the XLSX questionnaire, shared by who writes it and who reads it."""

from __future__ import annotations

from carene.engines.exchange.tables import headings

GUIDE = "Mode d'emploi"
QUESTIONS = "Questions"
CARD = "Établissement"
MEASURED = "Indicateurs"
HIDDEN = "_carene"

ID = "Identifiant"
LEVEL = "Niveau choisi"
VERSION_OF = "answer:"  # before a criterion, in the hidden sheet
NOT_APPLICABLE = "N/A"

ANSWERS = headings(
    id=(ID, "Id", "Critère", "Code", "Référence", "Identifiant du critère", "criterion"),
    level=(LEVEL, "Niveau", "Réponse", "Votre réponse", "Votre niveau", "level"),
    justification=("Justification", "Justification si N/A", "Justification (obligatoire si N/A)", "Motif"),
    comment=("Commentaire", "Commentaires", "Remarque", "Remarques", "Précisions", "comment"),
    source=("Source", "D'où vient la réponse"),
)
ANSWERS_REQUIRED = ("id", "level")
WRITTEN = ("level", "justification", "comment", "source")

OBSERVATIONS = headings(
    indicator=("Indicateur", "Code", "Identifiant", "Code de l'indicateur", "indicator"),
    value=("Valeur", "Valeur mesurée", "value"),
    date=("Date", "Date de la mesure", "Mesurée le", "Mesuré le", "date", "observed_on"),
    source=("Source", "Origine", "source"),
    note=("Remarque", "Remarques", "Commentaire", "note"),
)
OBSERVATIONS_REQUIRED = ("indicator", "value", "date")

PAIRS = headings(label=("Rubrique", "Champ"), value=("Valeur", "Réponse"))
PAIRS_REQUIRED = ("label", "value")

# What stands in the sheet of the establishment: field of ``Card`` → label.
CARD_LABELS = {
    "name": "Nom",
    "type": "Type d'établissement",
    "ght": "Place dans le GHT",
    "group": "GHT",
    "finess": "FINESS",
    "town": "Commune",
    "beds": "Lits et places",
    "staff": "Effectif (personnes)",
    "workstations": "Postes de travail",
    "servers": "Serveurs",
    "sites": "Sites géographiques",
    "operating_budget": "Budget d'exploitation (€ par an)",
    "digital_budget": "Budget numérique (€ par an)",
    "activity": "Activité combinée",
}
START = "Début de la feuille de route"
MONTHS = "Durée de la feuille de route (mois)"
BUDGET = "Budget"  # followed by the year
TEAM = "Équipe"  # followed by the skill
TEAM_UNIT = "jours par mois"
