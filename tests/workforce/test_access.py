from datetime import UTC, datetime, timedelta

import pytest

from assize.kernel.ids import ReviewerId
from assize.platform.db import Database, Tx
from assize.workforce import service
from assize.workforce.errors import (
    EmailTaken,
    NotAllowed,
    NotSignedIn,
    TooManyTries,
    UnknownKey,
    WeakPassword,
    WrongPassword,
)
from assize.workforce.logic import SIGN_IN_TRIES, covers, rights_of, wait_before_try
from assize.workforce.models import SYSTEM, Exposure, Principal, Right, Role, Skills

AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
PASSWORD = "correct horse battery"


def add(tx: Tx, *, email: str = "ana@example.org", roles: tuple[Role, ...] = (Role.ANALYST,)) -> ReviewerId:
    return service.add_person(tx, name="Ana", email=email, roles=roles, password=PASSWORD, at=AT)


class TestRights:
    def test_every_role_has_some(self):
        assert all(rights_of([role]) for role in Role)

    def test_an_analyst_can_not_approve_what_has_high_impact(self):
        assert Right.APPROVE not in rights_of([Role.ANALYST])

    def test_an_integration_sees_no_case_and_no_person(self):
        rights = rights_of([Role.INTEGRATION])

        assert not rights & {Right.CASES_READ, Right.CONTENT_OPEN, Right.PEOPLE_READ, Right.AUDIT_READ}

    def test_an_auditor_reads_everything_and_changes_nothing(self):
        assert not rights_of([Role.AUDITOR]) & {Right.DECIDE, Right.APPROVE, Right.PEOPLE_MANAGE, Right.ERASE}


class TestSkills:
    @pytest.mark.parametrize(
        ("skills", "fits"),
        [
            pytest.param(Skills(), True, id="no limit"),
            pytest.param(Skills(clauses=frozenset({"CSE"})), True, id="the family"),
            pytest.param(Skills(clauses=frozenset({"CSE-2"})), True, id="the clause"),
            pytest.param(Skills(clauses=frozenset({"FRD"})), False, id="another family"),
            pytest.param(Skills(languages=frozenset({"de"})), False, id="another language"),
            pytest.param(Skills(exposure=Exposure.MODERATE), False, id="harder than they may be given"),
        ],
    )
    def test_cover_a_case_or_not(self, skills, fits):
        assert covers(skills, clauses=["CSE-2"], language="en", exposure=Exposure.HIGH) is fits


class TestRateLimit:
    def test_lets_a_few_wrong_passwords_pass(self):
        assert wait_before_try([AT] * (SIGN_IN_TRIES - 1), at=AT) == 0

    def test_makes_the_next_one_wait_until_the_window_is_over(self):
        assert wait_before_try([AT] * SIGN_IN_TRIES, at=AT + timedelta(minutes=10)) == 300


class TestRequire:
    def test_passes_who_has_the_right(self, tx):
        assert service.require(tx, Right.DECIDE).id == "system"

    def test_a_refusal_is_a_fact_once_a_minute_and_counted(self, fresh_database: Database):
        nobody = Principal(
            id="rev_x", scope=SYSTEM.scope, name="X", kind=SYSTEM.kind, roles=frozenset(), rights=frozenset()
        )

        for _ in range(3):
            with pytest.raises(NotAllowed, match="You don't have the right"), fresh_database.transaction(nobody) as tx:
                service.require(tx, Right.DECIDE, about="case_1")

        with fresh_database.transaction(SYSTEM) as tx:
            assert tx.value("select count(*) from platform.fact where kind = 'AccessRefused'") in {1, 2}
            assert tx.value("select sum(times) from workforce.refusal") == 3


class TestSignIn:
    def test_gives_a_session_that_ends(self, fresh_database: Database):
        with fresh_database.transaction(SYSTEM) as tx:
            ana = add(tx)

        session = service.sign_in(
            fresh_database, email="ANA@example.org ", password=PASSWORD, address="a", hours=1, at=AT
        )

        assert service.principal_of_session(fresh_database, session.token, at=AT).id == ana
        with pytest.raises(NotSignedIn):
            service.principal_of_session(fresh_database, session.token, at=AT + timedelta(hours=1))

    def test_says_the_same_for_a_wrong_password_and_an_unknown_address(self, fresh_database: Database):
        with fresh_database.transaction(SYSTEM) as tx:
            add(tx)

        for email in ("ana@example.org", "nobody@example.org"):
            with pytest.raises(WrongPassword, match="E-mail or password is wrong"):
                service.sign_in(fresh_database, email=email, password="wrong", address="a", hours=1, at=AT)

    def test_is_refused_after_too_many_tries_even_with_the_right_password(self, fresh_database: Database):
        with fresh_database.transaction(SYSTEM) as tx:
            add(tx)
        for _ in range(SIGN_IN_TRIES):
            with pytest.raises(WrongPassword):
                service.sign_in(fresh_database, email="ana@example.org", password="no", address="a", hours=1, at=AT)

        with pytest.raises(TooManyTries):
            service.sign_in(fresh_database, email="ana@example.org", password=PASSWORD, address="b", hours=1, at=AT)

    def test_is_over_when_somebody_is_made_inactive(self, fresh_database: Database):
        with fresh_database.transaction(SYSTEM) as tx:
            ana = add(tx)
        session = service.sign_in(
            fresh_database, email="ana@example.org", password=PASSWORD, address="a", hours=1, at=AT
        )

        with fresh_database.transaction(SYSTEM) as tx:
            service.change_reviewer(tx, reviewer_id=ana, active=False, at=AT)

        with pytest.raises(NotSignedIn):
            service.principal_of_session(fresh_database, session.token, at=AT)


class TestPeople:
    def test_have_an_address_of_their_own(self, tx):
        add(tx)

        with pytest.raises(EmailTaken):
            add(tx, email="Ana@Example.org")

    def test_have_a_password_worth_the_name(self, tx):
        with pytest.raises(WeakPassword):
            service.add_person(tx, name="B", email="b@example.org", roles=[Role.ANALYST], password="short", at=AT)

    def test_are_told_apart_from_machines(self, tx):
        machine = service.add_machine(tx, name="labeler", at=AT)

        assert service.reviewer(tx, machine).kind.value == "machine"

    def test_skills_and_views_come_back_as_they_were_given(self, tx):
        skills = Skills(clauses=frozenset({"CSE"}), languages=frozenset({"de", "en"}), exposure=Exposure.LOW)
        ana = service.add_person(tx, name="A", email="a@example.org", roles=[Role.ANALYST], skills=skills, at=AT)

        assert service.reviewer(tx, ana).skills == skills


class TestKeys:
    def test_act_for_the_platform_within_their_rights(self, fresh_database: Database):
        with fresh_database.transaction(SYSTEM) as tx:
            issued = service.issue_key(tx, name="ingest", rights=[Right.EVENTS_WRITE], at=AT)

        principal = service.principal_of_key(fresh_database, issued.secret)

        assert principal.rights == {Right.EVENTS_WRITE}
        assert not principal.scope.everything

    def test_of_a_reviewer_can_only_take_rights_away(self, fresh_database: Database):
        with fresh_database.transaction(SYSTEM) as tx:
            ana = add(tx)
            rights = [Right.DECIDE, Right.PEOPLE_MANAGE]
            issued = service.issue_key(tx, name="own", rights=rights, reviewer_id=ana, at=AT)

        principal = service.principal_of_key(fresh_database, issued.secret)

        assert (principal.id, principal.rights) == (ana, {Right.DECIDE})

    def test_are_worthless_once_revoked(self, fresh_database: Database):
        with fresh_database.transaction(SYSTEM) as tx:
            issued = service.issue_key(tx, name="ingest", rights=[Right.EVENTS_WRITE], at=AT)
            service.revoke_key(tx, key_id=issued.id, at=AT)

        with pytest.raises(UnknownKey):
            service.principal_of_key(fresh_database, issued.secret)
