"""What levers do to scoring: freeze a rule, regroup near-duplicates, relax targets."""

from datetime import timedelta

import pytest

from assize.policy.models import ResponseMode, Severity
from assize.triage.logic.levers import due_in_surge
from assize.triage.models import Levers
from assize.workforce import service as workforce
from assize.workforce.models import SYSTEM, Role
from builders.review import a_reviewer
from builders.triage import AT, a_published_policy, all_cases, assessed, said, the_case

LEAD = a_reviewer("lea", roles=(Role.OPERATIONS_MANAGER,))


@pytest.fixture
def ready(fresh_database):
    with fresh_database.transaction(SYSTEM) as tx:
        a_published_policy(tx)
    return fresh_database


def pull(database, lever, reach=None, *, at=AT):
    with database.transaction(LEAD) as tx:
        workforce.pull_lever(tx, lever=lever, reach=reach, hours=2, reason="a flood", at=at)


def cases_of(database):
    with database.transaction(SYSTEM) as tx:
        return all_cases(tx)


class TestFreezing:
    def test_leaves_a_rule_out_until_its_time_is_over(self, ready):
        pull(ready, "freeze-rule", "insult", at=AT - timedelta(hours=1))
        with ready.transaction(SYSTEM) as tx:
            said(tx, "you are an insultword")
        assert assessed(ready).cases_opened == 0

        with ready.transaction(SYSTEM) as tx:
            workforce.sweep_levers(ready, at=AT - timedelta(hours=1))
            tx.run("update workforce.lever_pull set until = %(at)s", {"at": AT - timedelta(minutes=1)})
            said(tx, "you are another insultword")

        assert assessed(ready).cases_opened == 1, "by the clock, though nothing swept"


class TestRegrouping:
    TEXT = "one two three four five six seven eight nine ten eleven twelve insultword"

    def opened(self, ready):
        for n in range(2):
            with ready.transaction(SYSTEM) as tx:
                said(tx, self.TEXT, account=f"a-{n}", conversation=f"c-{n}")
            assessed(ready)
        return len(cases_of(ready))

    def test_puts_the_second_of_two_nearly_equal_texts_to_the_first(self, ready):
        pull(ready, "regroup")

        assert self.opened(ready) == 1

    def test_happens_only_while_it_is_pulled(self, ready):
        assert self.opened(ready) == 2


class TestRelaxing:
    def test_gives_new_routine_cases_twice_the_time(self, ready):
        pull(ready, "relax-targets", "general")
        with ready.transaction(SYSTEM) as tx:
            said(tx, "you are an insultword")

        assessed(ready)

        with ready.transaction(SYSTEM) as tx:
            assert the_case(tx).due_at == AT + timedelta(hours=8)

    @pytest.mark.parametrize(
        ("mode", "severity", "queue", "hours"),
        [
            (ResponseMode.ROUTINE, Severity.SEV2, "general", 2),
            (ResponseMode.ROUTINE, Severity.SEV1, "general", 1),
            (ResponseMode.ROUTINE, Severity.SEV0, "general", 1),
            (ResponseMode.PAGE, Severity.SEV2, "general", 1),
            (ResponseMode.ROUTINE, Severity.SEV2, "another", 1),
        ],
    )
    def test_spares_what_is_grave(self, mode, severity, queue, hours):
        levers = Levers(relaxed=frozenset({"general"}))

        due = due_in_surge(AT + timedelta(hours=1), levers, queue=queue, mode=mode, severity=severity, opened_at=AT)

        assert due == AT + timedelta(hours=hours)
