# SPDX-License-Identifier: EUPL-1.2
"""Taking in registers of establishments."""

from __future__ import annotations

from collections.abc import Iterable

from carene.apps.organisations.imports.apply import Writer
from carene.apps.organisations.imports.plan import Choice, Plan, Progress, make_plan
from carene.apps.organisations.models import Organisation
from carene.core.access.actor import Actor
from carene.engines.registers.records import Account, Record


def import_registers(
    actor: Actor,
    records: Iterable[Record],
    *,
    under: Organisation,
    account: Account,
    source: str,
    whole: bool,
    dry_run: bool = False,
    choice: Choice | None = None,
    progress: Progress = lambda _what, _share: None,
) -> Plan:
    """Compares the registers with what stands below ``under`` (a nation or a region), then applies the difference.

    ``records`` are drawn once; ``account`` is the one that their reading fills; ``whole`` tells that what they do not
    hold no longer exists; ``source`` names them in the history. ``dry_run`` compares and writes nothing. Importing the
    same files twice changes nothing the second time. What people typed is kept.

    Raises InputErrors (faulty lines), InputError (too much is missing, wrong place), PermissionDenied.
    """
    actor.require("organisation.manage", under.node)
    plan = make_plan(under, records, account, source=source, whole=whole, choice=choice or Choice(), progress=progress)
    if not dry_run:
        Writer(actor, plan, progress).write()
    return plan
