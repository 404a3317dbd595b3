# SPDX-License-Identifier: EUPL-1.2
"""Every address. Pages of an organisation live below ``o/<node_id>/`` and go through ``organisation_view``."""

from django.urls import include, path

ORGANISATION = "o/<int:node_id>/"

urlpatterns = [
    path("", include("carene.apps.home.urls")),
    path("compte/", include("carene.core.accounts.allauth_urls")),
    path("", include("carene.core.accounts.urls")),
    path("", include("carene.apps.organisations.urls")),
    path(f"{ORGANISATION}auto-evaluation/", include("carene.apps.assessments.urls")),
    path(f"{ORGANISATION}echanges/", include("carene.apps.exchange.urls")),
    path(f"{ORGANISATION}indicateurs/", include("carene.apps.indicators.urls")),
    path(f"{ORGANISATION}preuves/", include("carene.apps.evidence.urls")),
    path(f"{ORGANISATION}risques/", include("carene.apps.risks.urls")),
    path(f"{ORGANISATION}feuille-de-route/", include("carene.apps.roadmaps.urls")),
    path(f"{ORGANISATION}gouvernance/", include("carene.apps.governance.urls")),
    path(f"{ORGANISATION}ressources/", include("carene.apps.resources.urls")),
    path(f"{ORGANISATION}observatoire/", include("carene.apps.observatory.urls")),
    path(f"{ORGANISATION}financements/", include("carene.apps.funding.urls")),
    path(f"{ORGANISATION}campagnes/", include("carene.apps.campaigns.urls")),
    path(f"{ORGANISATION}rapports/", include("carene.apps.reports.urls")),
    path(ORGANISATION, include("carene.apps.sharing.urls")),
    path(f"{ORGANISATION}journal/", include("carene.apps.history.urls")),
    path("api/", include("carene.apps.exchange.api_urls")),
    path("galerie/", include("carene.ui.urls")),
]

handler400 = "carene.ui.errors.malformed"
handler404 = "carene.ui.errors.absent"
handler500 = "carene.ui.errors.broken"
