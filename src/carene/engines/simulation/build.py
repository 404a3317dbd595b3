# SPDX-License-Identifier: EUPL-1.2
"""A checked draft → the model."""

from __future__ import annotations

from collections.abc import Mapping

from carene.engines.referential.model import Referential, Source, When
from carene.engines.simulation.draft import Draft, Listed, Part, lists_of
from carene.engines.simulation.model import (
    Activity,
    Attack,
    Barrier,
    Channel,
    Exposure,
    Law,
    Model,
    Money,
    Origin,
    Place,
    Prior,
    Recovery,
    Revenue,
    Scale,
    Sized,
    Stage,
    Uncertain,
)
from carene.engines.simulation.schema import (
    AmountShape,
    AttackShape,
    BandsShape,
    BarrierShape,
    ListShape,
    OriginShape,
    PackShape,
    PassShape,
    RangeShape,
)

BANDS = ("xs", "s", "m", "l", "xl")


def build(draft: Draft, referential: Referential, digest: str) -> Model:
    """``draft`` has passed every check."""
    pack = draft.pack.shape
    return Model(
        id=pack.id,
        version=pack.version,
        referential=pack.referential,
        attacks=tuple(_attack(part) for part in draft.attacks),
        places=tuple(_place(listed) for listed in draft.lists()),
        overlap=_bounded(pack.overlap),
        tide=_ratio(pack.tide),
        priors=tuple(Prior(_when(p.when.types), tuple(p.shares), _origin(p)) for p in pack.priors),
        exposure=Scale(pack.exposure.by_type, pack.exposure.by_size, _origin(pack.exposure)),
        activity=Activity(_bounded(pack.activity.first_day), pack.activity.exponent.value, pack.activity.by_type),
        revenue=Revenue(_bounded(pack.revenue.share), pack.revenue.budget),
        sources=_sources(pack),
        silent={item.criterion: item.reason for item in pack.silent},
        applies={criterion.id: criterion.applies for criterion in referential.criteria},
        digest=digest,
    )


def _origin(shape: OriginShape) -> Origin:
    return Origin(shape.source, shape.confidence, shape.reason)


def _uncertain(shape: RangeShape | PassShape, law: Law) -> Uncertain:
    return Uncertain(shape.value, shape.low, shape.high, law, _origin(shape))


def _ratio(shape: RangeShape) -> Uncertain:
    return _uncertain(shape, "ratio")


def _bounded(shape: RangeShape | PassShape) -> Uncertain:
    return _uncertain(shape, "bounded")


def _bands(shape: BandsShape) -> Mapping[str, float]:
    return {band: float(getattr(shape, band)) for band in BANDS}


def _sized(shape: AmountShape) -> Sized:
    return Sized(_bands(shape), Uncertain(1.0, shape.low, shape.high, "ratio", _origin(shape)))


def _place(listed: Listed) -> Place:
    return Place(listed.id, listed.title, tuple(_barrier(b, listed.shape) for b, _ in listed.barriers()))


def _barrier(shape: BarrierShape, inside: ListShape) -> Barrier:
    source, confidence = shape.source or inside.source, shape.confidence or inside.confidence
    assert source is not None  # checked
    assert confidence is not None
    low, high = shape.between
    return Barrier(
        shape.criterion, shape.label, tuple(shape.stops), low, high, Origin(source, confidence, shape.reason)
    )


def _attack(part: Part[AttackShape]) -> Attack:
    shape = part.shape
    own = {listed.steps: listed.id for listed in lists_of(part) if listed.shape.barriers}
    at = {key: (value,) for key, value in own.items()}
    exposure = shape.exposure
    return Attack(
        id=shape.id,
        title=shape.title,
        success=shape.success,
        channels=tuple(
            Channel(
                id=channel.id,
                title=channel.title,
                rate=_ratio(channel.rate),
                passes=_bounded(channel.passes),
                places=(*channel.use, *at.get(("channels", rank), ())),
                skips=tuple(channel.skips),
                scope=1.0 if channel.scope is None else channel.scope.value,
                closed_without=channel.closed_without or "",
            )
            for rank, channel in enumerate(shape.channels)
        ),
        stages=tuple(
            Stage(stage.id, stage.title, _bounded(stage.passes), (*stage.use, *at.get(("stages", rank), ())))
            for rank, stage in enumerate(shape.stages)
        ),
        recovery=Recovery(
            days=_ratio(shape.recovery.days),
            by_size=_bands(shape.recovery.by_size),
            spread=_bounded(shape.recovery.spread),
            activity=_bounded(shape.recovery.activity),
            own=at.get(("recovery",), ()),
            shared=tuple(shape.recovery.use),
        ),
        money=Money(
            _sized(shape.money.fixed),
            _sized(shape.money.per_day),
            None if shape.money.per_record is None else _ratio(shape.money.per_record),
        ),
        exposure=None
        if exposure is None
        else Exposure(_sized(exposure.records), (*exposure.use, *at.get(("exposure",), ()))),
    )


def _when(types: list[str] | None) -> When:
    return When(types=None if types is None else frozenset(types))


def _sources(pack: PackShape) -> Mapping[str, Source]:
    return {key: Source(key, s.title, s.date, s.confidence, s.url) for key, s in pack.sources.items()}
