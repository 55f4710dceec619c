"""Escalating, paging until somebody answers, and containing with a second person in time: for real."""

from datetime import timedelta

import psycopg
import pytest

from assize.escalation import handlers, service
from assize.escalation.errors import (
    AlreadyEscalated,
    NotAcknowledged,
    NotAheadOfNow,
    NotOpen,
    StampedBefore,
)
from assize.escalation.models import EscalationState
from assize.kernel.facts import Recorded
from assize.policy.models import ResponseMode
from assize.review.facts import ContentOpened
from assize.triage.facts import CaseOpened
from assize.workforce.errors import NotAllowed
from assize.workforce.models import SYSTEM, PrincipalKind
from builders.enforcement import a_policy_of_actions, facts_in, known
from builders.escalation import DUE, LENA, committed, escalated, pager
from builders.review import AT, a_case, a_reviewer, a_task, acting


class TestEscalate:
    @pytest.fixture(autouse=True)
    def _policy(self, tx):
        a_policy_of_actions(tx)

    def test_gives_a_case_an_owner_and_a_due_time(self, tx):
        case = a_case(tx, "CSE-1")

        found = escalated(tx, case.id)

        assert (found.owner, found.due_at, found.category, found.state) == (LENA.id, DUE, "CSE", EscalationState.OPEN)
        assert facts_in(tx, "Escalated")[0]["owner"] == LENA.id
        assert "zebra" not in str(facts_in(tx, "Escalated"))

    def test_wants_a_due_time_ahead_and_one_owner(self, tx):
        case = a_case(tx, "CSE-1")
        with pytest.raises(NotAheadOfNow):
            escalated(tx, case.id, at=DUE)
        escalated(tx, case.id)

        with pytest.raises(AlreadyEscalated):
            escalated(tx, case.id)

    def test_gives_an_owner_to_what_paged_by_itself(self, tx):
        case = a_case(tx, "CSE-1")
        woken = service.wake(tx, case_id=case.id, at=AT)

        found = escalated(tx, case.id)

        assert (woken.owner, found.id, found.owner) == (None, woken.id, LENA.id)

    def test_is_for_those_who_have_the_right(self, tx):
        case = a_case(tx, "CSE-1")

        with pytest.raises(NotAllowed), acting(tx, a_reviewer("nobody", roles=())) as theirs:
            service.escalate(theirs, case_id=case.id, owner=LENA.id, due_at=DUE, reason="x", at=AT)

    @pytest.mark.parametrize(("mode", "woken"), [(ResponseMode.PAGE, True), (ResponseMode.PRIORITY, False)])
    def test_happens_by_itself_where_the_mode_is_page(self, tx, mode, woken):
        case = a_case(tx, "CSE-1")

        for _ in range(2):
            handlers.on_case_opened(
                tx, Recorded(fact=opened(case, mode), id="fact_1", actor_id="system", occurred_at=AT)
            )

        assert len(service.escalations(tx, case_id=case.id)) == int(woken)

    def test_never_wakes_anybody_for_test_traffic(self, tx):
        case = a_case(tx, "CSE-1", test=True)

        assert service.wake(tx, case_id=case.id, at=AT) is None

    def test_that_nobody_was_paged_for_says_to_put_somebody_on_call(self, tx):
        found = escalated(tx, a_case(tx, "CSE-1").id)

        with pytest.raises(NotAcknowledged, match="put somebody on call first"), acting(tx, LENA) as theirs:
            service.resolve(theirs, escalation_id=found.id, outcome="done", at=AT)

    def test_is_resolved_once_by_a_person_after_somebody_acknowledged(self, fresh_database):
        found = committed(fresh_database, first={"email": "first@example.org"})
        service.sweep_with(fresh_database, pager=pager(), at=AT)

        with fresh_database.transaction(SYSTEM) as tx:
            with pytest.raises(NotAcknowledged, match="Acknowledge its page first"):
                service.resolve(tx, escalation_id=found.id, outcome="done", at=AT)
            service.acknowledge(tx, page_id=service.pages(tx)[0].id, at=AT)
            done = service.resolve(tx, escalation_id=found.id, outcome="done", at=AT)
            with pytest.raises(NotOpen, match="resolved and can't be changed"):
                service.resolve(tx, escalation_id=found.id, outcome="done", at=AT)

        assert done.state is EscalationState.RESOLVED


def opened(case, mode) -> CaseOpened:
    return CaseOpened(
        case_id=case.id,
        subject_id=case.subject_id,
        case_kind=case.kind,
        queue=case.queue,
        severity=case.severity,
        mode=mode,
        clause_ids=case.clause_ids,
        opened_at=case.opened_at,
        due_at=case.due_at,
        first_seen_at=case.first_seen_at,
        language=case.language,
        exposure_class=case.exposure_class,
        test=case.test,
        by="triage",
    )


class TestMoments:
    @pytest.fixture(autouse=True)
    def _policy(self, tx):
        a_policy_of_actions(tx)

    def test_are_stamped_once_and_later_times_change_nothing(self, tx):
        case = a_case(tx, "CSE-1")

        service.noticed(tx, case_id=case.id, at=AT + timedelta(minutes=1))
        service.noticed(tx, case_id=case.id, at=AT + timedelta(minutes=9))
        service.believe(tx, case_id=case.id, at=AT + timedelta(minutes=2))

        found = service.stamps(tx, case_id=case.id)
        assert found.first_seen_at == case.first_seen_at
        assert found.aware_at == AT + timedelta(minutes=1)
        assert found.reasonable_belief_at == AT + timedelta(minutes=2)
        with pytest.raises(StampedBefore):
            service.believe(tx, case_id=case.id, at=AT + timedelta(minutes=3))

    @pytest.mark.parametrize(
        "change",
        [
            "update escalation.stamp set first_seen_at = now()",
            "update escalation.stamp set aware_at = now()",
            "update escalation.stamp set aware_at = null",
            "update escalation.stamp set case_id = 'other'",
        ],
    )
    def test_cannot_be_changed_in_the_database_either(self, tx, change):
        case = a_case(tx, "CSE-1")
        service.noticed(tx, case_id=case.id, at=AT)

        with pytest.raises(psycopg.errors.IntegrityError, match="written once"), tx.savepoint():
            tx.run(change)

    @pytest.mark.parametrize("change", ["delete from escalation.stamp", "truncate escalation.stamp"])
    def test_cannot_be_removed(self, tx, change):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), tx.savepoint():
            tx.run(change)

    @pytest.mark.parametrize(("kind", "stamped"), [(PrincipalKind.PERSON, True), (PrincipalKind.MACHINE, False)])
    def test_of_awareness_come_from_a_person_who_opened_the_content(self, tx, kind, stamped):
        task = a_task(tx, "HAR-1")
        who = a_reviewer("eye", kind=kind)
        known(tx, who)
        fact = ContentOpened(task_id=task.id, case_id=task.case_id, subject_id=None, purpose="review", masked=())

        handlers.on_content_opened(tx, Recorded(fact=fact, id="fact_1", actor_id=who.id, occurred_at=AT))

        found = service.stamps(tx, case_id=task.case_id)
        assert (found is not None and found.aware_at is not None) == stamped
