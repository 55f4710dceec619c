"""What pages are told from: each fact once, none missed, however late it commits."""

from dataclasses import dataclass

import psycopg

from assize.kernel import clock
from assize.kernel.facts import Fact
from assize.platform.changes import Reader
from assize.platform.db import Database
from assize.workforce.models import SYSTEM


@dataclass(frozen=True, kw_only=True)
class SomethingSeen(Fact):
    """A fact of these tests."""

    case_id: str | None = None


def record(database: Database, *cases: str) -> None:
    with database.transaction(SYSTEM) as tx:
        tx.record_many([SomethingSeen(case_id=one) for one in cases], at=clock.now())


def look(database: Database, reader: Reader) -> list[str | None]:
    with database.transaction(SYSTEM) as tx:
        return [one.case_id for one in reader.look(tx)]


class TestReader:
    def test_begins_with_what_comes_next(self, fresh_database: Database):
        reader = Reader()
        record(fresh_database, "case_before")

        first = look(fresh_database, reader)
        record(fresh_database, "case_after")
        second = look(fresh_database, reader)
        third = look(fresh_database, reader)

        assert (first, second, third) == ([], ["case_after"], [])

    def test_misses_no_late_commit_and_tells_nothing_twice(self, fresh_database: Database):
        reader = Reader()
        look(fresh_database, reader)
        late = fresh_database.transaction(SYSTEM)
        slow = late.__enter__()
        slow.record(SomethingSeen(case_id="case_late"), at=clock.now())
        record(fresh_database, "case_quick")

        during = look(fresh_database, reader)
        once_more = look(fresh_database, reader)
        late.__exit__(None, None, None)
        after = look(fresh_database, reader)

        assert (during, once_more, after) == (["case_quick"], [], ["case_late"])

    def test_leaves_too_much_for_the_next_look(self, fresh_database: Database, monkeypatch):
        monkeypatch.setattr("assize.platform.changes.MOST", 3)
        reader = Reader()
        look(fresh_database, reader)
        for number in range(7):
            record(fresh_database, f"case_{number}")

        found = [one for _ in range(5) for one in look(fresh_database, reader)]

        assert found == [f"case_{number}" for number in range(7)]

    def test_reads_along_an_index(self, fresh_database: Database):
        record(fresh_database, "case_1")

        with psycopg.connect(fresh_database.dsn) as connection:
            connection.execute("set enable_seqscan = off")
            plan = "\n".join(
                row[0]
                for row in connection.execute(
                    "explain select id from platform.fact where xid >= '1'::xid8 order by xid, id limit 10"
                )
            )

        assert "fact_by_xid" in plan
