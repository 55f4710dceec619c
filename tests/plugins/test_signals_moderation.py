"""The moderation endpoint, spoken to for real over the loopback."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx2
import pytest

from assize.platform.db import Database
from assize.platform.settings import Settings
from assize.signals import moderation
from assize.signals.moderation import scores_of
from assize.triage import service
from assize.triage.ports import SignalSettings
from assize.workforce.models import SYSTEM
from builders.triage import AT, a_pack, a_published_policy, a_rule, said
from plugins.test_signals import a_scene, an_event

SCORES = {"hate": 0.9, "hate/threatening": 0.1, "sexual/minors": 0.02, "self-harm": 0.3, "illicit": 0.7}


class Endpoint(ThreadingHTTPServer):
    """A moderation endpoint that remembers what it was asked, and answers as a test wishes."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.status = 200
        self.wait_s = 0.0
        self.body: bytes | None = None

    @property
    def base(self) -> str:
        """Its base address, as it is configured."""
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class _Handler(BaseHTTPRequestHandler):
    server: Endpoint

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(asked | {"path": self.path})
        self.server.keys.append(self.headers["Authorization"])
        time.sleep(self.server.wait_s)
        results = [{"flagged": True, "category_scores": SCORES} for _ in asked["input"]]
        body = self.server.body or json.dumps({"results": results}).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """An endpoint on the loopback."""
    server = Endpoint()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def ready(endpoint: Endpoint, **given: Any) -> Any:
    """The signal ready for the endpoint."""
    return moderation.SIGNAL.ready(SignalSettings(moderation_url=endpoint.base, **given))


class TestModeration:
    def test_gives_the_scores_of_each_text(self, endpoint: Endpoint):
        reader = ready(endpoint, moderation_key="made-up", moderation_model="a-model")

        found = reader.read(a_scene(an_event("one"), an_event("two", "three")))

        assert found[0].values == {
            "score.hate": 0.9,
            "score.hate_threatening": 0.1,
            "score.sexual_minors": 0.02,
            "score.self_harm": 0.3,
        }
        assert endpoint.asked == [{"input": ["one", "two\nthree"], "model": "a-model", "path": "/v1/moderations"}]
        assert endpoint.keys == ["Bearer made-up"]

    def test_sends_nothing_that_may_not_leave(self, endpoint: Endpoint):
        (found,) = ready(endpoint).read(a_scene(an_event("one"), may=False))

        assert found.absent == "handling"
        assert endpoint.asked == []

    def test_asks_in_calls_of_a_bounded_size_and_number(self, endpoint: Endpoint):
        found = ready(endpoint).read(a_scene(*[an_event("one") for _ in range(300)]))

        assert [len(one["input"]) for one in endpoint.asked] == [32] * 8
        assert sum(one.absent == "busy" for one in found) == 44

    def test_gives_up_in_time(self, endpoint: Endpoint):
        endpoint.wait_s = 1.0

        with pytest.raises(httpx2.TimeoutException):
            ready(endpoint, moderation_timeout_s=0.1).read(a_scene(an_event("one")))

    def test_is_absent_when_it_is_not_configured(self):
        assert moderation.SIGNAL.ready(SignalSettings()) is None

    @pytest.mark.parametrize("answer", [None, {}, {"results": []}, {"results": [{}]}, {"results": ["x"]}, []])
    def test_takes_no_answer_that_does_not_fit(self, answer: object):
        with pytest.raises(ValueError, match="answer"):
            scores_of(answer, 1)


class TestInABatch:
    def settings(self, endpoint: Endpoint, tmp_path: Any) -> Settings:
        return Settings(home=tmp_path, moderation_url=endpoint.base)

    def test_its_scores_open_cases(self, endpoint: Endpoint, fresh_database: Database, tmp_path: Any):
        with fresh_database.transaction(SYSTEM) as tx:
            a_published_policy(tx, a_pack(rules=(a_rule("hateful", "score.hate > 0.8"),)))
            said(tx, "a sentence")

        done = service.assess(fresh_database, at=AT, settings=self.settings(endpoint, tmp_path))

        assert done.cases_opened == 1

    @pytest.mark.parametrize("status", [500, 429])
    def test_its_failure_blocks_nothing_and_is_named(
        self, endpoint: Endpoint, fresh_database: Database, tmp_path: Any, status: int
    ):
        endpoint.status = status
        rules = (a_rule("hateful", "score.hate > 0.8"), a_rule("insult", "'insults' in terms"))
        with fresh_database.transaction(SYSTEM) as tx:
            a_published_policy(tx, a_pack(rules=rules))
            event_id = said(tx, "an insultword")

        done = service.assess(fresh_database, at=AT, settings=self.settings(endpoint, tmp_path))

        assert (done.cases_opened, done.parked) == (1, 0)
        with fresh_database.transaction(SYSTEM) as tx:
            record = service.feature_record(tx, event_id=event_id)
            assert record is not None
            assert record.absent["moderation"] == "HTTPStatusError"
            assert "score.hate" not in record.values
            hateful = next(one for one in service.rules(tx, at=AT) if one.rule.id == "hateful")
            assert (hateful.not_applicable, hateful.absent_fields) == (1, {"score.hate": 1})
