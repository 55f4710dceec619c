"""What a sender meets at the door: durable answers, clear refusals, nothing half taken."""

import gzip
import json
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from starlette.requests import Request

from assize.intake import service
from assize.intake.api import hot_routes, router
from assize.intake.api.body import MAX_BYTES
from assize.kernel.errors import Unauthenticated
from assize.platform.db import Database
from assize.platform.http import Authenticated, build
from assize.platform.settings import read_settings
from assize.workforce.models import SYSTEM, Right
from builders.intake import wire

SENDER = {"Authorization": "Bearer sender"}
READER = {"Authorization": "Bearer reader"}


@pytest.fixture
def client(fresh_database: Database, somebody) -> Iterator[TestClient]:
    people = {
        "Bearer sender": somebody(Right.EVENTS_WRITE, Right.REPORTS_WRITE),
        "Bearer reader": somebody(Right.EVENTS_READ, Right.CONTENT_OPEN, Right.ACCOUNT_LOOKUP),
    }

    def authenticate(request: Request) -> Authenticated:
        found = people.get(request.headers.get("authorization", ""))
        if found is None:
            raise Unauthenticated
        return Authenticated(actor=found, by_session=False)

    app = build(
        database=fresh_database,
        settings=read_settings({}),
        routers=[router],
        hot_routes=hot_routes,
        authenticate=authenticate,
        error_page=lambda *_, **__: None,
        ready=lambda _: None,
    )
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


def kept(database: Database) -> int:
    with database.transaction(SYSTEM) as tx:
        return service.event_count(tx)


class TestPostEvents:
    def test_answers_when_it_is_kept(self, client: TestClient, fresh_database: Database):
        answer = client.post("/v1/events", json={"events": [wire(), wire()]}, headers=SENDER)

        assert answer.status_code == 202
        assert (answer.json()["accepted"], answer.json()["rejected"]) == (2, [])
        assert kept(fresh_database) == len(set(answer.json()["ids"])) == 2

    def test_takes_lines(self, client: TestClient):
        data = json.dumps(wire()) + "\n" + json.dumps(wire()) + "\n"

        answer = client.post("/v1/events", content=data, headers=SENDER | {"Content-Type": "application/x-ndjson"})

        assert answer.json()["accepted"] == 2

    def test_takes_packed_bodies(self, client: TestClient):
        data = gzip.compress(json.dumps([wire()]).encode())

        answer = client.post("/v1/events", content=data, headers=SENDER | {"Content-Encoding": "gzip"})

        assert answer.json()["accepted"] == 1

    def test_takes_a_repeated_call_once(self, client: TestClient, fresh_database: Database):
        call = {"events": [wire(), wire()]}
        first = client.post("/v1/events", json=call, headers=SENDER).json()

        second = client.post("/v1/events", json=call, headers=SENDER).json()

        assert (second["accepted"], second["duplicates"], second["ids"]) == (0, 2, first["ids"])
        assert kept(fresh_database) == 2

    def test_takes_the_good_beside_the_bad(self, client: TestClient, fresh_database: Database):
        bad = wire() | {"occurred_at": "never"}

        answer = client.post("/v1/events", json={"events": [wire(), bad]}, headers=SENDER).json()

        assert answer["rejected"] == [
            {
                "pointer": "/events/1/occurred_at",
                "code": "bad-time",
                "detail": "is not a time with its zone, such as 2026-03-01T12:00:00Z",
                "external_id": bad["external_id"],
            }
        ]
        assert (answer["ids"][1], kept(fresh_database)) == (None, 1)

    def test_says_each_place_where_nothing_fits(self, client: TestClient):
        answer = client.post("/v1/events", json=[{"kind": "<script>"}], headers=SENDER)

        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["errors"][0]["pointer"].startswith("/0/")
        assert "script" not in answer.text

    def test_refuses_what_is_no_call(self, client: TestClient, fresh_database: Database):
        calls = {
            "words": (b"nonsense", {}, 422),
            "nothing": (b"", {}, 422),
            "deep": (b"[" * 100_000, {}, 422),
            "not utf-8": (b"\xff\xfe\x00", {}, 422),
            "brotli": (b"[]", {"Content-Encoding": "br"}, 422),
            "no gzip": (b"no gzip", {"Content-Encoding": "gzip"}, 422),
            "cut gzip": (gzip.compress(b"[]")[:-9], {"Content-Encoding": "gzip"}, 422),
            "bomb": (gzip.compress(b" " * (MAX_BYTES + 1)), {"Content-Encoding": "gzip"}, 413),
            "too many": (b"[" + b"1," * 5000 + b"1]", {}, 413),
        }

        answers = {
            name: client.post("/v1/events", content=content, headers=SENDER | headers)
            for name, (content, headers, _) in calls.items()
        }

        assert {name: one.status_code for name, one in answers.items()} == {
            name: call[2] for name, call in calls.items()
        }
        assert {one.headers["content-type"] for one in answers.values()} == {"application/problem+json"}
        assert kept(fresh_database) == 0

    def test_takes_nothing_at_all(self, client: TestClient):
        assert client.post("/v1/events", json=[], headers=SENDER).status_code == 202

    def test_needs_a_key_with_the_right(self, client: TestClient):
        senders = [{}, {"Authorization": "Bearer x"}, READER]

        answers = [client.post("/v1/events", json=[wire()], headers=headers).status_code for headers in senders]

        assert answers == [401, 401, 403]

    def test_says_so_when_the_database_is_away(self, client: TestClient, fresh_database: Database):
        assert client.post("/v1/events", json=[wire()], headers=SENDER).status_code == 202
        fresh_database.pool.close()

        answer = client.post("/v1/events", json=[wire()], headers=SENDER)

        assert answer.status_code == 503
        assert answer.json()["code"] == "not-taken-now"


class TestPostReports:
    def test_acknowledges_with_id_and_time(self, client: TestClient):
        report = {
            "external_id": "r1",
            "reporter": {"kind": "authority", "ref": "an office"},
            "reason": "child_safety",
            "reference": "AZ 1",
            "subject": {"account": "a"},
        }

        answer = client.post("/v1/reports", json=report, headers=SENDER)

        assert answer.status_code == 202
        assert answer.json()["ids"][0].startswith("evt_")
        assert answer.json()["received_at"]
        listed = client.get("/v1/reports", headers=READER).json()["reports"]
        assert [(one["reference"], one["reporter_kind"]) for one in listed] == [("AZ 1", "authority")]

    def test_names_the_place_of_what_does_not_fit(self, client: TestClient):
        good = {
            "external_id": "r1",
            "reporter": {"kind": "user", "ref": "u"},
            "reason": "spam",
            "subject": {"account": "a"},
        }
        bad = good | {"external_id": "r2", "reporter": {"kind": "ghost", "ref": "u"}}

        answer = client.post("/v1/reports", json={"reports": [good, bad]}, headers=SENDER)
        single = client.post("/v1/reports", json=bad, headers=SENDER)

        assert (answer.json()["accepted"], answer.json()["rejected"][0]["pointer"]) == (1, "/reports/1/reporter/kind")
        assert (single.status_code, single.json()["errors"][0]["pointer"]) == (422, "/reporter/kind")

    def test_refuses_what_is_no_report(self, client: TestClient):
        headers = SENDER | {"Content-Type": "application/json"}

        answers = [
            client.post("/v1/reports", content=body, headers=headers) for body in (b"7", b"null", b'"a"', b"{", b"\xff")
        ]

        assert {one.status_code for one in answers} <= {400, 422}


class TestReading:
    def test_follows_cursors(self, client: TestClient):
        ids = client.post("/v1/events", json=[wire() for _ in range(5)], headers=SENDER).json()["ids"]

        first = client.get("/v1/events?limit=3", headers=READER).json()
        second = client.get(f"/v1/events?limit=3&cursor={first['cursor']}", headers=READER).json()

        assert [one["id"] for one in first["events"] + second["events"]] == ids[::-1]
        assert second["cursor"] is None
        assert "turns" not in first["events"][0]

    def test_opens_content_for_a_purpose(self, client: TestClient):
        event_id = client.post("/v1/events", json=[wire()], headers=SENDER).json()["ids"][0]

        refused = client.post(f"/v1/events/{event_id}/open", json={"purpose": ""}, headers=READER)
        opened = client.post(f"/v1/events/{event_id}/open", json={"purpose": "an appeal"}, headers=READER)

        assert refused.status_code == 422
        assert opened.json()["turns"][0]["role"] == "user"

    def test_refuses_what_is_no_id(self, client: TestClient):
        paths = (
            "events/nonsense",
            "events/%00",
            "events?cursor=zz",
            "events?kind=%00",
            "subjects/x",
            "reports?cursor=z",
        )

        answers = [client.get(f"/v1/{path}", headers=READER) for path in paths]

        assert {one.status_code for one in answers} <= {404, 422}

    def test_does_not_know_an_id_that_is_none(self, client: TestClient):
        answer = client.get("/v1/events/evt_01JAAAAAAAAAAAAAAAAAAAAAAA", headers=READER)

        assert (answer.status_code, answer.json()["code"]) == (404, "event-not-found")
