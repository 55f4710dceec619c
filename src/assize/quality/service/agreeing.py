"""Agreement as it stands: decisions beside blind labels, and judgements made elsewhere beside each other."""

import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assize.platform.db import Tx
from assize.quality.errors import NoSuchSource
from assize.quality.logic.independent import Labels, independent_report
from assize.quality.logic.pairing import Agreement, agreement, table_of
from assize.quality.models.label import Outcome
from assize.quality.service.scorecards import span_of
from assize.quality.store.scores import sums
from assize.workforce.models import Right
from assize.workforce.service import names, require

KEPT = 20


@dataclass(frozen=True, kw_only=True)
class Agreements:
    """Agreement over a span: of everything, by family of clauses, by queue. None: no clause was named."""

    since: datetime
    until: datetime
    overall: Agreement
    by_family: Mapping[str | None, Agreement]
    by_queue: Mapping[str | None, Agreement]


@dataclass(frozen=True, kw_only=True)
class Imported:
    """Where judgements came from that were made elsewhere, and how many."""

    source: str
    n: int


_kept: dict[tuple[object, ...], Mapping[str, Any]] = {}
_lock = threading.Lock()


def agreements(tx: Tx, *, days: int, at: datetime) -> Agreements:
    """Return how decisions agree with blind labels: drawn by chance, never what a rule drew or what was not blind."""
    actor = require(tx, Right.QUALITY_READ)
    span = span_of(actor, days, at)
    counts: dict[tuple[str, str | None], dict[Outcome, int]] = defaultdict(lambda: defaultdict(int))
    for one in sums.pairs(tx, span):
        for key in (("overall", None), ("family", one.family), ("queue", one.queue)):
            counts[key][one.outcome] += one.n
    made = {key: agreement(table_of(found)) for key, found in counts.items()}
    return Agreements(
        since=span.since,
        until=span.until,
        overall=made.get(("overall", None)) or agreement(table_of({})),
        by_family={key[1]: one for key, one in sorted(made.items(), key=_by_name) if key[0] == "family"},
        by_queue={key[1]: one for key, one in sorted(made.items(), key=_by_name) if key[0] == "queue"},
    )


def imported(tx: Tx) -> list[Imported]:
    """Return where independent judgements came from, of those the actor may see."""
    require(tx, Right.QUALITY_READ)
    return [Imported(source=source, n=n) for source, n, _ in sums.independent_sources(tx)]


def independent_agreement(tx: Tx, *, source: str) -> Mapping[str, Any]:
    """Return how judgements made elsewhere agree, over the same evidence: every coefficient, and each rater's confusion.

    Evidence is the same where its words are, whichever case it lies in. Each rater's first judgement of it counts;
    agreement with oneself is told apart. Raises NoSuchSource.
    """
    require(tx, Right.QUALITY_READ, about=source)
    known = {name: newest for name, _, newest in sums.independent_sources(tx)}
    if source not in known:
        raise NoSuchSource
    key = (tx.database.dsn, source, known[source], tx.actor.scope)
    with _lock:
        kept = _kept.get(key)
    if kept is None:
        found = sums.independent(tx, source)
        shown = names(tx, sorted({one.rater for one in found}))
        kept = independent_report([
            Labels(item=one.item, rater=shown[one.rater], verdict=one.verdict, label=one.label) for one in found
        ])  # fmt: skip
        with _lock:
            if len(_kept) >= KEPT:
                _kept.clear()
            _kept[key] = kept
    return kept


def _by_name(entry: tuple[tuple[str, str | None], Agreement]) -> str:
    return entry[0][1] or ""
