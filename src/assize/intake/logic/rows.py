"""Events from flat rows: tables have columns where the wire has objects."""

from collections.abc import Mapping

from assize.intake.logic.parsing import convert, parse_item
from assize.intake.models import RawEvent, RawReport, Rejected

_SUBJECT = frozenset({"organisation", "project", "api_key", "account", "end_user", "conversation"})
_PLAIN = frozenset(
    {
        "external_id", "source", "kind", "occurred_at", "language", "region", "model_version", "model_outcome",
        "handling", "retention", "restriction",
    }
)  # fmt: skip
_ROLE_OF = {"system": "system", "text": "user", "response": "assistant"}  # columns that hold a turn, in speaking order
_YES, _NO = frozenset({"1", "true", "yes", "t", "y"}), frozenset({"0", "false", "no", "f", "n", ""})


def event_of_row(row: Mapping[str, object]) -> RawEvent | Rejected:
    """Return the event that a row of a table means, or why it means none. Never raises.

    Columns of the wire format have their names; `text`, `response` and `system` are turns of the user, the assistant
    and the system; `tags` is parted by commas; any other column becomes an attribute. Empty means absent.
    """
    wire: dict[str, object] = {}
    subject: dict[str, object] = {}
    attributes: dict[str, object] = {}
    for name, value in row.items():
        if value is None or value == "":
            continue
        if name in _SUBJECT:
            subject[name] = str(value)
        elif name in _PLAIN:
            wire[name] = value
        elif name == "tags":
            wire["tags"] = [tag.strip() for tag in str(value).split(",") if tag.strip()]
        elif name == "test":
            wire["test"] = _truth(value)
        elif name not in _ROLE_OF:
            attributes[name] = value
    turns = [{"role": role, "text": str(row[name])} for name, role in _ROLE_OF.items() if row.get(name)]
    wire |= {"subject": subject, "turns": turns, "attributes": attributes}
    if "external_id" in wire:
        wire["external_id"] = str(wire["external_id"])
    return event_of_wire(wire)


def event_of_wire(wire: object) -> RawEvent | Rejected:
    """Return the event that already decoded JSON means, or why it means none. Never raises."""
    return convert(wire, RawEvent, pointer="")


def event_of_line(line: bytes) -> RawEvent | Rejected:
    """Return the event that a line of JSON means, or why it means none. Never raises."""
    return parse_item(line, pointer="")


def report_of_wire(wire: object, *, pointer: str) -> RawReport | Rejected:
    """Return the report that already decoded JSON means, or why it means none. Never raises."""
    return convert(wire, RawReport, pointer=pointer)


def _truth(value: object) -> object:
    text = str(value).strip().lower()
    return True if text in _YES else False if text in _NO else value
