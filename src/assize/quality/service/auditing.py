"""Take an audit, look at the case as it was, commit a label. Nothing of the decision is read on the way."""

from collections.abc import Collection
from datetime import datetime, timedelta

from assize.escalation import service as escalation
from assize.kernel.ids import AuditId, CaseId, LabelId, ReviewerId, new_id
from assize.platform.db import Database, Tx
from assize.quality.errors import (
    AlreadyCommitted,
    AuditLost,
    AuditNotFree,
    NoSuchAudit,
    NotForYou,
    NotYourAudit,
    OverBudget,
)
from assize.quality.facts import AuditCommitted, AuditOffered, AuditOpened, AuditReturned, AuditTaken, AuditWithdrawn
from assize.quality.logic import KNEW, LEASE, repeated
from assize.quality.models import (
    Audit,
    AuditCard,
    AuditQueue,
    AuditState,
    AuditView,
    Label,
    LooksAt,
    card_of,
)
from assize.quality.store import audits, labels
from assize.review import service as review
from assize.review.errors import BadJudgement, OnBreak
from assize.review.models import Judgement
from assize.review.ports import register_blinding
from assize.workforce.models import SYSTEM, Principal, Right, SearchScope
from assize.workforce.service import break_until, require

AUDIT = "audit"  # what labels of audits are `of`
SWEEP, SHOWN = 200, 50
LATELY = timedelta(days=7)
PURPOSE = "audit"


class Audits:
    """Cases that somebody has in hand for an audit are blind to them everywhere."""

    name = "audits"

    def cases_blind_to(self, tx: Tx, reviewer: ReviewerId) -> Collection[CaseId]:
        """Return the cases that somebody judges blind now."""
        if not isinstance(tx.actor, Principal) or Right.QUALITY_AUDIT not in tx.actor.rights:
            return ()
        return [one.case_id for one in audits.in_hand(tx, reviewer) if one.looks_at is LooksAt.CONTENT]


register_blinding(Audits())


def audit_queue(tx: Tx, *, at: datetime) -> AuditQueue:
    """Return what waits to be looked at, as far as the actor may be given it; nothing of what was decided."""
    principal = require(tx, Right.QUALITY_AUDIT)
    me = principal.id
    counted = audits.counted(tx, reviewer=me, at=at, since=at - LATELY)
    # Whoever may not look through others' work is given what is next, and shown no list of it.
    wide = principal.view.search_scope is SearchScope.ALL
    waiting = audits.waiting(tx, reviewer=me, at=at, limit=SHOWN) if wide else []
    return AuditQueue(
        **counted,
        mine=tuple(card_of(one, to=me) for one in audits.in_hand(tx, me)),
        next=tuple(card_of(one, to=me) for one in waiting),
        done=tuple(card_of(one, to=me) for one in audits.of_auditor(tx, me, limit=SHOWN)),
    )


def list_audits(
    tx: Tx, *, states: tuple[AuditState, ...] | None = None, before: str | None = None, limit: int = 50
) -> list[AuditCard]:
    """Return audits of others' decisions, the latest first; of a narrow search scope, one's own and one's team's."""
    principal = require(tx, Right.QUALITY_READ)
    scope = principal.view.search_scope
    found = audits.page(
        tx,
        reviewer=principal.id,
        everything=scope is SearchScope.ALL,
        team=principal.team_id if scope is SearchScope.TEAM else None,
        states=states,
        before=before,
        limit=min(max(1, limit), 200),
    )
    return [card_of(one, to=principal.id) for one in found]


def audit_card(tx: Tx, *, audit_id: AuditId) -> AuditCard:
    """Return an audit of somebody else's decision, as lists show it. Raises NoSuchAudit."""
    principal = require(tx, Right.QUALITY_AUDIT, about=audit_id)
    found = next(iter(audits.by_ids(tx, [audit_id])), None)
    if found is None or found.decider_id == principal.id:
        raise NoSuchAudit
    return card_of(found, to=principal.id)


def take_audit(tx: Tx, *, audit_id: AuditId | None = None, budget: int, at: datetime) -> AuditCard | None:
    """Take the audit that is due next, or one by name; None where there is none for the actor.

    Never of one's own decision, and never of a case that one knows: one taken by name all the same is marked as not
    blind. What is given is within skills and within the day's budget of hard content.
    Raises OnBreak; of one by name, NoSuchAudit, AuditNotFree, NotForYou, OverBudget.
    """
    principal = require(tx, Right.QUALITY_AUDIT, about=audit_id)
    until = break_until(principal, at=at)
    if audit_id is None and until is not None:
        raise OnBreak(until=until)
    taker = _taker(tx, principal, budget=budget, at=at)
    found = audits.take(tx, taker, audit_id=audit_id)
    if found is None and audit_id is not None:
        found = _take_by_name(tx, principal, taker, audit_id, at=at)
    if found is None:
        return None
    tx.record(AuditTaken(audit_id=found.id, case_id=found.case_id), at=at)
    return card_of(found, to=principal.id)


def return_audit(tx: Tx, *, audit_id: AuditId, at: datetime) -> None:
    """Put an audit in hand back for others. Raises NoSuchAudit, NotYourAudit, AuditLost, AlreadyCommitted."""
    require(tx, Right.QUALITY_AUDIT, about=audit_id)
    audit = held(tx, audit_id)
    audits.give_back(tx, audit.id)
    tx.record(AuditReturned(audit_id=audit.id, case_id=audit.case_id, lost=False), at=at)


def withdraw_audit(tx: Tx, *, audit_id: AuditId, reason_code: str, at: datetime) -> None:
    """End an audit that can't be done, such as one whose content is gone. Raises NoSuchAudit, AlreadyCommitted."""
    require(tx, Right.QUALITY_PLAN, about=audit_id)
    if audits.lock(tx, audit_id) is None:
        raise NoSuchAudit
    found = audits.withdraw(tx, audit_id, why=reason_code)
    if found is None:
        raise AlreadyCommitted
    tx.record(AuditWithdrawn(audit_id=found.id, case_id=found.case_id, reason_code=reason_code), at=at)


def audit_view(tx: Tx, *, audit_id: AuditId) -> AuditView:
    """Return an audit in hand with the case as it was: no label, no reasons, no score, nothing that came after.

    A GET: it opens nothing; text is there once the content was opened for this audit. Raises like `return_audit`.
    """
    principal = require(tx, Right.QUALITY_AUDIT, about=audit_id)
    audit = held(tx, audit_id)
    return _view(tx, principal, audit)


def open_audit(tx: Tx, *, audit_id: AuditId, at: datetime) -> AuditView:
    """Open the content of an audit in hand: charged to the actor's exposure, and told to those who measure alone."""
    principal = require(tx, Right.QUALITY_AUDIT, about=audit_id)
    audit = held(tx, audit_id)
    review.open_again(tx, case_id=audit.case_id, purpose=PURPOSE, at=at)
    escalation.opened_by(tx, case_id=audit.case_id, actor_id=principal.id, at=at)
    audits.opened(tx, audit.id, at=at, until=at + LEASE)
    tx.record(AuditOpened(audit_id=audit.id, case_id=audit.case_id), at=at)
    return _view(tx, principal, held(tx, audit_id))


def weigh_audit(tx: Tx, *, audit_id: AuditId, judgement: Judgement, at: datetime) -> review.Weighed:
    """Return what a label would come to, under the policy of the time of the decision. Raises like `return_audit`."""
    require(tx, Right.QUALITY_AUDIT, about=audit_id)
    audit = held(tx, audit_id)
    return _weighed(tx, audit, judgement, at=at)


def commit_label(tx: Tx, *, audit_id: AuditId, judgement: Judgement, at: datetime) -> Label:
    """Commit a label, before anything of the decision is shown. Raises BadJudgement, and like `return_audit`.

    Whether it is blind is asked once more: whoever read the story of the case meanwhile is marked. Where the audit is to
    be repeated, the same person is given the case again after the days of its plan.
    """
    principal = require(tx, Right.QUALITY_AUDIT, about=audit_id)
    audit = held(tx, audit_id)
    if audit.looks_at is LooksAt.RECORD:
        raise NotForYou
    weighed = _weighed(tx, audit, judgement, at=at)
    if weighed.problems:
        places = [{"pointer": one.pointer, "detail": one.detail} for one in weighed.problems]
        raise BadJudgement(count=len(places), summary=places[0]["detail"], places=places)
    knew = None if audit.repeats is not None else audits.knew(tx, audit, reviewer=principal.id, before=_taken(audit))
    committed = audits.commit(tx, audit.id, why_not_blind=None if knew is None else KNEW.get(knew), at=at)
    label = _label(committed, weighed, by=principal.id, at=at)
    labels.insert(tx, label)
    fact = AuditCommitted(
        audit_id=audit.id, case_id=audit.case_id, label_id=label.id, hash=label.hash, blind=committed.blind
    )
    tx.record(fact, at=at)
    _ask_again(tx, committed, at=at)
    return label


def sweep_audits(database: Database, *, at: datetime) -> int:
    """Put audits back whose time in somebody's hands is over; return how many."""
    with database.transaction(SYSTEM) as tx:
        lost = audits.end_leases(tx, at=at, limit=SWEEP)
        tx.record_many([AuditReturned(audit_id=one.id, case_id=one.case_id, lost=True) for one in lost], at=at)
    return len(lost)


def held(tx: Tx, audit_id: AuditId) -> Audit:
    """Return an audit that the actor has in hand, locked. A step. Raises NoSuchAudit, NotYourAudit, AuditLost."""
    found = audits.lock(tx, audit_id)
    if found is None:
        raise NoSuchAudit
    mine = found.auditor_id == tx.actor.id
    if mine and found.state is AuditState.CLAIMED:
        return found
    if mine:
        raise AlreadyCommitted
    raise AuditLost if audits.had_in_hand(tx, audit_id, reviewer=tx.actor.id) else NotYourAudit


def _take_by_name(
    tx: Tx, principal: Principal, taker: audits.Taker, audit_id: AuditId, *, at: datetime
) -> Audit | None:
    audit = next(iter(audits.by_ids(tx, [audit_id])), None)
    if audit is None:
        raise NoSuchAudit
    if audit.auditor_id == principal.id and audit.state is AuditState.CLAIMED:
        return audit
    if audit.state is not AuditState.OPEN or audit.not_before > at:
        raise AuditNotFree
    if audit.exposure > taker.exposure and audit.exposure <= int(principal.skills.exposure):
        raise OverBudget
    knew = audits.knew(tx, audit, reviewer=principal.id, before=at)
    if knew is None or knew not in KNEW or audit.decider_id == principal.id:
        raise NotForYou
    found = audits.take_knowing(tx, taker, audit_id=audit_id, why=KNEW[knew])
    if found is None:
        raise NotForYou
    return found


def _taker(tx: Tx, principal: Principal, *, budget: int, at: datetime) -> audits.Taker:
    skills = principal.skills
    return audits.Taker(
        me=principal.id,
        exposure=review.hardest_today(tx, principal, budget=budget, at=at),
        languages=None if skills.languages is None else sorted(skills.languages),
        clauses=None if skills.clauses is None else sorted(skills.clauses),
        at=at,
        until=at + LEASE,
    )


def _view(tx: Tx, principal: Principal, audit: Audit) -> AuditView:
    case = review.case_as_it_was(
        tx,
        principal,
        dossier_id=audit.dossier_id,
        policy_version_id=audit.policy_version_id,
        opened=audit.opened_at is not None,
    )
    return AuditView(card=card_of(audit, to=principal.id), case=case, policy_version_id=audit.policy_version_id)


def _weighed(tx: Tx, audit: Audit, judgement: Judgement, *, at: datetime) -> review.Weighed:
    return review.weigh(
        tx, dossier_id=audit.dossier_id, policy_version_id=audit.policy_version_id, judgement=judgement, at=at
    )


def _taken(audit: Audit) -> datetime:
    return audit.claimed_at or audit.offered_at


def _label(audit: Audit, weighed: review.Weighed, *, by: str, at: datetime) -> Label:
    committed = {
        "audit_id": audit.id,
        "labeler_id": by,
        "dossier_id": audit.dossier_id,
        "policy_version_id": audit.policy_version_id,
        "judgement": review.canonical_judgement(weighed.judgement),
        "severity": int(weighed.severity),
        "at": at,
    }
    return Label(
        id=LabelId(new_id("lab")),
        of=AUDIT,
        of_id=audit.id,
        labeler_id=ReviewerId(by),
        case_id=audit.case_id,
        subject_id=audit.subject_id,
        dossier_id=audit.dossier_id,
        policy_version_id=audit.policy_version_id,
        judgement=weighed.judgement,
        verdict=weighed.verdict,
        clause=weighed.clause,
        severity=weighed.severity,
        blind=audit.blind,
        at=at,
        hash=review.sha256_of(committed),
        in_hand_s=max(0.0, (at - _taken(audit)).total_seconds()),
        restriction=audit.restriction,
        region=audit.region,
        test=audit.test,
    )


def _ask_again(tx: Tx, audit: Audit, *, at: datetime) -> None:
    again = repeated(audit, audit_id=AuditId(new_id("aud")))
    if again is not None and audits.insert(tx, again, keys=_keys(audit)):
        fact = AuditOffered(
            audit_id=again.id, decision_id=again.decision_id, case_id=again.case_id, looks_at=again.looks_at.value
        )
        tx.record(fact, at=at)


def _keys(audit: Audit) -> list[str]:
    return sorted({*audit.clauses, *(one.partition("-")[0] for one in audit.clauses)})
