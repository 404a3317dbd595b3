# SPDX-License-Identifier: EUPL-1.2
"""What a machine can check of a candidate's file: each item → a state and its reasons, in French.

A state is never better than its worst check: « non conforme », then « à compléter », then « non évalué ».
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from carene.engines import french
from carene.engines.funding.coverage import Coverage, Unit, coverage
from carene.engines.funding.model import STEPS, DocumentShape, Domain, FactShape, ItemShape, Moment, RuleShape

State = Literal["acquired", "unknown", "missing", "wrong"]
STATES: dict[State, str] = {
    "acquired": "acquis",
    "unknown": "non évalué",
    "missing": "à compléter",
    "wrong": "non conforme",
}
RANK: dict[State, int] = {state: rank for rank, state in enumerate(STATES)}


@dataclass(frozen=True)
class Piece:
    """A document attached to an item, in one of its places."""

    document: str
    title: str
    effective_on: dt.date | None = None
    expires_on: dt.date | None = None


@dataclass(frozen=True)
class Said:
    """What a candidate gives for an item. ``facts``: yes or no, or a number; absent when not given."""

    facts: Mapping[str, bool | float] = field(default_factory=dict)
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True)
class Case:
    """A candidate's file on a day. ``done``: step → the day on which it was done; ``today`` stands for the others."""

    candidate: str
    today: dt.date
    done: Mapping[str, dt.date] = field(default_factory=dict)
    said: Mapping[str, Said] = field(default_factory=dict)
    units: tuple[Unit, ...] = ()


@dataclass(frozen=True)
class Check:
    state: State
    reason: str


@dataclass(frozen=True)
class Verdict:
    item: ItemShape
    checks: tuple[Check, ...]
    coverage: Coverage | None = None

    @property
    def state(self) -> State:
        """``unknown`` when there was nothing to check."""
        return max((check.state for check in self.checks), key=RANK.__getitem__, default="unknown")

    @property
    def words(self) -> str:
        return STATES[self.state]

    @property
    def faults(self) -> list[Check]:
        """What keeps it from being acquired, the worst first."""
        return sorted((c for c in self.checks if c.state != "acquired"), key=lambda c: -RANK[c.state])


def examine(domain: Domain, case: Case) -> list[Verdict]:
    """One verdict for each item that concerns the candidate, in the order of the domain."""
    return [judge(domain, item, case) for item in domain.items(case.candidate)]


def judge(domain: Domain, item: ItemShape, case: Case) -> Verdict:
    said = case.said.get(item.id, Said())
    checks = [*_facts(item, said), *_documents(item, said, case)]
    found: Coverage | None = None
    for rule in item.rules:
        if not _applies(rule.when, said):
            continue
        if rule.kind == "coverage":
            found = coverage(case.units, item.id)
            checks.append(_covered(rule, found))
        else:
            checks += _rule(domain, item, rule, said, case)
    return Verdict(item, tuple(checks), found)


def applies(when: str | None, facts: Mapping[str, bool | float]) -> bool:
    """Is what depends on this answer asked for? Only once the answer is yes."""
    return when is None or facts.get(when) is True


def _applies(when: str | None, said: Said) -> bool:
    return applies(when, said.facts)


def expected_documents(item: ItemShape, facts: Mapping[str, bool | float], candidate: str) -> list[DocumentShape]:
    """Those that concern this candidate, after what it answered."""
    return [d for d in item.documents if applies(d.when, facts) and (d.for_ is None or candidate in d.for_)]


def _facts(item: ItemShape, said: Said) -> Iterator[Check]:
    """A question without an answer; those that a rule reads say it themselves."""
    read = {rule.fact for rule in item.rules}
    for fact in item.facts:
        if fact.id not in read and fact.id not in said.facts and _applies(fact.when, said):
            yield Check("missing", _asked(fact))


def lowered(text: str) -> str:
    """Inside a sentence: « procédure », but « PSSI » stays as it is."""
    return text if text[1:2].isupper() else f"{text[:1].lower()}{text[1:]}"


def _asked(fact: FactShape) -> str:
    label = lowered(fact.label)
    return f"dire si {label}" if fact.kind == "yes_no" else f"donner : {label}"


def _documents(item: ItemShape, said: Said, case: Case) -> Iterator[Check]:
    """Each document that the text names is there, and has not expired on the day of the declaration."""
    day = case.done.get("declaration", case.today)
    for document in expected_documents(item, said.facts, case.candidate):
        pieces = [piece for piece in said.pieces if piece.document == document.id]
        if not pieces and document.required and not document.suggested:
            yield Check("missing", f"joindre : {lowered(document.title)}")
        elif pieces:
            late = [piece for piece in pieces if piece.expires_on is not None and piece.expires_on < day]
            if len(late) == len(pieces):
                yield Check("wrong", f"{french.quoted(late[0].title)} a expiré le {_day(late[0].expires_on)}")
            else:
                yield Check("acquired", f"{document.title} : joint")


def _covered(rule: RuleShape, found: Coverage) -> Check:
    least = Fraction(str(rule.min))
    wanted = french.share(float(least))
    if found.share is None or found.possible is None:
        return Check("missing", f"couverture non calculable : {found.reason}")
    if found.share >= least:
        return Check("acquired", f"{found.words} de l'activité combinée est conforme, pour {wanted} demandés")
    said = f"{found.words} de l'activité combinée est conforme, il en faut {wanted}"
    if found.possible >= least:
        return Check("missing", f"{said} ; {french.listing(found.unsaid)} ne s'est pas prononcé")
    return Check("wrong", said)


def _rule(domain: Domain, item: ItemShape, rule: RuleShape, said: Said, case: Case) -> Iterator[Check]:
    if rule.fact is not None:
        yield _about_fact(item, rule, said)
        return
    pieces = [piece for piece in said.pieces if piece.document == rule.document]
    if not pieces:
        return  # its absence is said by the document itself
    dated = [piece.effective_on for piece in pieces if piece.effective_on is not None]
    if not dated:
        yield Check("missing", f"donner la date d'effet de {french.quoted(pieces[0].title)}")
    elif rule.kind == "gap":
        yield _gap(rule, dated)
    elif rule.kind == "fresh":
        yield _fresh(rule, max(dated), case)
    else:
        yield _dated(domain, rule, dated, case)


def _about_fact(item: ItemShape, rule: RuleShape, said: Said) -> Check:
    fact = next(one for one in item.facts if one.id == rule.fact)
    value = said.facts.get(fact.id)
    if value is None:
        return Check("missing", _asked(fact))
    if rule.kind == "said":
        return Check("acquired", fact.label) if value is True else Check("wrong", f"{fact.label} : non")
    shown = french.with_unit(float(value), fact.unit)
    if rule.min is not None and value < rule.min:
        return Check("wrong", f"{fact.label} : {shown}, il faut au moins {french.with_unit(rule.min, fact.unit)}")
    if rule.max is not None and value >= rule.max:
        return Check("wrong", f"{fact.label} : {shown}, il faut moins de {french.with_unit(rule.max, fact.unit)}")
    return Check("acquired", f"{fact.label} : {shown}")


def _gap(rule: RuleShape, days: Sequence[dt.date]) -> Check:
    """The two latest dates stand so many days apart."""
    if len(days) < 2:
        return Check("missing", "joindre deux rapports, chacun avec sa date d'effet")
    first, last = sorted(days)[-2:]
    gap = (last - first).days
    said = f"{french.days(gap)} entre le {_day(first)} et le {_day(last)}"
    if rule.min_days is not None and gap < rule.min_days:
        return Check("wrong", f"{said}, il en faut au moins {rule.min_days}")
    if rule.max_days is not None and gap > rule.max_days:
        return Check("wrong", f"{said}, il en faut au plus {rule.max_days}")
    return Check("acquired", said)


def _fresh(rule: RuleShape, day: dt.date, case: Case) -> Check:
    """No older, on the day of a step, than so many days; what comes after it cannot prove it either."""
    step = rule.before or "declaration"
    until = case.done.get(step, case.today)
    age = (until - day).days
    when = f"{STEPS[step].lower()} du {_day(until)}" if step in case.done else "aujourd'hui"
    if age < 0:
        return Check("wrong", f"daté du {_day(day)}, après {_article(when)}")
    if rule.max_days is not None and age > rule.max_days:
        return Check("wrong", f"daté du {_day(day)}, soit {french.days(age)} : {rule.max_days} au plus")
    return Check("acquired", f"daté du {_day(day)}, soit {french.days(age)} avant {_article(when)}")


def _article(when: str) -> str:
    return f"la {when}" if when != "aujourd'hui" else when


def _dated(domain: Domain, rule: RuleShape, days: Sequence[dt.date], case: Case) -> Check:
    """One date at least stands between the two bounds."""
    first, last = _moment(domain, rule.not_before, case), _moment(domain, rule.not_after, case)
    if first is None and rule.not_before is not None:
        return Check("unknown", "la phase opérationnelle n'a pas de début connu : date non vérifiée")
    good = [day for day in days if (first is None or day >= first) and (last is None or day <= last)]
    if good:
        return Check("acquired", f"daté du {_day(max(good))}")
    bounds = " et ".join(
        part
        for part in (
            f"au plus tôt le {_day(first)}" if first else "",
            f"au plus tard le {_day(last)}" if last else "",
        )
        if part
    )
    return Check("wrong", f"daté du {_day(max(days))} : il faut une date {bounds}")


def _moment(domain: Domain, moment: Moment | None, case: Case) -> dt.date | None:
    if moment is None or isinstance(moment, dt.date):
        return moment
    if moment == "operation":
        start = domain.window("operation").start
        return start.day if start else None
    return case.done.get(moment, case.today)


def _day(day: dt.date | None) -> str:
    return "" if day is None else french.long_date(day)
