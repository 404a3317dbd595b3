# SPDX-License-Identifier: EUPL-1.2
"""Every write of roadmaps: one function per verb = permission + transaction + journal."""

from carene.apps.roadmaps.actions.adoption import adopt
from carene.apps.roadmaps.actions.carrying import comment, create_action, drop, finish, reopen, start, update_action
from carene.apps.roadmaps.actions.errors import Conflict
from carene.apps.roadmaps.actions.scenarios import (
    change_means,
    compute,
    create_scenario,
    delete_scenario,
    duplicate_scenario,
    rename_scenario,
    restore_scenario,
    set_override,
    set_wish,
    undo_wish,
)

__all__ = [
    "Conflict",
    "adopt",
    "change_means",
    "comment",
    "compute",
    "create_action",
    "create_scenario",
    "delete_scenario",
    "drop",
    "duplicate_scenario",
    "finish",
    "rename_scenario",
    "reopen",
    "restore_scenario",
    "set_override",
    "set_wish",
    "start",
    "undo_wish",
    "update_action",
]
