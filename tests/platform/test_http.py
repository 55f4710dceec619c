"""The HTTP shell, over a small application of its own and the real database."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import pytest
from fastapi import APIRouter, Form, Request
from pydantic import BaseModel
from starlette.testclient import TestClient

from assize.kernel.errors import Conflict, Invalid
from assize.platform.db import Database
from assize.platform.http import SESSION_COOKIE, Authenticated, build, csrf_token, transaction
from assize.platform.http.middleware import MAX_BODY_BYTES
from assize.platform.pages import error_page_with
from assize.platform.settings import Settings
from assize.workforce.errors import NotSignedIn
from assize.workforce.models import SYSTEM

SECRET_WORDS = "words a person wrote"


class Taken(Conflict):
    """The name {name} is taken."""

    code = "taken"


class BadColour(Invalid):
    """There is no such colour."""

    code = "bad-colour"


class Thing(BaseModel):
    name: str
    size: int


def routes() -> APIRouter:
    router = APIRouter()

    @router.post("/v1/things", status_code=201)
    def add(request: Request, thing: Thing) -> dict[str, object]:
        with transaction(request) as tx:
            process = f"thing {thing.name}"
            tx.run("insert into platform.heartbeat values (%(p)s, now()) on conflict do nothing", {"p": process})
            return {"made": tx.value("select count(*) from platform.heartbeat where process like 'thing %%'")}

    @router.get("/v1/taken")
    def taken() -> None:
        raise Taken(name="A")

    @router.get("/v1/colour")
    def colour() -> None:
        raise BadColour(field="colour")

    @router.get("/v1/broken")
    def broken() -> None:
        raise RuntimeError(SECRET_WORDS)

    @router.get("/closed")
    def closed(request: Request) -> None:
        with transaction(request):
            pass

    @router.post("/form")
    def form(word: Annotated[str, Form()]) -> dict[str, str]:
        return {"word": word}

    return router


def authenticate(request: Request) -> Authenticated:
    if request.headers.get("authorization") != "Bearer right":
        raise NotSignedIn
    return Authenticated(actor=SYSTEM, by_session=False)


@pytest.fixture
def client(fresh_database: Database, tmp_path: Path) -> Iterator[TestClient]:
    app = build(
        database=fresh_database,
        settings=Settings(home=tmp_path),
        routers=[routes()],
        hot_routes=[],
        authenticate=authenticate,
        error_page=error_page_with(),
        ready=lambda _: None,
    )
    with TestClient(app, headers={"authorization": "Bearer right"}, raise_server_exceptions=False) as opened:
        yield opened


class TestProblems:
    def test_tell_kind_code_and_request(self, client):
        answer = client.get("/v1/taken", headers={"x-request-id": "req_given-1"})

        assert answer.status_code == 409
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json() == {
            "type": "urn:assize:problem:taken",
            "title": "Conflict",
            "status": 409,
            "detail": "The name A is taken.",
            "instance": "req_given-1",
            "code": "taken",
        }

    def test_name_the_field(self, client):
        assert client.get("/v1/colour").json()["errors"] == [
            {"pointer": "/colour", "detail": "There is no such colour."}
        ]

    def test_name_every_place_of_a_wrong_shape_and_none_of_its_values(self, client):
        answer = client.post("/v1/things", json={"name": 5, "size": SECRET_WORDS})

        assert answer.status_code == 422
        assert {one["pointer"] for one in answer.json()["errors"]} == {"/name", "/size"}
        assert SECRET_WORDS not in answer.text

    def test_say_that_json_is_not_json(self, client):
        headers = {"content-type": "application/json"}

        assert client.post("/v1/things", content=b'{"name": ', headers=headers).status_code == 400

    def test_of_our_own_making_repeat_no_words(self, client, capfd):
        answer = client.get("/v1/broken")

        assert answer.status_code == 500
        assert SECRET_WORDS not in answer.text
        assert SECRET_WORDS not in "".join(capfd.readouterr())

    def test_are_a_page_for_a_browser(self, client):
        answer = client.get("/nowhere", headers={"accept": "text/html"})

        assert answer.status_code == 404
        assert "<h1>Not found</h1>" in answer.text

    def test_send_a_browser_that_is_not_signed_in_to_the_sign_in_page(self, client):
        headers = {"accept": "text/html", "authorization": "Bearer wrong"}
        answer = client.get("/closed", headers=headers, follow_redirects=False)

        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/closed")


class TestLimits:
    def test_refuse_a_body_that_says_it_is_too_large(self, client):
        answer = client.post("/v1/things", content=b"x" * (MAX_BODY_BYTES + 1))

        assert answer.status_code == 413
        assert answer.json()["code"] == "body-too-large"

    def test_refuse_a_body_that_does_not_say_it(self, client):
        pieces = (b"x" * 1_000_000 for _ in range(MAX_BODY_BYTES // 1_000_000 + 2))

        assert client.post("/v1/things", content=pieces).status_code == 413


class TestIdempotency:
    def test_the_same_request_happens_once_and_gets_the_same_answer(self, client):
        headers = {"idempotency-key": "k1"}
        first = client.post("/v1/things", json={"name": "a", "size": 1}, headers=headers)
        client.post("/v1/things", json={"name": "b", "size": 1})
        again = client.post("/v1/things", json={"name": "a", "size": 1}, headers=headers)

        assert (first.status_code, first.json()) == (201, {"made": 1})
        assert (again.status_code, again.json(), again.headers["idempotent-replay"]) == (201, {"made": 1}, "true")

    def test_a_key_used_for_another_request_is_refused(self, client):
        headers = {"idempotency-key": "k2"}
        client.post("/v1/things", json={"name": "a", "size": 1}, headers=headers)

        answer = client.post("/v1/things", json={"name": "other", "size": 1}, headers=headers)

        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency-key-reused")


class TestForms:
    def test_of_a_session_need_its_token(self, client):
        del client.headers["authorization"]
        client.cookies.set(SESSION_COOKIE, "s1")

        without = client.post("/form", data={"word": "x"})
        wrong = client.post("/form", data={"word": "x", "csrf": csrf_token("s2")})
        right = client.post("/form", data={"word": "x", "csrf": csrf_token("s1")})

        assert [without.status_code, wrong.status_code, right.status_code] == [403, 403, 200]

    def test_sent_from_elsewhere_are_refused(self, client):
        del client.headers["authorization"]

        assert client.post("/form", data={"word": "x"}, headers={"sec-fetch-site": "cross-site"}).status_code == 403


class TestHeaders:
    def test_forbid_everything_from_outside(self, client):
        policy = client.get("/healthz").headers["content-security-policy"]

        assert "default-src 'none'" in policy
        assert "unsafe" not in policy


class TestHealth:
    def test_is_told_without_signing_in(self, client):
        del client.headers["authorization"]

        assert client.get("/healthz").text == "ok\n"
        assert client.get("/readyz").json() == {"ready": True, "reason": None}
        assert "assize_requests_total" in client.get("/metrics").text
