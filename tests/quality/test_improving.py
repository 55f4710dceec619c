"""Causes of errors rolled up, what is done about them, and its effect."""

from datetime import timedelta

import pytest

from assize.kernel.ids import ImprovementId, ReviewerId, TeamId
from assize.platform.db import Database, Tx
from assize.quality import service
from assize.quality.errors import BadImprovement, ImprovementOver, NoSuchImprovement
from assize.quality.logic.causes import cause_of, rate_of
from assize.quality.models import Criterion
from assize.quality.models.improving import CauseKind, Wrongs
from assize.quality.store import audits, draws, labels
from assize.workforce.errors import NoSuchReviewer, NotAllowed
from assize.workforce.models import SYSTEM, SearchScope, ViewProfile
from builders.comparing import a_comparison, compare
from builders.quality import AT, a_label, a_lead, an_audit
from builders.review import a_policy, a_reviewer, a_task, decided

LEAD = a_lead()
DAY = timedelta(days=1)


def wrongs(*counts: tuple[int, int]) -> list[Wrongs]:
    return [
        Wrongs(reviewer_id=ReviewerId(f"rev_{number}"), wrong=wrong, n=n) for number, (wrong, n) in enumerate(counts)
    ]


class TestCause:
    def test_is_coaching_where_one_stands_out(self):
        assert cause_of(wrongs((12, 40), (1, 40), (2, 40), (1, 40))) == (CauseKind.COACHING, ("rev_0",))

    def test_is_training_where_several_do(self):
        found = cause_of(wrongs((20, 40), (18, 40), (0, 40), (1, 40), (0, 40)))
        assert found == (CauseKind.TRAINING, ("rev_0", "rev_1"))

    def test_is_the_policy_where_everybody_errs(self):
        assert cause_of(wrongs((12, 40), (14, 40), (13, 40), (2, 40))) == (CauseKind.POLICY_GAP, ())

    def test_is_nothing_where_errors_are_few_or_few_were_compared(self):
        assert cause_of(wrongs((1, 40), (2, 40), (0, 40))) is None
        assert cause_of(wrongs((5, 9), (0, 9))) is None
        assert cause_of([]) is None

    def test_of_somebody_without_others_is_their_own_interval(self):
        assert cause_of(wrongs((12, 40))) == (CauseKind.COACHING, ("rev_0",))

    def test_has_the_rate_of_all_of_them(self):
        found = rate_of(wrongs((1, 10), (2, 30)))
        assert found is not None
        assert (found.value, found.n) == (pytest.approx(3 / 40), 40)


@pytest.fixture
def ready(fresh_database: Database) -> Database:
    """A database with a policy and a lead who is known."""
    with fresh_database.transaction(SYSTEM) as tx:
        a_policy(tx)
        tx.run(
            "insert into workforce.reviewer (id, kind, name, roles, created_at)"
            " select id, 'person', id, '{analyst}', now() from unnest(array['rev_quin', 'rev_ada', 'rev_ben']) as id"
        )
    return fresh_database


def compared(tx: Tx, marks: str, *, at=AT, technical: bool = False) -> None:
    a_task(tx, external_id=f"of-{marks}-{at.isoformat()}-{technical}", at=at)
    decision = decided(tx, a_reviewer("ada"), at=at)
    audit = an_audit(decision)
    audits.insert(tx, audit, keys=["HAR"])
    label = a_label(decision, audit)
    labels.insert(tx, label)
    compare(tx, a_comparison(draws.decided(tx, [decision.id])[0], label, marks, technical=technical, decided_at=at))


def begun(tx: Tx, **given: object):
    said = {"cause": CauseKind.COACHING, "problem": "Quoted insults are taken for one's own.", "action": "Read HAR-1 together.",
            "owner_id": ReviewerId("rev_quin"), "due_at": AT + 14 * DAY, "family": "HAR", "criterion": Criterion.DECISION,
            "reviewers": [ReviewerId("rev_ada")], "at": AT}  # fmt: skip
    return service.begin_improvement(tx, **(said | given))


class TestRollUp:
    def test_finds_one_who_stands_out_and_what_the_tools_cost(self, ready: Database):
        with ready.transaction(SYSTEM) as tx:
            for number in range(12):
                compared(tx, "wnnnnnn" if number % 2 else "rnnnnnn", at=AT + number * timedelta(minutes=1))
            compared(tx, "wnnnnnn", at=AT + DAY, technical=True)
        with ready.transaction(LEAD) as tx:
            found = service.causes(tx, at=AT + 2 * DAY)
        (cause,) = found.causes
        assert (cause.family, cause.criterion, cause.kind, cause.reviewers) == (
            "HAR", Criterion.DECISION, CauseKind.COACHING, ("rev_ada",),
        )  # fmt: skip
        assert (cause.rate.n, cause.rate.value) == (12, 0.5)
        (tools,) = found.tooling
        assert (tools.family, tools.n, len(tools.cases)) == ("HAR", 1, 1)
        assert tools.hours >= 0

    def test_is_for_those_who_see_everybodys_work(self, ready: Database):
        with ready.transaction(a_lead(view=ViewProfile(search_scope=SearchScope.TEAM))) as tx:
            assert service.causes(tx, at=AT).causes == ()
        with ready.transaction(a_reviewer("ada")) as tx, pytest.raises(NotAllowed):
            service.causes(tx, at=AT)


class TestImprovement:
    def test_of_coaching_is_read_by_whom_it_is_for_and_by_nobody_else(self, ready: Database):
        with ready.transaction(LEAD) as tx:
            one = begun(tx)
        with ready.transaction(a_reviewer("ada")) as tx:
            assert [each.id for each in service.own_improvements(tx)] == [one.id]
        with ready.transaction(a_reviewer("ben")) as tx:
            assert service.own_improvements(tx) == []

    def test_of_coaching_is_of_one_and_a_corrective_plan_of_a_team(self, ready: Database):
        with ready.transaction(LEAD) as tx:
            with pytest.raises(BadImprovement, match="one person"):
                begun(tx, reviewers=[ReviewerId("rev_ada"), ReviewerId("rev_ben")])
            with pytest.raises(BadImprovement, match="team"):
                begun(tx, cause=CauseKind.CORRECTIVE, reviewers=[])
            with pytest.raises(BadImprovement, match="say it"):
                begun(tx, problem=" ")
            made = begun(tx, cause=CauseKind.CORRECTIVE, reviewers=[], team_id=TeamId("team_x"))
        assert made.team_id == "team_x"

    def test_is_done_by_its_owner_or_whoever_plans_once(self, ready: Database):
        with ready.transaction(LEAD) as tx:
            one = begun(tx, owner_id=ReviewerId("rev_ben"))
        with ready.transaction(a_reviewer("ada")) as tx, pytest.raises(NoSuchImprovement):
            service.finish_improvement(tx, improvement_id=one.id, result="Done.", at=AT + DAY)
        with ready.transaction(a_reviewer("ben")) as tx:
            done = service.finish_improvement(tx, improvement_id=one.id, result="Read and talked over.", at=AT + DAY)
        assert done.improvement.done_by == "rev_ben"
        with ready.transaction(LEAD) as tx, pytest.raises(ImprovementOver):
            service.finish_improvement(tx, improvement_id=one.id, result="Again.", at=AT + DAY)
        with ready.transaction(LEAD) as tx, pytest.raises(NoSuchImprovement):
            service.finish_improvement(tx, improvement_id=ImprovementId("imp_x"), result="Nothing.", at=AT)

    def test_of_the_policy_goes_onto_the_list_of_its_gaps_with_the_cases_that_show_it(self, ready: Database):
        with ready.transaction(SYSTEM) as tx:
            for number in range(3):
                compared(tx, "wnnnnnn", at=AT + number * timedelta(minutes=1))
            compared(tx, "rnnnnnn", at=AT + DAY)
        with ready.transaction(LEAD) as tx:
            begun(tx, cause=CauseKind.POLICY_GAP, reviewers=[], at=AT + DAY)
            (gap,) = service.policy_gaps(tx)
        assert (gap.clause, gap.title, gap.cases) == ("HAR", "Quoted insults are taken for one's own.", 3)

    def test_is_measured_afterwards(self, ready: Database):
        with ready.transaction(SYSTEM) as tx:
            for number in range(6):
                compared(tx, "wnnnnnn", at=AT - DAY + number * timedelta(minutes=1))
        with ready.transaction(LEAD) as tx:
            one = begun(tx)
            service.finish_improvement(tx, improvement_id=one.id, result="Read and talked over.", at=AT + DAY)
        with ready.transaction(SYSTEM) as tx:
            for number in range(6):
                compared(tx, "rnnnnnn", at=AT + 2 * DAY + number * timedelta(minutes=1))
        with ready.transaction(LEAD) as tx:
            (view,) = service.causes(tx, at=AT + 3 * DAY).improvements
        assert view.effect is not None
        assert (view.effect.before.value, view.effect.after.value) == (1, 0)
        assert view.effect.difference.high < 0


def test_owners_are_people_who_are_there(ready: Database):
    with ready.transaction(LEAD) as tx, pytest.raises(NoSuchReviewer):
        begun(tx, owner_id=ReviewerId("rev_nobody"))
