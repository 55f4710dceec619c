"""Courses: published, taken, passed by a bound, asked for by appointments, and taken again where words changed."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta

import pytest

from assize.kernel.actor import Actor
from assize.kernel.ids import CaseId, ClauseId, CourseId, ReviewerId, TakenId
from assize.platform.db import Database, Tx
from assize.policy.models import Severity
from assize.quality import service
from assize.quality.errors import BadCourse, CourseOver, NoSuchCourse, NotTrained
from assize.quality.logic.courses import changed, least_items, may_miss, passes
from assize.quality.models.calibrating import Said
from assize.quality.models.course import Course, Taken, TakenState, TakenView
from assize.quality.models.golden import GoldenState
from assize.quality.service.courses import trained
from assize.quality.store import audits, labels
from assize.quality.store.known import placements
from assize.review import service as review
from assize.review.models import Verdict
from assize.workforce import service as workforce
from assize.workforce.errors import NotAllowed
from assize.workforce.models import SYSTEM, CertificateState, Principal, Role
from builders.quality import AT, a_label, a_lead, an_audit
from builders.review import ACTIONS, CLAUSES, CODES, a_policy, a_reviewer, a_task, acting, decided
from builders.triage import a_clause, a_pack, a_published_policy

LEAD, OTHER, ADA = a_lead(), a_lead("olga"), a_reviewer("ada")
MANAGER = a_reviewer("mia", roles=(Role.OPERATIONS_MANAGER,))
HALF = 0.5  # five known cases show an error under a half
SAYS_SO = Said(
    verdict=Verdict.VIOLATION, clause=ClauseId("HAR-1"), severity=Severity.SEV3, rationale="It is an insult."
)
SAYS_NO = Said(verdict=Verdict.NO_VIOLATION, clause=ClauseId("HAR-1"), severity=Severity.SEV4, rationale="It is none.")


class TestBound:
    """Against the exact bound: (1 - p)^n <= .05 where none is wrong."""

    @pytest.mark.parametrize(("bound", "least"), [(0.5, 5), (0.2, 14), (0.1, 29), (0.05, 59)])
    def test_takes_as_many_cases_as_can_show_it(self, bound: float, least: int):
        assert least_items(bound) == least
        assert may_miss(least - 1, bound) is None
        assert may_miss(least, bound) == 0

    @pytest.mark.parametrize(("n", "bound", "most"), [(30, 0.2, 2), (50, 0.2, 5), (100, 0.2, 13), (100, 0.1, 4)])
    def test_lets_as_many_be_wrong_as_still_show_it(self, n: int, bound: float, most: int):
        """scipy.stats.beta.ppf(.95, k + 1, n - k): .1953 at 2 of 30, .1838 at 4 and .2023 at 5 of 50 …"""
        found = may_miss(n, bound)
        assert found is not None
        assert abs(found - most) <= 1
        assert passes(n, found, bound)
        assert not passes(n, found + 1, bound)

    def test_of_too_few_cases_lets_none_be_wrong(self):
        assert passes(3, 0, 0.2)
        assert not passes(3, 1, 0.2)
        assert passes(0, 0, 0.2)

    def test_of_words_that_changed_asks_for_these_alone(self):
        before = {"A-1": "x", "A-2": "y", "A-3": "z"}
        assert changed(before, {"A-1": "x", "A-2": "new", "A-4": "w"}) == ("A-2", "A-4")


class Undone(Exception):
    """Ends a transaction of a test without keeping what it did."""


@dataclass(frozen=True)
class Ready:
    """A database in which nothing that a test does is kept: what takes long is made once for all of them."""

    database: Database

    @contextmanager
    def transaction(self, actor: Actor) -> Iterator[Tx]:
        with suppress(Undone), self.database.transaction(actor) as tx:
            yield tx
            raise Undone


@pytest.fixture(scope="module")
def ready(module_database: Database) -> Ready:
    """A database with a policy, and seven known cases of a family."""
    with module_database.transaction(SYSTEM) as tx:
        a_policy(tx)
        for number in range(7):
            known_case(tx, number)
    return Ready(module_database)


def known_case(tx: Tx, number: int) -> None:
    a_task(
        tx, text=f"insultword number {number} of words that are others {number * 7919}", external_id=f"known-{number}"
    )
    decision = decided(tx, ADA)
    audit = an_audit(decision)
    audits.insert(tx, audit, keys=["HAR"])
    label = a_label(decision, audit)
    labels.insert(tx, label)
    with acting(tx, LEAD) as mine:
        one = service.propose_golden(mine, label_id=label.id, at=AT)
    with acting(tx, OTHER) as mine:
        service.approve_golden(mine, golden_id=one.id, at=AT)


def a_learner(tx: Tx) -> Principal:
    at = AT - timedelta(days=1)
    new = workforce.add_person(tx, name="Nia", email="nia@example.org", roles=[Role.ANALYST], in_training=True, at=at)
    return a_reviewer("nia", id=new, certificates=())


def a_course(tx: Tx, **given: object) -> Course:
    with acting(tx, LEAD) as mine:
        return service.publish_course(
            mine, **({"title": "Harassment", "family": "HAR", "bound": HALF, "at": AT} | given)
        )


def on_it(tx: Tx, learner: Principal, of: Course) -> Taken:
    with acting(tx, LEAD) as mine:
        return service.enrol(mine, course_id=of.id, reviewer_id=ReviewerId(learner.id), at=AT)


def read(tx: Tx, learner: Principal, taken: Taken) -> TakenView:
    with acting(tx, learner) as mine:
        for clause in taken.sections:
            view = service.read_section(mine, taken_id=taken.id, clause=clause, at=AT)
    return view


def answered(tx: Tx, learner: Principal, view: TakenView, *, wrong: int = 0) -> TakenView:
    with acting(tx, learner) as mine:
        while view.next is not None:
            said = SAYS_NO if len(view.taught) < wrong else SAYS_SO
            view = service.answer_item(mine, item_id=view.next.id, said=said, at=AT)
    return view


def taken(tx: Tx, *, wrong: int = 0) -> tuple[Principal, TakenView]:
    learner = a_learner(tx)
    one = on_it(tx, learner, a_course(tx))
    return learner, answered(tx, learner, read(tx, learner, one), wrong=wrong)


class TestPublishing:
    def test_asks_for_as_few_cases_as_can_show_the_bound(self, ready: Ready):
        with ready.transaction(SYSTEM) as tx:
            made = a_course(tx)
        assert (made.n, made.version, made.sections) == (5, 1, ("HAR-1", "HAR-2"))

    def test_replaces_the_one_before(self, ready: Ready):
        with ready.transaction(SYSTEM) as tx:
            a_course(tx)
            assert a_course(tx).version == 2
            with acting(tx, LEAD) as mine:
                found = service.course_standings(mine, at=AT)
        assert [one.course.ended_at is None for one in found] == [True, False]
        assert [one.known for one in found] == [7, 7]

    @pytest.mark.parametrize(
        ("given", "says"),
        [
            ({"n": 4}, "takes 5"),
            ({"family": "XYZ"}, "no clause"),
            ({"title": " "}, "title"),
            ({"bound": 1.0}, "between"),
        ],
    )
    def test_refuses_what_can_show_nothing(self, ready: Ready, given: dict[str, object], says: str):
        with ready.transaction(SYSTEM) as tx, pytest.raises(BadCourse, match=says):
            a_course(tx, **given)

    def test_is_for_those_who_plan(self, ready: Ready):
        with ready.transaction(ADA) as tx, pytest.raises(NotAllowed):
            service.publish_course(tx, title="X", family="HAR", at=AT)


class TestEnrolling:
    def test_takes_known_cases_that_the_learner_does_not_know(self, ready: Ready):
        with ready.transaction(SYSTEM) as tx:
            made = a_course(tx)
            tx.run(
                "insert into workforce.reviewer (id, kind, name, roles, created_at)"
                " values ('rev_ada', 'person', 'Ada', '{analyst}', now())"
            )
            with acting(tx, LEAD) as mine, pytest.raises(BadCourse, match="there are 0"):
                service.enrol(mine, course_id=made.id, reviewer_id=ReviewerId("rev_ada"), at=AT)

    def test_happens_once_at_a_time(self, ready: Ready):
        with ready.transaction(SYSTEM) as tx:
            learner, made = a_learner(tx), a_course(tx)
            on_it(tx, learner, made)
            with pytest.raises(BadCourse, match="are on"):
                on_it(tx, learner, made)

    def test_can_be_taken_back(self, ready: Ready):
        with ready.transaction(SYSTEM) as tx:
            learner, made = a_learner(tx), a_course(tx)
            one = on_it(tx, learner, made)
            with acting(tx, LEAD) as mine:
                service.withdraw_taken(mine, taken_id=one.id, at=AT)
                with pytest.raises(CourseOver):
                    service.withdraw_taken(mine, taken_id=one.id, at=AT)
                assert [each.state for each in service.takers(mine, course_id=made.id)] == [TakenState.WITHDRAWN]


class TestTaking:
    def test_begins_with_reading(self, ready: Ready):
        with ready.transaction(SYSTEM) as tx:
            learner = a_learner(tx)
            one = on_it(tx, learner, a_course(tx))
            with acting(tx, learner) as mine:
                begun = service.read_section(mine, taken_id=one.id, clause=ClauseId("HAR-1"), at=AT)
                assert (begun.items, begun.next) == (0, None)
                with pytest.raises(BadCourse, match="no such section"):
                    service.read_section(mine, taken_id=one.id, clause=ClauseId("SPM-1"), at=AT)
                ready_now = service.read_section(mine, taken_id=one.id, clause=ClauseId("HAR-2"), at=AT)
            assert (ready_now.items, ready_now.may_miss) == (5, 0)

    def test_judges_blind_and_is_told_afterwards_what_experts_say(self, ready: Ready):
        with ready.transaction(SYSTEM) as tx:
            learner = a_learner(tx)
            view = read(tx, learner, on_it(tx, learner, a_course(tx)))
            case_id = view.next.case_id
            with acting(tx, learner) as mine:
                assert case_id in review.blind_cases(mine)
                assert review.case_view(mine, case_id=CaseId(case_id)).decisions == ()
                told = service.answer_item(mine, item_id=view.next.id, said=SAYS_NO, at=AT)
                assert case_id not in review.blind_cases(mine)
            (taught,) = told.taught
        assert (taught.item.right, taught.truth[0], bool(taught.why)) == (False, Verdict.VIOLATION, True)

    def test_answers_once_and_for_oneself(self, ready: Ready):
        with ready.transaction(SYSTEM) as tx:
            learner = a_learner(tx)
            view = read(tx, learner, on_it(tx, learner, a_course(tx)))
            with acting(tx, a_reviewer("eva")) as theirs:
                with pytest.raises(NoSuchCourse):
                    service.answer_item(theirs, item_id=view.next.id, said=SAYS_SO, at=AT)
                with pytest.raises(NoSuchCourse):
                    service.taken_view(theirs, taken_id=view.taken.id)
            with acting(tx, learner) as mine:
                service.answer_item(mine, item_id=view.next.id, said=SAYS_SO, at=AT)
                with pytest.raises(CourseOver):
                    service.answer_item(mine, item_id=view.next.id, said=SAYS_SO, at=AT)

    def test_is_passed_where_the_bound_is_shown_and_appoints_to_nothing(self, ready: Ready):
        with ready.transaction(SYSTEM) as tx:
            learner, view = taken(tx)
            (one,) = workforce.certificates(tx, reviewer_id=ReviewerId(learner.id))
            assert trained(tx, ReviewerId(learner.id), "HAR")
        assert (view.taken.state, view.taken.answered, view.taken.errors) == (TakenState.PASSED, 5, 0)
        assert view.taken.reached == pytest.approx(1 - 0.05 ** (1 / 5))
        assert (one.state, one.scope.family) == (CertificateState.TRAINING, "*")

    def test_is_not_passed_by_a_good_mark_that_shows_too_little(self, ready: Ready):
        with ready.transaction(SYSTEM) as tx:
            learner, view = taken(tx, wrong=1)
            assert not trained(tx, ReviewerId(learner.id), "HAR")
        assert (view.taken.state, view.taken.errors) == (TakenState.FAILED, 1)

    def test_again_is_with_other_cases_or_not_at_all(self, ready: Ready):
        with ready.transaction(SYSTEM) as tx:
            learner, view = taken(tx, wrong=5)
            with pytest.raises(BadCourse, match="there are 2"):
                on_it(tx, learner, view.course)


class TestAppointment:
    def test_asks_for_the_course(self, ready: Ready):
        with ready.transaction(SYSTEM) as tx:
            learner = a_learner(tx)
            made = a_course(tx)
            with acting(tx, LEAD) as mine:
                one = service.ask_certificate(mine, reviewer_id=ReviewerId(learner.id), family="HAR-1", at=AT)
                with pytest.raises(NotTrained):
                    service.advance(mine, certificate_id=one.id, to=CertificateState.ASSIST, at=AT)
            answered(tx, learner, read(tx, learner, on_it(tx, learner, made)))
            with acting(tx, LEAD) as mine:
                done = service.advance(mine, certificate_id=one.id, to=CertificateState.ASSIST, at=AT)
        assert done.state is CertificateState.ASSIST

    def test_asks_for_nothing_where_there_is_no_course(self, ready: Ready):
        with ready.transaction(SYSTEM) as tx:
            learner = a_learner(tx)
            with acting(tx, LEAD) as mine:
                one = service.ask_certificate(mine, reviewer_id=ReviewerId(learner.id), family="SPM", at=AT)
                assert (
                    service.advance(mine, certificate_id=one.id, to=CertificateState.ASSIST, at=AT).state
                    is CertificateState.ASSIST
                )


class TestOtherWords:
    def changed(self, tx: Tx) -> None:
        """Publish a policy in which the words of HAR-2 are others."""
        other = a_clause("HAR-2", reason_codes=CODES, scope="Other words than before.")
        clauses = tuple(other if one.id == "HAR-2" else one for one in CLAUSES)
        order = tuple(ClauseId(one) for one in ("SUI-1", "CSE-1", "HAR-2", "HAR-1", "SPM-1"))
        a_published_policy(tx, a_pack(rules=(), clauses=clauses, actions=ACTIONS, precedence=order, version="2"), at=AT)

    def test_put_whoever_passed_on_what_changed_alone(self, ready: Ready):
        with ready.transaction(SYSTEM) as tx:
            learner, _ = taken(tx)
            self.changed(tx)
            assert service.courses_words_changed(tx, at=AT) == 1
            assert not trained(tx, ReviewerId(learner.id), "HAR")
            with acting(tx, learner) as mine:
                (again, of), *_ = service.own_courses(mine)
        assert (again.because, again.sections, of.version) == ("words-changed", ("HAR-2",), 2)

    def test_of_which_there_is_no_known_case_yet_are_passed_by_reading(self, ready: Ready):
        with ready.transaction(SYSTEM) as tx:
            learner, _ = taken(tx)
            self.changed(tx)
            service.courses_words_changed(tx, at=AT)
            with acting(tx, learner) as mine:
                (again, _), *_ = service.own_courses(mine)
            done = read(tx, learner, again)
            assert trained(tx, ReviewerId(learner.id), "HAR")
        assert (done.taken.state, done.taken.answered, done.taken.reached) == (TakenState.PASSED, 0, None)

    def test_that_are_the_same_change_nothing(self, ready: Ready):
        with ready.transaction(SYSTEM) as tx:
            taken(tx)
            assert service.courses_words_changed(tx, at=AT) == 0


def test_what_is_not_there_says_so(ready: Ready):
    with ready.transaction(LEAD) as tx:
        with pytest.raises(NoSuchCourse):
            service.end_course(tx, course_id=CourseId("crs_x"), at=AT)
        with pytest.raises(NoSuchCourse):
            service.taken_view(tx, taken_id=TakenId("tkn_x"))


def test_known_cases_are_kept_from_whoever_judged_them_in_a_course(ready: Ready):
    with ready.transaction(SYSTEM) as tx:
        learner, view = taken(tx)
        (golden_id,) = {
            tx.value("select golden_id from quality.course_item where id = %(id)s", {"id": view.taught[0].item.id})
        }
        assert learner.id in placements.who_knows(tx, golden_id)
        with acting(tx, LEAD) as mine:
            assert service.golden_view(mine, golden_id=golden_id).golden.state is GoldenState.ACTIVE
