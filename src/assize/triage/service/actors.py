"""Actor reviews: what one subject's conversations add up to, when none of them shows it alone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from assize.intake.models import Event
from assize.kernel.ids import ClauseId, SubjectId
from assize.platform.db import Tx
from assize.policy.models import PolicyVersion
from assize.triage.logic.actor import WINDOW, WORTH_KEEPING, adds_up, needs_review
from assize.triage.logic.scoring import OPEN_AT
from assize.triage.models import CaseKind, LikelyClause
from assize.triage.service.judging import Evidence
from assize.triage.service.placing import Matter
from assize.triage.service.scoring import Scored
from assize.triage.store import cases, counting
from assize.triage.store.counting import Trace


def actor_reviews(tx: Tx, scored: Sequence[Scored], policy: PolicyVersion, *, at: datetime) -> list[Matter]:
    """Keep the scores too low for a case, and return a matter for each subject whose conversations add up."""
    latest: dict[tuple[SubjectId, str], Event] = {}
    traces: list[Trace] = []
    for one in scored:
        subject_id = one.event.subject_id
        if subject_id is None or one.event.test or one.event.sealed:
            continue
        for clause in one.clauses:
            known = policy.clause(clause.clause_id)
            if known is None or not WORTH_KEEPING <= clause.score < OPEN_AT:
                continue
            latest[subject_id, known.family] = one.event
            traces.append(_trace(one.event, subject_id, known.family, clause, at))
    if not traces:
        return []
    counting.keep_traces(tx, traces, at=at)
    found = counting.traces(tx, _since(tx, latest, at=at))
    return [
        _matter(latest[key], some) for key, some in sorted(found.items()) if needs_review(trace.score for trace in some)
    ]


def _trace(event: Event, subject_id: SubjectId, family: str, clause: LikelyClause, at: datetime) -> Trace:
    return Trace(
        subject_id=subject_id,
        family=family,
        conversation=event.conversation_id or event.id,
        clause_id=clause.clause_id,
        score=clause.score,
        event_id=event.id,
        at=at,
    )


def _since(
    tx: Tx, latest: dict[tuple[SubjectId, str], Event], *, at: datetime
) -> dict[tuple[SubjectId, str], datetime]:
    """Return from when on each subject's conversations count: 30 days, or since their last review was decided."""
    keys = {
        (subject_id, family): f"actor|{subject_id}|{family}|{'test' if event.test else ''}"
        f"|{event.restriction or ''}|{event.region or ''}"
        for (subject_id, family), event in latest.items()
    }
    known = cases.by_key(tx, list(keys.values()))
    decided = {key: known[name].decided_at for key, name in keys.items() if name in known}
    return {key: max(at - WINDOW, decided.get(key) or at - WINDOW) for key in keys}


def _matter(event: Event, traces: Sequence[Trace]) -> Matter:
    together = adds_up(trace.score for trace in traces)
    clause_ids = sorted({trace.clause_id for trace in traces})
    why = (f"actor:{len(traces)} conversations in {WINDOW.days} days",)
    return Matter(
        event=replace(event, conversation_id=None),
        kind=CaseKind.ACTOR_REVIEW,
        clauses=tuple(LikelyClause(clause_id=ClauseId(one), score=together, why=why) for one in clause_ids),
        evidence=Evidence(),
        joining=tuple((trace.event_id, trace.at) for trace in traces),
    )
