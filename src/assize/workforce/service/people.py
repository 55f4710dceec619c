"""Teams, people, machines and keys."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Literal

from assize.kernel.chance import secret
from assize.kernel.ids import KeyId, ReviewerId, TeamId, new_id
from assize.platform.db import Tx
from assize.workforce import store
from assize.workforce.errors import BadTurn, NoSuchKey, NoSuchReviewer, NoSuchTeam, UnknownRight, WeakPassword
from assize.workforce.facts import KeyIssued, KeyRevoked, ReviewerAdded, ReviewerChanged, TeamAdded, TeamChanged
from assize.workforce.logic import is_named_to, principal_of, rights_of, scope_of, sees
from assize.workforce.models import (
    ApiKey,
    IssuedKey,
    Named,
    Principal,
    Reviewer,
    ReviewerKind,
    Right,
    Role,
    Skills,
    Team,
    ViewProfile,
)
from assize.workforce.service.access import hash_password, require
from assize.workforce.service.certifying import appoint_by_role

FEWEST, MOST = 2, 20  # every second case at the most often; after twenty nobody would notice
MIN_PASSWORD = 12  # NIST SP 800-63B asks for 8 at the least; these accounts see the worst there is


def add_team(tx: Tx, *, name: str, vendor: bool, at: datetime) -> TeamId:
    """Add a team of ours or of a vendor. Raises TeamTaken."""
    require(tx, Right.PEOPLE_MANAGE)
    team_id = TeamId(new_id("team"))
    store.add_team(tx, team_id=team_id, name=name, vendor=vendor, at=at)
    tx.record(TeamAdded(team_id=team_id, vendor=vendor), at=at)
    return team_id


def set_calm(tx: Tx, *, team_id: TeamId, every: int | None, at: datetime) -> None:
    """Give the members of a team a calmer case every so many, or all as they come (None). Raises NoSuchTeam, BadTurn.

    What a turn is, `review` decides; nothing grave, paged or due soon ever waits for one.
    """
    require(tx, Right.PEOPLE_MANAGE)
    if every is not None and not FEWEST <= every <= MOST:
        raise BadTurn(field="every", fewest=FEWEST, most=MOST)
    if not store.set_calm(tx, team_id=team_id, every=every):
        raise NoSuchTeam
    tx.record(TeamChanged(team_id=team_id, calm_every=every), at=at)


def teams(tx: Tx) -> list[Team]:
    """Return every team."""
    require(tx, Right.PEOPLE_READ)
    return store.teams(tx)


def add_person(
    tx: Tx,
    *,
    name: str,
    email: str,
    roles: Iterable[Role],
    team_id: TeamId | None = None,
    password: str | None = None,
    skills: Skills | None = None,
    view: ViewProfile | None = None,
    compartments: Collection[str] = (),
    in_training: bool = False,
    at: datetime,
) -> ReviewerId:
    """Add a person; whoever adds them appoints them to what their roles and skills let them decide.

    in_training: they are appointed to nothing yet; what they decide are proposals. Raises EmailTaken, WeakPassword.
    """
    require(tx, Right.PEOPLE_MANAGE)
    if password is not None and len(password) < MIN_PASSWORD:
        raise WeakPassword(field="password")
    reviewer = Reviewer(
        id=ReviewerId(new_id("rev")),
        kind=ReviewerKind.PERSON,
        name=name,
        email=email.strip().lower(),
        team_id=team_id,
        vendor=False,
        roles=frozenset(roles),
        skills=skills or Skills(),
        view=view or ViewProfile(),
        compartments=frozenset(compartments),
        active=True,
        created_at=at,
    )
    _add(tx, reviewer, password=hash_password(password) if password else None, at=at)
    appoint_by_role(tx, reviewer, in_training=in_training, at=at)
    return reviewer.id


def add_machine(tx: Tx, *, name: str, skills: Skills | None = None, at: datetime) -> ReviewerId:
    """Add a machine reviewer: it decides through the same service as people do."""
    require(tx, Right.PEOPLE_MANAGE)
    reviewer = _without_sign_in(name=name, kind=ReviewerKind.MACHINE, roles={Role.MACHINE}, skills=skills, at=at)
    _add(tx, reviewer, password=None, at=at)
    return reviewer.id


def add_past_rater(tx: Tx, *, name: str, at: datetime) -> ReviewerId:
    """Return the rater of imported judgements of this name, added where there was none."""
    require(tx, Right.PEOPLE_MANAGE)
    found = store.reviewers(tx, name=name, kind=ReviewerKind.PAST)
    if found:
        return found[0][0].id
    reviewer = _without_sign_in(name=name, kind=ReviewerKind.PAST, roles=(), skills=None, at=at)
    _add(tx, reviewer, password=None, at=at)
    return reviewer.id


def change_reviewer(
    tx: Tx,
    *,
    reviewer_id: ReviewerId,
    roles: Collection[Role] | None = None,
    skills: Skills | None = None,
    view: ViewProfile | None = None,
    compartments: Collection[str] | None = None,
    team: TeamId | Literal[""] | None = None,
    active: bool | None = None,
    at: datetime,
) -> None:
    """Change what somebody may do and see; what is None stays. team: "" takes them out of theirs.

    Raises NoSuchReviewer, NoSuchTeam.
    """
    require(tx, Right.PEOPLE_MANAGE, about=reviewer_id)
    given = {"roles": roles, "skills": skills, "view": view, "compartments": compartments, "team": team,
             "active": active}  # fmt: skip
    touched = store.change_reviewer(
        tx,
        reviewer_id=reviewer_id,
        roles=roles,
        skills=skills,
        view=view,
        compartments=compartments,
        team=team,
        active=active,
    )
    if not touched:
        raise NoSuchReviewer
    if active is False:
        store.end_sessions_of(tx, reviewer_id=reviewer_id)
    changed = tuple(name for name, value in given.items() if value is not None)
    tx.record(ReviewerChanged(reviewer_id=reviewer_id, changed=changed), at=at)
    if roles is not None or skills is not None:
        appoint_by_role(tx, reviewer(tx, reviewer_id), at=at)


def set_password(tx: Tx, *, reviewer_id: ReviewerId, password: str, at: datetime) -> None:
    """Set somebody's password and sign them out everywhere. Raises WeakPassword."""
    require(tx, Right.PEOPLE_MANAGE, about=reviewer_id)
    if len(password) < MIN_PASSWORD:
        raise WeakPassword(field="password")
    store.set_password(tx, reviewer_id=reviewer_id, password=hash_password(password))
    store.end_sessions_of(tx, reviewer_id=reviewer_id)
    tx.record(ReviewerChanged(reviewer_id=reviewer_id, changed=("password",)), at=at)


def reviewer(tx: Tx, reviewer_id: str) -> Reviewer:
    """Return one reviewer. A lower-level step: callers have checked their own right. Raises NoSuchReviewer."""
    found = store.reviewers(tx, reviewer_id=reviewer_id)
    if not found:
        raise NoSuchReviewer
    return found[0][0]


def names(tx: Tx, ids: Iterable[str | None]) -> Mapping[str, str]:
    """Return who these people and machines are, as far as the actor may see; an id stands for whoever they may not.

    A lower-level step: callers have checked their own right.
    """
    wanted = list(dict.fromkeys(one for one in ids if one))
    known = store.names(tx, wanted) if wanted else []
    told = {one.id: one.name for one in known if is_named_to(tx.actor, one)}
    return {one: told.get(ReviewerId(one), one) for one in wanted}


def colleagues(tx: Tx) -> Mapping[ReviewerId, str]:
    """Return everybody who decides here by name: whom one may name in a note. Not for a page: `names` is."""
    require(tx, Right.CASES_READ)
    return {one.id: one.name for one in store.names(tx)}


def machine(tx: Tx, reviewer_id: str) -> Principal:
    """Return a machine reviewer as one who acts. A lower-level step of whatever drives it. Raises NoSuchReviewer."""
    found = store.reviewers(tx, reviewer_id=reviewer_id, active_only=True)
    if not found or found[0][0].kind is not ReviewerKind.MACHINE:
        raise NoSuchReviewer
    return principal_of(found[0][0])


def who_sees(tx: Tx, *, restriction: str | None, region: str | None, ids: Collection[str]) -> Mapping[ReviewerId, str]:
    """Return the active people for whom a case exists and whom the actor knows, by name. ids: of the case and its subject.

    A lower-level step: callers have checked their own right.
    """
    return {
        one.id: one.name
        for one in reviewers_with(tx, Right.CASES_READ)
        if sees(scope_of(one, rights_of(one.roles)), restriction=restriction, region=region, ids=ids)
        and is_named_to(tx.actor, Named(id=one.id, name=one.name, kind=one.kind, team_id=one.team_id))
    }


def reviewer_by_email(tx: Tx, email: str) -> Reviewer | None:
    """Return the reviewer with this e-mail address, if there is one."""
    require(tx, Right.PEOPLE_READ)
    found = store.reviewers(tx, email=email.strip().lower())
    return found[0][0] if found else None


def reviewers(tx: Tx) -> list[Reviewer]:
    """Return everybody who decides or decided, by name."""
    require(tx, Right.PEOPLE_READ)
    return [one for one, _ in store.reviewers(tx)]


def machines(tx: Tx) -> list[Reviewer]:
    """Return the active machines. A lower-level step: callers have checked their own right."""
    return [one for one, _ in store.reviewers(tx, kind=ReviewerKind.MACHINE, active_only=True)]


def reviewers_with(tx: Tx, right: Right) -> list[Reviewer]:
    """Return the active people who hold a right. A lower-level step: callers have checked their own right."""
    active = store.reviewers(tx, kind=ReviewerKind.PERSON, active_only=True)
    return [one for one, _ in active if right in rights_of(one.roles)]


def issue_key(
    tx: Tx, *, name: str, rights: Collection[Right], reviewer_id: ReviewerId | None = None, at: datetime
) -> IssuedKey:
    """Make an API key. Its secret is known now and never again. Raises UnknownRight, NoSuchReviewer."""
    require(tx, Right.KEYS_MANAGE)
    if not rights:
        raise UnknownRight(field="rights", name="(none)")
    if reviewer_id is not None:
        reviewer(tx, reviewer_id)
    key_id = KeyId(new_id("key"))
    issued = IssuedKey(id=key_id, secret=f"assize_{key_id[-8:].lower()}_{secret()}")
    key = ApiKey(
        id=key_id, name=name, reviewer_id=reviewer_id, rights=frozenset(rights), created_at=at, revoked_at=None
    )
    store.add_key(tx, key=key, secret=issued.secret, by=tx.actor.id)
    tx.record(KeyIssued(key_id=key_id, rights=tuple(sorted(right.value for right in rights))), at=at)
    return issued


def keys(tx: Tx) -> list[ApiKey]:
    """Return every key, newest first, never a secret."""
    require(tx, Right.KEYS_MANAGE)
    return store.keys(tx)


def revoke_key(tx: Tx, *, key_id: KeyId, at: datetime) -> None:
    """Revoke a key for good. Raises NoSuchKey."""
    require(tx, Right.KEYS_MANAGE, about=key_id)
    if not store.revoke_key(tx, key_id=key_id, at=at):
        raise NoSuchKey
    tx.record(KeyRevoked(key_id=key_id), at=at)


def _add(tx: Tx, reviewer: Reviewer, *, password: str | None, at: datetime) -> None:
    store.add_reviewer(tx, reviewer, password=password)
    roles = tuple(sorted(role.value for role in reviewer.roles))
    tx.record(ReviewerAdded(reviewer_id=reviewer.id, reviewer_kind=reviewer.kind.value, roles=roles), at=at)


def _without_sign_in(
    *, name: str, kind: ReviewerKind, roles: Iterable[Role], skills: Skills | None, at: datetime
) -> Reviewer:
    return Reviewer(
        id=ReviewerId(new_id("rev")),
        kind=kind,
        name=name,
        email=None,
        team_id=None,
        vendor=False,
        roles=frozenset(roles),
        skills=skills or Skills(),
        view=ViewProfile(),
        compartments=frozenset(),
        active=True,
        created_at=at,
    )
