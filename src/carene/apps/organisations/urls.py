# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from carene.apps.organisations import (
    invitation_views,
    map_views,
    people_views,
    profile_views,
    registers_views,
    services_views,
    suggestions,
    tree_views,
    views,
)

app_name = "organisations"
urlpatterns = [
    path("etablissements/", views.listing, name="list"),
    path("etablissements/suggestions/", suggestions.suggest, name="suggest"),
    path("mon-compte/", views.account, name="account"),
    path("o/<int:node_id>/etablissement/", profile_views.profile, name="profile"),
    path("o/<int:node_id>/personnes/", people_views.members, name="members"),
    path("o/<int:node_id>/personnes/<int:membership_id>/retirer/", people_views.revoke, name="revoke"),
    path("o/<int:node_id>/personnes/<int:membership_id>/invitation/", invitation_views.invitation, name="invitation"),
    path("o/<int:node_id>/personnes/<int:membership_id>/dates/", people_views.dates, name="dates"),
    path("o/<int:node_id>/rattacher/", views.add_child, name="add_child"),
    path("o/<int:node_id>/arbre/", tree_views.tree, name="tree"),
    path("o/<int:node_id>/carte/", map_views.map_of, name="map"),
    path("o/<int:node_id>/deplacer/", tree_views.move, name="move"),
    path("o/<int:node_id>/fusionner/", tree_views.merge, name="merge"),
    path("o/<int:node_id>/fermer/", tree_views.close, name="close"),
    path("o/<int:node_id>/registres/", registers_views.listing, name="registers"),
    path("o/<int:node_id>/services-mutualises/", services_views.listing, name="services"),
    path("o/<int:node_id>/services-mutualises/ajouter/", services_views.edit, name="add_service"),
    path("o/<int:node_id>/services-mutualises/<int:service_id>/", services_views.edit, name="edit_service"),
    path("o/<int:node_id>/services-mutualises/<int:service_id>/retirer/", services_views.remove, name="remove_service"),
    path(
        "o/<int:node_id>/services-mutualises/<int:service_id>/retablir/",
        services_views.restore,
        name="restore_service",
    ),
    path("o/<int:node_id>/services-mutualises/exporter/<slug:kind>/", services_views.export, name="export_services"),
]
