"""Work put together: everybody gets their own answer, and what waits shares one piece of work."""

import threading
from collections.abc import Sequence

import pytest

from assize.platform.together import Together

WAIT_S = 120.0


class Slow:
    """Work that waits until it may go on, and remembers who shared it."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.begun = threading.Event()
        self.may_end = threading.Event()
        self.wrong = False

    def __call__(self, group: Sequence[int]) -> list[int | None]:
        self.groups.append(list(group))
        self.begun.set()
        assert self.may_end.wait(WAIT_S)
        if self.wrong and len(group) > 1:
            raise LookupError
        return [None if one < 0 else one * 10 for one in group]


def ask_all(together: Together[int, int], slow: Slow, asked: list[int]) -> dict[int, object]:
    """Ask one while nobody works, the others while that one is worked for; return all answers."""
    answers: dict[int, object] = {}

    def ask(one: int) -> None:
        try:
            answers[one] = together.ask("key", one)
        except LookupError as error:
            answers[one] = error

    threads = [threading.Thread(target=ask, args=(one,)) for one in asked]
    threads[0].start()
    assert slow.begun.wait(WAIT_S)
    for thread in threads[1:]:
        thread.start()
    while together.waiting("key") < len(asked) - 1:
        pass
    slow.may_end.set()
    for thread in threads:
        thread.join(WAIT_S)
    return answers


class TestTogether:
    def test_works_at_once_for_whoever_comes_first(self):
        slow = Slow()
        slow.may_end.set()

        assert Together(slow, at_most=4, side_by_side=1).ask("key", 1) == 10
        assert slow.groups == [[1]]

    def test_takes_along_who_came_meanwhile(self):
        slow = Slow()

        answers = ask_all(Together(slow, at_most=3, side_by_side=1), slow, [1, 2, 3, 4, 5])

        assert answers == {1: 10, 2: 20, 3: 30, 4: 40, 5: 50}
        assert [len(group) for group in slow.groups] == [1, 3, 1]

    def test_sends_away_whom_the_work_leaves_out(self):
        slow = Slow()

        answers = ask_all(Together(slow, at_most=4, side_by_side=1), slow, [1, -2, 3])

        assert answers == {1: 10, -2: None, 3: 30}

    def test_tells_an_error_to_one_and_lets_the_others_ask_alone(self):
        slow = Slow()
        slow.wrong = True

        answers = ask_all(Together(slow, at_most=4, side_by_side=1), slow, [1, 2, 3, 4])

        assert answers.pop(1) == 10
        assert sorted(str(type(one).__name__) for one in answers.values()) == ["LookupError", "NoneType", "NoneType"]

    def test_keeps_keys_apart(self):
        slow = Slow()
        together = Together(slow, at_most=4, side_by_side=1)
        first = threading.Thread(target=together.ask, args=("key", 1))
        first.start()
        assert slow.begun.wait(WAIT_S)
        second = threading.Thread(target=together.ask, args=("other", 2))
        second.start()

        slow.may_end.set()
        first.join(WAIT_S)
        second.join(WAIT_S)

        assert sorted(slow.groups) == [[1], [2]]

    @pytest.mark.parametrize("wrong", [False, True], ids=["answered", "failed"])
    def test_keeps_nothing_of_what_is_over(self, wrong):
        slow = Slow()
        slow.wrong = wrong
        together = Together(slow, at_most=4, side_by_side=1)

        ask_all(together, slow, [1, 2, 3])

        assert not together.keys()
