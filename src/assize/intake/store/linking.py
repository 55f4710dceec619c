"""Attributes that subjects share, as hashes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from assize.kernel.ids import SubjectId
from assize.platform.db import Tx
from assize.platform.sql import queries

SQL = queries("assize.intake")


class Seen(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A subject seen with an attribute of this value."""

    subject_id: str
    name: str
    value_hash: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class SharedRow:
    """Another subject that was seen with the same value of an attribute."""

    name: str
    value_hash: str
    subject_id: SubjectId | None


def keep(tx: Tx, seen: Sequence[Seen]) -> None:
    """Keep who was seen with what."""
    if seen:
        tx.run(SQL["keep_attributes"], {"rows": msgspec.json.encode(seen).decode()})


def shared(tx: Tx, subject_id: SubjectId, *, limit: int) -> list[SharedRow]:
    """Return, for each attribute of a subject, up to `limit` others that share it; a row without subject: nobody does."""
    rows = tx.rows(SQL["shared_attributes"], {"subject_id": subject_id, "limit": limit})
    return [
        SharedRow(
            name=row["name"],
            value_hash=row["value_hash"],
            subject_id=None if row["other_id"] is None else SubjectId(row["other_id"]),
        )
        for row in rows
    ]
