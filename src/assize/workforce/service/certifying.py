"""Certificates: opened, moved, ended; appointments that come with a role; what a decision counts for by them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from assize.kernel.facts import Fact
from assize.kernel.ids import CertificateId, ReviewerId, new_id
from assize.platform.db import Database, Tx
from assize.workforce import store
from assize.workforce.errors import BadCertificate, NoSuchCertificate, NoSuchReviewer, NoSuchStep, PeopleOnly
from assize.workforce.facts import (
    BuildAnnounced,
    CertificateEnded,
    CertificateGranted,
    CertificateMoved,
    CertificateNoticeRead,
    CertificateOpened,
    CertificateSuspended,
)
from assize.workforce.logic import EXPIRED, OTHER_BUILD, authority, may_move, rights_of, scopes_of_role
from assize.workforce.models import (
    SYSTEM,
    Asked,
    Authority,
    Basis,
    Bound,
    Build,
    Certificate,
    CertificateScope,
    CertificateState,
    CertificateStep,
    Principal,
    PrincipalKind,
    Reviewer,
    ReviewerKind,
    Right,
)
from assize.workforce.service.access import must_differ, require
from assize.workforce.store import certificates as kept

SWEEP = 100  # certificates a transaction
MAX_NOTE = 2_000
_ACTING = (CertificateState.SHADOW, CertificateState.ASSIST, CertificateState.ALONE)


def authority_of(principal: Principal, asked: Asked, *, at: datetime) -> Authority:
    """Return what somebody's decision counts for, by the certificates they hold."""
    machine = principal.kind is PrincipalKind.MACHINE
    return authority(principal.certificates, asked, machine=machine, build=principal.build, at=at)


def without_certificate(tx: Tx, asked: Asked, *, at: datetime) -> list[ReviewerId]:
    """Return the active reviewers whose decision of this would not take effect: who is not asked to bear it. A step."""
    return [
        one.id
        for one, _ in store.reviewers(tx, active_only=True)
        if Right.DECIDE in rights_of(one.roles)
        and not authority(
            one.certificates, asked, machine=one.kind is ReviewerKind.MACHINE, build=one.build, at=at
        ).alone
    ]


def must_be_person(tx: Tx) -> None:
    """Raise PeopleOnly where a machine acts. A step of what is reserved for people."""
    if isinstance(tx.actor, Principal) and tx.actor.kind is PrincipalKind.MACHINE:
        raise PeopleOnly


def open_certificate(
    tx: Tx,
    *,
    reviewer_id: ReviewerId,
    scope: CertificateScope,
    state: CertificateState = CertificateState.TRAINING,
    basis: Basis = Basis.APPOINTMENT,
    approver: str | None = None,
    expires_at: datetime | None = None,
    policy_version_id: str | None = None,
    bound: Bound | None = None,
    why: str = "opened",
    note: str = "",
    at: datetime,
) -> Certificate:
    """Open a certificate for somebody. A step: the caller checks. Raises NoSuchReviewer, BadCertificate, SamePerson."""
    found = store.reviewers(tx, reviewer_id=reviewer_id)
    if not found:
        raise NoSuchReviewer
    machine = found[0][0].kind is ReviewerKind.MACHINE
    if machine and state is not CertificateState.TRAINING:
        raise BadCertificate(field="state", reason="a machine begins with nothing")
    if approver is not None:
        must_differ(approver, reviewer_id)
    one = Certificate(
        id=CertificateId(new_id("cert")),
        reviewer_id=reviewer_id,
        basis=Basis.EVIDENCE if machine else basis,
        scope=scope,
        state=state,
        since=at,
        why=why,
        opened_by=tx.actor.id,
        opened_at=at,
        evidence_since=at,
        approver=approver,
        expires_at=expires_at,
        policy_version_id=policy_version_id,
        bound=bound,
    )
    kept.insert(tx, one)
    kept.step(tx, one, before=None, note=_noted(note), by=tx.actor.id, at=at)
    opened = CertificateOpened(
        certificate_id=one.id,
        reviewer_id=reviewer_id,
        family=scope.family,
        action=scope.action,
        state=state.value,
        why=why,
    )
    tx.record(opened, at=at)
    return one


def move_certificate(
    tx: Tx,
    *,
    certificate_id: CertificateId,
    to: CertificateState,
    why: str,
    note: str = "",
    approver: str | None = None,
    expires_at: datetime | None = None,
    bound: Bound | None = None,
    build: Build | None = None,
    words: Mapping[str, str] | None = None,
    policy_version_id: str | None = None,
    anew: bool = False,
    at: datetime,
) -> Certificate:
    """Take a certificate a step further, or back. A step: the caller checks. What is None stays.

    anew: evidence begins again from now. approver: who bears that it may decide alone; never its reviewer, nor whoever
    opened it. Raises NoSuchCertificate, NoSuchStep, SamePerson.
    """
    one = kept.lock(tx, certificate_id)
    if one is None:
        raise NoSuchCertificate
    machine = store.reviewers(tx, reviewer_id=one.reviewer_id)[0][0].kind is ReviewerKind.MACHINE
    if not may_move(one.state, to, machine=machine):
        raise NoSuchStep(before=one.state.value, after=to.value)
    if to is CertificateState.ALONE:
        if approver is None:
            raise NoSuchStep(before=one.state.value, after=to.value)
        must_differ(approver, one.reviewer_id)
        must_differ(approver, one.opened_by)
    after = replace(
        one,
        state=to,
        since=at,
        why=why,
        approver=approver or one.approver,
        expires_at=expires_at or one.expires_at,
        bound=bound or one.bound,
        build=build or one.build,
        words=one.words if words is None else words,
        policy_version_id=policy_version_id or one.policy_version_id,
        evidence_since=at if anew else one.evidence_since,
    )
    kept.save(tx, after)
    kept.step(tx, after, before=one.state, note=_noted(note), by=tx.actor.id, at=at)
    tx.record(_told(one, after), at=at)
    return after


def next_trial(tx: Tx) -> int:
    """Return which application against the one budget of error the next one is. A step."""
    return kept.next_trial(tx)


def certificates(
    tx: Tx,
    *,
    ids: Sequence[str] | None = None,
    reviewer_id: str | None = None,
    states: Sequence[CertificateState] | None = None,
    machines: bool | None = None,
    limit: int = 1_000,
) -> list[Certificate]:
    """Return certificates, the latest step first. A step: the caller checks whose may be seen."""
    return kept.found(tx, ids=ids, reviewer_id=reviewer_id, states=states, machines=machines, limit=limit)


def certificate_steps(tx: Tx, certificate_id: str) -> list[CertificateStep]:
    """Return the steps in the life of a certificate. A step: the caller checks whose may be seen."""
    return kept.steps(tx, certificate_id)


def certificate_notices(tx: Tx) -> list[CertificateStep]:
    """Return what changed of the actor's own certificates and they have not read."""
    return kept.notices(tx, tx.actor.id)


def read_certificate_notice(tx: Tx, *, step_id: str, at: datetime) -> None:
    """The actor read what changed of a certificate of theirs. Again, or of somebody else's, it does nothing."""
    if kept.read(tx, step_id, reviewer_id=tx.actor.id, at=at):
        tx.record(CertificateNoticeRead(step_id=step_id), at=at)


def announce_build(tx: Tx, *, build: Build, at: datetime) -> list[CertificateId]:
    """A machine says what it is made of; where that changed, what it earned is suspended at once. Returns which.

    The transaction's actor is that machine. Raises NotAllowed.
    """
    principal = require(tx, Right.DECIDE)
    if principal.kind is not PrincipalKind.MACHINE or principal.build == build:
        return []
    kept.set_build(tx, principal.id, build)
    tx.record(BuildAnnounced(reviewer_id=ReviewerId(principal.id), model=build.model, prompt=build.prompt), at=at)
    other = [
        one
        for one in kept.found(tx, reviewer_id=principal.id, states=_ACTING)
        if one.build is not None and one.build != build
    ]
    for one in other:
        move_certificate(tx, certificate_id=one.id, to=CertificateState.SUSPENDED, why=OTHER_BUILD, at=at)
    return [one.id for one in other]


def sweep_certificates(database: Database, at: datetime) -> int:
    """Let what is past its time count no more: the check knows already, this tells. Returns how many."""
    with database.transaction(SYSTEM) as tx:
        over = kept.expired(tx, at=at, limit=SWEEP)
        for one in over:
            machine = one.basis is Basis.EVIDENCE
            if machine or one.state is CertificateState.ALONE:
                to = CertificateState.SUSPENDED if machine else CertificateState.ASSIST
                move_certificate(tx, certificate_id=one.id, to=to, why=EXPIRED, at=at)
    return len(over)


def appoint_by_role(tx: Tx, reviewer: Reviewer, *, in_training: bool = False, at: datetime) -> None:
    """Let somebody's appointments follow the roles and skills that they were given. A step of giving them.

    in_training: they begin with nothing, and come to decide alone by their course, double review and an approver.
    What they no longer cover ends. What they cover now is given by whoever gave the role, unless that is themselves, or
    somebody took their word from them: then an approver has to say so.
    """
    wanted = scopes_of_role(reviewer)
    held = [one for one in reviewer.certificates if one.basis in {Basis.ROLE, Basis.KEPT}]
    for one in held:
        if one.scope not in wanted:
            move_certificate(tx, certificate_id=one.id, to=CertificateState.ENDED, why="role-changed", at=at)
    untouched = all(one.state is CertificateState.ALONE for one in held)
    if tx.actor.id == reviewer.id or not untouched:
        return
    for scope in sorted(wanted - {one.scope for one in held}, key=lambda one: one.family):
        open_certificate(
            tx,
            reviewer_id=reviewer.id,
            scope=scope,
            state=CertificateState.TRAINING if in_training else CertificateState.ALONE,
            basis=Basis.ROLE,
            approver=None if in_training else tx.actor.id,
            why="role",
            at=at,
        )


def _told(before: Certificate, after: Certificate) -> Fact:
    one, whose, was, why = after.id, after.reviewer_id, before.state.value, after.why
    match after.state:
        case CertificateState.ALONE:
            return CertificateGranted(
                certificate_id=one,
                reviewer_id=whose,
                approver=after.approver or "",
                why=why,
                expires_at=after.expires_at,
            )
        case CertificateState.SUSPENDED:
            return CertificateSuspended(certificate_id=one, reviewer_id=whose, before=was, why=why)
        case CertificateState.ENDED:
            return CertificateEnded(certificate_id=one, reviewer_id=whose, before=was, why=why)
        case CertificateState.TRAINING | CertificateState.SHADOW | CertificateState.ASSIST:
            return CertificateMoved(certificate_id=one, reviewer_id=whose, before=was, after=after.state.value, why=why)
        case _:
            assert_never(after.state)


def _noted(note: str) -> str:
    words = note.strip()
    if len(words) > MAX_NOTE or "\0" in words:
        raise BadCertificate(field="note", reason=f"a note has at most {MAX_NOTE} characters")
    return words
