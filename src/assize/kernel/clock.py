"""The one place that reads the time. Judgement never does: it is given `at`."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present moment, aware and in UTC."""
    return datetime.now(UTC)
