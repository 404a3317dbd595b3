# SPDX-License-Identifier: EUPL-1.2
"""What governance measures, published as observations. Called by the actions, inside their transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.utils import timezone

from carene.apps.governance import queries
from carene.apps.governance.models import Budget
from carene.apps.indicators import actions as indicators
from carene.apps.indicators import queries as observations
from carene.apps.organisations.models import Organisation
from carene.core.access.actor import Actor
from carene.engines.exchange.questionnaire import Measured
from carene.engines.governance.ratios import Ratio, cyber_share, digital_share
from carene.engines.referential.catalogue import care

SOURCE = "Gouvernance de l'établissement"


def budget(actor: Actor, organisation: Organisation, row: Budget) -> None:
    """Shares of the year that is closed; a voted budget is a promise, not a measure."""
    if row.stage != Budget.Stage.EXECUTED:
        return
    shares = {"budget_numerique_pct": digital_share(row.money), "budget_cyber_pct": cyber_share(row.money)}
    _publish(actor, organisation, dt.date(row.year, 12, 31), f"{SOURCE}, budget {row.year} exécuté", shares)


def staff(actor: Actor, organisation: Organisation) -> None:
    _today(actor, organisation, "équipe", queries.staff_figures(organisation))


def committees(actor: Actor, organisation: Organisation) -> None:
    today = timezone.localdate()
    _today(actor, organisation, "instances", queries.committee_figures(organisation.node, today))


def duties(actor: Actor, organisation: Organisation) -> None:
    share = queries.in_time(queries.duties(organisation, timezone.localdate()))
    _today(actor, organisation, "obligations", {"obligations_a_jour_pct": share})


def _today(actor: Actor, organisation: Organisation, part: str, values: Mapping[str, Ratio]) -> None:
    _publish(actor, organisation, timezone.localdate(), f"{SOURCE}, {part}", values)


def _publish(actor: Actor, organisation: Organisation, day: dt.date, source: str, values: Mapping[str, Ratio]) -> None:
    """Replaces what was published for that day; a value that cannot be computed any more, or that no one would
    believe (see ``publishable``), is taken back."""
    # The right was asked for what the figure comes from; the figure only follows.
    publisher = Actor(actor.user, actor.grants, actor.origin, actor.address, everywhere=True)
    items, gone = [], []
    for key, ratio in values.items():
        if publishable(key, ratio):
            assert ratio.value is not None
            items.append(Measured(key, round(ratio.value, 2), day, source))
        else:
            gone.append(key)
    if items:
        indicators.record_many(publisher, organisation, items, replace=True)
    for key in gone:
        rows = observations.listing(organisation.node, key, since=day).filter(observed_on=day)
        for row in rows.filter(source__startswith=SOURCE):
            indicators.withdraw(publisher, organisation, row.pk, reason="ne se calcule plus")


def publishable(indicator: str, ratio: Ratio) -> bool:
    """Within the bounds that the indicator gives for a plausible value."""
    known = care().indicator[indicator]
    value = ratio.value
    return (
        value is not None
        and (known.minimum is None or value >= known.minimum)
        and (known.maximum is None or value <= known.maximum)
    )
