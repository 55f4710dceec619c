"""Proofs out of a real ledger, checked with the public key alone."""

import json
from pathlib import Path

import pytest

from assize.audit import service
from assize.audit.errors import MalformedProof, NoSuchCheckpoint, NoSuchFact, NotYetInTheTree
from assize.kernel import clock
from assize.platform.db import Database
from assize.platform.settings import Settings
from assize.workforce.models import SYSTEM
from builders.audit import a_home, turn_stones

SIZES = (3, 700)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return a_home(tmp_path)


@pytest.fixture
def ledger(fresh_database: Database, settings: Settings) -> list[str]:
    before = 0
    for size in SIZES:
        turn_stones(fresh_database, size - before, first=before)
        service.checkpoint(fresh_database, settings=settings, at=clock.now())
        before = size
    with fresh_database.transaction(SYSTEM) as tx:
        return [row["fact_id"] for row in tx.rows("select fact_id from audit.leaf order by n")]


@pytest.fixture
def public_key(settings: Settings, ledger: list[str]) -> str:
    assert ledger
    return (settings.keys / "ledger.pub").read_text(encoding="utf-8").strip()


def proof_of(database: Database, fact_id: str) -> dict[str, object]:
    with database.transaction(SYSTEM) as tx:
        return service.proof_json(service.prove(tx, fact_id=fact_id))


def growth(database: Database, *, first: int, second: int | None = None) -> dict[str, object]:
    with database.transaction(SYSTEM) as tx:
        return service.proof_json(service.prove_growth(tx, first=first, second=second))


class TestAProofOfAFact:
    @pytest.mark.parametrize("n", [0, 2, 3, 255, 256, 511, 512, 699])
    def test_convinces_whoever_has_the_public_key(self, n, fresh_database, ledger, public_key):
        proof = proof_of(fresh_database, ledger[n])

        assert service.why_not(json.dumps(proof), public_key=public_key) is None

    def test_does_not_hold_for_another_fact(self, fresh_database, ledger, public_key):
        proof = proof_of(fresh_database, ledger[5])
        proof["fact"] = proof_of(fresh_database, ledger[6])["fact"]

        assert "is not leaf 5" in str(service.why_not(json.dumps(proof), public_key=public_key))

    def test_does_not_hold_under_another_signature(self, fresh_database, ledger, public_key):
        proof = proof_of(fresh_database, ledger[5])
        proof["checkpoint"] = str(proof["checkpoint"]).replace("until 2", "until 3")

        assert "not signed by assize/log_" in str(service.why_not(json.dumps(proof), public_key=public_key))

    def test_is_not_there_before_a_checkpoint_covers_it(self, fresh_database, ledger):
        turn_stones(fresh_database, 1)
        with fresh_database.transaction(SYSTEM) as tx:
            fact_id = tx.value("select max(id) from platform.fact")

        assert fact_id not in ledger
        with pytest.raises(NotYetInTheTree):
            proof_of(fresh_database, fact_id)
        service.sequence(fresh_database)
        with pytest.raises(NotYetInTheTree):
            proof_of(fresh_database, fact_id)

    def test_is_not_there_for_what_never_happened(self, fresh_database, ledger):
        assert ledger
        with pytest.raises(NoSuchFact):
            proof_of(fresh_database, "fact_never")


class TestAProofOfGrowth:
    def test_convinces_whoever_has_the_public_key(self, fresh_database, ledger, public_key):
        assert ledger
        for proof in (growth(fresh_database, first=3), growth(fresh_database, first=700, second=3)):
            assert service.why_not(json.dumps(proof), public_key=public_key) is None

    def test_does_not_hold_with_another_path(self, fresh_database, ledger, public_key):
        assert ledger
        proof = growth(fresh_database, first=3)
        proof["path"] = proof["path"][:-1]

        assert "does not begin with" in str(service.why_not(json.dumps(proof), public_key=public_key))

    def test_is_not_there_for_a_size_that_was_not_signed(self, fresh_database, ledger):
        assert ledger
        with pytest.raises(NoSuchCheckpoint):
            growth(fresh_database, first=4)


class TestWhatIsNoProof:
    @pytest.mark.parametrize(
        "text", ["", "[]", "{}", '{"proof":"x","path":[]}', '{"proof":"assize-inclusion","path":["zz"]}']
    )
    def test_is_refused(self, text: str, public_key: str):
        with pytest.raises(MalformedProof):
            service.why_not(text, public_key=public_key)
