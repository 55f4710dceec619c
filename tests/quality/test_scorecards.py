"""Scorecards as they are kept and asked for: sums follow comparisons, and everybody sees what is theirs."""

from dataclasses import replace
from datetime import timedelta

import pytest

from assize.kernel.actor import Scope
from assize.kernel.ids import ReviewerId, TeamId
from assize.platform.db import Tx
from assize.policy import service as policy
from assize.quality import service
from assize.quality.errors import BadScoring, NoSuchCard
from assize.quality.models import Comparison, Outcome
from assize.quality.models.scoring import STARTING, Of
from assize.quality.store import audits, draws, labels
from assize.quality.store.scores import sums
from assize.triage import service as triage
from assize.workforce import service as workforce
from assize.workforce.errors import NotAllowed
from assize.workforce.models import Role, SearchScope, ViewProfile
from builders.comparing import AT, a_comparison, compare, marks_of
from builders.quality import a_label, a_lead, an_audit
from builders.review import a_policy, a_reviewer, a_task, acting, decided

SPAN = sums.Span(since=AT - timedelta(days=1), until=AT + timedelta(days=1))


def compared(tx: Tx, marks: str = "rrrrrrr", **given: object) -> Comparison:
    """Compare a decision of Ada's with a blind label of an audit."""
    if not policy.published(tx):
        a_policy(tx)
    a_task(tx)
    decision = decided(tx, a_reviewer("ada"))
    audit = an_audit(decision)
    audits.insert(tx, audit, keys=["HAR"])
    label = a_label(decision, audit)
    labels.insert(tx, label)
    return compare(tx, a_comparison(draws.decided(tx, [decision.id])[0], label, marks, **given))


def sums_of(tx: Tx) -> dict[str, int]:
    cells = sums.cells(tx, Of.REVIEWERS, SPAN)
    return {cell.marks: cell.n for cell in cells.get("rev_ada", [])}


def many(tx: Tx, one: Comparison, n: int) -> None:
    """Add so many comparisons like one to the sums, as n cases would."""
    tx.run(
        "update quality.score_day set n = n + %(n)s where reviewer_id = %(who)s",
        {"n": n, "who": one.reviewer_id},
    )


class TestSums:
    def test_follow_what_is_compared(self, tx: Tx):
        compared(tx, "rrwrrrr")

        assert sums_of(tx) == {"rrwrrrr": 1}

    def test_are_the_same_as_the_rows(self, tx: Tx):
        compared(tx, "rrwrrrr", outcome=Outcome.TRUE_POSITIVE)

        by_sums = sums.cells(tx, Of.REVIEWERS, SPAN)
        tx.actor = a_lead(scope=Scope(everything=True, recused=frozenset({"case_of_nobody"})))
        by_rows = sums.cells(tx, Of.REVIEWERS, SPAN)

        assert by_sums == by_rows

    def test_take_out_what_was_replaced(self, tx: Tx):
        first = compared(tx, "wnnnnnn")

        tx.run("update quality.comparison set current = false where id = %(id)s", {"id": first.id})
        compare(tx, replace(first, id=f"{first.id}x", marks=marks_of("rrrrrrr"), replaces=first.id))

        assert sums_of(tx) == {"rrrrrrr": 1}

    def test_leave_tests_out(self, tx: Tx):
        compared(tx, test=True)

        assert sums_of(tx) == {}

    def test_go_where_their_case_is_withheld(self, tx: Tx):
        one = compared(tx)

        triage.restrict(tx, case_id=one.case_id, compartment="sealed", at=AT)

        with acting(tx, a_lead()) as mine:
            assert sums_of(mine) == {}
        assert sums_of(tx) == {"rrrrrrr": 1}

    def test_do_not_exist_for_those_who_are_measured(self, tx: Tx):
        compared(tx)

        with acting(tx, a_reviewer("ada")) as mine:
            assert mine.value("select count(*) from quality.score_day") == 0


class TestBoard:
    def test_shows_who_decided(self, tx: Tx):
        one = compared(tx)
        many(tx, one, 30)

        with acting(tx, a_lead()) as mine:
            (found,) = service.scorecards(mine, of=Of.REVIEWERS, days=28, at=AT).cards

        assert (found.who.id, found.drawn, found.accuracy.n) == ("rev_ada", 31, 31)

    @pytest.mark.parametrize(
        "view", [{"vendor": True}, {"view": ViewProfile(search_scope=SearchScope.TEAM)}], ids=["vendor", "team"]
    )
    def test_of_a_team_shows_the_team_alone(self, tx: Tx, view):
        compared(tx)
        compared(tx, team_id=TeamId("team_b"), vendor=True, reviewer_id=ReviewerId("rev_bob"))

        with acting(tx, a_lead("mia", team_id=TeamId("team_b"), **view)) as mine:
            found = service.scorecards(mine, of=Of.REVIEWERS, days=28, at=AT).cards

        assert [one.who.id for one in found] == ["rev_bob"]

    def test_is_not_for_those_who_are_measured(self, tx: Tx):
        with pytest.raises(NotAllowed), acting(tx, a_reviewer("ada")) as mine:
            service.scorecards(mine, of=Of.REVIEWERS, days=28, at=AT)

    def test_tells_work_apart_from_waiting(self, tx: Tx):
        compared(tx)

        with acting(tx, a_lead()) as mine:
            (found,) = service.scorecards(mine, of=Of.REVIEWERS, days=28, at=AT).cards

        assert found.work is not None
        assert found.work.decided == 1


class TestOneCard:
    def test_comes_with_its_trend(self, tx: Tx):
        reviewer_id = workforce.add_past_rater(tx, name="ada", at=AT)
        compared(tx, "wnnnnnn", reviewer_id=reviewer_id)

        with acting(tx, a_lead()) as mine:
            found = service.scorecard(mine, reviewer_id=reviewer_id, days=28, at=AT)

        assert [(one.wrong, one.n) for one in found.trend] == [(1, 1)]
        assert found.drift > 1

    def test_of_another_team_is_not_there(self, tx: Tx):
        reviewer_id = workforce.add_past_rater(tx, name="ada", at=AT)

        with pytest.raises(NoSuchCard), acting(tx, a_lead("mia", team_id=TeamId("team_b"), vendor=True)) as mine:
            service.scorecard(mine, reviewer_id=reviewer_id, days=28, at=AT)


class TestOwnCard:
    def test_tells_nothing_of_fresh_or_single_comparisons(self, tx: Tx):
        compared(tx, "wnnnnnn", compared_at=AT - timedelta(days=30))
        compared(tx, "wnnnnnn", compared_at=AT)

        with acting(tx, a_reviewer("ada")) as mine:
            found = service.own_card(mine, at=AT + timedelta(days=2))

        assert found.periods == ()

    def test_tells_whole_spans_with_reasons(self, tx: Tx):
        for _ in range(5):
            compared(tx, "wnnnnnn", outcome=Outcome.FALSE_NEGATIVE, compared_at=AT - timedelta(days=30))

        with acting(tx, a_reviewer("ada")) as mine:
            (found,) = service.own_card(mine, at=AT).periods

        assert (found.n, found.right.value) == (5, 0.0)
        assert [(one.how, one.n) for one in found.differences] == [("passed over", 5)]

    def test_is_nobody_else_s(self, tx: Tx):
        for _ in range(5):
            compared(tx, compared_at=AT - timedelta(days=30))

        with acting(tx, a_reviewer("bob")) as mine:
            assert service.own_card(mine, at=AT).periods == ()

    def test_leaves_what_is_measured_hidden_afterwards(self, tx: Tx):
        compared(tx)

        with acting(tx, a_reviewer("ada")) as mine:
            service.own_card(mine, at=AT)

            assert mine.value("select count(*) from quality.comparison") == 0


class TestAuditors:
    def test_are_told_what_became_of_their_judgements(self, tx: Tx):
        reviewer_id = workforce.add_past_rater(tx, name="quin", at=AT)
        first = compared(tx, "wnnnnnn", labeler_id=reviewer_id)
        tx.run("update quality.comparison set current = false where id = %(id)s", {"id": first.id})
        compare(tx, replace(first, id=f"{first.id}x", marks=marks_of("rrrrrrr"), replaces=first.id))

        with acting(tx, a_lead()) as mine:
            (found,) = service.auditor_cards(mine, days=28, at=AT)

        assert (found.judged, found.overturned.value) == (1, 1.0)


class TestScoring:
    def test_is_a_version_that_counts_from_now_on(self, tx: Tx):
        with acting(tx, a_lead()) as mine:
            service.score_by(mine, wanted=replace(STARTING, least=5, note="Small teams."), at=AT)

            assert [(one.version, one.least) for one in service.scorings(mine)] == [(1, 5), (0, 20)]
            assert service.scoring_now(mine).weights == STARTING.weights

    def test_that_makes_no_sense_is_refused(self, tx: Tx):
        with pytest.raises(BadScoring), acting(tx, a_lead()) as mine:
            service.score_by(mine, wanted=replace(STARTING, harm=(0, 1, 2, 3, 4, 5)), at=AT)

    def test_is_for_those_who_plan(self, tx: Tx):
        with pytest.raises(NotAllowed), acting(tx, a_reviewer("ona", roles=(Role.AUDITOR,))) as mine:
            service.score_by(mine, wanted=STARTING, at=AT)


class TestAgreement:
    def test_is_of_blind_pairs_drawn_by_chance(self, tx: Tx):
        compared(tx)
        compared(tx, blind=False)
        compared(tx, headline=False)

        with acting(tx, a_lead()) as mine:
            found = service.agreements(mine, days=28, at=AT)

        assert (found.overall.n, list(found.by_family), list(found.by_queue)) == (1, ["HAR"], ["general"])
