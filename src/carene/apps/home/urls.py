# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from carene.apps.home import views

app_name = "home"
urlpatterns = [
    path("", views.start, name="start"),
    path("o/<int:node_id>/", views.home, name="home"),
    path("o/<int:node_id>/synthese/", views.summary, name="summary"),
]
