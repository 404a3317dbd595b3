# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from carene.ui import views

app_name = "ui"
urlpatterns = [path("", views.gallery, name="gallery")]
