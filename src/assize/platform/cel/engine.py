"""The engine itself: compiling and evaluating, with its errors turned into values."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

from cel_expr_python import cel

from assize.platform.cel.fields import Fields

GUARDS = 1024  # declared guards of fused blocks, one for each block
FUSED_LIMIT = 60_000  # characters of one fused expression; the engine's own limit is 100,000
Env: TypeAlias = Any  # the engine ships no types that a checker finds
Activation: TypeAlias = Any
_ERROR = re.compile(r"<input>:(\d+):(\d+): (.*)")
_QUOTED = re.compile(r"""(['"]).*?\1""")


@dataclass(frozen=True, kw_only=True, slots=True)
class Complaint:
    """What the engine says about a text, and where: line and column from 1, or 0 where it names no place."""

    line: int
    column: int
    message: str


class Uncompilable(Exception):  # caught by `check`, which turns it into problems
    """The engine takes no such expression; `complaints` says why."""

    def __init__(self, complaints: tuple[Complaint, ...]) -> None:
        self.complaints = complaints
        super().__init__("; ".join(one.message for one in complaints))


class Program:
    """A compiled expression."""

    def __init__(self, env: Env, expression: str) -> None:
        try:
            self._compiled = env.compile(expression)
        except RuntimeError as error:
            raise Uncompilable(_complaints(str(error))) from error
        self._eval = self._compiled.eval
        self.type_name: str = self._compiled.return_type().name()

    def answer(self, activation: Activation) -> object:
        """Return a bool or a list; anything else, a text too, is the engine's word that it failed."""
        try:
            return self._eval(activation).plain_value()
        except (RuntimeError, ValueError, TypeError, OverflowError) as error:
            return str(error)


@lru_cache(maxsize=64)
def environment(fields: Fields) -> Env:
    """Return the engine with the fields declared, and the guards of fused blocks."""
    guards = {f"guard.g{number}": cel.Type.BOOL for number in range(GUARDS)}
    return cel.NewEnv(variables=fields.variables | guards)


def activation(env: Env, values: Mapping[str, object]) -> Activation:
    """Return the values in the engine's hands; every one must be of its declared type."""
    return env.Activation(values)


def said(failure: object) -> str:
    """Return the engine's message of a failure without what it quotes, which could be content."""
    text = failure if isinstance(failure, str) else "the answer is neither true nor false"
    return _QUOTED.sub("'…'", text.splitlines()[0] if text else text)[:200]


def _complaints(text: str) -> tuple[Complaint, ...]:
    found = tuple(
        Complaint(line=int(line), column=int(column), message=message.removesuffix(" (in container '')"))
        for line, column, message in _ERROR.findall(text)
    )
    return found or (Complaint(line=0, column=0, message=text.splitlines()[0].partition(": ")[2] or text),)
