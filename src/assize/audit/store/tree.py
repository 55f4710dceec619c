"""The stored tree: leaves, nodes, and who appends to them."""

from collections.abc import Sequence
from dataclasses import dataclass

from assize.audit.errors import WrongIsolation
from assize.audit.models import Header, Node, Stored
from assize.audit.store.rows import header_of
from assize.platform.db import Tx
from assize.platform.sql import queries

SQL = queries("assize.audit")


NEVER = "0"  # before every transaction


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """Where the sequencer stands: the snapshot it comes up to, the one its last complete pass came up to, the size.

    seen_end: the first transaction id the last complete pass could not see, None where all facts are to be looked at.
    resume: where the pass before stopped, with more left than it could take; its snapshot then is this one's too.
    """

    origin: str
    present: str
    present_end: str
    seen_end: str | None
    open_then: tuple[str, ...]
    resume: str | None
    size: int
    system_identifier: int


@dataclass(frozen=True, kw_only=True)
class Picked:
    """Facts to be given leaves, and the transaction of the last."""

    headers: tuple[Header, ...]
    last_xid: str | None


def take_turn(tx: Tx) -> None:
    """Wait until no other sequencer runs. Raises WrongIsolation."""
    isolation = tx.one(SQL["take_turn"])["isolation"]
    if isolation != "read committed":
        raise WrongIsolation(isolation=isolation)
    tx.run(SQL["hold_durable"])


def look_around(tx: Tx, *, origin: str) -> Surroundings:
    """Read the present snapshot, which must come before any fact is picked; name the ledger where it has no name."""
    row = tx.row(SQL["look_around"])
    if row is None:
        tx.run(SQL["begin_ledger"], {"origin": origin})
        row = tx.one(SQL["look_around"])
    elif not row["same_cluster"]:
        tx.run(SQL["forget_progress"])
        row = tx.one(SQL["look_around"])
    return Surroundings(
        origin=row["origin"],
        present=row["present"],
        present_end=row["present_end"],
        seen_end=row["seen_end"],
        open_then=tuple(row["open_then"]),
        resume=row["resume"],
        size=row["size"],
        system_identifier=row["system_identifier"],
    )


def pick(tx: Tx, where: Surroundings, *, limit: int) -> Picked:
    """Return facts that have no leaf yet, in the order of their transactions."""
    window: dict[str, object] = {"resume": where.resume or NEVER, "limit": limit}
    if where.seen_end is None:
        rows = tx.rows(SQL["pick_all"], window)
    else:
        window |= {"open_then": list(where.open_then), "seen_end": where.seen_end, "present_end": where.present_end}
        rows = tx.rows(SQL["pick_new"], window)
    return Picked(headers=tuple(map(header_of, rows)), last_xid=str(rows[-1]["xid"]) if rows else None)


def append(tx: Tx, *, size: int, fact_ids: Sequence[str], hashes: Sequence[bytes], nodes: Sequence[Node]) -> None:
    """Put leaves at the end, and the nodes that became complete."""
    with tx.copy(SQL["copy_leaves"]) as copy:
        copy.set_types(["int8", "text", "bytea"])
        for n, (fact_id, one) in enumerate(zip(fact_ids, hashes, strict=True), start=size):
            copy.write_row((n, fact_id, one))
    if nodes:
        with tx.copy(SQL["copy_nodes"]) as copy:
            copy.set_types(["int2", "int8", "bytea"])
            for node in nodes:
                copy.write_row((node.level, node.index, node.hash))


def pass_done(tx: Tx, where: Surroundings) -> None:
    """Remember that every fact visible in the pass's snapshot has its leaf."""
    tx.run(SQL["pass_done"], {"present": where.present, "system_identifier": where.system_identifier})


def pass_unfinished(tx: Tx, where: Surroundings, *, stopped_at: str) -> None:
    """Remember where a pass stopped that could not take all: without it each pass would look through all the others'."""
    tx.run(SQL["pass_unfinished"], {"present": where.present, "resume": stopped_at})


def stored(tx: Tx) -> Stored:
    """Return how the tree's logic reads stored hashes."""

    def read(level: int, first: int, count: int) -> list[bytes]:
        if level == 0:
            rows = tx.rows(SQL["hashes_of_leaves"], {"first": first, "count": count})
        else:
            rows = tx.rows(SQL["hashes_of_nodes"], {"level": level, "first": first, "count": count})
        return [row["hash"] for row in rows]

    return read


def tree_size(tx: Tx) -> int:
    """Return how many leaves there are."""
    return int(tx.value(SQL["tree_size"]))


def origin(tx: Tx) -> str | None:
    """Return the ledger's name, None before its first fact was sequenced."""
    name = tx.value(SQL["origin"])
    return None if name is None else str(name)
