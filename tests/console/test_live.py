"""The stream of changes: who is told what, and when it ends."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Self
from urllib.parse import urlencode

import httpx2
import pytest

from assize.console.live import hub
from assize.console.live.hub import Stream
from assize.console.live.topics import OPERATIONS, QUEUES
from assize.console.pages import live
from assize.kernel import clock
from assize.kernel.ids import CaseId
from assize.platform import rollups
from assize.platform.db import Database, Tx
from assize.triage import service as triage
from assize.workforce.models import SYSTEM, Role
from builders.living import PASSWORD, Living, living
from builders.waiting import PATIENCE_S, eventually

ASK = {"accept": "text/event-stream"}


@pytest.fixture(autouse=True)
def _often_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "ALIVE_S", 0.2)


@pytest.fixture
def here(fresh_database: Database, tmp_path: Path) -> Iterator[Living]:
    with living(fresh_database, tmp_path) as alive:
        yield alive


@contextmanager
def signed_in(here: Living, name: str, *roles: Role, **more: object) -> Iterator[httpx2.Client]:
    here.person(name, *roles, **more)
    with httpx2.Client(base_url=here.url, trust_env=False, timeout=PATIENCE_S) as client:
        answer = client.post("/sign-in", data={"email": f"{name}@example.org", "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        yield client


def a_case(here: Living, number: int = 1) -> CaseId:
    event = {
        "external_id": f"e-{number}",
        "occurred_at": clock.now().isoformat(),
        "subject": {"account": f"acct-{number}"},
        "turns": [{"role": "user", "text": f"sim-frd-1-strong offer {number}"}],
    }
    with here.client(here.platform_key()) as platform:
        assert platform.post("/v1/events", json={"events": [event]}).status_code == 202
    here.work()
    with here.database.transaction(SYSTEM) as tx:
        found = [one.id for one in triage.cases(tx).cases if one.conversation or one.id]
    return max(found)


def a_rollup(tx: Tx, *, until: datetime) -> None:
    """Say that the sums of a name are made up to an hour."""
    tx.run(rollups.SQL["set_rolled"], {"name": "of tests", "until": until})


class TestSlowTopics:
    """What is dear to read anew is told at most so often; the last change is never lost."""

    def stream(self, *topics: str) -> Stream:
        return Stream(principal=SYSTEM, topics=frozenset(topics))

    def test_are_told_at_once_and_then_after_their_rest(self):
        stream = self.stream(OPERATIONS)
        rest = hub.SLOW_S[OPERATIONS]

        stream.tell([OPERATIONS])
        first = stream.take(100.0)
        stream.tell([OPERATIONS])
        too_soon = stream.take(100.0 + rest - 1)
        later = stream.take(100.0 + rest)

        assert (first, too_soon, later) == ([OPERATIONS], [], [OPERATIONS])
        assert stream.take(100.0 + 3 * rest) == []

    def test_hold_up_no_other(self):
        stream = self.stream(OPERATIONS, QUEUES)
        stream.tell([OPERATIONS])
        stream.take(100.0)

        stream.tell([OPERATIONS, QUEUES])

        assert stream.take(101.0) == [QUEUES]


class Heard:
    """What a stream said so far. The stream is let go at the end of the block."""

    def __init__(self, client: httpx2.Client, topics: str) -> None:
        self.lines: list[str] = []
        self.ended = threading.Event()
        self._enough = threading.Event()
        self._started = threading.Event()
        self._client, self._topics = client, topics
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._started.wait(PATIENCE_S)
        return self

    def __exit__(self, *_: object) -> None:
        self._enough.set()
        self._thread.join(10)

    def _listen(self) -> None:
        cookies = "; ".join(f"{name}={value}" for name, value in self._client.cookies.items())
        with closing(
            HTTPConnection(str(self._client.base_url.host), self._client.base_url.port, timeout=PATIENCE_S)
        ) as own:
            own.request("GET", f"/live?{urlencode({'topics': self._topics})}", headers=ASK | {"cookie": cookies})
            with own.getresponse() as answer:
                for line in answer:
                    self._started.set()
                    self.lines.append(line.decode().rstrip())
                    if self._enough.is_set():
                        return
        self.ended.set()

    @property
    def topics(self) -> list[str]:
        return [one.removeprefix("data: ") for one in self.lines if one.startswith("data: ")]

    def hears(self, topic: str) -> bool:
        eventually(lambda: topic in self.topics)
        return True


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What the server has looked at so far: how many streams, at each look."""
    made, really = list[int](), hub.Hub._told

    def told(self: hub.Hub, streams: Sequence[Stream]) -> Mapping[Stream, set[str]]:
        found = really(self, streams)
        made.append(len(streams))
        return found

    monkeypatch.setattr(hub.Hub, "_told", told)
    return made


def look_again(looks: list[int]) -> None:
    """Wait until the server has begun and ended a look after this moment, and has told what it found in it."""
    seen = len(looks)
    eventually(lambda: len(looks) >= seen + 3)


class TestStream:
    def test_names_what_changed(self, here: Living):
        with signed_in(here, "ana", Role.EXPERT) as ana, Heard(ana, "queues,me") as heard:
            a_case(here)

            assert heard.hears("queues")

    def test_tells_nothing_of_a_case_that_does_not_exist_for_whoever_listens(self, here: Living, looks: list[int]):
        case_id = a_case(here)
        with here.database.transaction(SYSTEM) as tx:
            triage.restrict(tx, case_id=case_id, compartment="sealed", at=clock.now())
        with (
            signed_in(here, "ana", Role.EXPERT) as ana,
            signed_in(here, "cleo", Role.EXPERT, compartments=["sealed"]) as cleo,
            Heard(ana, "queues,operations,me") as outside,
            Heard(cleo, f"queues,case:{case_id}") as inside,
        ):
            with here.database.transaction(SYSTEM) as tx:
                triage.close(tx, case_id=case_id, at=clock.now())

            assert inside.hears("queues")
            assert inside.hears(f"case:{case_id}")
            look_again(looks)
            assert outside.topics == []

    def test_tells_operations_when_sums_were_made_anew(self, here: Living, looks: list[int]):
        at = clock.now()
        with here.database.transaction(SYSTEM) as tx:
            a_rollup(tx, until=at)
        with signed_in(here, "ana", Role.OPERATIONS_MANAGER) as ana, Heard(ana, "operations") as heard:
            look_again(looks)
            assert heard.topics == []

            with here.database.transaction(SYSTEM) as tx:
                a_rollup(tx, until=at + timedelta(hours=1))

            assert heard.hears("operations")

    def test_is_refused_about_a_case_that_does_not_exist_for_whoever_listens(self, here: Living):
        case_id = a_case(here)
        with here.database.transaction(SYSTEM) as tx:
            triage.restrict(tx, case_id=case_id, compartment="sealed", at=clock.now())
        with signed_in(here, "ana", Role.EXPERT) as ana:
            hidden = ana.get("/live", params={"topics": f"case:{case_id}"}, headers=ASK)
            absent = ana.get("/live", params={"topics": "case:case_nothing"}, headers=ASK)

        assert (hidden.status_code, absent.status_code) == (404, 404)

    def test_asks_for_a_session_and_for_a_stream(self, here: Living):
        _, key = here.person("ben", Role.EXPERT)
        with signed_in(here, "ana", Role.EXPERT) as ana, here.client(key) as by_key:
            page = ana.get("/live", params={"topics": "queues"})
            keyed = by_key.get("/live", params={"topics": "queues"}, headers=ASK)
            nobody = httpx2.get(f"{here.url}/live", params={"topics": "queues"}, headers=ASK, trust_env=False)

        assert (page.status_code, keyed.status_code, nobody.status_code) == (422, 422, 401)

    def test_ends_with_the_session(self, here: Living, monkeypatch):
        monkeypatch.setattr(live, "CHECK_S", 0.5)
        with signed_in(here, "ana", Role.EXPERT) as ana, Heard(ana, "queues") as heard:
            with here.database.transaction(SYSTEM) as tx:
                tx.run("delete from workforce.session")

            assert heard.hears("session")
            assert heard.ended.wait(PATIENCE_S)

    def test_gives_way_where_one_person_has_too_many(self, here: Living, monkeypatch):
        monkeypatch.setattr(hub, "MOST_STREAMS", 2)
        with signed_in(here, "ana", Role.EXPERT) as ana, ExitStack() as stack:
            first, second, third = (stack.enter_context(Heard(ana, "queues")) for _ in range(3))

            assert first.ended.wait(PATIENCE_S)
            assert not second.ended.is_set()
            assert not third.ended.is_set()

    def test_holds_no_connection_to_the_database_between_looks(self, here: Living, monkeypatch):
        monkeypatch.setattr(hub, "MOST_STREAMS", 100)
        with signed_in(here, "ana", Role.EXPERT) as ana, ExitStack() as stack:
            streams = [stack.enter_context(Heard(ana, "queues")) for _ in range(40)]

            answers = [ana.get("/").status_code for _ in range(3)]
            ended = [one.ended.is_set() for one in streams]

        assert answers == [200, 200, 200]
        assert not any(ended)


class TestStopping:
    def test_does_not_wait_for_streams(self, fresh_database: Database, tmp_path: Path):
        with ExitStack() as stack:
            with living(fresh_database, tmp_path) as here:
                ana = stack.enter_context(signed_in(here, "ana", Role.EXPERT))
                heard = stack.enter_context(Heard(ana, "queues"))

            assert heard.ended.wait(PATIENCE_S)
