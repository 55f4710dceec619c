"""Verification: an untouched ledger holds; whatever was done to one is found and named."""

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from assize.audit import service
from assize.audit.errors import LedgerBroken
from assize.audit.models import Flaw, Verification
from assize.kernel import clock
from assize.platform.db import Database
from assize.platform.settings import Settings
from assize.workforce.models import SYSTEM
from builders.audit import AT, StoneTurned, a_home, turn_stones

FACTS = 12
Tamper = Callable[[psycopg.Connection], None]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return a_home(tmp_path)


@pytest.fixture
def tamper(owner_dsn: str) -> Callable[..., None]:
    """Do something as the database's own superuser, with every trigger out of the way."""

    def work(*statements: str) -> None:
        with psycopg.connect(owner_dsn) as owner:
            owner.execute("set session_replication_role = replica")
            for statement in statements:
                owner.execute(statement)

    return work


@pytest.fixture
def ledger(fresh_database: Database, settings: Settings) -> list[str]:
    """Two checkpoints over six facts each; the ids in the order of the leaves."""
    for first in (0, FACTS // 2):
        turn_stones(fresh_database, FACTS // 2, first=first)
        service.checkpoint(fresh_database, settings=settings, at=clock.now())
    return ids(fresh_database)


def ids(database: Database) -> list[str]:
    with database.transaction(SYSTEM) as tx:
        return [row["fact_id"] for row in tx.rows("select fact_id from audit.leaf order by n")]


def found(verification: Verification, flaw: Flaw) -> list[str]:
    return [one.message for one in verification.findings if one.flaw is flaw]


@pytest.mark.usefixtures("ledger")
class TestAnUntouchedLedger:
    def test_holds(self, fresh_database: Database, settings: Settings):
        verification = service.verify(fresh_database, settings=settings)

        assert verification.holds, verification.findings
        assert (verification.size, verification.covered, verification.checkpoints) == (FACTS, FACTS, 2)

    def test_holds_while_facts_await_their_leaf_and_their_checkpoint(
        self, fresh_database: Database, settings: Settings
    ):
        turn_stones(fresh_database, 3)
        service.sequence(fresh_database)
        turn_stones(fresh_database, 2)

        verification = service.verify(fresh_database, settings=settings)

        assert verification.holds, verification.findings
        assert verification.pending == 2
        assert "3 facts are in the tree and await the next checkpoint" in verification.remarks

    def test_holds_when_a_transaction_committed_after_the_checkpoint_it_was_open_under(
        self, fresh_database: Database, settings: Settings
    ):
        with fresh_database.transaction(SYSTEM) as slow:
            slow.record(StoneTurned(stone=1), at=AT)
            turn_stones(fresh_database, 1)
            service.checkpoint(fresh_database, settings=settings, at=clock.now())
        service.checkpoint(fresh_database, settings=settings, at=clock.now())

        verification = service.verify(fresh_database, settings=settings)

        assert verification.holds, verification.findings
        assert verification.covered == FACTS + 2

    def test_holds_after_bodies_were_erased(self, fresh_database: Database, settings: Settings, ledger: list[str]):
        with fresh_database.transaction(SYSTEM) as tx:
            assert service.erase_bodies(tx, fact_ids=ledger[:3], reason="retention ended", at=AT) == 3
        service.checkpoint(fresh_database, settings=settings, at=clock.now())

        verification = service.verify(fresh_database, settings=settings)

        assert verification.holds, verification.findings
        assert verification.erased == 3

    def test_is_not_signed_again_when_nothing_was_added(self, fresh_database: Database, settings: Settings):
        before = settings.checkpoints.read_text(encoding="utf-8")

        signed = service.checkpoint(fresh_database, settings=settings, at=clock.now())

        assert signed is not None
        assert signed.checkpoint.size == FACTS
        assert settings.checkpoints.read_text(encoding="utf-8") == before


class TestAnEmptyLedger:
    def test_holds(self, fresh_database: Database, settings: Settings):
        assert service.checkpoint(fresh_database, settings=settings, at=clock.now()) is None
        assert service.verify(fresh_database, settings=settings).holds


class TestWhatWasDoneToALedger:
    @pytest.mark.parametrize(
        "change",
        [
            "actor = 'somebody-else'",
            "kind = 'StoneLeft'",
            "case_id = 'case_2'",
            "subject_id = 'sub_2'",
            "occurred_at = occurred_at - interval '1 day'",
            "recorded_at = recorded_at + interval '1 microsecond'",
            "commitment = sha256('other')",
        ],
    )
    def test_shows_a_changed_fact(self, change, fresh_database, settings, ledger, tamper):
        tamper(f"update platform.fact set {change} where id = '{ledger[4]}'")

        verification = service.verify(fresh_database, settings=settings)

        assert found(verification, Flaw.CHANGED_FACT)[0].startswith(ledger[4])

    def test_shows_a_changed_fact_whose_leaf_was_changed_to_fit(self, fresh_database, settings, ledger, tamper):
        tamper(
            f"update platform.fact set commitment = (select commitment from platform.fact where id = '{ledger[5]}') "
            f"where id = '{ledger[4]}'",
            f"update audit.leaf set hash = sha256('whatever') where fact_id = '{ledger[4]}'",
        )

        verification = service.verify(fresh_database, settings=settings)

        assert "between leaf 0 and leaf 5" in found(verification, Flaw.WRONG_ROOT)[0]

    def test_shows_a_removed_fact(self, fresh_database, settings, ledger, tamper):
        tamper(f"delete from platform.fact where id = '{ledger[7]}'")

        verification = service.verify(fresh_database, settings=settings)

        assert found(verification, Flaw.MISSING_FACT) == [f"{ledger[7]} was removed; its place in the ledger is leaf 7"]
        assert ledger[7] in found(verification, Flaw.ORPHAN_BODY)[0]

    def test_shows_a_fact_removed_with_leaf_and_body(self, fresh_database, settings, ledger, tamper):
        tamper(
            f"delete from platform.fact where id = '{ledger[7]}'",
            f"delete from platform.fact_body where fact_id = '{ledger[7]}'",
            "delete from audit.leaf where n = 7",
        )

        verification = service.verify(fresh_database, settings=settings)

        assert found(verification, Flaw.MISSING_LEAF) == [f"leaves 7 to 7 are missing before {ledger[8]}"]

    def test_shows_a_leaf_taken_from_a_fact(self, fresh_database, settings, ledger, tamper):
        tamper("delete from audit.leaf where n = 11")

        verification = service.verify(fresh_database, settings=settings)

        assert ledger[11] in found(verification, Flaw.UNSEQUENCED)[0]
        assert "leaves 11 to 11 are gone" in found(verification, Flaw.TOO_SHORT)[0]

    def test_shows_leaves_that_changed_places(self, fresh_database, settings, ledger, tamper):
        tamper(
            "update audit.leaf set n = 100 where n = 7",
            "update audit.leaf set n = 7 where n = 9",
            "update audit.leaf set n = 9 where n = 100",
        )

        verification = service.verify(fresh_database, settings=settings)

        assert ledger
        assert "between leaf 6 and leaf 11" in found(verification, Flaw.WRONG_ROOT)[0]

    def test_shows_facts_that_changed_places_under_their_leaves(self, fresh_database, settings, ledger, tamper):
        tamper(
            "update audit.leaf set fact_id = 'aside' where n = 1",
            f"update audit.leaf set fact_id = '{ledger[1]}' where n = 8",
            f"update audit.leaf set fact_id = '{ledger[8]}' where n = 1",
        )

        verification = service.verify(fresh_database, settings=settings)

        assert {one.fact_id for one in verification.findings if one.flaw is Flaw.CHANGED_FACT} == {ledger[1], ledger[8]}

    def test_shows_a_body_that_was_changed(self, fresh_database, settings, ledger, tamper):
        tamper(f"update platform.fact_body set body = replace(body, '3', '4') where fact_id = '{ledger[3]}'")

        verification = service.verify(fresh_database, settings=settings)

        assert ledger[3] in found(verification, Flaw.CHANGED_BODY)[0]

    def test_shows_a_body_that_went_without_an_erasure(self, fresh_database, settings, ledger, tamper):
        tamper(f"delete from platform.fact_body where fact_id = '{ledger[3]}'")

        verification = service.verify(fresh_database, settings=settings)

        assert found(verification, Flaw.MISSING_BODY) == [f"the body of {ledger[3]} is gone, and no erasure names it"]

    def test_shows_a_tail_that_was_cut_off_from_every_table(self, fresh_database, settings, ledger, tamper):
        tamper(
            "delete from platform.fact where id in (select fact_id from audit.leaf where n >= 6)",
            "delete from platform.fact_body where fact_id in (select fact_id from audit.leaf where n >= 6)",
            "delete from audit.leaf where n >= 6",
            "delete from audit.checkpoint where size > 6",
        )

        verification = service.verify(fresh_database, settings=settings)

        assert verification.size == len(ledger) // 2
        assert "leaves 6 to 11 are gone" in found(verification, Flaw.TOO_SHORT)[0]

    def test_shows_a_ledger_emptied_and_begun_anew(self, fresh_database, settings, ledger, tamper):
        with fresh_database.transaction(SYSTEM) as tx:
            pinned = service.latest_checkpoint(tx)
        public_key = (settings.keys / "ledger.pub").read_text(encoding="utf-8").strip()
        tamper(
            "truncate platform.fact cascade",
            "truncate audit.leaf, audit.node, audit.checkpoint, audit.sequencer",
        )
        turn_stones(fresh_database, 2)
        service.sequence(fresh_database)

        verification = service.verify(fresh_database, settings=settings, public_key=public_key)

        assert pinned is not None
        assert found(verification, Flaw.CHANGED_CHECKPOINT)
        assert f"covers {len(ledger)} facts" in found(verification, Flaw.TOO_SHORT)[-1]

    def test_shows_a_fact_put_in_behind_the_sequencer(self, fresh_database, settings, ledger, tamper):
        tamper(
            "insert into platform.fact (id, kind, actor, occurred_at, recorded_at, xid, commitment) "
            f"select 'fact_forged', kind, actor, occurred_at, recorded_at, xid, commitment from platform.fact where id = '{ledger[2]}'"
        )

        verification = service.verify(fresh_database, settings=settings)

        assert "fact_forged" in found(verification, Flaw.UNSEQUENCED)[0]

    @pytest.mark.parametrize(
        ("shift", "words"), [("-1 hour", "before its checkpoint"), ("1 hour", "after its checkpoint")]
    )
    def test_shows_a_fact_recorded_outside_the_window_of_its_checkpoint(
        self, shift, words, fresh_database, settings, ledger
    ):
        with fresh_database.transaction(SYSTEM) as tx:
            # No trigger is in the way of whoever writes a false time to begin with.
            tx.run(
                "insert into platform.fact (id, kind, actor, occurred_at, recorded_at, commitment) "
                f"values ('fact_forged', 'StoneTurned', 'system', now(), now() + interval '{shift}', sha256(''))"
            )
        service.checkpoint(fresh_database, settings=settings, at=clock.now())

        verification = service.verify(fresh_database, settings=settings)

        assert ledger
        assert "fact_forged" in found(verification, Flaw.OUTSIDE_WINDOW)[0]
        assert words in found(verification, Flaw.OUTSIDE_WINDOW)[0]

    def test_shows_a_checkpoint_that_was_changed(self, fresh_database, settings, ledger, tamper):
        tamper("update audit.checkpoint set note = replace(note, 'until 2', 'until 1') where size = 6")

        verification = service.verify(fresh_database, settings=settings)

        assert ledger
        assert "size 6 in the database is not signed" in found(verification, Flaw.BAD_SIGNATURE)[0]

    def test_shows_columns_that_say_something_else_than_the_note(self, fresh_database, settings, ledger, tamper):
        tamper("update audit.checkpoint set root = sha256('') where size = 6")

        verification = service.verify(fresh_database, settings=settings)

        assert ledger
        assert "size 6" in found(verification, Flaw.CHANGED_CHECKPOINT)[0]

    def test_shows_checkpoints_missing_from_the_file_outside(self, fresh_database, settings, ledger):
        settings.checkpoints.unlink()

        verification = service.verify(fresh_database, settings=settings)

        assert ledger
        assert found(verification, Flaw.MISSING_CHECKPOINT)[0].startswith("2 checkpoints of the database")

    def test_shows_a_ledger_signed_anew_with_another_key(self, fresh_database, settings, ledger, tmp_path, tamper):
        public_key = (settings.keys / "ledger.pub").read_text(encoding="utf-8").strip()
        tamper("truncate audit.checkpoint")
        forger = a_home(tmp_path / "forger")
        service.checkpoint(fresh_database, settings=forger, at=clock.now())

        verification = service.verify(
            fresh_database, settings=settings, public_key=public_key, checkpoint_file=forger.checkpoints
        )

        assert ledger
        assert len(found(verification, Flaw.BAD_SIGNATURE)) == 2

    def test_is_refused_by_the_database_to_the_application(self, fresh_database, ledger):
        for statement in (
            "update platform.fact set actor = 'x'",
            "delete from platform.fact",
            "truncate platform.fact",
            "update audit.leaf set n = n",
            "delete from audit.leaf",
            "truncate audit.node",
            "delete from audit.checkpoint",
            "update platform.fact_body set body = ''",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), fresh_database.transaction(SYSTEM) as tx:
                tx.run(statement)

        assert ledger

    def test_is_refused_to_the_owner_too_unless_triggers_are_taken_away(self, owner_dsn, ledger):
        for statement in (
            "update audit.leaf set n = n",
            "delete from audit.leaf",
            "truncate audit.leaf",
            "delete from audit.checkpoint",
            "truncate audit.checkpoint",
            "delete from platform.fact",
        ):
            with pytest.raises(psycopg.errors.IntegrityConstraintViolation), psycopg.connect(owner_dsn) as owner:
                owner.execute(statement)

        assert ledger


class TestALargerLedger:
    def test_shows_which_stretch_was_changed_when_fact_and_leaf_agree(self, fresh_database, settings, tamper):
        turn_stones(fresh_database, 1_000)
        service.checkpoint(fresh_database, settings=settings, at=clock.now())
        assert service.verify(fresh_database, settings=settings).holds
        tamper("update audit.leaf set hash = sha256('whatever') where n = 700")

        verification = service.verify(fresh_database, settings=settings)

        assert found(verification, Flaw.WRONG_NODE)[0].startswith("leaves 512 to 767")
        assert len(found(verification, Flaw.CHANGED_FACT)) == 1

    def test_is_not_signed_further_once_its_tree_was_changed(self, fresh_database, settings, tamper):
        turn_stones(fresh_database, 300)
        service.checkpoint(fresh_database, settings=settings, at=clock.now())
        tamper("update audit.leaf set hash = sha256('whatever') where n = 290")
        turn_stones(fresh_database, 1)

        with pytest.raises(LedgerBroken):
            service.checkpoint(fresh_database, settings=settings, at=clock.now())
