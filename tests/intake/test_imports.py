"""A file comes in whole, once, however often its import is stopped."""

import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from assize.intake import service
from assize.intake.errors import UnreadableFile
from assize.intake.service import Progress, import_file
from assize.platform.db import Database
from assize.sources import convabuse, jsonl, openai_moderation
from assize.workforce.models import SYSTEM
from builders.intake import AT, wire


def a_file(path: Path, count: int, bad: frozenset[int] = frozenset()) -> Path:
    lines = [json.dumps(wire()) if number not in bad else "{broken" for number in range(1, count + 1)]
    path.write_text("\n".join(lines) + "\n")
    return path


def kept(database: Database) -> int:
    with database.transaction(SYSTEM) as tx:
        return service.event_count(tx)


class Stopped(Exception):
    """The import was stopped here."""


class TestImportFile:
    def test_takes_every_row(self, fresh_database: Database, tmp_path: Path):
        seen: list[Progress] = []

        done = import_file(
            fresh_database, jsonl.SOURCE, a_file(tmp_path / "e.jsonl", 1200), at=AT, progress=seen.append
        )

        assert (done.accepted, done.finished, kept(fresh_database)) == (1200, True, 1200)
        assert [one.rows_done for one in seen] == [500, 1000, 1200]
        assert seen[-1].done_bytes == seen[-1].total_bytes

    def test_takes_a_finished_file_no_second_time(self, fresh_database: Database, tmp_path: Path):
        path = a_file(tmp_path / "e.jsonl", 10)
        import_file(fresh_database, jsonl.SOURCE, path, at=AT)

        again = import_file(fresh_database, jsonl.SOURCE, path, at=AT)
        anew = import_file(fresh_database, jsonl.SOURCE, path, at=AT, resume=False)

        assert (again.accepted, anew.accepted, anew.duplicates, kept(fresh_database)) == (10, 0, 10, 10)

    def test_puts_bad_rows_into_a_file_with_the_reason(self, fresh_database: Database, tmp_path: Path):
        path = a_file(tmp_path / "e.jsonl", 4, bad=frozenset({2}))
        path.write_text(path.read_text() + json.dumps(wire(account="a\0b")) + "\n")

        done = import_file(fresh_database, jsonl.SOURCE, path, at=AT)

        told = [json.loads(line) for line in done.rejects.read_text().splitlines()]
        assert (done.accepted, done.rejected) == (3, 2)
        assert [(one["line"], one["code"]) for one in told] == [(2, "malformed"), (5, "nul-character")]
        assert told[1]["reason"].startswith("/subject/account ")

    def test_goes_on_where_it_was_stopped(self, fresh_database: Database, tmp_path: Path):
        path = a_file(tmp_path / "e.jsonl", 1700, bad=frozenset({3, 700, 1600}))

        def stop(progress: Progress) -> None:
            if progress.rows_done >= 1000:
                raise Stopped

        with pytest.raises(Stopped):
            import_file(fresh_database, jsonl.SOURCE, path, at=AT, progress=stop)
        rejects = path.with_name("e.jsonl.rejects.jsonl")
        rejects.write_text(rejects.read_text() + '{"half a li')
        done = import_file(fresh_database, jsonl.SOURCE, path, at=AT)

        assert (done.accepted, done.duplicates, done.rejected) == (1697, 0, 3)
        assert [json.loads(line)["line"] for line in rejects.read_text().splitlines()] == [3, 700, 1600]

    def test_goes_on_after_being_killed(self, fresh_database: Database, tmp_path: Path):
        path = a_file(tmp_path / "e.jsonl", 6000)
        script = textwrap.dedent("""
            import sys
            from pathlib import Path
            from assize.intake.service import import_file
            from assize.kernel import clock
            from assize.platform.db import Database
            from assize.sources import jsonl
            with Database(sys.argv[1]) as database:
                import_file(database, jsonl.SOURCE, Path(sys.argv[2]), at=clock.now(),
                            progress=lambda one: (print(one.rows_done, flush=True), sys.stdin.readline()))
        """)
        command = [sys.executable, "-c", script, fresh_database.dsn, str(path)]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": "src"}
        )
        with process.stdin as told, process.stdout as said:
            said.readline()
            told.write(b"go on\n")  # the next part is on its way, and none comes after it
            told.flush()
            process.send_signal(signal.SIGKILL)
            process.wait()
        before = kept(fresh_database)

        done = import_file(fresh_database, jsonl.SOURCE, path, at=AT)

        assert 0 < before < 6000
        assert (done.accepted, done.duplicates, kept(fresh_database)) == (6000, 0, 6000)

    @pytest.mark.parametrize("content", [b"\x1f\x8bnot gzip", b"\x1f\x8b\x08\x00"], ids=["damaged", "cut"])
    def test_says_when_a_file_is_damaged(self, fresh_database: Database, tmp_path: Path, content: bytes):
        path = tmp_path / "e.jsonl.gz"
        path.write_bytes(content)

        with pytest.raises(UnreadableFile):
            import_file(fresh_database, jsonl.SOURCE, path, at=AT)

    def test_says_when_there_is_no_file(self, fresh_database: Database, tmp_path: Path):
        with pytest.raises(UnreadableFile, match="No such file"):
            import_file(fresh_database, jsonl.SOURCE, tmp_path / "none.jsonl", at=AT)

    def test_marks_everything_as_test_when_asked(self, fresh_database: Database, tmp_path: Path):
        import_file(fresh_database, jsonl.SOURCE, a_file(tmp_path / "e.jsonl", 1), at=AT, test=True)

        with fresh_database.transaction(SYSTEM) as tx:
            assert service.list_events(tx).events[0].test

    @pytest.mark.parametrize(
        ("source", "name", "count"),
        [(convabuse.SOURCE, "convabuse.csv.gz", 4185), (openai_moderation.SOURCE, "openai-moderation.jsonl.gz", 1116)],
        ids=["convabuse", "openai-moderation"],
    )
    def test_takes_the_real_sets_whole(self, fresh_database, tmp_path, shared_data, source, name, count):
        path = tmp_path / name
        path.write_bytes((shared_data / name).read_bytes())

        done = import_file(fresh_database, source, path, at=AT.replace(year=2026))

        assert (done.accepted, done.rejected, kept(fresh_database)) == (count, 0, count)
