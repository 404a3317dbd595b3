# SPDX-License-Identifier: EUPL-1.2
"""A draft without fault → the immutable referential."""

from __future__ import annotations

from carene.engines.referential.draft import Draft
from carene.engines.referential.model import (
    Axis,
    Criterion,
    Indicator,
    MaturityStep,
    Measure,
    Objective,
    Raise,
    Referential,
    Sharing,
    SizeBand,
    Source,
    TargetProfile,
    Thresholds,
    When,
)
from carene.engines.referential.schema import (
    CriterionShape,
    IndicatorShape,
    MeasureShape,
    PackShape,
    WhenShape,
)


def build(draft: Draft, pack: PackShape) -> Referential:
    """Criteria come in the order of their objectives, then of their file."""
    objectives = tuple(
        Objective(objective.id, axis.shape.id, objective.title)
        for axis in draft.axes
        for objective in axis.shape.objectives
    )
    order = {objective.id: rank for rank, objective in enumerate(objectives)}
    criteria = [_criterion(entry.shape, pack) for entry in draft.criteria]
    return Referential(
        id=pack.id,
        version=pack.version,
        name=pack.name,
        description=pack.description,
        locale=pack.locale,
        publisher=pack.publisher,
        licence=pack.licence,
        date=pack.date,
        axes=tuple(Axis(a.shape.id, a.shape.title, a.shape.purpose, a.shape.color) for a in draft.axes),
        objectives=objectives,
        criteria=tuple(sorted(criteria, key=lambda c: order[c.objective])),
        indicators=tuple(_indicator(entry.shape) for entry in draft.indicators),
        measures=tuple(_measure(entry.shape, pack) for entry in draft.measures),
        sources={
            key: Source(key, source.title, source.date, source.confidence, source.url)
            for key, source in pack.sources.items()
        },
        types=dict(pack.types),
        bands=tuple(SizeBand(band.id, band.label, band.up_to) for band in pack.sizes.bands),
        ght_roles=dict(pack.ght_roles),
        roles=dict(pack.roles),
        skills=dict(pack.skills),
        attacks=dict(pack.attacks),
        aims=dict(pack.aims),
        profiles=tuple(
            TargetProfile(p.id, p.label, _when(p.when, pack), p.target.socle, p.target.other, p.source)
            for p in pack.profiles
        ),
        steps=tuple(
            MaturityStep(s.id, s.label, s.title, s.meaning, s.socle_level, s.others.level, s.others.share)
            for s in pack.maturity.steps
        ),
        strength_at_least=pack.strengths.at_least,
        sizes_source=pack.sizes.source,
        maturity_source=pack.maturity.source,
        digest=draft.digest,
    )


def _when(shape: WhenShape, pack: PackShape) -> When:
    """Groups of types become the types that they stand for."""
    types = None
    if shape.types is not None:
        types = frozenset(member for name in shape.types for member in pack.type_groups.get(name, [name]))
    return When(
        types=types,
        sizes=None if shape.sizes is None else frozenset(shape.sizes),
        ght=None if shape.ght is None else frozenset(shape.ght),
    )


def _criterion(shape: CriterionShape, pack: PackShape) -> Criterion:
    thresholds = None
    if shape.indicator is not None:
        found = shape.indicator
        thresholds = Thresholds(found.id, dict(sorted(found.levels.items())), found.confidence, found.source)
    refs = {key: tuple(str(item) for item in items) for key, items in shape.refs.model_dump().items() if items}
    return Criterion(
        id=shape.id,
        objective=shape.id.rpartition(".")[0],
        title=shape.title,
        question=shape.question,
        levels=tuple(shape.levels[level] for level in sorted(shape.levels)),
        hint=shape.hint,
        why=shape.why,
        evidence=tuple(shape.evidence),
        who=tuple(shape.who),
        applies=_when(shape.applies, pack),
        weight=shape.weight,
        weights=tuple((_when(rule.when, pack), rule.weight) for rule in shape.weights),
        socle=shape.socle,
        attacks=tuple(shape.attacks),
        aims=tuple(shape.aims),
        thresholds=thresholds,
        review_months=shape.review_months,
        refs=refs,
    )


def _indicator(shape: IndicatorShape) -> Indicator:
    return Indicator(
        id=shape.id,
        title=shape.title,
        unit=shape.unit,
        kind=shape.kind,
        direction=shape.direction,
        definition=shape.definition,
        validity_months=shape.validity_months,
        minimum=shape.minimum,
        maximum=shape.maximum,
        confidentiality=shape.confidentiality,
        source=shape.source,
    )


def _measure(shape: MeasureShape, pack: PackShape) -> Measure:
    sharing = Sharing()
    if shape.sharing is not None:
        sharing = Sharing(shape.sharing.scope, shape.sharing.member_share, shape.sharing.note)
    return Measure(
        id=shape.id,
        title=shape.title,
        summary=shape.summary,
        raises=tuple(Raise(step.criterion, step.start, step.end) for step in shape.raises),
        investment=dict(shape.cost.investment),
        yearly=dict(shape.cost.yearly),
        reasoning=shape.cost.reasoning,
        effort={skill: dict(days) for skill, days in shape.effort.items()},
        months=dict(shape.months),
        requires=tuple(shape.requires),
        excludes=tuple(shape.excludes),
        sharing=sharing,
        quick_win=shape.quick_win,
        how=tuple(shape.how),
        applies=_when(shape.applies, pack),
    )
