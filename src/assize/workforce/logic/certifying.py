"""Who may decide what alone: pure, total, one check for people and machines."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from assize.kernel.ids import ClauseId
from assize.workforce.logic.access import rights_of
from assize.workforce.models import (
    ANYTHING,
    Asked,
    Authority,
    Build,
    Certificate,
    CertificateScope,
    CertificateState,
    Reviewer,
    ReviewerKind,
    Right,
    Skills,
)

_S = CertificateState
REACH = {_S.TRAINING: 1, _S.SHADOW: 2, _S.ASSIST: 3, _S.ALONE: 4}  # what isn't here reaches nowhere
_MOVES: dict[CertificateState, frozenset[CertificateState]] = {
    _S.TRAINING: frozenset({_S.SHADOW, _S.ASSIST, _S.SUSPENDED, _S.ENDED}),
    _S.SHADOW: frozenset({_S.ASSIST, _S.ALONE, _S.SUSPENDED, _S.ENDED}),
    _S.ASSIST: frozenset({_S.SHADOW, _S.ALONE, _S.SUSPENDED, _S.ENDED}),
    _S.ALONE: frozenset({_S.ASSIST, _S.SUSPENDED, _S.ENDED}),
    _S.SUSPENDED: frozenset({_S.TRAINING, _S.SHADOW, _S.ASSIST, _S.ENDED}),
    _S.ENDED: frozenset(),
}
_REINSTATED = (_S.SUSPENDED, _S.ALONE)  # of people only: a machine earns it anew

LACKS_CERTIFICATE = "no-certificate"
LACKS_ALONE = "not-alone"
EXPIRED = "expired"
OTHER_BUILD = "build-changed"
OTHER_WORDS = "clause-changed"
RESERVED = "reserved-for-people"


def may_move(before: CertificateState, after: CertificateState, *, machine: bool) -> bool:
    """Whether a certificate may go from one state to another, whoever says so."""
    if (before, after) == _REINSTATED:
        return not machine
    return after in _MOVES[before]


def within(clause: ClauseId, family: str) -> bool:
    """Whether a clause belongs to a family, which may be the clause itself or anything."""
    return family in {ANYTHING, clause, clause.partition("-")[0]}


def in_slice(scope: CertificateScope, *, action: str, language: str | None, queue: str, severity: int) -> bool:
    """Whether such traffic lies in a scope, clauses aside. A language that is not known lies in no slice by language."""
    return (
        scope.action in {ANYTHING, action}
        and (scope.languages is None or language in scope.languages)
        and (scope.queues is None or queue in scope.queues)
        and severity >= scope.gravest
    )


def authority(
    certificates: Sequence[Certificate], asked: Asked, *, machine: bool, build: Build | None = None, at: datetime
) -> Authority:
    """Return what a reviewer's decision counts for, by their certificates.

    Every action it would have done has to be borne. A person's certificate bears an action where it is for any clause
    that was found or that the task was given out under: that is whom they may be given. A machine's has to be for each
    clause found, in the very words that it was tried on, by the build that was tried; and never bears what is reserved.
    """
    if machine and asked.reserved:
        return Authority(state=None, why=RESERVED)
    each = [
        _best(certificates, asked, action, clauses, machine=machine, build=build, at=at)
        for action in sorted(asked.actions)
        for clauses in _clauses(asked, machine=machine)
    ]
    if not each:
        return Authority(state=None, why=LACKS_CERTIFICATE)
    least = min(each, key=lambda one: REACH.get(one.state, 0) if one.state else 0)
    if not least.alone:
        return least
    return Authority(state=_S.ALONE, by=tuple(dict.fromkeys(by for one in each for by in one.by)))


def why_not(certificate: Certificate, asked: Asked, *, machine: bool, build: Build | None, at: datetime) -> str:
    """Return in a code why a certificate that reaches such a case doesn't bear it now; "" where it does."""
    if certificate.expires_at is not None and at >= certificate.expires_at:
        return EXPIRED
    if machine and (certificate.build is None or certificate.build != build):
        return OTHER_BUILD
    if machine and any(
        certificate.words.get(clause) != asked.words.get(clause)
        for clause in asked.found
        if within(clause, certificate.scope.family)
    ):
        return OTHER_WORDS
    return ""


def scopes_of_role(reviewer: Reviewer) -> frozenset[CertificateScope]:
    """Return what somebody's roles and skills let them decide: what they are appointed to with a role.

    Nothing for machines, which earn it, and for roles that don't decide.
    """
    if reviewer.kind is not ReviewerKind.PERSON or Right.DECIDE not in rights_of(reviewer.roles):
        return frozenset()
    return scopes_of_skills(reviewer.skills)


def scopes_of_skills(skills: Skills) -> frozenset[CertificateScope]:
    """Return the scopes that cover what somebody with these skills is given."""
    families: Iterable[str] = (ANYTHING,) if skills.clauses is None else skills.clauses
    return frozenset(CertificateScope(family=family, languages=skills.languages) for family in families)


def _clauses(asked: Asked, *, machine: bool) -> list[frozenset[ClauseId]]:
    if machine:
        return [frozenset({clause}) for clause in sorted(asked.found)]
    return [asked.found | asked.offered]


def _best(
    certificates: Sequence[Certificate],
    asked: Asked,
    action: str,
    clauses: frozenset[ClauseId],
    *,
    machine: bool,
    build: Build | None,
    at: datetime,
) -> Authority:
    """Return what the certificate that reaches furthest makes of one action under one of these clauses."""
    best = Authority(state=None, why=LACKS_CERTIFICATE)
    for one in certificates:
        covered = any(within(clause, one.scope.family) for clause in clauses) and in_slice(
            one.scope, action=action, language=asked.language, queue=asked.queue, severity=asked.severity
        )
        if not covered or one.state not in REACH:
            continue
        why = why_not(one, asked, machine=machine, build=build, at=at)
        state = one.state if not why else _S.SHADOW
        found = Authority(
            state=state,
            by=(one.id,) if state is _S.ALONE else (),
            why=why or ("" if state is _S.ALONE else LACKS_ALONE),
        )
        if best.state is None or REACH[state] > REACH[best.state]:
            best = found
    return best
