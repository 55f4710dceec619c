"""The ledger from the command line: words, exit codes, files."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result

from assize.audit import service
from assize.audit.commands import audit
from assize.kernel import clock
from assize.platform.db import Database
from assize.workforce.models import SYSTEM
from builders.audit import a_home, turn_stones


@pytest.fixture
def run(fresh_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Run `assize audit …` over a ledger of four facts."""
    monkeypatch.setenv("ASSIZE_HOME", str(tmp_path))
    turn_stones(fresh_database, 4)
    service.checkpoint(fresh_database, settings=a_home(tmp_path), at=clock.now())

    @contextlib.contextmanager
    def opening() -> Iterator[Database]:
        yield fresh_database

    def work(*words: object) -> Result:
        return CliRunner().invoke(audit, [str(word) for word in words], obj=opening)

    return work


def test_verify_says_in_one_sentence_that_the_ledger_holds(run):
    result = run("verify")

    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[-1] == "The ledger holds: its first 4 facts are as they were signed."


def test_verify_names_the_fact_and_exits_with_one(run, owner_dsn: str):
    with psycopg.connect(owner_dsn) as owner:
        owner.execute("set session_replication_role = replica")
        owner.execute("update platform.fact set actor = 'x' where id = (select fact_id from audit.leaf where n = 2)")

    result = run("verify")

    assert result.exit_code == 1
    assert "(StoneTurned, leaf 2) was changed after it entered the ledger" in result.stdout
    assert result.stdout.splitlines()[-1] == "THE LEDGER DOES NOT HOLD: 1 findings."


def test_verify_prints_json_for_programs(run):
    value = json.loads(run("verify", "--json").stdout)

    assert value["holds"] is True
    assert value["size"] == 4


def test_an_export_verifies_without_the_database(run, tmp_path: Path):
    key = tmp_path / "ledger.key.pub"
    key.write_text(run("key").stdout, encoding="utf-8")

    written = run("export", tmp_path / "ledger.jsonl.gz")
    result = run(
        "verify", "--export", tmp_path / "ledger.jsonl.gz", "--public-key", key,
        "--checkpoints", tmp_path / "checkpoints" / "ledger.log",
    )  # fmt: skip

    assert written.stdout == "4 facts, 4 with what they say, 0 withheld.\n"
    assert result.exit_code == 0, result.output


def test_a_proof_is_checked_without_the_database(run, tmp_path: Path, fresh_database: Database):

    with fresh_database.transaction(SYSTEM) as tx:
        fact_id = tx.value("select fact_id from audit.leaf where n = 1")
    proof, key = tmp_path / "proof.json", run("key").stdout.strip()
    proof.write_text(run("prove", fact_id).stdout, encoding="utf-8")

    assert run("check-proof", proof, "--public-key", key).stdout == "The proof holds.\n"
    proof.write_text(proof.read_text(encoding="utf-8").replace(fact_id, "fact_other"), encoding="utf-8")
    refused = run("check-proof", proof, "--public-key", key)
    assert refused.exit_code == 1
    assert refused.stdout.startswith("The proof does not hold: fact_other")


def test_growth_is_proved_and_checkpoints_are_signed_by_hand(run, tmp_path: Path, fresh_database: Database):
    turn_stones(fresh_database, 2)

    note = run("checkpoint").stdout
    proof = tmp_path / "growth.json"
    proof.write_text(run("prove-growth", "--from", 4).stdout, encoding="utf-8")

    assert note.splitlines()[1] == "6"
    assert run("check-proof", proof, "--public-key", run("key").stdout.strip()).exit_code == 0


def test_another_key_signs_and_the_old_one_still_verifies(run):
    old = run("key").stdout.strip()

    changed = run("rotate-key")

    assert changed.stdout.strip() == run("key").stdout.strip() != old
    assert f"retired/ledger.{old.split('+')[1]}.pem: take it off this machine." in changed.stderr
    assert run("verify").exit_code == 0
    assert run("verify", "--public-key", old).exit_code == 0
