#!/usr/bin/env python
# SPDX-License-Identifier: EUPL-1.2
"""Writes docs/reference/openapi.json anew: run it when the API changed on purpose, and read the difference."""

import os
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "carene.config.settings_test")
django.setup()

from carene.apps.exchange.api import openapi_text  # noqa: E402 - Django must be ready first

target = Path(__file__).resolve().parents[1] / "docs" / "reference" / "openapi.json"
target.write_text(openapi_text(), encoding="utf-8")
