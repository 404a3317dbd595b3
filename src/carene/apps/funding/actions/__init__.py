# SPDX-License-Identifier: EUPL-1.2
"""Every write of funding: one function per verb = permission + transaction + journal."""

from carene.apps.funding.actions.deciding import decide, undecide
from carene.apps.funding.actions.moving import Payment, move, waive
from carene.apps.funding.actions.preparing import (
    add_expense,
    attach,
    attach_new,
    detach,
    fill,
    remove_expense,
    set_measure,
    set_members,
    start,
)
from carene.apps.funding.actions.ruling import add_ceiling, remove_ceiling, remove_setting, set_setting

__all__ = [
    "Payment",
    "add_ceiling",
    "add_expense",
    "attach",
    "attach_new",
    "decide",
    "detach",
    "fill",
    "move",
    "remove_ceiling",
    "remove_expense",
    "remove_setting",
    "set_measure",
    "set_members",
    "set_setting",
    "start",
    "undecide",
    "waive",
]
