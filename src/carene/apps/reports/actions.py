# SPDX-License-Identifier: EUPL-1.2
"""Documents are produced here, one verb each, and every production is told in the journal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.text import slugify

from carene.apps.organisations.models import Organisation
from carene.apps.reports import board, queries, rendering
from carene.apps.reports.rendering.apart import rendered
from carene.apps.reports.rendering.direction import dated, payload
from carene.apps.reports.rendering.dossier import Dossier
from carene.core.access.actor import Actor
from carene.core.database.writes import atomic_write
from carene.core.journal.writer import record
from carene.engines.referential.catalogue import CARE
from carene.engines.referential.model import Referential
from carene.engines.sources import InputError

if TYPE_CHECKING:
    from carene.apps.assessments.models import Assessment
    from carene.apps.roadmaps.models import Action, Scenario

RENDERING = rendering.__name__
FONTS = settings.PACKAGE / "ui" / "fonts"
_OFFICE = "application/vnd.openxmlformats-officedocument"


KINDS: dict[str, str] = {
    "pdf": "application/pdf",
    "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    "docx": f"{_OFFICE}.wordprocessingml.document",
    "ics": "text/calendar; charset=utf-8",
}
SIMULATED = frozenset({"pdf", "xlsx"})  # documents that tell what attacks may cost


@dataclass(frozen=True)
class Document:
    name: str
    media_type: str
    content: bytes


def make(
    actor: Actor, organisation: Organisation, kind: str, assessment: Assessment, scenario: Scenario | None
) -> Document:
    """One document of ``KINDS`` (KeyError otherwise), made now. Raises InputError for a calendar without a plan."""
    actor.require("report.make", organisation.node)
    found = queries.dossier(actor, organisation, assessment, scenario, simulated=kind in SIMULATED)
    if kind == "ics" and not found.actions:
        raise InputError("il n'y a aucune action à mettre dans un calendrier", remedy="choisir un scénario calculé")
    content = _render(kind, found)
    told = {"assessment": assessment.pk, "scenario": scenario.pk if scenario else None, "bytes": len(content)}
    with atomic_write():
        record(actor, "report.make", organisation.node, f"report:{kind}", None, told)
    return Document(_name(organisation, found, kind), KINDS[kind], content)


def make_action_calendar(
    actor: Actor, organisation: Organisation, action: Action, referential: Referential
) -> Document:
    """The dates of one action, for the calendar of the person who carries it out."""
    actor.require("report.make", organisation.node)
    found = queries.action_dossier(organisation, action, referential)
    content = _render("ics", found)
    told = {"action": action.pk, "bytes": len(content)}
    with atomic_write():
        record(actor, "report.make", organisation.node, "report:ics", None, told)
    return Document(_name(organisation, found, "ics", f"-action-{action.pk}"), KINDS["ics"], content)


def make_board(actor: Actor, organisation: Organisation) -> Document:
    """The page for those who decide, as PDF."""
    actor.require("report.make", organisation.node)
    found = board.page(actor, organisation)
    content = rendered(f"{RENDERING}.direction:printed", payload(found), dated(found), fonts=FONTS)
    with atomic_write():
        record(actor, "report.make", organisation.node, "report:pdf", None, {"bytes": len(content)})
    where = slugify(organisation.label)[:80] or f"etablissement-{organisation.pk}"
    return Document(f"carene-direction-{where}-{found.prepared_on.isoformat()}.pdf", KINDS["pdf"], content)


# Made in a process of their own: a worker never carries what makes them.
RENDERERS = {"pdf": "pdf:board_pdf", "xlsx": "xlsx:workbook", "docx": "docx:summary_docx"}


def _render(kind: str, found: Dossier) -> bytes:
    if kind == "ics":
        from carene.apps.reports.rendering.ics import calendar_ics

        return calendar_ics(found)
    return rendered(f"{RENDERING}.{RENDERERS[kind]}", found, **({} if kind == "xlsx" else {"fonts": FONTS}))


def _name(organisation: Organisation, found: Dossier, kind: str, detail: str = "") -> str:
    """« carene-ch-de-valmont-2026-11-23.pdf »; what a referential other than ours is about stands in the name."""
    where = slugify(organisation.label)[:80] or f"etablissement-{organisation.pk}"
    about = "" if found.referential.id == CARE else f"-{slugify(found.referential.name)[:40]}"
    return f"carene-{where}{about}{detail}-{found.prepared_on.isoformat()}.{kind}"
