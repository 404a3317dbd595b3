# SPDX-License-Identifier: EUPL-1.2
"""Template context shared by every page."""

from typing import Any

from django.http import HttpRequest

from carene.ui.shell import Shell


def shell(request: HttpRequest) -> dict[str, Any]:
    return {"shell": Shell(request)}
