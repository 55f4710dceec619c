"""Signing: what a checkpoint says of time, where it is kept, and by whom it is signed."""

import threading
from datetime import datetime
from pathlib import Path

import psycopg
import pytest

from assize.audit import service
from assize.audit.errors import SignedElsewhere
from assize.audit.logic.notes import PublicKey
from assize.audit.models import Checkpoint
from assize.audit.store import checkpoints
from assize.kernel import clock
from assize.platform.db import Database, Tx
from assize.platform.errors import UnusableKey
from assize.platform.settings import Settings
from assize.workforce.models import SYSTEM
from builders.audit import AT, StoneTurned, a_home, turn_stones


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return a_home(tmp_path)


def sign(database: Database, settings: Settings) -> Checkpoint:
    turn_stones(database, 1)
    signed = service.checkpoint(database, settings=settings, at=clock.now())
    assert signed is not None
    return signed.checkpoint


def began(tx: Tx) -> datetime:
    at: datetime = tx.value("select now()")
    return at


class TestTheHorizon:
    def test_is_the_start_of_the_oldest_transaction_that_writes(self, fresh_database: Database, settings: Settings):
        with fresh_database.transaction(SYSTEM) as writer:
            writer.record(StoneTurned(), at=AT)
            start = began(writer)

            checkpoint = sign(fresh_database, settings)

        assert checkpoint.horizon == start < checkpoint.until
        assert sign(fresh_database, settings).horizon > start

    def test_is_not_held_back_by_one_that_reads(self, fresh_database: Database, settings: Settings):
        with fresh_database.transaction(SYSTEM) as reader:
            start = began(reader)

            checkpoint = sign(fresh_database, settings)

        assert checkpoint.horizon > start

    def test_stays_where_it_was_while_one_writes_that_cannot_be_looked_into(
        self, fresh_database: Database, settings: Settings, owner_dsn: str
    ):
        before = sign(fresh_database, settings)

        with psycopg.connect(owner_dsn) as owner:
            owner.execute("select pg_current_xact_id()")
            during = sign(fresh_database, settings)
        after = sign(fresh_database, settings)

        assert during.horizon == before.horizon < before.until
        assert after.horizon > before.until

    def test_lets_every_late_commit_in_however_writers_and_signers_meet(
        self, fresh_database: Database, settings: Settings
    ):
        over = threading.Event()

        def write() -> None:
            while not over.is_set():
                with fresh_database.transaction(SYSTEM) as tx:
                    tx.record(StoneTurned(), at=AT)
                    tx.run("select pg_sleep(0.03)")
                    tx.record(StoneTurned(), at=AT)

        writers = [threading.Thread(target=write) for _ in range(4)]
        for one in writers:
            one.start()
        sizes: set[int] = set()
        try:
            while len(sizes) < 12:
                signed = service.checkpoint(fresh_database, settings=settings, at=clock.now())
                sizes |= {signed.checkpoint.size} if signed else set()
        finally:
            over.set()
            for one in writers:
                one.join()
        service.checkpoint(fresh_database, settings=settings, at=clock.now())

        verification = service.verify(fresh_database, settings=settings)
        assert verification.holds, verification.findings
        assert verification.checkpoints >= 12


class TestAfterACrash:
    def test_between_file_and_database_the_ledger_holds_and_is_signed_again(
        self, fresh_database: Database, settings: Settings, owner_dsn: str
    ):
        sign(fresh_database, settings)
        with psycopg.connect(owner_dsn) as owner:
            owner.execute("set session_replication_role = replica")
            owner.execute("truncate audit.checkpoint")

        assert service.verify(fresh_database, settings=settings).holds
        sign(fresh_database, settings)

        verification = service.verify(fresh_database, settings=settings)
        assert verification.holds, verification.findings
        assert verification.checkpoints == 2

    def test_the_leaves_under_a_note_keep_their_order_whatever_commits_meanwhile(
        self, fresh_database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ):
        class Crash(Exception):
            """The process ends here."""

        def crash(*_: object) -> None:
            raise Crash

        with fresh_database.transaction(SYSTEM) as earlier:
            earlier.record(StoneTurned(), at=AT)
            with monkeypatch.context() as patched:
                patched.setattr(checkpoints, "keep", crash)
                with pytest.raises(Crash):
                    sign(fresh_database, settings)
        sign(fresh_database, settings)

        verification = service.verify(fresh_database, settings=settings)
        assert verification.holds, verification.findings
        assert (verification.size, verification.checkpoints) == (3, 2)


class TestTheKey:
    def test_is_made_once_and_for_its_owner_alone(self, fresh_database: Database, settings: Settings):
        sign(fresh_database, settings)
        made = (settings.keys / "ledger.pem").read_bytes()
        sign(fresh_database, settings)

        assert (settings.keys / "ledger.pem").read_bytes() == made
        assert (settings.keys / "ledger.pem").stat().st_mode & 0o777 == 0o600
        assert settings.keys.stat().st_mode & 0o777 == 0o700
        assert settings.checkpoints.stat().st_mode & 0o777 == 0o600
        assert [one.name for one in settings.keys.iterdir() if one.name.startswith(".")] == []

    def test_that_others_may_read_is_not_used(self, fresh_database: Database, settings: Settings):
        sign(fresh_database, settings)
        (settings.keys / "ledger.pem").chmod(0o644)

        with pytest.raises(UnusableKey):
            sign(fresh_database, settings)

    def test_that_holds_something_else_is_not_used(self, fresh_database: Database, settings: Settings):
        sign(fresh_database, settings)
        (settings.keys / "ledger.pem").write_text("no key")

        with pytest.raises(UnusableKey, match="no private key"):
            sign(fresh_database, settings)

    def test_may_lie_elsewhere(self, fresh_database: Database, settings: Settings):
        class Vault:
            """A signer of somebody else's."""

            name = "vault"
            public_key = "vault+00000000+none"

            def sign(self, text: str) -> str:
                return f"\u2014 vault {len(text):08d}"

        turn_stones(fresh_database, 1)

        signed = service.checkpoint(fresh_database, settings=settings, at=clock.now(), signer=Vault())

        assert signed is not None
        assert "\u2014 vault 0000" in signed.note
        assert not settings.keys.exists()

    def test_that_signed_last_is_the_one_that_signs_next(
        self, fresh_database: Database, settings: Settings, tmp_path: Path
    ):
        sign(fresh_database, settings)

        with pytest.raises(SignedElsewhere):
            sign(fresh_database, a_home(tmp_path / "another machine"))

    def test_told_by_the_installation_is_the_one_that_signed(self, fresh_database: Database, settings: Settings):
        sign(fresh_database, settings)

        with fresh_database.transaction(SYSTEM) as tx:
            spelled, latest = service.public_key(tx, settings=settings), service.latest_checkpoint(tx)

        assert PublicKey.parse(spelled).signed(latest.note)
