"""Facts, leaves and bodies as they are stored: for verification, export, proofs, stories and erasure."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum

from assize.audit.facts import LedgerVerified
from assize.audit.models import Entry, Header, Node
from assize.audit.store.rows import entry_of, header_of
from assize.platform.db import Row, Tx
from assize.platform.sql import queries

SQL = queries("assize.audit")
STRETCH = 5_000  # entries read at once: a few megabytes


class Whose(StrEnum):
    """Whose story is told."""

    CASE = "story_of_case"
    SUBJECT = "story_of_subject"
    ACTOR = "story_of_actor"


def entries(tx: Tx, *, size: int) -> Iterator[list[Entry]]:
    """Read the first `size` places of the ledger, a stretch at a time."""
    for first in range(0, size, STRETCH):
        rows = tx.rows(SQL["entries"], {"first": first, "count": STRETCH, "size": size})
        yield [entry_of(row) for row in rows]


def nodes_between(tx: Tx, *, level: int, first: int, last: int) -> dict[int, bytes]:
    """Return the stored hashes of a level by index."""
    rows = tx.rows(SQL["nodes_between"], {"level": level, "first": first, "last": last})
    return {row["index"]: row["hash"] for row in rows}


def stray_nodes(tx: Tx, *, size: int) -> list[Node]:
    """Return some stored nodes that reach beyond the tree."""
    rows = tx.rows(SQL["stray_nodes"], {"size": size})
    return [Node(level=row["level"], index=row["index"], hash=b"") for row in rows]


def unsequenced(tx: Tx, *, horizon: datetime) -> list[tuple[str, str]]:
    """Return id and kind of facts that have no leaf and should have one."""
    return [(row["id"], row["kind"]) for row in tx.rows(SQL["unsequenced"], {"horizon": horizon})]


def pending(tx: Tx) -> int:
    """Return how many facts have no leaf."""
    return int(tx.value(SQL["count_pending"]))


def orphan_bodies(tx: Tx) -> list[str]:
    """Return ids of some facts that are gone while their bodies are there."""
    return [row["fact_id"] for row in tx.rows(SQL["orphan_bodies"])]


def erasures_since(tx: Tx, *, size: int) -> list[str]:
    """Return the ids named by erasures from leaf `size` on, or without a leaf."""
    bodies = [json.loads(row["body"]) for row in tx.rows(SQL["erasures_since"], {"size": size})]
    return [fact_id for body in bodies for fact_id in body["fact_ids"]]


def fact_in_tree(tx: Tx, fact_id: str) -> tuple[Header, int | None] | None:
    """Return a fact's header and its leaf number, where this actor may see it."""
    row = tx.row(SQL["fact_in_tree"], {"fact_id": fact_id})
    return None if row is None else (header_of(row), row["n"])


def visible(tx: Tx, fact_ids: Sequence[str]) -> frozenset[str]:
    """Return which of these facts this actor may see."""
    return frozenset(row["id"] for row in tx.rows(SQL["visible_facts"], {"ids": list(fact_ids)}))


def delete_bodies(tx: Tx, fact_ids: Sequence[str]) -> list[str]:
    """Erase bodies; return the ids of those that were there."""
    return sorted(row["fact_id"] for row in tx.rows(SQL["delete_bodies"], {"fact_ids": list(fact_ids)}))


def erasures_among(tx: Tx, fact_ids: Sequence[str]) -> str | None:
    """Return one of these facts that records an erasure, or None."""
    found = tx.value(SQL["erasures_among"], {"fact_ids": list(fact_ids)})
    return None if found is None else str(found)


def story(tx: Tx, *, whose: Whose, of: str, after: str, limit: int) -> list[Row]:
    """Return facts with their bodies, oldest first, as far as this actor may see them."""
    return tx.rows(SQL[whose.value], {"id": of, "after": after, "limit": limit})


def opened_story(tx: Tx, *, of: str, since: datetime) -> bool:
    """Whether this actor said, since then, why they open the story of this person."""
    return bool(tx.value(SQL["opened_story"], {"actor": tx.actor.id, "id": of, "since": since}))


def last_verification(tx: Tx) -> tuple[LedgerVerified, datetime] | None:
    """Return what the last verification recorded, and when."""
    row = tx.row(SQL["last_verification"])
    return None if row is None else (LedgerVerified.from_body(json.loads(row["body"])), row["occurred_at"])
