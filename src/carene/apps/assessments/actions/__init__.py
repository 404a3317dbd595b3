# SPDX-License-Identifier: EUPL-1.2
"""Every write of assessments: one function per verb = permission + transaction + journal."""

from carene.apps.assessments.actions.answers import Conflict, Row, answer, answer_many, undo
from carene.apps.assessments.actions.lifecycle import reopen, start, submit, validate
from carene.apps.assessments.actions.proposals import (
    accept_proposal,
    propose_levels,
    refuse_proposal,
    withdraw_proposals,
)
from carene.apps.assessments.actions.referentials import import_referential
from carene.apps.assessments.actions.sharing import assign, unassign
from carene.apps.assessments.actions.writing import KEEP

__all__ = [
    "KEEP",
    "Conflict",
    "Row",
    "accept_proposal",
    "answer",
    "answer_many",
    "assign",
    "import_referential",
    "propose_levels",
    "refuse_proposal",
    "reopen",
    "start",
    "submit",
    "unassign",
    "undo",
    "validate",
    "withdraw_proposals",
]
