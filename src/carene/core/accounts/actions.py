# SPDX-License-Identifier: EUPL-1.2
"""What people do to their own account."""

from carene.core.access.actor import Actor
from carene.core.database.writes import atomic_write
from carene.core.journal.writer import record


def update_self(actor: Actor, *, name: str, function: str) -> None:
    """Changes one's own name and function."""
    user = actor.user
    assert user is not None
    before = {"name": user.name, "function": user.function}
    user.name, user.function = name.strip(), function.strip()
    with atomic_write():
        user.save(update_fields=["name", "function"])
        record(actor, "account.update", None, f"user:{user.pk}", before, {"name": user.name, "function": user.function})
