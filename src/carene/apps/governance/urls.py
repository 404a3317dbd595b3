# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from carene.apps.governance import duty_views, section_views, views

app_name = "governance"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("budget/", views.budget, name="budget"),
    path("budget/profil/", views.budget_to_profile, name="budget_to_profile"),
    path("budget/<int:year>/<slug:stage>/", views.edit_budget, name="edit_budget"),
    path("equipe/", views.staff, name="staff"),
    path("instances/", views.committees, name="committees"),
    path("decisions/<int:decision_id>/realiser/", views.carry_out, name="carry_out"),
    path("engagements/", views.commitments, name="commitments"),
    path("documents/", views.policies, name="policies"),
    path("obligations/", duty_views.listing, name="duties"),
    path("obligations/nis2/", duty_views.nis2, name="nis2"),
    path("obligations/mois/", duty_views.month, name="month"),
    path("obligations/calendrier.ics", duty_views.file, name="ics"),
    path("obligations/<slug:duty>/", duty_views.duty, name="duty"),
    *section_views.addresses(),
]
