"""Claiming: the gravest first, once, and only what one may take."""

import json
import threading
from datetime import timedelta

import pytest

from assize.kernel.ids import ClauseId, QueueName
from assize.platform.facts import canonical, commit
from assize.review import service
from assize.review.errors import (
    AlreadyDecided,
    BadRequest,
    Excluded,
    LeaseLost,
    LeaseLostToAnother,
    NotFree,
    NotYours,
    OnBreak,
)
from assize.review.facts import TaskClaimed
from assize.review.models import TaskState
from assize.review.service.together import _TOGETHER as TOGETHER
from assize.workforce.errors import NotAllowed
from assize.workforce.models import BREAK, SYSTEM, Exposure, Role
from builders.review import (
    AT,
    MINUTE,
    a_case,
    a_judgement,
    a_policy,
    a_reviewer,
    a_task,
    acting,
    event_of,
    in_hand,
    unskilled,
)
from builders.waiting import eventually


@pytest.fixture(autouse=True)
def policy(request):
    if "tx" in request.fixturenames:
        a_policy(request.getfixturevalue("tx"))


class TestClaim:
    def test_takes_the_gravest_first(self, tx):
        a_task(tx, "SPM-1")
        grave = a_task(tx, "CSE-1")

        task = in_hand(tx, a_reviewer())

        assert task.id == grave.id
        assert task.state is TaskState.CLAIMED
        assert task.lease_until == AT + service.LEASE

    def test_takes_the_oldest_among_equals(self, tx):
        younger = a_task(tx, at=AT + MINUTE)
        older = a_task(tx, at=AT)

        taken = [in_hand(tx, a_reviewer()).id for _ in range(2)]

        assert taken == [older.id, younger.id]

    def test_gives_nothing_where_nothing_waits(self, tx):
        with acting(tx, a_reviewer()) as mine:
            assert service.claim(mine, at=AT) is None

    def test_gives_nothing_of_a_category_set_aside_until_its_time(self, tx):
        grave, general = a_task(tx, "CSE-1"), a_task(tx, "HAR-1")
        ada = a_reviewer(respites={ClauseId("CSE"): AT + MINUTE})

        with acting(tx, ada) as mine:
            first, none = service.claim(mine, at=AT), service.claim(mine, at=AT)
            later = service.claim(mine, at=AT + MINUTE)

        assert (first.id, none, later.id) == (general.id, None, grave.id)

    def test_gives_nothing_during_a_break(self, tx):
        a_task(tx)

        with acting(tx, a_reviewer(respites={BREAK: AT + MINUTE})) as mine, pytest.raises(OnBreak):
            service.claim(mine, at=AT)

    def test_alone_gives_whoever_set_something_aside_what_fits_them(self, fresh_database):
        with fresh_database.transaction(SYSTEM) as tx:
            a_policy(tx)
            a_task(tx, "CSE-1")
            general = a_task(tx, "HAR-1")
        ada = a_reviewer(respites={ClauseId("CSE"): AT + MINUTE})

        assert service.claim_next(fresh_database, ada, at=AT).id == general.id
        assert service.claim_next(fresh_database, ada, at=AT) is None

    def test_records_a_fact_whose_commitment_holds(self, tx):
        task = a_task(tx)

        in_hand(tx, a_reviewer())

        row = tx.one(
            "select f.commitment, b.nonce, b.body from platform.fact f join platform.fact_body b on b.fact_id = f.id "
            "where f.kind = 'TaskClaimed' and f.thing = %(id)s",
            {"id": task.id},
        )
        fact = TaskClaimed.from_body(json.loads(row["body"]))
        assert fact == TaskClaimed(task_id=task.id, case_id=task.case_id, queue=task.queue)
        assert row["body"] == canonical(fact.body())
        assert row["commitment"] == commit(row["nonce"], row["body"])

    def test_keeps_to_the_queues_named(self, tx):
        a_task(tx, "CSE-1")
        general = a_task(tx, "HAR-1")

        with acting(tx, a_reviewer()) as mine:
            task = service.claim(mine, queues=[QueueName("general")], at=AT)

        assert task is not None
        assert task.id == general.id

    def test_tries_several_queues_the_gravest_first(self, tx):
        a_task(tx, "HAR-1")
        grave = a_task(tx, "CSE-1")

        with acting(tx, a_reviewer()) as mine:
            task = service.claim(mine, queues=[QueueName("general"), grave.queue, QueueName("none")], at=AT)

        assert task is not None
        assert task.id == grave.id

    @pytest.mark.parametrize(
        "who",
        [
            unskilled(clauses=frozenset({"SPM"})),
            unskilled(clauses=frozenset({"HAR-2"})),
            unskilled(languages=frozenset({"fi"})),
            unskilled(exposure=Exposure.LOW),
            a_reviewer(scope=a_reviewer().scope.__class__(regions=frozenset({"nowhere"}))),
        ],
        ids=["another family", "another clause", "another language", "too hard to look at", "another region"],
    )
    def test_leaves_what_a_reviewer_may_not_take(self, tx, who):
        a_task(tx, "HAR-1", language="en", region="eu")

        with acting(tx, who) as mine:
            assert service.claim(mine, at=AT) is None

    @pytest.mark.parametrize(
        "who",
        [
            unskilled(clauses=frozenset({"HAR"})),
            unskilled(clauses=frozenset({"HAR-1"})),
            unskilled(languages=frozenset({"en"})),
        ],
        ids=["the family", "the clause", "the language"],
    )
    def test_gives_what_skills_cover(self, tx, who):
        task = a_task(tx, "HAR-1", language="en")

        assert in_hand(tx, who).id == task.id

    def test_leaves_a_case_one_is_recused_from(self, tx):
        task = a_task(tx)
        who = a_reviewer(scope=a_reviewer().scope.__class__(recused=frozenset({task.case_id})))

        with acting(tx, who) as mine:
            assert service.claim(mine, at=AT) is None

    def test_leaves_a_subject_one_is_recused_from(self, tx):
        task = a_task(tx)
        who = a_reviewer(scope=a_reviewer().scope.__class__(recused=frozenset({task.subject_id})))

        with acting(tx, who) as mine:
            assert service.claim(mine, at=AT) is None

    def test_leaves_a_restricted_case_to_those_in_the_compartment(self, tx):
        from assize.triage import service as triage  # noqa: PLC0415

        task = a_task(tx)
        triage.restrict(tx, case_id=task.case_id, compartment="blue", at=AT)
        cleared = a_reviewer("cleo", scope=a_reviewer().scope.__class__(compartments=frozenset({"blue"})))

        with acting(tx, a_reviewer()) as mine:
            assert service.claim(mine, at=AT) is None
        assert in_hand(tx, cleared).id == task.id

    def test_leaves_what_is_kept_for_somebody_else(self, tx):
        task = a_task(tx)
        tx.run("update review.task set assigned_to = 'rev_bob' where id = %(id)s", {"id": task.id})

        with acting(tx, a_reviewer("ada")) as mine:
            assert service.claim(mine, at=AT) is None
        assert in_hand(tx, a_reviewer("bob")).id == task.id

    def test_is_refused_without_the_right(self, tx):
        with acting(tx, a_reviewer(roles=(Role.AUDITOR,))) as mine, pytest.raises(NotAllowed):
            service.claim(mine, at=AT)


class TestClaimTask:
    def test_takes_one_by_name(self, tx):
        task = a_task(tx)

        with acting(tx, a_reviewer()) as mine:
            assert service.claim_task(mine, task_id=task.id, at=AT).holder == "rev_ada"

    def test_renews_what_one_has_already(self, tx):
        task = a_task(tx)
        in_hand(tx, a_reviewer())

        with acting(tx, a_reviewer()) as mine:
            again = service.claim_task(mine, task_id=task.id, at=AT + MINUTE)

        assert again.lease_until == AT + MINUTE + service.LEASE

    def test_is_refused_while_somebody_has_it(self, tx):
        task = a_task(tx)
        in_hand(tx, a_reviewer("bob"))

        with acting(tx, a_reviewer()) as mine, pytest.raises(NotFree):
            service.claim_task(mine, task_id=task.id, at=AT)

    def test_is_refused_to_the_excluded(self, tx):
        task = service.offer(tx, case_id=a_case(tx).id, excluded=["rev_ada"], at=AT)

        with acting(tx, a_reviewer()) as mine, pytest.raises(Excluded):
            service.claim_task(mine, task_id=task.id, at=AT)


class TestLease:
    def test_is_renewed(self, tx):
        a_task(tx)
        task = in_hand(tx, a_reviewer())

        with acting(tx, a_reviewer()) as mine:
            renewed = service.renew(mine, task_id=task.id, at=AT + 5 * MINUTE)

        assert renewed.lease_until == AT + 5 * MINUTE + service.LEASE

    def test_of_somebody_else_is_not_renewed(self, tx):
        a_task(tx)
        task = in_hand(tx, a_reviewer("bob"))

        with acting(tx, a_reviewer("ada")) as mine, pytest.raises(NotYours):
            service.renew(mine, task_id=task.id, at=AT)

    def test_returns_by_itself_when_lost(self, fresh_database):
        with fresh_database.transaction(SYSTEM) as tx:
            a_policy(tx)
            a_task(tx)
        with fresh_database.transaction(a_reviewer("ada")) as tx:
            task = service.claim(tx, at=AT)
            service.save_draft(tx, task_id=task.id, body={"rationale": "half a sentence"}, at=AT)

        early = service.sweep_leases(fresh_database, at=AT + service.LEASE - MINUTE)
        late = service.sweep_leases(fresh_database, at=AT + service.LEASE + MINUTE)

        assert (early, late) == (0, 1)
        with fresh_database.transaction(a_reviewer("bob")) as tx:
            assert service.claim(tx, at=AT + 30 * MINUTE).id == task.id
        with fresh_database.transaction(SYSTEM) as tx:
            assert tx.value("select count(*) from platform.fact where kind = 'LeaseLost'") == 1
        with fresh_database.transaction(a_reviewer("ada")) as tx:
            assert [(one.body, one.lost) for one in service.drafts(tx)] == [({"rationale": "half a sentence"}, True)]

    def test_lost_to_another_refuses_a_late_decision_and_keeps_its_words(self, fresh_database):
        ada, bob = a_reviewer("ada"), a_reviewer("bob")
        with fresh_database.transaction(SYSTEM) as tx:
            a_policy(tx)
            event_id = event_of(tx, a_task(tx))
        with fresh_database.transaction(ada) as tx:
            task = service.claim(tx, at=AT)
        later = AT + service.LEASE + MINUTE
        service.sweep_leases(fresh_database, at=later)
        with fresh_database.transaction(bob) as tx:
            service.claim(tx, at=later)

        with pytest.raises(LeaseLostToAnother) as refused, fresh_database.transaction(ada) as tx:
            service.decide(tx, task_id=task.id, judgement=a_judgement(event_id), at=later)

        assert refused.value.message == (
            "Your time with this task ran out, and another reviewer has it now. What you typed is kept in your drafts."
        )
        with fresh_database.transaction(ada) as tx:
            kept = service.drafts(tx)
            assert kept[0].lost
            assert kept[0].body["rationale"] == a_judgement().rationale

    def test_lost_to_nobody_says_that_it_can_be_claimed_again(self, fresh_database):
        ada = a_reviewer("ada")
        with fresh_database.transaction(SYSTEM) as tx:
            a_policy(tx)
            event_id = event_of(tx, a_task(tx))
        with fresh_database.transaction(ada) as tx:
            task = service.claim(tx, at=AT)
        later = AT + service.LEASE + MINUTE
        service.sweep_leases(fresh_database, at=later)

        with pytest.raises(LeaseLost, match="claim the task again"), fresh_database.transaction(ada) as tx:
            service.decide(tx, task_id=task.id, judgement=a_judgement(event_id), at=later)

        with fresh_database.transaction(ada) as tx:
            service.claim_task(tx, task_id=task.id, at=later)
            decision = service.decide(tx, task_id=task.id, judgement=service.drafts(tx)[0].body, at=later)
            assert decision.task_id == task.id
            assert service.drafts(tx) == []

    def test_of_a_decided_task_says_so(self, fresh_database):
        ada = a_reviewer("ada")
        with fresh_database.transaction(SYSTEM) as tx:
            a_policy(tx)
            event_id = event_of(tx, a_task(tx))
        with fresh_database.transaction(ada) as tx:
            task = service.claim(tx, at=AT)
            service.decide(tx, task_id=task.id, judgement=a_judgement(event_id), at=AT)

        with pytest.raises(AlreadyDecided), fresh_database.transaction(ada) as tx:
            service.decide(tx, task_id=task.id, judgement=a_judgement(event_id), at=AT)


class TestGivingBack:
    def test_opens_a_task_to_everybody(self, tx):
        a_task(tx)
        task = in_hand(tx, a_reviewer())

        with acting(tx, a_reviewer()) as mine:
            back = service.release(mine, task_id=task.id, at=AT)

        assert (back.state, back.holder) == (TaskState.OPEN, None)
        assert in_hand(tx, a_reviewer()).id == task.id

    def test_with_a_reason_is_not_given_again(self, tx):
        a_task(tx)
        task = in_hand(tx, a_reviewer())

        with acting(tx, a_reviewer()) as mine:
            service.skip(mine, task_id=task.id, reason_code="knows-the-person", at=AT)

            assert service.claim(mine, at=AT) is None
        assert in_hand(tx, a_reviewer("bob")).id == task.id

    def test_needs_a_reason_to_skip(self, tx):
        a_task(tx)
        task = in_hand(tx, a_reviewer())

        with acting(tx, a_reviewer()) as mine, pytest.raises(BadRequest, match="say why"):
            service.skip(mine, task_id=task.id, reason_code=" ", at=AT)

    def test_holds_until_a_time_and_comes_back(self, fresh_database):
        ada = a_reviewer()
        with fresh_database.transaction(SYSTEM) as tx:
            a_policy(tx)
            a_task(tx)
        with fresh_database.transaction(ada) as tx:
            task = service.claim(tx, at=AT)
            service.hold(tx, task_id=task.id, until=AT + timedelta(hours=2), reason="waits for the platform", at=AT)

        with fresh_database.transaction(ada) as tx:
            assert service.claim(tx, at=AT) is None
        assert service.sweep_leases(fresh_database, at=AT + timedelta(hours=2)) == 1
        with fresh_database.transaction(ada) as tx:
            assert service.claim(tx, at=AT + timedelta(hours=2)).id == task.id

    def test_is_taken_before_its_time_by_whoever_set_it_aside_and_by_whom_it_is_kept_for(self, tx):
        a_task(tx)
        ada, bob, eve = a_reviewer("ada"), a_reviewer("bob"), a_reviewer("eve")
        task = in_hand(tx, ada)
        with acting(tx, ada) as mine:
            service.hold(mine, task_id=task.id, until=AT + timedelta(hours=2), reason="waits", at=AT)

            again = service.claim_task(mine, task_id=task.id, at=AT)
            service.hold(mine, task_id=task.id, until=AT + timedelta(hours=2), reason="waits", at=AT)
        tx.run("update review.task set assigned_to = %(bob)s", {"bob": bob.id})
        with acting(tx, eve) as hers, pytest.raises(NotFree):
            service.claim_task(hers, task_id=task.id, at=AT)
        with acting(tx, bob) as his:
            handed_over = service.claim_task(his, task_id=task.id, at=AT)

        assert (again.state, again.holder, again.held_until) == (TaskState.CLAIMED, ada.id, None)
        assert (handed_over.holder, handed_over.held_by) == (bob.id, None)

    @pytest.mark.parametrize("until", [AT, AT.replace(tzinfo=None) + timedelta(days=1)], ids=["past", "without zone"])
    def test_holds_only_until_a_time_to_come(self, tx, until):
        a_task(tx)
        task = in_hand(tx, a_reviewer())

        with acting(tx, a_reviewer()) as mine, pytest.raises(BadRequest, match="after now"):
            service.hold(mine, task_id=task.id, until=until, reason="waits", at=AT)


class TestConcurrentClaims:
    def test_give_no_task_twice(self, fresh_database):
        with fresh_database.transaction(SYSTEM) as tx:
            a_policy(tx)
            case = a_case(tx)
            for _ in range(60):
                service.offer(tx, case_id=case.id, kind="golden", at=AT)
        taken: list[str] = []
        lock = threading.Lock()

        def work(number: int) -> None:
            while True:
                with fresh_database.transaction(a_reviewer(f"n{number}")) as tx:
                    task = service.claim(tx, at=AT)
                if task is None:
                    return
                with lock:
                    taken.append(task.id)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(taken) == 60
        assert len(set(taken)) == 60


class TestClaimsOfOneMoment:
    def test_share_a_statement_and_are_recorded_each_under_its_reviewer(self, fresh_database, monkeypatch):
        offered = some_tasks(fresh_database, 8)

        taken = claimed_at_once(fresh_database, [a_reviewer(f"n{number}") for number in range(8)], monkeypatch)

        assert sorted(taken.values()) == sorted(offered)
        with fresh_database.transaction(SYSTEM) as tx:
            rows = tx.rows("""
                select f.actor, f.thing, f.commitment, b.nonce, b.body, f.xid::text as xid, t.holder, t.lease_until, t.queue
                from platform.fact f
                join platform.fact_body b on b.fact_id = f.id
                join review.task t on t.id = f.thing
                where f.kind = 'TaskClaimed'
            """)
        assert {row["actor"]: row["thing"] for row in rows} == taken
        assert all(row["holder"] == row["actor"] and row["lease_until"] == AT + service.LEASE for row in rows)
        assert all(row["commitment"] == commit(row["nonce"], row["body"]) for row in rows)
        assert len({row["xid"] for row in rows}) < 8

    def test_give_nobody_what_is_kept_for_somebody_else_or_excludes_them(self, fresh_database, monkeypatch):
        first, second, *_ = some_tasks(fresh_database, 10)
        with fresh_database.transaction(SYSTEM) as tx:
            tx.run("update review.task set assigned_to = 'rev_n7' where id = %(id)s", {"id": first})
            tx.run("update review.task set excluded = '{rev_n2,rev_n3,rev_n7}' where id = %(id)s", {"id": second})

        taken = claimed_at_once(fresh_database, [a_reviewer(f"n{number}") for number in range(8)], monkeypatch)

        assert taken["rev_n7"] == first
        assert len(set(taken.values())) == 8
        assert {who for who, task in taken.items() if task == second}.isdisjoint({"rev_n2", "rev_n3", "rev_n7"})

    def test_give_none_to_those_for_whom_nothing_is_left(self, fresh_database, monkeypatch):
        offered = some_tasks(fresh_database, 5)

        taken = claimed_at_once(fresh_database, [a_reviewer(f"n{number}") for number in range(8)], monkeypatch)

        assert sorted(one for one in taken.values() if one) == sorted(offered)
        assert sum(one is None for one in taken.values()) == 3

    def test_keep_those_of_other_skills_scope_and_queue_to_what_they_may_take(self, fresh_database, monkeypatch):
        some_tasks(fresh_database, 6, language="en")
        plain = [a_reviewer(f"n{number}") for number in range(3)]
        elsewhere = [a_reviewer(f"e{n}", scope=a_reviewer().scope.__class__(regions=frozenset())) for n in range(3)]
        finnish = [unskilled(f"f{n}", languages=frozenset({"fi"})) for n in range(3)]

        taken = claimed_at_once(fresh_database, [*plain, *elsewhere, *finnish], monkeypatch)

        assert all(taken[one.id] for one in plain)
        assert not any(taken[one.id] for one in (*elsewhere, *finnish))

    def test_are_each_refused_without_the_right(self, fresh_database):
        some_tasks(fresh_database, 3)

        with pytest.raises(NotAllowed):
            service.claim_next(fresh_database, a_reviewer(roles=(Role.AUDITOR,)), at=AT)


def some_tasks(database, count, **given):
    """Offer tasks and return their ids, the first to be taken first."""
    with database.transaction(SYSTEM) as tx:
        a_policy(tx)
        case = a_case(tx, **given)
        ids = [service.offer(tx, case_id=case.id, kind="golden", at=AT).id for _ in range(count)]
        return [
            row["id"] for row in tx.rows("select id from review.task where id = any(%s) order by order_key, id", [ids])
        ]


def claimed_at_once(database, reviewers, monkeypatch):
    """Let all claim while nobody can be served, then let the database serve them; return who took what."""
    taken = {}

    def work(who):
        task = service.claim_next(database, who, queues=None, at=AT)
        taken[who.id] = task and task.id

    begun, really = [], TOGETHER._work
    monkeypatch.setattr(TOGETHER, "_work", lambda group: (begun.extend(group), really(group))[1])
    threads = [threading.Thread(target=work, args=(who,)) for who in reviewers]
    with database.transaction(SYSTEM) as tx:
        tx.run("lock table review.task in exclusive mode")
        for thread in threads:
            thread.start()
        eventually(lambda: len(begun) + sum(map(TOGETHER.waiting, TOGETHER.keys())) == len(reviewers))
    for thread in threads:
        thread.join()
    return taken
