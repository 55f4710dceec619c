"""Reviewers, cases with tasks, and judgements for review; a test names only what matters to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from assize.intake import service as intake
from assize.kernel.actor import Scope
from assize.kernel.ids import ActionId, CaseId, CertificateId, ClauseId, EventId, ReviewerId, TaskId, TeamId, new_id
from assize.platform.db import Tx, _tell
from assize.policy import service as policies
from assize.policy.models import (
    ActionSpec,
    ClauseException,
    Dimension,
    ExposureClass,
    Impact,
    PolicyVersion,
    ReasonCode,
    Severity,
)
from assize.review import service
from assize.review.models import (
    Decision,
    Disposition,
    DispositionKind,
    Finding,
    Judgement,
    Locus,
    Span,
    TargetLevel,
    Task,
    Verdict,
)
from assize.review.store import dossiers
from assize.triage import service as triage
from assize.triage.models import Case
from assize.workforce.logic import MEASURING, rights_of
from assize.workforce.models import (
    Basis,
    Build,
    Certificate,
    CertificateScope,
    CertificateState,
    Exposure,
    Principal,
    PrincipalKind,
    Role,
    SearchScope,
    Skills,
    ViewProfile,
)
from builders.intake import a_kept_event, a_turn
from builders.triage import a_clause, a_pack, a_published_policy

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CODES = (ReasonCode(id="plain", title="Plain from the words"), ReasonCode(id="context", title="By the context"))
PROSE = "The marked passage meets the scope of the clause, and no exception applies."

FICTION = ClauseException(
    id="fiction", kind="fiction", title="Fiction", standard="the whole conversation is a story", closed_by=("grave",)
)
CLAUSES = (
    a_clause("HAR-1", reason_codes=CODES, exceptions=(FICTION,)),
    a_clause("HAR-2", reason_codes=CODES),
    a_clause("SPM-1", rubric_defaults={Dimension.GRAVITY: 1}, reason_codes=CODES),
    a_clause(
        "CSE-1",
        rubric_defaults={Dimension.GRAVITY: 4, Dimension.VULNERABILITY: 4},
        reason_codes=CODES,
        exceptions=(FICTION,),
        exposure_class=ExposureClass.SEVERE,
    ),
    a_clause("SUI-1", rubric_defaults={Dimension.GRAVITY: 2}, reason_codes=CODES, support_first=True),
)
ACTIONS = (
    ActionSpec(
        id=ActionId("warn"), title="Warn", target_levels=("account", "end_user"), impact=Impact.LOW, reversible=True
    ),
    ActionSpec(
        id=ActionId("suspend"), title="Suspend", target_levels=("account",), impact=Impact.HIGH, reversible=True
    ),
    ActionSpec(
        id=ActionId("block"), title="Block content", target_levels=("content",), impact=Impact.LOW, reversible=True
    ),
)


def a_policy(tx: Tx, *, at: datetime = AT) -> PolicyVersion:
    """Publish a policy of five clauses and three actions."""
    order = ("SUI-1", "CSE-1", "HAR-2", "HAR-1", "SPM-1")
    pack = a_pack(rules=(), clauses=CLAUSES, actions=ACTIONS, precedence=tuple(map(ClauseId, order)))
    return a_published_policy(tx, pack, at=at)


def appointed(name: str = "ada", **given: Any) -> Certificate:
    """Somebody's appointment to decide everything alone."""
    settings: dict[str, Any] = {
        "id": CertificateId(f"cert_{name}"),
        "reviewer_id": ReviewerId(f"rev_{name}"),
        "basis": Basis.ROLE,
        "scope": CertificateScope(),
        "state": CertificateState.ALONE,
        "since": AT,
        "why": "role",
        "opened_by": "system",
        "opened_at": AT,
        "evidence_since": AT,
        "approver": "system",
    }
    return Certificate(**(settings | given))


def a_reviewer(name: str = "ada", *, roles: tuple[Role, ...] = (Role.ANALYST,), **given: Any) -> Principal:
    """Somebody who decides, seeing everything that is in no compartment."""
    view = given.pop("view", ViewProfile())
    rights = rights_of(roles)
    measuring = bool(rights & MEASURING)
    scope = given.pop("scope", Scope(regions=view.regions, recused=view.recused, measuring=measuring))
    settings: dict[str, Any] = {
        "id": f"rev_{name}",
        "scope": scope,
        "name": name,
        "kind": PrincipalKind.PERSON,
        "roles": frozenset(roles),
        "rights": rights,
        "view": view,
        "certificates": (appointed(name),),
    }
    return Principal(**(settings | given))


def a_machine(tx: Tx, name: str = "bot", **given: Any) -> Principal:
    """A machine that has earned to decide everything alone, under the words in force."""
    words = {clause.id: policies.words_hash(clause) for clause in policies.current(tx).clauses}
    build = Build(model="m1", prompt="p1")
    earned = appointed(name, **({"basis": Basis.EVIDENCE, "build": build, "words": words} | given))
    return a_reviewer(name, roles=(Role.MACHINE,), kind=PrincipalKind.MACHINE, build=build, certificates=(earned,))


def masked_reviewer(name: str = "vera", *fields: str) -> Principal:
    """A vendor's analyst for whom these fields are masked."""
    view = ViewProfile(masked_fields=frozenset(fields or ("subject", "text", "region", "reporter")))
    return a_reviewer(name, roles=(Role.VENDOR_ANALYST,), view=view, vendor=True)


def unskilled(name: str = "una", **skills: Any) -> Principal:
    """Somebody with limited skills: clauses, languages, exposure."""
    return a_reviewer(name, skills=Skills(**({"exposure": Exposure.SEVERE} | skills)))


def searching_own(name: str = "olu", team: str | None = None) -> Principal:
    """Somebody who may search their own work only, or their team's."""
    scope = SearchScope.OWN if team is None else SearchScope.TEAM
    return a_reviewer(name, view=ViewProfile(search_scope=scope), team_id=None if team is None else TeamId(team))


@contextmanager
def acting(tx: Tx, who: Principal) -> Iterator[Tx]:
    """Go on in the same transaction as somebody else, with their row security."""
    connection = tx.connection
    before, connection.told = connection.told, None
    _tell(connection, who.scope)
    yield Tx(connection=connection, actor=who, database=tx.database)
    connection.told = None
    _tell(connection, tx.actor.scope)
    connection.told = before


def a_case(tx: Tx, *clauses: str, text: str = "insultword again and again", at: datetime = AT, **event: Any) -> Case:
    """A case over one event, opened by hand, without a task."""
    event_id = an_event(tx, text, at=at, **event)
    wanted = [ClauseId(one) for one in clauses or ("HAR-1",)]
    return triage.open_by_hand(tx, event_ids=[event_id], clause_ids=wanted, reason="a test", at=at)


def an_event(tx: Tx, text: str = "insultword again and again", *, at: datetime = AT, **given: Any) -> EventId:
    """A conversation of one turn of the user and one of the model."""
    turns = given.pop("turns", (a_turn(text), a_turn("I can't help with that.", role="assistant")))
    event_id = a_kept_event(tx, at=at, turns=turns, **given)
    taken = intake.take(tx, limit=100, lease_s=60, at=at)
    intake.finish(tx, [one.id for one in taken])
    return event_id


def a_task(tx: Tx, *clauses: str, at: datetime = AT, **given: Any) -> Task:
    """A first look at a fresh case."""
    task = service.offer(tx, case_id=a_case(tx, *clauses, at=at, **given).id, at=at)
    assert task is not None
    return task


def in_hand(tx: Tx, who: Principal, *, at: datetime = AT) -> Task:
    """The next task, in somebody's hands."""
    with acting(tx, who) as mine:
        task = service.claim(mine, at=at)
    assert task is not None
    return task


def event_of(tx: Tx, task: Task) -> EventId:
    """The first event of a task's dossier."""
    dossier = dossiers.by_id(tx, task.dossier_id)
    assert dossier is not None
    return dossier.events[0].event_id


def subject_at(tx: Tx, task: Task, level: str) -> str:
    """Whom a task is about, at a level."""
    dossier = dossiers.by_id(tx, task.dossier_id)
    assert dossier is not None
    return str(dossier.subject["levels"][level])


def a_finding(event_id: EventId | None = None, clause: str = "HAR-1", **given: Any) -> Finding:
    """A violation in the user's first turn."""
    settings: dict[str, Any] = {
        "clause_id": ClauseId(clause),
        "verdict": Verdict.VIOLATION,
        "locus": Locus.USER,
        "span": None if event_id is None else Span(event_id=event_id, turn=0, start=0, end=6),
    }
    return Finding(**(settings | given))


def a_judgement(event_id: EventId | None = None, **given: Any) -> Judgement:
    """A violation of HAR-1, scored as it was suspected."""
    settings: dict[str, Any] = {
        "findings": (a_finding(event_id),),
        "rubric": {Dimension.GRAVITY: 2},
        "reason_codes": ("plain",),
        "rationale": PROSE,
    }
    return Judgement(**(settings | given))


def a_clean_judgement(clause: str = "HAR-1", **given: Any) -> Judgement:
    """Nothing found."""
    finding = a_finding(clause=clause, verdict=Verdict.NO_VIOLATION)
    return a_judgement(**({"findings": (finding,), "rubric": {}} | given))


def a_warning(account: str, **given: Any) -> Disposition:
    """A warning to an account."""
    settings: dict[str, Any] = {
        "kind": DispositionKind.ENFORCE,
        "target_level": TargetLevel.ACCOUNT,
        "target_id": account,
        "action_id": ActionId("warn"),
    }
    return Disposition(**(settings | given))


def decided(tx: Tx, who: Principal, judgement: Judgement | None = None, *, at: datetime = AT) -> Decision:
    """A decision of the next task by somebody."""
    task = in_hand(tx, who, at=at)
    given = judgement or a_judgement(event_of(tx, task))
    with acting(tx, who) as mine:
        return service.decide(mine, task_id=task.id, judgement=given, at=at + MINUTE)


def task_by_id(tx: Tx, task_id: TaskId) -> Task:
    """A task as it is now."""
    return service.task(tx, task_id)


def kept_out(tx: Tx, task_id: TaskId) -> frozenset[str]:
    """Who may not take a task: kept, and told to nobody."""
    return frozenset(tx.value("select excluded from review.task where id = %(id)s", {"id": task_id}))


def case_by_id(tx: Tx, case_id: CaseId) -> Case:
    """A case as it is now."""
    return triage.case(tx, case_id)


def severities() -> tuple[Severity, ...]:
    """Every severity, the gravest first."""
    return tuple(Severity)


def an_unknown_task() -> TaskId:
    """An id that names nothing."""
    return TaskId(new_id("task"))
