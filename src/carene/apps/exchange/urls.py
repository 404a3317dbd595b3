# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from carene.apps.exchange import observations_views, tokens_views, views

app_name = "exchange"
urlpatterns = [
    path("", views.index, name="index"),
    path("exporter/", views.export, name="export"),
    path("fichiers/<int:draft_id>/", views.answers, name="preview"),
    path("fichiers/<int:draft_id>/abandonner/", views.drop, name="drop"),
    path("indicateurs/", observations_views.send, name="observations"),
    path("indicateurs/modele.<slug:kind>", observations_views.model, name="observations_model"),
    path("indicateurs/<int:draft_id>/", observations_views.preview, name="observations_preview"),
    path("cles/", tokens_views.listing, name="tokens"),
    path("cles/<int:token_id>/revoquer/", tokens_views.revoke, name="token_revoke"),
]
