"""The embedded database starts, stops, attaches, and looks as it should."""

import os
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from assize.platform.errors import DatabaseDidNotStart
from assize.platform.postgres import ADMIN, APP, OWNER, Supervisor, open_cluster
from assize.platform.postgres.account import NOBODY
from builders.homes import a_home, a_made_home, children, connect, groups, postmaster_pid, user_ids
from builders.waiting import eventually

AS_ROOT = os.geteuid() == 0


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    with a_made_home() as folder:
        yield folder


@pytest.fixture
def home(made: Path) -> Iterator[Path]:
    with a_home(like=made) as folder:
        yield folder


@pytest.fixture(scope="module")
def running(made: Path) -> Iterator[Supervisor]:
    with a_home(like=made) as folder, open_cluster(folder) as supervisor:
        yield supervisor


class TestACluster:
    def test_has_two_roles_and_a_database_of_the_owner(self, running: Supervisor):
        with connect(running.cluster) as connection:
            roles = connection.execute(
                "select rolname, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls from pg_roles"
                " where rolname like 'assize%' order by 1"
            ).fetchall()
            owner = connection.execute("select datdba::regrole::text from pg_database where datname = 'assize'")

            assert roles == [(APP, False, False, False, False), (OWNER, False, False, False, False)]
            assert owner.fetchone() == (OWNER,)

    def test_takes_connections_of_each_role_without_a_password(self, running: Supervisor):
        for role in (ADMIN, OWNER, APP):
            with connect(running.cluster, role=role) as connection:
                assert connection.execute("select current_user").fetchone() == (role,)

    def test_does_not_let_the_application_make_anything(self, running: Supervisor):
        with connect(running.cluster, role=APP) as connection:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("create table public.mine ()")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("create temporary table mine ()")

    def test_cuts_off_the_application_when_it_hangs(self, running: Supervisor):
        with connect(running.cluster, role=APP) as connection:
            told = connection.execute(
                "select current_setting('statement_timeout'), current_setting('idle_in_transaction_session_timeout')"
            ).fetchone()

        assert told == ("1min", "1min")

    def test_is_utf8_with_checksums_and_folds_case_in_every_script(self, running: Supervisor):
        with connect(running.cluster) as connection:
            told = connection.execute(
                "select current_setting('server_encoding'), current_setting('data_checksums'), lower('ÅÉΣЖ')"
            ).fetchone()

        assert told == ("UTF8", "on", "åéσж")

    def test_listens_on_no_network_address(self, running: Supervisor):
        with connect(running.cluster) as connection:
            assert connection.execute("select current_setting('listen_addresses')").fetchone() == ("",)

    def test_commits_to_disk_before_it_answers(self, running: Supervisor):
        with connect(running.cluster) as connection:
            told = connection.execute(
                "select current_setting('synchronous_commit'), current_setting('fsync'),"
                " current_setting('full_page_writes')"
            ).fetchone()

        assert told == ("on", "on", "on")

    def test_takes_settings_over_ours(self, home: Path):
        with open_cluster(home, settings={"work_mem": "12MB"}) as supervisor, connect(supervisor.cluster) as connection:
            assert connection.execute("select current_setting('work_mem')").fetchone() == ("12MB",)

    def test_writes_no_statement_and_no_value_to_its_log(self, running: Supervisor):
        secret = "a sentence that somebody wrote"
        with connect(running.cluster) as connection:
            connection.execute("create table said (id int primary key, text text not null)")
            connection.execute("insert into said values (1, %s)", [secret])

            with pytest.raises(psycopg.errors.UniqueViolation):
                connection.execute("insert into said values (1, %s)", [secret])
            with pytest.raises(psycopg.errors.InvalidTextRepresentation):
                connection.execute("select %s::text::int", [secret])

        assert secret not in (running.cluster.data.parent / "server.log").read_text()

    @pytest.mark.skipif(not AS_ROOT, reason="only root has the database run as somebody else")
    def test_runs_unprivileged_when_root_starts_it(self, running: Supervisor):
        pid = postmaster_pid(running.cluster)

        processes = [pid, *children(pid)]

        assert len(processes) > 3
        assert {uid for each in processes for uid in user_ids(each)} == {NOBODY}
        assert {gid for each in processes for gid in groups(each)} == {NOBODY}

    @pytest.mark.skipif(AS_ROOT, reason="root has the database run as somebody else")
    def test_runs_as_the_user_who_starts_it(self, running: Supervisor):
        assert user_ids(postmaster_pid(running.cluster)) == {os.geteuid()}


class TestStarting:
    def test_makes_nothing_anew_the_second_time(self, home: Path):
        with open_cluster(home) as supervisor:
            once = [supervisor.cluster.data / "PG_VERSION", home / "postgres" / "made"]
            before = [one.stat().st_mtime_ns for one in once]

        with open_cluster(home) as supervisor, connect(supervisor.cluster, role=APP):
            assert [one.stat().st_mtime_ns for one in once] == before

    def test_keeps_what_was_there(self, home: Path):
        with open_cluster(home) as supervisor, connect(supervisor.cluster) as connection:
            connection.execute("create table kept as select 7 as n")

        with open_cluster(home) as supervisor, connect(supervisor.cluster) as connection:
            assert connection.execute("select n from kept").fetchone() == (7,)

    def test_finishes_what_a_killed_first_start_left(self, home: Path):
        with open_cluster(home) as supervisor:
            cluster = supervisor.cluster
        (home / "postgres" / "made").unlink()
        cluster.data.rename(home / "postgres" / "data.new")

        with open_cluster(home) as supervisor, connect(supervisor.cluster, role=APP) as connection:
            assert connection.execute("select current_user").fetchone() == (APP,)

    def test_tells_why_it_failed(self, home: Path):
        with pytest.raises(DatabaseDidNotStart, match="no_such_setting"):
            open_cluster(home, settings={"no_such_setting": "1"}).start()

        with open_cluster(home) as supervisor:
            assert supervisor.keeps

    def test_is_not_misled_by_a_process_number_used_again(self, home: Path):
        with open_cluster(home) as supervisor:
            cluster = supervisor.cluster
        # A container starts anew: the file of the last one names a process that is now something else.
        (cluster.data / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster.data}\n1\n5432\n\n\n\nready   \n")
        (cluster.sockets / ".s.PGSQL.5432.lock").write_text(f"{os.getpid()}\n")

        with open_cluster(home) as supervisor:
            assert supervisor.is_running()


class TestStopping:
    def test_leaves_no_process_and_no_socket(self, home: Path):
        before = children(os.getpid())
        supervisor = open_cluster(home)
        supervisor.start()
        pid = postmaster_pid(supervisor.cluster)
        processes = [*children(pid), *(each for each in children(os.getpid()) if each not in before)]

        supervisor.stop()

        assert [each for each in processes if Path(f"/proc/{each}").exists()] == []
        assert list(supervisor.cluster.sockets.iterdir()) == []
        assert not supervisor.is_running()

    def test_cuts_off_whoever_is_still_connected(self, home: Path):
        supervisor = open_cluster(home)
        supervisor.start()
        with connect(supervisor.cluster) as connection:
            supervisor.stop()  # and does not wait for them

            with pytest.raises(psycopg.OperationalError):
                connection.execute("select 1")

    def test_can_be_done_twice_and_started_again(self, home: Path):
        supervisor = open_cluster(home)
        supervisor.start()

        supervisor.stop()
        supervisor.stop()
        supervisor.start()

        assert supervisor.is_running()
        supervisor.stop()


class TestASecondProcess:
    def test_attaches_to_the_database_of_the_first(self, home: Path):
        with open_cluster(home) as first, open_cluster(home) as second:
            assert first.keeps
            assert not second.keeps
            with connect(second.cluster, role=APP) as connection:
                assert connection.execute("select 1").fetchone() == (1,)

    def test_stops_nothing_when_it_leaves(self, home: Path):
        with open_cluster(home) as first:
            with open_cluster(home):
                pass

            assert first.is_running()

    def test_takes_over_without_a_gap_when_the_first_leaves(self, home: Path):
        first = open_cluster(home)
        first.start()
        with open_cluster(home) as second, connect(second.cluster, role=APP) as connection:
            first.stop()

            eventually(lambda: second.keeps)
            assert connection.execute("select 1").fetchone() == (1,)

        assert not second.is_running()

    def test_starts_it_again_when_the_first_was_killed(self, home: Path):
        keeper = _keeper_process(home)
        with open_cluster(home) as second:
            assert not second.keeps

            _kill(keeper)

            eventually(lambda: second.keeps and _answers(second))

    def test_leaves_nothing_running_when_both_leave_at_once(self, home: Path):
        for _ in range(5):
            both = [open_cluster(home), open_cluster(home)]
            for each in both:
                each.start()
                each.watch()
            ends = [threading.Thread(target=each.stop) for each in both]

            for end in ends:
                end.start()
            for end in ends:
                end.join()

            assert not both[0].is_running()

    def test_may_start_at_the_very_same_time_on_an_empty_home(self):
        with a_home() as empty:
            both = [open_cluster(empty), open_cluster(empty)]
            starts = [threading.Thread(target=each.start) for each in both]

            for start in starts:
                start.start()
            for start in starts:
                start.join()

            assert sorted(each.keeps for each in both) == [False, True]
            for each in both:
                with connect(each.cluster, role=APP) as connection:
                    assert connection.execute("select 1").fetchone() == (1,)
            for each in both:
                each.stop()

    def test_stops_the_database_when_its_keeper_was_killed(self, home: Path):
        keeper = _keeper_process(home)
        pid = postmaster_pid(open_cluster(home).cluster)

        _kill(keeper)

        eventually(lambda: not Path(f"/proc/{pid}/cwd").exists())

    def test_starts_at_once_after_the_keeper_was_killed(self, home: Path):
        keeper = _keeper_process(home)
        _kill(keeper)

        with open_cluster(home) as supervisor, connect(supervisor.cluster, role=APP) as connection:
            assert connection.execute("select 1").fetchone() == (1,)


def _keeper_process(home: Path) -> subprocess.Popen[str]:
    program = """
        import sys, pathlib
        from assize.platform.postgres import open_cluster
        open_cluster(pathlib.Path(sys.argv[1])).start()
        print("ready", flush=True)
        sys.stdin.read()
    """
    keeper = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program), str(home)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert keeper.stdout is not None
    assert keeper.stdout.readline() == "ready\n"
    return keeper


def _answers(supervisor: Supervisor) -> bool:
    try:
        with connect(supervisor.cluster, role=APP) as connection:
            return connection.execute("select 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False


def _kill(keeper: subprocess.Popen[str]) -> None:
    keeper.kill()
    keeper.communicate()
