"""A ledger for each test: nearly all of them commit, and many tamper.

One database for all, emptied before each: to clone one takes ten times as long as most of these tests.
"""

import os
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from assize.platform.db import Database
from assize.platform.postgres import ADMIN, APP, OWNER
from assize.platform.postgres.cluster import Cluster

EMPTY = """
    set session_replication_role = replica;
    truncate platform.fact, platform.fact_body, audit.leaf, audit.node, audit.checkpoint, audit.sequencer;
"""


@pytest.fixture(scope="session")
def ledgers(cluster: Cluster) -> Iterator[tuple[Database, str]]:
    """The database of these tests, and its superuser's DSN."""
    name = f"ledgers_{os.getpid()}"
    parts = {"name": sql.Identifier(name), "owner": sql.Identifier(OWNER)}
    with psycopg.connect(cluster.dsn(role=ADMIN, database="postgres"), autocommit=True) as admin:
        admin.execute(sql.SQL("create database {name} template assize_template owner {owner}").format(**parts))
        with Database(cluster.dsn(role=APP, database=name)) as opened:
            yield opened, cluster.dsn(role=ADMIN, database=name)
        admin.execute(sql.SQL("drop database {name} with (force)").format(**parts))


@pytest.fixture
def fresh_database(ledgers: tuple[Database, str]) -> Database:
    """A database without a fact."""
    database, superuser = ledgers
    with psycopg.connect(superuser) as owner:
        owner.execute(EMPTY)
    return database
