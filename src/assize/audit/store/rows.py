"""Rows of the database as the ledger's nouns."""

from assize.audit.models import Body, Entry, Header
from assize.platform.db import Row


def header_of(row: Row) -> Header:
    """Return the header in a row of platform.fact."""
    return Header(
        id=row["id"],
        kind=row["kind"],
        actor=row["actor"],
        case_id=row["case_id"],
        subject_id=row["subject_id"],
        thing=row["thing"],
        occurred_at=row["occurred_at"],
        recorded_at=row["recorded_at"],
        commitment=row["commitment"],
    )


def entry_of(row: Row) -> Entry:
    """Return a place of the ledger, with or without its fact and its body."""
    return Entry(
        n=row["n"],
        fact_id=row["fact_id"],
        hash=row["hash"],
        header=None if row["id"] is None else header_of(row),
        body=None if row["body"] is None else Body(text=row["body"], nonce=row["nonce"]),
    )
