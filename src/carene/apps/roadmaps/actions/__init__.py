# SPDX-License-Identifier: EUPL-1.2
"""Every write of roadmaps: one function per verb = permission + transaction + journal."""

from carene.apps.roadmaps.actions.adoption import adopt
from carene.apps.roadmaps.actions.carrying import comment, create_action, drop, finish, reopen, start, update_action
from carene.apps.roadmaps.actions.errors import Conflict
from carene.apps.roadmaps.actions.group import (
    accept_part,
    decline_part,
    forget_plan,
    give_parts,
    keep_found,
    launch,
    plan_together,
    stop_together,
)
from carene.apps.roadmaps.actions.other_means import make_prudent, make_with_budget, try_other_means
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
from carene.apps.roadmaps.actions.searching import make_of_found, put_aside, search, stop, take_back

__all__ = [
    "Conflict",
    "accept_part",
    "adopt",
    "change_means",
    "comment",
    "compute",
    "create_action",
    "create_scenario",
    "decline_part",
    "delete_scenario",
    "drop",
    "duplicate_scenario",
    "finish",
    "forget_plan",
    "give_parts",
    "keep_found",
    "launch",
    "make_of_found",
    "make_prudent",
    "make_with_budget",
    "plan_together",
    "put_aside",
    "rename_scenario",
    "reopen",
    "restore_scenario",
    "search",
    "set_override",
    "set_wish",
    "start",
    "stop",
    "stop_together",
    "take_back",
    "try_other_means",
    "undo_wish",
    "update_action",
]
