"""Measures for Prometheus: counts and times, never content or identity.

Whoever scrapes has no scope, so a level is a total and has no label but its name: a count by queue, category or region
would tell of single cases under need-to-know.
"""

from collections.abc import Callable, Iterable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from assize.kernel.actor import Actor
from assize.platform.db import Database, Tx
from assize.platform.sql import queries

SQL = queries("assize.platform")
MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
REGISTRY = CollectorRegistry()

REQUESTS = Counter("assize_requests", "Requests answered.", ["method", "route", "status"], registry=REGISTRY)
REQUEST_SECONDS = Histogram(
    "assize_request_seconds",
    "Time to answer.",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=REGISTRY,
)
JOBS = Gauge("assize_jobs", "Jobs that wait, run or have failed.", ["status"], registry=REGISTRY)
LEVELS = Gauge("assize_level", "Counts the slices tell: waiting, open, dead.", ["name"], registry=REGISTRY)

Level = Callable[[Tx], dict[str, float]]
_levels: list[Level] = []


def tell_levels(levels: Iterable[Level]) -> None:
    """Set which functions are asked for counts when the measures are read."""
    _levels[:] = levels


def render(database: Database, actor: Actor) -> bytes:
    """Return the measures as text; the counts are read from the database at this moment."""
    with database.transaction(actor) as tx:
        JOBS.clear()  # a status that no job has any more would keep its last count
        for row in tx.rows(SQL["count_jobs"]):
            JOBS.labels(status=row["status"]).set(row["jobs"])
        for level in _levels:
            for name, value in level(tx).items():
                LEVELS.labels(name=name).set(value)
    return generate_latest(REGISTRY)
