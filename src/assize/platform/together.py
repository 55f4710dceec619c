"""Callers of the same moment served by one piece of work, where each alone would cost nearly as much as all of them.

    answers = together.ask(key, mine)

Whoever comes first works at once, for themselves alone. Whoever comes while others work waits, and is taken along by
the next who does: nobody waits for company, and the more there are, the more share one piece of work.
"""

import threading
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

A = TypeVar("A")
R = TypeVar("R")


@dataclass(eq=False)
class _Seat(Generic[A, R]):
    asked: A
    answer: R | None = None
    leads: bool = False
    called: threading.Lock = field(default_factory=threading.Lock)


@dataclass(eq=False)
class _Line(Generic[A, R]):
    working: int = 0
    waiting: deque[_Seat[A, R]] = field(default_factory=deque)


class Together(Generic[A, R]):
    """Puts what is asked at the same moment under the same key into one piece of work.

    work: answers each of those asked, in their order; None sends one away to ask alone. Where it raises, whoever led
    gets the error and the others None.
    at_most: how many share one piece of work. side_by_side: how many pieces of work of one key run at once.
    """

    def __init__(self, work: Callable[[Sequence[A]], Sequence[R | None]], *, at_most: int, side_by_side: int) -> None:
        self._work = work
        self._at_most = at_most
        self._side_by_side = side_by_side
        self._lines: dict[Hashable, _Line[A, R]] = {}
        self._turn = threading.Lock()

    def ask(self, key: Hashable, asked: A) -> R | None:
        """Return the answer, alone or in company."""
        seat: _Seat[A, R] = _Seat(asked)
        with self._turn:
            line = self._lines.setdefault(key, _Line())
            alone = line.working < self._side_by_side
            if alone:
                line.working += 1
            else:
                seat.called.acquire()
                line.waiting.append(seat)
        if not alone:
            seat.called.acquire()  # until served, or told to lead
            if not seat.leads:
                return seat.answer
        return self._lead(key, line, seat)

    def keys(self) -> list[Hashable]:
        """Return the keys under which somebody works or waits at this moment."""
        with self._turn:
            return list(self._lines)

    def waiting(self, key: Hashable) -> int:
        """Return how many wait to be taken along."""
        with self._turn:
            return len(self._lines[key].waiting) if key in self._lines else 0

    def _lead(self, key: Hashable, line: _Line[A, R], seat: _Seat[A, R]) -> R | None:
        with self._turn:
            others = [line.waiting.popleft() for _ in range(min(self._at_most - 1, len(line.waiting)))]
        group = [seat, *others]
        answers: Sequence[R | None] = [None] * len(group)
        try:
            answers = self._work([one.asked for one in group])
        finally:
            # The next work begins before those who were served go on.
            self._hand_over(key, line)
            for one, answer in zip(others, answers[1:], strict=True):
                one.answer = answer
                one.called.release()
        return answers[0]

    def _hand_over(self, key: Hashable, line: _Line[A, R]) -> None:
        with self._turn:
            if line.waiting:
                successor = line.waiting.popleft()
                successor.leads = True
                successor.called.release()
                return
            line.working -= 1
            if not line.working:
                self._lines.pop(key, None)
