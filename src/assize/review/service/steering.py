"""Steer work: keep a task for somebody, move it, write drafts and notes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from assize.intake import service as intake
from assize.kernel.ids import CaseId, ClauseId, NoteId, QueueName, ReviewerId, SubjectId, TaskId, new_id
from assize.platform.db import Tx
from assize.platform.facts import canonical
from assize.policy import service as policy
from assize.review.errors import BadRequest, NoSuchTask, NotFree, NotQualified
from assize.review.facts import Mentioned, Noted, TaskAssigned, TaskMoved
from assize.review.logic import mentioned
from assize.review.models import Draft, Note, Task, TaskState
from assize.review.store import dossiers, precedents, tasks, together
from assize.triage import service as triage
from assize.workforce import service as workforce
from assize.workforce.models import Principal, Right, Skills
from assize.workforce.service import require

MAX_DRAFT = 200_000  # characters of JSON: the longest rationale with every finding there is room for
MAX_NOTE = 10_000


def assign(tx: Tx, *, task_id: TaskId, to: ReviewerId | None, at: datetime) -> Task:
    """Keep a waiting task for a named reviewer; None opens it to everybody again.

    Raises NoSuchTask, NotFree where somebody has it, NotQualified where that reviewer may not be given it.
    """
    require(tx, Right.TASKS_ASSIGN, about=task_id)
    task = _waiting(tx, task_id)
    if to is not None:
        reviewer = workforce.reviewer(tx, to)
        fits = reviewer.active and to not in task.excluded and _covers(reviewer.skills, task)
        withheld = {task.case_id, task.subject_id or ""} & reviewer.view.recused
        seen = task.restriction is None or task.restriction in reviewer.compartments
        if not fits or withheld or not seen:
            raise NotQualified
    changed = tasks.assign(tx, task_id, to=to)
    tx.record(TaskAssigned(task_id=task_id, case_id=task.case_id, assigned_to=to), at=at)
    return changed


def move(tx: Tx, *, task_id: TaskId, queue: QueueName, at: datetime) -> Task:
    """Put a waiting task into another queue of the policy. Raises NoSuchTask, NotFree, BadRequest."""
    require(tx, Right.TASKS_ASSIGN, about=task_id)
    if policy.current(tx).queue(queue) is None:
        raise BadRequest(field="queue", problem="the policy has no such queue")
    task = _waiting(tx, task_id)
    changed = tasks.move(tx, task_id, queue=queue)
    tx.record(TaskMoved(task_id=task_id, case_id=task.case_id, queue=queue), at=at)
    return changed


def save_draft(tx: Tx, *, task_id: TaskId, body: Mapping[str, Any], at: datetime) -> None:
    """Keep what the actor has typed so far, whatever its shape. Raises NoSuchTask, BadRequest.

    Kept also by whoever lost the task: words are never thrown away because a clock ran out.
    """
    principal = require(tx, Right.DECIDE, about=task_id)
    task = tasks.by_id(tx, task_id)
    if task is None:
        raise NoSuchTask
    keep_words(tx, task=task, reviewer=principal.id, body=body, lost=task.holder != principal.id, at=at)


def keep_words(tx: Tx, *, task: Task, reviewer: str, body: Mapping[str, Any], lost: bool, at: datetime) -> None:
    """Keep typed words for a task. A step of `save_draft` and of refusals. Raises BadRequest where they are too long."""
    try:
        size = len(canonical(dict(body)))
    except (TypeError, ValueError, RecursionError):
        raise BadRequest(field="", problem="a draft is a JSON object") from None
    if size > MAX_DRAFT or "\\u0000" in canonical(dict(body)):
        raise BadRequest(field="", problem=f"a draft has at most {MAX_DRAFT} characters, and none that can't be kept")
    dossiers.save_draft(tx, task_id=task.id, case_id=task.case_id, reviewer=reviewer, body=body, lost=lost, at=at)


def drafts(tx: Tx, *, task_id: TaskId | None = None) -> list[Draft]:
    """Return what the actor typed and has not sent, the latest first."""
    principal = require(tx, Right.DECIDE)
    return dossiers.drafts(tx, reviewer=principal.id, task_id=task_id, limit=100)


def drop_draft(tx: Tx, *, task_id: TaskId) -> None:
    """Throw away what the actor typed for a task. Raises NoSuchTask."""
    principal = require(tx, Right.DECIDE, about=task_id)
    if tasks.by_id(tx, task_id) is None:
        raise NoSuchTask
    dossiers.drop_draft(tx, task_id=task_id, reviewer=principal.id)


def note(
    tx: Tx, *, body: str, case_id: CaseId | None = None, subject_id: SubjectId | None = None, at: datetime
) -> Note:
    """Write a note on a case, or on a subject for whoever meets it next. Raises BadRequest, NoSuchCase."""
    principal = require(tx, Right.NOTE, about=case_id or subject_id)
    words = body.strip()
    if not words or len(words) > MAX_NOTE or "\0" in words:
        raise BadRequest(field="body", problem=f"a note has 1 to {MAX_NOTE} characters")
    if case_id is None and subject_id is None:
        raise BadRequest(field="case_id", problem="a note is on a case or on a subject")
    if case_id is not None:
        triage.case(tx, case_id)
    if subject_id is not None:
        intake.subject(tx, subject_id)
    one = Note(
        id=NoteId(new_id("note")),
        case_id=case_id,
        subject_id=subject_id,
        author=ReviewerId(principal.id),
        body=words,
        at=at,
    )
    precedents.insert_note(tx, one)
    tx.record(Noted(note_id=one.id, case_id=case_id, subject_id=subject_id), at=at)
    _tell_named(tx, one)
    return one


def _tell_named(tx: Tx, note: Note) -> None:
    """Keep whom a note names. Whether they may see what it is about shows when they ask; the author learns nothing."""
    if "@" not in note.body or not isinstance(tx.actor, Principal) or Right.CASES_READ not in tx.actor.rights:
        return
    named = [one for one in mentioned(note.body, workforce.colleagues(tx)) if one != note.author]
    if not named:
        return
    together.insert_mentions(tx, note_id=note.id, reviewers=named, case_id=note.case_id, at=note.at)
    tx.record_many(
        [
            Mentioned(note_id=note.id, reviewer_id=one, case_id=note.case_id, subject_id=note.subject_id)
            for one in named
        ],
        at=note.at,
    )


def _waiting(tx: Tx, task_id: TaskId) -> Task:
    task = tasks.lock(tx, task_id)
    if task is None:
        raise NoSuchTask
    if task.state not in {TaskState.OPEN, TaskState.HELD}:
        raise NotFree
    return task


def _covers(skills: Skills, task: Task) -> bool:
    if task.exposure > skills.exposure:
        return False
    if skills.languages is not None and task.language is not None and task.language not in skills.languages:
        return False
    known = skills.clauses
    return known is None or any(one in known or _family(one) in known for one in task.clauses)


def _family(clause_id: ClauseId) -> str:
    return clause_id.partition("-")[0]
