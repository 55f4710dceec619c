"""What search looks at: rows of cases and decisions, in order of time."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assize.kernel.ids import CaseId, ClauseId, QueueName, ReviewerId, TeamId
from assize.platform.db import Row, Tx
from assize.platform.sql import queries
from assize.policy.models import Severity
from assize.review.models import Of, SearchHit

SQL = queries("assize.review")
# Longer than anything a page waits for; only so that a query nobody foresaw can't hold a connection for good.
LONGEST = "20s"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A search as the rows are asked for it. words: of reviewers; said: of events. hidden: cases held blind."""

    facets: Sequence[str]
    any_of: Sequence[str] | None
    words: str
    said: str
    cases: Sequence[str] | None
    since: datetime | None
    until: datetime | None
    hidden: Sequence[str]
    me: str


@dataclass(frozen=True, kw_only=True)
class Found:
    """Rows in order, how many matched, and among how many of the latest; looked_at None: among all there are."""

    hits: list[SearchHit]
    matched: int
    looked_at: int | None = None
    last: tuple[datetime, str] | None = None  # the last one looked at


def among_latest(tx: Tx, asked: Asked, *, after: tuple[datetime, str] | None, limit: int, look: int) -> Found:
    """Return those that match of the next `look` rows in time."""
    rows = _custom(tx, "search_among_latest", _params(asked, after, limit) | {"look": look})
    edge = rows[0]
    return Found(
        hits=[_hit(row) for row in rows if row["id"] is not None],
        matched=edge["matched"],
        looked_at=edge["looked_at"],
        last=None if edge["last_id"] is None else (edge["last_at"], edge["last_id"]),
    )


def by_index(tx: Tx, asked: Asked, *, after: tuple[datetime, str] | None, limit: int) -> Found:
    """Return those that match of all rows."""
    with _by_the_index(tx):
        rows = _custom(tx, "search_by_index", _params(asked, after, limit))
    return Found(hits=[_hit(row) for row in rows], matched=rows[0]["matched"] if rows else 0)


def count(tx: Tx, asked: Asked, *, limit: int) -> int:
    """Return how many match, at most `limit`."""
    with _by_the_index(tx):
        return int(_custom(tx, "search_count", _params(asked, None, limit))[0]["n"])


@contextmanager
def _by_the_index(tx: Tx) -> Iterator[None]:
    # Facets are correlated in ways the planner doesn't know: where it expects many it would read the whole table.
    settings = "select set_config('enable_seqscan', %(scan)s, true), set_config('statement_timeout', %(longest)s, true)"
    before = tx.value("select current_setting('statement_timeout')")
    tx.run(settings, {"scan": "off", "longest": LONGEST})
    yield
    tx.run(settings, {"scan": "on", "longest": before})


def rows_there_are(tx: Tx) -> int:
    """Return about how many rows there are, whoever may see them."""
    return int(tx.value(SQL["search_rows"]))


def snippets(tx: Tx, ids: Sequence[str], *, text: str, how: str) -> list[tuple[str, str, str]]:
    """Return id, place and snippet of what reviewers wrote about these rows."""
    params = {"ids": list(ids), "text": text, "how": how}
    return [(row["id"], row["place"], row["snippet"]) for row in tx.rows(SQL["search_snippets"], params)]


def _custom(tx: Tx, name: str, params: Mapping[str, Any]) -> list[Row]:
    # Planned anew each time: one plan for every combination of facets would be right for none.
    return tx.connection.execute(SQL[name], params, prepare=False).fetchall()


def _params(asked: Asked, after: tuple[datetime, str] | None, limit: int) -> dict[str, Any]:
    return {
        "facets": list(asked.facets),
        "any_of": None if asked.any_of is None else list(asked.any_of),
        "text": asked.words,
        "said": asked.said,
        "cases": None if asked.cases is None else list(asked.cases),
        "since": asked.since,
        "until": asked.until,
        "hidden": list(asked.hidden),
        "me": f"r:{asked.me}",
        "after_at": None if after is None else after[0],
        "after_id": None if after is None else after[1],
        "limit": limit,
    }


def _hit(row: Row) -> SearchHit:
    named: dict[str, list[str]] = {}
    for one in row["facets"]:
        letter, _, value = one.partition(":")
        named.setdefault(letter, []).append(value)
    single = {letter: values[0] for letter, values in named.items()}
    return SearchHit(
        id=row["id"],
        case_id=CaseId(row["case_id"]),
        of=Of(row["of"]),
        at=row["at"],
        severity=Severity(int(single.get("s", 4))),
        state=single.get("z", ""),
        queue=QueueName(single["q"]) if "q" in single else None,
        clauses=tuple(ClauseId(one) for one in sorted(named.get("c", ()))),
        actions=tuple(sorted(named.get("a", ()))),
        language=single.get("l"),
        region=single.get("g"),
        verdict=single.get("v"),
        reviewer_id=ReviewerId(single["r"]) if "r" in single else None,
        team_id=TeamId(single["t"]) if "t" in single else None,
        by=single.get("k"),
        policy=single.get("p"),
    )
