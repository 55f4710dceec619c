"""Known cases: proposed, approved by another, placed as sealed copies, answered, stale, retired, erased."""

from dataclasses import replace
from datetime import timedelta

import pytest

from assize.intake import service as intake
from assize.intake.models import Handling
from assize.kernel import chance
from assize.kernel.ids import CaseId, ClauseId, GoldenId, QueueName, new_id
from assize.platform.db import Database, Tx
from assize.platform.settings import Settings
from assize.policy import service as policy
from assize.policy.models import Severity
from assize.quality import service
from assize.quality.errors import BadGolden, GoldenMoved, NoSuchGolden, NoSuchLabel, OwnProposal
from assize.quality.models import Comparison, Criterion, Mark
from assize.quality.models.golden import Difficulty, Golden, GoldenState
from assize.quality.store import audits, labels
from assize.review import service as review
from assize.review.models import Verdict
from assize.triage import service as triage
from assize.triage.models import Case
from assize.workforce import service as workforce
from assize.workforce.errors import NotAllowed
from assize.workforce.models import SYSTEM, Role
from builders.quality import AT, a_label, a_lead, an_audit
from builders.review import (
    ACTIONS,
    CLAUSES,
    a_case,
    a_clean_judgement,
    a_finding,
    a_judgement,
    a_reviewer,
    a_task,
    acting,
    decided,
    event_of,
)
from builders.triage import a_pack, a_published_policy, a_rule

QUEUE = QueueName("general")
LEAD, OTHER, ADA, BEN = a_lead(), a_lead("olga"), a_reviewer("ada"), a_reviewer("ben")
HOUR = timedelta(hours=1)


@pytest.fixture
def ready(fresh_database: Database) -> Database:
    """A database with a policy, and people whose names are known."""
    with fresh_database.transaction(SYSTEM) as tx:
        order = ("SUI-1", "CSE-1", "HAR-2", "HAR-1", "SPM-1")
        rules = (a_rule("insults", "'insults' in terms"),)
        pack = a_pack(rules=rules, clauses=CLAUSES, actions=ACTIONS, precedence=tuple(map(ClauseId, order)))
        a_published_policy(tx, pack, at=AT)
    return fresh_database


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(home=tmp_path)


def judged(tx: Tx, *, verdict: Verdict = Verdict.VIOLATION, **label: object):
    """Ada decided a case; an audit says what is right."""
    a_task(tx)
    decision = decided(tx, ADA)
    audit = an_audit(decision)
    audits.insert(tx, audit, keys=["HAR"])
    made = a_label(decision, audit, verdict=verdict, **label)
    labels.insert(tx, made)
    return made


def proposed(tx: Tx) -> Golden:
    label = judged(tx)
    with acting(tx, LEAD) as mine:
        return service.propose_golden(mine, label_id=label.id, note="Insults that are plain.", at=AT)


def active(tx: Tx) -> Golden:
    one = proposed(tx)
    with acting(tx, OTHER) as mine:
        return service.approve_golden(mine, golden_id=one.id, at=AT)


def rated(tx: Tx, share: float = 0.1) -> None:
    with acting(tx, LEAD) as mine:
        service.set_golden_rate(mine, queue=QUEUE, share=share, at=AT)


def cases(tx: Tx) -> list[Case]:
    return [triage.case(tx, CaseId(row["id"])) for row in tx.rows("select id from triage.case order by id")]


def the_copy(tx: Tx) -> Case:
    (found,) = [one for one in cases(tx) if one.sealed]
    return found


def come(database: Database, count: int) -> None:
    """So many ordinary cases come: one by the way of every case, the others like it."""
    with database.transaction(SYSTEM) as tx:
        one = a_case(tx, text="insultword of another kind altogether", at=AT)
        columns = [
            row["column_name"]
            for row in tx.rows(
                "select column_name from information_schema.columns where table_schema = 'triage' and table_name = 'case'"
                " and is_generated = 'NEVER' and column_name <> 'id'"
            )
        ]
        for _ in range(count - 1):
            names = ", ".join(columns)
            query = f"insert into triage.case (id, {names}) select %(new)s, {names} from triage.case where id = %(id)s"
            tx.run(query, {"new": new_id("case"), "id": one.id})


def placed(database: Database, settings: Settings, *, at=AT) -> int:
    """Ordinary cases come until a copy is put in, which then opens a case and is offered."""
    for _ in range(20):
        come(database, 10)
        made = service.place_due(database, settings=settings, rng=chance.rng(1), at=at)
        if made:
            triage.assess(database, at=at, settings=settings)
            with database.transaction(SYSTEM) as tx:
                review.offer_first_looks(tx, case_ids=[the_copy(tx).id], at=at)
            return made
    raise AssertionError("nothing was drawn of 200 cases at a share of a tenth")


class TestProposing:
    def test_keeps_what_was_said_by_whom_and_how_many_agree(self, ready: Database):
        with ready.transaction(SYSTEM) as tx:
            made = proposed(tx)
        assert (made.state, made.verdict, made.severity) == (GoldenState.CANDIDATE, Verdict.VIOLATION, Severity.SEV3)
        assert (made.agreeing, made.experts, made.difficulty) == (2, 2, Difficulty.EASY)
        assert (made.clause, made.queue, len(made.event_ids)) == ("HAR-1", QUEUE, 1)

    def test_of_a_case_that_reviewers_got_wrong_says_it_is_hard(self, ready: Database):
        with ready.transaction(SYSTEM) as tx:
            label = judged(
                tx, verdict=Verdict.NO_VIOLATION, clause=None, severity=Severity.SEV4, judgement=a_clean_judgement()
            )
            with acting(tx, LEAD) as mine:
                made = service.propose_golden(mine, label_id=label.id, at=AT)
        assert (made.agreeing, made.experts, made.difficulty) == (1, 2, Difficulty.HARD)

    def test_of_a_case_twice_is_refused(self, ready: Database):
        with ready.transaction(SYSTEM) as tx:
            one = proposed(tx)
            with acting(tx, LEAD) as mine, pytest.raises(BadGolden, match="already"):
                service.propose_golden(mine, label_id=one.label_id, at=AT)

    def test_of_what_is_no_label_is_refused(self, ready: Database):
        with ready.transaction(LEAD) as tx, pytest.raises(NoSuchLabel):
            service.propose_golden(tx, label_id="lab_nothing", at=AT)

    def test_of_an_ambiguous_policy_is_refused(self, ready: Database):
        with ready.transaction(SYSTEM) as tx:
            label = judged(tx, verdict=Verdict.AMBIGUOUS_POLICY)
            with acting(tx, LEAD) as mine, pytest.raises(BadGolden, match="leaves open"):
                service.propose_golden(mine, label_id=label.id, at=AT)

    @pytest.mark.parametrize("handling", [Handling.APPARENT_CSE, Handling.VICTIM_IDENTITY, Handling.PRIVILEGED])
    def test_of_what_is_handled_apart_is_refused(self, ready: Database, handling: Handling):
        with ready.transaction(SYSTEM) as tx:
            label = judged(tx)
            tx.run("update intake.event set handling = %(handling)s", {"handling": handling.value})
            with acting(tx, LEAD) as mine, pytest.raises(BadGolden):
                service.propose_golden(mine, label_id=label.id, at=AT)

    def test_is_for_those_who_plan(self, ready: Database):
        with ready.transaction(ADA) as tx, pytest.raises(NotAllowed):
            service.propose_golden(tx, label_id="lab_x", at=AT)


class TestApproving:
    def test_takes_a_second_person(self, ready: Database):
        with ready.transaction(SYSTEM) as tx:
            one = proposed(tx)
            with acting(tx, LEAD) as mine, pytest.raises(OwnProposal):
                service.approve_golden(mine, golden_id=one.id, at=AT)

    def test_keeps_the_label_that_answers_are_compared_with(self, ready: Database):
        with ready.transaction(SYSTEM) as tx:
            made = active(tx)
            (truth,) = labels.by_ids(tx, [made.truth_id])
        assert (made.state, made.approved_by, made.expires_at) == (
            GoldenState.ACTIVE, OTHER.id, AT + service.HOLDS_FOR,
        )  # fmt: skip
        assert (truth.of, truth.of_id, truth.verdict) == ("golden", made.id, Verdict.VIOLATION)
        assert truth.hash != made.label_id

    def test_is_done_once(self, ready: Database):
        with ready.transaction(SYSTEM) as tx:
            one = active(tx)
            with acting(tx, OTHER) as mine, pytest.raises(GoldenMoved):
                service.approve_golden(mine, golden_id=one.id, at=AT)

    def test_of_what_is_not_there_says_so(self, ready: Database):
        with ready.transaction(OTHER) as tx, pytest.raises(NoSuchGolden):
            service.approve_golden(tx, golden_id=GoldenId("gld_x"), at=AT)

    def test_of_other_words_than_those_of_now_is_refused(self, ready: Database):
        with ready.transaction(SYSTEM) as tx:
            one = proposed(tx)
            tx.run("update quality.golden set clause_hash = 'of other words'")
            with acting(tx, OTHER) as mine, pytest.raises(BadGolden, match="changed"):
                service.approve_golden(mine, golden_id=one.id, at=AT)


class TestPlacing:
    def test_puts_a_copy_of_nobody_and_of_now_among_the_others(self, ready: Database, settings: Settings):
        with ready.transaction(SYSTEM) as tx:
            one = active(tx)
            rated(tx)
        later = AT + 30 * HOUR
        placed(ready, settings, at=later)
        with ready.transaction(SYSTEM) as tx:
            copy, original = the_copy(tx), triage.case(tx, one.case_id)
            (event,) = intake.events(tx, [each.event_id for each in triage.events_of_case(tx, case_id=copy.id)])
            (before,) = intake.events(tx, one.event_ids)
        assert [each.text for each in event.turns] == [each.text for each in before.turns]
        assert (copy.queue, copy.clause_ids, copy.severity) == (original.queue, original.clause_ids, original.severity)
        assert copy.subject_id != original.subject_id
        assert event.account != before.account
        assert event.conversation != before.conversation
        assert later - timedelta(minutes=2) < event.occurred_at < later
        assert copy.opened_at == later
        assert (copy.test, copy.sealed, copy.shown_as_test, event.test, event.sealed) == (
            True,
            True,
            False,
            False,
            True,
        )

    def test_is_drawn_by_a_keyed_hash_at_about_its_share(self, ready: Database, settings: Settings):
        with ready.transaction(SYSTEM) as tx:
            active(tx)
            rated(tx)
        come(ready, 120)
        with ready.transaction(SYSTEM) as tx:
            before = len(cases(tx))
        assert service.place_due(ready, settings=settings, rng=chance.rng(1), at=AT) == 1, (
            "one at a time of a known case"
        )
        with ready.transaction(SYSTEM) as tx:
            (placement,) = tx.rows("select * from quality.placement")
            assert len(cases(tx)) == before
        assert service.place_due(ready, settings=settings, rng=chance.rng(1), at=AT) == 0, "each case once"
        assert placement["because"] is not None

    def test_never_happens_without_a_share_or_without_a_case(self, ready: Database, settings: Settings):
        with ready.transaction(SYSTEM) as tx:
            active(tx)
            rated(tx, 0.0)
        come(ready, 30)
        assert service.place_due(ready, settings=settings, rng=chance.rng(1), at=AT) == 0

    def test_keeps_it_from_whoever_knows_the_case(self, ready: Database, settings: Settings):
        with ready.transaction(SYSTEM) as tx:
            workforce_ids(tx)
            active(tx)
            rated(tx)
        placed(ready, settings)
        with ready.transaction(SYSTEM) as tx:
            (task,) = tx.rows("select * from review.task where sealed")
        assert {ADA.id, LEAD.id, OTHER.id} <= set(task["excluded"])
        assert BEN.id not in task["excluded"]

    def test_gives_up_what_opened_no_case_and_asks_whether_it_still_holds(self, ready: Database, settings: Settings):
        with ready.transaction(SYSTEM) as tx:
            active(tx)
            rated(tx)
        come(ready, 120)
        assert service.place_due(ready, settings=settings, rng=chance.rng(1), at=AT) == 1
        service.place_due(ready, settings=settings, rng=chance.rng(1), at=AT + 2 * HOUR)
        with ready.transaction(LEAD) as tx:
            found = service.golden_set(tx, at=AT)
        assert found.items[0].state is GoldenState.STALE
        assert "no rule" in (found.items[0].why or "")
        assert found.answered.missed == 1

    def test_ends_with_its_time(self, ready: Database, settings: Settings):
        with ready.transaction(SYSTEM) as tx:
            one = active(tx)
        service.place_due(ready, settings=settings, rng=chance.rng(1), at=AT + service.HOLDS_FOR)
        with ready.transaction(LEAD) as tx:
            assert service.golden_view(tx, golden_id=one.id).golden.why == "its time is up"

    def test_takes_a_share_that_is_one(self, ready: Database):
        with ready.transaction(LEAD) as tx, pytest.raises(BadGolden, match="share"):
            service.set_golden_rate(tx, queue=QUEUE, share=0.5, at=AT)
        with ready.transaction(LEAD) as tx, pytest.raises(BadGolden, match="no such queue"):
            service.set_golden_rate(tx, queue=QueueName("nowhere"), share=0.01, at=AT)


def workforce_ids(tx: Tx) -> None:
    """Let the people of this test be known: whoever did something is kept out by name."""
    for one in (LEAD, OTHER, ADA, BEN):
        tx.run(
            "insert into workforce.reviewer (id, kind, name, roles, created_at) values (%(id)s, 'person', %(name)s, %(roles)s, %(at)s)"
            " on conflict do nothing",
            {"id": one.id, "name": one.name, "roles": ["analyst"], "at": AT},
        )


class TestAnswer:
    def answered(self, database: Database, settings: Settings, **judged_as: object) -> tuple[Golden, list[Comparison]]:
        with database.transaction(SYSTEM) as tx:
            workforce_ids(tx)
            one = active(tx)
            rated(tx)
        placed(database, settings)
        with database.transaction(SYSTEM) as tx:
            copy = the_copy(tx)
            (task_id,) = [row["id"] for row in tx.rows("select id from review.task where sealed")]
            with acting(tx, BEN) as mine:
                review.claim_task(mine, task_id=task_id, at=AT)
                task = review.task(mine, task_id)
                review.open_content(mine, task_id=task_id, purpose="review", at=AT)
            event_id = event_of(tx, task)
            given = a_judgement(event_id, findings=(a_finding(event_id, **judged_as),))
            with acting(tx, BEN) as mine:
                decision = review.decide(mine, task_id=task_id, judgement=given, at=AT + timedelta(minutes=3))
        assert decision.test is False, "whoever decides it is told of no test"
        service.answer_due(database, at=AT + HOUR)
        with database.transaction(SYSTEM) as tx:
            assert tx.value("select test and sealed from review.decision where id = %(id)s", {"id": decision.id})
            assert triage.case(tx, copy.id).state.value == "decided"
            return one, labels.comparisons(tx, decision_ids=[decision.id])

    def test_is_compared_with_what_experts_said(self, ready: Database, settings: Settings):
        one, (found,) = self.answered(ready, settings)
        assert (found.marks[Criterion.DECISION], found.reviewer_id) == (Mark.RIGHT, BEN.id)
        assert (found.headline, found.blind, found.audit_id, found.test) == (False, True, None, False)
        with ready.transaction(LEAD) as tx:
            view = service.golden_view(tx, golden_id=one.id)
        assert view.answered.right is not None
        assert (view.answered.placed, view.answered.waiting, view.answered.right.n) == (1, 0, 1)

    def test_counts_on_the_card_as_a_known_case_and_in_no_headline_figure(self, ready: Database, settings: Settings):
        self.answered(ready, settings, verdict=Verdict.NO_VIOLATION)
        with ready.transaction(LEAD) as tx:
            (row,) = tx.rows("select of, headline, n from quality.score_day where n > 0")
        assert (row["of"], row["headline"], row["n"]) == ("golden", False, 1)

    def test_asks_no_expert_and_is_put_to_no_plan(self, ready: Database, settings: Settings):
        self.answered(ready, settings, verdict=Verdict.NO_VIOLATION)
        assert service.ask_due(ready, at=AT + HOUR) == 0
        assert service.draw_due(ready, settings=settings, at=AT + HOUR) >= 0
        with ready.transaction(SYSTEM) as tx:
            assert tx.rows("select from quality.draw d join triage.case c on c.id = d.case_id where c.sealed") == []

    def test_is_given_to_nobody_twice(self, ready: Database, settings: Settings):
        self.answered(ready, settings)
        placed_again = 0
        for _ in range(10):
            come(ready, 10)
            placed_again += service.place_due(ready, settings=settings, rng=chance.rng(2), at=AT + HOUR)
        assert placed_again == 1
        with ready.transaction(SYSTEM) as tx:
            excluded = tx.value("select excluded from quality.placement order by id desc limit 1")
        assert BEN.id in excluded


class TestWithholding:
    def test_lasts_as_long_as_the_copy_is_in_hand_and_a_day_longer(self, ready: Database, settings: Settings):
        with ready.transaction(SYSTEM) as tx:
            workforce_ids(tx)
            one = active(tx)
            rated(tx)
        placed(ready, settings)
        with ready.transaction(SYSTEM) as tx:
            (task_id,) = [row["id"] for row in tx.rows("select id from review.task where sealed")]
            with acting(tx, BEN) as mine:
                review.claim_task(mine, task_id=task_id, at=AT)
            (ben,) = [each for each in workforce.reviewers(tx) if each.id == BEN.id]
        assert {one.case_id, one.subject_id} <= ben.withheld
        scoped = replace(BEN, scope=replace(BEN.scope, withheld=ben.withheld))
        with ready.transaction(scoped) as tx:
            assert tx.rows("select id from triage.case where id = %(id)s", {"id": one.case_id}) == []
            assert tx.rows("select id from review.search where case_id = %(id)s", {"id": one.case_id}) == []
        with ready.transaction(SYSTEM) as tx:
            with acting(tx, BEN) as mine:
                review.release(mine, task_id=task_id, at=AT)
            rows = tx.rows("select about, until from workforce.withheld where reviewer_id = %(id)s", {"id": BEN.id})
        assert {row["about"] for row in rows} >= {one.case_id}
        assert all(row["until"] is not None for row in rows)

    def test_keeps_the_original_from_what_is_shown_as_similar(self, ready: Database, settings: Settings):
        with ready.transaction(SYSTEM) as tx:
            one = active(tx)
            rated(tx)
        placed(ready, settings)
        with ready.transaction(SYSTEM) as tx:
            copy = the_copy(tx)
            with acting(tx, BEN) as mine:
                near = review.similar(mine, case_id=copy.id)
        assert one.case_id not in {each.case_id for each in near}


class TestSecondLook:
    def test_of_a_copy_is_kept_from_whoever_knows_it_too_whoever_asks_for_it(self, ready: Database, settings: Settings):
        with ready.transaction(SYSTEM) as tx:
            workforce_ids(tx)
            active(tx)
            rated(tx)
        placed(ready, settings)
        with ready.transaction(SYSTEM) as tx:
            copy = the_copy(tx)
            with acting(tx, BEN) as mine:
                second = review.offer(mine, case_id=copy.id, kind="second_look", excluded=[BEN.id], at=AT)
            excluded = tx.value("select excluded from review.task where id = %(id)s", {"id": second.id})
        assert {ADA.id, BEN.id, LEAD.id} <= set(excluded)


class TestWords:
    def test_that_changed_let_it_wait_until_somebody_says_it_holds(self, ready: Database):
        with ready.transaction(SYSTEM) as tx:
            one = active(tx)
            tx.run("update quality.golden set clause_hash = 'of other words'")
            assert service.golden_words_changed(tx, at=AT) == 1
            with acting(tx, LEAD) as mine:
                assert service.golden_view(mine, golden_id=one.id).golden.state is GoldenState.STALE
                with pytest.raises(BadGolden, match="sentence"):
                    service.golden_holds(mine, golden_id=one.id, note=" ", at=AT)
                made = service.golden_holds(mine, golden_id=one.id, note="The exception is not touched.", at=AT)
        assert (made.state, made.why) == (GoldenState.ACTIVE, None)
        with ready.transaction(SYSTEM) as tx:
            assert made.clause_hash == review.clause_hash(policy.current(tx), ClauseId("HAR-1"))

    def test_that_are_the_same_change_nothing(self, ready: Database):
        with ready.transaction(SYSTEM) as tx:
            active(tx)
            assert service.golden_words_changed(tx, at=AT) == 0


class TestEnd:
    def test_takes_a_reason_and_stays_an_end(self, ready: Database):
        with ready.transaction(SYSTEM) as tx:
            one = active(tx)
            with acting(tx, LEAD) as mine:
                with pytest.raises(BadGolden):
                    service.retire_golden(mine, golden_id=one.id, why="", at=AT)
                made = service.retire_golden(mine, golden_id=one.id, why="Everybody has seen it.", at=AT)
                with pytest.raises(GoldenMoved):
                    service.retire_golden(mine, golden_id=one.id, why="Again.", at=AT)
        assert (made.state, made.ended_at) == (GoldenState.RETIRED, AT)

    def test_comes_with_the_erasure_of_its_content_and_takes_every_copy_along(
        self, ready: Database, settings: Settings
    ):
        with ready.transaction(SYSTEM) as tx:
            one = active(tx)
            rated(tx)
        placed(ready, settings)
        with ready.transaction(SYSTEM) as tx:
            copy = the_copy(tx)
            with acting(tx, a_reviewer("root", roles=(Role.ADMINISTRATOR,))) as theirs:
                intake.erase(theirs, event_ids=one.event_ids, reason="asked for", at=AT)
            (event,) = intake.events(tx, [each.event_id for each in triage.events_of_case(tx, case_id=copy.id)])
            with acting(tx, LEAD) as mine:
                assert service.golden_view(mine, golden_id=one.id).golden.state is GoldenState.RETIRED
        assert event.erased_at is not None
        assert event.turns == ()


def test_reading_is_for_those_who_measure(ready: Database):
    for who in (ADA, a_reviewer("eve", roles=(Role.EXPERT,))):
        with ready.transaction(who) as tx, pytest.raises(NotAllowed):
            service.golden_set(tx, at=AT)
        with ready.transaction(who) as tx:
            assert tx.value("select count(*) from quality.golden") == 0
