# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from carene.apps.reports import board_views, views

app_name = "reports"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("document.<slug:kind>", views.document, name="document"),
    path("direction/", board_views.page, name="board"),
    path("direction.pdf", board_views.pdf, name="board_pdf"),
    path("action/<int:action_id>/calendrier.ics", views.action_calendar, name="action_calendar"),
]
