"""Banks as rows."""

from collections.abc import Sequence
from datetime import datetime

from assize.kernel.ids import DecisionId
from assize.platform.db import Tx
from assize.triage.models import Bank, BankKind
from assize.triage.store import SQL


def stamp(tx: Tx) -> str:
    """Return what changes whenever a bank does."""
    return str(tx.value(SQL["bank_stamp"]))


def banks(tx: Tx) -> list[Bank]:
    """Return every bank."""
    return [Bank(**{**row, "kind": BankKind(row["kind"])}) for row in tx.rows(SQL["banks"])]


def items(tx: Tx) -> dict[BankKind, dict[str, frozenset[str]]]:
    """Return what the banks hold, by kind and name."""
    held: dict[BankKind, dict[str, set[str]]] = {kind: {} for kind in BankKind}
    for row in tx.rows(SQL["bank_items"]):
        held[BankKind(row["kind"])].setdefault(row["name"], set()).add(row["value"])
    return {kind: {name: frozenset(values) for name, values in some.items()} for kind, some in held.items()}


def upsert(tx: Tx, name: str, kind: BankKind, *, at: datetime) -> BankKind:
    """Make a bank or mark it as changed; return its kind, which never changes."""
    return BankKind(tx.value(SQL["upsert_bank"], {"name": name, "kind": kind.value, "at": at}))


def add(tx: Tx, name: str, values: Sequence[str], *, decision_id: DecisionId | None = None) -> int:
    """Add what isn't there yet, by hand or on account of a decision; return how many."""
    asked = {"name": name, "values": list(values)}
    fresh = [str(row["value"]) for row in tx.rows(SQL["add_bank_items"], asked)]
    if decision_id is None:
        tx.run(SQL["unground_bank_items"], asked)
    else:
        tx.run(SQL["ground_bank_items"], asked | {"fresh": fresh, "decision_id": decision_id})
    return len(fresh)


def rest(tx: Tx, *, before: DecisionId, decision_id: DecisionId) -> int:
    """Let items of one decision rest on another; return how many."""
    return tx.run(SQL["rest_bank_items"], {"before": before, "decision_id": decision_id})


def withdraw(tx: Tx, *, decision_id: DecisionId) -> list[tuple[str, BankKind, int]]:
    """Take away what only this decision brought; return from which banks, of which kind, how many."""
    rows = tx.rows(SQL["withdraw_bank_items"], {"decision_id": decision_id})
    return [(row["name"], BankKind(row["kind"]), row["n"]) for row in rows]


def remove(tx: Tx, name: str, values: Sequence[str]) -> int:
    """Take away; return how many."""
    return tx.run(SQL["remove_bank_items"], {"name": name, "values": list(values)})
