"""What was recorded lately, for those who look again and again: each fact once, none missed."""

from collections.abc import Sequence
from dataclasses import dataclass

from assize.platform.db import SQL, Tx

MOST = 20_000  # facts a look: several seconds of a very busy installation


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """The header of a fact."""

    id: str
    kind: str
    actor: str
    case_id: str | None


class Reader:
    """Looks at the log again and again, in the order of the writing transactions.

    Not after the last id: a transaction that commits late writes an id smaller than ones already read, and would be
    missed. What transactions that still ran may have written is read again, and told once. Of one transaction with more
    than 20,000 facts only the first are told.
    """

    def __init__(self) -> None:
        self._from: int | None = None
        self._told: frozenset[str] = frozenset()

    def look(self, tx: Tx) -> Sequence[Change]:
        """Return what is new since the last look; at the first one nothing is. What is too much waits for the next."""
        horizon = int(tx.value(SQL["fact_horizon"]))
        if self._from is None:
            # What is there already is not new, also where a transaction that still runs holds the horizon before it.
            self._from = horizon
            before = tx.rows(SQL["facts_from"], {"from": str(horizon), "limit": MOST})
            self._told = frozenset(row["id"] for row in before)
            return ()
        rows = tx.rows(SQL["facts_from"], {"from": str(self._from), "limit": MOST})
        fresh = [row for row in rows if row["id"] not in self._told]
        if len(rows) == MOST:
            last = int(rows[-1]["xid"])
            horizon = last if last > self._from else last + 1
        # Never back: what a look with too much has passed would be told again where an older transaction still runs.
        self._from = horizon = max(horizon, self._from)
        self._told = frozenset(row["id"] for row in rows if int(row["xid"]) >= horizon)
        return [Change(id=row["id"], kind=row["kind"], actor=row["actor"], case_id=row["case_id"]) for row in fresh]
