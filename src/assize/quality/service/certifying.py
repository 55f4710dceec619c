"""The life of a certificate as people lead it: asked for, put on trial, granted, taken away; recommendations about people."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from assize.kernel.ids import CertificateId, ReviewerId
from assize.platform.db import Tx
from assize.policy import service as policy
from assize.policy.models import PolicyVersion
from assize.quality.errors import (
    AlreadyRecommended,
    BadTrial,
    CoachFirst,
    EvidenceThin,
    NeverForMachines,
    NoSuchRecommendation,
    NotShown,
    NotTrained,
    RecommendFirst,
)
from assize.quality.facts import RecommendationClosed, RecommendationCoached, RecommendationReplied
from assize.quality.logic import (
    ALPHA,
    AUDIT_RATE,
    BUDGET,
    LEAST_RATE,
    THIN,
    grants,
    is_thin,
    may_conclude,
    outlook,
)
from assize.quality.logic.estimators.budget import spent
from assize.quality.models import Conclusion, Recommendation
from assize.quality.service.courses import trained
from assize.quality.service.trialing import act_on, bound_of, evidence_for, recommend_about
from assize.quality.store import trials
from assize.workforce import service as workforce
from assize.workforce.errors import NoSuchCertificate
from assize.workforce.models import (
    ANYTHING,
    Basis,
    Bound,
    Certificate,
    CertificateScope,
    CertificateState,
    Principal,
    ReviewerKind,
    Right,
)
from assize.workforce.service import must_differ, require

LONGEST = timedelta(days=365)
MACHINES_FOR = timedelta(days=90)  # then its evidence is renewed: traffic and people change under it
MAX_WORDS = 4_000
_ACCOUNTS = frozenset({"account", "end_user", "api_key", "project", "organisation"})


def ask_certificate(
    tx: Tx,
    *,
    reviewer_id: ReviewerId,
    family: str,
    action: str = ANYTHING,
    languages: Collection[str] = (),
    queues: Collection[str] = (),
    gravest: int = 0,
    alpha: float = ALPHA,
    audit_rate: float = AUDIT_RATE,
    note: str = "",
    at: datetime,
) -> Certificate:
    """Ask that somebody, person or machine, may decide a family of clauses; they begin in training.

    alpha: the share of errors it is to stay under. audit_rate: the share of its decisions that is looked at again.
    Raises BadTrial, NeverForMachines, NoSuchReviewer.
    """
    require(tx, Right.QUALITY_PLAN, about=reviewer_id)
    version = policy.current(tx)
    if family != ANYTHING and not words_of_family(version, family):
        raise BadTrial(field="family", reason=f"the policy has no clause or family {family}")
    if not 0 < alpha <= 0.5 or not LEAST_RATE <= audit_rate <= 1:  # noqa: PLR2004 - worse than a coin is no bound
        raise BadTrial(
            field="alpha", reason="the bound lies above 0 and at most at 50 %, the audit rate from 1 to 100 %"
        )
    machine = workforce.reviewer(tx, reviewer_id).kind is ReviewerKind.MACHINE
    what = never_for_machines(version, action)
    if machine and what:
        raise NeverForMachines(what=what)
    scope = CertificateScope(
        family=family,
        action=action,
        languages=frozenset(languages) or None,
        queues=frozenset(queues) or None,
        gravest=gravest,
    )
    return workforce.open_certificate(
        tx,
        reviewer_id=reviewer_id,
        scope=scope,
        bound=Bound(alpha=alpha, delta=BUDGET, audit_rate=audit_rate),
        policy_version_id=version.id,
        note=note,
        at=at,
    )


def advance(
    tx: Tx, *, certificate_id: CertificateId, to: CertificateState, note: str = "", at: datetime
) -> Certificate:
    """Take a certificate to shadow or assist, or back from where it was suspended.

    A machine's evidence begins anew whenever it comes into shadow, against a share of the error budget that no other
    had; build and words of that moment are what is tried. Raises NoSuchCertificate, NoSuchStep, BadTrial.
    """
    require(tx, Right.QUALITY_PLAN, about=certificate_id)
    one = found(tx, certificate_id)
    if to not in {CertificateState.TRAINING, CertificateState.SHADOW, CertificateState.ASSIST}:
        raise BadTrial(field="to", reason="this step is taken by granting, suspending or ending")
    if to is CertificateState.ASSIST and one.state is CertificateState.ALONE and not is_machine(one):
        raise RecommendFirst
    if to is CertificateState.ASSIST:
        _require_trained(tx, one)
    if not is_machine(one) or to is CertificateState.TRAINING:
        return workforce.move_certificate(tx, certificate_id=one.id, to=to, why="advanced", note=note, at=at)
    if to is CertificateState.SHADOW:
        return _begin_trial(tx, one, note=note, at=at)
    if one.state is not CertificateState.SHADOW and one.state is not CertificateState.ALONE:
        raise BadTrial(field="to", reason="a machine assists after a trial in shadow has begun")
    return workforce.move_certificate(tx, certificate_id=one.id, to=to, why="advanced", note=note, at=at)


def grant(
    tx: Tx, *, certificate_id: CertificateId, days: int | None = None, note: str = "", at: datetime
) -> Certificate:
    """Let somebody decide alone. The actor approves: a different person than who asked, and than whom it is about.

    A machine has to have shown it by the evidence; a person has to have been under double review for long enough that
    the evidence isn't thin. Raises NotShown, EvidenceThin, NoSuchCertificate, NoSuchStep, SamePerson.
    """
    approver = require(tx, Right.PEOPLE_MANAGE, about=certificate_id)
    require(tx, Right.QUALITY_READ, about=certificate_id)
    one = found(tx, certificate_id)
    must_differ(approver.id, one.reviewer_id)
    _require_trained(tx, one)
    bound, machine = bound_of(one), is_machine(one)
    evidence = act_on(tx, one, at=at)
    if machine and not grants(evidence, alpha=bound.alpha, delta=bound.delta):
        left = outlook(evidence, alpha=bound.alpha, delta=bound.delta)
        why = left.never or f"{left.without_error} more audits are needed, if none finds an error"
        raise NotShown(why=why.rstrip("."))
    if not machine and one.state is not CertificateState.SUSPENDED and is_thin(evidence):
        raise EvidenceThin(more=THIN - evidence.audits)
    ends = at + min(timedelta(days=days), LONGEST) if days else None
    shown = replace(bound, errors=evidence.errors, audits=evidence.audits, log_evidence=evidence.log_evidence)
    return workforce.move_certificate(
        tx,
        certificate_id=one.id,
        to=CertificateState.ALONE,
        why="evidence" if machine else "appointed",
        note=note,
        approver=approver.id,
        expires_at=ends or (at + MACHINES_FOR if machine else None),
        bound=shown,
        at=at,
    )


def suspend(tx: Tx, *, certificate_id: CertificateId, note: str, at: datetime) -> Certificate:
    """Suspend a machine by hand, at once. Nobody does that to a person: raises RecommendFirst. NoSuchCertificate."""
    require(tx, Right.QUALITY_READ, about=certificate_id)
    _require_lead(tx, certificate_id)
    one = found(tx, certificate_id)
    if not is_machine(one):
        raise RecommendFirst
    return workforce.move_certificate(
        tx, certificate_id=one.id, to=CertificateState.SUSPENDED, why="hand", note=note, at=at
    )


def end_certificate(tx: Tx, *, certificate_id: CertificateId, note: str, at: datetime) -> Certificate:
    """End a certificate that is not in use, for good. Raises RecommendFirst for one by which a person decides."""
    require(tx, Right.QUALITY_READ, about=certificate_id)
    _require_lead(tx, certificate_id)
    one = found(tx, certificate_id)
    if one.state is CertificateState.ALONE and not is_machine(one):
        raise RecommendFirst
    return workforce.move_certificate(
        tx, certificate_id=one.id, to=CertificateState.ENDED, why="hand", note=note, at=at
    )


def recommend(tx: Tx, *, certificate_id: CertificateId, note: str, at: datetime) -> Recommendation:
    """Tell a manager by hand what speaks against a person's certificate. Raises BadTrial, AlreadyRecommended."""
    require(tx, Right.QUALITY_PLAN, about=certificate_id)
    one = found(tx, certificate_id)
    if is_machine(one):
        raise BadTrial(field="certificate", reason="a machine is suspended; recommendations are about people")
    raised = recommend_about(tx, one, evidence_for(tx, one), signal="hand", note=_words(note), at=at)
    if raised is None:
        raise AlreadyRecommended
    return trials.recommendations(tx, id=raised)[0]


def coach(tx: Tx, *, recommendation_id: str, note: str, at: datetime) -> None:
    """Say how somebody was coached; from now on they read it and may reply. Raises NoSuchRecommendation."""
    manager = require(tx, Right.PEOPLE_MANAGE, about=recommendation_id)
    one = _open(tx, recommendation_id)
    must_differ(manager.id, one.reviewer_id)
    trials.coach(tx, one.id, note=_words(note), by=manager.id, at=at)
    tx.record(RecommendationCoached(recommendation_id=one.id, reviewer_id=one.reviewer_id), at=at)


def reply(tx: Tx, *, recommendation_id: str, text: str, at: datetime) -> None:
    """The right of reply of whom a recommendation is about. Raises NotAllowed for others, NoSuchRecommendation."""
    one = trials.lock_recommendation(tx, recommendation_id)
    if one is None or one.reviewer_id != tx.actor.id:
        require(tx, Right.QUALITY_READ, about=recommendation_id)
        raise NoSuchRecommendation
    if one.coached_at is None or one.outcome is not None:
        raise NoSuchRecommendation
    trials.reply(tx, one.id, note=_words(text), at=at)
    tx.record(RecommendationReplied(recommendation_id=one.id), at=at)


def conclude(tx: Tx, *, recommendation_id: str, outcome: Conclusion, note: str, at: datetime) -> None:
    """A manager decides what follows: nothing, double review, or suspension. Raises CoachFirst, NoSuchRecommendation."""
    manager = require(tx, Right.PEOPLE_MANAGE, about=recommendation_id)
    one = _open(tx, recommendation_id)
    must_differ(manager.id, one.reviewer_id)
    if not may_conclude(one, outcome, at=at):
        raise CoachFirst
    trials.close(tx, one.id, outcome=outcome, note=_words(note), by=manager.id, at=at)
    tx.record(RecommendationClosed(recommendation_id=one.id, reviewer_id=one.reviewer_id, outcome=outcome.value), at=at)
    if outcome is not Conclusion.KEPT:
        to = CertificateState.ASSIST if outcome is Conclusion.ASSIST else CertificateState.SUSPENDED
        watched = found(tx, one.certificate_id).bound or Bound(alpha=ALPHA, delta=BUDGET, audit_rate=AUDIT_RATE)
        workforce.move_certificate(
            tx,
            certificate_id=one.certificate_id,
            to=to,
            why="recommended",
            note=note,
            bound=watched,
            anew=True,
            at=at,
        )


def words_changed(tx: Tx, *, at: datetime) -> int:
    """Suspend the machines that were tried on words that are no longer in force. A step of publishing a policy."""
    version = policy.current(tx)
    acting = (CertificateState.SHADOW, CertificateState.ASSIST, CertificateState.ALONE)
    other = [
        one
        for one in workforce.certificates(tx, states=acting, machines=True)
        if one.words != words_of_family(version, one.scope.family)
    ]
    for one in other:
        workforce.move_certificate(
            tx, certificate_id=one.id, to=CertificateState.SUSPENDED, why="clause-changed", at=at
        )
    return len(other)


def never_for_machines(version: PolicyVersion, action: str) -> str:
    """Return what a machine never does alone of an action, in words; "" where it may earn it."""
    spec = next((one for one in version.actions if one.id == action), None)
    if spec is not None and not spec.reversible and _ACCOUNTS.issuperset(spec.target_levels):
        return "taking an account from somebody for good"
    return ""


def words_of_family(version: PolicyVersion, family: str) -> dict[str, str]:
    """Return the hash of the words of each clause of a family, as in force."""
    return {
        clause.id: policy.words_hash(clause)
        for clause in version.clauses
        if family in {ANYTHING, clause.id, clause.family}
    }


def found(tx: Tx, certificate_id: str) -> Certificate:
    """Return a certificate. A step: the caller checks. Raises NoSuchCertificate."""
    known = workforce.certificates(tx, ids=[certificate_id])
    if not known:
        raise NoSuchCertificate
    return known[0]


def is_machine(one: Certificate) -> bool:
    """Whether a certificate is a machine's: people are appointed, machines earn theirs."""
    return one.basis is Basis.EVIDENCE


def _require_trained(tx: Tx, one: Certificate) -> None:
    """Refuse to let a person go on who has not passed the course that there is. Raises NotTrained."""
    if not is_machine(one) and not trained(tx, one.reviewer_id, one.scope.family):
        raise NotTrained(family=one.scope.family)


def _begin_trial(tx: Tx, one: Certificate, *, note: str, at: datetime) -> Certificate:
    build = workforce.reviewer(tx, one.reviewer_id).build
    if build is None:
        raise BadTrial(field="reviewer", reason="this machine has not said what model and prompt it is made of")
    version = policy.current(tx)
    trial = workforce.next_trial(tx)
    bound = replace(bound_of(one), delta=spent(BUDGET, trial), trial=trial, errors=None, audits=None, log_evidence=None)
    return workforce.move_certificate(
        tx,
        certificate_id=one.id,
        to=CertificateState.SHADOW,
        why="trial",
        note=note,
        bound=bound,
        build=build,
        words=words_of_family(version, one.scope.family),
        policy_version_id=version.id,
        anew=True,
        at=at,
    )


def _require_lead(tx: Tx, about: str) -> Principal:
    plans = isinstance(tx.actor, Principal) and Right.QUALITY_PLAN in tx.actor.rights
    return require(tx, Right.QUALITY_PLAN if plans else Right.PEOPLE_MANAGE, about=about)


def _open(tx: Tx, recommendation_id: str) -> Recommendation:
    one = trials.lock_recommendation(tx, recommendation_id)
    if one is None or one.outcome is not None:
        raise NoSuchRecommendation
    return one


def _words(text: str) -> str:
    words = text.strip()
    if not words or len(words) > MAX_WORDS or "\0" in words:
        raise BadTrial(field="note", reason=f"say it in words, at most {MAX_WORDS} characters")
    return words
