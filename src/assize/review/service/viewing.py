"""Put a case together as it may be shown: everything goes through `logic.shown` before it leaves."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from assize.intake import service as intake
from assize.intake.errors import SubjectNotFound
from assize.intake.models import Event, Subject, Use
from assize.kernel.ids import CaseId, DossierId, SubjectId
from assize.platform.db import Tx
from assize.policy import service as policy
from assize.review.logic import event_hash, shown, veil
from assize.review.models import (
    CaseView,
    Dossier,
    EventView,
    HistoryEntry,
    MediaView,
    SubjectView,
    Task,
    TurnView,
    View,
)
from assize.review.service.blindness import blind_to
from assize.review.service.freezing import provisional_scores
from assize.review.service.precedents import precedents_about, similar_to
from assize.review.service.wording import told
from assize.review.store import decisions, dossiers, precedents, tasks
from assize.triage import service as triage
from assize.triage.models import Case
from assize.workforce.models import Principal

MAX_HISTORY = 500
MAX_EVENTS = 500
MAX_CONVERSATIONS = 20
_GONE = "The content was erased when its time was up."
_ZERO_RETENTION = "The platform keeps no text of this customer: there are signals only."
_NOT_FOR_DISPLAY = "The handling class of this event does not allow it to be shown."


def view_of(
    tx: Tx,
    principal: Principal,
    *,
    case_id: CaseId,
    task: Task | None,
    opened: bool,
    brief: bool = False,
    guided: bool | None = None,
    seen: DossierId | None = None,
) -> CaseView:
    """Return a case as it may be shown to somebody. A step: the caller checks the right and records the opening.

    task: the one that is looked at; None for the case as such. A blind task of the same case in the reviewer's hands
    counts whatever they look at: there is no way around it. brief: the evidence alone, for a glance at many cases.
    guided: with precedents and similar cases, which take longest to find; where nothing is said, unless it is brief.
    seen: the evidence that was looked at; what came or changed since is told from there, not from the newest.
    """
    case = triage.case(tx, case_id)
    wanted = not brief if guided is None else guided
    held = _held(tx, principal, case_id)
    own = task if task is not None else held
    governing = held if held is not None and held.view is View.BLIND else own
    dossier = _dossier(tx, case_id, own)
    before = dossiers.by_id(tx, seen) if seen is not None else None
    events, conversations = _events(tx, case, before if before is not None and before.case_id == case_id else dossier)
    version = policy.current(tx)
    everything = CaseView(
        id=case.id,
        kind=case.kind.value,
        state=case.state.value,
        queue=case.queue,
        severity=case.provisional,
        assessed=case.assessed,
        mode=case.mode,
        opened_at=case.opened_at,
        due_at=case.due_at,
        language=case.language,
        region=case.region,
        restriction=case.restriction,
        test=case.shown_as_test,
        likely=tuple((one.clause_id, one.score, ", ".join(one.why)) for one in case.clauses),
        reasons=case.priority.reasons,
        rubric=dossier.rubric if dossier is not None else provisional_scores(version, case),
        subjects=_subjects(tx, case, conversations),
        events=events,
        dossier=dossier,
        task=own,
        decisions=() if brief else tuple(decisions.of_case(tx, case_id)),
        notes=() if brief else tuple(precedents.notes(tx, case_id=case_id, subject_id=case.subject_id)),
        history=() if brief else history_of(tx, case_id),
        precedents=tuple(precedents_about(tx, case)) if wanted else (),
        similar=tuple(similar_to(tx, case_id, principal)) if wanted else (),
        opened=opened,
        veil=veil(
            [clause for one in case.clauses if (clause := version.clause(one.clause_id)) is not None],
            severity=case.provisional if case.assessed is None else case.assessed,
            wanted=principal.look.folded,
        ),
        draft=_draft(tx, principal, own),
    )
    return shown(principal.view, governing, everything, blind=case_id in blind_to(tx, principal))


def history_of(tx: Tx, case_id: CaseId) -> tuple[HistoryEntry, ...]:
    """Return what happened to a case, in order and in words. A step."""
    return tuple(
        told(at, kind, actor, body) for at, kind, actor, body in precedents.history(tx, case_id, limit=MAX_HISTORY)
    )


def _held(tx: Tx, principal: Principal, case_id: CaseId) -> Task | None:
    held = [one for one in tasks.in_hand(tx, principal.id) if one.case_id == case_id]
    # A blind one first: holding another task of the case must not open what it hides.
    return min(held, key=lambda one: one.view is not View.BLIND, default=None)


def _dossier(tx: Tx, case_id: CaseId, task: Task | None) -> Dossier | None:
    if task is not None:
        return dossiers.by_id(tx, task.dossier_id)
    return dossiers.newest(tx, [case_id]).get(case_id)


def _draft(tx: Tx, principal: Principal, task: Task | None) -> dict[str, Any] | None:
    if task is None:
        return None
    found = dossiers.drafts(tx, reviewer=principal.id, task_id=task.id, limit=1)
    return dict(found[0].body) if found else None


def _subjects(tx: Tx, case: Case, conversations: Sequence[SubjectId]) -> tuple[SubjectView, ...]:
    found: dict[SubjectId, Subject] = {}
    with suppress(SubjectNotFound):
        for one in intake.subject_path(tx, case.subject_id) if case.subject_id is not None else ():
            found[one.id] = one
    for subject_id in conversations[:MAX_CONVERSATIONS]:
        with suppress(SubjectNotFound):
            found.setdefault(subject_id, intake.subject(tx, subject_id))
    return tuple(SubjectView(id=one.id, level=one.level.value, ref=one.ref) for one in found.values())


def _events(tx: Tx, case: Case, dossier: Dossier | None) -> tuple[tuple[EventView, ...], list[SubjectId]]:
    frozen = {one.event_id: one.hash for one in dossier.events} if dossier is not None else {}
    joined = triage.events_of_case(tx, case_id=case.id, limit=MAX_EVENTS)
    ids = list(dict.fromkeys([*frozen, *(one.event_id for one in joined)]))
    found: list[EventView] = []
    conversations: dict[SubjectId, None] = {}
    for event in intake.events(tx, ids):
        known = frozen.get(event.id)
        changed = known is not None and event_hash(event) not in {known, None}
        found.append(event_view(event, changed=changed, later=bool(frozen) and event.id not in frozen))
        if event.conversation_id is not None:
            conversations[event.conversation_id] = None
    return tuple(found), list(conversations)


def event_view(event: Event, *, changed: bool = False, later: bool = False) -> EventView:
    """Return one event as views show it, before masks. A step."""
    content = intake.content_for(event, Use.DISPLAY)
    return EventView(
        id=event.id,
        kind=event.kind,
        occurred_at=event.occurred_at,
        handling=event.handling,
        language=event.language,
        region=event.region,
        model_version=event.model_version,
        model_outcome=event.model_outcome,
        turns=tuple(
            TurnView(
                index=number,
                role=turn.role.value,
                text=turn.text,
                at=turn.at,
                language=turn.language,
                outcome=turn.outcome,
                tool=turn.tool,
            )
            for number, turn in enumerate(content.turns)
        ),
        media=tuple(
            MediaView(hash_kinds=tuple(sorted(one.hashes)), pointer=one.pointer, mime=one.mime, turn=one.turn)
            for one in content.media
        ),
        tags=event.tags,
        withheld=_why_withheld(event, content),
        changed=changed,
        later=later,
        reporter=None if event.report is None else event.report.reporter_kind.value,
        report_reason=None if event.report is None else event.report.reason,
    )


def _why_withheld(event: Event, content: Event) -> str | None:
    if event.erased_at is not None:
        return _GONE
    if content.turns or content.media:
        return None
    if event.handling.value == "zero_retention":
        return _ZERO_RETENTION
    return _NOT_FOR_DISPLAY if event.turns else None
