# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from carene.apps.history import views

app_name = "history"
urlpatterns = [
    path("", views.listing, name="list"),
    path("exporter/<slug:kind>/", views.export, name="export"),
]
