import hashlib
from collections.abc import Iterator
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from assize.kernel import clock
from assize.platform.db import Database
from assize.platform.http import Authenticated, build
from assize.platform.pages import error_page_with
from assize.policy import api, service
from assize.policy.service.body import canonical
from assize.workforce.models import SYSTEM, Principal, PrincipalKind, Right
from builders.audit import a_home
from builders.policy import a_clause, a_pack, newer

AUTHOR = replace(SYSTEM, id="rev_author", name="Author", kind=PrincipalKind.PERSON)
SECOND = replace(SYSTEM, id="rev_second", name="Second", kind=PrincipalKind.PERSON)
NOBODY = replace(SYSTEM, id="rev_nobody", name="Nobody", rights=frozenset())
READER = replace(SYSTEM, id="rev_reader", name="Reader", rights=frozenset({Right.POLICY_READ}))
GETS = ("/v1/policy", "/v1/policy/clauses", "/v1/policy/clauses/FRD-1", "/v1/policy/versions", "/v1/policy/proposals")


class Asking:
    """A client whose principal a test may change."""

    def __init__(self, database: Database, home) -> None:
        self.who: Principal = AUTHOR
        app = build(
            database=database,
            settings=a_home(home),
            routers=[api.router],
            hot_routes=[],
            authenticate=lambda _: Authenticated(actor=self.who, by_session=False),
            error_page=error_page_with(),
            ready=lambda _: None,
        )
        self.client = TestClient(app, follow_redirects=False)

    def get(self, path: str, who: Principal = AUTHOR):
        self.who = who
        return self.client.get(path)

    def post(self, path: str, body: dict, who: Principal = AUTHOR):
        self.who = who
        return self.client.post(path, json=body, headers={"authorization": "Bearer x"})


@pytest.fixture
def asking(fresh_database: Database, tmp_path) -> Iterator[Asking]:
    """An installation with a policy in force and a newer one proposed."""
    with fresh_database.transaction(AUTHOR) as tx:
        service.publish(tx, pack=a_pack(), at=clock.now(), reason="the first")
        pack = newer(a_pack(a_clause(title="Better words")))
        service.propose(tx, pack=pack, at=clock.now(), reason="better words")
    made = Asking(fresh_database, tmp_path)
    with made.client:
        yield made


class TestReading:
    def test_answers_with_the_policy_in_force(self, asking):
        answer = asking.get("/v1/policy").json()

        assert (answer["name"], answer["version"], answer["bootstrap"]) == ("test", "1", True)
        assert [one["id"] for one in answer["clauses"]] == ["FRD-1"]

    def test_answers_with_a_clause_in_full(self, asking):
        answer = asking.get("/v1/policy/clauses/FRD-1").json()

        assert answer["severity_floor"] == 3
        assert len(answer["questions"][0]["answers"]) == 5

    def test_gives_a_body_that_has_the_hash_it_was_published_with(self, asking):
        (head,) = asking.get("/v1/policy/versions").json()

        body = asking.get(f"/v1/policy/versions/{head['id']}/body").json()

        assert hashlib.sha256(canonical(body)).hexdigest() == head["hash"]

    @pytest.mark.parametrize("path", GETS)
    def test_is_open_to_readers_and_refused_to_others(self, asking, path):
        assert asking.get(path, READER).status_code == 200
        assert asking.get(path, NOBODY).status_code == 403

    @pytest.mark.parametrize(
        ("path", "status"),
        [
            ("/v1/policy/clauses/ZZZ-1", 404),
            ("/v1/policy/clauses/%00", 422),
            ("/v1/policy/versions/pol_00000000000000000000000000", 404),
            ("/v1/policy/versions/'; drop table", 422),
            ("/v1/policy/proposals/prp_00000000000000000000000000/diff", 404),
            ("/v1/policy/diff?before=x&after=y", 422),
        ],
    )
    def test_says_clearly_what_is_not_there(self, asking, path, status):
        answer = asking.get(path)

        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"


class TestPublishing:
    def test_shows_what_a_proposal_would_change(self, asking):
        (proposal,) = asking.get("/v1/policy/proposals").json()

        answer = asking.get(f"/v1/policy/proposals/{proposal['id']}/diff").json()

        assert answer["clauses"][0]["changed"] == "changed"

    def test_is_done_by_a_second_person(self, asking):
        (proposal,) = asking.get("/v1/policy/proposals").json()
        path = f"/v1/policy/proposals/{proposal['id']}/publish"

        own = asking.post(path, {"reason": "my own"}, AUTHOR)
        second = asking.post(path, {"reason": "agreed"}, SECOND)

        assert own.status_code in (403, 409)
        assert second.status_code == 201
        assert asking.get("/v1/policy").json()["version"] == "2"

    def test_is_refused_to_readers(self, asking):
        (proposal,) = asking.get("/v1/policy/proposals").json()

        answer = asking.post(f"/v1/policy/proposals/{proposal['id']}/publish", {"reason": "mine"}, READER)

        assert answer.status_code == 403

    def test_may_be_turned_down(self, asking):
        (proposal,) = asking.get("/v1/policy/proposals").json()

        answer = asking.post(f"/v1/policy/proposals/{proposal['id']}/drop", {"reason": "not yet"}, SECOND)

        assert answer.status_code == 204
        assert asking.get("/v1/policy/proposals").json() == []

    def test_tells_the_differences_of_published_versions(self, asking):
        (proposal,) = asking.get("/v1/policy/proposals").json()
        asking.post(f"/v1/policy/proposals/{proposal['id']}/publish", {"reason": "agreed"}, SECOND)
        after, before = asking.get("/v1/policy/versions").json()

        answer = asking.get(f"/v1/policy/diff?before={before['id']}&after={after['id']}").json()

        assert answer["clauses"][0]["parts"]["title"]
