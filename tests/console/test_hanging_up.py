"""An export whose reader hangs up half way, over a real connection: nothing stays open, and the record says so."""

import json
import socket
import struct
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from assize.app.server import POOL
from assize.platform.db import Database
from assize.workforce.models import SYSTEM, Role, ViewProfile
from builders.living import Living, living
from builders.waiting import eventually

ROWS = 60_000  # far more than the buffers of a connection take in
TIMES = POOL + 1  # more than a server has connections to its database
CASES = """
insert into triage.case (id, kind, state, clauses, clause_ids, families, provisional, mode, queue, order_key, reasons,
    opened_at, due_at, first_seen_at, exposure_class, test, event_count, subject_count)
select 'case_' || lpad(g::text, 26, '0'), 'events', 'decided', '[]', array['FRD-1'], array['FRD'], 2, 'routine', 'general',
    now(), '{}', now() - g * interval '1 second', now(), now(), 1, false, 0, 0
from generate_series(1, %(rows)s) g
"""
# Who was in a transaction at a moment and still is.
IN_TRANSACTION = """
select count(*) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and xact_start < %(moment)s
"""
RESET = struct.pack("ii", 1, 0)  # linger for no time: what was not read is thrown away, and the other side is told


@pytest.fixture(scope="module")
def here(module_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    with living(module_database, tmp_path_factory.mktemp("hanging-up")) as alive:
        with module_database.transaction(SYSTEM) as tx:
            tx.run(CASES, {"rows": ROWS})
        yield alive


def begin(here: Living, key: str, reader: socket.socket) -> str:
    """Begin an export, and read a little of it; return its id."""
    where = urlsplit(here.url)
    body = json.dumps({"format": "jsonl", "columns": "cases"}).encode()
    asked = (
        f"POST /v1/exports HTTP/1.1\r\nhost: {where.netloc}\r\nauthorization: Bearer {key}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    reader.connect((where.hostname, where.port))
    reader.sendall(asked.encode() + body)
    got = b""
    while got.count(b'"case_id"') < 3:
        piece = reader.recv(4096)
        assert piece, got
        got += piece
    head = got.partition(b"\r\n\r\n")[0].decode()
    assert head.startswith("HTTP/1.1 200"), head
    return next(line.partition(": ")[2] for line in head.splitlines() if line.lower().startswith("x-export-id"))


def still_in_transaction(here: Living) -> int:
    """Count who stays in the transaction they are in now: those of a server at work end within a moment."""
    with here.database.transaction(SYSTEM) as tx:
        moment = tx.value("select clock_timestamp()")
    with here.database.transaction(SYSTEM) as tx:
        return int(tx.value(IN_TRANSACTION, {"moment": moment}))


def ended(here: Living, export_id: str) -> dict[str, object] | None:
    """Return what the fact says of how an export ended."""
    with here.database.transaction(SYSTEM) as tx:
        row = tx.row(
            "select b.body::json as body from platform.fact f join platform.fact_body b on b.fact_id = f.id"
            " where f.kind = 'ExportEnded' and b.body::json->>'export_id' = %(id)s",
            {"id": export_id},
        )
    return None if row is None else dict(row["body"])


class TestReaderWhoHangsUp:
    @pytest.mark.parametrize("abruptly", [False, True], ids=["politely", "abruptly"])
    def test_leaves_a_fact_that_the_file_was_not_finished(self, here: Living, abruptly: bool):
        _, key = here.person(f"lena-{abruptly}", Role.EXPERT, view=ViewProfile(may_export=True))

        with socket.socket() as reader:
            export_id = begin(here, key, reader)
            if abruptly:
                reader.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        eventually(lambda: ended(here, export_id) is not None)

        told = ended(here, export_id)
        assert told is not None
        assert (told["state"], told["sha256"]) == ("broken_off", None)
        assert 0 < told["rows"] < ROWS
        with here.client(key) as client:
            assert [one["state"] for one in client.get("/v1/exports").json()] == ["broken_off"]

    def test_holds_no_transaction_and_nobody_up_before_and_after(self, here: Living):
        _, key = here.person("lena", Role.EXPERT, view=ViewProfile(may_export=True))

        with ExitStack() as stalled, here.client(key) as client:
            ids = [begin(here, key, stalled.enter_context(socket.socket())) for _ in range(TIMES)]
            eventually(lambda: still_in_transaction(here) == 0)
            meanwhile = client.get("/v1/queues").status_code
        eventually(lambda: all(ended(here, one) is not None for one in ids))

        assert meanwhile == 200
        assert {str(told["state"]) for one in ids if (told := ended(here, one)) is not None} == {"broken_off"}
        eventually(lambda: still_in_transaction(here) == 0)
