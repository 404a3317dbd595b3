# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from carene.apps.observatory import views, views_files

app_name = "observatory"
FIGURE = "indicateurs/<slug:figure>/"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("exporter/<slug:kind>/", views_files.table, name="export"),
    path("donnees-ouvertes/", views_files.open_data, name="open"),
    path("donnees-ouvertes/schema/", views_files.open_schema, name="open_schema"),
    path(FIGURE, views.figure, name="figure"),
    path(f"{FIGURE}exporter/<slug:kind>/", views_files.figure, name="export_figure"),
    path(f"{FIGURE}etablissements/", views.establishments, name="establishments"),
    path(f"{FIGURE}carte/", views.map_page, name="map"),
]
