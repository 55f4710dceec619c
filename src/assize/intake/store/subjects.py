"""Subjects, and whom events are about."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime

import msgspec
import psycopg

from assize.intake.models import Subject, SubjectLevel
from assize.kernel.ids import SubjectId, new_ids
from assize.platform.db import Params, Row, Tx
from assize.platform.sql import queries

SQL = queries("assize.intake")

Name = tuple[str, str]  # scope and the platform's own id


class Placing(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Whom one event is about, and its language where it was detected."""

    event_id: str
    subject_id: str | None
    account_id: str | None
    conversation_id: str | None
    occurred_at: datetime
    language: str | None


def resolve(
    tx: Tx, *, level: SubjectLevel, parents: Mapping[Name, SubjectId | None], at: datetime, apart: bool
) -> dict[Name, SubjectId]:
    """Return the ids of subjects of one level, added where they are new.

    parents: each subject's scope and own id, with the parent it was named under. A parent that nobody had told is kept;
    one that was told before stays. apart: add in a transaction of their own, so that nobody who meets one of them waits
    until the caller's is done; without events, where the caller's is undone, they are there when those come again.
    """
    found = _named(tx, level, parents)
    missing = [name for name in parents if name not in found]
    if missing:
        ids = new_ids("sub", len(missing))
        new = [
            {"id": some_id, "scope": name[0], "ref": name[1], "parent_id": parents[name]}
            for some_id, name in zip(ids, missing, strict=True)
        ]
        _add(tx, {"subjects": _json(new), "level": level.value, "at": at}, apart=apart)
        # Read again, not taken from what was added: somebody else may have added one of them meanwhile.
        found |= _named(tx, level, missing)
    orphans = [
        {"id": row["id"], "parent_id": parents[name]}
        for name, row in found.items()
        if row["parent_id"] is None and parents[name] is not None
    ]
    if orphans:
        tx.run(SQL["adopt_subjects"], {"subjects": _json(orphans)})
    return {name: SubjectId(row["id"]) for name, row in found.items()}


def _add(tx: Tx, added: Params, *, apart: bool) -> None:
    if apart:
        with suppress(psycopg.errors.LockNotAvailable), tx.apart() as other:
            other.run(SQL["wait_little"])
            other.run(SQL["add_subjects"], added)
            return
    tx.run(SQL["add_subjects"], added)


def _named(tx: Tx, level: SubjectLevel, names: Iterable[Name]) -> dict[Name, Row]:
    listed = [{"scope": scope, "ref": ref} for scope, ref in names]
    rows = tx.rows(SQL["subjects_named"], {"level": level.value, "names": _json(listed)})
    return {(row["scope"], row["ref"]): row for row in rows}


def place(tx: Tx, placings: Sequence[Placing]) -> None:
    """Keep whom events are about."""
    tx.run(SQL["place_events"], {"placings": _json(placings)})


def _json(value: object) -> str:
    # One JSON text, not arrays: the driver spells an array element by element, which took longer than the statement.
    return msgspec.json.encode(value).decode()


def subject(tx: Tx, subject_id: str) -> Subject | None:
    """Return a subject, or None where there is none to see."""
    row = tx.row(SQL["subject_by_id"], {"subject_id": subject_id})
    return None if row is None else subject_of(row)


def subject_by_ref(tx: Tx, *, level: SubjectLevel, ref: str, scope: str) -> Subject | None:
    """Return a subject by the platform's own id. scope: the parent's id for an end user, else empty."""
    row = tx.row(SQL["subject_by_ref"], {"level": level.value, "ref": ref, "scope": scope})
    return None if row is None else subject_of(row)


def path(tx: Tx, subject_id: str) -> list[Subject]:
    """Return a subject and everybody above it, itself first."""
    return [subject_of(row) for row in tx.rows(SQL["subject_path"], {"subject_id": subject_id})]


def below(tx: Tx, subject_id: str, *, limit: int) -> list[Subject]:
    """Return who is directly below a subject, conversations left out, the latest first."""
    rows = tx.rows(SQL["subjects_below"], {"subject_id": subject_id, "limit": limit})
    return [subject_of(row) for row in rows]


def subject_of(row: Row) -> Subject:
    """Return the subject that a row means."""
    parent = row["parent_id"]
    return Subject(
        id=SubjectId(row["id"]),
        level=SubjectLevel(row["level"]),
        ref=None if row["erased_at"] is not None else row["ref"],
        parent_id=None if parent is None else SubjectId(parent),
        first_seen_at=row["first_seen_at"],
        erased_at=row["erased_at"],
    )
