"""Values as TOML: the few shapes that a pack is made of, in the form in which authors write them."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
WIDTH = 110  # characters; a longer list has one item a line


def spelled_key(key: object) -> str:
    """Return a key, quoted where it must be."""
    text = str(key)
    return text if _BARE.fullmatch(text) else _text(text)


def spelled_value(value: Any, *, indent: int = 0) -> str:
    """Return a value as it stands behind the equals sign. Raises TypeError for what TOML has no form for."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case str():
            return _text(value)
        case Mapping():
            inner = ", ".join(f"{spelled_key(key)} = {spelled_value(one)}" for key, one in value.items())
            return f"{{ {inner} }}" if inner else "{}"
        case Sequence():
            return _listed(value, indent)
        case _:
            raise TypeError(f"TOML has no form for {type(value).__name__}")


def spelled_table(name: str | None, pairs: Mapping[str, Any]) -> str:
    """Return a table with its header, `[[clause]]`; without one where `name` is None. What is None is left out."""
    head = [] if name is None else [name]
    lines = [f"{spelled_key(key)} = {_line(key, value)}" for key, value in pairs.items() if value is not None]
    return "\n".join([*head, *lines]) + "\n"


def _line(key: str, value: Any) -> str:
    if key == "checked_on" and isinstance(value, str) and _DATE.fullmatch(value):
        return value
    return spelled_value(value)


def _listed(values: Sequence[Any], indent: int) -> str:
    told = [spelled_value(one, indent=indent + 2) for one in values]
    flat = f"[{', '.join(told)}]"
    if len(flat) + indent <= WIDTH or not told:
        return flat
    space = " " * (indent + 2)
    return "[\n" + "".join(f"{space}{one},\n" for one in told) + " " * indent + "]"


def _text(text: str) -> str:
    # A JSON string is a TOML basic string, but for DEL, which JSON leaves as it is and TOML forbids.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
