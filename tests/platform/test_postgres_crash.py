"""What was committed is there after any kill, and the database comes back by itself."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from assize.platform.postgres import Supervisor, open_cluster
from builders.homes import a_home, a_made_home, children, connect, postmaster_pid
from builders.waiting import eventually

pytestmark = pytest.mark.faults
ROUNDS = 4


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    with a_made_home() as folder:
        yield folder


@pytest.fixture
def supervisor(made: Path) -> Iterator[Supervisor]:
    with a_home(like=made) as home, open_cluster(home) as started:
        yield started


class Writer(threading.Thread):
    """Commits one number after the other and remembers those that the database said it has."""

    def __init__(self, supervisor: Supervisor) -> None:
        super().__init__(daemon=True)
        self.supervisor = supervisor
        self.kept: list[int] = []
        self.enough = threading.Event()

    def run(self) -> None:
        number = 0
        while not self.enough.is_set():
            try:
                with connect(self.supervisor.cluster) as connection:
                    while not self.enough.is_set():
                        number += 1
                        connection.execute("insert into written values (%s)", [number])
                        self.kept.append(number)
            except psycopg.OperationalError:
                time.sleep(0.01)

    def write_more(self) -> None:
        before = len(self.kept)
        eventually(lambda: len(self.kept) > before + 20)


class TestAKilledDatabase:
    def test_comes_back_with_every_committed_row_when_its_main_process_was_killed(self, supervisor: Supervisor):
        with connect(supervisor.cluster) as connection:
            connection.execute("create table written (n bigint primary key)")
        writer = Writer(supervisor)
        writer.start()

        for _ in range(ROUNDS):
            writer.write_more()
            _kill(supervisor, group=False)
        writer.write_more()

        writer.enough.set()
        writer.join()
        with connect(supervisor.cluster) as connection:
            found = {row[0] for row in connection.execute("select n from written")}
        assert set(writer.kept) <= found

    def test_recovers_what_was_only_in_the_log_when_all_its_processes_were_killed(self, supervisor: Supervisor):
        with connect(supervisor.cluster) as connection:
            connection.execute("create table heavy (n bigint primary key, text text)")
            for start in range(0, 300_000, 50_000):
                connection.execute(
                    "insert into heavy select n, repeat(md5(n::text), 10) from generate_series(%s::int, %s) n",
                    [start + 1, start + 50_000],
                )

        _kill(supervisor, group=True)
        eventually(supervisor.is_running)

        with connect(supervisor.cluster) as connection:
            assert connection.execute("select count(*) from heavy").fetchone() == (300_000,)

    def test_comes_back_although_an_old_backend_is_busy(self, supervisor: Supervisor):
        busy = threading.Thread(target=_keep_busy, args=(supervisor,), daemon=True)
        busy.start()
        with connect(supervisor.cluster) as connection:
            eventually(lambda: connection.execute("select from pg_stat_activity where query ~ '^do '").rowcount)

        _kill(supervisor, group=False)
        eventually(supervisor.is_running)

        with connect(supervisor.cluster) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
        busy.join(10)
        assert not busy.is_alive()

    def test_needs_no_start_when_only_a_backend_was_killed(self, supervisor: Supervisor):
        before = postmaster_pid(supervisor.cluster)
        with connect(supervisor.cluster) as connection:
            os.kill(connection.info.backend_pid, signal.SIGKILL)

        eventually(lambda: _answers(supervisor))

        assert postmaster_pid(supervisor.cluster) == before

    def test_starts_again_when_it_was_killed_before_anybody_watched(self, made: Path):
        with a_home(like=made) as home:
            first = open_cluster(home)
            first.start()
            _kill(first, group=True)
            first.stop()

            with open_cluster(home) as second:
                assert _answers(second)


def _kill(supervisor: Supervisor, *, group: bool) -> None:
    pid = postmaster_pid(supervisor.cluster)
    for each in [pid, *children(pid)] if group else [pid]:
        with suppress(ProcessLookupError):  # one that noticed that the first is gone has left by itself
            os.kill(each, signal.SIGKILL)
    eventually(lambda: not Path(f"/proc/{pid}/cwd").exists())


def _keep_busy(supervisor: Supervisor) -> None:
    with connect(supervisor.cluster) as connection, pytest.raises(psycopg.OperationalError):
        connection.execute("do $$ begin loop null; end loop; end $$")


def _answers(supervisor: Supervisor) -> bool:
    try:
        with connect(supervisor.cluster) as connection:
            return connection.execute("select 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False
