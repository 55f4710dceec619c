from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from assize.kernel.ids import PolicyVersionId
from assize.platform.db import Database, Tx
from assize.policy import service
from assize.policy.errors import (
    AlreadyProposed,
    AlreadyPublished,
    NeedsPerson,
    NeedsProposal,
    NoPolicy,
    NothingChanged,
    PackBroken,
    UnknownClause,
    UnknownProposal,
    UnknownVersion,
    VersionAltered,
)
from assize.workforce.errors import NotAllowed, SamePerson
from assize.workforce.models import SYSTEM, Principal, PrincipalKind, Right
from builders.policy import a_clause, a_pack, newer

AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
AUTHOR = replace(SYSTEM, id="rev_author", name="Author", kind=PrincipalKind.PERSON)
SECOND = replace(SYSTEM, id="rev_second", name="Second", kind=PrincipalKind.PERSON)
ANALYST = replace(SYSTEM, id="rev_analyst", name="Analyst", rights=frozenset({Right.POLICY_READ}))
NOBODY = replace(SYSTEM, id="rev_nobody", name="Nobody", rights=frozenset())


def as_(tx: Tx, actor: Principal) -> Tx:
    return Tx(connection=tx.connection, actor=actor, database=tx.database)


def first(tx: Tx, pack=None):
    return service.publish(as_(tx, AUTHOR), pack=pack or a_pack(), at=AT, reason="the first")


def facts(tx: Tx, kind: str) -> list[dict]:
    sql = "select f.actor, b.body from platform.fact f join platform.fact_body b on b.fact_id = f.id where kind = %(k)s"
    return tx.rows(sql, {"k": kind})


class TestPublish:
    def test_keeps_the_pack_and_answers_with_the_version(self, tx):
        made = first(tx)

        assert service.current(tx) == made
        assert made.bootstrap
        assert made.hash == service.hash_of(a_pack())
        assert service.version(tx, made.id).clauses == a_pack().clauses

    def test_records_a_bootstrap_fact_for_the_first(self, tx):
        made = first(tx)

        (fact,) = facts(tx, "PolicyPublished")
        assert fact["actor"] == "rev_author"
        assert '"bootstrap":true' in fact["body"]
        assert made.hash in fact["body"]

    def test_keeps_the_whole_starter_pack_as_it_was_written(self, tx):
        pack = service.load("starter")

        made = service.publish(tx, pack=pack, at=AT, reason="first run")

        assert service.body_of(made) == service.body_of(pack)
        assert made.clauses == pack.clauses
        assert made.support == pack.support

    def test_of_a_later_version_needs_a_proposal(self, tx):
        first(tx)

        with pytest.raises(NeedsProposal):
            service.publish(as_(tx, SECOND), pack=newer(a_pack()), at=AT, reason="alone")

    def test_of_a_later_version_needs_a_second_person(self, tx):
        first(tx)
        service.propose(as_(tx, AUTHOR), pack=newer(a_pack()), at=AT, reason="better words")

        with pytest.raises(SamePerson):
            service.publish(as_(tx, AUTHOR), pack=newer(a_pack()), at=AT, reason="my own")

    def test_by_a_second_person_puts_it_in_force(self, tx):
        before = first(tx)
        pack = newer(a_pack(), title="Another title", clauses=(a_clause(title="New title"),))
        proposal = service.propose(as_(tx, AUTHOR), pack=pack, at=AT, reason="better words")

        made = service.publish_proposal(as_(tx, SECOND), proposal_id=proposal.id, at=AT + timedelta(1), reason="agreed")

        assert service.current(tx).id == made.id != before.id
        assert (made.proposed_by, made.published_by, made.bootstrap) == ("rev_author", "rev_second", False)
        assert service.version(tx, before.id).version == "1"
        assert not service.proposals(tx)
        assert "1 changed" in facts(tx, "PolicyPublished")[-1]["body"]

    def test_by_the_system_is_no_second_person(self, tx):
        first(tx)
        service.propose(as_(tx, AUTHOR), pack=newer(a_pack()), at=AT, reason="better words")

        with pytest.raises(NeedsPerson):
            service.publish(tx, pack=newer(a_pack()), at=AT, reason="by itself")

    def test_takes_only_the_pack_that_was_proposed(self, tx):
        first(tx)
        service.propose(as_(tx, AUTHOR), pack=newer(a_pack()), at=AT, reason="better words")

        with pytest.raises(NeedsProposal):
            service.publish(as_(tx, SECOND), pack=newer(a_pack(), title="Slipped in"), at=AT, reason="agreed")

    def test_refuses_the_version_in_force_again(self, tx):
        first(tx)

        with pytest.raises(NothingChanged):
            service.propose(as_(tx, AUTHOR), pack=a_pack(), at=AT, reason="again")

    def test_refuses_other_words_under_a_published_name(self, tx):
        first(tx)

        with pytest.raises(AlreadyPublished):
            service.propose(as_(tx, AUTHOR), pack=a_pack(title="Other words"), at=AT, reason="sneaky")

    def test_refuses_a_pack_that_does_not_hold(self, tx):
        with pytest.raises(PackBroken) as caught:
            first(tx, a_pack(precedence=()))

        assert "FRD-1 is missing in the precedence" in caught.value.message

    @pytest.mark.parametrize("actor", [ANALYST, NOBODY], ids=["an analyst", "nobody"])
    def test_is_refused_to_those_who_may_not(self, fresh_database: Database, actor):
        with fresh_database.transaction(actor) as tx, pytest.raises(NotAllowed):
            service.publish(tx, pack=a_pack(), at=AT, reason="mine")


class TestProposal:
    def test_waits_once(self, tx):
        first(tx)
        service.propose(as_(tx, AUTHOR), pack=newer(a_pack()), at=AT, reason="one")

        with pytest.raises(AlreadyProposed):
            service.propose(as_(tx, AUTHOR), pack=newer(a_pack()), at=AT, reason="two")

    def test_may_be_dropped(self, tx):
        first(tx)
        proposal = service.propose(as_(tx, AUTHOR), pack=newer(a_pack()), at=AT, reason="one")

        service.drop_proposal(as_(tx, SECOND), proposal_id=proposal.id, at=AT, reason="not yet")

        assert service.proposals(tx) == []
        with pytest.raises(UnknownProposal):
            service.publish_proposal(as_(tx, SECOND), proposal_id=proposal.id, at=AT, reason="late")

    def test_before_any_policy_is_refused(self, tx):
        with pytest.raises(NoPolicy):
            service.propose(tx, pack=a_pack(), at=AT, reason="first")


class TestCurrent:
    def test_without_a_policy_says_so(self, tx):
        assert not service.published(tx)
        with pytest.raises(NoPolicy):
            service.current(tx)

    def test_refuses_unknown_versions_and_clauses(self, tx):
        first(tx)

        with pytest.raises(UnknownVersion):
            service.version(tx, PolicyVersionId("pol_x"))
        with pytest.raises(UnknownClause):
            service.clause(tx, clause_id="ZZZ-1")

    def test_answers_from_memory_with_the_very_same_version(self, tx):
        first(tx)

        assert service.current(tx) is service.current(tx)

    def test_shows_the_policy_only_to_those_who_may_read_it(self, fresh_database: Database):
        with fresh_database.transaction(SYSTEM) as tx:
            first(tx)

        with fresh_database.transaction(ANALYST) as tx:
            assert service.in_force(tx).name == "test"
        for ask in (service.in_force, service.versions, service.proposals):
            with fresh_database.transaction(NOBODY) as tx, pytest.raises(NotAllowed):
                ask(tx)


# The trigger refuses, or before it is asked the database itself, since drafts and decisions refer to a version.
REFUSED = (psycopg.errors.IntegrityConstraintViolation, psycopg.errors.FeatureNotSupported)


class TestImmutability:
    @pytest.mark.parametrize(
        "statement",
        [
            "update policy.version set name = 'other'",
            "delete from policy.version",
            "truncate policy.version",
            "update policy.proposal set body = '{}'",
            "delete from policy.proposal",
        ],
    )
    def test_holds_for_the_application(self, tx, statement):
        first(tx)

        with pytest.raises(psycopg.errors.InsufficientPrivilege), tx.savepoint():
            tx.run(statement)

    @pytest.mark.parametrize("statement", ["update policy.version set name = 'x'", "delete from policy.version", "truncate policy.version"])  # fmt: skip
    def test_holds_for_the_owner_too(self, fresh_database: Database, owner_dsn, statement):
        with fresh_database.transaction(SYSTEM) as tx:
            first(tx)

        with psycopg.connect(owner_dsn) as connection, pytest.raises(REFUSED):
            connection.execute(statement)

    def test_of_one_person_publishing_their_own_is_held_by_the_database(self, tx):
        made = first(tx)
        sql = """insert into policy.version select 'pol_2', name, '2', hash, body, clause_count, reason, false, 'me', 'me',
                 published_at from policy.version where id = %(id)s"""

        with pytest.raises(psycopg.errors.CheckViolation), tx.savepoint():
            tx.run(sql, {"id": made.id})

    def test_of_what_is_in_force_is_checked_when_it_is_read(self, tx):
        sql = """insert into policy.version select 'pol_3', name, '3', repeat('0', 64), body, clause_count, reason, false,
                 'one', 'two', published_at + interval '1 day' from policy.version where id = %(id)s"""
        tx.run(sql, {"id": first(tx).id})

        with pytest.raises(VersionAltered):
            service.current(tx)

    def test_allows_one_bootstrap_only(self, tx):
        sql = """insert into policy.version select 'pol_4', name, '4', hash, body, clause_count, reason, true, null, 'me',
                 published_at from policy.version where id = %(id)s"""
        made = first(tx)

        with pytest.raises(psycopg.errors.UniqueViolation), tx.savepoint():
            tx.run(sql, {"id": made.id})
