"""Batches under stress: several workers at once, poisoned events, signals that break."""

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from assize.intake import service as intake
from assize.platform.cel import FieldType
from assize.platform.db import Database
from assize.triage import service
from assize.triage.ports import Reader, Reading, Scene, SignalSettings, _signals, register_signal
from assize.workforce.models import SYSTEM
from builders.triage import AT, a_published_policy, all_cases, assessed, said, the_case


@pytest.fixture
def ready(fresh_database: Database) -> Database:
    """A database with a policy in force."""
    with fresh_database.transaction(SYSTEM) as tx:
        a_published_policy(tx)
    return fresh_database


class Breaking:
    """A signal that fails as a test wishes."""

    name = "breaking"
    fields: Mapping[str, FieldType] = {}

    def __init__(self, sql: str | None = None) -> None:
        self.sql = sql

    def ready(self, settings: SignalSettings) -> Reader:
        """Return itself."""
        del settings
        return self

    def read(self, scene: Scene) -> Sequence[Reading]:
        """Fail: in the database where there is something to run, else in Python."""
        if self.sql is not None:
            scene.memory.tx.run(self.sql)  # type: ignore[attr-defined]
        raise KeyError("words of the event")


class Poisoned:
    """A signal that gives one event a value that no database takes."""

    name = "poisoned"
    fields: Mapping[str, FieldType] = {"attr.poison": FieldType.STRING}

    def ready(self, settings: SignalSettings) -> Reader:
        """Return itself."""
        del settings
        return self

    def read(self, scene: Scene) -> Sequence[Reading]:
        """Give the poison to whoever asks for it."""
        return [Reading(values={"attr.poison": "\0"} if "poison" in text else {}) for text in scene.plain]


class TestSeveralWorkers:
    def test_score_each_event_once_and_make_one_case_of_one_matter(self, ready: Database):
        with ready.transaction(SYSTEM) as tx:
            for number in range(240):
                said(tx, "an insultword", account=f"a-{number % 6}", conversation=f"c-{number}")
        start = threading.Barrier(4)

        def work() -> list[int]:
            start.wait()
            done = []
            while (batch := service.assess(ready, at=AT, limit=20)).events:
                done.append(batch.events)
            return done

        with ThreadPoolExecutor(4) as pool:
            batches = [count for future in [pool.submit(work) for _ in range(4)] for count in future.result()]

        with ready.transaction(SYSTEM) as tx:
            cases = all_cases(tx)
            records = tx.value("select count(*) from triage.feature_record")
            counted = tx.value("select sum(hits) from triage.rule_stat where rule_id = 'insult'")
        assert (sum(batches), records, counted) == (240, 240, 240)
        assert sorted(case.event_count for case in cases) == [40] * 6


class TestPoison:
    def test_is_found_and_set_aside_while_the_others_go_on(self, ready: Database):
        register_signal(Poisoned())
        try:
            with ready.transaction(SYSTEM) as tx:
                for number in range(9):
                    said(tx, "an insultword", account=f"a-{number}", conversation=f"c-{number}")
                bad = said(tx, "a poison")

            done = assessed(ready)
        finally:
            _signals.pop("poisoned")

        assert (done.events, done.cases_opened, done.parked) == (10, 9, 1)
        with ready.transaction(SYSTEM) as tx:
            assert intake.counts(tx).waiting == 0
            (parked,) = service.parked(tx)
            assert parked.event_id == bad
            assert tx.value("select count(*) from platform.fact where kind = 'EventParked'") == 1
            assert tx.value("select count(*) from triage.feature_record") == 9


class TestBreakingSignals:
    @pytest.mark.parametrize(("sql", "reason"), [(None, "KeyError"), ("select 1/0", "DivisionByZero")])
    def test_are_absent_and_hold_nothing_up(self, ready: Database, sql: str | None, reason: str):
        register_signal(Breaking(sql))
        try:
            with ready.transaction(SYSTEM) as tx:
                event_id = said(tx, "an insultword")

            done = assessed(ready)
        finally:
            _signals.pop("breaking")

        assert (done.cases_opened, done.parked) == (1, 0)
        with ready.transaction(SYSTEM) as tx:
            record = service.feature_record(tx, event_id=event_id)
            assert record is not None
            assert record.absent["breaking"] == reason
            assert the_case(tx).event_count == 1
            bodies = tx.rows("select body from platform.fact_body")
            assert not any("words of the event" in one["body"] for one in bodies)
