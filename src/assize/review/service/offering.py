"""Ask for judgements: tasks over frozen evidence, and what becomes of them when their case changes."""

from collections.abc import Collection, Sequence
from datetime import datetime

from assize.kernel.ids import CaseId, DecisionId, QueueName, ReviewerId, TaskId, new_id
from assize.platform.db import Tx
from assize.review.facts import TaskCancelled, TaskOffered
from assize.review.logic import clause_keys
from assize.review.models import Dossier, Task, TaskState, View
from assize.review.ports import keep_out
from assize.review.service.freezing import frozen, frozen_many, refreshed
from assize.review.store import tasks
from assize.triage import service as triage
from assize.triage.models import Case

FIRST_LOOK = "first_look"
SECOND_LOOK = "second_look"


def offer(
    tx: Tx,
    *,
    case_id: CaseId,
    kind: str = FIRST_LOOK,
    view: View = View.FULL,
    excluded: Collection[ReviewerId] = (),
    about: DecisionId | None = None,
    reason: str = "",
    assigned_to: ReviewerId | None = None,
    queue: QueueName | None = None,
    inclusion: float | None = None,
    at: datetime,
) -> Task | None:
    """Ask for one judgement about a case; its evidence is frozen at the first offer. A step: the caller checks.

    queue: the case's own where not given. inclusion: the known probability with which a sample drew the case.
    Returns None where a first look of the case waits already. Raises NoSuchCase.
    """
    case = triage.case(tx, case_id)
    dossier = frozen(tx, case, at=at)
    excluded = {*excluded, *keep_out(tx, case)}
    wanted = asked(
        case, dossier, kind=kind, view=view, excluded=excluded, about=about, reason=reason,
        assigned_to=assigned_to, queue=queue, at=at,
    )  # fmt: skip
    return next(iter(_written(tx, [wanted], [dossier], inclusion=inclusion, at=at)), None)


def offer_first_looks(tx: Tx, *, case_ids: Sequence[CaseId], at: datetime) -> list[Task]:
    """Ask for a first look at many cases at once; those that wait for one already are left out. A step."""
    cases = [triage.case(tx, case_id) for case_id in case_ids]
    evidence = frozen_many(tx, cases, at=at)
    wanted = [
        asked(case, dossier, kind=FIRST_LOOK, excluded=keep_out(tx, case), at=at)
        for case, dossier in zip(cases, evidence, strict=True)
    ]
    return _written(tx, wanted, evidence, inclusion=None, at=at)


def offer_again(tx: Tx, *, case_id: CaseId, at: datetime) -> Task | None:
    """A decided case was reopened: freeze it anew and ask for a first look. A step."""
    refreshed(tx, triage.case(tx, case_id), at=at)
    return offer(tx, case_id=case_id, at=at)


def follow_case(tx: Tx, *, case_id: CaseId, at: datetime) -> None:
    """A case grew, was raised or moved: its waiting tasks take its place, and newer evidence. A step."""
    case = triage.case(tx, case_id)
    dossier, _ = refreshed(tx, case, at=at)
    tasks.follow_case(tx, asked(case, dossier, kind=FIRST_LOOK, at=at), keys=clause_keys(case.clause_ids))


def withdraw(tx: Tx, *, case_id: CaseId, kind: str | None = None, reason_code: str, at: datetime) -> int:
    """Withdraw the waiting tasks of a case, of one kind or all; return how many. A step."""
    gone = tasks.cancel(tx, case_id, kind=kind)
    tx.record_many([TaskCancelled(task_id=one, case_id=case_id, reason_code=reason_code) for one in gone], at=at)
    return len(gone)


def asked(
    case: Case,
    dossier: Dossier,
    *,
    kind: str,
    view: View = View.FULL,
    excluded: Collection[ReviewerId] = (),
    about: DecisionId | None = None,
    reason: str = "",
    assigned_to: ReviewerId | None = None,
    queue: QueueName | None = None,
    at: datetime,
) -> Task:
    """Return the task that asks for a judgement about a case, as it will be written."""
    return Task(
        id=TaskId(new_id("task")),
        case_id=case.id,
        kind=kind,
        view=view,
        queue=queue or case.queue,
        state=TaskState.OPEN,
        order_key=case.priority.order_key,
        due_at=case.due_at,
        severity=case.severity,
        mode=case.mode,
        clauses=case.clause_ids,
        language=case.language,
        exposure=int(case.exposure_class),
        subject_id=case.subject_id,
        dossier_id=dossier.id,
        offered_at=at,
        excluded=frozenset(excluded),
        assigned_to=assigned_to,
        about=about,
        reason=reason,
        restriction=case.restriction,
        region=case.region,
        test=case.shown_as_test,
    )


def _written(
    tx: Tx, wanted: Sequence[Task], evidence: Sequence[Dossier], *, inclusion: float | None, at: datetime
) -> list[Task]:
    made = tasks.insert(tx, wanted, keys=[clause_keys(one.clauses) for one in wanted], inclusion=inclusion)
    hashes = {one.id: one.hash for one in evidence}
    tx.record_many(
        [
            TaskOffered(
                task_id=one.id,
                case_id=one.case_id,
                kind_of_task=one.kind,
                view=one.view.value,
                queue=one.queue,
                dossier_id=one.dossier_id,
                dossier_hash=hashes[one.dossier_id],
            )
            for one in made
        ],
        at=at,
    )
    return made
