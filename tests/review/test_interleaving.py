"""Calmer cases in between, where a team wants them: never before anything urgent, and at least every so many."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assize.kernel.ids import TaskId
from assize.platform.db import Tx
from assize.policy.models import ResponseMode, Severity
from assize.review import service
from assize.review.logic import Waiting, calmer
from assize.review.logic.interleaving import is_urgent
from assize.workforce.models import Exposure
from builders.review import AT, MINUTE, a_policy, a_reviewer, a_task, acting

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=9)
HARD, CALM = 4, 0


def waits(name: str = "t", **more: object) -> Waiting:
    given: dict[str, object] = {
        "id": TaskId(name),
        "severity": Severity.SEV3,
        "mode": ResponseMode.ROUTINE,
        "due_at": LATER,
        "exposure": HARD,
    }
    return Waiting(**(given | more))  # type: ignore[arg-type]


A_TASK = st.builds(
    waits,
    name=st.uuids().map(str),
    severity=st.sampled_from(Severity),
    mode=st.sampled_from(ResponseMode),
    due_at=st.integers(-60, 600).map(lambda minutes: NOW + timedelta(minutes=minutes)),
    exposure=st.integers(0, 4),
)
A_CALM_TASK = st.builds(waits, name=st.uuids().map(str), exposure=st.integers(0, 4))
TURNS = st.integers(2, 8)


class TestCalmer:
    @given(st.lists(A_TASK, max_size=20), st.lists(st.integers(0, 4), max_size=20), TURNS)
    def test_is_never_put_before_anything_urgent(self, waiting: list[Waiting], before: list[int], every: int):
        found = calmer(waiting, before, every=every, at=NOW)

        if found is not None:
            ahead = waiting[: waiting.index(found) + 1]
            assert not any(is_urgent(one, at=NOW) for one in ahead)

    @given(st.lists(A_TASK, max_size=20), st.lists(st.integers(0, 4), max_size=20), TURNS)
    def test_is_the_first_of_the_calmest_that_wait_before_what_is_urgent(
        self, waiting: list[Waiting], before: list[int], every: int
    ):
        found = calmer(waiting, before, every=every, at=NOW)

        if found is not None:
            urgent = next((place for place, one in enumerate(waiting) if is_urgent(one, at=NOW)), len(waiting))
            free = waiting[:urgent]
            assert found.exposure == min(one.exposure for one in free)
            assert all(one.exposure > found.exposure for one in free[: free.index(found)])

    @given(st.lists(A_CALM_TASK, min_size=1, max_size=40), TURNS)
    def test_comes_at_least_every_so_many_and_no_oftener_than_it_must(self, waiting: list[Waiting], every: int):
        given_out, turns = worked_off(waiting, every=every)

        for end in range(every, len(given_out) + 1):
            some = given_out[end - every : end]
            left = min(one.exposure for one in waiting if one not in given_out[: end - 1])
            assert any(one.exposure <= left for one in some)
        assert all(later - earlier >= every for earlier, later in pairwise(turns))
        assert sorted(one.id for one in given_out) == sorted(one.id for one in waiting)

    @pytest.mark.parametrize(
        "urgent",
        [
            pytest.param({"severity": Severity.SEV0}, id="grave"),
            pytest.param({"severity": Severity.SEV1}, id="nearly as grave"),
            pytest.param({"mode": ResponseMode.PAGE}, id="paged"),
            pytest.param({"mode": ResponseMode.VERIFY}, id="grave if true"),
            pytest.param({"due_at": NOW + timedelta(hours=1)}, id="due within the hour"),
            pytest.param({"due_at": NOW - timedelta(hours=1)}, id="past due"),
        ],
    )
    def test_waits_for_what_is_urgent(self, urgent: dict[str, object]):
        waiting = [waits("urgent", **urgent), waits("calm", exposure=CALM)]

        assert calmer(waiting, [HARD] * 9, every=2, at=NOW) is None

    def test_waits_until_enough_were_harder(self):
        waiting = [waits("next"), waits("calm", exposure=CALM)]

        assert calmer(waiting, [HARD, HARD], every=4, at=NOW) is None
        assert calmer(waiting, [HARD, CALM, HARD], every=4, at=NOW) is None
        assert calmer(waiting, [HARD, HARD, HARD], every=4, at=NOW) == waiting[1]


def worked_off(waiting: Sequence[Waiting], *, every: int) -> tuple[list[Waiting], list[int]]:
    """Give all tasks out to one reviewer; return them in the order given, and at which places a calmer one was chosen."""
    left, given_out, turns = list(waiting), [], []
    while left:
        before = [one.exposure for one in reversed(given_out)]
        found = calmer(left, before, every=every, at=NOW)
        if found is not None:
            turns.append(len(given_out))
        one = found or left[0]
        left.remove(one)
        given_out.append(one)
    return given_out, turns


class TestClaiming:
    def test_gives_a_calmer_case_after_so_many_harder_ones_where_the_team_wants_it(self, tx: Tx):
        a_policy(tx)
        hard = [a_task(tx, "HAR-1", at=AT + number * MINUTE) for number in range(4)]
        calm = a_task(tx, "SPM-1", at=AT + 9 * MINUTE)
        soften(tx, calm.id)

        given_out = [claimed(tx, a_reviewer("ada", calm_every=3)) for _ in range(4)]

        assert given_out == [hard[0].id, hard[1].id, calm.id, hard[2].id]

    def test_gives_cases_as_they_come_where_it_does_not(self, tx: Tx):
        a_policy(tx)
        hard = [a_task(tx, "HAR-1", at=AT + number * MINUTE) for number in range(3)]
        soften(tx, a_task(tx, "SPM-1", at=AT + 9 * MINUTE).id)

        given_out = [claimed(tx, a_reviewer("ada")) for _ in range(3)]

        assert given_out == [one.id for one in hard]

    def test_gives_what_is_grave_first_whosever_turn_it_is(self, tx: Tx):
        a_policy(tx)
        for number in range(2):
            a_task(tx, "HAR-1", at=AT + number * MINUTE)
        soften(tx, a_task(tx, "SPM-1", at=AT + 9 * MINUTE).id)
        ada = a_reviewer("ada", calm_every=3)
        first = [claimed(tx, ada) for _ in range(2)]
        grave = a_task(tx, "CSE-1", at=AT + 10 * MINUTE)

        assert claimed(tx, ada) == grave.id
        assert len(first) == 2


def soften(tx: Tx, task_id: TaskId) -> None:
    tx.run("update review.task set exposure = %(none)s where id = %(id)s", {"none": int(Exposure.NONE), "id": task_id})
    tx.run("update review.task set exposure = 3 where id <> %(id)s", {"id": task_id})


def claimed(tx: Tx, who: object) -> TaskId | None:
    with acting(tx, who) as mine:  # type: ignore[arg-type]
        task = service.claim(mine, at=AT + 20 * MINUTE)
    return None if task is None else task.id
