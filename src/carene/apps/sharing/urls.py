# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from carene.apps.sharing import rights_views, views

app_name = "sharing"
urlpatterns = [
    path("partages/", views.listing, name="list"),
    path("partages/demander/", views.ask, name="ask"),
    path("partages/<int:share_id>/reprendre/", views.revoke, name="revoke"),
    path("partages/demandes/<int:request_id>/accepter/", views.accept, name="accept"),
    path("partages/demandes/<int:request_id>/refuser/", views.refuse, name="refuse"),
    path("partages/demandes/<int:request_id>/retirer/", views.withdraw, name="withdraw"),
    path("droits/", rights_views.rights, name="rights"),
]
