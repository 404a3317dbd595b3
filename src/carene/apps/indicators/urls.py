# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from carene.apps.indicators import views

app_name = "indicators"
urlpatterns = [
    path("", views.listing, name="list"),
    path("saisir/", views.record, name="record"),
    path("<int:observation_id>/retirer/", views.withdraw, name="withdraw"),
    path("<slug:indicator>/", views.history, name="history"),
]
