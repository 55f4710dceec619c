"""What is done with cases: severity by people, decided, closed, moved, restricted, opened by hand, erased."""

from datetime import timedelta

import pytest

from assize.intake import service as intake
from assize.kernel.actor import EVERYTHING, Scope
from assize.kernel.ids import CaseId, ClauseId, QueueName
from assize.platform.db import Database
from assize.policy.models import ResponseMode, Severity
from assize.triage import service
from assize.triage.errors import (
    BadCursor,
    CaseIsNotOpen,
    ListingRefused,
    NoSuchCase,
    NoSuchClause,
    NoSuchQueue,
    ReasonNeeded,
    SecondPersonNeeded,
)
from assize.triage.models import BankKind, Case, CaseFilter, CaseState
from assize.workforce.models import SYSTEM, Principal, PrincipalKind, Right, SearchScope, ViewProfile
from builders.triage import AT, a_pack, a_published_policy, a_rule, all_cases, assessed, said, the_case


def somebody(name: str, *, scope: Scope = EVERYTHING, view: ViewProfile | None = None) -> Principal:
    """A person who may do anything with cases."""
    return Principal(
        id=f"rev_{name}",
        scope=scope,
        name=name,
        kind=PrincipalKind.PERSON,
        roles=frozenset(),
        rights=frozenset(Right),
        view=view or ViewProfile(),
    )


ONE, OTHER = somebody("one"), somebody("other")
OPEN_SCOPE = Scope(regions=None)


@pytest.fixture
def ready(fresh_database: Database) -> Database:
    """A database with a policy in force."""
    with fresh_database.transaction(SYSTEM) as tx:
        a_published_policy(tx)
    return fresh_database


def opened(database: Database, text: str = "an insultword", **given: object) -> Case:
    """The case that a text opens."""
    with database.transaction(SYSTEM) as tx:
        event_id = said(tx, text, **given)
    assessed(database)
    with database.transaction(SYSTEM) as tx:
        (case_id,) = service.cases_of_events(tx, event_ids=[event_id])
        return service.case(tx, case_id)


class TestAssessedSeverity:
    def test_is_kept_apart_from_the_machines(self, ready: Database):
        case = opened(ready)

        with ready.transaction(ONE) as tx:
            after = service.set_assessed(tx, case_id=case.id, severity=Severity.SEV1, reason="", at=AT)

        assert (after.provisional, after.assessed, after.severity) == (Severity.SEV3, Severity.SEV1, Severity.SEV1)
        assert after.mode is ResponseMode.PRIORITY
        assert after.priority.order_key < case.priority.order_key
        assert after.due_at < case.due_at

    def test_is_lowered_with_a_reason_alone(self, ready: Database):
        case = opened(ready, "a threatword")

        with ready.transaction(ONE) as tx:
            with pytest.raises(ReasonNeeded):
                service.set_assessed(tx, case_id=case.id, severity=Severity.SEV4, reason=" ", at=AT)
            after = service.set_assessed(tx, case_id=case.id, severity=Severity.SEV4, reason="a quotation", at=AT)

        assert after.severity is Severity.SEV4

    def test_of_a_grave_case_is_lowered_by_two_people(self, ready: Database):
        case = opened(ready, "a graveword")
        given = {"case_id": case.id, "severity": Severity.SEV3, "reason": "a news report", "at": AT}

        with ready.transaction(ONE) as tx:
            assert service.set_assessed(tx, **given).severity is Severity.SEV1
            with pytest.raises(SecondPersonNeeded):
                service.set_assessed(tx, **given)
        with ready.transaction(OTHER) as tx:
            after = service.set_assessed(tx, **given)
            facts = tx.rows("select kind, actor from platform.fact where case_id = %(id)s order by id", {"id": case.id})

        assert after.severity is Severity.SEV3
        assert [(one["kind"], one["actor"]) for one in facts][1:] == [
            ("LoweringProposed", ONE.id),
            ("SeverityAssessed", OTHER.id),
        ]

    def test_stands_until_something_graver_comes(self, ready: Database):
        case = opened(ready, "a threatword", account="a-1", conversation="c-1")
        with ready.transaction(ONE) as tx:
            service.set_assessed(tx, case_id=case.id, severity=Severity.SEV4, reason="a quotation", at=AT)
            said(tx, "a threatword again", account="a-1", conversation="c-1")
        assessed(ready)
        with ready.transaction(SYSTEM) as tx:
            assert the_case(tx).severity is Severity.SEV4
            said(tx, "a graveword", account="a-1", conversation="c-1")
        assessed(ready)

        with ready.transaction(SYSTEM) as tx:
            after = the_case(tx)

        assert (after.severity, after.assessed) == (Severity.SEV1, None)
        assert "graver than when it was assessed" in after.priority.reasons


class TestStates:
    def test_go_from_open_to_decided_to_closed_and_back(self, ready: Database):
        case = opened(ready)

        with ready.transaction(ONE) as tx:
            assert service.decided(tx, case_id=case.id, at=AT).state is CaseState.DECIDED
            assert service.decided(tx, case_id=case.id, at=AT).state is CaseState.DECIDED
            assert service.close(tx, case_id=case.id, reason="done", at=AT).state is CaseState.CLOSED
            after = service.reopen(tx, case_id=case.id, why="appeal", at=AT + timedelta(days=9))
            kinds = [
                one["kind"] for one in tx.rows("select kind from platform.fact where case_id is not null order by id")
            ]

        assert after.state is CaseState.OPEN
        assert after.due_at > AT + timedelta(days=9)
        assert after.priority == case.priority
        assert kinds == ["CaseOpened", "CaseDecided", "CaseClosed", "CaseReopened"]

    def test_raise_for_a_case_that_is_not_there(self, ready: Database):
        with ready.transaction(ONE) as tx, pytest.raises(NoSuchCase):
            service.close(tx, case_id=CaseId("case_none"), at=AT)


class TestMove:
    def test_changes_the_queue_and_nothing_else(self, ready: Database):
        case = opened(ready)

        with ready.transaction(ONE) as tx:
            after = service.move(tx, case_id=case.id, queue=QueueName("child-safety"), at=AT)

        assert after.queue == "child-safety"
        assert (after.priority, after.due_at) == (case.priority, case.due_at)

    def test_refuses_an_unknown_queue_and_a_decided_case(self, ready: Database):
        case = opened(ready)

        with ready.transaction(ONE) as tx:
            with pytest.raises(NoSuchQueue):
                service.move(tx, case_id=case.id, queue=QueueName("nowhere"), at=AT)
            service.decided(tx, case_id=case.id, at=AT)
            with pytest.raises(CaseIsNotOpen):
                service.move(tx, case_id=case.id, queue=QueueName("verify"), at=AT)


class TestOpenByHand:
    def test_makes_a_case_that_later_events_join(self, ready: Database):
        with ready.transaction(SYSTEM) as tx:
            event_id = said(tx, "nothing a rule would find", account="a-1", conversation="c-1")
        assessed(ready)
        with ready.transaction(ONE) as tx:
            case = service.open_by_hand(
                tx, event_ids=[event_id], clause_ids=[ClauseId("CSE-1")], reason="seen by chance", at=AT
            )
            said(tx, "an insultword", account="a-1", conversation="c-1")
        assessed(ready)

        with ready.transaction(SYSTEM) as tx:
            after = the_case(tx)
            by = tx.value(
                "select body::jsonb->>'by' from platform.fact_body b join platform.fact f on f.id = b.fact_id "
                "where f.kind = 'CaseOpened'"
            )

        assert (case.event_count, after.event_count) == (1, 2)
        assert after.severity is Severity.SEV1
        assert by == "hand"

    def test_asks_for_a_reason_and_clauses_of_the_policy(self, ready: Database):
        with ready.transaction(ONE) as tx:
            event_id = said(tx, "nothing")
            with pytest.raises(ReasonNeeded):
                service.open_by_hand(tx, event_ids=[event_id], clause_ids=[ClauseId("CSE-1")], reason="", at=AT)
            with pytest.raises(NoSuchClause):
                service.open_by_hand(tx, event_ids=[event_id], clause_ids=[ClauseId("NO-1")], reason="why", at=AT)


class TestListing:
    def test_goes_on_where_a_page_ended(self, ready: Database):
        with ready.transaction(SYSTEM) as tx:
            for number in range(7):
                said(tx, "an insultword", account=f"a-{number}", conversation=f"c-{number}")
        assessed(ready)
        seen = []
        cursor = None
        with ready.transaction(ONE) as tx:
            for _ in range(4):
                page = service.cases(tx, cursor=cursor, limit=2)
                seen += [case.id for case in page.cases]
                cursor = page.next_cursor
            every = [case.id for case in all_cases(tx)]

        assert seen == every
        assert len(set(seen)) == 7
        assert cursor is None

    @pytest.mark.parametrize("cursor", ["x", "!!!!", "bm90LWEtZGF0ZSBjYXNlXzE", "é"])
    def test_refuses_a_cursor_that_is_not_ours(self, ready: Database, cursor: str):
        with ready.transaction(ONE) as tx, pytest.raises(BadCursor):
            service.cases(tx, cursor=cursor)

    def test_is_for_those_whose_view_covers_all(self, ready: Database):
        vendor = somebody("vendor", view=ViewProfile(search_scope=SearchScope.OWN))

        with ready.transaction(vendor) as tx, pytest.raises(ListingRefused):
            service.cases(tx)

    def test_counts_what_stands_in_queues(self, ready: Database):
        opened(ready, "a graveword")
        opened(ready, "an insultword")
        opened(ready, "another insultword")

        with ready.transaction(ONE) as tx:
            found = {one.queue: one for one in service.counts(tx, at=AT + timedelta(hours=3))}

        assert found[QueueName("general")].open == 2
        assert found[QueueName("general")].by_severity == {Severity.SEV3: 2}
        assert found[QueueName("child-safety")].overdue == 1


class TestSeeing:
    def test_stops_at_the_compartment(self, ready: Database):
        case = opened(ready, "a graveword")
        cleared = somebody("cleared", scope=Scope(compartments=frozenset({"sealed"})))
        uncleared = somebody("uncleared", scope=OPEN_SCOPE)
        with ready.transaction(ONE) as tx:
            service.restrict(tx, case_id=case.id, compartment="sealed", at=AT)

        with ready.transaction(cleared) as tx:
            assert service.case(tx, case.id).restriction == "sealed"
        with ready.transaction(uncleared) as tx:
            with pytest.raises(NoSuchCase):
                service.case(tx, case.id)
            assert service.cases(tx, wanted=CaseFilter(states=None)).cases == ()
            assert service.counts(tx, at=AT) == []
            assert service.events_of_case(tx, case_id=case.id) == []
            assert service.subjects_of_case(tx, case_id=case.id) == []
            assert service.hits(tx, case_id=case.id) == []
            assert service.rule_hits(tx, rule_id="grave") == []
            event_id = tx.value("select event_id from triage.case_event")
            assert event_id is None

    @pytest.mark.parametrize(
        ("region", "seen"), [(frozenset({"eu"}), 1), (frozenset({"us"}), 0), (frozenset(), 0), (None, 1)]
    )
    def test_stops_at_the_region(self, ready: Database, region: frozenset[str] | None, seen: int):
        opened(ready, region="eu")

        with ready.transaction(somebody("regional", scope=Scope(regions=region))) as tx:
            assert len(all_cases(tx)) == seen

    def test_stops_at_a_recusal(self, ready: Database):
        case = opened(ready)
        assert case.subject_id is not None

        for recused in (case.id, case.subject_id):
            with ready.transaction(somebody("recused", scope=Scope(recused=frozenset({recused})))) as tx:
                assert all_cases(tx) == ()

    def test_masks_the_conversation_where_subjects_are_masked(self, ready: Database):
        case = opened(ready, conversation="c-1")
        masked = somebody("masked", view=ViewProfile(masked_fields=frozenset({"subject"})))

        with ready.transaction(masked) as tx:
            assert service.case(tx, case.id).conversation == "•••"


class TestErasure:
    def test_reaches_what_was_evaluated_and_keeps_that_it_was(self, ready: Database):
        with ready.transaction(SYSTEM) as tx:
            event_id = said(tx, "an insultword and a hintword")
        assessed(ready)

        with ready.transaction(SYSTEM) as tx:
            intake.erase(tx, event_ids=[event_id], reason="asked", at=AT)
            (hit,) = [one for one in service.rule_hits(tx, rule_id="insult") if one.event_id == event_id]

            assert service.feature_record(tx, event_id=event_id) is None
            assert hit.values == {}
            assert tx.value("select count(*) from triage.trace") == 0
            assert the_case(tx).event_count == 1


class TestBanksAndCounters:
    def test_banks_feed_the_signals_at_once(self, fresh_database: Database):
        with fresh_database.transaction(SYSTEM) as tx:
            rules = (
                a_rule("scam", "'scams' in urls.listed"),
                a_rule("struck", "account.strikes_30d >= 2", clause="HAR-2"),
            )
            a_published_policy(tx, a_pack(rules=rules))
            said(tx, "look at shop.example.co.uk now")
        assert assessed(fresh_database).cases_opened == 0
        with fresh_database.transaction(ONE) as tx:
            assert service.add_to_bank(tx, name="scams", kind=BankKind.DOMAIN, values=["Example.co.uk"], at=AT) == 1
            said(tx, "look at shop.example.co.uk now")

        assert assessed(fresh_database).cases_opened == 1
        with fresh_database.transaction(ONE) as tx:
            assert [(one.name, one.items) for one in service.banks(tx)] == [("scams", 1)]
            assert service.remove_from_bank(tx, name="scams", values=["example.co.uk"], at=AT) == 1

    def test_strikes_are_seen_by_rules_until_they_are_old(self, fresh_database: Database):
        with fresh_database.transaction(SYSTEM) as tx:
            a_published_policy(tx, a_pack(rules=(a_rule("struck", "account.strikes_30d >= 2"),)))
            said(tx, "first", account="a-1", conversation="c-1")
        assessed(fresh_database)
        with fresh_database.transaction(SYSTEM) as tx:
            account = tx.value("select id from intake.subject where level = 'account'")
            service.bump(tx, subject_id=account, counter="strikes", at=AT)
            service.bump(tx, subject_id=account, counter="strikes", at=AT)
            said(tx, "second", account="a-1", conversation="c-2")
        assert assessed(fresh_database, at=AT + timedelta(days=29)).cases_opened == 1

        with fresh_database.transaction(SYSTEM) as tx:
            said(tx, "third", account="a-1", conversation="c-3")
        assert assessed(fresh_database, at=AT + timedelta(days=45)).cases_opened == 0
        with fresh_database.transaction(SYSTEM) as tx:
            assert service.forget(tx, at=AT + timedelta(days=45)) > 0
