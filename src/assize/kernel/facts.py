"""Facts: what happened, in the past tense, recorded with the change itself.

A slice declares its facts in `facts.py` as frozen dataclasses:

    @dataclass(frozen=True, kw_only=True)
    class DecisionMade(Fact):
        decision_id: DecisionId
        case_id: CaseId

The kind is the class name, unique in the whole product. `case_id` and `subject_id` go to the header, so that
the story of a case or a person is one indexed read; the first other id is the thing the fact is about.
"""

import dataclasses
import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Generic, Self, TypeVar, get_args, get_origin, get_type_hints


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Something that happened. Subclass it, in the past tense.

    measuring: it tells of measuring somebody, and exists only for those who measure.
    """

    measuring: ClassVar[bool] = False
    kinds: ClassVar[dict[str, type["Fact"]]] = {}

    def __init_subclass__(cls) -> None:
        """Keep the register of kinds; two facts of one name would make the log ambiguous."""
        known = Fact.kinds.get(cls.__name__)
        if known is not None and (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
            raise TypeError(f"a fact named {cls.__name__} exists in {known.__module__}")
        Fact.kinds[cls.__name__] = cls

    @property
    def kind(self) -> str:
        """The name under which it is stored and heard."""
        return type(self).__name__

    def body(self) -> dict[str, object]:
        """Return the fields as JSON values: ids and enums as text, times as ISO 8601."""
        return {field.name: _plain(getattr(self, field.name)) for field in dataclasses.fields(self)}

    @classmethod
    def from_body(cls, body: Mapping[str, object]) -> Self:
        """Build the fact from stored JSON; fields unknown to this version are left out."""
        hints = get_type_hints(cls)
        known = {field.name for field in dataclasses.fields(cls)}
        return cls(**{name: _typed(value, hints[name]) for name, value in body.items() if name in known})

    def thing(self) -> str | None:
        """Return the id of what the fact is about, other than its case and its subject."""
        for field in dataclasses.fields(self):
            if field.name.endswith("_id") and field.name not in {"case_id", "subject_id"}:
                value = getattr(self, field.name)
                return None if value is None else str(value)
        return None


F = TypeVar("F", bound=Fact)


@dataclass(frozen=True, kw_only=True)
class Recorded(Generic[F]):
    """A fact as the log holds it: with its id, who did it, and when."""

    fact: F
    id: str
    actor_id: str
    occurred_at: datetime


def _plain(value: object) -> object:
    match value:
        case enum.Enum():
            return value.value
        case datetime():
            return value.isoformat()
        case tuple() | list() | frozenset() | set():
            items = sorted(value, key=str) if isinstance(value, frozenset | set) else value
            return [_plain(item) for item in items]
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
        case _:
            return value


def _typed(value: object, hint: object) -> object:
    if value is None:
        return None
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is tuple and isinstance(value, list):
        return tuple(_typed(item, arguments[0]) for item in value)
    if origin is frozenset and isinstance(value, list):
        return frozenset(_typed(item, arguments[0]) for item in value)
    if origin is not None and type(None) in arguments:
        return _typed(value, next(part for part in arguments if part is not type(None)))
    if hint is datetime and isinstance(value, str):
        return datetime.fromisoformat(value)
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return hint(value)
    if isinstance(hint, type) and dataclasses.is_dataclass(hint) and isinstance(value, Mapping):
        hints = get_type_hints(hint)
        return hint(**{name: _typed(item, hints[name]) for name, item in value.items()})
    return value
