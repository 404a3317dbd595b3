# SPDX-License-Identifier: EUPL-1.2
"""Reading pages in tests."""

from __future__ import annotations

import html
from typing import Any


def plain(response: Any) -> str:
    """Content of a response with its entities resolved and every space an ordinary one."""
    text = html.unescape(response.content.decode())
    return " ".join(text.replace("\u202f", " ").replace("\xa0", " ").split())
