# SPDX-License-Identifier: EUPL-1.2
"""Which documents can be made, from what, for whom; and their downloads."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from carene.apps.assessments import referentials
from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.apps.reports import actions, queries
from carene.apps.reports.rendering import narrative
from carene.apps.reports.rendering.dossier import Dossier
from carene.apps.roadmaps import queries as roadmaps
from carene.engines import french
from carene.engines.referential.catalogue import CARE


@dataclass(frozen=True)
class Preview:
    """A document before it is made: for whom, what it holds."""

    kind: str
    title: str
    audience: str
    holds: list[str]
    label: str


@require_GET
@organisation_view("report.make")
def overview(request: OrganisationRequest) -> HttpResponse:
    organisation = request.organisation
    picked = _choice(request)
    context: dict[str, object] = {
        "organisation": organisation,
        "choice": picked,
        "none": queries.NONE,
        "can_start": request.actor.can("assessment.start", organisation.node),
    }
    if picked.assessment is not None:
        found = queries.dossier(request.actor, organisation, picked.assessment, picked.scenario)
        context |= {
            "found": found,
            "evaluated": queries.evaluated(picked.assessment),
            "coverage": narrative.coverage(found),
            "headline": narrative.headline(found),
            "scenario_words": _scenario_words(picked, found),
            "adopted": [row.pk for row in picked.scenarios if queries.is_adopted(row)],
            "previews": _previews(found),
            "address": urlencode(
                {
                    "evaluation": picked.assessment.pk,
                    "scenario": picked.scenario.pk if picked.scenario else queries.NONE,
                }
            ),
        }
    return render(request, "reports/overview.html", context)


def _choice(request: OrganisationRequest) -> queries.Choice:
    return queries.choice(request.organisation, request.GET.get("evaluation", ""), request.GET.get("scenario", ""))


def _scenario_words(picked: queries.Choice, found: Dossier) -> str:
    """What the chosen scenario brings, or why there is none."""
    if not picked.scenarios:
        return "Aucun scénario n'est encore calculé : les documents diront où l'on en est, pas encore quoi faire."
    if picked.scenario is None:
        return "Les documents diront où l'on en est, sans feuille de route."
    if found.plan is None:
        return f"Le scénario « {picked.scenario.name} » est à recalculer : les documents ne diront rien du plan."
    cost = sum(year.spent for year in found.plan.years)
    state = "" if queries.is_adopted(picked.scenario) else " Scénario pas encore adopté."
    return f"{french.counted(len(found.actions), 'action')} pour {french.euros(cost)}.{state}"


def _previews(found: Dossier) -> list[Preview]:
    weaknesses = french.counted(len(found.judgement.weaknesses), "faiblesse")
    strengths = french.counted(len(found.judgement.strengths), "force")
    count = french.counted(len(found.actions), "action")
    plan = [f"la feuille de route ({count}) et son budget par année"] if found.actions else []
    said = [
        Preview(
            "pdf",
            "Le document du conseil",
            "Pour la direction, le directoire, le conseil de surveillance : la première page se lit en cinq minutes.",
            ["la synthèse en une page", f"{strengths} et {weaknesses}", *plan, "ce qui est à décider", "la méthode"],
            "Télécharger le PDF",
        ),
        Preview(
            "docx",
            "La synthèse à compléter",
            "Pour qui doit la reprendre à sa manière : un compte rendu de comité, un dossier de financement.",
            ["la même synthèse", "les axes, les forces et les faiblesses", *plan, "des styles que Word sait changer"],
            "Télécharger le document Word",
        ),
        Preview(
            "xlsx",
            "Tous les chiffres",
            "Pour trier, filtrer et calculer : équipe informatique, qualité, contrôle de gestion.",
            [
                f"les {french.counted(found.judgement.overall.applicable, 'critère')}, leurs niveaux et leurs réponses",
                "les indicateurs mesurés",
                *(
                    ["les actions, leurs coûts et leurs charges", "ce qui a été laissé de côté, et pourquoi"]
                    if plan
                    else []
                ),
            ],
            "Télécharger le classeur",
        ),
    ]
    if found.actions:
        said.append(
            Preview(
                "ics",
                "Les dates, dans un agenda",
                "Pour les responsables d'actions : à ouvrir avec Outlook, Thunderbird ou un téléphone.",
                [f"le début et la fin de {count}", "les échéances imposées"],
                "Télécharger le calendrier",
            )
        )
    return said


@require_GET
@organisation_view("report.make")
def document(request: OrganisationRequest, kind: str) -> HttpResponseBase:
    picked = _choice(request)
    if kind not in actions.KINDS or picked.assessment is None:
        raise Http404
    return download(actions.make(request.actor, request.organisation, kind, picked.assessment, picked.scenario))


@require_GET
@organisation_view("report.make")
def action_calendar(request: OrganisationRequest, action_id: int) -> HttpResponseBase:
    action = roadmaps.actions(request.organisation.node).filter(pk=action_id).first()
    if action is None:
        raise Http404
    referential = referentials.get(action.referential or CARE)
    return download(actions.make_action_calendar(request.actor, request.organisation, action, referential))


def download(made: actions.Document) -> HttpResponse:
    """Given once, to this person, kept nowhere on the way."""
    response = HttpResponse(made.content, content_type=made.media_type)
    response["Content-Disposition"] = f'attachment; filename="{made.name}"'
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
