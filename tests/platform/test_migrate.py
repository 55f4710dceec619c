"""Migrations run once, whole or not at all, and an older server keeps its hands off a newer schema."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from importlib.resources import files
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from assize.platform import job_schema
from assize.platform import migrate as migrations
from assize.platform.errors import RolesMissing, SchemaBehind, SchemaTooNew
from assize.platform.migrate import SchemaState, check_schema, migrate, newest, schema_state, schema_version
from assize.platform.postgres import ADMIN, APP, OWNER, Cluster

_numbers = count(1)


@pytest.fixture
def empty(cluster: Cluster) -> Iterator[str]:
    """The name of a database of the owner with nothing in it."""
    name = f"empty_{threading.get_native_id()}_{next(_numbers)}"
    with psycopg.connect(cluster.dsn(role=ADMIN, database="postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("create database {} owner {}").format(sql.Identifier(name), sql.Identifier(OWNER)))
        yield name
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@pytest.fixture
def owner(cluster: Cluster, empty: str) -> str:
    return cluster.dsn(role=OWNER, database=empty)


@pytest.fixture
def app(cluster: Cluster, empty: str) -> str:
    return cluster.dsn(role=APP, database=empty)


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """Migrations of the test's own in the place of ours: an empty folder of SQL, and a function of twins."""
    (tmp_path / "env.py").write_text((files("assize") / "migrations" / "env.py").read_text())
    (tmp_path / "versions").mkdir()
    (tmp_path / "sql").mkdir()
    monkeypatch.setattr(migrations, "FOLDER", tmp_path)
    newest.cache_clear()
    yield tmp_path
    newest.cache_clear()


def a_migration(folder: Path, number: str, text: str, *, after: str | None = None) -> None:
    (folder / "sql" / f"{number}_x.sql").write_text(text, encoding="utf-8")
    (folder / "versions" / f"{number}_x.py").write_text(
        "from assize.platform.migrate import run_sql\n"
        f"revision = {number!r}\ndown_revision = {after!r}\n"
        f"def upgrade():\n    run_sql('{number}_x.sql')\n"
    )
    newest.cache_clear()


# The last transactions that made or changed anything.
WRITTEN = """
select (select max(xmin::text::bigint) from pg_class), (select max(xmin::text::bigint) from pg_proc),
       (select xmin::text from public.alembic_version)
"""


class TestMigrate:
    def test_brings_an_empty_database_to_this_version(self, owner: str, app: str):
        migrate(owner)

        with psycopg.connect(app) as connection:
            assert schema_state(connection) is SchemaState.CURRENT
            check_schema(connection)

    def test_writes_nothing_the_second_time(self, owner: str):
        migrate(owner)
        with psycopg.connect(owner) as connection:
            before = connection.execute(WRITTEN).fetchall()

        migrate(owner)

        with psycopg.connect(owner) as connection:
            assert connection.execute(WRITTEN).fetchall() == before

    def test_loads_nothing_heavy_when_there_is_nothing_to_do(self, owner: str):
        migrate(owner)
        program = (
            "import sys; sys.path[:0] = sys.argv[2:]\n"
            "from assize.platform.migrate import migrate\n"
            "migrate(sys.argv[1])\n"
            "print([name for name in ('alembic', 'sqlalchemy', 'procrastinate') if name in sys.modules])"
        )

        told = subprocess.run(
            [sys.executable, "-c", program, owner, *sys.path], capture_output=True, text=True, check=True
        )

        assert told.stdout.strip() == "[]"

    def test_runs_once_when_two_start_together(self, owner: str, app: str):
        errors: list[BaseException] = []

        def start() -> None:
            try:
                migrate(owner)
            except BaseException as error:  # noqa: BLE001 - whatever it is, the test tells it
                errors.append(error)

        both = [threading.Thread(target=start) for _ in range(2)]
        for each in both:
            each.start()
        for each in both:
            each.join()

        assert errors == []
        with psycopg.connect(app) as connection:
            check_schema(connection)

    def test_passes_percent_signs_and_colons_unharmed(self, owner: str, only: Path):
        said = "50% of :these and %s and %(name)s and ::that, 'quoted' and ü"
        a_migration(only, "0001", f"create table said as select $x${said}$x$::text as text; select 5 % 2;")

        migrate(owner)

        with psycopg.connect(owner) as connection:
            assert connection.execute("select text from said").fetchone() == (said,)

    def test_leaves_nothing_of_a_round_that_failed(self, owner: str, only: Path):
        a_migration(only, "0001", "create table first ()")
        a_migration(only, "0002", "create table second (); select 1 / 0", after="0001")

        with pytest.raises(psycopg.errors.DivisionByZero):
            migrate(owner)

        with psycopg.connect(owner) as connection:
            assert schema_version(connection) == "0000"
            assert connection.execute("select to_regclass('first')").fetchone() == (None,)

    def test_goes_on_from_where_the_database_is(self, owner: str, only: Path):
        a_migration(only, "0001", "create table first ()")
        migrate(owner)
        a_migration(only, "0002", "create table second ()", after="0001")

        migrate(owner)

        with psycopg.connect(owner) as connection:
            assert schema_version(connection) == "0002"

    def test_asks_for_the_role_it_may_not_create(self, owner: str, only: Path, monkeypatch: pytest.MonkeyPatch):
        a_migration(only, "0001", "create table first ()")
        monkeypatch.setattr(migrations, "APP", "no_such_role")

        with pytest.raises(RolesMissing, match="create role"):
            migrate(owner)


class TestAnOlderVersion:
    @pytest.fixture
    def newer(self, owner: str, app: str) -> str:
        migrate(owner)
        with psycopg.connect(owner) as connection:
            connection.execute("update public.alembic_version set version_num = '9999'")
        return app

    def test_knows_a_newer_schema(self, newer: str):
        with psycopg.connect(newer) as connection:
            assert schema_state(connection) is SchemaState.NEWER

    def test_refuses_to_serve_it(self, newer: str):
        with psycopg.connect(newer) as connection, pytest.raises(SchemaTooNew, match="9999"):
            check_schema(connection)

    def test_refuses_to_migrate_it(self, newer: str, owner: str):
        assert newer

        with pytest.raises(SchemaTooNew):
            migrate(owner)


class TestANewerVersion:
    def test_refuses_to_serve_an_empty_database(self, app: str):
        with psycopg.connect(app) as connection, pytest.raises(SchemaBehind, match="assize migrate"):
            check_schema(connection)

    def test_refuses_to_serve_an_older_schema(self, owner: str, app: str):
        migrate(owner)
        with psycopg.connect(owner) as connection:
            connection.execute("update public.alembic_version set version_num = '0001'")

        with psycopg.connect(app) as connection, pytest.raises(SchemaBehind, match="0001"):
            check_schema(connection)


class TestJobDelivery:
    def test_is_usable_by_the_application(self, owner: str, app: str):
        migrate(owner)

        with psycopg.connect(app) as connection:
            connection.execute("insert into procrastinate_jobs (queue_name, task_name) values ('q', 't')")
            assert connection.execute("select count(*) from procrastinate_events").fetchone() == (1,)
            connection.execute("select procrastinate_fetch_job_v2(null, procrastinate_register_worker_v1())")
            assert connection.execute("select status from procrastinate_jobs").fetchone() == ("doing",)
            connection.execute("delete from procrastinate_jobs")

    def test_does_not_notify_at_each_commit(self, owner: str):
        migrate(owner)

        with psycopg.connect(owner) as connection:
            names = {
                row[0]
                for row in connection.execute(
                    "select tgname from pg_trigger where tgrelid = 'procrastinate_jobs'::regclass and not tgisinternal"
                )
            }
        assert not [name for name in names if "inserted" in name]
        assert [name for name in names if "events" in name]

    def test_leaves_the_tables_to_the_owner(self, owner: str, app: str):
        migrate(owner)

        with psycopg.connect(app) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("drop table procrastinate_jobs")

    def test_follows_the_library_to_its_next_version(self, owner: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
        migrate(owner)
        for name, text in {
            "03.04.00_50_post_add_retry_failed_job_procedure.sql": "this one was there",
            "99.00.00_01_pre_more.sql": "create table procrastinate_more (n bigserial)",
        }.items():
            (tmp_path / name).write_text(text)
        monkeypatch.setattr(job_schema, "_changes", lambda: sorted(tmp_path.glob("[0-9]*.sql")))

        with psycopg.connect(owner) as connection:
            assert schema_state(connection) is SchemaState.BEHIND
        migrate(owner)

        with psycopg.connect(owner) as connection:
            assert schema_state(connection) is SchemaState.CURRENT
            rights = connection.execute("select has_table_privilege(%s, 'procrastinate_more', 'insert')", [APP])
            assert rights.fetchone() == (True,)


class TestTheFilesOfMigrations:
    def test_come_in_twins_and_follow_one_another(self):
        folder = Path(str(files("assize") / "migrations"))
        versions = sorted(file.stem for file in (folder / "versions").glob("[0-9]*.py"))

        assert versions == sorted(file.stem for file in (folder / "sql").glob("*.sql"))
        assert [int(name[:4]) for name in versions] == list(range(1, len(versions) + 1))
