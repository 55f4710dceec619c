"""Signing in, and the one check everything asks."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from assize.kernel import clock
from assize.kernel.actor import Scope
from assize.kernel.chance import secret
from assize.kernel.ids import ClauseId, ReviewerId
from assize.platform.db import Database, Tx
from assize.workforce import store
from assize.workforce.errors import NotAllowed, NotSignedIn, SamePerson, TooManyTries, UnknownKey, WrongPassword
from assize.workforce.facts import AccessRefused, SignedIn, SignedOut, SignInFailed
from assize.workforce.logic import MEASURING, SIGN_IN_WINDOW, covers, may, principal_of, wait_before_try
from assize.workforce.models import (
    SYSTEM,
    ApiKey,
    Exposure,
    Principal,
    PrincipalKind,
    Reviewer,
    ReviewerKind,
    Right,
    Role,
    Session,
    ViewProfile,
)

_hasher = PasswordHasher()
# Verified against when an e-mail is unknown, so that the time of the answer does not tell which are known.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$Yq0Q2dFm6bRzvWlZ7oMVhQx1Zg3Q4lU8hEo0nUuqk8s"


def require(tx: Tx, right: Right, *, about: str | None = None) -> Principal:
    """Return who acts, if they may do this. Raises NotAllowed.

    A refusal is a fact, written apart, so that it stays when the caller's transaction is undone; the first of each
    minute is recorded, the others are counted.
    """
    actor = tx.actor
    if isinstance(actor, Principal) and may(actor, right):
        return actor
    with tx.apart() as other:
        at = clock.now()
        if store.count_refusal(other, actor=actor.id, right=right, at=at) == 1:
            other.record(AccessRefused(right=right.value, about=about), at=at)
    raise NotAllowed(right=right.value)


def must_differ(first: str, second: str) -> None:
    """Raise SamePerson where one person would be both."""
    if first == second:
        raise SamePerson


def covers_with(principal: Principal, *, clauses: Iterable[ClauseId], language: str | None, exposure: Exposure) -> bool:
    """Whether somebody's skills cover such a case."""
    return covers(principal.skills, clauses=clauses, language=language, exposure=exposure)


def sign_in(database: Database, *, email: str, password: str, address: str, hours: int, at: datetime) -> Session:
    """Sign somebody in and return their session.

    Raises TooManyTries, WrongPassword: the same words whether the e-mail is unknown or the password wrong.
    """
    who = [_name_for_tries(email.strip().lower()), f"from {address}"]
    with database.transaction(SYSTEM) as tx:
        since = at - SIGN_IN_WINDOW
        wait_s = max(wait_before_try(store.tries(tx, who=one, since=since), at=at) for one in who)
        if wait_s:
            raise TooManyTries(wait_s=wait_s)
        found = store.reviewers(tx, email=email.strip().lower(), active_only=True)
    reviewer, kept = found[0] if found else (None, None)
    # Hashing takes a third of a second: no transaction is open meanwhile.
    if not _matches(kept or _NOBODY, password) or reviewer is None or reviewer.kind is not ReviewerKind.PERSON:
        with database.transaction(SYSTEM) as tx:
            store.add_tries(tx, who=who, at=at)
            tx.record(SignInFailed(reviewer_id=reviewer.id if reviewer else None), at=at)
        raise WrongPassword
    return _start_session(database, reviewer, who=who, hours=hours, at=at)


def sign_out(database: Database, *, token: str, at: datetime) -> None:
    """End a session. A token that is unknown is over already."""
    with database.transaction(SYSTEM) as tx:
        reviewer_id = store.end_session(tx, token=token)
        if reviewer_id is not None:
            tx.record(SignedOut(reviewer_id=reviewer_id), at=at)


def principal_of_session(database: Database, token: str, *, at: datetime) -> Principal:
    """Return who signed in under this token. Raises NotSignedIn."""
    with database.transaction(SYSTEM) as tx:
        reviewer_id = store.session_reviewer(tx, token=token, at=at)
        found = store.reviewers(tx, reviewer_id=reviewer_id, active_only=True) if reviewer_id else []
    if not found:
        raise NotSignedIn
    return principal_of(found[0][0])


def principal_of_key(database: Database, given: str) -> Principal:
    """Return who acts by this API key. Raises UnknownKey.

    A key of a reviewer acts as that reviewer, within the key's own rights; any other acts for the platform.
    """
    with database.transaction(SYSTEM) as tx:
        key = store.key_by_secret(tx, secret=given)
        if key is None:
            raise UnknownKey
        if key.reviewer_id is not None:
            found = store.reviewers(tx, reviewer_id=key.reviewer_id, active_only=True)
            if not found:
                raise UnknownKey
            return principal_of(found[0][0], limited_to=key.rights)
    return _platform_principal(key)


def forget_past(database: Database, at: datetime) -> int:
    """Drop sessions and failed tries that are over."""
    with database.transaction(SYSTEM) as tx:
        return store.forget_sessions(tx, at=at)


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password."""
    return _hasher.hash(password)


def _platform_principal(key: ApiKey) -> Principal:
    # A key without a reviewer sees what is in no compartment, in any region: it speaks for the platform itself.
    return Principal(
        id=key.id,
        scope=Scope(measuring=bool(key.rights & MEASURING)),
        name=key.name,
        kind=PrincipalKind.KEY,
        roles=frozenset({Role.INTEGRATION}),
        rights=key.rights,
        view=ViewProfile(may_export=Right.EXPORT in key.rights),
    )


def _start_session(database: Database, reviewer: Reviewer, *, who: list[str], hours: int, at: datetime) -> Session:
    session = Session(token=secret(), ends_at=at + timedelta(hours=hours))
    with database.transaction(SYSTEM) as tx:
        store.forget_tries(tx, who=who[:1])
        store.add_session(tx, token=session.token, reviewer_id=reviewer.id, at=at, ends_at=session.ends_at)
    with database.transaction(principal_of(reviewer)) as tx:
        tx.record(SignedIn(reviewer_id=ReviewerId(reviewer.id)), at=at)
    return session


def _matches(kept: str, password: str) -> bool:
    try:
        return _hasher.verify(kept, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def _name_for_tries(email: str) -> str:
    # The table of tries holds no addresses of people who may not even be ours.
    return "email " + hashlib.sha256(email.encode()).hexdigest()
