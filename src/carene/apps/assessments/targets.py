# SPDX-License-Identifier: EUPL-1.2
"""How the journal names what was written here."""

from __future__ import annotations

import hashlib

LONGEST = 120  # of a target in the journal


def assessment_target(assessment_id: int) -> str:
    return f"assessment:{assessment_id}"


def answer_target(assessment_id: int, criterion: str) -> str:
    """``answer:12:GOV.1.1``; the identifier of an imported framework may be too long, its digest stands for it then."""
    target = f"answer:{assessment_id}:{criterion}"
    if len(target) <= LONGEST:
        return target
    return f"answer:{assessment_id}:sha256-{hashlib.sha256(criterion.encode()).hexdigest()}"
