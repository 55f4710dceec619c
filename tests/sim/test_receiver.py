"""The receiver refuses what isn't signed, applies each effect once, and misbehaves only as told."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import httpx2
import pytest
from standardwebhooks import Webhook

from assize.kernel import clock
from assize_sim.receiver import Misbehaviour, Receiver, serve
from assize_sim.standing import Register

SECRET = "whsec_c2ltdWxhdGVkLXNlY3JldC1mb3ItdGVzdHMtb25seQ=="


def an_effect(number: int = 1, **order: object) -> bytes:
    event = {
        "specversion": "1.0",
        "id": f"eff_{number}",
        "type": "assize.effect.apply.v1",
        "data": {
            "effect_id": f"eff_{number}",
            "case_id": "case_1",
            "target": {"level": "account", "id": "acct-1"},
            "order": {"do": "warn", "message": "x"} | order,
        },
    }
    return json.dumps(event).encode()


def signed(body: bytes, *, webhook_id: str = "eff_1", secret: str = SECRET) -> dict[str, str]:
    at = clock.now()
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(webhook_id, at, body.decode()),
    }


@contextmanager
def receiving(misbehaviour: Misbehaviour | None = None) -> Iterator[tuple[Receiver, str]]:
    receiver = Receiver(secret=SECRET, register=Register(), misbehaviour=misbehaviour or Misbehaviour(later=0))
    server = serve(receiver)
    yield receiver, f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def post(url: str, body: bytes, headers: dict[str, str]) -> httpx2.Response:
    return httpx2.post(url, content=body, headers=headers, trust_env=False, timeout=5)


class TestReceiver:
    def test_applies_an_effect_and_confirms_it(self):
        with receiving() as (receiver, url):
            answer = post(url, an_effect(), signed(an_effect()))

            assert answer.json() == {"effect_id": "eff_1", "status": "confirmed"}
            assert receiver.register.of("account", "acct-1").warnings == 1

    def test_applies_an_effect_once_however_often_it_comes(self):
        with receiving() as (receiver, url):
            answers = [post(url, an_effect(), signed(an_effect())).json() for _ in range(3)]

            assert answers[0] == answers[1] == answers[2]
            assert receiver.register.of("account", "acct-1").counts == {"warn": 1}

    @pytest.mark.parametrize(
        "headers",
        [
            pytest.param({}, id="unsigned"),
            pytest.param(signed(an_effect(2)), id="signed-for-another-body"),
            pytest.param(signed(an_effect(), secret="whsec_" + "b3RoZXItc2VjcmV0LW90aGVyLXNlY3JldA=="), id="other"),
        ],
    )
    def test_refuses_what_is_not_signed_by_us(self, headers):
        with receiving() as (receiver, url):
            answer = post(url, an_effect(), headers)

            assert answer.status_code == 401
            assert not receiver.applied

    def test_does_nothing_when_it_answers_that_it_failed(self):
        with receiving(Misbehaviour(error=1)) as (receiver, url):
            answer = post(url, an_effect(), signed(an_effect()))

            assert answer.status_code == 500
            assert not receiver.applied

    def test_may_do_it_and_still_answer_that_it_failed(self):
        with receiving(Misbehaviour(after=1)) as (receiver, url):
            statuses = [post(url, an_effect(), signed(an_effect())).status_code for _ in range(2)]

            assert statuses == [500, 500]
            assert receiver.register.of("account", "acct-1").counts == {"warn": 1}

    def test_may_hang_up_without_an_answer(self):
        with receiving(Misbehaviour(drop=1)) as (receiver, url):
            with pytest.raises(httpx2.TransportError):
                post(url, an_effect(), signed(an_effect()))

            assert len(receiver.applied) == 1


class TestStanding:
    def test_of_a_suspended_account_stops_its_events(self):
        register, at = Register(), clock.now()

        register.apply(
            level="account",
            ref="acct-1",
            order={"do": "suspend", "until": (at + timedelta(days=1)).isoformat()},
        )

        assert not register.may_send({"account": "acct-1", "end_user": "u"}, at)
        assert register.may_send({"account": "acct-1"}, at + timedelta(days=2))
        assert register.may_send({"account": "acct-2"}, at)

    @pytest.mark.parametrize(("do", "undo"), [("ban", "lift_ban"), ("suspend", "lift_suspension")])
    def test_is_as_before_when_an_order_is_undone(self, do, undo):
        register, at = Register(), clock.now()
        until = (at + timedelta(days=1)).isoformat()

        register.apply(level="account", ref="acct-1", order={"do": do, "until": until})
        register.apply(level="account", ref="acct-1", order={"do": undo})

        assert register.may_send({"account": "acct-1"}, at)
