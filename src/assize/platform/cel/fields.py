"""The fields that rules may read: flat, typed, with dotted names."""

import enum
import re
from collections.abc import Iterator, Mapping
from functools import cached_property

from cel_expr_python import cel

_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
_RESERVED = frozenset({"has", "guard"})  # first names that the rewriting of rules uses itself

INT_LIMIT = 2**63  # the engine's integers have 64 bits


class FieldType(enum.Enum):
    """What a field holds. Numbers don't mix: `1` is an int, `1.0` a double."""

    STRING = "string"
    INT = "int"
    DOUBLE = "double"
    BOOL = "bool"
    STRINGS = "list of strings"

    @property
    def engine(self) -> cel.Type:
        """The engine's own type."""
        return _ENGINE[self]


_EXACT: Mapping[FieldType, type] = {
    FieldType.STRING: str,
    FieldType.INT: int,
    FieldType.DOUBLE: float,
    FieldType.BOOL: bool,
    FieldType.STRINGS: list,
}
_SIMPLE = frozenset({str, float, bool})  # a value of this very type fits whatever it is; integers have a limit
_ENGINE = {
    FieldType.STRING: cel.Type.STRING,
    FieldType.INT: cel.Type.INT,
    FieldType.DOUBLE: cel.Type.DOUBLE,
    FieldType.BOOL: cel.Type.BOOL,
    FieldType.STRINGS: cel.Type.List(cel.Type.STRING),
}


class Fields(Mapping[str, FieldType]):
    """The declared fields by name.

    Raises ValueError for a name that isn't dotted lower-case words, or that is the first part of another.
    """

    def __init__(self, types: Mapping[str, FieldType]) -> None:
        self._types = dict(types)
        self._exact = {name: _EXACT[kind] for name, kind in self._types.items()}
        for name in self._types:
            if not _NAME.fullmatch(name) or name.partition(".")[0] in _RESERVED:
                raise ValueError(f"{name!r} can't be the name of a field")
            parts = name.split(".")
            if any(".".join(parts[:end]) in self._types for end in range(1, len(parts))):
                raise ValueError(f"a part of {name!r} is a field itself")

    def __getitem__(self, name: str) -> FieldType:
        return self._types[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._types)

    def __len__(self) -> int:
        return len(self._types)

    def __hash__(self) -> int:
        return hash(tuple(self._types.items()))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fields) and self._types == other._types

    def with_more(self, more: Mapping[str, FieldType]) -> "Fields":
        """Return these fields and more. Raises ValueError where one name is given two types."""
        for name, kind in more.items():
            if self._types.get(name, kind) is not kind:
                raise ValueError(f"{name!r} is declared as {self._types[name].value} and as {kind.value}")
        return Fields({**self._types, **more})

    def coerced(self, values: Mapping[str, object]) -> dict[str, object]:
        """Return the values in the types declared; what is None, undeclared or of another type is left out.

        What comes back from JSON reads the same as what was written: 1 where a double is declared is 1.0.
        """
        kept: dict[str, object] = {}
        exact, simple = self._exact, _SIMPLE
        for name, value in values.items():
            kind = type(value)
            if exact.get(name) is kind and (kind in simple or (kind is int and -INT_LIMIT <= value < INT_LIMIT)):  # type: ignore[operator]
                kept[name] = value  # the common case, without a call
            elif name in exact and value is not None:
                fitting = _fitted(self._types[name], value)
                if fitting is not None:
                    kept[name] = fitting
        return kept

    @cached_property
    def variables(self) -> dict[str, cel.Type]:
        """What the engine is told: each field, and `has.field` for each."""
        asked = {f"has.{name}": cel.Type.BOOL for name in self._types}
        return {name: kind.engine for name, kind in self._types.items()} | asked


def _fitted(kind: FieldType, value: object) -> object | None:
    match kind:
        case FieldType.STRING:
            return value if isinstance(value, str) else None
        case FieldType.BOOL:
            return value if isinstance(value, bool) else None
        case FieldType.INT:
            whole = type(value) is int and -INT_LIMIT <= value < INT_LIMIT
            return value if whole else None
        case FieldType.DOUBLE:
            return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
        case FieldType.STRINGS:
            if type(value) is not list and type(value) is not tuple:
                return None
            return list(value) if not value or all(type(item) is str for item in value) else None
