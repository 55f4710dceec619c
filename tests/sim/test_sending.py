"""Sending tries again with the same ids, holds back who was stopped, and finds what was lost."""

import json
import threading
from datetime import UTC, datetime

import httpx2
import pytest

from assize_sim.book import Book
from assize_sim.client import Client, OutOfPatience, Refused
from assize_sim.sending import Sender
from assize_sim.standing import Register
from assize_sim.stream import Plan, stream

PLAN = Plan(seed="a", begin=datetime(2026, 3, 2, tzinfo=UTC))


class Api:
    """A small stand-in that keeps by external id. fails: statuses to answer first; forgets: ids to lose afterwards."""

    def __init__(self, *, fails: tuple[int, ...] = ()):
        self.kept: dict[str, str] = {}
        self.fails = list(fails)
        self.calls = 0

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.calls += 1
        if self.fails:
            return httpx2.Response(self.fails.pop(0), json={"code": "unavailable"})
        (items,) = json.loads(request.content).values()
        new = [one for one in items if one["external_id"] not in self.kept]
        for one in new:
            self.kept[one["external_id"]] = f"evt_{len(self.kept)}"
        ids = [self.kept[one["external_id"]] for one in items]
        answer = {"accepted": len(new), "duplicates": len(items) - len(new), "rejected": [], "ids": ids}
        return httpx2.Response(202, json=answer)


def a_sender(api: Api, *, limit: int = 100, patience_s: float = 5) -> Sender:
    client = Client(base_url="http://sim.test", key="k", transport=httpx2.MockTransport(api), patience_s=patience_s)
    return Sender(client=client, book=Book(), register=Register(), limit=limit)


class TestSender:
    def test_sends_as_many_as_asked_for(self):
        api = Api()
        sender = a_sender(api, limit=45)

        sender.run(stream(PLAN), threading.Event())

        assert (sender.book.sent, sender.accepted, len(api.kept)) == (45, 45, 45)

    def test_tries_again_while_the_api_is_away(self):
        api = Api(fails=(503, 502))
        sender = a_sender(api, limit=20)

        sender.run(stream(PLAN), threading.Event())

        assert len(api.kept) == 20

    def test_gives_up_aloud_when_its_patience_ends(self):
        sender = a_sender(Api(fails=(503,) * 50), patience_s=0.2)

        with pytest.raises(OutOfPatience):
            sender.run(stream(PLAN), threading.Event())

    def test_does_not_try_again_what_was_refused(self):
        api = Api(fails=(422,))
        sender = a_sender(api, limit=20)

        sender.run(stream(PLAN), threading.Event())

        assert sender.refused > 0

    def test_holds_back_what_a_stopped_subject_would_send(self):
        sender = a_sender(Api(), limit=50)
        first = next(one for one in stream(PLAN) if "account" in one.subject)
        sender.register.apply(level="account", ref=first.subject["account"], order={"do": "ban"})

        sender.run(stream(PLAN), threading.Event())

        assert sender.held_back >= 1
        assert sender.book.sent == 50

    def test_finds_nothing_lost_where_everything_was_kept(self):
        sender = a_sender(Api())

        sender.run(stream(PLAN), threading.Event())

        assert sender.lost() == 0

    def test_finds_what_was_lost(self):
        api = Api()
        sender = a_sender(api)
        sender.run(stream(PLAN), threading.Event())

        del api.kept[next(iter(api.kept))]

        assert sender.lost() == 1


class TestClient:
    def test_raises_what_the_api_refuses_for_good(self):
        client = Client(base_url="http://sim.test", key="k", transport=httpx2.MockTransport(Api(fails=(403,))))

        with pytest.raises(Refused, match="403"):
            client.post("/v1/events", {"events": []})
