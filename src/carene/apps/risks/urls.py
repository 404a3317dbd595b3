# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from carene.apps.risks import views

app_name = "risks"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("essai/", views.trial, name="trial"),
    path("plan/", views.compare, name="compare"),
    path("plan/<int:scenario_id>/", views.plan, name="plan"),
    path("direction/", views.board, name="board"),
    path("parametres/", views.parameters, name="parameters"),
]
