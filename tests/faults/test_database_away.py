"""The database is away for a while: requests fail clearly, nothing accepted is lost, and work goes on by itself."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import httpx2
import pytest

from assize.kernel import clock
from assize.platform.migrate import migrate
from assize.platform.postgres import APP, DATABASE, OWNER, open_cluster
from assize.platform.postgres.supervisor import Supervisor
from assize_sim.stream import Plan, stream
from builders.running import Running, running, until

pytestmark = pytest.mark.faults

AWAY_S = 12.0
CALLS = (
    ("POST", "/v1/events"),
    ("POST", "/v1/reports"),
    ("POST", "/v1/queues/claim"),
    ("GET", "/v1/cases"),
    ("GET", "/v1/enforcements"),
    ("GET", "/v1/policy"),
)


@dataclass(frozen=True, kw_only=True)
class Outage:
    """What was seen around an outage: what was accepted before, in it and after; how each call was answered in it."""

    installation: Running
    accepted: dict[str, str]
    answers: list[tuple[str, str, int, str]]
    ready_meanwhile: bool
    alive_meanwhile: bool


@pytest.fixture(scope="module")
def outage() -> Iterator[Outage]:
    with external() as supervisor:
        dsn = supervisor.cluster.dsn(role=APP, database=DATABASE)
        owner = supervisor.cluster.dsn(role=OWNER, database=DATABASE)
        with running(ASSIZE_DATABASE_URL=dsn, ASSIZE_DATABASE_OWNER_URL=owner) as installation:
            yield _suffered(installation, supervisor)


@contextmanager
def external() -> Iterator[Supervisor]:
    """A database of somebody else's, which `assize up` does not keep."""
    home = Path(tempfile.mkdtemp(prefix="assize-external-", dir="/tmp"))
    home.chmod(0o755)
    supervisor = open_cluster(home)
    supervisor.start()
    migrate(supervisor.cluster.dsn(role=OWNER, database=DATABASE))
    try:
        yield supervisor
    finally:
        supervisor.stop()
        shutil.rmtree(home, ignore_errors=True)


def _suffered(installation: Running, supervisor: Supervisor) -> Outage:
    headers = {"authorization": f"Bearer {installation.event_key}"}
    bodies = [dict(one.body) for one in islice(stream(Plan(seed="away", begin=clock.now())), 400) if not one.report]
    accepted: dict[str, str] = {}
    answers: list[tuple[str, str, int, str]] = []
    with httpx2.Client(base_url=installation.base_url, headers=headers, timeout=180, trust_env=False) as http:
        _send(http, bodies[:100], accepted)
        supervisor.stop()
        stopped = time.monotonic()
        alive = http.get("/healthz").is_success
        while time.monotonic() - stopped < AWAY_S:
            answers += _all_at_once(http, bodies[100:120])
        ready = installation.product.ready()
        supervisor.start()
        installation.product.wait_until_ready(within_s=180)
        _send(http, bodies[100:], accepted)
    return Outage(
        installation=installation,
        accepted=accepted,
        answers=answers,
        ready_meanwhile=ready,
        alive_meanwhile=alive,
    )


def _all_at_once(http: httpx2.Client, events: list[dict]) -> list[tuple[str, str, int, str]]:
    """Make every call at the same time, as many callers would; each may wait its turn for a connection.

    The database comes back when all of them are answered and not before: none can wait for it.
    """

    def call(method: str, path: str) -> tuple[str, str, int, str]:
        body = {"events": events} if path == "/v1/events" else {}
        answer = http.request(method, path, json=body if method == "POST" else None)
        kind = answer.headers.get("content-type", "")
        return method, path, answer.status_code, kind

    with ThreadPoolExecutor(len(CALLS)) as together:
        return list(together.map(lambda one: call(*one), CALLS))


def _send(http: httpx2.Client, bodies: list[dict], accepted: dict[str, str]) -> None:
    for start in range(0, len(bodies), 20):
        batch = bodies[start : start + 20]
        answer = http.post("/v1/events", json={"events": batch})
        answer.raise_for_status()
        accepted.update(zip((one["external_id"] for one in batch), answer.json()["ids"], strict=True))


class TestWhileTheDatabaseIsAway:
    def test_every_call_says_that_it_could_not_be_done(self, outage):
        assert {status for _, _, status, _ in outage.answers} == {503}, outage.answers

    def test_every_answer_is_a_problem_that_a_program_can_read(self, outage):
        assert {kind.partition(";")[0] for _, _, _, kind in outage.answers} == {"application/problem+json"}

    def test_no_call_waits_until_it_is_back(self, outage):
        assert {(method, path) for method, path, _, _ in outage.answers} == set(CALLS)

    def test_the_server_lives_and_says_that_it_is_not_ready(self, outage):
        assert outage.alive_meanwhile
        assert not outage.ready_meanwhile


class TestAfterwards:
    def test_the_server_is_ready_by_itself(self, outage):
        assert outage.installation.product.ready()

    def test_every_accepted_event_is_there_once(self, outage):
        rows = outage.installation.rows("select external_id, id from intake.event where source = 'sim'")

        assert {row["external_id"]: row["id"] for row in rows} == outage.accepted
        assert len(rows) == len(outage.accepted)

    def test_the_worker_goes_on_by_itself(self, outage):
        done = until(
            lambda: outage.installation.rows("select count(*) as n from intake.inbox")[0]["n"] == 0,
            within_s=180,
            pause_s=1,
        )

        assert done
