# SPDX-License-Identifier: EUPL-1.2
"""A GHT of a hundred establishments that validated an assessment: the page that puts their levels side by side."""

from __future__ import annotations

from typing import Any

NAME = "GHT de mesure"
COUNT, SHAPES = 100, 5


def group_of_hundred() -> Any:
    """Made once in a database; five establishments answer through the ordinary actions, the others hold copies."""
    from django.utils import timezone

    from carene.apps.assessments import actions
    from carene.apps.assessments.models import Assessment
    from carene.apps.organisations import actions as organisations
    from carene.apps.organisations.models import Organisation
    from carene.core.access.actor import Actor
    from carene.engines.referential.catalogue import care

    every = Organisation.objects.unscoped("bench").select_related("node")
    known = every.filter(kind="ght", name=NAME).first()
    if known:
        return known
    system = Actor.system()
    region = every.filter(kind="region").order_by("pk")[0]
    group = organisations.create(system, region, kind="ght", name=NAME)
    places = [
        organisations.create(system, group, kind="entity", name=f"Établissement de mesure {rank:03}", type="ch")
        for rank in range(COUNT)
    ]
    made = []
    for rank, place in enumerate(places[:SHAPES]):
        row = actions.start(system, place)
        levels = [(one.id, (n + rank) % SHAPES, False, "", "") for n, one in enumerate(care().criteria)]
        actions.answer_many(system, place, row, levels)
        actions.submit(system, place, row)
        made.append(actions.validate(system, place, row) or Assessment.objects.of(place.node).get(pk=row.pk))
    copies = [_copy(made[rank % SHAPES], place, timezone.now()) for rank, place in enumerate(places[SHAPES:])]
    Assessment.objects.unscoped("bench").bulk_create(copies)
    return group


def _copy(row: Any, place: Any, now: Any) -> Any:
    from carene.apps.assessments.models import Assessment

    kept = ("referential", "referential_version", "title", "state", "validated_at", "result", "summary")
    return Assessment(node=place.node, started_at=now, **{name: getattr(row, name) for name in kept})
