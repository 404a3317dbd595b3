# SPDX-License-Identifier: EUPL-1.2
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _fresh_limits(db: None) -> Iterator[None]:
    """Rate limits of one test are not those of the next."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def sign_in(client: Any) -> Any:
    """``sign_in(user)`` → a client that came in by the page, with its password."""

    def make(user: Any, password: str = "mot-de-passe-de-test") -> Any:
        response = client.post("/compte/login/", {"login": user.email, "password": password})
        assert response.status_code == 302, response.content.decode()[:2000]
        return client

    return make
