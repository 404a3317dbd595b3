# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from carene.apps.organisations import invitation_views, tree_views, views

app_name = "organisations"
urlpatterns = [
    path("etablissements/", views.listing, name="list"),
    path("mon-compte/", views.account, name="account"),
    path("o/<int:node_id>/etablissement/", views.profile, name="profile"),
    path("o/<int:node_id>/personnes/", views.members, name="members"),
    path("o/<int:node_id>/personnes/<int:membership_id>/retirer/", views.revoke, name="revoke"),
    path("o/<int:node_id>/personnes/<int:membership_id>/invitation/", invitation_views.invitation, name="invitation"),
    path("o/<int:node_id>/rattacher/", views.add_child, name="add_child"),
    path("o/<int:node_id>/arbre/", tree_views.tree, name="tree"),
    path("o/<int:node_id>/carte/", tree_views.map_of, name="map"),
    path("o/<int:node_id>/deplacer/", tree_views.move, name="move"),
    path("o/<int:node_id>/fusionner/", tree_views.merge, name="merge"),
    path("o/<int:node_id>/droits/", views.rights, name="rights"),
]
