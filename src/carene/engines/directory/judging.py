# SPDX-License-Identifier: EUPL-1.2
"""Controls → states → level. What could not be looked at is neither passed nor failed, and the level says so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from carene.engines.directory.controls.case import Case
from carene.engines.directory.controls.contract import Control, Fault, Unknown, missing, unread

BEST = 5  # the level of a directory that no control holds back


class Status(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    NOT_EVALUATED = "not_evaluated"


@dataclass(frozen=True)
class Acceptance:
    """A risk taken knowingly. ``objects``: SIDs, GUIDs or DNs that it covers; none: the control as a whole."""

    control: str
    author: str
    reason: str
    until: dt.date  # the last day on which it holds
    objects: frozenset[str] = frozenset()

    def holds(self, today: dt.date) -> bool:
        return today <= self.until


@dataclass(frozen=True)
class Verdict:
    """Of one control. ``level``: where its faults hold the directory; None unless it failed."""

    control: str
    levels: tuple[int, ...]
    status: Status
    reason: str  # French, one sentence
    faults: tuple[Fault, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    accepted: tuple[tuple[Fault, Acceptance], ...] = ()

    @property
    def level(self) -> int | None:
        return min((fault.level for fault in self.faults), default=None)


@dataclass(frozen=True)
class Level:
    """``value`` None: it cannot be told. ``at_most`` is then the best that the rest allows."""

    value: int | None
    at_most: int
    held_by: tuple[str, ...]  # the failed controls of the lowest level
    undecided: tuple[Verdict, ...]  # not evaluated, in one domain at least, and could hold the directory lower


def judge(
    case: Case,
    controls: Mapping[str, Control],
    levels: Mapping[str, tuple[int, ...]],
    acceptances: Iterable[Acceptance] = (),
    *,
    today: dt.date,
) -> list[Verdict]:
    """The verdict of each control of ``levels`` (control → the levels at which it may fail), in that order.

    Raises LookupError when a control of the pack has no function.
    """
    standing = [one for one in acceptances if one.holds(today)]
    return [_accept(_verdict(case, controls[key], levels[key]), case, standing) for key in levels]


def level(verdicts: Sequence[Verdict]) -> Level:
    """The lowest level of a failed control, as ANSSI counts; what was not evaluated below leaves it untold."""
    lowest = min((one.level for one in verdicts if one.level is not None), default=BEST)
    undecided = [one for one in verdicts if one.unknown and min(one.levels) < lowest]
    return Level(
        value=None if undecided else lowest,
        at_most=lowest,
        held_by=tuple(one.control for one in verdicts if one.level == lowest),
        undecided=tuple(undecided),
    )


def _verdict(case: Case, control: Control, levels: tuple[int, ...]) -> Verdict:
    faults: list[Fault] = []
    unknown: list[Unknown] = []
    for domain in case.collected:
        absent = sorted(missing(case, control, domain))
        if absent:
            unknown.append(unread(case, domain, absent))
            continue
        for found in control.look(case, domain):
            (faults if isinstance(found, Fault) else unknown).append(found)  # type: ignore[arg-type]
    faults.sort(key=lambda fault: (fault.level, fault.domain, fault.index))
    if faults:
        status, reason = Status.FAILED, ""
    elif unknown or not case.collected:
        status = Status.NOT_EVALUATED
        unknown = unknown or [Unknown(-1, "aucun domaine n'a été collecté", "une collecte du domaine")]
        reason = unknown[0].said
    else:
        status, reason = Status.PASSED, ""
    return Verdict(control.key, levels, status, reason, tuple(faults), tuple(unknown))


def _accept(verdict: Verdict, case: Case, standing: Sequence[Acceptance]) -> Verdict:
    """Faults that an acceptance covers are set apart; a control of which all are is passed, and says by what."""
    mine = [one for one in standing if one.control == verdict.control]
    if not mine or not verdict.faults:
        return verdict
    covered = [(fault, next((one for one in mine if _covers(one, fault, case)), None)) for fault in verdict.faults]
    accepted = tuple((fault, one) for fault, one in covered if one is not None)
    left = tuple(fault for fault, one in covered if one is None)
    if left:
        return replace(verdict, faults=left, accepted=accepted)
    status = Status.NOT_EVALUATED if verdict.unknown else Status.PASSED
    reason = verdict.unknown[0].said if verdict.unknown else "tous les écarts sont des risques acceptés"
    return replace(verdict, status=status, reason=reason, faults=(), accepted=accepted)


def _covers(acceptance: Acceptance, fault: Fault, case: Case) -> bool:
    if not acceptance.objects:
        return True
    if fault.index < 0:
        return False
    objects = case.collection.objects
    names = {objects.sid[fault.index], objects.guid[fault.index], objects.dn[fault.index]} - {""}
    return bool(names & acceptance.objects)
