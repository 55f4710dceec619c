"""What happened, as plain sentences: a fact's kind, who did it, and what it says, masked as the reader's view asks."""

import re
from collections.abc import Collection, Mapping

from assize.audit.logic.wording import SENTENCES

MASKED = "(masked)"
MOST_ITEMS = 5  # of a list told in a sentence; the rest is counted
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(\+00:00|Z)$")
_SUBJECT_ID = re.compile(r"^sub_[0-9A-HJKMNP-TV-Z]{26}$")

# What a view profile masks, and the fields of facts it bears on.
FIELDS_OF: Mapping[str, frozenset[str]] = {
    "subject": frozenset(
        {
            "subject_id", "subject_ids", "subject_path", "organisation", "project", "api_key", "account", "end_user",
            "conversation", "conversation_id", "target_id", "email",
        }
    ),
    "text": frozenset({"reason", "rationale", "note", "principle", "purpose", "basis", "because", "why"}),
    "region": frozenset({"region"}),
    "reporter": frozenset({"reporter_id", "reporter", "reporter_kind"}),
}  # fmt: skip


def tell(kind: str, *, actor: str, body: Mapping[str, object] | None, masked: Collection[str]) -> str:
    """Return the sentence of a fact. body: None where it was erased."""
    if body is None:
        return f"{_words(kind)}, by {actor}; what it said was erased"
    shown = details(body, masked=masked)
    for way in SENTENCES.get(kind, ()):
        try:
            return way.format_map({**shown, "actor": actor})
        except KeyError:
            continue  # this fact lacks a field that the way names
    return f"{_words(kind)}, by {actor}"


def details(body: Mapping[str, object], *, masked: Collection[str]) -> dict[str, str]:
    """Return what a fact says as pairs of field and text, fields without a value left out."""
    hidden = frozenset().union(*(FIELDS_OF.get(name, frozenset({name})) for name in masked))
    return {
        name: MASKED if name in hidden else _spoken(name, value, masked)
        for name, value in body.items()
        if value is not None and value != []
    }


def _spoken(name: str, value: object, masked: Collection[str]) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case int() if name.startswith("severity"):
            return f"SEV{value}"
        case float():
            return f"{value:g}"
        case list():
            some = ", ".join(_spoken(name, item, masked) for item in value[:MOST_ITEMS])
            return some if len(value) <= MOST_ITEMS else f"{some} and {len(value) - MOST_ITEMS} more"
        case dict():
            inner = details(value, masked=masked)
            return "; ".join(f"{key.replace('_', ' ')}: {text}" for key, text in inner.items())
        case str() if _TIME.match(value):
            return f"{value[:10]} {value[11:16]} UTC"  # to the minute, as everywhere; the proof has it whole
        case str() if "subject" in masked and _SUBJECT_ID.match(value):
            # An id of a subject under a name that does not say so is one all the same.
            return MASKED
        case _:
            return str(value)


def _words(kind: str) -> str:
    first, *others = _WORDS.split(kind)
    return " ".join([first, *(word.lower() for word in others)])
