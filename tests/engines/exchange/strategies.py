# SPDX-License-Identifier: EUPL-1.2
"""What people may write in a questionnaire, for properties."""

from __future__ import annotations

import datetime as dt

from hypothesis import strategies as st

from carene.engines.exchange.questionnaire import (
    Card,
    Entry,
    Means,
    Measured,
    Note,
    Origin,
    OverrideEntry,
    Questionnaire,
    WishEntry,
)
from carene.engines.exchange.values import clean
from carene.engines.referential.catalogue import care

TODAY = dt.date(2026, 11, 23)
REFERENTIAL = care()

# Any text that a person may paste; what every part of the house refuses (NUL, half characters) is not text.
characters = st.characters(codec="utf-8", exclude_characters="\0\r")
texts = st.one_of(
    st.text(characters, max_size=40),
    st.sampled_from(
        ["=1+1", "@x", "- a", "non", "on", "1e3", "010", "12:30", "2026-11-23", "a: b", "# c", "'", "« é »", "0x1F"]
    ),
).map(clean)
words = st.text(st.characters(categories=("L", "N", "Zs")), max_size=30).map(clean)
counts = st.none() | st.integers(0, 100_000)
amounts = st.floats(0, 1e9, allow_nan=False).map(lambda x: round(x, 2))
months = st.dates(dt.date(2027, 1, 1), dt.date(2029, 12, 31)).map(lambda d: d.replace(day=1))
measure_ids = st.sampled_from(sorted(REFERENTIAL.measure))
skills = st.sampled_from(sorted(REFERENTIAL.skills))


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    criterion = draw(st.sampled_from(REFERENTIAL.criteria))
    not_applicable = draw(st.booleans())
    justification = draw(texts.filter(bool)) if not_applicable else draw(texts)
    return Entry(
        criterion=criterion.id,
        level=None if not_applicable else draw(st.integers(0, criterion.top)),
        not_applicable=not_applicable,
        justification=justification,
        comment=draw(texts),
        version=draw(st.none() | st.integers(0, 50)),
    )


answers = st.lists(entries(), max_size=8, unique_by=lambda e: e.criterion).map(
    lambda found: {one.criterion: one for one in found}
)


@st.composite
def measured(draw: st.DrawFn) -> Measured:
    indicator = draw(st.sampled_from(REFERENTIAL.indicators))
    low = 0 if indicator.minimum is None else indicator.minimum
    high = 1000 if indicator.maximum is None else indicator.maximum
    if indicator.kind == "boolean":
        value = float(draw(st.booleans()))
    elif indicator.kind == "count":
        value = float(draw(st.integers(int(low), int(high))))
    else:
        value = round(draw(st.floats(low, high)), 6)
    return Measured(indicator.id, value, draw(st.dates(dt.date(2020, 1, 1), TODAY)), draw(texts), draw(texts))


observations = st.lists(measured(), max_size=4, unique_by=lambda m: (m.indicator, m.observed_on)).map(tuple)

cards = st.builds(
    Card,
    name=words,
    type=st.none() | st.sampled_from(sorted(REFERENTIAL.types)),
    ght=st.none() | st.sampled_from(sorted(REFERENTIAL.ght_roles)),
    group=words,
    finess=st.just("") | st.from_regex(r"[0-9]{9}", fullmatch=True),
    town=words,
    beds=counts,
    staff=counts,
    workstations=counts,
    servers=counts,
    sites=counts,
    operating_budget=counts,
    digital_budget=counts,
    activity=counts,
)

wishes = st.builds(
    WishEntry,
    mandatory=st.booleans(),
    excluded=st.just(False),
    start=st.none() | months,
    not_before=st.none() | months,
    deadline=st.none() | st.dates(dt.date(2027, 1, 1), dt.date(2030, 1, 1)),
    reason=texts,
)
overrides = st.builds(
    OverrideEntry,
    investment=st.none() | amounts,
    yearly=st.none() | amounts,
    months=st.none() | st.integers(1, 60),
    effort=st.none() | st.dictionaries(skills, amounts.map(lambda x: x % 100_000), min_size=1, max_size=2),
    reason=texts,
)
means = st.builds(
    Means,
    start=st.none() | months,
    months=st.integers(12, 60),
    budgets=st.dictionaries(st.integers(2026, 2031), amounts, max_size=3),
    team=st.dictionaries(skills, amounts.map(lambda x: x % 100_000), max_size=3),
    wishes=st.dictionaries(measure_ids, wishes, max_size=2),
    overrides=st.dictionaries(measure_ids, overrides, max_size=2),
    done=st.lists(measure_ids, max_size=3, unique=True).map(tuple),
)
questionnaires = st.builds(
    Questionnaire,
    card=cards,
    origin=st.just(Origin(REFERENTIAL.id, REFERENTIAL.version, REFERENTIAL.digest)),
    date=st.none() | st.dates(dt.date(2024, 1, 1), TODAY),
    assessment=st.none() | st.integers(1, 10_000),
    answers=answers,
    observations=observations,
    means=means,
    sources=st.lists(st.builds(Note, id=words.filter(bool), title=words.filter(bool), date=words), max_size=2).map(
        tuple
    ),
    about=texts,
)
