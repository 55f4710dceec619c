"""Freeze the evidence of a case: references and hashes, no content."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from assize.intake import service as intake
from assize.intake.errors import SubjectNotFound
from assize.kernel.ids import ClauseId, DossierId, new_id
from assize.platform.db import Tx
from assize.policy import service as policy
from assize.policy.models import PolicyVersion
from assize.review.facts import DossierSuperseded
from assize.review.logic import STANDING_KINDS, dossier_hash, event_hash
from assize.review.models import Dossier, DossierEvent, DossierSignal, Task
from assize.review.store import dossiers, precedents, tasks
from assize.triage import service as triage
from assize.triage.models import Case

MAX_EVENTS = 500  # the latest; beyond it nobody reads one by one, and an actor review says how many there are
MAX_SIGNALS = 200
MAX_PRECEDENTS = 20


def frozen(tx: Tx, case: Case, *, at: datetime) -> Dossier:
    """Return the evidence of a case as it was first frozen, or newer; freeze it where it never was."""
    return frozen_many(tx, [case], at=at)[0]


def frozen_many(tx: Tx, cases: Sequence[Case], *, at: datetime) -> list[Dossier]:
    """Do what `frozen` does for many cases, written in one statement. Returns one for each, in their order."""
    known = dossiers.newest(tx, sorted({case.id for case in cases}))
    missing = {case.id: case for case in cases if case.id not in known}
    if missing:
        version, guides = policy.current(tx), Guides(tx)
        fresh = [_drawn_up(tx, case, version, guides, number=1, at=at) for case in missing.values()]
        dossiers.insert(tx, fresh)
        known |= {one.case_id: one for one in fresh}
    return [known[case.id] for case in cases]


class Guides:
    """The precedents under clauses, each looked up once for many cases that share them."""

    def __init__(self, tx: Tx) -> None:
        self.tx = tx
        self._found: dict[tuple[ClauseId, ...], tuple[str, ...]] = {}

    def under(self, clauses: tuple[ClauseId, ...]) -> tuple[str, ...]:
        """Return the ids of precedents in force under these clauses."""
        if clauses not in self._found:
            found = precedents.of_clauses(self.tx, clauses, limit=MAX_PRECEDENTS)
            self._found[clauses] = tuple(one.id for one in found if one.binding)
        return self._found[clauses]


def refreshed(tx: Tx, case: Case, *, at: datetime) -> tuple[Dossier, list[Task]]:
    """Freeze a case anew and give it to its waiting tasks; return them. Nothing happens where nothing changed.

    Only tasks whose decision can stand follow: what is drawn for comparison keeps the evidence it was drawn with.
    """
    known = dossiers.newest(tx, [case.id]).get(case.id)
    if known is None:
        return frozen(tx, case, at=at), []
    newer = _drawn_up(tx, case, policy.current(tx), Guides(tx), number=known.version + 1, at=at)
    if (newer.events, newer.rubric, newer.severity) == (known.events, known.rubric, known.severity):
        return known, []
    dossiers.insert(tx, [newer])
    dossiers.supersede(tx, case.id, version=newer.version)
    waiting = tasks.give_newer_dossier(tx, case.id, dossier_id=newer.id, kinds=sorted(STANDING_KINDS))
    tx.record(DossierSuperseded(dossier_id=newer.id, case_id=case.id, version=newer.version, hash=newer.hash), at=at)
    return newer, waiting


def provisional_scores(version: PolicyVersion, case: Case) -> Mapping[str, int]:
    """Return the scores that the likely clauses of a case have before anybody looked, by dimension."""
    likely = {one.clause_id: one.score for one in case.clauses}
    scores = policy.provisional(version, likely).rubric.scores
    return {dimension.value: score for dimension, score in scores.items() if score}


def _drawn_up(tx: Tx, case: Case, version: PolicyVersion, guides: Guides, *, number: int, at: datetime) -> Dossier:
    joined = triage.events_of_case(tx, case_id=case.id, limit=MAX_EVENTS)
    events = intake.events(tx, [one.event_id for one in joined])
    dossier = Dossier(
        id=DossierId(new_id("dos")),
        case_id=case.id,
        version=number,
        frozen_at=at,
        events=tuple(
            DossierEvent(event_id=one.id, kind=one.kind, occurred_at=one.occurred_at, hash=event_hash(one))
            for one in events
        ),
        subject=_subject(tx, case),
        signals=_signals(tx, case),
        precedents=guides.under(case.clause_ids),
        rubric=provisional_scores(version, case),
        severity=case.severity,
        hash="",
    )
    return replace(dossier, hash=dossier_hash(dossier))


def _subject(tx: Tx, case: Case) -> Mapping[str, Any]:
    summary: dict[str, Any] = {
        "subject_id": case.subject_id,
        "events": case.event_count,
        "subjects": case.subject_count,
        "first_seen_at": case.first_seen_at.isoformat(),
        "levels": {},
    }
    if case.subject_id is not None:
        try:
            path = intake.subject_path(tx, case.subject_id)
        except SubjectNotFound:
            path = []
        summary["levels"] = {one.level.value: one.id for one in path}
    return summary


def _signals(tx: Tx, case: Case) -> tuple[DossierSignal, ...]:
    likely = [
        DossierSignal(name=why, clause_id=one.clause_id, detail=f"likelihood {one.score:.2f}")
        for one in case.clauses
        for why in one.why
    ]
    hits = [
        DossierSignal(
            name=f"rule:{hit.rule_id}",
            clause_id=None,
            detail=f"version {hit.rule_version}, read {', '.join(sorted(hit.values))}",
        )
        for hit in triage.hits(tx, case_id=case.id, limit=MAX_SIGNALS)
    ]
    return tuple([*likely, *hits][:MAX_SIGNALS])
