"""Administration over HTTP, as a browser sends it: people, keys, webhooks, settings, one's own page."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from standardwebhooks import Webhook

from assize.platform.db import Database
from assize.workforce import service as workforce
from assize.workforce.errors import UnknownKey
from assize.workforce.models import SYSTEM, Role
from builders.living import SECRET, Living, living
from builders.receiving import Receiver, Reply, a_receiver


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with a_receiver(lambda _: Reply()) as started:
        yield started


@pytest.fixture
def here(fresh_database: Database, tmp_path: Path, receiver: Receiver) -> Iterator[Living]:
    with living(fresh_database, tmp_path, webhook=receiver.url) as alive:
        yield alive


@pytest.fixture
def admin(here: Living) -> Iterator[httpx2.Client]:
    here.person("adam", Role.ADMINISTRATOR, Role.OPERATIONS_MANAGER)
    with here.browser("adam") as client:
        yield client


def facts(here: Living, kind: str) -> int:
    with here.database.transaction(SYSTEM) as tx:
        return int(tx.value("select count(*) from platform.fact where kind = %(kind)s", {"kind": kind}))


class TestTeams:
    def test_say_how_often_they_want_a_calmer_case_and_promise_nothing(self, here, admin):
        admin.post("/teams", data={"name": "Night"})
        with here.database.transaction(SYSTEM) as tx:
            team_id = tx.value("select id from workforce.team")

        before = admin.get("/teams").text
        admin.post(f"/teams/{team_id}/calm", data={"every": "3"})
        kept = admin.get("/teams").text
        admin.post(f"/teams/{team_id}/calm", data={"every": "0"})

        assert '<option value="0" selected>as they come</option>' in before
        assert '<option value="3" selected>every third</option>' in kept
        assert "nothing is promised here" in kept
        assert '<option value="0" selected>' in admin.get("/teams").text


class TestWebhooks:
    def test_are_tried_by_a_signed_message_that_orders_nothing(self, here, admin, receiver):
        answer = admin.post("/webhooks/platform/test")

        (got,) = receiver.got
        Webhook(SECRET).verify(got.body, got.headers)
        assert got.event["type"] == "assize.trial.v1"
        assert "took the trial message" in answer.text
        assert facts(here, "DestinationTried") == 1

    def test_that_refuse_are_told_apart(self, here, fresh_database, tmp_path):
        here.person("olga", Role.OPERATIONS_MANAGER)
        with (
            a_receiver(lambda _: Reply(status=401)) as refusing,
            living(fresh_database, tmp_path, webhook=refusing.url) as other,
            other.browser("olga") as client,
        ):
            answer = client.post("/webhooks/platform/test")

        assert "did not take the trial message" in answer.text
        assert "answered 401" in answer.text

    def test_that_are_not_there_are_not_found(self, admin, receiver):
        assert admin.post("/webhooks/elsewhere/test").status_code == 404
        assert receiver.got == []


class TestKeys:
    def test_are_shown_once_and_work_until_they_are_revoked(self, here, admin):
        made = admin.post("/keys", data={"name": "a script", "rights": ["policy:read"]})
        secret = re.search(r"assize_\w+_[\w-]+", made.text)[0]
        with here.client(secret) as client:
            assert client.get("/v1/policy/clauses").status_code == 200
        listed = admin.get("/keys").text
        key_id = re.search(r"key_\w+", listed)[0]

        admin.post(f"/keys/{key_id}/revoke")

        assert secret not in listed
        with pytest.raises(UnknownKey):
            workforce.principal_of_key(here.database, secret)

    def test_without_a_right_are_none(self, admin):
        answer = admin.post("/keys", data={"name": "a script"})

        assert answer.status_code == 422
        assert "at least one right" in answer.text


class TestPeople:
    def test_are_added_and_changed(self, here, admin):
        added = admin.post(
            "/people", data={"name": "Ben", "email": "ben@example.org", "role": "analyst"}, follow_redirects=False
        )
        address = added.headers["location"]

        admin.post(
            address,
            data={
                "roles": ["expert"],
                "clauses": "CSE, FRD-1",
                "exposure": "2",
                "masked": ["subject"],
                "active": "true",
            },
        )

        with here.database.transaction(SYSTEM) as tx:
            ben = workforce.reviewer_by_email(tx, "ben@example.org")
        assert ben.roles == {Role.EXPERT}
        assert ben.skills.clauses == {"CSE", "FRD-1"}
        assert (ben.skills.exposure, ben.view.masked_fields, ben.active) == (2, {"subject"}, True)

    def test_get_no_password_that_is_too_short(self, here, admin):
        reviewer_id, _ = here.person("ben", Role.ANALYST)

        answer = admin.post(f"/people/{reviewer_id}/password", data={"password": "short"})

        assert answer.status_code == 422
        assert "at least 12 characters" in answer.text

    @pytest.mark.parametrize(
        ("given", "status"),
        [
            pytest.param({"name": "a\0b"}, 422, id="NUL in a column"),
            pytest.param({"skills": {"clauses": ["a\0b"]}}, 422, id="NUL in JSON"),
            pytest.param({"team_id": "team_of_nobody"}, 404, id="a team that is not there"),
        ],
    )
    def test_that_can_not_be_kept_are_refused_clearly(self, admin, given, status):
        person = {"name": "Ben", "email": "ben@example.org", "roles": ["analyst"], **given}

        answer = admin.post("/v1/people", json=person)

        assert answer.status_code == status
        assert answer.headers["content-type"].startswith("application/problem+json")


class TestSettings:
    def test_never_show_a_secret(self, admin, receiver):
        page = admin.get("/settings").text

        assert "ASSIZE_GRACE_SECONDS" in page
        assert SECRET not in page
        assert receiver.url not in page


class TestMyPage:
    def test_keeps_how_i_look_at_things(self, admin):
        admin.post("/me/look", data={"theme": "dark", "blur": "true"})

        page = admin.get("/me").text

        assert 'data-theme="dark"' in page
        assert 'data-care-blur="on"' in page
        assert "data-care-grey" not in page

    def test_gives_me_nothing_while_i_have_a_break(self, admin):
        admin.post("/me/break", data={"minutes": 15})

        answer = admin.post("/claim", follow_redirects=False)

        assert answer.status_code == 409
        assert "break" in answer.text
