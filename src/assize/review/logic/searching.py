"""What is searched for, read from an address and written into one; what it means; how many there may be."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime, time
from enum import Enum
from typing import TypeVar
from urllib.parse import urlencode

from assize.kernel.ids import ClauseId, QueueName, ReviewerId, SubjectId, TeamId
from assize.policy.models import Severity
from assize.review.errors import BadRequest
from assize.review.models import Of, Piece, Wanted, Within

E = TypeVar("E", bound=Enum)
MAX_TEXT, MAX_VALUE = 500, 100
# Characters nobody types, around what was found in a snippet; in a hostile text they mark too much, and nothing else.
OPENED, CLOSED = "\x02", "\x03"
_LETTERS: Mapping[str, str] = {
    "clause": "c",
    "action": "a",
    "reviewer": "r",
    "team": "t",
    "queue": "q",
    "severity": "s",
    "state": "z",
    "verdict": "v",
    "language": "l",
    "by": "k",
    "policy": "p",
    "of": "o",
}


def wanted_from(given: Mapping[str, str]) -> Wanted:
    """Read the parameters of an address; empty ones are left out. Raises BadRequest naming the field."""
    values = {name: value.strip() for name, value in given.items() if value.strip()}
    for name, value in values.items():
        if len(value) > (MAX_TEXT if name == "text" else MAX_VALUE) or "\0" in value:
            raise BadRequest(field=name, problem="that is too long")
    return Wanted(
        text=values.get("text", ""),
        within=_one_of(Within, values, "within") or Within.WRITTEN,
        of=_one_of(Of, values, "of"),
        account=SubjectId(values["account"]) if "account" in values else None,
        clause=ClauseId(values["clause"]) if "clause" in values else None,
        action=values.get("action"),
        reviewer=ReviewerId(values["reviewer"]) if "reviewer" in values else None,
        team=TeamId(values["team"]) if "team" in values else None,
        queue=QueueName(values["queue"]) if "queue" in values else None,
        severity=_severity(values),
        state=values.get("state"),
        verdict=values.get("verdict"),
        language=values.get("language"),
        by=values.get("by"),
        policy=values.get("policy"),
        since=_moment(values, "since"),
        until=_moment(values, "until"),
    )


def address_of(wanted: Wanted) -> str:
    """Return the parameters of the address that asks for this, in a stable order; "" asks for everything."""
    return urlencode(parameters_of(wanted))


def parameters_of(wanted: Wanted) -> dict[str, str]:
    """Return what is asked for, by name of the parameter."""
    found: dict[str, str] = {}
    for one in fields(wanted):
        value = getattr(wanted, one.name)
        if value is not None and value not in ("", Within.WRITTEN):
            found[one.name] = _written(value)
    return found


def facets_of(wanted: Wanted) -> list[str]:
    """Return what a row must carry to match, as the rows of search spell it."""
    found = []
    for name, letter in _LETTERS.items():
        value = getattr(wanted, name)
        if value is not None:
            found.append(f"{letter}:{_written(value)}")
    return found


def pieces(snippet: str) -> tuple[Piece, ...]:
    """Return a snippet in pieces, those that were found marked."""
    made: list[Piece] = []
    for number, part in enumerate(snippet.split(OPENED)):
        inside, closed, after = part.partition(CLOSED)
        if number and closed:
            made.append(Piece(text=inside, found=True))
            made.append(Piece(text=after, found=False))
        else:
            made.append(Piece(text=part, found=False))
    return tuple(one for one in made if one.text)


def estimate(*, matched: int, looked_at: int, rows: int) -> int:
    """Return about how many of all rows match, to two figures, from how many of the latest did."""
    if not looked_at:
        return matched
    about = max(matched, round(matched / looked_at * rows))
    return _two_figures(about)


def total_in_words(count: int, *, exact: bool) -> str:
    """Return how many were found, as it is said."""
    return f"{count:,}" if exact else f"about {count:,}"


def _two_figures(count: int) -> int:
    size: int = 10 ** max(0, len(str(count)) - 2)
    return round(count / size) * size


def _written(value: object) -> str:
    match value:
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        case Enum():
            return str(value.value)
        case _:
            return str(value)


def _one_of(kind: type[E], values: Mapping[str, str], name: str) -> E | None:
    if name not in values:
        return None
    try:
        return kind(values[name])
    except ValueError:
        choices: Sequence[str] = [str(one.value) for one in kind]
        raise BadRequest(field=name, problem=f"it is one of {', '.join(choices)}") from None


def _severity(values: Mapping[str, str]) -> Severity | None:
    if "severity" not in values:
        return None
    try:
        return Severity(int(values["severity"]))
    except ValueError:
        raise BadRequest(field="severity", problem="it is a number from 0, the gravest, to 4") from None


def _moment(values: Mapping[str, str], name: str) -> datetime | None:
    if name not in values:
        return None
    try:
        found = datetime.fromisoformat(values[name])
    except ValueError:
        raise BadRequest(field=name, problem="it is a date, as 2026-03-01") from None
    if len(values[name]) <= len("2026-03-01"):
        found = datetime.combine(found.date(), time(), tzinfo=UTC)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
