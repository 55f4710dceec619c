"""Each event is taken once, durable with its inbox row and its fact, whoever sends at the same time."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from assize.intake import service
from assize.intake.errors import NotTakenNow
from assize.intake.logic import Call
from assize.intake.models import ModelOutcome, RawEvent, Ready, Role
from assize.intake.service import Batch, Collector, batch_of
from assize.kernel.actor import Scope
from assize.platform.db import Database, Tx
from assize.workforce.errors import NotAllowed
from assize.workforce.models import SYSTEM, Right
from builders.intake import AT, a_kept_event, a_raw_event, a_turn


def count(tx: Tx, table: str) -> int:
    return int(tx.value(f"select count(*) as n from {table}"))


def a_batch(*events: RawEvent, sent_by: str = "key_1") -> Batch:
    return batch_of(Call(items=list(events), prefix=""), sent_by=sent_by, at=AT)


class TestReceive:
    def test_keeps_an_event_whole(self, tx: Tx):
        raw = a_raw_event(
            account='quo"te\\back\ttab\nline ünïcode 語',
            turns=(
                a_turn('she said "no"\\ \t\n 語 \u2028'),
                a_turn("an answer", role=Role.ASSISTANT, outcome=ModelOutcome.REFUSED),
            ),
            attributes={"plan": "free", "nested": {"list": [1, 2.5, None, True]}},
            model_outcome=ModelOutcome.REFUSED,
            region="eu",
            tags=("web", "a:b"),
        )

        event = service.event(tx, service.receive(tx, items=[raw], at=AT).ids[0])

        assert event.account == raw.subject.account
        assert (event.turns, event.attributes, event.tags) == (raw.turns, raw.attributes, raw.tags)
        assert (event.occurred_at, event.received_at, event.region) == (raw.occurred_at, AT, "eu")
        assert event.model_outcome is ModelOutcome.REFUSED

    def test_takes_an_absent_value_and_its_spelling_apart(self, tx: Tx):
        event = service.event(tx, a_kept_event(tx, account="\\N", model_version="\\N"))

        assert (event.account, event.model_version, event.end_user) == ("\\N", "\\N", None)

    def test_takes_the_same_event_once(self, tx: Tx):
        raw = a_raw_event()
        first = service.receive(tx, items=[raw], at=AT)

        second = service.receive(tx, items=[raw], at=AT)

        assert (second.accepted, second.duplicates, second.ids) == (0, 1, first.ids)

    def test_takes_a_duplicate_within_a_call_once(self, tx: Tx):
        raw = a_raw_event()

        receipt = service.receive(tx, items=[raw, a_raw_event(), raw], at=AT)

        assert (receipt.accepted, receipt.duplicates) == (2, 1)
        assert receipt.ids[0] == receipt.ids[2]

    def test_takes_the_same_id_of_another_source(self, tx: Tx):
        raw = a_raw_event()
        service.receive(tx, items=[raw], at=AT)

        assert service.receive(tx, items=[raw], source="other", at=AT).accepted == 1

    def test_knows_an_event_that_its_sender_may_not_see(self, fresh_database: Database, somebody):
        raw = a_raw_event(restriction="terror")
        with fresh_database.transaction(SYSTEM) as tx:
            first = service.receive(tx, items=[raw], at=AT)

        with fresh_database.transaction(somebody(Right.EVENTS_WRITE)) as tx:
            second = service.receive(tx, items=[raw], at=AT)

            assert (second.duplicates, second.ids) == (1, first.ids)
            assert service.events(tx, [first.ids[0]]) == []

    def test_tells_one_fact_per_source(self, tx: Tx):
        service.receive(tx, items=[a_raw_event() for _ in range(5)], at=AT)
        service.receive(tx, items=[a_raw_event(source="other")], at=AT)

        rows = tx.rows("select body from platform.fact_body where body like '%event_count%' order by fact_id")

        assert ['"event_count":5' in row["body"] for row in rows[-2:]] == [True, False]

    def test_counts_what_it_turns_away(self, tx: Tx):
        receipt = service.receive(tx, items=[a_raw_event(), a_raw_event(account="\0")], at=AT, prefix="/events")

        assert receipt.rejected[0].pointer == "/events/1/subject/account"
        assert tx.value("select item_count from intake.reject where code = 'nul-character'") == 1

    def test_needs_the_right(self, fresh_database: Database, somebody):
        with pytest.raises(NotAllowed), fresh_database.transaction(somebody(Right.EVENTS_READ)) as tx:
            service.receive(tx, items=[a_raw_event()], at=AT)

    def test_rows_are_read_only_through_row_security(self, tx: Tx):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            tx.rows("select id from intake.event_row")

    def test_shows_nothing_without_a_scope(self, fresh_database: Database):
        with fresh_database.transaction(SYSTEM) as tx:
            a_kept_event(tx)

        with psycopg.connect(fresh_database.dsn) as connection:
            assert connection.execute("select id from intake.event").fetchall() == []

    @pytest.mark.parametrize(
        ("scope", "seen"),
        [
            (Scope(), 1),
            (Scope(compartments=frozenset({"terror"})), 2),
            (Scope(compartments=frozenset({"terror"}), regions=frozenset({"eu"})), 1),
            (Scope(everything=True), 2),
        ],
        ids=["open", "cleared", "cleared in one region", "everything"],
    )
    def test_shows_what_the_scope_reaches(self, fresh_database: Database, somebody, scope: Scope, seen: int):
        with fresh_database.transaction(SYSTEM) as tx:
            a_kept_event(tx, region="us")
            a_kept_event(tx, region="eu", restriction="terror")

        with fresh_database.transaction(somebody(Right.EVENTS_READ, scope=scope)) as tx:
            assert len(service.list_events(tx).events) == seen


class TestConcurrentReceive:
    def test_takes_each_once_when_servers_race(self, fresh_database: Database):
        events = [a_raw_event() for _ in range(60)]
        gate = threading.Barrier(6)

        def send(turn: int) -> int:
            gate.wait()
            mine = events[turn:] + events[:turn]
            with fresh_database.transaction(SYSTEM) as tx:
                return service.receive(tx, items=mine, at=AT).accepted

        with ThreadPoolExecutor(6) as pool:
            accepted = list(pool.map(send, range(6)))

        with fresh_database.transaction(SYSTEM) as tx:
            assert sum(accepted) == count(tx, "intake.event") == count(tx, "intake.inbox") == 60


class TestCollector:
    def test_answers_everybody_with_their_own(self, fresh_database: Database):
        batches = [a_batch(*(a_raw_event() for _ in range(n % 4 + 1))) for n in range(40)]

        async def send():
            collector = Collector(fresh_database)
            return await asyncio.gather(*(collector.take(batch) for batch in batches))

        receipts = asyncio.run(send())

        expected = [tuple(slot.id for slot in batch.slots if slot) for batch in batches]
        assert [receipt.ids for receipt in receipts] == expected

    def test_shares_one_commit(self, fresh_database: Database):
        async def send():
            collector = Collector(fresh_database)
            await asyncio.gather(*(collector.take(a_batch(a_raw_event())) for _ in range(50)))

        asyncio.run(send())

        with fresh_database.transaction(SYSTEM) as tx:
            assert count(tx, "platform.fact") < 25

    def test_takes_each_once_across_concurrent_calls(self, fresh_database: Database):
        events = [a_raw_event() for _ in range(20)]

        async def send():
            collectors = [Collector(fresh_database), Collector(fresh_database)]
            calls = [collectors[n % 2].take(a_batch(*events)) for n in range(20)]
            return await asyncio.gather(*calls)

        receipts = asyncio.run(send())

        assert sum(receipt.accepted for receipt in receipts) == 20
        assert sum(receipt.duplicates for receipt in receipts) == 380
        assert len({receipt.ids for receipt in receipts}) == 1

    def test_one_event_the_database_refuses_costs_only_itself(self, fresh_database: Database):
        good, bad = a_batch(a_raw_event()), a_batch(a_raw_event(), a_raw_event())
        broken = bad.slots[1]
        assert broken is not None
        spoilt = Ready(broken.id, broken.source, broken.external_id, broken.line.replace("2026", "20x6"))
        spoilt_batch = Batch(
            id=bad.id, sent_by="k", prefix="/events", slots=[bad.slots[0], spoilt], rejected=(), rejected_sources=()
        )

        async def send():
            collector = Collector(fresh_database)
            return await asyncio.gather(collector.take(good), collector.take(spoilt_batch))

        first, second = asyncio.run(send())

        assert (first.accepted, second.accepted) == (1, 1)
        assert [(one.pointer, one.code) for one in second.rejected] == [("/events/1", "not-storable")]

    def test_says_so_when_the_database_is_away_and_works_again_after(self, fresh_database: Database):
        async def send(collector: Collector, batch: Batch):
            return await collector.take(batch)

        away = Database("host=/nonexistent dbname=nothing")
        away.pool.timeout = 0.2
        batch = a_batch(a_raw_event())
        with away:
            collector = Collector(away)
            with pytest.raises(NotTakenNow):
                asyncio.run(send(collector, batch))
            collector._database = fresh_database

            receipt = asyncio.run(send(collector, batch))

        assert receipt.accepted == 1

    def test_survives_its_connection_being_cut(self, fresh_database: Database, owner_dsn: str):
        collector = Collector(fresh_database)

        async def send():
            return await collector.take(a_batch(a_raw_event()))

        asyncio.run(send())
        with psycopg.connect(owner_dsn, autocommit=True) as connection:
            connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
            )

        assert asyncio.run(send()).accepted == 1
