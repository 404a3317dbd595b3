# SPDX-License-Identifier: EUPL-1.2
"""Addresses of the account that allauth has not."""

from django.urls import path

from carene.core.accounts import views

app_name = "accounts"
urlpatterns = [
    path("compte/invitation/", views.invitation, name="invitation"),
    path("compte/invitation/<str:token>/", views.invitation, name="invitation_link"),
    path("compte/second-facteur/", views.demand, name="second_factor"),
    path("compte/sessions/<int:session_id>/fermer/", views.end_session, name="end_session"),
]
