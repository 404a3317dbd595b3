# SPDX-License-Identifier: EUPL-1.2
"""What the fictional region asks: a campaign closed a year ago, another one that is open."""

from __future__ import annotations

from collections.abc import Iterator

from carene.apps.campaigns import actions, actions_people, queries
from carene.apps.campaigns.actions import Wanted
from carene.apps.demonstration.clock import Clock, Story
from carene.apps.organisations.models import Organisation
from carene.core.access.actor import Actor
from carene.engines.campaigns.pack import proposed

LAST, NOW = (430, 350), (40, -20)  # first and last day, in days ago
MESSAGE = (
    "Nous préparons avec vous le plan régional de l'an prochain. Une auto-évaluation soumise à votre direction suffit "
    ": nous n'en lisons que la synthèse."
)


def stories(clock: Clock, places: dict[str, Organisation], people: dict[str, Actor]) -> Iterator[Story]:
    yield _last(clock, places, people["region"])
    yield _now(clock, places, people)


def _prepared(clock: Clock, region: Organisation, by: Actor, days: tuple[int, int], title: str) -> tuple[int, int]:
    first, last = (clock.day_in(-ago) for ago in days)
    wanted = Wanted(title, first, last, message=MESSAGE, reminders=proposed().reminders)
    row = actions.create(by, region, wanted)
    opened = actions.launch(by, region, row.pk, revision=row.revision)
    return opened.pk, opened.revision


def _last(clock: Clock, places: dict[str, Organisation], by: Actor) -> Story:
    region = places["region"]
    yield LAST[0]
    pk, revision = _prepared(clock, region, by, LAST, "Auto-évaluation régionale, première campagne")
    yield LAST[1] - 6
    actions.close(by, region, pk, revision=revision)


def _now(clock: Clock, places: dict[str, Organisation], people: dict[str, Actor]) -> Story:
    region, by = places["region"], people["region"]
    yield NOW[0]
    pk, _ = _prepared(clock, region, by, NOW, "Auto-évaluation régionale, deuxième campagne")
    yield 8
    actions_people.say(by, region, pk, "Une permanence téléphonique se tient chaque mardi de 14 h à 16 h.")
    yield 6
    text = "Notre directeur des soins a changé ce mois-ci : deux semaines de plus nous aideraient."
    actions_people.answer(people["direction:glycines"], places["glycines"], pk, text)
    yield 4
    one = queries.participants(queries.own(region.node, pk)).get(node=places["glycines"].node)
    until = clock.day_in(34)
    actions_people.extend(by, region, pk, one.pk, until=until, reason="Direction renouvelée en cours de campagne")
    yield 3
    text = "Entendu, votre délai est prolongé de deux semaines."
    actions_people.say(by, region, pk, text, participant=one.pk)
