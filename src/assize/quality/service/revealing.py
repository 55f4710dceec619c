"""Show the decision beside the label, once it is committed, and say what the comparison comes to."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from assize.kernel.ids import AuditId, ComparisonId, ReviewerId, new_id
from assize.platform.db import Tx
from assize.quality.errors import AlreadyCommitted, BadReveal, NoSuchAudit, NotCommitted, NotYourAudit
from assize.quality.facts import AuditRevealed, DecisionCompared
from assize.quality.logic import Compared, Said, compare, together, wrong
from assize.quality.models import (
    Audit,
    AuditState,
    Comparison,
    Criterion,
    Label,
    LooksAt,
    Mark,
    Revealed,
)
from assize.quality.service.auditing import AUDIT, held
from assize.quality.store import audits, draws, labels
from assize.review import service as review
from assize.review.models import Decision
from assize.workforce.models import Principal, Right
from assize.workforce.service import require

MAX_COMMENT = 4_000
MASK = "•••"
BY_HAND = frozenset({Criterion.RATIONALE, Criterion.REQUIRED_STEP, Criterion.ESCALATION, Criterion.ACTION})


@dataclass(frozen=True, kw_only=True)
class Remark:
    """What a person adds to a comparison. marks: of criteria that only a person can tell, or knows better.

    process_error: a required step was left out or done wrongly. technical: the tool failed, not the person.
    """

    marks: Mapping[Criterion, Mark]
    process_error: bool = False
    technical: bool = False
    comment: str = ""


def reveal(tx: Tx, *, audit_id: AuditId, at: datetime) -> Revealed:
    """Show the decision beside the committed label; that it was shown is a fact. Done again it changes nothing.

    Raises NoSuchAudit, NotYourAudit, NotCommitted.
    """
    principal = require(tx, Right.QUALITY_AUDIT, about=audit_id)
    audit = audits.lock(tx, audit_id)
    if audit is None:
        raise NoSuchAudit
    if audit.auditor_id != principal.id:
        raise NotYourAudit
    if audit.state is AuditState.CLAIMED:
        raise NotCommitted
    shown = audits.reveal(tx, audit_id, at=at)
    if shown is not None:
        tx.record(AuditRevealed(audit_id=audit.id, decision_id=audit.decision_id, case_id=audit.case_id), at=at)
        if audit.repeats is None:
            _compare(tx, audit, at=at)
    return _revealed(tx, principal, shown or audit)


def revealed(tx: Tx, *, audit_id: AuditId) -> Revealed:
    """Return an audit that was revealed. Raises NoSuchAudit, also for whoever made its decision, and NotCommitted."""
    principal = require(tx, Right.QUALITY_READ, about=audit_id)
    audit = next(iter(audits.by_ids(tx, [audit_id])), None)
    if audit is None or audit.decider_id == principal.id:
        raise NoSuchAudit
    if audit.state is not AuditState.REVEALED:
        raise NotCommitted
    return _revealed(tx, principal, audit)


def remark(tx: Tx, *, audit_id: AuditId, remark: Remark, at: datetime) -> Comparison:
    """Say of a revealed audit what only a person can tell; the comparison before it is kept and counts no more.

    Raises NoSuchAudit, NotYourAudit, NotCommitted, BadReveal.
    """
    principal = require(tx, Right.QUALITY_AUDIT, about=audit_id)
    _check(remark)
    audit = audits.lock(tx, audit_id)
    if audit is None:
        raise NoSuchAudit
    if audit.auditor_id != principal.id:
        raise NotYourAudit
    before = _current(tx, audit)
    if audit.state is not AuditState.REVEALED or before is None:
        raise NotCommitted
    marks = {**before.marks, **remark.marks}
    escalation = remark.marks.get(Criterion.ESCALATION)
    made = replace(
        before,
        id=ComparisonId(new_id("cmp")),
        marks=marks,
        process_error=remark.process_error,
        technical=remark.technical,
        missed_escalation=before.missed_escalation if escalation is None else escalation is Mark.WRONG,
        wrong_action=marks[Criterion.ACTION] is Mark.WRONG,
        comment=remark.comment.strip(),
        compared_at=at,
        replaces=before.id,
        why="remarked",
    )
    keep(tx, made, at=at)
    return made


def look_at_record(tx: Tx, *, audit_id: AuditId, remark: Remark, at: datetime) -> Comparison:
    """Do an audit of the record in hand: what was done and written, the content left alone. It is never blind.

    Raises BadReveal, and like `held`.
    """
    principal = require(tx, Right.QUALITY_AUDIT, about=audit_id)
    _check(remark)
    audit = held(tx, audit_id)
    if audit.looks_at is not LooksAt.RECORD:
        raise NotCommitted
    audits.commit(tx, audit.id, why_not_blind=None, at=at)
    audits.reveal(tx, audit.id, at=at)
    decision = review.decision(tx, audit.decision_id)
    compared = Compared(
        marks={**dict.fromkeys(Criterion, Mark.NA), **remark.marks},
        outcome=None,
        severity_gap=None,
        missed_escalation=remark.marks.get(Criterion.ESCALATION) is Mark.WRONG,
    )
    made = replace(
        _comparison(tx, audit, decision, None, compared, by=principal.id, at=at),
        process_error=remark.process_error,
        technical=remark.technical,
        comment=remark.comment.strip(),
    )
    keep(tx, made, at=at)
    return made


def record_view(tx: Tx, *, audit_id: AuditId) -> tuple[Audit, Decision]:
    """Return an audit of the record in hand with its decision. Raises like `held`, and NotCommitted for any other."""
    require(tx, Right.QUALITY_AUDIT, about=audit_id)
    audit = held(tx, audit_id)
    if audit.looks_at is not LooksAt.RECORD:
        raise NotCommitted
    return audit, review.decision(tx, audit.decision_id)


def _check(remark: Remark) -> None:
    if len(remark.comment) > MAX_COMMENT or "\0" in remark.comment:
        raise BadReveal(field="comment", problem=f"a comment has at most {MAX_COMMENT} characters")
    if not set(remark.marks) <= BY_HAND:
        raise BadReveal(field="marks", problem="what label and decision say themselves is compared, not marked")
    if (remark.process_error or remark.technical) and not remark.comment.strip():
        raise BadReveal(field="comment", problem="say in a sentence what went wrong")


def _compare(tx: Tx, audit: Audit, *, at: datetime) -> None:
    label = next(iter(labels.of(tx, AUDIT, [audit.id])), None)
    if label is None:
        raise AlreadyCommitted
    decision = review.decision(tx, audit.decision_id)
    said = Said(
        verdict=decision.verdict,
        clause=decision.primary_clause,
        severity=decision.assessed,
        dispositions=decision.dispositions,
        escalated=audits.escalated(tx, audit, decided_at=decision.decided_at),
    )
    truth = Said(
        verdict=label.verdict,
        clause=label.clause,
        severity=label.severity,
        dispositions=label.judgement.dispositions,
    )
    keep(tx, _comparison(tx, audit, decision, label, compare(said, truth), by=label.labeler_id, at=at), at=at)


def _comparison(
    tx: Tx, audit: Audit, decision: Decision, label: Label | None, compared: Compared, *, by: str, at: datetime
) -> Comparison:
    drawn = draws.of_decisions(tx, [audit.decision_id])
    decided = draws.decided(tx, [audit.decision_id])[0]
    headline = [one for one in drawn if one.headline and audit.looks_at is LooksAt.CONTENT]
    return Comparison(
        id=ComparisonId(new_id("cmp")),
        decision_id=audit.decision_id,
        label_id=None if label is None else label.id,
        audit_id=audit.id,
        case_id=audit.case_id,
        subject_id=audit.subject_id,
        reviewer_id=decision.reviewer_id,
        team_id=decision.team_id,
        vendor=decided.vendor,
        by=decided.by,
        labeler_id=ReviewerId(by),
        queue=decided.queue,
        language=decided.language,
        policy_version_id=audit.policy_version_id,
        clause=decision.primary_clause if label is None else label.clause,
        severity_given=decision.assessed,
        severity_true=None if label is None else label.severity,
        outcome=compared.outcome,
        severity_gap=compared.severity_gap,
        missed_escalation=compared.missed_escalation,
        wrong_clause=compared.marks[Criterion.CLAUSE] is Mark.WRONG,
        wrong_action=compared.marks[Criterion.ACTION] is Mark.WRONG,
        process_error=False,
        technical=False,
        marks=compared.marks,
        blind=audit.blind,
        headline=bool(headline),
        # By whichever plan: drawn independently by each.
        inclusion=together(*(one.inclusion for one in drawn)) if headline else None,
        decided_at=decision.decided_at,
        compared_at=at,
        restriction=audit.restriction,
        region=audit.region,
        test=audit.test,
    )


def keep(tx: Tx, made: Comparison, *, at: datetime) -> None:
    """Let a comparison count, in place of the one it replaces. A step."""
    labels.insert_comparison(tx, made)
    fact = DecisionCompared(
        comparison_id=made.id,
        decision_id=made.decision_id,
        case_id=made.case_id,
        outcome=None if made.outcome is None else made.outcome.value,
        wrong=wrong(made.marks),
        severity_gap=made.severity_gap,
        missed_escalation=made.missed_escalation,
    )
    tx.record(fact, at=at)


def _current(tx: Tx, audit: Audit) -> Comparison | None:
    return next((one for one in labels.comparisons(tx, audit_ids=[audit.id]) if one.current), None)


def _revealed(tx: Tx, principal: Principal, audit: Audit) -> Revealed:
    mine = next(iter(labels.of(tx, AUDIT, [audit.id])), None)
    label = _shown_label(principal, mine)
    if audit.repeats is not None:
        first = _shown_label(principal, next(iter(labels.of(tx, AUDIT, [audit.repeats])), None))
        return Revealed(audit=audit, label=label, decision=None, comparison=None, before=(), draws=(), first=first)
    compared = [_shown_comparison(principal, one) for one in labels.comparisons(tx, audit_ids=[audit.id])]
    return Revealed(
        audit=audit,
        label=label,
        decision=review.decision(tx, audit.decision_id),
        comparison=next((one for one in compared if one.current), None),
        before=tuple(one for one in compared if not one.current),
        draws=tuple(draws.of_decisions(tx, [audit.decision_id])),
    )


def _shown_label(principal: Principal, label: Label | None) -> Label | None:
    if label is None:
        return None
    region = MASK if "region" in principal.view.masked_fields and label.region else label.region
    return replace(label, region=region, judgement=review.shown_judgement(principal.view, label.judgement))


def _shown_comparison(principal: Principal, one: Comparison) -> Comparison:
    masked = principal.view.masked_fields
    return replace(
        one,
        region=MASK if "region" in masked and one.region else one.region,
        comment=MASK if "text" in masked and one.comment else one.comment,
    )
