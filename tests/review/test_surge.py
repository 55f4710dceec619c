"""What an opened queue does to claiming."""

import pytest

from assize.kernel.ids import QueueName
from assize.review import service
from assize.review.errors import Excluded
from assize.workforce import service as workforce
from assize.workforce.models import SYSTEM, Exposure, Role
from builders.review import AT, a_policy, a_reviewer, a_task, unskilled

LEAD = a_reviewer("lea", roles=(Role.OPERATIONS_MANAGER,))


@pytest.fixture
def queue(fresh_database):
    """A queue with one task under a clause that few know."""
    with fresh_database.transaction(SYSTEM) as tx:
        a_policy(tx)
        task = a_task(tx, "HAR-1", language="de")
    return fresh_database, task


def opened(database, task):
    with database.transaction(LEAD) as tx:
        workforce.pull_lever(tx, lever="open-queue", reach=task.queue, hours=1, reason="a flood", at=AT)


class TestOpenQueue:
    @pytest.mark.parametrize("how", ["anywhere", "by name", "one", "alone"])
    def test_gives_tasks_to_those_who_know_other_clauses(self, queue, how):
        database, task = queue
        una = unskilled(clauses=frozenset({"SPM"}))
        opened(database, task)

        with database.transaction(una) as tx:
            match how:
                case "anywhere":
                    got = service.claim(tx, at=AT)
                case "by name":
                    got = service.claim(tx, queues=[task.queue], at=AT)
                case "one":
                    got = service.claim_task(tx, task_id=task.id, at=AT)
                case _:
                    got = service.claim_next(database, una, at=AT)

        assert got is not None
        assert got.id == task.id

    def test_changes_nothing_for_other_queues_or_without_it(self, queue):
        database, task = queue
        una = unskilled(clauses=frozenset({"SPM"}))

        with database.transaction(una) as tx:
            assert service.claim(tx, at=AT) is None
            with pytest.raises(Excluded):
                service.claim_task(tx, task_id=task.id, at=AT)
            assert service.claim(tx, queues=[QueueName("another")], at=AT) is None

    @pytest.mark.parametrize(
        "limits", [{"exposure": Exposure.NONE}, {"languages": frozenset({"fr"})}], ids=["exposure", "language"]
    )
    def test_never_gives_what_is_too_hard_or_in_another_language(self, queue, limits):
        database, task = queue
        una = unskilled(clauses=frozenset({"SPM"}), **limits)
        opened(database, task)

        with database.transaction(una) as tx:
            assert service.claim(tx, at=AT) is None
            with pytest.raises(Excluded):
                service.claim_task(tx, task_id=task.id, at=AT)
