"""A real PostgreSQL for the whole run, and a database for every test process, cloned from a migrated template."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path

import hypothesis
import psycopg
import pytest
from psycopg import sql

from assize.kernel.actor import Actor
from assize.platform.db import Database, Tx
from assize.platform.migrate import migrate
from assize.platform.postgres import ADMIN, APP, OWNER, open_cluster
from assize.platform.postgres.cluster import Cluster
from assize.workforce.models import SYSTEM

HERE = Path(__file__).parent
# How long an example takes says how busy the machine is, and nothing about the code.
hypothesis.settings.register_profile("shared", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("shared")
TEMPLATE = "assize_template"
# A crash of the machine in the middle of a test run is no reason to wait for a disk; the fault tests set their own.
FAST = {"fsync": "off", "full_page_writes": "off", "max_connections": "200"}
DATA = HERE.parent.parent / "shared" / "data"

_numbers = count(1)
_running = pytest.StashKey[object]()


def pytest_configure(config: pytest.Config) -> None:
    """Start one cluster for all test processes; the first process keeps it."""
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    home = Path(tempfile.mkdtemp(prefix="assize-tests-", dir="/tmp"))
    home.chmod(0o755)
    supervisor = open_cluster(home, settings=FAST)
    cluster = supervisor.start()
    supervisor.watch()
    with psycopg.connect(cluster.dsn(role=ADMIN, database="postgres"), autocommit=True) as connection:
        connection.execute(
            sql.SQL("create database {} owner {}").format(sql.Identifier(TEMPLATE), sql.Identifier(OWNER))
        )
    migrate(cluster.dsn(role=OWNER, database=TEMPLATE))
    os.environ["ASSIZE_TEST_CLUSTER"] = f"{cluster.data}|{cluster.sockets}|{cluster.port}"
    config.stash[_running] = (supervisor, home)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the cluster and leave nothing behind."""
    started = config.stash.get(_running, None)
    if isinstance(started, tuple):
        supervisor, home = started
        supervisor.stop()
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def cluster() -> Cluster:
    """The cluster of this run."""
    data, sockets, port = os.environ["ASSIZE_TEST_CLUSTER"].split("|")
    return Cluster(data=Path(data), sockets=Path(sockets), port=int(port))


def clone(cluster: Cluster, name: str) -> str:
    """Clone the migrated template and return the application's DSN."""
    with psycopg.connect(cluster.dsn(role=ADMIN, database="postgres"), autocommit=True) as connection:
        connection.execute(
            sql.SQL("create database {} template {} owner {} strategy file_copy").format(
                sql.Identifier(name), sql.Identifier(TEMPLATE), sql.Identifier(OWNER)
            )
        )
    return cluster.dsn(role=APP, database=name)


def drop(cluster: Cluster, name: str) -> None:
    """Remove a cloned database."""
    with psycopg.connect(cluster.dsn(role=ADMIN, database="postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def database(cluster: Cluster) -> Iterator[Database]:
    """The database of this test process; tests that use `tx` leave nothing in it."""
    name = f"test_{os.getpid()}"
    with Database(clone(cluster, name)) as opened:
        yield opened
    drop(cluster, name)


@pytest.fixture
def fresh_database(cluster: Cluster) -> Iterator[Database]:
    """A database of this test alone, for tests that commit."""
    name = f"fresh_{os.getpid()}_{next(_numbers)}"
    with Database(clone(cluster, name)) as opened:
        yield opened
    drop(cluster, name)


@pytest.fixture(scope="module")
def module_database(cluster: Cluster) -> Iterator[Database]:
    """A database of the tests of one file, for those that add to one installation."""
    name = f"module_{os.getpid()}_{next(_numbers)}"
    with Database(clone(cluster, name)) as opened:
        yield opened
    drop(cluster, name)


@pytest.fixture
def owner_dsn(fresh_database: Database, cluster: Cluster) -> str:
    """The owner's DSN of `fresh_database`: for tests that tamper."""
    name = psycopg.conninfo.conninfo_to_dict(fresh_database.dsn)["dbname"]
    return cluster.dsn(role=ADMIN, database=str(name))


@pytest.fixture
def tx(database: Database) -> Iterator[Tx]:
    """A transaction done for the system, undone at the end."""
    yield from _undone(database, SYSTEM)


class _Undo(Exception):
    """Not an error: the end of a test."""


def _undone(database: Database, actor: Actor) -> Iterator[Tx]:
    with suppress(_Undo), database.transaction(actor) as opened:
        yield opened
        raise _Undo


@pytest.fixture
def shared_data() -> Path:
    """The folder of real data sets; tests that need it skip where it is absent."""
    if not DATA.is_dir():
        pytest.skip("the real data sets lie beside the repository in shared/data, and are not here")
    return DATA
