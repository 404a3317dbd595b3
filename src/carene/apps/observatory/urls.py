# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from carene.apps.observatory import views, views_files, views_targets

app_name = "observatory"
FIGURE = "indicateurs/<slug:figure>/"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("exporter/<slug:kind>/", views_files.table, name="export"),
    path("niveaux/", views.levels, name="levels"),
    path("donnees-ouvertes/", views_files.open_data, name="open"),
    path("donnees-ouvertes/schema/", views_files.open_schema, name="open_schema"),
    path(FIGURE, views.figure, name="figure"),
    path(f"{FIGURE}exporter/<slug:kind>/", views_files.figure, name="export_figure"),
    path(f"{FIGURE}etablissements/", views.establishments, name="establishments"),
    path(f"{FIGURE}carte/", views.map_page, name="map"),
    path(f"{FIGURE}cible/", views_targets.target, name="target"),
    path(f"{FIGURE}cible/retirer/", views_targets.remove_target, name="remove_target"),
]
