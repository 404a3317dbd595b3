# SPDX-License-Identifier: EUPL-1.2
"""The policy as a page that a director can read: who reads how far, who may do what, and who that is here."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from carene.apps.organisations import queries as organisations
from carene.apps.organisations.queries_people import held
from carene.apps.organisations.scope import OrganisationRequest, organisation_view
from carene.apps.sharing import queries
from carene.apps.sharing.views import line
from carene.core.access.policy import (
    LEVEL_HELP,
    LEVELS,
    POLICY,
    READS,
    ROLE_HELP,
    ROLE_LEVELS,
    ROLES,
    SUBJECTS,
    VERBS,
)
from carene.engines import french


@dataclass(frozen=True)
class Line:
    """A verb: what it lets one do, of which level it is (empty: it writes), for each role, yes or no.

    ``who`` says the same in words, where there is no room for columns.
    """

    label: str
    level: str
    cells: tuple[bool, ...]
    who: str


def table() -> list[tuple[str, list[Line]]]:
    """Every verb of the policy, by subject, in the order of the page."""
    return [
        (subject, [_line(verb) for verb in VERBS if verb.partition(".")[0] in words])
        for subject, words in SUBJECTS.items()
    ]


def _line(verb: str) -> Line:
    cells = tuple(verb in POLICY[role] for role in ROLES)
    who = french.listing(ROLES[role] for role, yes in zip(ROLES, cells, strict=True) if yes)
    return Line(french.capitalised(VERBS[verb]), LEVELS.get(READS.get(verb, ""), ""), cells, who)


@require_GET
@organisation_view("members.view")
def rights(request: OrganisationRequest) -> HttpResponse:
    organisation, today = request.organisation, timezone.localdate()
    rows = groupby(organisations.members(organisation.node), key=lambda membership: membership.user)
    order = list(LEVELS)
    context = {
        "organisation": organisation,
        "roles": list(ROLES.values()),
        "reach": [
            (
                label,
                ROLE_HELP[role],
                [(LEVELS[level], order.index(level) <= order.index(ROLE_LEVELS[role])) for level in order],
            )
            for role, label in ROLES.items()
        ],
        "levels": [(label, LEVEL_HELP[level]) for level, label in LEVELS.items()],
        "table": table(),
        "people": [(user, [held(row, organisation) for row in given]) for user, given in rows],
        "shares": [line(share, organisation) for share in queries.open_shares(organisation.node, today)],
    }
    return render(request, "sharing/rights.html", context)
