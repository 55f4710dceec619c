"""A large installation in a minute's reading: one real case, decided and undecided, copied many times over by the database.

What is copied was made by the services themselves; only ids, times, and what pages tell apart are changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from assize.intake.models import RawEvent, Role, SubjectRef, Turn
from assize.intake.service import finish, receive, take
from assize.kernel import clock
from assize.kernel.actor import Scope
from assize.kernel.ids import CertificateId, DecisionId, ReviewerId
from assize.platform.db import Database, Tx
from assize.policy.service import current, load, publish, published
from assize.review import service as review
from assize.review.models import Disposition, DispositionKind, Finding, Judgement, Locus, Span, TargetLevel, Verdict
from assize.triage import service as triage
from assize.workforce.logic import rights_of
from assize.workforce.models import (
    SYSTEM,
    Basis,
    Certificate,
    CertificateScope,
    CertificateState,
    Principal,
    PrincipalKind,
)
from assize.workforce.models import Role as Office

AT_ONCE = 50_000  # rows a statement: none may take longer than the application's limit
ACCOUNTS = 200_000
SPAN_S = 30 * 86_400
OPEN_SHARE = 20  # one case in twenty still waits
QUEUES = "(array['influence-fraud', 'child-safety', 'cbrn-cyber', 'self-harm', 'general'])[1 + n %% 5]"
CLAUSES = "(array['FRD-1', 'CSE-3', 'CYB-2', 'SUI-2', 'STK-1'])[1 + n %% 5]"
COLUMNS = """
select a.attname as name from pg_attribute a
where a.attrelid = %(table)s::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
order by a.attnum
"""


@dataclass(frozen=True, kw_only=True)
class Size:
    """How much there is. events: several for each case, most of them in none."""

    cases: int
    events: int


@dataclass(frozen=True, kw_only=True)
class _Original:
    event: str
    subject: str
    case: str
    task: str
    dossier: str
    decision: str


def fill(database: Database, size: Size) -> None:
    """Make the backlog. Every row is like one that the services wrote."""
    original = _made(database)
    _copy(database, "intake.subject", size_of(ACCOUNTS, size), "id", original.subject, {
        "id": _id("sub"), "ref": "'acct-' || n",
    })  # fmt: skip
    _copy(database, "intake.event_row", size.events, "id", original.event, {
        "id": _id("evt"), "external_id": "'bench-' || n", "account": f"'acct-' || n %% {size_of(ACCOUNTS, size)}",
        "conversation": "'conv-' || n / 3", "occurred_at": _when(size.events),
        "received_at": _when(size.events),
        "body": f"case when n > {size.cases * 2} then o.body else replace(o.body::text, 'nobody', 'nobody ' || {_words(6)})::jsonb end",
    }, source="intake.event")  # fmt: skip
    account = f"'sub_' || lpad((1 + n %% {size_of(ACCOUNTS, size)})::text, 26, '0')"
    _copy(database, "intake.event_subject", size.events, "event_id", original.event, {
        "event_id": _id("evt"), "subject_id": account, "account_id": account, "conversation_id": "null",
        "occurred_at": _when(size.events),
    })  # fmt: skip
    _cases(database, size, original, account)


def size_of(most: int, size: Size) -> int:
    """Return how many there are of something that a small installation has fewer of."""
    return max(1, min(most, size.events // 5))


def _cases(database: Database, size: Size, original: _Original, account: str) -> None:
    decided = f"n %% {OPEN_SHARE} <> 0"
    opened = _when(size.cases)
    _copy(database, "triage.case", size.cases, "id", original.case, {
        "id": _id("case"), "subject_id": account, "conversation": "null", "conversation_id": "null", "queue": QUEUES,
        "clause_ids": f"array[{CLAUSES}]", "families": f"array[split_part({CLAUSES}, '-', 1)]",
        "provisional": "1 + n %% 4", "assessed": f"case when {decided} then 1 + n %% 4 end",
        "state": f"case when {decided} then 'decided' else 'open' end", "opened_at": opened,
        "order_key": f"{opened} + n %% 4 * interval '1 day'", "due_at": f"{opened} + interval '1 day'",
        "decided_at": f"case when {decided} then {opened} + interval '2 hours' end",
    })  # fmt: skip
    for which in (0, 1):
        event = f"'evt_' || lpad((1 + (n * 2 + {which}) %% {size.events})::text, 26, '0')"
        _copy(database, "triage.case_event", size.cases, "case_id", original.case, {
            "case_id": _id("case"), "event_id": event, "subject_id": account,
        })  # fmt: skip
    _copy(database, "triage.case_subject", size.cases, "case_id", original.case, {
        "case_id": _id("case"), "subject_id": account,
    })  # fmt: skip
    event = f"'evt_' || lpad((1 + (n * 2) %% {size.events})::text, 26, '0')"
    _copy(database, "review.dossier", size.cases, "id", original.dossier, {
        "id": _id("dos"), "case_id": _id("case"),
        "events": f"replace(o.events::text, '{original.event}', {event})::jsonb",
    })  # fmt: skip
    _copy(database, "review.task", size.cases, "id", original.task, {
        "id": _id("task"), "case_id": _id("case"), "dossier_id": _id("dos"), "subject_id": account, "queue": QUEUES,
        "state": f"case when {decided} then 'done' else 'open' end", "severity": "1 + n %% 4",
        "clauses": f"array[{CLAUSES}]", "clause_keys": f"array[{CLAUSES}, split_part({CLAUSES}, '-', 1)]",
        "order_key": f"{opened} + n %% 4 * interval '1 day'", "due_at": f"{opened} + interval '1 day'",
        "offered_at": opened, "claimed_at": f"case when {decided} then {opened} + interval '1 hour' end",
    })  # fmt: skip
    _copy(database, "review.decision", size.cases, "id", original.decision, {
        "id": _id("dec"), "case_id": _id("case"), "task_id": _id("task"), "subject_id": account,
        "dossier_id": _id("dos"), "primary_clause": CLAUSES, "decided_at": f"{opened} + interval '2 hours'",
        "effective_at": f"{opened} + interval '2 hours'",
        "rationale": "'A scheme of the kind the clause names, number ' || n || ', word' || n %% 5000",
    }, where=decided)  # fmt: skip
    _copy(database, "review.indexed_text", size.cases, "case_id", original.case, {
        "case_id": _id("case"), "event_id": event, "words": f"o.words || to_tsvector('simple', {_words(12)})",
    }, where=decided)  # fmt: skip
    _copy(database, "review.finding", size.cases, "decision_id", original.decision, {
        "id": _id("fnd"), "decision_id": _id("dec"), "clause_id": CLAUSES, "event_id": event,
    }, where=decided)  # fmt: skip


def _copy(
    database: Database,
    table: str,
    count: int,
    key: str,
    value: str,
    changed: Mapping[str, str],
    *,
    source: str | None = None,
    where: str = "true",
) -> None:
    with database.transaction(SYSTEM) as tx:
        columns = [row["name"] for row in tx.rows(COLUMNS, {"table": table})]
    chosen = ", ".join(f"{changed[name]}" if name in changed else f"o.{name}" for name in columns)
    statement = (
        f"insert into {table} ({', '.join(columns)}) select {chosen} from {source or table} o,"  # noqa: S608 - our own words
        f" generate_series(%(first)s::integer, %(last)s::integer) n where o.{key} = %(value)s and {where}"
    )
    for first in range(1, count + 1, AT_ONCE):
        with database.transaction(SYSTEM) as tx:
            tx.run("set local statement_timeout = 0")
            tx.run(statement, {"first": first, "last": min(first + AT_ONCE - 1, count), "value": value})


def _words(count: int) -> str:
    # Words as texts have them: some that many share, most that few do.
    letters = "translate((abs(hashint4(n * 31 + k)) %% (10 ^ (1 + k %% 6))::int)::text, '0123456789', 'abcdefghij')"
    return f"(select string_agg('word' || {letters}, ' ') from generate_series(1, {count}) k)"  # noqa: S608 - our own words


def _id(prefix: str) -> str:
    return f"'{prefix}_' || lpad(n::text, 26, '0')"


def _when(count: int) -> str:
    return f"now() - interval '3 hours' - ({count} - n) * interval '{SPAN_S / max(count, 1):.6f} seconds'"


def _made(database: Database) -> _Original:
    at = clock.now()
    with database.transaction(SYSTEM) as tx:
        if not published(tx):
            publish(tx, pack=load("starter"), at=at, reason="bench")
        turns = (
            Turn(role=Role.USER, text="a question of the bench that harms nobody at all, at some length " * 4),
            Turn(role=Role.ASSISTANT, text="an answer of the bench, of the length that answers have " * 4),
        )
        event = RawEvent(
            external_id="original", occurred_at=at - timedelta(hours=3), language="en", turns=turns,
            subject=SubjectRef(account="acct-original"),
        )  # fmt: skip
        event_id = receive(tx, items=[event], at=at - timedelta(hours=3)).ids[0]
        if event_id is None:
            raise ValueError("the bench's own event was not taken")
        finish(tx, [one.id for one in take(tx, limit=10, lease_s=60, at=at)])
        case = triage.open_by_hand(
            tx, event_ids=[event_id], clause_ids=[current(tx).clauses[0].id], reason="bench", at=at
        )
        task = review.offer(tx, case_id=case.id, at=at)
    if task is None or case.subject_id is None:
        raise ValueError("the bench's own case has no task")
    decision = _decided(database, task.id, event_id, case.subject_id)
    return _Original(
        event=event_id, subject=case.subject_id, case=case.id, task=task.id, dossier=task.dossier_id, decision=decision
    )


def _decided(database: Database, task_id: str, event_id: str, subject_id: str) -> DecisionId:
    roles = frozenset({Office.EXPERT})
    at = clock.now()
    appointed = Certificate(
        id=CertificateId("cert_bench"),
        reviewer_id=ReviewerId("rev_bench"),
        basis=Basis.ROLE,
        scope=CertificateScope(),
        state=CertificateState.ALONE,
        since=at,
        why="role",
        opened_by="system",
        opened_at=at,
        evidence_since=at,
        approver="system",
    )
    who = Principal(
        id="rev_bench",
        scope=Scope(),
        name="Bench",
        kind=PrincipalKind.PERSON,
        roles=roles,
        rights=rights_of(roles),
        certificates=(appointed,),
    )
    with database.transaction(who) as tx:
        review.claim_task(tx, task_id=task_id, at=at)  # type: ignore[arg-type]
        clause = current(tx).clauses[0]
        finding = Finding(
            clause_id=clause.id,
            verdict=Verdict.NO_VIOLATION,
            locus=Locus.USER,
            span=Span(event_id=event_id, turn=0),  # type: ignore[arg-type]
        )
        nothing = Disposition(kind=DispositionKind.NONE, target_level=TargetLevel.ACCOUNT, target_id=subject_id)
        judgement = Judgement(
            findings=(finding,),
            dispositions=(nothing,),
            reason_codes=tuple(one.id for one in clause.reason_codes[:1]),
            rationale="Nothing of the kind that the clause names, as the bench made it up to be copied.",
        )
        return review.decide(tx, task_id=task_id, judgement=judgement, at=at).id  # type: ignore[arg-type]


def settle(tx: Tx) -> None:
    """Say what a month of autovacuum would have said."""
    tx.run("analyze")
