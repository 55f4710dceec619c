"""Doctor says in plain words what is wrong, and changes nothing."""

import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest

from assize.platform.db import Database
from assize.platform.doctor import Finding, Level, examine, machine
from assize.platform.doctor.database import database_findings
from assize.platform.migrate import migrate
from assize.platform.postgres import APP, DATABASE, OWNER, open_cluster
from assize.platform.settings import Settings
from builders.homes import a_home


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture
def home() -> Iterator[Path]:
    with a_home() as folder:
        yield folder


def level(findings: list[Finding], words: str) -> Level:
    [found] = [each for each in findings if words in each.title]
    return found.level


class TestANewInstallation:
    def test_is_well(self, home: Path):
        found = examine(Settings(home=home / "assize"))

        assert {each.level for each in found} <= {Level.OK, Level.WARN}
        assert level(found, "There is no database yet") is Level.OK

    def test_is_left_as_it_was(self, home: Path):
        examine(Settings(home=home / "assize"))

        assert list(home.iterdir()) == []


class TestARunningInstallation:
    def test_is_well_but_for_a_worker(self, home: Path):
        with open_cluster(home) as supervisor:
            migrate(supervisor.cluster.dsn(role=OWNER, database=DATABASE))

            found = examine(Settings(home=home))

        assert [each.title for each in found if each.level is not Level.OK] == ["No worker has ever run."]
        assert level(found, f"The application connects as {APP}") is Level.OK

    def test_that_was_stopped_is_told_of_and_not_started(self, home: Path):
        with open_cluster(home) as supervisor:
            pass

        found = examine(Settings(home=home))

        assert level(found, "does not run") is Level.WARN
        assert not supervisor.is_running()


class TestADatabase:
    def test_with_one_role_can_not_keep_the_ledger_from_it(self, fresh_database: Database, owner_dsn: str):
        assert fresh_database.dsn

        found = database_findings(owner_dsn, owner_dsn)

        assert level(found, "owns the tables or stands above their rules") is Level.WARN

    def test_with_two_roles_is_well(self, fresh_database: Database, owner_dsn: str):
        found = database_findings(fresh_database.dsn, owner_dsn)

        assert level(found, "can't change or remove facts") is Level.OK

    def test_that_is_not_there_is_broken(self, home: Path):
        [found] = database_findings(f"host={home} user=assize_app dbname=assize", None)

        assert found.level is Level.BAD
        assert "does not answer" in found.title

    @pytest.mark.parametrize(("version", "words"), [("0001", "this version needs"), ("9999", "newer than")])
    def test_of_another_schema_is_broken(self, fresh_database: Database, owner_dsn: str, version: str, words: str):
        with psycopg.connect(owner_dsn) as connection:
            connection.execute("update public.alembic_version set version_num = %s", [version])

        found = database_findings(fresh_database.dsn, owner_dsn)

        assert level(found, words) is Level.BAD

    @pytest.mark.parametrize(
        ("status", "words"), [("failed", "1 jobs used up"), ("doing", "1 jobs were left by a worker")]
    )
    def test_tells_of_jobs_that_nobody_does(self, fresh_database: Database, owner_dsn: str, status: str, words: str):
        with psycopg.connect(owner_dsn) as connection:
            connection.execute(
                "insert into procrastinate_jobs (queue_name, task_name, status)"
                " values ('q', 't', %s::procrastinate_job_status)",
                [status],
            )

        found = database_findings(fresh_database.dsn, owner_dsn)

        assert level(found, words) is Level.WARN

    @pytest.mark.parametrize(
        ("ages", "words"),
        [
            ({}, "No worker has ever run"),
            ({"assess": 300, "sweep": 200}, "No worker has given a sign for 200 s"),
            ({"assess": 300, "sweep": 1}, "Without a sign for a minute: assess"),
            ({"assess": 1}, "The workers are alive"),
        ],
    )
    def test_tells_of_workers(self, fresh_database: Database, owner_dsn: str, ages: dict[str, int], words: str):
        with psycopg.connect(owner_dsn) as connection, connection.cursor() as cursor:
            cursor.executemany(
                "insert into platform.heartbeat (process, beat_at) values (%s, now() - make_interval(secs => %s))",
                list(ages.items()),
            )

        found = database_findings(fresh_database.dsn, owner_dsn)

        assert [each for each in found if words in each.title]


class TestAMachine:
    def test_without_room_is_broken(self, home: Path, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**12, 10**12, 10**8))

        assert machine.disk_space(home).level is Level.BAD

    def test_with_little_room_is_doubtful(self, home: Path, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**12, 10**12, 3 * 2**30))

        assert machine.disk_space(home).level is Level.WARN

    def test_with_another_c_library_is_told_so(self, monkeypatch: pytest.MonkeyPatch):
        def missing_loader(*_: object, **__: object) -> None:
            raise FileNotFoundError

        monkeypatch.setattr(subprocess, "run", missing_loader)
        monkeypatch.setattr(platform, "libc_ver", lambda: ("", ""))

        found = machine.database_programs()

        assert found.level is Level.BAD
        assert "musl" in found.advice

    def test_with_keys_open_to_others_is_broken(self, home: Path):
        keys = home / "keys"
        keys.mkdir()
        keys.chmod(0o755)

        found = machine.keys_folder(keys)

        assert found.level is Level.BAD
        assert f"chmod 700 {keys}" in found.advice

    def test_with_keys_of_this_user_alone_is_well(self, home: Path):
        (home / "keys").mkdir(mode=0o700)

        assert machine.keys_folder(home / "keys").level is Level.OK

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
    def test_with_a_folder_that_can_not_be_written_is_broken(self, home: Path):
        home.chmod(0o500)

        assert machine.data_folder(home / "assize").level is Level.BAD

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can give folders away")
    def test_with_a_folder_of_another_user_is_doubtful(self, home: Path):
        os.chown(home, 12345, 12345)

        assert machine.data_folder(home).level is Level.WARN
