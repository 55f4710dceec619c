"""The ledger over HTTP and on its pages."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from assize.audit import api, pages, service
from assize.kernel import clock
from assize.kernel.ids import SubjectId
from assize.platform.db import Database
from assize.platform.http import Authenticated, build
from assize.platform.pages import error_page_with
from assize.platform.settings import Settings
from assize.workforce.models import SYSTEM, Principal
from builders.audit import AT, StoneTurned, a_home, an_auditor, turn_stones

SUBJECT = SubjectId("sub_01J9Z3K5V7W8X9Y0ABCDEFGHJK")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return a_home(tmp_path)


@pytest.fixture
def ledger(fresh_database: Database, settings: Settings) -> Database:
    with fresh_database.transaction(SYSTEM) as tx:
        tx.record(StoneTurned(subject_id=SUBJECT, stone=7), at=AT)
    turn_stones(fresh_database, 2)
    service.checkpoint(fresh_database, settings=settings, at=clock.now())
    return fresh_database


def a_client(database: Database, settings: Settings, who: Principal) -> TestClient:
    app = build(
        database=database,
        settings=settings,
        routers=[api.router, pages.router],
        hot_routes=[],
        authenticate=lambda _: Authenticated(actor=who, by_session=False),
        error_page=error_page_with(),
        ready=lambda _: None,
    )
    return TestClient(app, follow_redirects=False)


@pytest.fixture
def client(ledger: Database, settings: Settings) -> Iterator[TestClient]:
    with a_client(ledger, settings, an_auditor()) as opened:
        yield opened


class TestTheApi:
    def test_gives_the_newest_checkpoint_as_it_was_signed(self, client: TestClient, settings: Settings):
        answer = client.get("/v1/audit/checkpoints/latest").json()

        assert answer["size"] == 3
        assert answer["note"] + "\n" == settings.checkpoints.read_text(encoding="utf-8")

    def test_proves_a_fact(self, client: TestClient, ledger: Database, settings: Settings):
        with ledger.transaction(SYSTEM) as tx:
            fact_id = tx.value("select id from platform.fact where subject_id is not null")

        answer = client.get(f"/v1/audit/proofs/{fact_id}")

        key = (settings.keys / "ledger.pub").read_text(encoding="utf-8")
        assert service.why_not(answer.text, public_key=key) is None

    def test_tells_a_story_once_its_purpose_was_said(self, client: TestClient):
        refused = client.get("/v1/audit/story", params={"subject_id": SUBJECT})
        opened = client.post("/v1/audit/story-openings", json={"subject_id": SUBJECT, "purpose": "a complaint"})
        told = client.get("/v1/audit/story", params={"subject_id": SUBJECT})

        assert (refused.status_code, refused.json()["code"]) == (409, "purpose-needed")
        assert opened.status_code == 201
        assert next(line["sentence"] for line in told.json()["lines"]) == "Stone turned, by the system"

    @pytest.mark.parametrize(
        ("path", "status"),
        [
            ("/v1/audit/proofs/fact_never", 404),
            ("/v1/audit/proofs/%00", 422),
            ("/v1/audit/proofs/" + "x" * 200, 422),
            ("/v1/audit/growth?first=2", 404),
            ("/v1/audit/growth?first=-1", 422),
            ("/v1/audit/growth?first=99999999999999999999", 422),
            ("/v1/audit/story", 422),
            ("/v1/audit/story?case_id=%27%3B", 422),
            ("/v1/audit/story?case_id=case_1&limit=100000", 422),
        ],
    )
    def test_answers_clearly_to_what_makes_no_sense(self, client: TestClient, path: str, status: int):
        answer = client.get(path)

        assert answer.status_code in {status, 400 if status == 422 else status}
        assert answer.headers["content-type"].startswith("application/problem+json")

    def test_refuses_whoever_may_not_read_the_ledger(self, ledger: Database, settings: Settings):
        with a_client(ledger, settings, an_auditor(rights=frozenset())) as stranger:
            for path in ("checkpoints/latest", "proofs/fact_1", "story?case_id=case_1", "growth?first=1"):
                assert stranger.get(f"/v1/audit/{path}").status_code == 403


class TestThePages:
    def test_show_how_the_ledger_stands(self, client: TestClient, ledger: Database, settings: Settings):
        before = client.get("/audit").text
        service.note_verification(ledger, service.verify(ledger, settings=settings), at=clock.now())
        after = client.get("/audit").text

        assert "over 3 facts" in before
        assert "never" in before
        assert "Run <code>assize audit verify</code>" in before
        assert "The last verification found nothing wrong." in after

    def test_ask_what_for_before_the_story_of_a_person(self, client: TestClient):
        asked = client.get(f"/audit/story/{SUBJECT}")
        sent = client.post(f"/audit/story/{SUBJECT}/openings", data={"purpose": "a <b>complaint</b>"})
        told = client.get(sent.headers["location"])

        assert "Say what you read it for" in asked.text
        assert sent.status_code == 303
        assert "Stone turned, by the system" in told.text
        assert "a &lt;b&gt;complaint&lt;/b&gt;" in told.text

    def test_go_to_a_story_by_its_id(self, client: TestClient):
        assert client.get("/audit/story", params={"of": " case_1 "}).headers["location"] == "/audit/story/case_1"

    def test_say_that_nothing_is_to_be_seen(self, client: TestClient):
        assert "Nothing is recorded of case_none that you may see." in client.get("/audit/story/case_none").text
