"""Checks rules when they are written, in the form in which they will run."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assize.platform.cel.engine import Complaint, Program, Uncompilable, activation, environment
from assize.platform.cel.fields import Fields
from assize.platform.cel.scan import Reading, Token, place, read

LENGTH_LIMIT = 4_000  # characters; a longer rule is several rules, or a list of terms
_CONTAINER = re.compile(r"undeclared reference to '([^']*)'.*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """A rule: its id and its text, which must come out as true or false."""

    id: str
    expression: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """What is wrong with a rule, and where: line and column from 1. A warning lets the rule run."""

    rule_id: str
    line: int
    column: int
    message: str
    warning: bool = False

    def __str__(self) -> str:
        return f"{self.rule_id}:{self.line}:{self.column}: {self.message}"


def check(fields: Fields, rules: Iterable[Rule]) -> list[Problem]:
    """Return what is wrong with each rule, in the fused form in which it would run; empty where all is well.

    Wrong types, unknown fields, patterns that don't compile, and what is too long or too deep.
    """
    problems: list[Problem] = []
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            problems.append(Problem(rule_id=rule.id, line=1, column=1, message="another rule has this id"))
        seen.add(rule.id)
        problems.extend(_check(fields, rule))
    return problems


def fused_block(texts: Iterable[str], guard: int) -> str:
    """Return rules as one guarded list; each on a line of its own, so that a comment can't swallow its neighbour."""
    return f"guard.g{guard} ? [" + ", ".join(f"(\n{text}\n)" for text in texts) + "] : []"


def _check(fields: Fields, rule: Rule) -> Iterator[Problem]:
    if len(rule.expression) > LENGTH_LIMIT:
        message = f"{len(rule.expression)} characters; at most {LENGTH_LIMIT} are allowed"
        yield Problem(rule_id=rule.id, line=1, column=1, message=message)
        return
    reading = read(rule.expression, fields)
    unknown = list(_unknown_asked(rule, reading, fields))
    yield from unknown
    if unknown:
        return
    broken = list(_compiled(fields, rule, reading))
    yield from broken
    if not broken:
        yield from _patterns(fields, rule, reading)
        yield from _idle_questions(rule, reading)


def _unknown_asked(rule: Rule, reading: Reading, fields: Fields) -> Iterator[Problem]:
    for one in reading.asked:
        if one.path not in fields:
            line, column = place(rule.expression, one.start)
            message = f"has({one.path}) asks for a field that isn't declared"
            yield Problem(rule_id=rule.id, line=line, column=column, message=message)


def _compiled(fields: Fields, rule: Rule, reading: Reading) -> Iterator[Problem]:
    env = environment(fields)
    try:
        kind = Program(env, reading.rewritten).type_name
    except Uncompilable as error:
        yield from (_told(rule, one, 0) for one in error.complaints)
        return
    if kind != "BOOL":
        message = f"a rule is true or false; this is {kind.lower()}"
        yield Problem(rule_id=rule.id, line=1, column=1, message=message)
        return
    try:
        Program(env, f"[{fused_block([reading.rewritten], 0)}]")
    except Uncompilable as error:
        yield from (_told(rule, one, 1) for one in error.complaints)


def _told(rule: Rule, complaint: Complaint, lines_before: int) -> Problem:
    message = _CONTAINER.sub(r"'\1' isn't a declared field or function", complaint.message)
    if "recursion limit" in message:
        message = "nested too deep; split it into several rules"
    return Problem(
        rule_id=rule.id,
        line=max(1, complaint.line - lines_before),
        column=max(1, complaint.column),
        message=message,
    )


def _patterns(fields: Fields, rule: Rule, reading: Reading) -> Iterator[Problem]:
    """Say what is wrong with the patterns of `matches`: they must be constants, and compile."""
    env = environment(fields)
    for index, token in enumerate(reading.tokens):
        if token.words != "matches" and not token.words.endswith(".matches"):
            continue
        line, column = place(reading.rewritten, token.start)
        pattern = _last_argument(reading.tokens, index + 1)
        if pattern is None:
            message = "the pattern of matches() must be a constant"
            yield Problem(rule_id=rule.id, line=line, column=column, message=message)
            continue
        answer = Program(env, f"''.matches({pattern.words})").answer(activation(env, {}))
        if not isinstance(answer, bool):
            line, column = place(reading.rewritten, pattern.start)
            message = str(answer).partition(": ")[2] or "this pattern doesn't compile"
            yield Problem(rule_id=rule.id, line=line, column=column, message=message)
        else:
            message = "matches() is slow; a named pattern, `'name' in patterns`, is computed once for all rules"
            yield Problem(rule_id=rule.id, line=line, column=column, message=message, warning=True)


def _last_argument(tokens: tuple[Token, ...], index: int) -> Token | None:
    """Return the constant text that is the last argument of the call that opens at `index`."""
    depth = 0
    for number in range(index, len(tokens)):
        words = tokens[number].words if tokens[number].kind == "sign" else ""
        depth += (words in {"(", "[", "{"}) - (words in {")", "]", "}"})
        if depth == 0:
            last = tokens[number - 1]
            before = tokens[number - 2].words
            return last if last.kind == "text" and before in {"(", ","} else None
    return None


def _idle_questions(rule: Rule, reading: Reading) -> Iterator[Problem]:
    for one in reading.asked:
        if one.path in reading.required:
            line, column = place(rule.expression, one.start)
            message = (
                f"has({one.path}) makes no difference, since the rule reads {one.path} too "
                "and isn't applicable without it; write two rules"
            )
            yield Problem(rule_id=rule.id, line=line, column=column, message=message, warning=True)
