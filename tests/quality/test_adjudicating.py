"""Judgements that differ wait for an expert, whose word makes comparisons count anew; reviewers dispute their card."""

from dataclasses import replace
from datetime import timedelta

import pytest

from assize.kernel.ids import AdjudicationId, ClauseId, ReviewerId
from assize.platform.db import Database, Tx
from assize.policy.models import Severity
from assize.quality import service
from assize.quality.errors import (
    AlreadyDisputed,
    BadRuling,
    NoSuchAdjudication,
    NoSuchDispute,
    NothingToDispute,
    NotImpartial,
    NotWaiting,
)
from assize.quality.logic.adjudicating import Answer
from assize.quality.models import Comparison, Criterion, Outcome
from assize.quality.models.adjudicating import Dispute, Disputed, DisputeView, Ruling
from assize.quality.store import audits, draws, labels
from assize.review.models import Verdict
from assize.workforce import service as workforce
from assize.workforce.errors import NotAllowed
from assize.workforce.models import SYSTEM, Role, SearchScope, ViewProfile
from builders.comparing import AT, a_comparison, compare, marks_of
from builders.quality import a_label, a_lead, an_audit
from builders.review import a_clean_judgement, a_policy, a_reviewer, a_task, acting, decided

DAY = timedelta(days=1)
ADA, EVE = a_reviewer("ada"), a_reviewer("eve", roles=(Role.EXPERT,))
OTHER = a_lead("olga")
LONG_AGO = AT - 30 * DAY
OPEN = Ruling(rationale="It can be read both ways.", clause=ClauseId("HAR-1"), ambiguous=True, gap="Quoted insults")


@pytest.fixture
def ready(fresh_database: Database) -> Database:
    """A database with a policy."""
    with fresh_database.transaction(SYSTEM) as tx:
        a_policy(tx)
    return fresh_database


def differed(tx: Tx, **given: object) -> Comparison:
    """Ada found a violation, and Quin, who audited it blind, none."""
    a_task(tx)
    decision = decided(tx, ADA)
    audit = an_audit(decision)
    audits.insert(tx, audit, keys=["HAR"])
    label = a_label(
        decision,
        audit,
        verdict=Verdict.NO_VIOLATION,
        clause=None,
        severity=Severity.SEV4,
        judgement=a_clean_judgement(),
    )
    labels.insert(tx, label)
    one = draws.decided(tx, [decision.id])[0]
    return compare(tx, a_comparison(one, label, "wnnnnnn", **({"outcome": Outcome.FALSE_POSITIVE} | given)))


@pytest.fixture
def asked(ready: Database) -> AdjudicationId:
    """An expert was asked of a decision that its audit called wrong."""
    with ready.transaction(SYSTEM) as tx:
        differed(tx)
    service.ask_due(ready, at=AT)
    with ready.transaction(EVE) as tx:
        return service.adjudications_waiting(tx)[0].id


def counted(tx: Tx) -> list[Comparison]:
    decisions = [row["id"] for row in tx.rows("select id from review.decision order by id")]
    return [one for one in labels.comparisons(tx, decision_ids=decisions) if one.current]


class TestAsking:
    def test_asks_once(self, ready: Database):
        with ready.transaction(SYSTEM) as tx:
            differed(tx)

        asked = [service.ask_due(ready, at=AT), service.ask_due(ready, at=AT + DAY)]

        assert asked == [1, 0]
        with ready.transaction(EVE) as tx:
            (one,) = service.adjudications_waiting(tx)
        assert (one.trigger, one.due_at > AT) == ("split-vote", True)

    def test_asks_of_nothing_that_agrees(self, ready: Database):
        with ready.transaction(SYSTEM) as tx:
            differed(tx)
            tx.run("update quality.comparison set technical = true")

        assert service.ask_due(ready, at=AT) == 0

    def test_asks_where_a_blind_second_look_differs(self, ready: Database):
        with ready.transaction(SYSTEM) as tx:
            differed(tx)
            tx.run("delete from quality.comparison")
            first = tx.one("select id, reviewer_id from review.decision")
            names = tx.value(
                "select string_agg(column_name, ', ') from information_schema.columns where table_schema = 'review'"
                " and table_name = 'decision' and is_generated = 'NEVER'"
            )
            tx.run(
                f"insert into review.decision ({names}) select {names} from (select (jsonb_populate_record(d,"
                " jsonb_build_object('id', d.id || 'z', 'task_id', null, 'reviewer_id', 'rev_bob', 'verdict', 'no_violation', 'view', 'blind',"
                " 'state', 'proposed'))).* from review.decision d) second"
            )

        asked = service.ask_due(ready, at=AT)

        assert asked == 1
        with ready.transaction(EVE) as tx:
            assert service.adjudications_waiting(tx)[0].decisions == (first["id"], f"{first['id']}z")


class TestAdjudicating:
    def test_replaces_what_the_label_said_and_keeps_its_history(self, ready: Database, asked: AdjudicationId):
        with ready.transaction(EVE) as tx:
            view = service.adjudication(tx, adjudication_id=asked)
            ruling = Ruling(rationale="The words are plain.", clause=ClauseId("HAR-1"), stands=view.decisions[0].id)

            done = service.adjudicate(tx, adjudication_id=asked, ruling=ruling, at=AT + DAY)

        assert done.word is not None
        assert (done.word.ambiguous, done.word.cited_clause) == (False, "HAR-1")
        with ready.transaction(SYSTEM) as tx:
            (now,) = counted(tx)
            kept = tx.value("select count(*) from quality.comparison where not current")
        assert (now.outcome, now.why, now.labeler_id, kept) == (Outcome.TRUE_POSITIVE, "adjudicated", EVE.id, 1)

    def test_counts_as_an_overturn_of_the_auditor_s_and_their_own_remark_does_not(self, tx: Tx):
        a_policy(tx)
        quin = workforce.add_past_rater(tx, name="quin", at=AT)
        first = differed(tx, labeler_id=quin)
        compare(
            tx,
            remarked := replace(first, id=f"{first.id}a", replaces=first.id, why="remarked", marks=marks_of("wnnnnwn")),
        )

        with acting(tx, OTHER) as mine:
            (before,) = service.auditor_cards(mine, days=28, at=AT)
        compare(
            tx, replace(remarked, id=f"{first.id}b", replaces=remarked.id, why="adjudicated", marks=marks_of("rrrnnnn"))
        )
        with acting(tx, OTHER) as mine:
            (after,) = service.auditor_cards(mine, days=28, at=AT)

        assert (before.judged, before.looked_at_again, after.judged, after.looked_at_again) == (1, 0, 1, 1)
        assert after.overturned.value == 1.0

    def test_that_the_policy_is_ambiguous_blames_nobody_and_opens_a_gap(self, ready: Database, asked: AdjudicationId):
        with ready.transaction(EVE) as tx:
            done = service.adjudicate(tx, adjudication_id=asked, ruling=OPEN, at=AT + DAY)
            gap = service.policy_gap(tx, gap_id=done.word.gap_id)

        assert (gap.gap.title, gap.gap.state, gap.gap.owner_id) == ("Quoted insults", "open", EVE.id)
        assert gap.cases == ((done.asked.case_id, asked),)
        with ready.transaction(SYSTEM) as tx:
            (now,) = counted(tx)
        assert (now.outcome, {one.value for one in now.marks.values()}) == (None, {"na"})

    @pytest.mark.parametrize("who", ["ada", "quin"])
    def test_is_not_for_whoever_decided_or_audited(self, ready: Database, asked: AdjudicationId, who: str):
        with ready.transaction(a_reviewer(who, roles=(Role.EXPERT,))) as tx:
            assert service.adjudications_waiting(tx) == []
            with pytest.raises(NoSuchAdjudication):
                service.adjudicate(tx, adjudication_id=asked, ruling=OPEN, at=AT)

    def test_is_not_for_those_who_see_their_own_work(self, ready: Database, asked: AdjudicationId):
        own = a_reviewer("eve", roles=(Role.EXPERT,), view=ViewProfile(search_scope=SearchScope.OWN))
        with ready.transaction(own) as tx:
            assert asked
            assert service.adjudications_waiting(tx) == []

    @pytest.mark.usefixtures("asked")
    def test_is_refused_to_analysts(self, ready: Database):
        with pytest.raises(NotAllowed), ready.transaction(ADA) as tx:
            service.adjudications_waiting(tx)

    def test_happens_once(self, ready: Database, asked: AdjudicationId):
        with ready.transaction(EVE) as tx:
            service.adjudicate(tx, adjudication_id=asked, ruling=OPEN, at=AT)

        with ready.transaction(OTHER) as tx, pytest.raises(NotWaiting):
            service.adjudicate(tx, adjudication_id=asked, ruling=OPEN, at=AT)

    @pytest.mark.parametrize(
        "ruling",
        [
            Ruling(rationale=" ", clause=ClauseId("HAR-1"), verdict=Verdict.VIOLATION, severity=Severity.SEV2),
            Ruling(rationale="Why.", clause=ClauseId(""), verdict=Verdict.VIOLATION, severity=Severity.SEV2),
            Ruling(rationale="Why.", clause=ClauseId("HAR-1")),
            Ruling(rationale="Why.", clause=ClauseId("HAR-1"), stands="dec_of_another"),
            Ruling(rationale="Why.", clause=ClauseId("HAR-1"), ambiguous=True),
        ],
        ids=["no reason", "no clause", "no judgement", "of another", "no gap"],
    )
    def test_needs_a_reason_a_clause_and_a_judgement(self, ready: Database, asked: AdjudicationId, ruling: Ruling):
        with pytest.raises(BadRuling), ready.transaction(EVE) as tx:
            service.adjudicate(tx, adjudication_id=asked, ruling=ruling, at=AT)

    def test_leaves_what_is_measured_hidden_from_the_expert_afterwards(self, ready: Database, asked: AdjudicationId):
        with ready.transaction(EVE) as tx:
            service.adjudication(tx, adjudication_id=asked)
            service.adjudicate(tx, adjudication_id=asked, ruling=OPEN, at=AT)

            assert tx.value("select count(*) from quality.comparison") == 0
            assert tx.value("select count(*) from platform.fact where measuring") == 0


class TestAGap:
    def test_tells_what_came_of_it(self, ready: Database, asked: AdjudicationId):
        with ready.transaction(EVE) as tx:
            gap_id = service.adjudicate(tx, adjudication_id=asked, ruling=OPEN, at=AT).word.gap_id
            moved = service.move_gap(
                tx,
                gap_id=gap_id,
                state="changed",
                owner_id=ReviewerId("rev_pia"),
                due_at=AT + DAY,
                change="Quotes are named as an exception.",
                at=AT + DAY,
            )

        assert (moved.gap.state, moved.gap.owner_id, moved.gap.changed_at) == ("changed", "rev_pia", AT + DAY)
        assert moved.effect is not None
        assert (moved.effect.before.n, moved.effect.before.value, moved.effect.after) == (1, 1.0, None)

    def test_is_not_closed_without_a_word(self, ready: Database, asked: AdjudicationId):
        with ready.transaction(EVE) as tx:
            gap_id = service.adjudicate(tx, adjudication_id=asked, ruling=OPEN, at=AT).word.gap_id
            with pytest.raises(BadRuling):
                service.move_gap(
                    tx, gap_id=gap_id, state="kept", owner_id=ReviewerId(EVE.id), due_at=AT, change=" ", at=AT
                )


def a_told_card(tx: Tx, n: int = 5) -> Disputed:
    """Ada's card tells differences of a span that is long over."""
    for _ in range(n):
        differed(tx, compared_at=LONG_AGO)
    with acting(tx, ADA) as mine:
        (period,) = service.own_card(mine, at=AT).periods
    (one,) = period.differences
    return Disputed(since=period.since, until=period.until, criterion=one.criterion, family=one.family, how=one.how)


def disputed(tx: Tx) -> Dispute:
    of = a_told_card(tx)
    with acting(tx, ADA) as mine:
        return service.dispute(mine, of=of, reason="The clause names it.", at=AT)


def viewed(tx: Tx, one: Dispute) -> DisputeView:
    with acting(tx, OTHER) as mine:
        return service.dispute_view(mine, dispute_id=one.id)


class TestDisputing:
    @pytest.fixture(autouse=True)
    def _a_policy(self, tx: Tx) -> None:
        a_policy(tx)

    def test_is_of_what_one_s_own_card_tells(self, tx: Tx):
        made = disputed(tx)

        assert (made.n, made.state, made.due_at > AT) == (5, "open", True)
        assert len(viewed(tx, made).about) == 5

    def test_tells_the_reviewer_nothing_of_the_cases(self, tx: Tx):
        disputed(tx)

        with acting(tx, ADA) as mine:
            (one,) = service.own_disputes(mine)
            hidden = mine.value("select count(*) from quality.dispute")

        assert (one.reviewer_id, one.decided_by, hidden) == (ADA.id, None, 0)

    def test_of_what_no_card_tells_is_refused(self, tx: Tx):
        of = a_told_card(tx)

        with acting(tx, a_reviewer("bob")) as mine, pytest.raises(NothingToDispute):
            service.dispute(mine, of=of, reason="The clause names it.", at=AT)

    def test_after_its_time_is_refused(self, tx: Tx):
        of = a_told_card(tx)

        with acting(tx, ADA) as mine, pytest.raises(NothingToDispute):
            service.dispute(mine, of=of, reason="The clause names it.", at=AT + 60 * DAY)

    def test_needs_a_reason(self, tx: Tx):
        of = a_told_card(tx)

        with acting(tx, ADA) as mine, pytest.raises(BadRuling):
            service.dispute(mine, of=of, reason=" ", at=AT)

    def test_happens_once(self, tx: Tx):
        made = disputed(tx)

        with acting(tx, ADA) as mine, pytest.raises(AlreadyDisputed):
            service.dispute(mine, of=made.of, reason="The clause names it.", at=AT)

    def test_makes_scores_count_anew_where_it_is_accepted_and_keeps_history(self, tx: Tx):
        made = disputed(tx)
        about = viewed(tx, made).about
        answers = {one.id: Answer.ACCEPT for one in about[:3]} | {one.id: Answer.REJECT for one in about[3:]}

        with acting(tx, OTHER) as mine:
            done = service.answer_dispute(
                mine, dispute_id=made.id, answers=answers, answer="Three are as you say.", at=AT
            )

        assert done.dispute.state == "in_part"
        assert sorted(one.why for one in counted(tx)) == ["dispute-accept"] * 3 + ["dispute-reject"] * 2
        with acting(tx, ADA) as mine:
            (period,) = service.own_card(mine, at=AT).periods
        assert [(one.criterion, one.n) for one in period.differences] == [(Criterion.DECISION, 2)]

    @pytest.mark.parametrize("who", ["quin", "ada"])
    def test_is_not_answered_by_whoever_had_a_part_in_it(self, tx: Tx, who: str):
        made = disputed(tx)
        answers = {one.id: Answer.REJECT for one in viewed(tx, made).about}

        with acting(tx, a_lead(who)) as mine, pytest.raises((NotImpartial, NoSuchDispute)):
            service.answer_dispute(mine, dispute_id=made.id, answers=answers, answer="No.", at=AT)

    def test_is_answered_whole_and_once(self, tx: Tx):
        made = disputed(tx)
        answers = {one.id: Answer.REJECT for one in viewed(tx, made).about}

        with acting(tx, OTHER) as mine:
            with pytest.raises(BadRuling):
                service.answer_dispute(mine, dispute_id=made.id, answers={}, answer="No.", at=AT)
            service.answer_dispute(mine, dispute_id=made.id, answers=answers, answer="No.", at=AT)
            with pytest.raises((NotWaiting, BadRuling)):
                service.answer_dispute(mine, dispute_id=made.id, answers=answers, answer="No.", at=AT)
