"""Banks: named lists of hashes, addresses and domains, by hand and from decisions."""

import re
from collections.abc import Sequence
from datetime import datetime

from assize.kernel.ids import DecisionId
from assize.platform.db import Tx
from assize.triage.errors import BadBankItem, NoSuchBank
from assize.triage.facts import BankChanged
from assize.triage.models import Bank, BankKind
from assize.triage.store import banks as bank_store
from assize.workforce.models import Right
from assize.workforce.service import require

_FORM = {
    BankKind.PDQ: re.compile(r"[0-9a-f]{64}"),
    BankKind.MD5: re.compile(r"[0-9a-f]{32}"),
    BankKind.URL: re.compile(r"\S{1,2000}"),
    BankKind.DOMAIN: re.compile(r"[^\s/:@]{1,253}"),
}


def banks(tx: Tx) -> list[Bank]:
    """Return every bank and how much it holds, never what."""
    require(tx, Right.RULES_READ)
    return bank_store.banks(tx)


def add_to_bank(
    tx: Tx,
    *,
    name: str,
    kind: BankKind,
    values: Sequence[str],
    decision_id: DecisionId | None = None,
    at: datetime,
) -> int:
    """Add hashes, addresses or domains to a bank, made where it isn't there; return how many were new.

    decision_id: what they came from, if from a decision; taken back, it takes along what nothing else vouches for.
    What is added without one stays until somebody removes it.
    Raises BadBankItem, which names the item by number, not by what it says; NoSuchBank where the name is of another kind.
    """
    require(tx, Right.RULES_EDIT)
    spelled = [value.strip().lower() for value in values]
    for number, value in enumerate(spelled, start=1):
        if not _FORM[kind].fullmatch(value):
            raise BadBankItem(field=f"/values/{number - 1}", number=number, kind=kind.value)
    if bank_store.upsert(tx, name, kind, at=at) is not kind:
        raise NoSuchBank(name=f"{name} of kind {kind.value}")
    added = bank_store.add(tx, name, spelled, decision_id=decision_id)
    tx.record(BankChanged(name=name, bank_kind=kind.value, added=added, removed=0, decision_id=decision_id), at=at)
    return added


def remove_from_bank(tx: Tx, *, name: str, values: Sequence[str], at: datetime) -> int:
    """Take items from a bank; return how many were there. Raises NoSuchBank."""
    require(tx, Right.RULES_EDIT)
    known = {one.name: one for one in bank_store.banks(tx)}
    if name not in known:
        raise NoSuchBank(name=name)
    removed = bank_store.remove(tx, name, [value.strip().lower() for value in values])
    bank_store.upsert(tx, name, known[name].kind, at=at)
    tx.record(BankChanged(name=name, bank_kind=known[name].kind.value, added=0, removed=removed), at=at)
    return removed


def rest_bank_items(tx: Tx, *, before: DecisionId, decision_id: DecisionId) -> int:
    """Let what a decision brought into banks rest on the one that came in its place. A step of deciding."""
    return bank_store.rest(tx, before=before, decision_id=decision_id)


def withdraw_bank_items(tx: Tx, *, decision_id: DecisionId, at: datetime) -> int:
    """Take from the banks what only this decision brought; return how many. A step of taking a decision back.

    What another decision brought too, and what somebody added by hand, stays. Repeating it changes nothing.
    """
    gone = bank_store.withdraw(tx, decision_id=decision_id)
    for name, kind, removed in gone:
        bank_store.upsert(tx, name, kind, at=at)
        tx.record(
            BankChanged(name=name, bank_kind=kind.value, added=0, removed=removed, decision_id=decision_id), at=at
        )
    return sum(removed for _, _, removed in gone)
