"""How many events a second come in over HTTP: durable before the answer, authenticated, each taken once.

The database, the server and the client are three processes on the same machine, as in a small installation. The client
keeps connections open and has its calls ready, so that what is measured is the taking in. Beside it a bare COPY of the
same rows into a table with the same indexes, which checks nothing, answers nobody and forgets who sent.
"""

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import psycopg
import uvicorn

from assize.bench.result import BenchResult, Options, at_least
from assize.intake.models import COLUMNS
from assize.intake.service import batch_of_body
from assize.kernel import clock
from assize.platform.db import Database
from assize.platform.migrate import migrate
from assize.platform.postgres import APP, DATABASE, OWNER, open_cluster
from assize.platform.settings import read_settings
from assize.workforce.models import SYSTEM, Right
from assize.workforce.service import issue_key

TARGET = 25_000.0
NEVER_BELOW = 12_000.0
EVENTS_A_CALL = 20
CONNECTIONS = 64  # servers keep that many open; the busier it is, the more calls share a commit
CALLS, QUICK_CALLS = 6_000, 300
WARM_UP_CALLS = 200
COPY_GROUP = 500
_WORDS = "someone asks how a thing is done and is told in plain words what it takes and what it costs; "


@dataclass(frozen=True, kw_only=True)
class _Sent:
    """What one client saw: seconds, and the answer times in seconds."""

    seconds: float
    answers: Sequence[float]


WHY = (
    "Every event is decoded and checked, written with its subjects and its place in the inbox, and committed before the "
    "answer; client, server and database share two cores, so that whatever else runs on them takes its share at once: on "
    "cores busy with other work the same bench has given less than half."
)


def run(options: Options) -> BenchResult:
    """Measure events a second over HTTP beside a bare COPY."""
    calls = QUICK_CALLS if options.quick else CALLS
    with tempfile.TemporaryDirectory(prefix="assize-bench-", dir="/tmp") as folder:
        home = Path(folder)
        home.chmod(0o755)
        with open_cluster(home) as supervisor:
            owner = supervisor.cluster.dsn(role=OWNER, database=DATABASE)
            migrate(owner)
            dsn = supervisor.cluster.dsn(role=APP, database=DATABASE)
            with Database(dsn) as database:
                key = _key(database)
                with _server(dsn) as port:
                    sent = _measured(port, key, calls)
                kept, facts = _kept(database)
            bare = _bare_copy(owner, calls)
    events = calls * EVENTS_A_CALL
    expected = events + WARM_UP_CALLS * EVENTS_A_CALL
    rate = events / sent.seconds
    ordered = sorted(sent.answers)
    detail = {
        "note": WHY,
        "events": events,
        "events_a_call": EVENTS_A_CALL,
        "bytes_an_event": len(_body(0)) // EVENTS_A_CALL,
        "connections": CONNECTIONS,
        "all_kept_once": kept == expected,
        "facts": facts,
        "answer_p50_ms": round(ordered[len(ordered) // 2] * 1000, 1),
        "answer_p99_ms": round(ordered[int(len(ordered) * 0.99)] * 1000, 1),
        "never_below": NEVER_BELOW,
        "above_floor": rate >= NEVER_BELOW,
        "cores": os.cpu_count(),
        "baseline": "bare COPY of the same rows, 500 a commit, same indexes",
    }
    return at_least("intake", value=rate, unit="events/s", target=TARGET, baseline=bare, detail=detail)


def _key(database: Database) -> str:
    with database.transaction(SYSTEM) as tx:
        rights = frozenset({Right.EVENTS_WRITE})
        return issue_key(tx, name="bench", rights=rights, at=clock.now()).secret


def _event(number: int) -> dict[str, object]:
    return {
        "external_id": f"bench-{number}",
        "occurred_at": clock.now().isoformat(),
        "subject": {"account": f"account-{number % 5_000}", "conversation": f"conversation-{number // 3}"},
        "language": "en",
        "region": "eu",
        "model_version": "model-1",
        "turns": [
            {"role": "user", "text": _WORDS * 3},
            {"role": "assistant", "text": _WORDS * 3, "outcome": "complied"},
        ],
        "attributes": {"plan": "free", "age_days": number % 900},
    }


def _body(call: int) -> bytes:
    first = call * EVENTS_A_CALL
    return json.dumps({"events": [_event(first + offset) for offset in range(EVENTS_A_CALL)]}).encode()


def _kept(database: Database) -> tuple[int, int]:
    with database.transaction(SYSTEM) as tx:
        kept = int(tx.value("select count(*) as n from intake.event"))
        return kept, int(tx.value("select count(*) as n from platform.fact where kind = 'EventsReceived'"))


def _bare_copy(owner: str, calls: int) -> float:
    """Return events a second of a COPY by the table's owner into a copy of the table with its indexes."""
    at = clock.now()
    lines = [
        slot.line
        for call in range(calls)
        for slot in batch_of_body(_body(call), sent_by="bench", at=at).slots
        if slot is not None
    ]
    with psycopg.connect(owner) as connection, connection.cursor() as cursor:
        cursor.execute("create table intake.bench_bare (like intake.event_row including indexes)")
        connection.commit()
        began = time.perf_counter()
        for start in range(0, len(lines), COPY_GROUP):
            with cursor.copy(f"copy intake.bench_bare ({COLUMNS}) from stdin") as copy:
                copy.write("".join(lines[start : start + COPY_GROUP]))
            connection.commit()
        return len(lines) / (time.perf_counter() - began)


# The server, as a process of its own ------------------------------------------------------------------------------


@contextmanager
def _server(dsn: str) -> Iterator[int]:
    port = _free_port()
    process = subprocess.Popen([sys.executable, "-m", "assize.bench.intake", "serve", dsn, str(port)])  # noqa: S603
    try:
        _wait(port)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _wait(port: int) -> None:
    for _ in range(600):
        try:
            httpx2.get(f"http://127.0.0.1:{port}/healthz", trust_env=False)
        except httpx2.TransportError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError("the server did not come up within 30 s")


def _serve(dsn: str, port: int) -> None:
    from assize.app.server import create  # noqa: PLC0415 - the client's process does without the application

    settings = read_settings(os.environ)
    app = create(settings, dsn)
    uvicorn.run(
        app, host="127.0.0.1", port=port, loop="uvloop", http="httptools", ws="none", access_log=False, log_config=None
    )


# The client, as a process of its own ------------------------------------------------------------------------------


def _measured(port: int, key: str, calls: int) -> _Sent:
    command = [sys.executable, "-m", "assize.bench.intake", "send", str(port), str(calls)]
    done = subprocess.run(command, input=key, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        raise RuntimeError(done.stderr[-2000:])
    return _Sent(**json.loads(done.stdout))


async def _send(port: int, key: str, calls: int) -> _Sent:
    warm = [_request(_body(calls + number), key) for number in range(WARM_UP_CALLS)]
    requests = [_request(_body(number), key) for number in range(calls)]
    await _all(port, warm)
    began = time.perf_counter()
    answers = await _all(port, requests)
    return _Sent(seconds=time.perf_counter() - began, answers=answers)


def _request(body: bytes, key: str) -> bytes:
    head = (
        f"POST /v1/events HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _all(port: int, requests: list[bytes]) -> list[float]:
    waiting = iter(requests)
    found = await asyncio.gather(*(_connection(port, waiting) for _ in range(CONNECTIONS)))
    return [seconds for one in found for seconds in one]


async def _connection(port: int, waiting: Iterator[bytes]) -> list[float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answers = []
    for request in waiting:
        began = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0])
        body = await reader.readexactly(length)
        if not head.startswith(b"HTTP/1.1 202"):
            raise RuntimeError(body.decode()[:500])
        answers.append(time.perf_counter() - began)
    writer.close()
    return answers


def _main(arguments: list[str]) -> None:
    match arguments:
        case ["serve", dsn, port]:
            _serve(dsn, int(port))
        case ["send", port, calls]:
            sent = asyncio.run(_send(int(port), sys.stdin.read().strip(), int(calls)))
            sys.stdout.write(json.dumps({"seconds": sent.seconds, "answers": sent.answers}))
        case _:
            raise SystemExit("this module is run by `assize bench intake`")


if __name__ == "__main__":
    _main(sys.argv[1:])
