# SPDX-License-Identifier: EUPL-1.2
"""Who may do what: one table, role × verb, and how confidential is what each verb reads. Rights go down the tree."""

from __future__ import annotations

ROLES: dict[str, str] = {
    "lecteur": "Lecteur",
    "contributeur": "Contributeur",
    "rssi": "RSSI",
    "direction": "Direction",
    "auditeur": "Auditeur",
    "administrateur": "Administrateur",
    "gestionnaire": "Gestionnaire",
    "officier": "Agent ARS ou GRADeS",
    "national": "Équipe nationale",
}

ROLE_HELP: dict[str, str] = {
    "lecteur": "Voit l'auto-évaluation, le bilan et la feuille de route.",
    "contributeur": "Répond, joint des preuves, saisit des indicateurs, fait avancer les actions.",
    "rssi": "Conduit l'auto-évaluation et la feuille de route, partage le détail.",
    "direction": "Valide l'auto-évaluation, adopte la feuille de route, partage le détail.",
    "auditeur": "Lit tout le détail, preuves et journal compris, le temps d'un mandat daté ; n'écrit rien.",
    "administrateur": "Gère l'établissement, les personnes et les référentiels.",
    "gestionnaire": "Sur une région ou la nation : tient l'arbre, nomme l'administrateur de chaque établissement ; "
    "n'en lit que les indicateurs et la synthèse.",
    "officier": "Sur une région ou un GHT : voit les indicateurs et la synthèse de chacun, demande le détail.",
    "national": "Sur la nation : voit les indicateurs et la synthèse de chacun, demande le détail.",
}

OFFICERS = ("officier", "national")  # those with whom an organisation above is shared, when it is shared with one
MANAGERS = ("administrateur", "gestionnaire")  # those who give roles
# From above an establishment, one names who administers it and nobody who reads its detail.
GIVEN_FROM_ABOVE = frozenset({"administrateur", "gestionnaire", "officier", "national"})
DATED = frozenset({"auditeur"})  # roles that are only given between two dates

# Confidentiality, from the most open level to the most closed one; who reads a level reads those before it.
LEVELS: dict[str, str] = {
    "indicator": "indicateur",
    "summary": "synthèse",
    "detail": "détail",
    "secret": "secret",
}
LEVEL_HELP: dict[str, str] = {
    "indicator": "Le profil de l'établissement, ses rattachements et ses services mutualisés, les valeurs mesurées "
    "sans leurs remarques.",
    "summary": "Ce que l'établissement a soumis ou validé : palier, axes, objectifs, part évaluée, part de la feuille "
    "de route réalisée ; ses budgets, ses postes sans le nom des personnes, ses obligations, ses étapes de "
    "convergence, ses demandes, ses dossiers de financement transmis. Aucune question, aucun commentaire.",
    "detail": "Les questions, réponses, commentaires, preuves, actions et documents, les décisions des instances, les "
    "personnes et le journal.",
    "secret": "Les chemins d'attaque, et les scénarios d'exercice tant qu'ils ne sont pas joués.",
}
SHAREABLE = ("detail", "secret")  # what an establishment may open for a time; the rest needs no share

# Each reading verb belongs to one level; the other verbs write.
READS: dict[str, str] = {
    "organisation.view": "indicator",
    "observation.view": "indicator",
    "observatory.view": "indicator",
    "summary.view": "summary",
    "governance.view": "summary",
    "resource.view": "summary",
    "funding.view": "summary",
    "campaign.view": "summary",
    "decision.view": "detail",
    "assessment.view": "detail",
    "risk.view": "detail",
    "evidence.view": "detail",
    "roadmap.view": "detail",
    "report.make": "detail",
    "members.view": "detail",
    "journal.view": "detail",
    "secret.view": "secret",
}


def reading(level: str) -> frozenset[str]:
    """The reading verbs of a level and of those before it."""
    known = list(LEVELS)
    return frozenset(verb for verb, own in READS.items() if known.index(own) <= known.index(level))


# The highest level that each role reads by itself.
ROLE_LEVELS: dict[str, str] = {
    "lecteur": "detail",
    "contributeur": "detail",
    "rssi": "secret",
    "direction": "secret",
    "auditeur": "detail",
    "administrateur": "detail",
    "gestionnaire": "summary",
    "officier": "summary",
    "national": "summary",
}

_VIEW = reading("detail") - {"journal.view"}  # the journal is for those who decide, manage or audit
_CONTRIBUTE = _VIEW | {
    "assessment.answer",
    "evidence.write",
    "observation.write",
    "action.update",
    "funding.prepare",
    "campaign.answer",
}
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
    "service.share",
    "governance.write",
    "resource.write",
    "resource.offer",
    "journal.view",
    "secret.view",
    "share.manage",
    "funding.submit",
    "campaign.run",
}
_DIRECTION = _VIEW | {
    "assessment.validate",
    "assessment.reopen",
    "roadmap.plan",
    "roadmap.adopt",
    "action.update",
    "level.accept",
    "organisation.profile",
    "service.share",
    "governance.write",
    "resource.write",
    "resource.offer",
    "journal.view",
    "secret.view",
    "share.manage",
    "funding.prepare",
    "funding.submit",
    "campaign.run",
    "campaign.answer",
}
_ADMIN = _VIEW | {
    "organisation.profile",
    "organisation.manage",
    "service.share",
    "members.manage",
    "referential.import",
    "journal.view",
    "funding.set",
    "observatory.set",
    "resource.write",
    "resource.offer",
}
# Who manages people sees them, whatever else they read.
_MANAGER = reading("summary") | {
    "organisation.profile",
    "organisation.manage",
    "service.share",
    "members.view",
    "members.manage",
    "funding.set",
    "observatory.set",
    "resource.offer",
}
_OFFICER = reading("summary") | {"campaign.run", "resource.offer", "share.ask"}

POLICY: dict[str, frozenset[str]] = {
    "lecteur": frozenset(_VIEW),
    "contributeur": frozenset(_CONTRIBUTE),
    "rssi": frozenset(_RSSI | {"referential.import"}),
    "direction": frozenset(_DIRECTION),
    "auditeur": reading("detail"),
    "administrateur": frozenset(_ADMIN),
    "gestionnaire": frozenset(_MANAGER),
    "officier": frozenset(_OFFICER | {"funding.control"}),
    "national": frozenset(_OFFICER | {"funding.pay", "funding.set", "observatory.set"}),
}


def shared(level: str) -> str:
    """What a grant that comes from a share is called: ``share.detail``."""
    return f"share.{level}"


# What a grant gives, be it a role or a share: exactly the reading verbs of the level, for the latter.
GIVES: dict[str, frozenset[str]] = POLICY | {shared(level): reading(level) for level in SHAREABLE}

VERBS: dict[str, str] = {
    "organisation.view": "voir l'établissement",
    "organisation.profile": "modifier le profil de l'établissement",
    "organisation.manage": "rattacher des établissements",
    "service.share": "décrire les services mutualisés",
    "members.view": "voir les personnes et leurs droits",
    "members.manage": "donner et retirer des droits",
    "share.ask": "demander le détail",
    "share.manage": "partager le détail, et reprendre un partage",
    "summary.view": "voir la synthèse",
    "governance.view": "voir les budgets, les postes et les obligations",
    "governance.write": "tenir la gouvernance",
    "decision.view": "voir les instances, leurs décisions et les engagements",
    "resource.view": "voir la carte des ressources, la convergence, les offres et les demandes",
    "resource.write": "tenir la convergence, demander et accepter de l'aide",
    "resource.offer": "proposer des offres et répondre aux demandes",
    "funding.view": "voir les dossiers de financement",
    "funding.prepare": "préparer un dossier de financement",
    "funding.submit": "transmettre un dossier de financement",
    "funding.control": "contrôler pour l'ARS un dossier de financement",
    "funding.pay": "contrôler pour l'ANS un dossier de financement, et le payer",
    "funding.set": "compléter les règles des financements",
    "campaign.view": "voir les campagnes et leur avancement",
    "campaign.run": "ouvrir, conduire et clore une campagne",
    "campaign.answer": "répondre au nom de l'établissement dans une campagne",
    "assessment.view": "voir l'auto-évaluation",
    "assessment.start": "commencer une auto-évaluation",
    "assessment.answer": "répondre",
    "assessment.assign": "confier des questions",
    "assessment.import": "reprendre des réponses d'un fichier",
    "assessment.submit": "soumettre à la direction",
    "assessment.validate": "valider l'auto-évaluation",
    "assessment.reopen": "rouvrir une auto-évaluation",
    "level.accept": "accepter un nouveau niveau proposé",
    "risk.view": "voir ce que des attaques coûteraient",
    "evidence.view": "voir les preuves",
    "evidence.write": "joindre des preuves",
    "observation.view": "voir les indicateurs",
    "observation.write": "saisir la valeur d'un indicateur",
    "observatory.view": "voir l'observatoire",
    "observatory.set": "fixer les cibles de l'observatoire",
    "roadmap.view": "voir la feuille de route",
    "roadmap.plan": "calculer des scénarios",
    "roadmap.adopt": "adopter un scénario",
    "action.update": "faire avancer une action",
    "report.make": "produire un document",
    "journal.view": "lire le journal",
    "referential.import": "ajouter un référentiel",
    "secret.view": "voir ce qui est secret",
}

# For people: verbs by subject, in the order of the page; a verb belongs where its first word stands.
SUBJECTS: dict[str, tuple[str, ...]] = {
    "L'établissement": ("organisation", "service"),
    "La synthèse": ("summary",),
    "La gouvernance": ("governance", "decision"),
    "Les ressources": ("resource",),
    "Les financements": ("funding",),
    "Les campagnes": ("campaign",),
    "L'auto-évaluation": ("assessment", "level", "referential"),
    "Les indicateurs": ("observation",),
    "L'observatoire": ("observatory",),
    "Les risques": ("risk",),
    "Les preuves": ("evidence",),
    "La feuille de route": ("roadmap", "action"),
    "Les documents et le journal": ("report", "journal"),
    "Les personnes et les partages": ("members", "share"),
    "Ce qui est secret": ("secret",),
}
