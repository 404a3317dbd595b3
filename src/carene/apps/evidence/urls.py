# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from carene.apps.evidence import views

app_name = "evidence"
urlpatterns = [
    path("", views.listing, name="list"),
    path("a-etayer/", views.unsupported, name="unsupported"),
    path("ajouter/", views.add, name="add"),
    path("<int:evidence_id>/modifier/", views.edit, name="edit"),
    path("<int:evidence_id>/fichier/", views.download, name="download"),
    path("<int:evidence_id>/retirer/", views.remove, name="remove"),
    path("<int:evidence_id>/retablir/", views.restore, name="restore"),
]
