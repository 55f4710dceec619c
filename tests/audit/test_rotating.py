"""Another key signs from now on, and the ledger verifies across the change with either key."""

import json
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assize.audit import service
from assize.audit.errors import NoCheckpoint, SignedElsewhere
from assize.audit.logic import notes
from assize.audit.models import Flaw, Handover
from assize.audit.service import keeping
from assize.audit.store import checkpoints, keys
from assize.kernel import clock
from assize.platform.db import Database
from assize.platform.settings import Settings
from assize.workforce.models import SYSTEM
from builders.audit import a_home, an_auditor, turn_stones


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return a_home(tmp_path)


def sign(database: Database, settings: Settings, *, facts: int = 3) -> None:
    turn_stones(database, facts)
    service.checkpoint(database, settings=settings, at=clock.now())


def rotated(database: Database, settings: Settings) -> tuple[str, str]:
    """Sign, change the key, sign again; return the old and the new public key."""
    sign(database, settings)
    done = service.rotate_key(database, settings=settings, at=clock.now())
    sign(database, settings)
    return done.old_key, done.new_key


def coming(database: Database, settings: Settings) -> str:
    """Put a new key beside the one that signs, and go no further."""
    with database.transaction(SYSTEM) as tx:
        name = service.latest_checkpoint(tx).checkpoint.origin
    return keeping.made_successor(settings, name=name).public_key


def flaws(database: Database, settings: Settings, **given: object) -> set[Flaw]:
    return {one.flaw for one in service.verify(database, settings=settings, **given).findings}


def kinds(database: Database) -> list[str]:
    with database.transaction(SYSTEM) as tx:
        return [row["kind"] for row in tx.rows("select kind from platform.fact order by id")]


class TestAChangeOfKey:
    def test_lets_the_new_key_sign_from_then_on(self, fresh_database, settings):
        old, new = rotated(fresh_database, settings)

        with fresh_database.transaction(SYSTEM) as tx:
            last = service.latest_checkpoint(tx).note
            assert service.public_key(tx, settings=settings) == new
        assert notes.PublicKey.parse(new).signed(last)
        assert not notes.PublicKey.parse(old).signed(last)

    def test_is_a_checkpoint_that_both_keys_signed(self, fresh_database, settings):
        old, new = rotated(fresh_database, settings)

        with fresh_database.transaction(SYSTEM) as tx:
            (note,) = checkpoints.handovers(tx)
        assert f"\nhandover {old} {new}\n\n" in note
        assert all(notes.PublicKey.parse(one).signed(note) for one in (old, new))

    def test_is_a_fact_and_holds_it_under_the_new_signature(self, fresh_database, settings):
        rotated(fresh_database, settings)

        assert kinds(fresh_database)[3:5] == ["SigningKeyChangeAsked", "SigningKeyChanged"]
        assert service.verify(fresh_database, settings=settings).covered == 8

    def test_leaves_both_public_keys_known_and_the_old_private_one_aside(self, fresh_database, settings):
        old, new = rotated(fresh_database, settings)

        assert (settings.keys / "ledger.pub").read_text().splitlines() == [old, new]
        (aside,) = (settings.keys / "retired").iterdir()
        assert aside.stat().st_mode & 0o777 == 0o600
        assert sorted(one.name for one in settings.keys.iterdir()) == ["ledger.pem", "ledger.pub", "retired"]

    def test_needs_a_ledger(self, fresh_database, settings):
        with pytest.raises(NoCheckpoint):
            service.rotate_key(fresh_database, settings=settings, at=clock.now())


class TestTheLedger:
    @pytest.mark.parametrize("times", [1, 3])
    @pytest.mark.parametrize("which", ["first", "last", "own"])
    def test_verifies_across_changes_with_any_of_its_keys(self, times, which, fresh_database, settings):
        held = [key for _ in range(times) for key in rotated(fresh_database, settings)]
        given = {"first": held[0], "last": held[-1], "own": None}[which]

        result = service.verify(fresh_database, settings=settings, public_key=given)

        assert result.holds, result.findings
        assert result.covered == result.size == 8 * times

    @pytest.mark.parametrize("which", [0, 1])
    def test_verifies_offline_with_either_key(self, which, fresh_database, settings, tmp_path):
        held = rotated(fresh_database, settings)
        path = tmp_path / "ledger.jsonl"
        service.export(fresh_database, by=an_auditor(), path=path, settings=settings, at=clock.now())

        result = service.verify_export(path, public_key=held[which], checkpoint_file=settings.checkpoints)

        assert result.holds, result.findings

    @pytest.mark.parametrize("which", [0, 1])
    def test_is_proved_across_the_change_to_whoever_has_either_key(self, which, fresh_database, settings):
        held = rotated(fresh_database, settings)
        with fresh_database.transaction(SYSTEM) as tx:
            fact_id = tx.value("select fact_id from audit.leaf where n = 0")
            proofs = [service.prove(tx, fact_id=fact_id), service.prove_growth(tx, first=3)]

        for proof in proofs:
            text = json.dumps(service.proof_json(proof))
            assert service.why_not(text, public_key=held[which]) is None

    def test_is_not_proved_across_the_change_without_what_changed_the_key(self, fresh_database, settings):
        old, _ = rotated(fresh_database, settings)
        with fresh_database.transaction(SYSTEM) as tx:
            proof = service.proof_json(service.prove_growth(tx, first=3))
        del proof["handovers"]

        assert "is not signed by" in str(service.why_not(json.dumps(proof), public_key=old))


class TestTheOldKey:
    def test_signs_nothing_more(self, fresh_database, settings, tmp_path):
        old, _ = rotated(fresh_database, settings)
        elsewhere = a_home(tmp_path / "elsewhere")
        elsewhere.keys.mkdir(parents=True)
        (settings.keys / "retired" / f"ledger.{old.split('+')[1]}.pem").rename(elsewhere.keys / "ledger.pem")

        with pytest.raises(SignedElsewhere):
            sign(fresh_database, elsewhere)

    def test_does_not_count_after_the_change(self, fresh_database, settings, owner_dsn):
        sign(fresh_database, settings)
        thief = keys.private_key(settings.keys)
        done = service.rotate_key(fresh_database, settings=settings, at=clock.now())
        sign(fresh_database, settings)
        signer = notes.Ed25519Signer(name=done.old_key.partition("+")[0], key=thief)
        replace_last_note(owner_dsn, lambda text: notes.sealed(text, signer.sign(text)))

        assert Flaw.BAD_SIGNATURE in flaws(fresh_database, settings)
        assert Flaw.BAD_SIGNATURE in flaws(fresh_database, settings, public_key=done.old_key)

    def test_handed_over_a_second_time_shows(self, fresh_database, settings):
        sign(fresh_database, settings)
        thief = keys.private_key(settings.keys)
        old, new = rotated(fresh_database, settings)
        forged_handover(settings, thief, old=old)

        assert Flaw.SPLIT_VIEW in flaws(fresh_database, settings)
        assert Flaw.SPLIT_VIEW in flaws(fresh_database, settings, public_key=old)
        assert Flaw.SPLIT_VIEW in flaws(fresh_database, settings, public_key=new)


class TestAChangeThatWasTakenOut:
    def test_leaves_what_the_old_key_signed_without_a_voucher(self, fresh_database, settings, owner_dsn):
        rotated(fresh_database, settings)
        with psycopg.connect(owner_dsn) as owner:
            owner.execute("set session_replication_role = replica")
            owner.execute("delete from audit.checkpoint where handover")
        text = settings.checkpoints.read_text()
        (note,) = [one for one in notes.notes_of(text)[0] if "\nhandover " in one]
        settings.checkpoints.write_text(text.replace(note + "\n", ""))

        assert Flaw.BAD_SIGNATURE in flaws(fresh_database, settings)


class TestAnInterruptedChange:
    def test_is_ended_by_the_next_checkpoint(self, fresh_database, settings):
        sign(fresh_database, settings)
        new = coming(fresh_database, settings)

        sign(fresh_database, settings)
        sign(fresh_database, settings)

        with fresh_database.transaction(SYSTEM) as tx:
            assert service.public_key(tx, settings=settings) == new
        assert service.verify(fresh_database, settings=settings).holds

    def test_is_the_same_change_when_asked_for_again(self, fresh_database, settings):
        sign(fresh_database, settings)
        new = coming(fresh_database, settings)

        done = service.rotate_key(fresh_database, settings=settings, at=clock.now())

        assert done.new_key == new
        assert kinds(fresh_database).count("SigningKeyChanged") == 1
        assert service.verify(fresh_database, settings=settings).holds

    def test_between_file_and_database_is_taken_up_again(self, fresh_database, settings, monkeypatch):
        class Crash(Exception):
            """The process ends here."""

        def crash(*_: object) -> None:
            raise Crash

        sign(fresh_database, settings)
        coming(fresh_database, settings)
        with monkeypatch.context() as patched:
            patched.setattr(checkpoints, "keep", crash)
            with pytest.raises(Crash):
                sign(fresh_database, settings)

        service.rotate_key(fresh_database, settings=settings, at=clock.now())
        sign(fresh_database, settings)

        result = service.verify(fresh_database, settings=settings)
        assert result.holds, result.findings
        assert kinds(fresh_database).count("SigningKeyChanged") == 1


def replace_last_note(owner_dsn: str, change) -> None:
    """Write another note in the place of the newest."""
    with psycopg.connect(owner_dsn) as owner:
        owner.execute("set session_replication_role = replica")
        (note,) = owner.execute("select note from audit.checkpoint order by size desc limit 1").fetchone()
        changed = change(notes.split(note)[0])
        owner.execute("update audit.checkpoint set note = %s where note = %s", (changed, note))


def forged_handover(settings: Settings, thief, *, old: str) -> None:
    """Put into the file outside what a thief of the old key would sign: a change to a key of the thief's own."""
    name = old.partition("+")[0]
    signers = [notes.Ed25519Signer(name=name, key=one) for one in (thief, Ed25519PrivateKey.generate())]
    text = settings.checkpoints.read_text()
    (real,) = [one for one in notes.notes_of(text)[0] if "\nhandover " in one]
    forged = notes.write(replace(notes.read(real), handover=Handover(old=old, new=signers[1].public_key)))
    note = notes.sealed(forged, *(one.sign(forged) for one in signers))
    settings.checkpoints.write_text(text + notes.filed(note, after=text[-2:]))
