import json
import shutil
from contextlib import nullcontext
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner

from assize.kernel import clock
from assize.platform.db import Database
from assize.policy.commands import policy
from assize.policy.errors import NeedsPerson, PackNotFound
from assize.workforce.errors import SamePerson
from assize.workforce.models import SYSTEM, Role
from assize.workforce.service import add_person

PASSWORD = "correct horse battery"


def no_database():
    raise AssertionError("this command needs no database")


def run(*arguments: str):
    return CliRunner().invoke(policy, arguments, obj=no_database)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the starter pack to change."""
    copied = tmp_path / "mine"
    shutil.copytree(Path(str(files("assize").joinpath("packs", "starter"))), copied)
    return copied


class TestCheck:
    def test_of_the_starter_pack_succeeds_without_a_database(self):
        done = run("check", "starter")

        assert done.exit_code == 0, done.output
        assert "It may be published." in done.output

    def test_of_a_broken_pack_fails_and_tells_all_places(self, folder):
        for file in ("gates.toml", "actions.toml"):
            path = folder / file
            path.write_text("oops = 1\n" + path.read_text(encoding="utf-8"), encoding="utf-8")

        done = run("check", str(folder))

        assert done.exit_code == 1
        assert "gates.toml:1: oops: unknown here" in done.output
        assert "actions.toml:1: oops: unknown here" in done.output

    def test_answers_in_json(self, folder):
        (folder / "support.toml").unlink()

        done = run("check", str(folder), "--json")

        told = json.loads(done.output)
        assert told["pack"] is None
        assert told["problems"][0]["file"] == "support.toml"

    def test_of_an_unknown_pack_says_so(self):
        assert isinstance(run("check", "nonsense").exception, PackNotFound)


class TestPublish:
    def test_asks_for_two_people_after_the_first(self, fresh_database: Database, folder):
        people(fresh_database)
        change(folder)

        first = run_with(fresh_database, "publish", "starter")
        alone = run_with(fresh_database, "publish", str(folder))
        proposed = run_with(fresh_database, "propose", str(folder), *as_person("ana@example.org"), says=PASSWORD)
        own = run_with(fresh_database, "publish", str(folder), *as_person("ana@example.org"), says=PASSWORD)
        second = run_with(fresh_database, "publish", str(folder), *as_person("ben@example.org"), says=PASSWORD)
        listed = run_with(fresh_database, "list")

        assert first.exit_code == 0, first.output
        assert isinstance(alone.exception, NeedsPerson)
        assert proposed.exit_code == 0, proposed.output
        assert isinstance(own.exception, SamePerson)
        assert "is in force as pol_" in second.output
        assert [line.split("  ")[2] for line in listed.output.splitlines()] == ["starter 1.1.0", "starter 1.0.0"]

    def test_compares_with_what_is_in_force(self, fresh_database: Database, folder):
        change(folder)
        run_with(fresh_database, "publish", "starter")

        done = run_with(fresh_database, "diff", "current", str(folder))

        assert "starter 1.0.0 -> starter 1.1.0" in done.output


def people(database: Database) -> None:
    with database.transaction(SYSTEM) as tx:
        for email in ("ana@example.org", "ben@example.org"):
            add_person(tx, name=email[:3], email=email, roles=[Role.POLICY_OWNER], password=PASSWORD, at=clock.now())


def as_person(email: str) -> tuple[str, ...]:
    return ("--as", email, "--reason", "better words")


def run_with(database: Database, *arguments: str, says: str = ""):
    return CliRunner().invoke(policy, arguments, obj=lambda: nullcontext(database), input=f"{says}\n")


def change(folder: Path) -> None:
    path = folder / "pack.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("1.0.0", "1.1.0", 1), encoding="utf-8")


class TestDiff:
    def test_tells_word_by_word(self, folder):
        path = folder / "text" / "FRD.md"
        path.write_text(
            path.read_text(encoding="utf-8").replace("A scam as an operation", "Any scam", 1), encoding="utf-8"
        )

        done = run("diff", "starter", str(folder))

        assert done.exit_code == 0, done.output
        assert "FRD-1 Running a scam at scale (changed)" in done.output
        assert "{+Any scam:+}" in done.output

    def test_answers_in_json(self):
        done = run("diff", "starter", "starter", "--json")

        assert json.loads(done.output)["clauses"] == []
