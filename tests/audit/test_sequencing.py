"""The sequencer: every committed fact gets one leaf, whatever the writers do."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest

from assize.audit import service
from assize.audit.errors import WrongIsolation
from assize.kernel.chance import Rng, rng
from assize.platform.db import Database
from assize.workforce.models import SYSTEM
from builders.audit import AT, StoneTurned, turn_stones

WRITERS = 12
TRANSACTIONS = 40  # of each writer at least, and as many more as it takes for the sequencers to look
LOOKS = 20


class Undone(Exception):
    """Ends a writer's transaction without a commit."""


def leaves(database: Database) -> list[tuple[int, str]]:
    with database.transaction(SYSTEM) as tx:
        return [(row["n"], row["fact_id"]) for row in tx.rows("select n, fact_id from audit.leaf order by n")]


def facts(database: Database) -> set[str]:
    with database.transaction(SYSTEM) as tx:
        return {row["id"] for row in tx.rows("select id from platform.fact")}


@contextmanager
def sequencers(database: Database, count: int) -> Iterator[list[int]]:
    """Run sequencers beside what is inside; how many each look took is told."""
    stop, took = threading.Event(), list[int]()

    def work() -> None:
        while not stop.is_set():
            took.append(service.sequence(database, limit=200))
            time.sleep(0.02)

    threads = [threading.Thread(target=work) for _ in range(count)]
    for one in threads:
        one.start()
    yield took
    stop.set()
    for one in threads:
        one.join()


def perhaps_undo(chance: Rng, share: float) -> None:
    if chance.random() < share:
        raise Undone


def write(database: Database, seed: int, enough: Callable[[int], bool]) -> None:
    """Commit fast, slowly, with savepoints undone, or not at all."""
    chance, done = rng(seed), 0
    while not enough(done):
        done += 1
        try:
            with database.transaction(SYSTEM) as tx:
                tx.record(*(StoneTurned(stone=seed) for _ in range(chance.randint(1, 5))), at=AT)
                if chance.random() < 0.3:
                    time.sleep(chance.random() * 0.2)
                try:
                    with tx.savepoint():
                        tx.record(StoneTurned(stone=-1), at=AT)
                        perhaps_undo(chance, 0.5)
                except Undone:
                    tx.record(StoneTurned(stone=-2), at=AT)
                perhaps_undo(chance, 0.2)
        except Undone:
            continue


class TestTheSequencer:
    def test_gives_every_fact_one_leaf_in_the_order_of_transactions(self, fresh_database: Database):
        turn_stones(fresh_database, 3)
        turn_stones(fresh_database, 4, first=3)

        assert service.sequence(fresh_database, limit=5) == 5
        assert service.sequence(fresh_database, limit=5) == 2
        assert service.sequence(fresh_database, limit=5) == 0
        assert [n for n, _ in leaves(fresh_database)] == list(range(7))
        assert [fact_id for _, fact_id in leaves(fresh_database)] == sorted(facts(fresh_database))

    def test_writes_nothing_when_there_is_nothing_to_do(self, fresh_database: Database):
        turn_stones(fresh_database, 1)
        service.sequence(fresh_database)

        with fresh_database.transaction(SYSTEM) as tx:
            before = tx.value("select xmin::text from audit.sequencer")
        service.sequence(fresh_database)
        service.sequence(fresh_database)
        with fresh_database.transaction(SYSTEM) as tx:
            assert tx.value("select xmin::text from audit.sequencer") == before

    def test_takes_late_what_commits_late_and_does_not_wait_for_it(self, fresh_database: Database):
        with fresh_database.transaction(SYSTEM) as slow:
            slow.record(StoneTurned(stone=1), at=AT)
            turn_stones(fresh_database, 2)

            assert service.sequence(fresh_database) == 2
            turn_stones(fresh_database, 3)
            assert service.sequence(fresh_database) == 3

        assert service.sequence(fresh_database) == 1
        assert {fact_id for _, fact_id in leaves(fresh_database)} == facts(fresh_database)

    def test_misses_none_under_twelve_writers_with_slow_commits_rollbacks_and_a_long_transaction(
        self, fresh_database: Database
    ):
        with Database(fresh_database.dsn, max_size=WRITERS + 4) as wide:
            with sequencers(wide, 2) as took, wide.transaction(SYSTEM) as long:

                def enough(done: int) -> bool:
                    return done >= TRANSACTIONS and len(took) > LOOKS

                writers = [threading.Thread(target=write, args=(wide, seed, enough)) for seed in range(WRITERS)]
                long.record(StoneTurned(stone=99), at=AT)
                for one in writers:
                    one.start()
                for one in writers:
                    one.join()
                long.record(StoneTurned(stone=100), at=AT)
            while service.sequence(wide):
                pass

        numbered = leaves(fresh_database)
        assert {fact_id for _, fact_id in numbered} == facts(fresh_database)
        assert [n for n, _ in numbered] == list(range(len(numbered)))
        assert len(numbered) > WRITERS * TRANSACTIONS

    def test_looks_at_every_fact_after_a_restore_into_another_cluster(self, fresh_database: Database, owner_dsn: str):
        turn_stones(fresh_database, 5)
        service.sequence(fresh_database)
        turn_stones(fresh_database, 2)
        with psycopg.connect(owner_dsn) as owner:
            # What a dump restored elsewhere looks like: transaction ids of another life, beyond what this one has seen.
            owner.execute("update audit.sequencer set system_identifier = 1, seen = '9000000:9000000:'")

        assert service.sequence(fresh_database) == 2
        turn_stones(fresh_database, 1)
        assert service.sequence(fresh_database) == 1

    def test_refuses_an_isolation_in_which_it_would_miss_late_commits(self, fresh_database: Database, owner_dsn: str):
        name = psycopg.conninfo.conninfo_to_dict(owner_dsn)["dbname"]
        with psycopg.connect(owner_dsn, autocommit=True) as owner:
            owner.execute(f"alter database {name} set default_transaction_isolation = 'repeatable read'")
            try:
                with Database(fresh_database.dsn) as other, pytest.raises(WrongIsolation):
                    service.sequence(other)
            finally:
                owner.execute(f"alter database {name} reset default_transaction_isolation")
