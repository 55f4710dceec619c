"""Structured logs: one JSON object a line, never content, identity or secrets.

What may be logged is a closed list of keys: a call that brings another has it dropped, so that a careless line
can't leak what a person wrote.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

ALLOWED = frozenset(
    {
        "event", "level", "timestamp", "process", "request_id", "method", "route", "status", "duration_ms", "code",
        "actor", "count", "events", "cases", "facts", "task", "handler", "attempt", "kind", "error_type", "destination",
        "port", "address", "version", "size", "rule_id", "signal", "effect_id", "delivery_id", "case_id", "batch_id",
        "wait_s", "exit_code", "place", "lag_s", "reason",
    }
)  # fmt: skip


def only_allowed(_: object, __: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop every key that is not on the list."""
    return {key: value for key, value in entry.items() if key in ALLOWED}


def configure(*, process: str, level: str = "info") -> None:
    """Set the process up to log JSON lines to standard error."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_allowed,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(process=process)
    # Libraries log through the standard module; their messages may quote arguments, so only warnings pass, by name.
    logging.basicConfig(level=logging.ERROR, stream=sys.stderr, format='{"level":"%(levelname)s","logger":"%(name)s"}')


log: structlog.typing.FilteringBoundLogger = structlog.get_logger()
