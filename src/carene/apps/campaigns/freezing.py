# SPDX-License-Identifier: EUPL-1.2
"""What is kept when a campaign is closed: each participant, the whole, and the comparison with the one before."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from carene.apps.assessments import queries_campaign as assessments
from carene.apps.assessments import referentials
from carene.apps.campaigns.models import Campaign, Closing, Outcome
from carene.apps.campaigns.progress import Board, Line
from carene.core.tenancy.models import Node
from carene.engines.campaigns.figures import counts_by_level, moved, spread
from carene.engines.campaigns.versions import Crossing, change_between, crossing
from carene.engines.referential.model import Referential

BATCH = 500


def outcomes(closing: Closing, found: Board) -> list[Outcome]:
    """Unsaved; one for each participant, closed ones included. Two queries."""
    lines = [*found.lines, *found.shut]
    handed = [line.assessment for line in lines if line.handed and line.assessment is not None]
    summaries, levels = assessments.summaries(handed), assessments.levels(handed)
    return [_outcome(closing, line, summaries, levels) for line in lines]


def _outcome(
    closing: Closing, line: Line, summaries: Mapping[int, dict[str, Any]], levels: Mapping[int, dict[str, int]]
) -> Outcome:
    kept = summaries.get(line.assessment or 0) if line.handed else None
    return Outcome(
        closing=closing,
        node_id=line.node,
        name=line.name,
        group=line.group_name,
        type=line.type,
        state=line.state,
        handed_on=line.handed_on,
        late=line.late,
        step=kept["step"] if kept else None,
        overall=kept["overall"]["score"] if kept else None,
        coverage=kept["overall"]["coverage"] if kept else None,
        axes={axis["id"]: axis["score"] for axis in kept["axes"]} if kept else {},
        levels=levels.get(line.assessment or 0, {}) if kept else {},
    )


def figures(campaign: Campaign, rows: Sequence[Outcome]) -> dict[str, Any]:
    """JSON: ``asked``, ``handed``, ``late``, ``steps`` (step → how many), ``axes`` (id → spread), ``overall``,
    ``criteria`` (id → level → how many), ``questions`` (id → [title, axis])."""
    referential = referentials.get(campaign.referential)
    given = [row for row in rows if row.coverage is not None]
    axes = [axis.id for axis in referential.axes]
    return {
        "asked": len(rows),
        "handed": len(given),
        "late": sum(row.late for row in rows),
        "steps": {str(one.id): sum(row.step == one.id for row in given) for one in referential.steps},
        "overall": asdict(spread([row.overall for row in given if row.overall is not None])),
        "axes": {
            key: asdict(spread([row.axes[key] for row in given if row.axes.get(key) is not None])) for key in axes
        },
        "axis_titles": {axis.id: axis.title for axis in referential.axes},
        "criteria": {
            key: {str(level): count for level, count in counts.items()}
            for key, counts in counts_by_level(row.levels for row in given).items()
        },
        "questions": {one.id: [one.title, axis_of(referential, one.id)] for one in referential.criteria},
        "version": campaign.version,
    }


def axis_of(referential: Referential, criterion: str) -> str:
    return referential.objective[referential.criterion[criterion].objective].axis


def before(campaign: Campaign) -> Closing | None:
    """The last closing of the campaign of the same place and referential that began before this one."""
    rows = Closing.objects.filter(
        campaign__node=campaign.node, campaign__referential=campaign.referential, campaign__state=Campaign.State.CLOSED,
        campaign__starts_on__lt=campaign.starts_on,
    )  # fmt: skip
    return rows.select_related("campaign").order_by("-campaign__starts_on", "-campaign_id", "-number").first()


def comparison(
    campaign: Campaign, rows: Sequence[Outcome], known: dict[str, Any], place: Node
) -> dict[str, Any] | None:
    """JSON, None when there is no closed campaign to compare with: means of those that answered both times, question by
    question and axis by axis, and what cannot be compared."""
    past = before(campaign)
    if past is None:
        return None
    earlier = Outcome.objects.below(place).filter(closing=past).order_by("id")
    old = {node: levels for node, levels in earlier.values_list("node_id", "levels") if levels}
    new = {row.node_id: row.levels for row in rows if row.levels}
    old_questions = {key: title for key, (title, _) in past.figures["questions"].items()}
    questions = {key: title for key, (title, _) in known["questions"].items()}
    change = change_between(campaign.referential, past.campaign.version, campaign.version)
    crossed = crossing(old_questions, questions, change)
    lines, both = moved(old, new, crossed)
    axes: dict[str, list[tuple[float, float]]] = {}
    for line in lines:
        axes.setdefault(known["questions"][line.new[0]][1], []).append((line.before, line.after))
    return {
        "with": past.campaign.title,
        "closing": past.pk,
        "versions": [past.campaign.version, campaign.version],
        "both": both,
        "lines": [asdict(line) for line in lines],
        "axes": {
            key: [statistics.fmean(old_ for old_, _ in pairs), statistics.fmean(new_ for _, new_ in pairs), len(pairs)]
            for key, pairs in axes.items()
        },
        **_said(crossed, old_questions, questions),
    }


def _said(crossed: Crossing, old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, Any]:
    return {
        "compared": crossed.compared,
        "total": len(new),
        "declared": crossed.declared,
        "dropped": [[key, old[key]] for key in crossed.dropped],
        "new": [[key, new[key]] for key in crossed.new],
        "changed": [[key, new[key], why] for key, why in crossed.changed.items()],
    }
