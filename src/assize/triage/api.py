"""Triage over HTTP: cases to read, rules to read, write, try and switch, banks."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from assize.kernel import clock
from assize.kernel.ids import CaseId, ClauseId, EventId, QueueName, RuleId, SubjectId
from assize.platform.cel import Problem
from assize.platform.http import transaction
from assize.policy.models import Severity
from assize.triage import service
from assize.triage.models import BankKind, Case, CaseFilter, CaseState, Hit, RuleStanding, RuleState, TriageRule

router = APIRouter(prefix="/v1", tags=["triage"])

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]


class Form(BaseModel):
    """What callers send: unknown fields are refused, so that a typo is not silently nothing."""

    model_config = ConfigDict(extra="forbid")


class RuleForm(Form):
    """A rule to write."""

    id: Name
    title: str = Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")
    expression: str = Field(min_length=1, max_length=8_000, pattern=r"^[^\x00]*$")
    clause_id: str = Field(min_length=1, max_length=64, pattern=r"^[^\x00]*$")
    score: float = Field(ge=0, le=1)


class ExpressionForm(Form):
    """A rule's text to check or to try."""

    expression: str = Field(min_length=1, max_length=8_000, pattern=r"^[^\x00]*$")
    last: int = Field(default=5_000, ge=1, le=20_000)


class StateForm(Form):
    """The state a rule is to have."""

    state: RuleState


class BankForm(Form):
    """Items for a bank."""

    kind: BankKind
    values: list[Annotated[str, Field(min_length=1, max_length=2_000, pattern=r"^[^\x00]*$")]] = Field(
        min_length=1, max_length=100_000
    )


class ClauseView(BaseModel):
    """A likely clause of a case."""

    clause_id: str
    score: float
    why: list[str]


class CaseView(BaseModel):
    """A case."""

    id: str
    kind: str
    state: str
    subject_id: str | None
    conversation: str | None
    clauses: list[ClauseView]
    severity: int
    provisional: int
    assessed: int | None
    mode: str
    queue: str
    order_key: datetime
    reasons: list[str]
    opened_at: datetime
    due_at: datetime
    first_seen_at: datetime
    language: str | None
    exposure: int
    test: bool
    event_count: int
    subject_count: int
    linked_case_id: str | None


class CasesView(BaseModel):
    """A page of cases in order of priority."""

    cases: list[CaseView]
    next_cursor: str | None


class RuleView(BaseModel):
    """A rule as it stands."""

    id: str
    version: int
    title: str
    expression: str
    clause_id: str
    score: float
    state: str
    author: str | None
    from_policy: bool
    changed_at: datetime
    quarantined_at: datetime | None
    failure: str | None


class StandingView(BaseModel):
    """A rule and what became of it in the last week."""

    rule: RuleView
    hits: int
    shadow_hits: int
    failures: int
    not_applicable: int
    absent_fields: dict[str, int]


class ProblemView(BaseModel):
    """What is wrong with a rule, and where."""

    line: int
    column: int
    message: str
    warning: bool


class TrialView(BaseModel):
    """What a rule would have said of the last events."""

    events: int
    hits: int
    event_ids: list[str]
    not_applicable: int
    absent_fields: dict[str, int]
    failures: int


class HitView(BaseModel):
    """A rule that was true of an event, and what it saw."""

    rule_id: str
    rule_version: int
    event_id: str
    case_id: str | None
    shadow: bool
    values: dict[str, Any]
    at: datetime


class BankView(BaseModel):
    """A bank and how much it holds."""

    name: str
    kind: str
    items: int
    changed_at: datetime


class ChangedView(BaseModel):
    """How many items changed."""

    changed: int


@router.get("/triage/cases")
def cases(
    request: Request,
    queue: Annotated[list[str] | None, Query()] = None,
    severity: Annotated[list[int] | None, Query()] = None,
    state: Annotated[list[CaseState] | None, Query()] = None,
    subject_id: str | None = None,
    clause_id: str | None = None,
    test: bool | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> CasesView:
    """List cases as triage sees them, the gravest first, with what made them likely and their place in the order."""
    wanted = CaseFilter(
        queues=None if queue is None else tuple(QueueName(one) for one in queue),
        severities=None if severity is None else tuple(one for one in Severity if one in severity),
        states=(CaseState.OPEN,) if state is None else tuple(state),
        subject_id=None if subject_id is None else SubjectId(subject_id),
        clause_id=None if clause_id is None else ClauseId(clause_id),
        test=test,
    )
    with transaction(request) as tx:
        page = service.cases(tx, wanted=wanted, cursor=cursor, limit=limit)
    return CasesView(cases=[case_view(one) for one in page.cases], next_cursor=page.next_cursor)


@router.get("/triage/cases/{case_id}")
def case(request: Request, case_id: str) -> CaseView:
    """Show one case as triage sees it."""
    with transaction(request) as tx:
        return case_view(service.case(tx, CaseId(case_id)))


@router.get("/cases/{case_id}/hits")
def case_hits(request: Request, case_id: str) -> list[HitView]:
    """Say which rules were true of a case's events, with the values they saw."""
    with transaction(request) as tx:
        service.case(tx, CaseId(case_id))
        return [_hit_view(one) for one in service.hits(tx, case_id=CaseId(case_id))]


@router.get("/events/{event_id}/features")
def features(request: Request, event_id: str) -> dict[str, Any]:
    """Show what was evaluated about an event; empty where nothing was, or it was erased."""
    with transaction(request) as tx:
        found = service.feature_record(tx, event_id=EventId(event_id))
    if found is None:
        return {}
    return {"values": found.values, "absent": found.absent, "ruleset": found.ruleset, "hits": found.hits}


@router.get("/rules")
def rules(request: Request) -> list[StandingView]:
    """List rules with what became of them in the last week."""
    with transaction(request) as tx:
        return [_standing_view(one) for one in service.rules(tx, at=clock.now())]


@router.post("/rules", status_code=201)
def add_rule(request: Request, form: RuleForm) -> RuleView:
    """Write a rule or a new version of one; it starts off."""
    with transaction(request) as tx:
        rule = service.add_rule(
            tx,
            rule_id=RuleId(form.id),
            title=form.title,
            expression=form.expression,
            clause_id=ClauseId(form.clause_id),
            score=form.score,
            at=clock.now(),
        )
    return _rule_view(rule)


@router.post("/rules/check")
def check_rule(request: Request, form: ExpressionForm) -> list[ProblemView]:
    """Say what is wrong with a rule's text, and where; an empty list where it would run."""
    with transaction(request) as tx:
        return [_problem_view(one) for one in service.check_rule(tx, expression=form.expression)]


@router.post("/rules/try")
def try_rule(request: Request, form: ExpressionForm) -> TrialView:
    """Say what a rule would have said of the last events. That it was tried is kept: shadow asks for it."""
    with transaction(request) as tx:
        trial = service.try_rule(tx, expression=form.expression, last=form.last, at=clock.now())
    return TrialView(
        events=trial.events,
        hits=len(trial.hits),
        event_ids=list(trial.hits[:100]),
        not_applicable=trial.not_applicable,
        absent_fields=dict(trial.absent_fields),
        failures=trial.failures,
    )


@router.get("/rules/{rule_id}/versions")
def rule_versions(request: Request, rule_id: str) -> list[RuleView]:
    """List all versions of a rule, the newest first."""
    with transaction(request) as tx:
        return [_rule_view(one) for one in service.rule_versions(tx, rule_id=RuleId(rule_id))]


@router.get("/rules/{rule_id}/hits")
def rule_hits(request: Request, rule_id: str) -> list[HitView]:
    """List the latest hits of a rule, shadow ones too."""
    with transaction(request) as tx:
        return [_hit_view(one) for one in service.rule_hits(tx, rule_id=RuleId(rule_id))]


@router.put("/rules/{rule_id}/state")
def set_rule_state(request: Request, rule_id: str, form: StateForm) -> RuleView:
    """Switch a rule off, into shadow or on. On is for somebody other than its author."""
    with transaction(request) as tx:
        return _rule_view(service.set_rule_state(tx, rule_id=RuleId(rule_id), state=form.state, at=clock.now()))


@router.get("/banks")
def banks(request: Request) -> list[BankView]:
    """List the banks and how much each holds."""
    with transaction(request) as tx:
        found = service.banks(tx)
    return [BankView(name=one.name, kind=one.kind.value, items=one.items, changed_at=one.changed_at) for one in found]


@router.post("/banks/{name}/items")
def add_to_bank(request: Request, name: Name, form: BankForm) -> ChangedView:
    """Add hashes, addresses or domains to a bank."""
    with transaction(request) as tx:
        added = service.add_to_bank(tx, name=name, kind=form.kind, values=form.values, at=clock.now())
    return ChangedView(changed=added)


@router.post("/banks/{name}/items/remove")
def remove_from_bank(request: Request, name: Name, form: BankForm) -> ChangedView:
    """Take items from a bank."""
    with transaction(request) as tx:
        removed = service.remove_from_bank(tx, name=name, values=form.values, at=clock.now())
    return ChangedView(changed=removed)


def case_view(case: Case) -> CaseView:
    """Return a case as it is sent."""
    return CaseView(
        id=case.id,
        kind=case.kind.value,
        state=case.state.value,
        subject_id=case.subject_id,
        conversation=case.conversation,
        clauses=[ClauseView(clause_id=one.clause_id, score=one.score, why=list(one.why)) for one in case.clauses],
        severity=int(case.severity),
        provisional=int(case.provisional),
        assessed=None if case.assessed is None else int(case.assessed),
        mode=case.mode.value,
        queue=case.queue,
        order_key=case.priority.order_key,
        reasons=list(case.priority.reasons),
        opened_at=case.opened_at,
        due_at=case.due_at,
        first_seen_at=case.first_seen_at,
        language=case.language,
        exposure=int(case.exposure_class),
        test=case.shown_as_test,
        event_count=case.event_count,
        subject_count=case.subject_count,
        linked_case_id=case.linked_case_id,
    )


def _rule_view(rule: TriageRule) -> RuleView:
    return RuleView(
        id=rule.id,
        version=rule.version,
        title=rule.title,
        expression=rule.expression,
        clause_id=rule.clause_id,
        score=rule.score,
        state=rule.state.value,
        author=rule.author,
        from_policy=rule.from_policy,
        changed_at=rule.changed_at,
        quarantined_at=rule.quarantined_at,
        failure=rule.failure,
    )


def _standing_view(standing: RuleStanding) -> StandingView:
    return StandingView(
        rule=_rule_view(standing.rule),
        hits=standing.hits,
        shadow_hits=standing.shadow_hits,
        failures=standing.failures,
        not_applicable=standing.not_applicable,
        absent_fields=dict(standing.absent_fields),
    )


def _problem_view(problem: Problem) -> ProblemView:
    return ProblemView(line=problem.line, column=problem.column, message=problem.message, warning=problem.warning)


def _hit_view(hit: Hit) -> HitView:
    return HitView(
        rule_id=hit.rule_id,
        rule_version=hit.rule_version,
        event_id=hit.event_id,
        case_id=hit.case_id,
        shadow=hit.shadow,
        values=dict(hit.values),
        at=hit.at,
    )
