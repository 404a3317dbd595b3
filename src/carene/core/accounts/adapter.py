# SPDX-License-Identifier: EUPL-1.2
"""How allauth behaves here: nobody signs up by themselves."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

SAID_BY_THE_PAGE = {"account/messages/logged_in.txt", "account/messages/logged_out.txt"}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """Nothing pops up for what one sees anyway: that one has come in, or gone out."""
        if message_template not in SAID_BY_THE_PAGE:
            super().add_message(request, level, message_template, *args, **kwargs)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
