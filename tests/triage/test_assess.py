"""From waiting events to cases, on a real database."""

from datetime import timedelta

import pytest

from assize.intake import service as intake
from assize.platform.db import Database
from assize.policy.models import ResponseMode, Severity
from assize.triage import service
from assize.triage.models import CaseKind, CaseState
from assize.workforce.models import SYSTEM, Exposure
from builders.triage import AT, a_pack, a_published_policy, a_rule, all_cases, assessed, case_id_of, said, the_case


@pytest.fixture
def ready(fresh_database: Database) -> Database:
    """A database with a policy in force."""
    with fresh_database.transaction(SYSTEM) as tx:
        a_published_policy(tx)
    return fresh_database


class TestAssess:
    def test_opens_a_case_for_what_a_rule_finds(self, ready: Database):
        with ready.transaction(SYSTEM) as tx:
            said(tx, "nothing to see here at all")
            found = said(tx, "you are an insultword", account="a-1", conversation="c-1", region="eu")

        done = assessed(ready)

        assert (done.events, done.cases_opened, done.parked) == (2, 1, 0)
        with ready.transaction(SYSTEM) as tx:
            case = the_case(tx)
            assert case.clause_ids == ("HAR-1",)
            assert case.clauses[0].why == ("rule:insult",)
            assert case.severity is Severity.SEV3
            assert case.mode is ResponseMode.ROUTINE
            assert case.queue == "general"
            assert case.conversation == "c-1"
            assert case.region == "eu"
            assert case.exposure_class is Exposure.MODERATE
            assert case.due_at == AT + timedelta(hours=4)
            assert (case.event_count, case.subject_count) == (1, 1)
            assert [one.event_id for one in service.events_of_case(tx, case_id=case.id)] == [found]
            (hit,) = service.hits(tx, case_id=case.id)
            assert (hit.rule_id, hit.values) == ("insult", {"terms": ["insults"]})
            assert intake.counts(tx).waiting == 0

    def test_waits_until_there_is_a_policy(self, fresh_database: Database):
        with fresh_database.transaction(SYSTEM) as tx:
            said(tx, "you are an insultword")

        assert assessed(fresh_database).events == 0
        with fresh_database.transaction(SYSTEM) as tx:
            assert intake.counts(tx).waiting == 1

    def test_keeps_shadow_hits_apart(self, ready: Database):
        with ready.transaction(SYSTEM) as tx:
            said(tx, "a shadowword in the text")

        assessed(ready)

        with ready.transaction(SYSTEM) as tx:
            assert all_cases(tx) == ()
            (hit,) = service.rule_hits(tx, rule_id="shadowed")
            assert hit.shadow
            assert hit.case_id is None
            standing = next(one for one in service.rules(tx, at=AT) if one.rule.id == "shadowed")
            assert (standing.hits, standing.shadow_hits) == (0, 1)

    def test_sends_what_is_grave_but_unsure_to_be_verified(self, ready: Database):
        with ready.transaction(SYSTEM) as tx:
            unsure = said(tx, "an unsureword here")
            sure = said(tx, "a graveword here")

        assessed(ready)

        with ready.transaction(SYSTEM) as tx:
            first, second = (service.case(tx, case_id_of(tx, one)) for one in (unsure, sure))
            assert (first.severity, first.mode, first.queue) == (Severity.SEV1, ResponseMode.VERIFY, "verify")
            assert (second.severity, second.mode, second.queue) == (
                Severity.SEV1,
                ResponseMode.PRIORITY,
                "child-safety",
            )

    def test_lists_the_gravest_first(self, ready: Database):
        with ready.transaction(SYSTEM) as tx:
            said(tx, "an insultword")
        assessed(ready, at=AT - timedelta(days=10))
        with ready.transaction(SYSTEM) as tx:
            said(tx, "a graveword")
            said(tx, "a threatword")
        assessed(ready)

        with ready.transaction(SYSTEM) as tx:
            assert [case.severity for case in all_cases(tx)] == [Severity.SEV1, Severity.SEV2, Severity.SEV3]

    def test_marks_test_traffic_and_counts_it_nowhere(self, ready: Database):
        with ready.transaction(SYSTEM) as tx:
            said(tx, "an insultword", account="a-1", conversation="c-1", test=True)
            said(tx, "an insultword", account="a-1", conversation="c-2")

        assessed(ready)

        with ready.transaction(SYSTEM) as tx:
            assert sorted(case.test for case in all_cases(tx)) == [False, True]
            assert tx.value("select sum(n) from triage.counter where name = 'cases'") == 1

    def test_keeps_what_was_evaluated(self, ready: Database):
        with ready.transaction(SYSTEM) as tx:
            event_id = said(tx, "you are an INSULTword", attributes={"account_kind": "consumer"})

        assessed(ready)

        with ready.transaction(SYSTEM) as tx:
            record = service.feature_record(tx, event_id=event_id)
            assert record is not None
            assert record.hits == ("insult",)
            assert record.values["terms"] == ["insults"]
            assert record.values["account.kind"] == "consumer"
            assert record.values["account.cases_24h"] == 0
            assert record.absent == {
                "hash_banks": "not-configured",
                "urls": "not-configured",
                "moderation": "not-configured",
            }
            assert [(one.turn, one.start, one.end) for one in record.spans] == [(0, 11, 21)]

    def test_records_one_fact_for_each_case(self, ready: Database):
        with ready.transaction(SYSTEM) as tx:
            for _ in range(3):
                said(tx, "an insultword", account="a-1", conversation="c-1")
            said(tx, "a threatword", account="a-2", conversation="c-2")

        assessed(ready)

        with ready.transaction(SYSTEM) as tx:
            kinds = tx.rows("select kind, count(*) as n from platform.fact where kind like 'Case%' group by kind")
            assert kinds == [{"kind": "CaseOpened", "n": 2}]


class TestMerging:
    def test_joins_one_subject_in_one_family(self, ready: Database):
        with ready.transaction(SYSTEM) as tx:
            said(tx, "an insultword", account="a-1", conversation="c-1")
        assessed(ready)
        with ready.transaction(SYSTEM) as tx:
            said(tx, "an insultword", account="a-1", conversation="c-2")

        done = assessed(ready, at=AT + timedelta(hours=1))

        assert (done.cases_opened, done.cases_merged) == (0, 1)
        with ready.transaction(SYSTEM) as tx:
            case = the_case(tx)
            assert (case.event_count, case.conversation) == (2, None)
            facts = tx.rows("select kind from platform.fact where case_id = %(id)s order by id", {"id": case.id})
            assert [one["kind"] for one in facts] == ["CaseOpened", "CaseGrew"]

    def test_keeps_families_of_one_subject_apart(self, ready: Database):
        with ready.transaction(SYSTEM) as tx:
            said(tx, "an insultword", account="a-1", conversation="c-1")
            said(tx, "a graveword", account="a-1", conversation="c-2")

        assert assessed(ready).cases_opened == 2

    def test_joins_one_conversation_whatever_the_family_and_raises(self, ready: Database):
        with ready.transaction(SYSTEM) as tx:
            said(tx, "an insultword", account="a-1", conversation="c-1")
        assessed(ready)
        with ready.transaction(SYSTEM) as tx:
            said(tx, "a graveword", account="a-1", conversation="c-1")
        assessed(ready, at=AT + timedelta(minutes=5))

        with ready.transaction(SYSTEM) as tx:
            case = the_case(tx)
            assert case.clause_ids == ("CSE-1", "HAR-1")
            assert (case.severity, case.queue) == (Severity.SEV1, "child-safety")
            raised = tx.value("select count(*) from platform.fact where kind = 'CaseRaised'")
            assert raised == 1

    def test_gathers_nearly_equal_texts_of_many_accounts(self, ready: Database):
        text = "buy the wonderful thing from this place today and tell all of your friends about it too"
        with ready.transaction(SYSTEM) as tx:
            for number in range(6):
                said(tx, text, account=f"a-{number}", conversation=f"c-{number}")

        done = assessed(ready)

        assert (done.cases_opened, done.cases_merged) == (1, 3)
        with ready.transaction(SYSTEM) as tx:
            case = the_case(tx)
            assert (case.clause_ids, case.event_count, case.subject_count) == (("SPM-1",), 4, 4)
            assert case.near_duplicate is not None

    @pytest.mark.parametrize("given", [{"test": True}, {"restriction": "sealed"}, {"region": "us"}])
    def test_never_merges_across_what_may_not_be_seen_together(self, ready: Database, given: dict[str, object]):
        with ready.transaction(SYSTEM) as tx:
            said(tx, "an insultword", account="a-1", conversation="c-1")
            said(tx, "an insultword", account="a-1", conversation="c-1", **given)

        assert assessed(ready).cases_opened == 2

    def test_opens_a_decided_case_again_when_its_conversation_goes_on(self, ready: Database):
        with ready.transaction(SYSTEM) as tx:
            said(tx, "an insultword", account="a-1", conversation="c-1")
        assessed(ready)
        with ready.transaction(SYSTEM) as tx:
            service.decided(tx, case_id=the_case(tx).id, at=AT)
            said(tx, "an insultword", account="a-1", conversation="c-1")

        done = assessed(ready, at=AT + timedelta(hours=2))

        assert (done.cases_opened, done.cases_reopened) == (0, 1)
        with ready.transaction(SYSTEM) as tx:
            assert the_case(tx).state is CaseState.OPEN

    def test_opens_a_linked_case_when_another_conversation_follows_a_decision(self, ready: Database):
        with ready.transaction(SYSTEM) as tx:
            said(tx, "an insultword", account="a-1", conversation="c-1")
        assessed(ready)
        with ready.transaction(SYSTEM) as tx:
            before = the_case(tx).id
            service.decided(tx, case_id=before, at=AT)
            after = said(tx, "an insultword", account="a-1", conversation="c-2")
        assessed(ready, at=AT + timedelta(hours=2))

        with ready.transaction(SYSTEM) as tx:
            assert service.case(tx, case_id_of(tx, after)).linked_case_id == before


class TestActorReview:
    def test_opens_when_conversations_add_up_to_what_none_shows_alone(self, ready: Database):
        for number in range(4):
            with ready.transaction(SYSTEM) as tx:
                said(tx, "only a hintword", account="a-1", conversation=f"c-{number}")
            assessed(ready, at=AT + timedelta(hours=number))

        with ready.transaction(SYSTEM) as tx:
            case = the_case(tx)
            assert case.kind is CaseKind.ACTOR_REVIEW
            assert case.event_count == 4
            assert case.clauses[0].why[0].startswith("actor:")
            assert case.clauses[0].score > 0.8

    def test_stays_quiet_when_one_conversation_repeats_itself(self, ready: Database):
        for number in range(6):
            with ready.transaction(SYSTEM) as tx:
                said(tx, "only a hintword", account="a-1", conversation="c-1")
            assessed(ready, at=AT + timedelta(hours=number))

        with ready.transaction(SYSTEM) as tx:
            assert all_cases(tx) == ()


class TestIsolation:
    def test_leaves_out_a_rule_that_keeps_failing_and_says_so(self, fresh_database: Database):
        broken = a_rule("broken", "event.turn_count / 0 > 1")
        with fresh_database.transaction(SYSTEM) as tx:
            a_published_policy(tx, a_pack(rules=(broken, a_rule("insult", "'insults' in terms"))))
            for _ in range(30):
                said(tx, "an insultword", account="a-1", conversation="c-1")

        done = assessed(fresh_database)

        assert (done.events, done.cases_opened, done.parked) == (30, 1, 0)
        with fresh_database.transaction(SYSTEM) as tx:
            standing = next(one for one in service.rules(tx, at=AT) if one.rule.id == "broken")
            assert standing.failures >= 20
            assert standing.rule.quarantined_at == AT
            assert standing.rule.failure == "INVALID_ARGUMENT: divide by zero"
            assert tx.value("select count(*) from platform.fact where kind = 'RuleFailed'") == 1
