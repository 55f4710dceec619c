"""The life of a certificate: earned and lost by a machine, given and looked after for a person, by the same record."""

from datetime import timedelta

import pytest

from assize.kernel.ids import ActionId, ClauseId
from assize.platform.db import Database
from assize.platform.settings import Settings
from assize.policy.models import ActionSpec, Impact
from assize.quality import service
from assize.quality.errors import (
    BadTrial,
    CoachFirst,
    EvidenceThin,
    NeverForMachines,
    NotShown,
    RecommendFirst,
)
from assize.quality.models import Conclusion, RecommendationState
from assize.quality.service.certifying import never_for_machines
from assize.quality.store import trials
from assize.review import service as review
from assize.review.models import DecisionState
from assize.workforce import service as workforce
from assize.workforce.errors import NotAllowed, SamePerson
from assize.workforce.models import SYSTEM, Build, CertificateState
from builders.review import AT, CLAUSES, a_policy, a_reviewer, a_task
from builders.triage import a_pack, a_published_policy
from builders.trials import (
    BUILD,
    MAX,
    QUIN,
    a_labeler,
    a_person,
    advanced,
    asked_for,
    certificate_of,
    decided_by,
    labelled,
    looked_at,
    principal,
    stand_in,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SHADOW, ASSIST, ALONE, SUSPENDED = (
    CertificateState.SHADOW,
    CertificateState.ASSIST,
    CertificateState.ALONE,
    CertificateState.SUSPENDED,
)
ENOUGH = 12


@pytest.fixture
def ready(fresh_database: Database) -> Database:
    """A database with a policy."""
    with fresh_database.transaction(SYSTEM) as tx:
        a_policy(tx)
    return fresh_database


@pytest.fixture
def on_trial(ready: Database):
    """A machine in shadow for the family HAR."""
    machine = a_labeler(ready)
    return machine, advanced(ready, asked_for(ready, machine).id, SHADOW)


def granted(database: Database, certificate_id, *, at=AT + 2 * HOUR, by=MAX, **given):
    with database.transaction(by) as tx:
        return service.grant(tx, certificate_id=certificate_id, at=at, **given)


@pytest.fixture
def alone(ready: Database, settings: Settings, on_trial):
    """A machine that has earned to decide the family HAR alone."""
    machine, certificate = on_trial
    looked_at(ready, settings, *(labelled(ready, machine) for _ in range(ENOUGH)))
    return machine, granted(ready, certificate.id)


class TestAMachine:
    def test_in_shadow_is_recorded_and_nothing_follows(self, ready, on_trial):
        machine, _ = on_trial

        made = labelled(ready, machine)

        assert (made.state, made.kind, made.certificates) == (DecisionState.RECORDED, "shadow", ())
        with ready.transaction(a_reviewer("bob")) as tx:
            assert review.decisions_of_case(tx, made.case_id) == []
        with ready.transaction(SYSTEM) as tx:
            (task,) = review.tasks_of_case(tx, case_id=made.case_id)
        assert (task.kind, task.state.value) == ("first_look", "open")

    def test_is_not_let_alone_before_the_evidence_is_there(self, ready, settings, on_trial):
        machine, certificate = on_trial
        looked_at(ready, settings, *(labelled(ready, machine) for _ in range(2)))

        with pytest.raises(NotShown, match="more audits are needed"):
            granted(ready, certificate.id)

    def test_that_has_shown_it_decides_alone_by_the_word_of_an_approver(self, ready, alone):
        machine, certificate = alone

        made = labelled(ready, machine, at=AT + 3 * HOUR)

        assert (certificate.state, certificate.approver) == (ALONE, MAX.id)
        assert certificate.bound.log_evidence >= 3
        assert (made.state, made.certificates) == (DecisionState.STANDS, (certificate.id,))

    def test_can_not_be_approved_by_who_asked_for_it(self, ready, settings, on_trial):
        machine, certificate = on_trial
        looked_at(ready, settings, *(labelled(ready, machine) for _ in range(ENOUGH)))
        both = a_reviewer("quin", roles=tuple(QUIN.roles | MAX.roles))

        with pytest.raises(SamePerson):
            granted(ready, certificate.id, by=both)

    def test_in_assist_proposes_to_a_person(self, ready, on_trial):
        machine, certificate = on_trial
        advanced(ready, certificate.id, ASSIST)

        made = labelled(ready, machine)

        assert made.state is DecisionState.PROPOSED
        with ready.transaction(SYSTEM) as tx:
            kinds = {one.kind: one.state.value for one in review.tasks_of_case(tx, case_id=made.case_id)}
        assert kinds == {"first_look": "done", "second_look": "open"}

    def test_beyond_its_family_is_in_shadow(self, ready, alone):
        machine, _ = alone
        with ready.transaction(SYSTEM) as tx:
            case_id = a_task(tx, "SPM-1").case_id
            judgement = stand_in(tx, case_id)
            spam = judgement.findings[0].__class__(**vars(judgement.findings[0]) | {"clause_id": ClauseId("SPM-1")})
            judgement = judgement.__class__(**vars(judgement) | {"findings": (spam,)})

        made = review.decide_as_machine(
            ready, reviewer_id=machine, case_id=case_id, judgement=judgement, build=BUILD, at=AT + 3 * HOUR
        )

        assert made.state is DecisionState.RECORDED

    def test_that_errs_more_is_suspended_in_the_transaction_that_shows_it(self, ready, settings, alone):
        machine, certificate = alone
        later = AT + 3 * HOUR

        looked_at(
            ready, settings, *(labelled(ready, machine, at=later) for _ in range(20)), wrong=True, at=later + HOUR
        )

        after = certificate_of(ready, certificate.id)
        assert (after.state, after.why) == (SUSPENDED, "drift")
        assert labelled(ready, machine, at=AT + DAY).state is DecisionState.RECORDED

    def test_of_another_build_is_suspended_before_it_decides(self, ready, alone):
        machine, certificate = alone

        made = labelled(ready, machine, at=AT + 3 * HOUR, build=Build(model="stand-in 2", prompt=BUILD.prompt))

        assert made.state is DecisionState.RECORDED
        assert certificate_of(ready, certificate.id).why == "build-changed"

    def test_is_suspended_where_the_words_of_a_clause_change(self, ready, alone):
        _, certificate = alone
        with ready.transaction(SYSTEM) as tx:
            changed = CLAUSES[0].__class__(**vars(CLAUSES[0]) | {"scope": "Other words than before."})
            a_published_policy(tx, a_pack(rules=(), clauses=(changed, *CLAUSES[1:]), version="2"))

            suspended = service.words_changed(tx, at=AT + 3 * HOUR)

        assert suspended == 1
        assert certificate_of(ready, certificate.id).why == "clause-changed"

    def test_is_suspended_by_hand(self, ready, alone):
        _, certificate = alone

        with ready.transaction(MAX) as tx:
            service.suspend(tx, certificate_id=certificate.id, note="It answers in the wrong language.", at=AT + DAY)

        assert certificate_of(ready, certificate.id).state is SUSPENDED

    def test_begins_anew_after_it_was_suspended_on_a_smaller_share_of_the_budget(self, ready, alone):
        _, certificate = alone
        with ready.transaction(MAX) as tx:
            service.suspend(tx, certificate_id=certificate.id, note="A look at it.", at=AT + DAY)

        again = advanced(ready, certificate.id, SHADOW, at=AT + 2 * DAY)

        assert again.bound.trial == certificate.bound.trial + 1
        assert again.bound.delta < certificate.bound.delta
        assert again.evidence_since == AT + 2 * DAY
        with pytest.raises(NotShown):
            granted(ready, certificate.id, at=AT + 2 * DAY)

    def test_needs_to_say_what_it_is_made_of(self, ready):
        with ready.transaction(SYSTEM) as tx:
            silent = workforce.add_machine(tx, name="silent", at=AT)

        with pytest.raises(BadTrial):
            advanced(ready, asked_for(ready, silent).id, SHADOW)


class TestNeverForMachines:
    def test_is_an_account_lost_for_good(self, tx):
        for_good = ActionSpec(
            id=ActionId("for-good"), title="For good", target_levels=("account",), impact=Impact.HIGH, reversible=False
        )
        version = a_published_policy(tx, a_pack(rules=(), clauses=CLAUSES, actions=(for_good,)))

        assert never_for_machines(version, "for-good")
        assert not never_for_machines(version, "*")

    def test_can_not_even_be_asked_for(self, fresh_database):
        for_good = ActionSpec(
            id=ActionId("for-good"), title="For good", target_levels=("account",), impact=Impact.HIGH, reversible=False
        )
        with fresh_database.transaction(SYSTEM) as tx:
            a_published_policy(tx, a_pack(rules=(), clauses=CLAUSES, actions=(for_good,)))

        with pytest.raises(NeverForMachines):
            asked_for(fresh_database, a_labeler(fresh_database), action="for-good")


@pytest.fixture
def appointed(ready: Database, settings: Settings):
    """A person who was under double review for long enough and was appointed."""
    ana = a_person(ready)
    certificate = advanced(ready, asked_for(ready, ana).id, ASSIST)
    looked_at(ready, settings, *(decided_by(ready, ana) for _ in range(20)))
    return ana, granted(ready, certificate.id)


class TestAPerson:
    def test_under_double_review_proposes_and_is_appointed_when_the_evidence_is_not_thin(self, ready, settings):
        ana = a_person(ready)
        certificate = advanced(ready, asked_for(ready, ana).id, ASSIST)
        made = [decided_by(ready, ana) for _ in range(20)]
        looked_at(ready, settings, *made[:19])

        with pytest.raises(EvidenceThin, match="1 more"):
            granted(ready, certificate.id)
        looked_at(ready, settings, made[19])
        granted(ready, certificate.id)

        assert {one.state for one in made} == {DecisionState.PROPOSED}
        assert decided_by(ready, ana, at=AT + 3 * HOUR).state is DecisionState.STANDS

    def test_that_errs_more_keeps_their_word_and_a_manager_is_told(self, ready, settings, appointed):
        ana, certificate = appointed
        later = AT + 3 * HOUR

        looked_at(ready, settings, *(decided_by(ready, ana, at=later) for _ in range(20)), wrong=True, at=later + HOUR)

        assert certificate_of(ready, certificate.id).state is ALONE
        with ready.transaction(SYSTEM) as tx:
            (told,) = trials.recommendations(tx, certificate_id=certificate.id)
        assert (told.signal, told.state) == ("drift", RecommendationState.RAISED)

    def test_is_never_suspended_by_hand(self, ready, appointed):
        _, certificate = appointed

        with ready.transaction(MAX) as tx, pytest.raises(RecommendFirst):
            service.suspend(tx, certificate_id=certificate.id, note="I don't like it.", at=AT + DAY)
        with pytest.raises(RecommendFirst):
            advanced(ready, certificate.id, ASSIST)

    def test_is_coached_and_heard_before_anything_follows(self, ready, appointed):
        ana, certificate = appointed
        with ready.transaction(QUIN) as tx:
            raised = service.recommend(tx, certificate_id=certificate.id, note="Three of ten.", at=AT + DAY)

        with ready.transaction(MAX) as tx, pytest.raises(CoachFirst):
            service.conclude(tx, recommendation_id=raised.id, outcome=Conclusion.ASSIST, note="No.", at=AT + DAY)
        with ready.transaction(MAX) as tx:
            service.coach(tx, recommendation_id=raised.id, note="We went through them.", at=AT + DAY)
        with ready.transaction(principal(ready, ana)) as tx:
            service.reply(tx, recommendation_id=raised.id, text="Two were ambiguous.", at=AT + DAY)
        with ready.transaction(MAX) as tx:
            service.conclude(
                tx, recommendation_id=raised.id, outcome=Conclusion.ASSIST, note="Together for a while.", at=AT + DAY
            )

        after = certificate_of(ready, certificate.id)
        assert (after.state, after.why) == (ASSIST, "recommended")
        assert decided_by(ready, ana, at=AT + 2 * DAY).state is DecisionState.PROPOSED

    def test_alone_may_reply(self, ready, appointed):
        _, certificate = appointed
        with ready.transaction(QUIN) as tx:
            raised = service.recommend(tx, certificate_id=certificate.id, note="Three of ten.", at=AT + DAY)
        with ready.transaction(MAX) as tx:
            service.coach(tx, recommendation_id=raised.id, note="We went through them.", at=AT + DAY)

        with ready.transaction(a_reviewer("bob")) as tx, pytest.raises(NotAllowed):
            service.reply(tx, recommendation_id=raised.id, text="Not mine.", at=AT + DAY)

    def test_is_not_granted_by_whoever_may_not_manage_people(self, ready, appointed):
        _, certificate = appointed

        with pytest.raises(NotAllowed):
            granted(ready, certificate.id, by=QUIN)
