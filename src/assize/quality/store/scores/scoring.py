"""How decisions are scored, by version."""

from collections.abc import Sequence

from psycopg.types.json import Jsonb

from assize.platform.db import Row, Tx, named_constraint
from assize.platform.sql import queries
from assize.quality.errors import ScoringTaken
from assize.quality.models.label import Criterion
from assize.quality.models.scoring import STARTING, Scoring

SQL = queries("assize.quality.store.scores")


def scoring(tx: Tx) -> Scoring:
    """Return how decisions are scored now: as the house starts, until somebody sets it."""
    found = tx.rows(SQL["scoring"])
    return _scoring(found[0]) if found else STARTING


def scorings(tx: Tx) -> Sequence[Scoring]:
    """Return how decisions were scored, the latest first."""
    return [*(_scoring(row) for row in tx.rows(SQL["scorings"])), STARTING]


def insert(tx: Tx, one: Scoring) -> None:
    """Score differently from now on. Raises ScoringTaken where somebody else set this version in the same moment."""
    values = {
        "version": one.version,
        "weights": Jsonb({criterion.value: weight for criterion, weight in one.weights.items()}),
        "critical": sorted(one.critical),
        "harm": list(one.harm),
        "overreach": one.overreach,
        "accepted_error": one.accepted_error,
        "least": one.least,
        "note": one.note,
        "set_by": one.set_by,
        "set_at": one.set_at,
    }
    with named_constraint({"scoring_pkey": ScoringTaken}):
        tx.run(SQL["insert_scoring"], values)


def _scoring(row: Row) -> Scoring:
    return Scoring(
        version=row["version"],
        weights={Criterion(name): float(weight) for name, weight in row["weights"].items()},
        critical=frozenset(map(Criterion, row["critical"])),
        harm=tuple(row["harm"]),
        overreach=row["overreach"],
        accepted_error=row["accepted_error"],
        least=row["least"],
        note=row["note"],
        set_by=row["set_by"],
        set_at=row["set_at"],
    )
