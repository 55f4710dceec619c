"""Reads a rule's text: which fields it reads, which it only asks for, and what it can't be true without.

A scanner of tokens, not a second parser of CEL: the engine alone says what a rule means. What is found here only
decides what has to be present, and which rules are worth asking.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assize.platform.cel.fields import Fields

_TOKEN = re.compile(
    r"""
      (?P<blank>\s+|//[^\n]*)
    | (?P<text>
          [rR]'''(?s:.*?)''' | [rR]\"\"\"(?s:.*?)\"\"\" | [rR]'[^'\n]*' | [rR]"[^"\n]*"
        | [bB]?'''(?s:(?:\\.|.)*?)''' | [bB]?\"\"\"(?s:(?:\\.|.)*?)\"\"\"
        | [bB]?'(?:\\.|[^'\\\n])*' | [bB]?"(?:\\.|[^"\\\n])*" )
    | (?P<number>(?:0x[0-9a-fA-F]+|\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)u?)
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<sign>&&|\|\||==|!=|<=|>=|(?s:.))
    """,
    re.VERBOSE,
)
_OPEN, _CLOSE = frozenset("([{"), frozenset(")]}")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a rule: its kind (text, number, name, path or sign), its words and where it starts and ends."""

    kind: str
    words: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A `has(…)` in a rule: the path inside, and where the whole stands."""

    path: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What a rule reads.

    required: the fields it reads; without one of them it isn't applicable.
    asked: every `has(…)`, of declared fields or not.
    rewritten: the rule with `has(field)` as the declared bool `has.field`, as wide as before, so that places agree.
    tokens: of the rewritten rule, paths of fields joined.
    """

    required: frozenset[str]
    asked: tuple[Asked, ...]
    rewritten: str
    tokens: tuple[Token, ...]


def read(expression: str, fields: Fields) -> Reading:
    """Return what a rule reads; total, also on text that isn't CEL."""
    asked = tuple(_asked(_tokens(expression)))
    rewritten = expression
    for one in reversed(asked):  # from the end, so that earlier places stay true
        if one.path in fields:
            whole = expression[one.start : one.end]
            rewritten = rewritten[: one.start] + _as_wide(f"has.{one.path}", whole) + rewritten[one.end :]
    tokens = tuple(_joined(_tokens(rewritten), fields))
    required = frozenset(token.words for token in tokens if token.kind == "path" and token.words in fields)
    return Reading(required=required, asked=asked, rewritten=rewritten, tokens=tokens)


def place(text: str, position: int) -> tuple[int, int]:
    """Return line and column of a position, both from 1."""
    before = text[:position]
    return before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1


def conjuncts(tokens: Sequence[Token]) -> list[list[Token]]:
    """Split a rule at its outermost `&&`; a rule with an outermost `||` or `?` is one piece."""
    pieces: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        if token.words in _OPEN and token.kind == "sign":
            depth += 1
        elif token.words in _CLOSE and token.kind == "sign":
            depth -= 1
        if depth == 0 and token.words in {"||", "?"}:
            return [list(tokens)]
        if depth == 0 and token.words == "&&":
            pieces.append([])
        else:
            pieces[-1].append(token)
    return [bare for piece in pieces for bare in _bare(piece)]


def _bare(piece: list[Token]) -> list[list[Token]]:
    # `(a && b)` is `a && b`; only where the first bracket closes at the very end.
    if len(piece) < 3 or piece[0].words != "(" or piece[-1].words != ")":  # noqa: PLR2004 - two brackets and something
        return [piece]
    depth = 0
    for index, token in enumerate(piece):
        if token.kind == "sign":
            depth += (token.words in _OPEN) - (token.words in _CLOSE)
        if depth == 0 and index < len(piece) - 1:
            return [piece]
    return conjuncts(piece[1:-1])


def _tokens(expression: str) -> list[Token]:
    found = []
    for match in _TOKEN.finditer(expression):
        kind = match.lastgroup or "sign"
        if kind != "blank":
            found.append(Token(kind, match.group(), match.start(), match.end()))
    return found


def _asked(tokens: list[Token]) -> Iterator[Asked]:
    for index, token in enumerate(tokens):
        called = index + 1 < len(tokens) and tokens[index + 1].words == "("
        own = index == 0 or tokens[index - 1].words != "."
        if token.words == "has" and called and own:
            path, after = _path(tokens, index + 2)
            if path and after < len(tokens) and tokens[after].words == ")":
                yield Asked(path=path, start=token.start, end=tokens[after].end)


def _as_wide(name: str, whole: str) -> str:
    # What follows keeps the line and column that its author sees.
    lines = whole.split("\n")
    return name.ljust(len(whole)) if len(lines) == 1 else name + "\n" * (len(lines) - 1) + " " * len(lines[-1])


def _path(tokens: list[Token], index: int) -> tuple[str, int]:
    """Return the dotted name that starts at `index`, and the index after it."""
    names = []
    while index < len(tokens) and tokens[index].kind == "name":
        names.append(tokens[index].words)
        index += 1
        if index + 1 < len(tokens) and tokens[index].words == "." and tokens[index + 1].kind == "name":
            index += 1
        else:
            break
    return ".".join(names), index


def _joined(tokens: list[Token], fields: Fields) -> Iterator[Token]:
    """Join the names of a path into one token where the path starts with a field; the longest field wins."""
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if token.kind != "name" or _selects(tokens, index):
            yield token
            index += 1
            continue
        path, _ = _path(tokens, index)
        names = path.split(".")
        length = _field_length(names, fields)
        last = tokens[index + 2 * (length - 1)]
        known = length > 1 or names[0] in fields
        yield Token("path" if known else "name", ".".join(names[:length]), token.start, last.end)
        index += 2 * length - 1


def _selects(tokens: list[Token], index: int) -> bool:
    # `x.terms` selects from x; `.terms` at the start of an operand is a name from the root.
    if index == 0 or tokens[index - 1].words != ".":
        return False
    before = tokens[index - 2] if index > 1 else None
    return before is not None and (before.kind != "sign" or before.words in _CLOSE)


def _field_length(names: list[str], fields: Fields) -> int:
    asked = names[0] == "has"
    for length in range(len(names), 0, -1):
        path = ".".join(names[:length])
        if path in fields or (asked and path.removeprefix("has.") in fields):
            return length
    return 1
