# SPDX-License-Identifier: EUPL-1.2
"""A small complete pack, written as an author would, for tests that then break it."""

from __future__ import annotations

from pathlib import Path

PACK = """\
id: petit
name: Petit référentiel
version: 0.1.0
date: 2026-11-23
locale: fr
licence: EUPL-1.2
publisher: Essais
description: Juste assez pour essayer.
sources:
  estimation: {title: Estimation, date: 2026-11-23, confidence: inferred}
  officiel: {title: Texte officiel, url: "https://exemple.invalid/texte", date: 2025-01-01, confidence: official}
types: {ch: Centre hospitalier, clinique: Clinique, ehpad: EHPAD, esms: Autre médico-social}
type_groups:
  sanitaire: [ch, clinique]
  medico_social: [ehpad, esms]
sizes:
  basis: workstations
  source: estimation
  bands:
    - {id: s, label: moins de 100 postes, up_to: 99}
    - {id: m, label: 100 à 999 postes, up_to: 999}
    - {id: l, label: 1 000 postes et plus}
ght_roles: {support: Support, membre: Membre, hors_ght: Hors GHT}
roles: {direction: Direction, rssi: RSSI}
skills: {rssi: RSSI, systemes: Systèmes}
attacks: {rancongiciel: Rançongiciel, espionnage: Espionnage}
aims: {prevent: Empêcher, recover: Redémarrer}
profiles:
  - id: medico_social
    label: Médico-social
    when: {types: [medico_social]}
    target: {socle: 2, other: 1}
    source: estimation
  - id: autres
    label: Autres
    when: {}
    target: {socle: 3, other: 2}
    source: estimation
maturity:
  unanswered: not_met
  steps:
    - {id: 0, label: Palier 0, title: À découvert, meaning: Rien n'est posé.}
    - {id: 1, label: Palier 1, title: Conscient, meaning: Commencé., socle_level: 1, others: {level: 1, share: 0.5}}
  source: estimation
strengths: {at_least: 3}
"""

AXES = """\
- id: GOV
  title: Gouvernance
  color: 1
  purpose: Que la direction décide.
  objectives:
    - {id: GOV.1, title: Porter le sujet}
- id: OPS
  title: Opérations
  color: 2
  purpose: Que l'attaque échoue.
  objectives:
    - {id: OPS.1, title: Sauvegarder}
"""

GOV_1 = """\
- id: GOV.1.1
  title: RSSI nommé
  question: Un responsable est-il nommé ?
  hint: Un RSSI partagé compte.
  why: Sans lui, personne ne décide la nuit.
  levels:
    0: Personne.
    1: De fait.
    2: Par écrit.
    3: Avec du temps.
    4: À deux.
  evidence: [Lettre de mission]
  who: [direction, rssi]
  weight: 3
  weights:
    - {when: {types: [medico_social]}, weight: 1}
  socle: true
  attacks: [rancongiciel, espionnage]
  aims: [prevent, recover]
  indicator:
    id: rssi_etp
    levels: {1: 0.1, 2: 0.2, 3: 0.5, 4: 1}
    confidence: inferred
    source: estimation
  review_months: 12
  refs:
    hygiene: [39]
    recyf: ["2"]
    care: [D2.P1]
- id: GOV.1.2
  title: Comité
  question: Un comité se réunit-il ?
  why: Les décisions se prennent à plusieurs.
  levels: {0: Non., 1: Parfois., 2: Chaque année., 3: Chaque trimestre., 4: Avec un bilan.}
  evidence: [Compte rendu]
  who: [direction]
  applies: {types: [sanitaire], ght: [support, membre]}
  weight: 1
  aims: [prevent]
  review_months: 12
"""

OPS_1 = """\
- id: OPS.1.1
  title: Sauvegardes essayées
  question: Une restauration a-t-elle été essayée ?
  why: Une sauvegarde jamais relue n'en est pas une.
  levels: {0: Jamais., 1: Une fois., 2: Chaque année., 3: Chaque trimestre., 4: Mesurée.}
  evidence: [Compte rendu d'essai]
  who: [rssi]
  weight: 2
  socle: true
  attacks: [rancongiciel]
  aims: [recover]
  indicator:
    id: age_essai
    levels: {1: 730, 2: 365, 3: 90}
    confidence: official
    source: officiel
  review_months: 6
"""

INDICATORS = """\
- id: rssi_etp
  title: Temps de RSSI
  unit: ETP
  kind: number
  direction: higher
  minimum: 0
  maximum: 20
  validity_months: 12
  definition: Temps écrit dans la lettre de mission.
  confidentiality: indicateur
  source: estimation
- id: age_essai
  title: Âge du dernier essai
  unit: jours
  kind: date_age_days
  direction: lower
  validity_months: 12
  definition: Jours depuis le dernier essai réussi.
  source: officiel
"""

MEASURES = """\
- id: nommer-rssi
  title: Nommer un RSSI
  summary: Quelqu'un en répond.
  raises:
    - {criterion: GOV.1.1, from: 0, to: 3}
    - {criterion: GOV.1.2, from: 0, to: 1}
  cost:
    investment: {s: 0, m: 1000, l: 5000}
    yearly: {s: 0, m: 0, l: 0}
    reasoning: Du temps surtout.
  effort:
    rssi: {s: 2, m: 5, l: 10.5}
  months: {s: 2, m: 3, l: 4}
  sharing: {scope: ght, member_share: 0.25, note: Un RSSI pour le GHT.}
  quick_win: true
  how: [Écrire la lettre., La faire signer., L'afficher.]
- id: reunir-comite
  title: Réunir un comité
  summary: Les décisions sont prises.
  raises: [{criterion: GOV.1.2, from: 1, to: 4}]
  applies: {types: [sanitaire]}
  cost:
    investment: {s: 0, m: 0, l: 0}
    yearly: {s: 0, m: 0, l: 0}
    reasoning: Des réunions.
  effort:
    rssi: {s: 1, m: 2, l: 4}
  months: {s: 1, m: 1, l: 1}
  requires: [nommer-rssi]
  how: [Choisir les dates., Inviter., Écrire le compte rendu.]
- id: essayer-restauration
  title: Essayer une restauration
  summary: On sait repartir.
  raises: [{criterion: OPS.1.1, from: 0, to: 4}]
  cost:
    investment: {s: 500, m: 2000, l: 9000}
    yearly: {s: 100, m: 400, l: 900}
    reasoning: Un serveur d'essai.
  effort:
    systemes: {s: 1, m: 3, l: 6}
  months: {s: 2, m: 2, l: 3}
  requires: []
  how: [Choisir un service., Le restaurer., Mesurer le temps.]
"""

FILES = {
    "pack.yaml": PACK,
    "axes.yaml": AXES,
    "criteria/GOV.1.yaml": GOV_1,
    "criteria/OPS.1.yaml": OPS_1,
    "indicators/tous.yaml": INDICATORS,
    "measures/toutes.yaml": MEASURES,
}


def write_small_pack(folder: Path) -> Path:
    """Two axes, two objectives, three criteria, two indicators, three measures. Gives ``folder`` back."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def change(folder: Path, name: str, old: str, new: str) -> int:
    """Replace the only ``old`` of a file by ``new``; gives the line (from 1) where the change begins."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {name}"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1
