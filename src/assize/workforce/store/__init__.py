"""Rows of the workforce to and from what they mean."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from psycopg.types.json import Jsonb

from assize.kernel.ids import CaseId, ClauseId, KeyId, ReviewerId, TeamId
from assize.platform.db import Row, Tx, named_constraint
from assize.platform.sql import queries
from assize.workforce.errors import EmailTaken, NoSuchTeam, TeamTaken
from assize.workforce.models import (
    ApiKey,
    Exposure,
    Look,
    Named,
    Reviewer,
    ReviewerKind,
    Right,
    Role,
    SearchScope,
    ShiftLine,
    ShiftNote,
    Skills,
    Team,
    Theme,
    ViewProfile,
)
from assize.workforce.store import certificates

SQL = queries("assize.workforce")


def hashed(secret: str) -> bytes:
    """Return the SHA-256 of a secret with enough randomness of its own: a key or a session token."""
    return hashlib.sha256(secret.encode()).digest()


def add_team(tx: Tx, *, team_id: TeamId, name: str, vendor: bool, at: datetime) -> None:
    """Add a team. Raises TeamTaken."""
    with named_constraint({"team_name_once": TeamTaken}):
        tx.run(SQL["add_team"], {"id": team_id, "name": name, "vendor": vendor, "at": at})


def set_calm(tx: Tx, *, team_id: str, every: int | None) -> int:
    """Keep how often a team wants a calmer case; returns 0 where there is no such team."""
    return tx.run(SQL["set_calm"], {"id": team_id, "every": every})


def teams(tx: Tx) -> list[Team]:
    """Return every team."""
    return [
        Team(
            id=TeamId(row["id"]),
            name=row["name"],
            vendor=row["vendor"],
            created_at=row["created_at"],
            calm_every=row["calm_every"],
        )
        for row in tx.rows(SQL["teams"])
    ]


def add_reviewer(tx: Tx, reviewer: Reviewer, *, password: str | None) -> None:
    """Add a reviewer. Raises EmailTaken, NoSuchTeam."""
    row = {
        "id": reviewer.id,
        "kind": reviewer.kind.value,
        "name": reviewer.name,
        "email": reviewer.email,
        "team_id": reviewer.team_id,
        "roles": sorted(role.value for role in reviewer.roles),
        "skills": Jsonb(skills_to_row(reviewer.skills)),
        "view": Jsonb(view_to_row(reviewer.view)),
        "compartments": sorted(reviewer.compartments),
        "password": password,
        "at": reviewer.created_at,
    }
    with named_constraint({"reviewer_email_once": EmailTaken, "reviewer_team": NoSuchTeam}):
        tx.run(SQL["add_reviewer"], row)


def reviewers(
    tx: Tx,
    *,
    reviewer_id: str | None = None,
    email: str | None = None,
    name: str | None = None,
    kind: ReviewerKind | None = None,
    active_only: bool = False,
) -> list[tuple[Reviewer, str | None]]:
    """Return reviewers, each with the hash of their password."""
    asked = {
        "id": reviewer_id,
        "email": email,
        "name": name,
        "kind": kind.value if kind else None,
        "active_only": active_only,
    }
    return [(_reviewer(row), row["password"]) for row in tx.rows(SQL["reviewers"], asked)]


def change_reviewer(
    tx: Tx,
    *,
    reviewer_id: ReviewerId,
    roles: Collection[Role] | None,
    skills: Skills | None,
    view: ViewProfile | None,
    compartments: Collection[str] | None,
    team: TeamId | Literal[""] | None,
    active: bool | None,
) -> int:
    """Change a reviewer; what is None stays. Returns how many there were: 0 or 1."""
    change = {
        "id": reviewer_id,
        "roles": None if roles is None else sorted(role.value for role in roles),
        "skills": None if skills is None else Jsonb(skills_to_row(skills)),
        "view": None if view is None else Jsonb(view_to_row(view)),
        "compartments": None if compartments is None else sorted(compartments),
        "team": team,
        "active": active,
    }
    with named_constraint({"reviewer_team": NoSuchTeam}):
        return tx.run(SQL["change_reviewer"], change)


def set_look(tx: Tx, *, reviewer_id: str, look: Look) -> int:
    """Keep how somebody wants pages shown."""
    return tx.run(SQL["set_look"], {"id": reviewer_id, "look": Jsonb({**vars(look), "theme": look.theme.value})})


def set_respites(tx: Tx, *, reviewer_id: str, respites: Mapping[ClauseId, datetime]) -> int:
    """Keep what somebody has set aside, and until when."""
    kept = {family: until.isoformat() for family, until in respites.items()}
    return tx.run(SQL["set_respites"], {"id": reviewer_id, "respites": Jsonb(kept)})


def charge(tx: Tx, *, reviewer_id: str, hour: datetime, points: int, since: datetime) -> None:
    """Add points of hard content to an hour of somebody's, and let go of hours before a time."""
    params = {"id": reviewer_id, "hour": hour.isoformat(), "points": points, "since": since}
    tx.run(SQL["charge"], params)


def set_password(tx: Tx, *, reviewer_id: ReviewerId, password: str) -> None:
    """Keep the hash of a new password."""
    tx.run(SQL["set_password"], {"id": reviewer_id, "password": password})


def add_session(tx: Tx, *, token: str, reviewer_id: ReviewerId, at: datetime, ends_at: datetime) -> None:
    """Keep a session by the hash of its token."""
    row = {"token_hash": hashed(token), "reviewer_id": reviewer_id, "at": at, "ends_at": ends_at}
    tx.run(SQL["add_session"], row)


def session_reviewer(tx: Tx, *, token: str, at: datetime) -> ReviewerId | None:
    """Return whose session this is, or None where it is unknown or has ended."""
    row = tx.row(SQL["session"], {"token_hash": hashed(token), "at": at})
    return ReviewerId(row["reviewer_id"]) if row else None


def end_session(tx: Tx, *, token: str) -> ReviewerId | None:
    """End a session and return whose it was."""
    row = tx.row(SQL["end_session"], {"token_hash": hashed(token)})
    return ReviewerId(row["reviewer_id"]) if row else None


def end_sessions_of(tx: Tx, *, reviewer_id: ReviewerId) -> None:
    """End every session of somebody."""
    tx.run(SQL["end_sessions_of"], {"reviewer_id": reviewer_id})


def forget_sessions(tx: Tx, *, at: datetime) -> int:
    """Drop sessions and failed tries that are over."""
    return tx.run(SQL["forget_sessions"], {"at": at})


def tries(tx: Tx, *, who: str, since: datetime) -> list[datetime]:
    """Return when sign-ins under this name failed."""
    return [row["tried_at"] for row in tx.rows(SQL["tries"], {"who": who, "since": since})]


def add_tries(tx: Tx, *, who: Sequence[str], at: datetime) -> None:
    """Remember a failed sign-in under each of these names."""
    tx.run(SQL["add_tries"], {"who": list(who), "at": at})


def forget_tries(tx: Tx, *, who: Sequence[str]) -> None:
    """Clear the failed sign-ins under these names."""
    tx.run(SQL["forget_tries"], {"who": list(who)})


def add_key(tx: Tx, *, key: ApiKey, secret: str, by: str) -> None:
    """Keep a key by the hash of its secret."""
    row = {
        "id": key.id,
        "name": key.name,
        "secret_hash": hashed(secret),
        "reviewer_id": key.reviewer_id,
        "rights": sorted(right.value for right in key.rights),
        "at": key.created_at,
        "by": by,
    }
    tx.run(SQL["add_key"], row)


def key_by_secret(tx: Tx, *, secret: str) -> ApiKey | None:
    """Return the key of this secret, unless it was revoked."""
    row = tx.row(SQL["key_by_secret"], {"secret_hash": hashed(secret)})
    return _key(row) if row else None


def keys(tx: Tx) -> list[ApiKey]:
    """Return every key, newest first."""
    return [_key(row) for row in tx.rows(SQL["keys"])]


def revoke_key(tx: Tx, *, key_id: KeyId, at: datetime) -> int:
    """Revoke a key; returns 0 where there is none, or it was revoked before."""
    return tx.run(SQL["revoke_key"], {"id": key_id, "at": at})


def count_refusal(tx: Tx, *, actor: str, right: Right, at: datetime) -> int:
    """Count a refusal and return how many there were in its minute."""
    return int(tx.value(SQL["count_refusal"], {"actor": actor, "right": right.value, "at": at}))


def names(tx: Tx, ids: Sequence[str] | None = None) -> list[Named]:
    """Return who these are, or everybody who decides here, by name."""
    return [
        Named(id=ReviewerId(row["id"]), name=row["name"], kind=ReviewerKind(row["kind"]), team_id=row["team_id"])
        for row in tx.rows(SQL["names"], {"ids": None if ids is None else list(ids)})
    ]


def last_here(tx: Tx, *, reviewer_id: str) -> datetime | None:
    """Return when somebody last did anything before they signed in this time; None where they never did."""
    row = tx.row(SQL["last_here"], {"reviewer_id": reviewer_id})
    return None if row is None else row["occurred_at"]


def save_shift_draft(tx: Tx, *, note_id: str, author: str, body: str, at: datetime) -> None:
    """Keep what somebody typed of their note."""
    tx.run(SQL["save_shift_draft"], {"id": note_id, "author": author, "body": body, "at": at})


def shift_draft(tx: Tx, *, author: str) -> ShiftNote | None:
    """Return the note that somebody has begun."""
    row = tx.row(SQL["shift_draft"], {"author": author})
    return None if row is None else _shift_note(row, ())


def sign_shift(tx: Tx, *, author: str, drafted: Sequence[ShiftLine], at: datetime) -> str:
    """Sign the note that somebody has begun; return its id."""
    lines = [{"part": one.part, "text": one.text, "url": one.url, "case_id": one.case_id} for one in drafted]
    return str(tx.one(SQL["sign_shift"], {"author": author, "drafted": Jsonb(lines), "at": at})["id"])


def shift_notes(tx: Tx, *, note_id: str | None, limit: int) -> list[ShiftNote]:
    """Return signed notes, the latest first."""
    rows = tx.rows(SQL["shift_notes"], {"id": note_id, "limit": limit})
    reads: dict[str, list[tuple[ReviewerId, datetime]]] = {}
    for row in tx.rows(SQL["shift_note_reads"], {"ids": [one["id"] for one in rows]}):
        reads.setdefault(row["shift_note_id"], []).append((ReviewerId(row["reviewer_id"]), row["read_at"]))
    return [_shift_note(row, reads.get(row["id"], ())) for row in rows]


def acknowledge_shift_note(tx: Tx, *, note_id: str, reviewer_id: str, at: datetime) -> int:
    """Somebody took a note over; returns 0 where they did before."""
    return tx.run(SQL["acknowledge_shift_note"], {"id": note_id, "reviewer_id": reviewer_id, "at": at})


def _shift_note(row: Row, reads: Sequence[tuple[ReviewerId, datetime]]) -> ShiftNote:
    return ShiftNote(
        id=row["id"],
        author=ReviewerId(row["author"]),
        body=row["body"],
        drafted=tuple(
            ShiftLine(
                part=one["part"],
                text=one["text"],
                url=one["url"],
                case_id=None if one["case_id"] is None else CaseId(one["case_id"]),
            )
            for one in row["drafted"]
        ),
        saved_at=row["saved_at"],
        signed_at=row["signed_at"],
        taken_over=tuple(reads),
    )


def skills_to_row(skills: Skills) -> dict[str, Any]:
    """Return skills as JSON."""
    row: dict[str, Any] = {"exposure": int(skills.exposure)}
    if skills.clauses is not None:
        row["clauses"] = sorted(skills.clauses)
    if skills.languages is not None:
        row["languages"] = sorted(skills.languages)
    return row


def skills_from_row(row: dict[str, Any]) -> Skills:
    """Return skills from JSON; what is absent has no limit."""
    return Skills(
        clauses=frozenset(ClauseId(one) for one in row["clauses"]) if "clauses" in row else None,
        languages=frozenset(row["languages"]) if "languages" in row else None,
        exposure=Exposure(row.get("exposure", Exposure.SEVERE)),
    )


def view_to_row(view: ViewProfile) -> dict[str, Any]:
    """Return a view profile as JSON."""
    row: dict[str, Any] = {
        "masked_fields": sorted(view.masked_fields),
        "search_scope": view.search_scope.value,
        "may_export": view.may_export,
        "recused": sorted(view.recused),
    }
    if view.regions is not None:
        row["regions"] = sorted(view.regions)
    return row


def view_from_row(row: dict[str, Any]) -> ViewProfile:
    """Return a view profile from JSON."""
    return ViewProfile(
        masked_fields=frozenset(row.get("masked_fields", ())),
        search_scope=SearchScope(row.get("search_scope", "all")),
        may_export=bool(row.get("may_export", False)),
        regions=frozenset(row["regions"]) if "regions" in row else None,
        recused=frozenset(row.get("recused", ())),
    )


def _reviewer(row: Row) -> Reviewer:
    return Reviewer(
        id=ReviewerId(row["id"]),
        kind=ReviewerKind(row["kind"]),
        name=row["name"],
        email=row["email"],
        team_id=TeamId(row["team_id"]) if row["team_id"] else None,
        vendor=row["vendor"],
        calm_every=row["calm_every"],
        roles=frozenset(Role(role) for role in row["roles"]),
        skills=skills_from_row(row["skills"]),
        view=view_from_row(row["view"]),
        compartments=frozenset(row["compartments"]),
        active=row["active"],
        created_at=row["created_at"],
        look=_look(row["look"]),
        respites={ClauseId(family): datetime.fromisoformat(until) for family, until in row["respites"].items()},
        exposed={datetime.fromisoformat(hour): points for hour, points in row["exposed"].items()},
        withheld=frozenset(row["withheld"] or ()),
        certificates=tuple(certificates.from_row(one) for one in row["certificates"] or ()),
        build=certificates.build_from(row["build"]),
    )


def _look(row: dict[str, Any]) -> Look:
    known = {name: row[name] for name in ("grey", "blur", "text_only", "folded") if name in row}
    return Look(theme=Theme(row.get("theme", Theme.MACHINE)), **known)


def _key(row: Row) -> ApiKey:
    known = {right.value for right in Right}
    return ApiKey(
        id=KeyId(row["id"]),
        name=row["name"],
        reviewer_id=ReviewerId(row["reviewer_id"]) if row["reviewer_id"] else None,
        # A right that this version no longer knows is no right.
        rights=frozenset(Right(right) for right in row["rights"] if right in known),
        created_at=row["created_at"],
        revoked_at=row["revoked_at"],
    )
