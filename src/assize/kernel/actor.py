"""Who acts, and which rows they may see at all."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Scope:
    """The rows that exist for an actor: the database applies it to every query, count and search.

    everything: no limit (the system, migrations, the ledger).
    compartments: need-to-know restrictions the actor is cleared for; a row without one is open.
    regions: the regions the actor may see; None means all.
    recused: cases and subjects that this actor has stepped back from.
    withheld: cases and subjects that do not exist for them for a while; what was summed up beforehand may count them.
    measuring: whether what is kept from those who are measured exists: samples, audits, known cases.
    """

    everything: bool = False
    compartments: frozenset[str] = frozenset()
    regions: frozenset[str] | None = None
    recused: frozenset[str] = frozenset()
    withheld: frozenset[str] = frozenset()
    measuring: bool = False


EVERYTHING = Scope(everything=True)
NOTHING = Scope(regions=frozenset())


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Whoever a transaction is done for: a reviewer, a key, the system."""

    id: str
    scope: Scope
