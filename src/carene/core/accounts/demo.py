# SPDX-License-Identifier: EUPL-1.2
"""People of the demonstration, shown on the sign-in page when the server was started for it."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from carene.core.accounts.models import User

MARK = "demonstration"  # file in the data folder: this database holds invented data only
PASSWORD = "carene-demonstration"
DOMAIN = "demo.invalid"  # a domain that can never exist


def is_demo() -> bool:
    return Path(settings.VAR, MARK).exists()


def people(request: HttpRequest) -> dict[str, Any]:
    """Context processor: nothing outside the sign-in page of a demonstration."""
    match = request.resolver_match
    if not match or match.view_name != "account_login" or not is_demo():
        return {}
    rows = User.objects.filter(is_active=True, email__endswith=f"@{DOMAIN}").order_by("pk")[:12]
    return {"demo": list(rows), "demo_password": PASSWORD}
