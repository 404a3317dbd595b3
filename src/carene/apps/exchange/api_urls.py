# SPDX-License-Identifier: EUPL-1.2
"""Addresses of the API. It answers 401 by itself: the pages' redirection to the sign-in form is not for machines."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path

from carene.apps.exchange.api import api

_patterns, _app, _namespace = api.urls
for _pattern in _patterns:
    assert _pattern.callback is not None
    login_not_required(_pattern.callback)  # marks the view; the decorator returns it unchanged

urlpatterns = [path("", (_patterns, _app, _namespace))]
