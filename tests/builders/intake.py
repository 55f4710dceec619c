"""Events as a platform would send them; a test names only what matters to it."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

import msgspec

from assize.intake import service
from assize.intake.models import RawEvent, RawReport, ReporterKind, ReporterRef, Role, SubjectRef, Turn
from assize.kernel.ids import EventId
from assize.platform.db import Tx

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
_numbers = count(1)


def a_turn(text: str = "a sentence that harms nobody at all", role: Role = Role.USER, **given: Any) -> Turn:
    """A turn of a conversation."""
    return Turn(role=role, text=text, **given)


def a_raw_event(**given: Any) -> RawEvent:
    """An event as it is sent, with an id of its own; refs such as account="a" go into its subject."""
    number = next(_numbers)
    refs = {name: given.pop(name) for name in SubjectRef.__struct_fields__ if name in given}
    settings: dict[str, Any] = {
        "external_id": f"event-{number}",
        "occurred_at": AT,
        "subject": SubjectRef(**(refs or {"account": f"account-{number}", "conversation": f"conversation-{number}"})),
        "turns": (a_turn(),),
        "language": "en",
    }
    return RawEvent(**(settings | given))


def a_raw_report(**given: Any) -> RawReport:
    """A report as it is sent."""
    settings: dict[str, Any] = {
        "external_id": f"report-{next(_numbers)}",
        "reporter": ReporterRef(kind=ReporterKind.USER, ref="reporter-1"),
        "reason": "harassment",
    }
    return RawReport(**(settings | given))


def wire(**given: Any) -> dict[str, Any]:
    """An event as JSON values."""
    return msgspec.to_builtins(a_raw_event(**given))  # type: ignore[no-any-return]


def a_kept_event(tx: Tx, *, at: datetime = AT, **given: Any) -> EventId:
    """An event that was taken in; still in the inbox."""
    receipt = service.receive(tx, items=[a_raw_event(**given)], at=at)
    assert receipt.ids[0] is not None, receipt.rejected
    return receipt.ids[0]
