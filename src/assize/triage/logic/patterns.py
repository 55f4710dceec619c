"""Whether a pattern is safe to run on text that somebody hostile wrote."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

LENGTH_LIMIT = 2_000


def pattern_problems(patterns: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Return what is wrong with named patterns: those that don't compile, and those that could run for ever.

    A repetition inside a repetition (`(a+)+`) can take time that doubles with each character.
    """
    for name, pattern in patterns.items():
        if len(pattern) > LENGTH_LIMIT:
            yield name, f"{len(pattern)} characters; at most {LENGTH_LIMIT} are allowed"
            continue
        try:
            re.compile(pattern)
        except re.error as error:
            yield name, f"column {(error.pos or 0) + 1}: {error.msg}"
            continue
        if _nested(re._parser.parse(pattern), inside=False):  # type: ignore[attr-defined]  # noqa: SLF001 - the only parser of this language
            yield name, "a repetition inside a repetition can take for ever; bound one of them"


def _nested(parsed: Any, *, inside: bool) -> bool:
    """Whether an unbounded repetition holds another."""
    for operation, argument in parsed:
        name = str(operation)
        unbounded = name in {"MAX_REPEAT", "MIN_REPEAT"} and argument[1] is re._constants.MAXREPEAT  # type: ignore[attr-defined]  # noqa: SLF001 - the same
        if unbounded and inside:
            return True
        if any(_nested(part, inside=inside or unbounded) for part in _parts(argument)):
            return True
    return False


def _parts(argument: Any) -> Iterator[Any]:
    if hasattr(argument, "getwidth"):
        yield argument
    elif isinstance(argument, tuple | list):
        for one in argument:
            yield from _parts(one)
