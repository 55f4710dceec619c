"""Put decisions to the certificates of whoever made them, weigh what came of it, and act on what it says."""

from datetime import datetime

from assize.kernel.ids import AuditId, DecisionId, ReviewerId, new_id
from assize.platform.db import Database, Tx
from assize.platform.settings import Settings
from assize.policy.models import Severity
from assize.quality.facts import AuditOffered, DriftFound, EvidenceReached, RecommendationRaised
from assize.quality.logic import (
    ALPHA,
    BUDGET,
    alarms,
    counts_for,
    covers_clause,
    due_at,
    grants,
    key_id,
    trial_place,
    weigh,
)
from assize.quality.models import Audit, AuditState, Evidence, LooksAt, TrialDraw, TrialOutcome, Tried
from assize.quality.service.keyring import keyring
from assize.quality.store import audits, draws, trials
from assize.quality.store.draws import Ground
from assize.workforce import service as workforce
from assize.workforce.models import SYSTEM, Basis, Bound, Certificate, CertificateState

BATCH = 100  # decisions a transaction
DRIFT = "drift"
_TRIED = (CertificateState.SHADOW, CertificateState.ASSIST, CertificateState.ALONE)


def tried(tx: Tx, *, decision_id: DecisionId, due: datetime) -> None:
    """Let a decision be put to its reviewer's certificates, where any is on trial. A step of what was announced."""
    if any(_on_trial(tx, one.reviewer_id) for one in trials.tried(tx, [decision_id])):
        trials.wait(tx, decision_id, due_at=due)


def try_due(database: Database, *, settings: Settings, at: datetime) -> int:
    """Put waiting decisions to certificates and ask for their audits; return how many were. Raises NoSamplingKey."""
    with database.transaction(SYSTEM) as tx:
        taken = trials.take(tx, at=at, limit=BATCH)
        if taken:
            key = keyring(settings).keys[0]
            for one in trials.tried(tx, taken):
                _draw(tx, one, key, at=at)
    return len(taken)


def weigh_decision(tx: Tx, *, decision_id: DecisionId, at: datetime) -> None:
    """Weigh anew the certificates that a decision counts for, and act on what they say. A step of comparing."""
    drawn = trials.certificates_of(tx, decision_id)
    for one in workforce.certificates(tx, ids=drawn) if drawn else []:
        act_on(tx, one, at=at)
    for each in trials.tried(tx, [decision_id]):
        for one in workforce.certificates(tx, reviewer_id=each.reviewer_id, states=[CertificateState.ALONE]):
            if one.bound is None and counts_for(one.scope, each):
                act_on(tx, one, at=at)


def evidence_for(tx: Tx, certificate: Certificate) -> Evidence:
    """Return how the evidence of a certificate stands now. A step: the caller checks."""
    bound = bound_of(certificate)
    alone = certificate.since if certificate.state is CertificateState.ALONE else None
    found = outcomes_of(tx, certificate)
    return weigh(found, alpha=bound.alpha, delta=bound.delta, alone_since=alone)


def outcomes_of(tx: Tx, certificate: Certificate) -> list[TrialOutcome]:
    """Return what came of the decisions that count for a certificate. A step: the caller checks.

    An appointment that nobody put on trial is watched by what the sampling plans drew at random.
    """
    if certificate.bound is not None:
        return trials.outcomes(tx, certificate.id, since=certificate.evidence_since)
    scope = certificate.scope
    return trials.plan_outcomes(
        tx,
        certificate.reviewer_id,
        since=certificate.evidence_since,
        fits=lambda clause, language: (
            covers_clause(scope, clause) and (scope.languages is None or language in scope.languages)
        ),
    )


def bound_of(certificate: Certificate) -> Bound:
    """Return what a certificate has to show; for one that nobody put on trial, what one would."""
    return certificate.bound or Bound(alpha=ALPHA, delta=BUDGET, audit_rate=1.0)


def act_on(tx: Tx, certificate: Certificate, *, at: datetime) -> Evidence:
    """Weigh a certificate and do at once what follows: a machine is suspended, of a person a manager is told. A step."""
    bound = bound_of(certificate)
    evidence = evidence_for(tx, certificate)
    machine = certificate.basis is Basis.EVIDENCE
    reached = machine and grants(evidence, alpha=bound.alpha, delta=bound.delta)
    known = trials.evidence_of(tx, [certificate.id]).get(certificate.id)
    if reached and certificate.state is not CertificateState.ALONE and (known is None or known["reached_at"] is None):
        tx.record(
            EvidenceReached(
                certificate_id=certificate.id,
                errors=evidence.errors,
                audits=evidence.audits,
                log_evidence=evidence.log_evidence,
            ),
            at=at,
        )
    trials.save_evidence(tx, certificate.id, evidence, reached=reached, at=at)
    if certificate.state is CertificateState.ALONE and alarms(evidence):
        _alarm(tx, certificate, evidence, at=at)
    return evidence


def recommend_about(
    tx: Tx, certificate: Certificate, evidence: Evidence, *, signal: str, note: str, at: datetime
) -> str | None:
    """Tell a manager what the signals say of a person; None where that is open already. A step."""
    raised = trials.raise_recommendation(
        tx,
        certificate_id=certificate.id,
        reviewer_id=certificate.reviewer_id,
        signal=signal,
        errors=evidence.errors,
        audits=evidence.audits,
        note=note,
        at=at,
    )
    if raised is not None:
        tx.record(
            RecommendationRaised(
                recommendation_id=raised,
                certificate_id=certificate.id,
                reviewer_id=certificate.reviewer_id,
                signal=signal,
            ),
            at=at,
        )
    return raised


def _alarm(tx: Tx, certificate: Certificate, evidence: Evidence, *, at: datetime) -> None:
    found = DriftFound(
        certificate_id=certificate.id, reviewer_id=certificate.reviewer_id, evidence=round(evidence.drift, 1)
    )
    if certificate.basis is Basis.EVIDENCE:
        tx.record(found, at=at)
        workforce.move_certificate(tx, certificate_id=certificate.id, to=CertificateState.SUSPENDED, why=DRIFT, at=at)
    elif recommend_about(tx, certificate, evidence, signal=DRIFT, note="", at=at) is not None:
        tx.record(found, at=at)


def _on_trial(tx: Tx, reviewer_id: ReviewerId) -> list[Certificate]:
    held = workforce.certificates(tx, reviewer_id=reviewer_id, states=_TRIED)
    return [one for one in held if one.bound is not None]


def _draw(tx: Tx, one: Tried, key: bytes, *, at: datetime) -> None:
    drawn = False
    for certificate in _on_trial(tx, one.reviewer_id):
        bound = bound_of(certificate)
        place = trial_place(key, certificate.id, one.decision_id)
        within = one.decided_at >= certificate.evidence_since and counts_for(certificate.scope, one)
        if within and place < bound.audit_rate:
            drawn |= trials.insert(
                tx,
                TrialDraw(
                    certificate_id=certificate.id,
                    tried=one,
                    key_id=key_id(key),
                    place=place,
                    rate=bound.audit_rate,
                    drawn_at=at,
                ),
            )
    ground = draws.grounds(tx, [one.decision_id]).get(one.decision_id) if drawn else None
    if ground is not None:
        _ask(tx, one, ground, at=at)


def _ask(tx: Tx, one: Tried, ground: Ground, *, at: datetime) -> None:
    audit = Audit(
        id=AuditId(new_id("aud")),
        decision_id=one.decision_id,
        case_id=one.case_id,
        subject_id=one.subject_id,
        dossier_id=ground.dossier_id,
        policy_version_id=one.policy_version_id,
        decider_id=one.reviewer_id,
        queue=one.queue,
        severity=ground.severity,
        clauses=ground.clauses,
        language=one.language,
        exposure=ground.exposure,
        looks_at=LooksAt.CONTENT,
        state=AuditState.OPEN,
        not_before=at,
        due_at=due_at(Severity(one.severity), at),
        offered_at=at,
        restriction=one.restriction,
        region=one.region,
    )
    if audits.insert(tx, audit, keys=ground.keys):
        fact = AuditOffered(
            audit_id=audit.id, decision_id=audit.decision_id, case_id=audit.case_id, looks_at=audit.looks_at.value
        )
        tx.record(fact, at=at)
