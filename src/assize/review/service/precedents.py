"""Precedents: endorsed, followed, distinguished, overruled; and the cases that are merely similar."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from assize.intake import service as intake
from assize.intake.models import Event, Use
from assize.kernel.ids import CaseId, ClauseId, DecisionId, EventId, PrecedentId, ReviewerId, new_id
from assize.platform.db import Tx
from assize.policy import service as policy
from assize.policy.models import PolicyVersion
from assize.review.errors import BadRequest, MaskedFromYou, NoSuchDecision, NoSuchPrecedent
from assize.review.facts import PrecedentEndorsed, PrecedentTreated
from assize.review.logic import sha256_of
from assize.review.models import (
    DecisionState,
    Dossier,
    Precedent,
    PrecedentTreatment,
    SimilarCase,
    Treatment,
)
from assize.review.ports import family_of
from assize.review.service.blindness import blind_to
from assize.review.store import decisions, precedents
from assize.triage import service as triage
from assize.triage.models import Case
from assize.workforce.models import Principal, Right, SearchScope
from assize.workforce.service import require

MAX_PRINCIPLE = 500
MAX_SIMILAR = 10
MAX_WORDS = 40  # of a case, the longest: short words are in every text
MAX_INDEXED = 100_000  # characters of an event: what PostgreSQL keeps of one text
_WORD = re.compile(r"[^\W\d_]{5,40}")
_SENTENCE = re.compile(r"[.!?]\s+\S")


def endorse(tx: Tx, *, decision_id: DecisionId, clause_id: ClauseId, principle: str, at: datetime) -> Precedent:
    """Endorse a standing decision as a guide under a clause, with one sentence of principle.

    Raises NoSuchDecision, BadRequest where it does not stand, does not speak of the clause, or the principle is not
    one sentence. The sentence is shown to everybody who meets the clause: it names no person and quotes no content.
    """
    principal = require(tx, Right.PRECEDENT_ENDORSE, about=decision_id)
    sentence = _principle(principle)
    found = decisions.by_ids(tx, [decision_id])
    if not found:
        raise NoSuchDecision
    decision = found[0]
    if decision.state is not DecisionState.STANDS:
        raise BadRequest(field="decision_id", problem="only a decision that stands can be a guide")
    finding = next((one for one in decision.findings if one.clause_id == clause_id), None)
    if finding is None:
        raise BadRequest(field="clause_id", problem="the decision says nothing of this clause")
    one = Precedent(
        id=PrecedentId(new_id("pre")),
        decision_id=decision.id,
        case_id=decision.case_id,
        clause_id=clause_id,
        policy_version_id=decision.policy_version_id,
        clause_hash=clause_hash(policy.version(tx, decision.policy_version_id), clause_id),
        principle=sentence,
        verdict=finding.verdict,
        endorsed_by=ReviewerId(principal.id),
        endorsed_at=at,
    )
    precedents.insert(tx, one)
    tx.record(
        PrecedentEndorsed(precedent_id=one.id, case_id=one.case_id, decision_id=one.decision_id, clause_id=clause_id),
        at=at,
    )
    return one


def treat(
    tx: Tx,
    *,
    precedent_id: PrecedentId,
    treatment: Treatment,
    reason: str,
    decision_id: DecisionId | None = None,
    at: datetime,
) -> Precedent:
    """Say that a decision followed or distinguished a precedent; or, as an expert, overrule it.

    Raises NoSuchPrecedent, BadRequest. Overruling needs the right to endorse; the others the right to decide.
    """
    right = Right.PRECEDENT_ENDORSE if treatment is Treatment.OVERRULED else Right.DECIDE
    principal = require(tx, right, about=precedent_id)
    sentence = _principle(reason, field="reason")
    found = precedents.by_ids(tx, [precedent_id])
    if not found:
        raise NoSuchPrecedent
    one = PrecedentTreatment(
        treatment=treatment, reason=sentence, by=ReviewerId(principal.id), at=at, decision_id=decision_id
    )
    precedents.insert_treatment(tx, precedent_id, one)
    tx.record(PrecedentTreated(precedent_id=precedent_id, case_id=found[0].case_id, treatment=treatment.value), at=at)
    return binding(tx, precedents.by_ids(tx, [precedent_id]))[0]


def precedents_for(tx: Tx, *, case_id: CaseId) -> list[Precedent]:
    """Return the precedents under the likely clauses of a case, those that bind first.

    While the actor judges the case blind, none that was made of its own decision, as on its page.
    """
    principal = require(tx, Right.CASES_READ, about=case_id)
    blind = case_id in blind_to(tx, principal)
    return [one for one in precedents_about(tx, triage.case(tx, case_id)) if not blind or one.case_id != case_id]


def precedents_under(tx: Tx, *, clause_id: ClauseId) -> list[Precedent]:
    """Return the precedents under a clause, those that bind first."""
    require(tx, Right.CASES_READ)
    return precedents_of(tx, [clause_id])


def precedents_of(tx: Tx, clauses: Sequence[ClauseId]) -> list[Precedent]:
    """Return the precedents under clauses, those that bind first. A step."""
    found = binding(tx, precedents.of_clauses(tx, clauses, limit=50))
    return sorted(found, key=lambda one: not one.binding)


def precedents_about(tx: Tx, case: Case) -> list[Precedent]:
    """Return the precedents under the likely clauses of a case, but for those that would give it away. A step."""
    hidden = family_of(tx, case)
    return [one for one in precedents_of(tx, case.clause_ids) if one.case_id not in hidden]


def find_precedents(tx: Tx, *, text: str) -> list[Precedent]:
    """Return precedents by the words of their principle."""
    require(tx, Right.CASES_READ)
    words = text.strip()
    if not words or "\0" in words:
        return []
    return binding(tx, precedents.find(tx, words[:500], limit=50))


def similar(tx: Tx, *, case_id: CaseId) -> list[SimilarCase]:
    """Return decided cases that resemble this one by words or as near-duplicates: no precedents, and marked so.

    Only text whose handling class allows an index is compared. None while the actor judges the case blind, as on its
    page. Raises MaskedFromYou for whom text is masked: what may not be read may not be searched either.
    """
    principal = require(tx, Right.CASES_READ, about=case_id)
    if "text" in principal.view.masked_fields:
        raise MaskedFromYou
    return [] if case_id in blind_to(tx, principal) else similar_to(tx, case_id, principal)


def similar_to(tx: Tx, case_id: CaseId, principal: Principal) -> list[SimilarCase]:
    """Return what `similar` does; nothing for whom text is masked or search is limited. A step."""
    if "text" in principal.view.masked_fields or principal.view.search_scope is not SearchScope.ALL:
        return []
    case = triage.case(tx, case_id)
    hidden = family_of(tx, case)
    joined = triage.events_of_case(tx, case_id=case_id, limit=20)
    events = intake.events(tx, [one.event_id for one in joined])
    found: dict[CaseId, SimilarCase] = {}
    if case.near_duplicate is not None:
        same = precedents.similar_by_cluster(tx, case_id=case_id, cluster=case.near_duplicate, limit=MAX_SIMILAR)
        found.update({one.case_id: one for one in same})
    words = _words(events)
    if words:
        for one in precedents.similar_by_words(tx, case_id=case_id, words=words, limit=MAX_SIMILAR + len(hidden)):
            if one.case_id not in hidden:
                found.setdefault(one.case_id, one)
    return list(found.values())[:MAX_SIMILAR]


def index_words(tx: Tx, dossier: Dossier) -> None:
    """Make a decided case findable by its words, as far as the handling of each event allows. A step."""
    events = intake.events(tx, [one.event_id for one in dossier.events])
    texts: dict[EventId, str] = {}
    for event in events:
        text = _indexable(event)
        if text:
            texts[event.id] = text
    precedents.index_words(tx, dossier.case_id, texts)


def clause_hash(version: PolicyVersion, clause_id: ClauseId) -> str:
    """Return the hash of a clause's words: where it changes, a precedent no longer binds."""
    clause = version.clause(clause_id)
    if clause is None:
        return ""
    return sha256_of(
        {
            "scope": clause.scope,
            "includes": clause.includes,
            "excludes": clause.excludes,
            "exceptions": [one.standard for one in clause.exceptions],
        }
    )


def binding(tx: Tx, found: list[Precedent]) -> list[Precedent]:
    """Return precedents with whether each still binds, under the words that its clause has now. A step."""
    if not found:
        return []
    version = policy.current(tx)
    return [
        replace(one, binding=one.binding and one.clause_hash == clause_hash(version, one.clause_id)) for one in found
    ]


def _indexable(event: Event) -> str:
    return intake.content_for(event, Use.INDEX).text[:MAX_INDEXED].replace("\0", " ")


def _words(events: Sequence[Event]) -> list[str]:
    seen = {word.lower() for event in events for word in _WORD.findall(_indexable(event)[:20_000])}
    return sorted(seen, key=lambda word: (-len(word), word))[:MAX_WORDS]


def _principle(text: str, *, field: str = "principle") -> str:
    sentence = " ".join(text.split())
    if not sentence or len(sentence) > MAX_PRINCIPLE or "\0" in sentence or _SENTENCE.search(sentence):
        raise BadRequest(field=field, problem=f"say it in one sentence of at most {MAX_PRINCIPLE} characters")
    return sentence
