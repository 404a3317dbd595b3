# SPDX-License-Identifier: EUPL-1.2
"""Reading assessments; rows become engine objects here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from django.db.models import CharField, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from carene.apps.assessments import referentials
from carene.apps.assessments.models import Answer as AnswerRow
from carene.apps.assessments.models import Assessment, Assignment, ImportedReferential, LevelProposal
from carene.apps.assessments.targets import answer_target, assessment_target
from carene.apps.indicators import queries as indicators
from carene.apps.organisations.models import Organisation
from carene.apps.organisations.queries import colleagues, profile_of
from carene.core.access.policy import POLICY
from carene.core.accounts.models import User
from carene.core.journal.models import Entry
from carene.core.tenancy.models import Node
from carene.engines import french
from carene.engines.months import add_months
from carene.engines.referential.model import Criterion, Profile, Referential
from carene.engines.scoring.judge import judge
from carene.engines.scoring.measured import is_valid, level_from_value
from carene.engines.scoring.model import Answer, Judgement, Observation
from carene.ui.shell import Counter


def of(node: Node) -> QuerySet[Assessment]:
    """Assessments of a node, latest first, each with the digest of its referential when that one was imported."""
    return with_digest(Assessment.objects.of(node)).select_related("started_by", "submitted_by", "validated_by")


def with_digest(rows: QuerySet[Assessment]) -> QuerySet[Assessment]:
    """Adds ``referential_digest``: knowing it here spares one query each time the referential is asked for."""
    imported = (
        ImportedReferential.objects.unscoped("digest of the referential of a row in scope")
        .annotate(full_key=Concat(Value(referentials.IMPORTED), Cast("pk", CharField())))
        .filter(full_key=OuterRef("referential"))
        .order_by("pk")
    )
    return rows.annotate(referential_digest=Subquery(imported.values("digest")[:1]))


def find(node: Node, pk: int) -> Assessment:
    """Raises Assessment.DoesNotExist when it belongs to another node."""
    return of(node).get(pk=pk)


def current(node: Node, referential: str = referentials.BUILT_IN) -> Assessment | None:
    """The one being answered, else the last validated one."""
    rows = of(node).filter(referential=referential)
    return rows.exclude(state=Assessment.State.VALIDATED).first() or rows.first()


def open_one(node: Node, referential: str = referentials.BUILT_IN) -> Assessment | None:
    """The one that is not validated yet; there is at most one for a referential."""
    return of(node).filter(referential=referential).exclude(state=Assessment.State.VALIDATED).first()


def last_validated(node: Node, referential: str = referentials.BUILT_IN) -> Assessment | None:
    return of(node).filter(referential=referential, state=Assessment.State.VALIDATED).first()


def reference(node: Node, referential: str = referentials.BUILT_IN) -> Assessment | None:
    """The one that figures and plans start from: the last validated, else the one being answered."""
    return last_validated(node, referential) or current(node, referential)


def to_engine(row: AnswerRow) -> Answer:
    return Answer(
        criterion=row.criterion,
        level=row.level,
        not_applicable=row.not_applicable,
        justification=row.justification,
        comment=row.comment,
        answered_on=row.answered_on,
    )


def answers(assessment: Assessment) -> dict[str, AnswerRow]:
    """Criterion → stored answer, in one query."""
    return {row.criterion: row for row in assessment.answers.select_related("updated_by").order_by("id")}


def author(row: AnswerRow) -> str:
    return str(row.updated_by) if row.updated_by else "Le système"


def spoken(row: AnswerRow) -> str:
    """« niveau 3 », « non applicable », « sans niveau »."""
    if row.not_applicable:
        return "« non applicable »"
    return "sans choisir de niveau" if row.level is None else f"« niveau {row.level} »"


def spoken_when(row: AnswerRow) -> str:
    """« à 14 h 32 » today, « le 9 novembre 2026 à 14 h 32 » before."""
    moment = timezone.localtime(row.updated_at)
    hour = f"à {french.clock_time(moment)}"
    return hour if moment.date() == timezone.localdate() else f"le {french.long_date(moment.date())} {hour}"


def answerers(node: Node) -> QuerySet[User]:
    """People who may answer here."""
    roles = frozenset(role for role, verbs in POLICY.items() if "assessment.answer" in verbs)
    return colleagues(node, verb_roles=roles)


def answer_history(assessment: Assessment, criterion: str) -> list[Entry]:
    """Journal of one answer, latest first, in this assessment and the one it started from."""
    ids = [assessment.pk] + ([assessment.previous_id] if assessment.previous_id else [])
    return list(Entry.objects.filter(target__in=[answer_target(pk, criterion) for pk in ids]).order_by("-id")[:50])


def events(assessment: Assessment) -> list[Entry]:
    """What happened to the assessment as a whole, latest first."""
    return list(Entry.objects.filter(target=assessment_target(assessment.pk)).order_by("-id")[:50])


def assigned_to(user: User | None, node: Node) -> list[Assignment]:
    """Open questions given to this person here, soonest first (those without a date last)."""
    rows = Assignment.objects.filter(user=user, done_at=None, assessment__in=Assessment.objects.of(node)).filter(
        assessment__state=Assessment.State.DRAFT
    )
    return list(
        rows.select_related("assessment", "created_by").order_by(F("due_on").asc(nulls_last=True), "criterion", "id")
    )


@dataclass
class Sheet:
    """An assessment opened: its referential, who answers, what was answered. One query for each part, when asked."""

    organisation: Organisation
    assessment: Assessment
    referential: Referential
    profile: Profile
    groups: frozenset[str] | None = field(default=None)

    @cached_property
    def criteria(self) -> tuple[Criterion, ...]:
        """Criteria that concern this establishment, in order."""
        return self.referential.applicable(self.profile, self.groups)

    @cached_property
    def answers(self) -> dict[str, AnswerRow]:
        return answers(self.assessment)

    @cached_property
    def observations(self) -> dict[str, Observation]:
        return indicators.latest(self.organisation.node)

    @cached_property
    def previous_answers(self) -> dict[str, AnswerRow]:
        """Answers of the previous assessment, empty when there is none."""
        if self.assessment.previous_id is None:
            return {}
        rows = AnswerRow.objects.filter(assessment_id=self.assessment.previous_id).order_by("id")
        return {row.criterion: row for row in rows}

    @cached_property
    def assignments(self) -> dict[str, list[Assignment]]:
        """Criterion → open assignments, with their people."""
        found: dict[str, list[Assignment]] = {}
        for row in self.assessment.assignments.filter(done_at=None).select_related("user"):
            found.setdefault(row.criterion, []).append(row)
        return found

    @cached_property
    def judgement(self) -> Judgement:
        """Computed now, from three queries at most."""
        return judge(
            self.referential,
            self.profile,
            {key: to_engine(row) for key, row in self.answers.items()},
            self.observations,
            today=timezone.localdate(),
            previous={key: row.level for key, row in self.previous_answers.items()},
            groups=self.groups,
        )

    @cached_property
    def measured(self) -> dict[str, int]:
        """Criterion → level that a valid observation shows, without judging the rest."""
        today = timezone.localdate()
        found = {}
        for criterion in self.criteria:
            if criterion.thresholds is None:
                continue
            indicator = self.referential.indicator[criterion.thresholds.indicator]
            seen = self.observations.get(indicator.id)
            if seen is not None and is_valid(seen, indicator, today):
                found[criterion.id] = min(
                    level_from_value(criterion.thresholds, indicator.direction, seen.value), criterion.top
                )
        return found

    def is_stale(self, criterion: Criterion) -> bool:
        """Answered longer ago than the question allows, and nothing measured confirms it."""
        row = self.answers.get(criterion.id)
        if row is None or row.level is None or row.answered_on is None or criterion.id in self.measured:
            return False
        return timezone.localdate() > add_months(row.answered_on, criterion.review_months)

    @property
    def answered(self) -> int:
        """How many of the applicable criteria have an answer (a level, or a justified « non applicable »)."""
        return sum(1 for c in self.criteria if c.id in self.answers and is_answered(self.answers[c.id]))

    @property
    def socle(self) -> tuple[Criterion, ...]:
        return tuple(c for c in self.criteria if c.socle)


def is_answered(row: AnswerRow) -> bool:
    return row.level is not None or (row.not_applicable and bool(row.justification.strip()))


def sheet(organisation: Organisation, assessment: Assessment) -> Sheet:
    referential = referentials.of(assessment)
    return Sheet(
        organisation,
        assessment,
        referential,
        profile_of(organisation, referential),
        frozenset(assessment.groups) if assessment.groups else None,
    )


def pending_proposals(node: Node) -> QuerySet[LevelProposal]:
    """New levels proposed by finished actions, waiting for a decision."""
    return LevelProposal.objects.of(node).filter(state=LevelProposal.State.PENDING)


def rail_counter(organisation: Organisation) -> Counter | None:
    """« 82 % » answered of the open assessment, « à valider » once it is submitted; at most one query.

    A page that opened an assessment left it on the organisation (``assessments_sheet``): no query then.
    """
    opened: Sheet | None = getattr(organisation, "assessments_sheet", None)
    if opened is not None and opened.assessment.state != Assessment.State.VALIDATED:
        return _counter(opened.assessment.state, opened.answered, len(opened.criteria))
    answered = Q(answers__level__isnull=False) | Q(answers__not_applicable=True)
    rows = list(
        Assessment.objects.of(organisation.node)
        .filter(referential=referentials.BUILT_IN)
        .exclude(state=Assessment.State.VALIDATED)
        .annotate(given=FilteredRelation("answers", condition=answered))
        .order_by("given__criterion")
        .values_list("state", "given__criterion")
    )
    if not rows:
        return None
    referential = referentials.care()
    keys = {c.id for c in referential.applicable(profile_of(organisation, referential))}
    return _counter(rows[0][0], sum(1 for _, key in rows if key in keys), len(keys))


def _counter(state: str, answered: int, total: int) -> Counter:
    if state == Assessment.State.SUBMITTED:
        return Counter("à valider")
    # Never « 100 % » while a question is left.
    return Counter(french.share(answered * 100 // total / 100 if total else 1))


def imported_at(node: Node) -> list[ImportedReferential]:
    """Frameworks brought at this node or above it, without their content."""
    rows = ImportedReferential.objects.unscoped("filtered on the ancestors of a node already in scope")
    return list(
        rows.filter(node_id__in=node.ancestor_ids)
        .select_related("created_by", "node__organisation")
        .defer("content", "mappings")
        .order_by("name", "-id")
    )


def history(node: Node, referential: str = referentials.BUILT_IN) -> list[Assessment]:
    """Validated assessments, oldest first, with the result kept at validation: for trends."""
    return list(
        of(node).filter(referential=referential, state=Assessment.State.VALIDATED).order_by("validated_at", "id")
    )


def sheets(organisation: Organisation, rows: Sequence[Assessment]) -> list[Sheet]:
    """Several assessments of one organisation opened together, those before them included: two queries in all."""
    wanted = {pk for row in rows for pk in (row.pk, row.previous_id) if pk is not None}
    found: dict[int, dict[str, AnswerRow]] = {pk: {} for pk in wanted}
    for answer in AnswerRow.objects.filter(assessment_id__in=wanted).select_related("updated_by").order_by("id"):
        found[answer.assessment_id][answer.criterion] = answer
    observations = indicators.latest(organisation.node)
    opened = [sheet(organisation, row) for row in rows]
    for one in opened:
        one.answers = found[one.assessment.pk]
        one.previous_answers = found.get(one.assessment.previous_id or 0, {})
        one.observations = observations
    return opened


@dataclass(frozen=True)
class Standing:
    """Where one establishment stands, as its last validated assessment left it; ``ongoing``: state of the next."""

    overall: float | None = None
    step: int | None = None
    coverage: float | None = None
    validated_on: dt.date | None = None
    ongoing: str = ""


def standings_below(node: Node, referential: str = referentials.BUILT_IN) -> dict[int, Standing]:
    """Node id → standing, for this node and those below it that ever began an assessment; one query."""
    rows = Assessment.objects.below(node).filter(referential=referential).order_by("node_id", "validated_at", "id")
    found: dict[int, Standing] = {}
    for pk, state, validated_at, result in rows.values_list("node_id", "state", "validated_at", "result"):
        if validated_at is None:
            found[pk] = replace(found.get(pk, Standing()), ongoing=Assessment.State(state).label)
            continue
        kept = result or {}
        day = timezone.localtime(validated_at).date()
        ongoing = found.get(pk, Standing()).ongoing
        found[pk] = Standing(kept.get("overall"), kept.get("step"), kept.get("coverage"), day, ongoing)
    return found
