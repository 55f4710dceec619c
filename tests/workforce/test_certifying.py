"""Certificates: what a decision counts for, for people and machines alike; appointments that come with a role."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from assize.kernel.ids import ClauseId, ReviewerId
from assize.platform.db import Tx
from assize.workforce import service
from assize.workforce.errors import BadCertificate, NoSuchStep, SamePerson
from assize.workforce.logic import RIGHTS_OF, authority, may_move, principal_of
from assize.workforce.models import (
    SYSTEM,
    Asked,
    Basis,
    Bound,
    Build,
    CertificateScope,
    CertificateState,
    Reserved,
    Role,
    Skills,
)
from builders.review import acting, appointed

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
BUILD = Build(model="m1", prompt="p1")
STATES = CertificateState
HAR, CSE = ClauseId("HAR-1"), ClauseId("CSE-2")


def asked(**given) -> Asked:
    settings = {
        "found": frozenset({HAR}),
        "offered": frozenset({HAR}),
        "actions": frozenset({"warn"}),
        "language": "en",
        "queue": "general",
        "severity": 2,
        "words": {HAR: "w1"},
    }
    return Asked(**(settings | given))


def earned(**given):
    settings = {"basis": Basis.EVIDENCE, "build": BUILD, "words": {HAR: "w1"}, "expires_at": AT + DAY}
    return appointed("machine", **(settings | given))


def by_machine(*certificates, build=BUILD, at=AT, **given):
    return authority(certificates, asked(**given), machine=True, build=build, at=at)


def by_person(*certificates, at=AT, **given):
    return authority(certificates, asked(**given), machine=False, at=at)


class TestAuthority:
    def test_is_nothing_without_a_certificate(self):
        assert not by_person().alone
        assert not by_machine().alone

    @pytest.mark.parametrize("state", [one for one in STATES if one is not STATES.ALONE])
    def test_bears_nothing_in_any_state_but_alone(self, state):
        assert not by_person(appointed(state=state)).alone
        assert not by_machine(earned(state=state)).alone

    def test_names_the_certificates_that_bear_it(self):
        held = appointed()

        assert by_person(held).by == (held.id,)

    @pytest.mark.parametrize(
        ("scope", "bears"),
        [
            (CertificateScope(), True),
            (CertificateScope(family="HAR"), True),
            (CertificateScope(family="HAR-1"), True),
            (CertificateScope(family="HAR-2"), False),
            (CertificateScope(family="HA"), False),
            (CertificateScope(action="warn"), True),
            (CertificateScope(action="suspend"), False),
            (CertificateScope(languages=frozenset({"en"})), True),
            (CertificateScope(languages=frozenset({"de"})), False),
            (CertificateScope(queues=frozenset({"other"})), False),
            (CertificateScope(gravest=2), True),
            (CertificateScope(gravest=3), False),
        ],
    )
    def test_reaches_as_far_as_its_scope_for_people_and_machines(self, scope, bears):
        assert by_person(appointed(scope=scope)).alone is bears
        assert by_machine(earned(scope=scope)).alone is bears

    def test_reaches_no_traffic_of_unknown_language_where_it_is_by_language(self):
        scope = CertificateScope(languages=frozenset({"en"}))

        assert not by_person(appointed(scope=scope), language=None).alone

    def test_of_a_person_covers_what_they_are_given(self):
        held = appointed(scope=CertificateScope(family="HAR"))

        assert by_person(held, found=frozenset({CSE}), offered=frozenset({HAR})).alone

    def test_of_a_machine_covers_every_clause_it_finds(self):
        held = earned(scope=CertificateScope(family="HAR"))

        assert not by_machine(held, found=frozenset({HAR, CSE}), words={HAR: "w1", CSE: "w2"}).alone

    def test_needs_one_for_every_action(self):
        held = appointed(scope=CertificateScope(action="warn"))

        assert not by_person(held, actions=frozenset({"warn", "suspend"})).alone

    def test_is_put_together_of_several(self):
        warn, suspend = (earned(id=f"cert_{one}", scope=CertificateScope(action=one)) for one in ("warn", "suspend"))

        found = by_machine(warn, suspend, actions=frozenset({"warn", "suspend"}))

        assert set(found.by) == {warn.id, suspend.id}

    @pytest.mark.parametrize(
        ("given", "why"),
        [
            ({"build": Build(model="m2", prompt="p1")}, "build-changed"),
            ({"build": Build(model="m1", prompt="p2")}, "build-changed"),
            ({"build": None}, "build-changed"),
            ({"words": {HAR: "w2"}}, "clause-changed"),
            ({"words": {}}, "clause-changed"),
            ({"at": AT + DAY}, "expired"),
            ({"reserved": frozenset({Reserved.IRREVERSIBLE_LOSS})}, "reserved-for-people"),
        ],
    )
    def test_of_a_machine_is_gone_at_once_where_anything_changed(self, given, why):
        found = by_machine(earned(), **given)

        assert (found.alone, found.why) == (False, why)

    @pytest.mark.parametrize("reserved", Reserved)
    def test_of_a_machine_never_bears_what_is_reserved(self, reserved):
        assert not by_machine(earned(), reserved=frozenset({reserved})).alone
        assert by_person(appointed(), reserved=frozenset({reserved})).alone

    def test_of_a_person_outlives_other_words(self):
        assert by_person(appointed(), words={HAR: "w2"}).alone

    def test_of_a_person_ends_with_its_time(self):
        assert not by_person(appointed(expires_at=AT)).alone


class TestMayMove:
    def test_a_machine_never_goes_from_suspended_to_alone(self):
        assert not may_move(STATES.SUSPENDED, STATES.ALONE, machine=True)
        assert may_move(STATES.SUSPENDED, STATES.ALONE, machine=False)

    @pytest.mark.parametrize("machine", [True, False])
    def test_nobody_goes_from_training_to_alone_in_one_step(self, machine):
        assert not may_move(STATES.TRAINING, STATES.ALONE, machine=machine)

    @pytest.mark.parametrize("after", STATES)
    def test_what_is_over_stays_over(self, after):
        assert not may_move(STATES.ENDED, after, machine=False)


def person(tx: Tx, name: str = "ana", *, roles=(Role.ANALYST,), **given) -> ReviewerId:
    return service.add_person(tx, name=name, email=f"{name}@example.org", roles=roles, at=AT, **given)


def held(tx: Tx, reviewer_id: str):
    return service.certificates(tx, reviewer_id=reviewer_id)


class TestAppointByRole:
    def test_comes_with_a_role_that_decides(self, tx):
        (one,) = held(tx, person(tx))

        assert (one.state, one.basis, one.approver, one.scope) == (
            STATES.ALONE,
            Basis.ROLE,
            "system",
            CertificateScope(),
        )
        assert [step.after for step in service.certificate_steps(tx, one.id)] == [STATES.ALONE]

    def test_comes_with_no_role_that_doesnt(self, tx):
        assert held(tx, person(tx, roles=[Role.ADMINISTRATOR])) == []

    def test_reaches_as_far_as_skills(self, tx):
        skills = Skills(clauses=frozenset({ClauseId("HAR"), CSE}), languages=frozenset({"en"}))

        found = {one.scope.family for one in held(tx, person(tx, skills=skills))}

        assert found == {"HAR", "CSE-2"}

    def test_follows_a_change_of_skills(self, tx):
        ana = person(tx, skills=Skills(clauses=frozenset({ClauseId("HAR"), ClauseId("SUI")})))

        service.change_reviewer(tx, reviewer_id=ana, skills=Skills(clauses=frozenset({ClauseId("HAR"), CSE})), at=AT)

        states = {one.scope.family: one.state for one in held(tx, ana)}
        assert states == {"HAR": STATES.ALONE, "SUI": STATES.ENDED, "CSE-2": STATES.ALONE}

    def test_is_not_given_by_anybody_to_themselves(self, tx):
        ana = person(tx, roles=[Role.ADMINISTRATOR])
        with acting(tx, principal_of(service.reviewer(tx, ana))) as hers:
            service.change_reviewer(hers, reviewer_id=ana, roles=[Role.ADMINISTRATOR, Role.ANALYST], at=AT)

        assert held(tx, ana) == []

    def test_does_not_give_back_what_somebody_took(self, tx):
        ana = person(tx)
        (one,) = held(tx, ana)
        service.move_certificate(tx, certificate_id=one.id, to=STATES.SUSPENDED, why="hand", at=AT)

        service.change_reviewer(tx, reviewer_id=ana, skills=Skills(clauses=frozenset({CSE})), at=AT)

        assert all(one.state is not STATES.ALONE for one in held(tx, ana))


def machine(tx: Tx):
    reviewer_id = service.add_machine(tx, name="labeler", at=AT)
    service_build(tx, reviewer_id, BUILD)
    return reviewer_id


def service_build(tx: Tx, reviewer_id: ReviewerId, build: Build):
    with acting(tx, principal_of(service.reviewer(tx, reviewer_id))) as its:
        return service.announce_build(its, build=build, at=AT)


def granted(tx: Tx, reviewer_id: ReviewerId):
    one = service.open_certificate(tx, reviewer_id=reviewer_id, scope=CertificateScope(family="HAR"), at=AT)
    bound = Bound(alpha=0.02, delta=0.05, audit_rate=0.1, trial=1)
    service.move_certificate(
        tx, certificate_id=one.id, to=STATES.SHADOW, why="trial", bound=bound, build=BUILD, words={HAR: "w1"}, at=AT
    )
    service.move_certificate(tx, certificate_id=one.id, to=STATES.ASSIST, why="evidence", at=AT)
    return service.move_certificate(
        tx,
        certificate_id=one.id,
        to=STATES.ALONE,
        why="evidence",
        approver="rev_olga",
        expires_at=AT + 90 * DAY,
        bound=replace(bound, errors=0, audits=200, log_evidence=3.1),
        at=AT,
    )


class TestMachines:
    def test_are_not_appointed(self, tx):
        assert held(tx, service.add_machine(tx, name="labeler", at=AT)) == []

    def test_begin_with_nothing(self, tx):
        with pytest.raises(BadCertificate):
            service.open_certificate(
                tx, reviewer_id=machine(tx), scope=CertificateScope(), state=STATES.ALONE, approver="rev_olga", at=AT
            )

    def test_have_no_right_beyond_those_of_machines_whatever_roles_they_are_given(self, tx):
        one = machine(tx)
        service.change_reviewer(tx, reviewer_id=one, roles=list(Role), at=AT)

        assert principal_of(service.reviewer(tx, one)).rights <= RIGHTS_OF[Role.MACHINE]
        assert held(tx, one) == []

    def test_can_not_be_let_alone_without_evidence_beyond_the_bound(self, tx):
        one = granted(tx, machine(tx))

        with pytest.raises(psycopg.errors.CheckViolation):
            tx.run("update workforce.certificate set log_evidence = 2.9 where id = %(id)s", {"id": one.id})

    def test_are_suspended_in_the_transaction_in_which_they_are_another_build(self, tx):
        one = granted(tx, machine(tx))

        suspended = service_build(tx, one.reviewer_id, Build(model="m2", prompt="p1"))

        (after,) = held(tx, one.reviewer_id)
        assert suspended == [one.id]
        assert (after.state, after.why) == (STATES.SUSPENDED, "build-changed")

    def test_keep_what_they_have_while_they_are_the_same(self, tx):
        one = granted(tx, machine(tx))

        assert service_build(tx, one.reviewer_id, BUILD) == []
        assert held(tx, one.reviewer_id)[0].state is STATES.ALONE


class TestMoveCertificate:
    def test_lets_nobody_approve_their_own(self, tx):
        one = service.open_certificate(tx, reviewer_id=person(tx), scope=CertificateScope(family="HAR"), at=AT)
        service.move_certificate(tx, certificate_id=one.id, to=STATES.ASSIST, why="trained", at=AT)

        with pytest.raises(SamePerson):
            service.move_certificate(
                tx, certificate_id=one.id, to=STATES.ALONE, why="approved", approver=one.reviewer_id, at=AT
            )

    def test_takes_two_people_to_open_and_to_approve(self, tx):
        one = service.open_certificate(tx, reviewer_id=person(tx), scope=CertificateScope(family="HAR"), at=AT)
        service.move_certificate(tx, certificate_id=one.id, to=STATES.ASSIST, why="trained", at=AT)

        with pytest.raises(SamePerson):
            service.move_certificate(
                tx, certificate_id=one.id, to=STATES.ALONE, why="approved", approver=one.opened_by, at=AT
            )

    def test_refuses_a_step_that_isnt_one(self, tx):
        one = service.open_certificate(tx, reviewer_id=person(tx), scope=CertificateScope(family="HAR"), at=AT)

        with pytest.raises(NoSuchStep):
            service.move_certificate(
                tx, certificate_id=one.id, to=STATES.ALONE, why="approved", approver="rev_olga", at=AT
            )


class TestNotices:
    def test_tell_a_reviewer_what_changed_until_they_read_it(self, tx):
        ana = person(tx)
        (one,) = held(tx, ana)
        service.move_certificate(tx, certificate_id=one.id, to=STATES.ASSIST, why="hand", note="A word first.", at=AT)

        with acting(tx, principal_of(service.reviewer(tx, ana))) as hers:
            (notice,) = service.certificate_notices(hers)
            service.read_certificate_notice(hers, step_id=notice.id, at=AT)
            left = service.certificate_notices(hers)

        assert (notice.before, notice.after, notice.note) == (STATES.ALONE, STATES.ASSIST, "A word first.")
        assert left == []


class TestSweepCertificates:
    def test_tells_that_time_is_over_for_machines_and_people(self, fresh_database):
        with fresh_database.transaction(SYSTEM) as tx:
            one = granted(tx, machine(tx))
            ana = person(tx)
            (hers,) = held(tx, ana)
            tx.run("update workforce.certificate set expires_at = %(at)s", {"at": AT + DAY})

        assert service.sweep_certificates(fresh_database, at=AT + DAY) == 2

        with fresh_database.transaction(SYSTEM) as tx:
            assert service.certificates(tx, ids=[one.id])[0].state is STATES.SUSPENDED
            assert service.certificates(tx, ids=[hers.id])[0].state is STATES.ASSIST
