# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from carene.apps.organisations import invitation_views, views

app_name = "organisations"
urlpatterns = [
    path("etablissements/", views.listing, name="list"),
    path("mon-compte/", views.account, name="account"),
    path("o/<int:node_id>/etablissement/", views.profile, name="profile"),
    path("o/<int:node_id>/personnes/", views.members, name="members"),
    path("o/<int:node_id>/personnes/<int:membership_id>/retirer/", views.revoke, name="revoke"),
    path("o/<int:node_id>/personnes/<int:membership_id>/invitation/", invitation_views.invitation, name="invitation"),
    path("o/<int:node_id>/rattacher/", views.add_child, name="add_child"),
    path("o/<int:node_id>/droits/", views.rights, name="rights"),
]
