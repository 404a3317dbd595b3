# SPDX-License-Identifier: EUPL-1.2
"""Kinds of rows that are added, changed, taken away and brought back in the same way: one line each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from carene.apps.governance import actions, forms, models


@dataclass(frozen=True)
class Section:
    """``key`` names its addresses and their parameter; ``back`` is the page that lists the rows."""

    key: str
    slug: str
    model: Any
    form: type[forms.Section]
    save: Callable[..., Any]
    back: str
    new: str  # heading of an empty form
    noun: str  # « Le poste », said before « est enregistré »
    feminine: bool = False
    asks: str = ""  # query parameter → field that it fills

    @property
    def parameter(self) -> str:
        return f"{self.key}_id"

    @property
    def e(self) -> str:
        return "e" if self.feminine else ""


SECTIONS = (
    Section(
        "post", "equipe", models.Post, forms.PostForm, actions.save_post, "governance:staff",
        "Ajouter un poste", "Le poste",
    ),
    Section(
        "oncall", "astreintes", models.OnCall, forms.OnCallForm, actions.save_on_call, "governance:staff",
        "Ajouter une astreinte", "L'astreinte", feminine=True,
    ),
    Section(
        "committee", "instances", models.Committee, forms.CommitteeForm, actions.save_committee,
        "governance:committees", "Ajouter une instance", "L'instance", feminine=True,
    ),
    Section(
        "meeting", "reunions", models.Meeting, forms.MeetingForm, actions.save_meeting, "governance:committees",
        "Noter une réunion", "La réunion", feminine=True, asks="committee_id",
    ),
    Section(
        "decision", "decisions", models.Decision, forms.DecisionForm, actions.save_decision,
        "governance:committees", "Noter une décision", "La décision", feminine=True, asks="meeting_id",
    ),
    Section(
        "commitment", "engagements", models.Commitment, forms.CommitmentForm, actions.save_commitment,
        "governance:commitments", "Ajouter un engagement", "L'engagement",
    ),
    Section(
        "policy", "documents", models.PolicyDocument, forms.PolicyForm, actions.save_policy,
        "governance:policies", "Ajouter un document", "Le document",
    ),
)  # fmt: skip
