"""Enforcement and escalation as callers and people meet them, over HTTP."""

import json
import os
import re
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from starlette.testclient import TestClient

from assize.app.server import create
from assize.enforcement import service
from assize.enforcement.models import DeliveryState, EffectKind
from assize.enforcement.store import effects, plans
from assize.escalation import service as escalation
from assize.escalation.models import Pager
from assize.kernel import clock
from assize.platform.db import Database
from assize.platform.http import csrf_token
from assize.platform.settings import Settings
from assize.review.models import Decision
from assize.workforce import service as workforce
from assize.workforce.logic import principal_of
from assize.workforce.models import SYSTEM, Principal, Right, Role
from builders.enforcement import a_policy_of_actions, decided, enforced, outbound_to
from builders.escalation import SEALER
from builders.receiving import SECRET, Reply, a_mail_sink, a_receiver, confirming
from conftest import clone, drop

PASSWORD = "a password of the tests"
MARKUP = "<script>alert(1)</script>"
_numbers = count(1)


@dataclass(kw_only=True)
class House:
    """The whole application over a database of this test alone."""

    web: TestClient
    database: Database
    ada: Principal
    lena: Principal
    keys: dict[str, str]

    def as_(self, name: str) -> dict[str, str]:
        return {"authorization": f"Bearer {self.keys[name]}"}

    def decided(self, *actions: str, **more: Any) -> tuple[Decision, str]:
        """A decision by Ada that stands and was carried out; with the id of its first plan."""
        at, number = clock.now(), next(_numbers)
        subject = {"account": f"acc-{number}", "conversation": f"con-{number}"} | more
        with self.database.transaction(SYSTEM) as tx:
            decision = decided(tx, *actions, who=self.ada, at=at, **subject)
            enforced(tx, decision, at=at)
            plan = plans.of_decision(tx, decision.id)[0]
            tx.run(
                "update enforcement.effect set due_at = %(at)s where case_id = %(id)s",
                {"at": at, "id": decision.case_id},
            )
            tx.run(
                "update enforcement.enforcement set effective_at = %(at)s where id = %(id)s", {"at": at, "id": plan.id}
            )
        return decision, plan.id

    def deliver(self, receiver: Any) -> None:
        service.deliver_due(self.database, outbound=outbound_to(receiver), limit=50, at=clock.now())

    def effect(self, about: str, kind: EffectKind) -> Any:
        with self.database.transaction(SYSTEM) as tx:
            return effects.about(tx, about)[kind]

    def signed_in(self, name: str) -> str:
        """Sign in for pages; return the token their forms carry."""
        self.web.cookies.clear()
        answer = self.web.post(
            "/sign-in", data={"email": f"{name}@example.org", "password": PASSWORD}, follow_redirects=False
        )
        assert answer.status_code == 303
        return csrf_token(self.web.cookies["assize_session"])


@pytest.fixture(scope="module")
def house(cluster, tmp_path_factory):
    """One house for all: each test has cases and accounts of its own."""
    name = f"enforcement_http_{os.getpid()}"
    settings = Settings(
        home=tmp_path_factory.mktemp("home"), public_url="https://assize.example.org", allow_private_destinations=True
    )
    at, keys, people = clock.now(), {}, {}
    with Database(clone(cluster, name)) as database:
        yield from _house(settings, database, at, keys, people)
    drop(cluster, name)


@pytest.fixture(autouse=True)
def _nobody_is_signed_in(house):
    house.web.cookies.clear()


def _house(settings, database, at, keys, people):
    with database.transaction(SYSTEM) as tx:
        a_policy_of_actions(tx)
        for name in ("ada", "lena"):
            person = workforce.add_person(
                tx, name=name, email=f"{name}@example.org", roles=[Role.OPERATIONS_MANAGER, Role.ADMINISTRATOR], team_id=None,
                password=PASSWORD, at=at,
            )  # fmt: skip
            people[name] = principal_of(workforce.reviewer(tx, person))
            keys[name] = workforce.issue_key(tx, name=name, rights=list(Right), reviewer_id=person, at=at).secret
        rights = [Right.APPEALS_WRITE, Right.ENFORCEMENT_CONFIRM]
        keys["platform"] = workforce.issue_key(tx, name="platform", rights=rights, at=at).secret
    with TestClient(create(settings, database.dsn)) as web:
        yield House(web=web, database=database, keys=keys, **people)


class TestConfirmation:
    def test_comes_by_callback_also_for_a_case_the_key_may_not_see(self, house):
        decision, plan = house.decided("suspend-account")
        with a_receiver(lambda _: Reply(status=202)) as receiver:
            house.deliver(receiver)
        effect = house.effect(plan, EffectKind.APPLY)
        with house.database.transaction(SYSTEM) as tx:
            tx.run("update triage.case set restriction = 'vip' where id = %(id)s", {"id": decision.case_id})

        sent = next(one.event for one in receiver.got if one.event["id"] == effect.id)
        path = sent["data"]["confirm"].removeprefix("https://assize.example.org")
        answers = [house.web.post(path, json={"status": "confirmed"}, headers=house.as_("platform")) for _ in range(2)]
        read = house.web.get(f"/v1/effects/{effect.id}", headers=house.as_("ada"))

        assert [one.status_code for one in answers] == [200, 200]
        assert answers[0].json()["state"] == answers[1].json()["state"] == "confirmed"
        assert read.status_code == 404

    @pytest.mark.parametrize(
        "body",
        [b"", b"{", b"[]", b'{"status":"perhaps"}', b'{"status":"confirmed","more":1}', b'{"status":null}',
         b'{"status":"failed","reason":"<script>"}', b"\xff\xfe\x00"],
    )  # fmt: skip
    def test_that_is_malformed_is_refused_and_names_the_place(self, house, body):
        _, plan = house.decided("warn")
        effect = house.effect(plan, EffectKind.APPLY)

        answer = house.web.post(
            f"/v1/effects/{effect.id}/confirmation",
            content=body,
            headers=house.as_("platform") | {"content-type": "application/json"},
        )

        assert answer.status_code in {400, 422}
        assert answer.headers["content-type"] == "application/problem+json"
        assert house.effect(plan, EffectKind.APPLY) == effect

    def test_needs_its_right(self, house):
        assert house.web.post("/v1/effects/eff_1/confirmation", json={"status": "confirmed"}).status_code == 401
        unknown = house.web.post(
            "/v1/effects/eff_1/confirmation", json={"status": "confirmed"}, headers=house.as_("platform")
        )
        assert unknown.status_code == 404


class TestAppeal:
    def test_by_the_platform_is_taken_once_and_opened_with_a_trace(self, house):
        _, plan = house.decided("suspend-account")
        with a_receiver() as receiver:
            house.deliver(receiver)
        form = {"enforcement_id": plan, "external_id": "their-1", "statement": f"not me {MARKUP}"}

        first, again = (house.web.post("/v1/appeals", json=form, headers=house.as_("platform")) for _ in range(2))
        listed = house.web.get("/v1/appeals", headers=house.as_("lena"))
        csrf = house.signed_in("lena")
        page = house.web.post(f"/appeals/{first.json()['id']}", data={"csrf": csrf, "purpose": "to hear it"})

        other = house.web.post(
            "/v1/appeals", json=form | {"enforcement_id": "enf_other"}, headers=house.as_("platform")
        )
        assert first.status_code == again.status_code == 201
        assert (other.status_code, other.json()["code"]) == (409, "appeal-id-reused")
        assert first.json() == again.json()
        assert "not me" not in listed.text
        assert "not me &lt;script&gt;" in page.text
        assert MARKUP not in page.text
        with house.database.transaction(SYSTEM) as tx:
            opened = "select count(*) from platform.fact where kind = 'AppealOpened' and thing = %(id)s"
            assert tx.value(opened, {"id": first.json()["id"]}) == 1

    def test_is_heard_by_another_and_the_reversal_reaches_the_platform(self, house):
        _, plan = house.decided("suspend-account")
        with a_receiver() as receiver:
            house.deliver(receiver)
            form = {"enforcement_id": plan, "external_id": "their-2", "statement": "not me"}
            appeal = house.web.post("/v1/appeals", json=form, headers=house.as_("platform")).json()["id"]
            hearing = {"outcome": "overturned", "reason": "it was somebody else"}

            own = house.web.post(f"/v1/appeals/{appeal}/hearing", json=hearing, headers=house.as_("ada"))
            other = house.web.post(f"/v1/appeals/{appeal}/hearing", json=hearing, headers=house.as_("lena"))
            house.deliver(receiver)

        assert (own.status_code, own.json()["code"]) == (403, "second-person-needed")
        assert other.json()["state"] == "overturned"
        assert {"apply", "undo", "appeal_outcome"} <= {one.event["data"]["operation"] for one in receiver.got}
        assert house.effect(plan, EffectKind.UNDO).state == "confirmed"


class TestPages:
    def test_show_what_waits_and_let_a_second_person_approve(self, house):
        _, plan = house.decided("ban-account", account=f"acc {MARKUP}")
        house.signed_in("ada")
        own = house.web.get("/enforcement").text
        csrf = house.signed_in("lena")
        page = house.web.get("/enforcement").text

        approved = house.web.post(f"/enforcement/{plan}/approve", data={"csrf": csrf}, follow_redirects=False)

        assert "somebody else approves" in own
        assert f"/enforcement/{plan}/approve" not in own
        assert f"/enforcement/{plan}/approve" in page
        assert MARKUP not in page
        assert approved.status_code == 303
        assert f"/enforcement/{plan}/approve" not in house.web.get("/enforcement").text

    def test_refuse_a_form_without_its_token(self, house):
        _, plan = house.decided("ban-account")
        house.signed_in("lena")

        assert house.web.post(f"/enforcement/{plan}/approve", follow_redirects=False).status_code == 403

    def test_list_dead_letters_and_send_them_again(self, house):
        decision, plan = house.decided("warn")
        with a_receiver(lambda _: Reply(status=500)) as receiver:
            house.deliver(receiver)
            with house.database.transaction(SYSTEM) as tx:
                of_case = {"id": decision.case_id}
                tx.run(
                    "update enforcement.delivery set state = 'dead', ended_at = now() where case_id = %(id)s", of_case
                )
                tx.run("update enforcement.effect set state = 'dead' where case_id = %(id)s", of_case)
            csrf = house.signed_in("lena")
            page = house.web.get("/deliveries").text
            receiver.behave = confirming

            for action in re.findall(r'action="(/deliveries/[\w]+/redeliver)"', page):
                house.web.post(action, data={"csrf": csrf}, follow_redirects=False)
            house.deliver(receiver)

        assert "answered 500" in page
        assert house.effect(plan, EffectKind.APPLY).state == "confirmed"
        with house.database.transaction(SYSTEM) as tx:
            dead = effects.deliveries(tx, state=DeliveryState.DEAD, limit=9)
        assert [one for one in dead if one.case_id == decision.case_id] == []

    @pytest.mark.parametrize("path", ["/enforcement", "/deliveries", "/appeals", "/defects", "/escalations"])
    def test_open_for_whom_may_and_send_others_to_sign_in(self, house, path):
        house.decided("suspend-account")
        assert house.web.get(path, headers={"accept": "text/html"}, follow_redirects=False).status_code == 303
        house.signed_in("lena")

        answer = house.web.get(path)

        assert answer.status_code == 200
        assert "<main" in answer.text

    def test_of_one_plan_shows_its_effects_and_its_reasons(self, house):
        _, plan = house.decided("suspend-account")
        house.signed_in("lena")

        page = house.web.get(f"/enforcement/{plan}").text

        assert "What was decided: The account can&#39;t use the platform for 7 days." in page
        assert re.search(r'Apply <span class="tag ">waiting</span>', page)


class TestLink:
    def test_shows_a_button_and_only_the_button_acknowledges(self, house):
        decision, _ = house.decided("warn")
        with house.database.transaction(SYSTEM) as tx:
            escalation.add_contact(tx, sealer=SEALER, order=0, name="Zero", email="zero@example.org", at=clock.now())
            escalation.wake(tx, case_id=decision.case_id, at=clock.now())
        with a_mail_sink() as sink:
            pager = Pager(url="https://assize.example.org", sealer=SEALER, smtp_url=sink.url)
            escalation.sweep_with(house.database, pager=pager, at=clock.now())
        mail = sink.mails[0].replace("=\r\n", "").replace("=3D", "=")
        path = re.search(r"https://assize\.example\.org(/pages/\S+)", mail)[1]
        page_id, token = re.match(r"/pages/(page_\w+)\?token=([\w-]+)", path).groups()

        shown = house.web.get(path)
        wrong = house.web.post(f"/pages/{page_id}", data={"token": "x" * 40})
        house.signed_in("lena")
        shown_to_lena = house.web.get(path).text
        csrf = re.search(r'name="csrf" value="(\w+)">\s*<input type="hidden" name="token"', shown_to_lena)[1]
        done = house.web.post(f"/pages/{page_id}", data={"token": token, "csrf": csrf})
        house.web.cookies.clear()
        used = house.web.post(f"/pages/{page_id}", data={"token": token})

        assert "I have it" in shown.text
        assert (shown.status_code, wrong.status_code, done.status_code, used.status_code) == (200, 404, 200, 404)
        assert "Acknowledged" in done.text
        with house.database.transaction(SYSTEM) as tx:
            (found,) = escalation.escalations(tx, case_id=decision.case_id)
        assert found.state == "acknowledged"


class TestContacts:
    def test_are_listed_without_addresses_and_secrets(self, house):
        with house.database.transaction(SYSTEM) as tx:
            escalation.add_contact(
                tx, sealer=SEALER, order=0, name="Zero", email="zero@example.org",
                webhook_url="https://hooks.example.org/x", webhook_secret=SECRET, at=clock.now(),
            )  # fmt: skip

        listed = house.web.get("/v1/contacts", headers=house.as_("lena"))

        assert any(one["by_webhook"] for one in listed.json())
        assert "example.org" not in listed.text
        assert "whsec" not in listed.text


class TestHostileInput:
    @pytest.mark.parametrize(
        "path",
        ["enforcements/a%00b", "effects/a%00b", "appeals/a%00b", "enforcements/a%00b/notice", "subjects/a%00b/standing",
         "escalations/a%00b/pages", "cases/a%00b/moments", "enforcements?case_id=%00", "effects?before=%ff%fe",
         "deliveries?limit=99999999999999999999", "watches?state=%00", "enforcements?state=' or 1=1"],
    )  # fmt: skip
    def test_in_a_read_is_a_clear_error(self, house, path):
        answer = house.web.get(f"/v1/{path}", headers=house.as_("lena"))

        assert answer.status_code in {200, 400, 404, 422}

    @pytest.mark.parametrize("bad", ["a\x00b", "\ud800", "\u202e" * 50, MARKUP])
    @pytest.mark.parametrize(
        ("path", "form"),
        [
            ("appeals", {"enforcement_id": "enf_1", "external_id": "BAD", "statement": "x"}),
            ("appeals", {"enforcement_id": "BAD", "external_id": "x", "statement": "x"}),
            ("appeals", {"enforcement_id": "enf_1", "external_id": "x", "statement": "BAD"}),
            ("enforcements/preview", {"action_id": "warn", "target_level": "account", "target_id": "BAD"}),
            ("enforcements/preview", {"action_id": "warn", "target_level": "BAD", "target_id": "x"}),
            ("enforcements/enf_1/refusal", {"reason": "BAD"}),
            ("defects/BAD/state", {"state": "closed"}),
            ("containments", {"case_id": "BAD", "action_id": "warn", "target_level": "account", "target_id": "x", "reason": "x"}),
            ("containments", {"case_id": "x", "action_id": "BAD", "target_level": "account", "target_id": "x", "reason": "BAD"}),
            ("escalations", {"case_id": "x", "owner": "BAD", "due_at": "2099-01-01T00:00:00Z", "reason": "BAD"}),
            ("contacts", {"order": 1, "name": "BAD", "email": "a@example.org"}),
            ("contacts", {"order": 1, "name": "x", "webhook_url": "BAD", "webhook_secret": SECRET}),
        ],
    )  # fmt: skip
    def test_in_a_change_is_a_clear_error(self, house, path, form, bad):
        who = "platform" if path == "appeals" else "lena"
        filled = {name: bad if value == "BAD" else value for name, value in form.items()}
        body = json.dumps(filled).encode()

        answer = house.web.post(
            f"/v1/{path.replace('BAD', 'd%00')}",
            content=body,
            headers=house.as_(who) | {"content-type": "application/json"},
        )

        assert answer.status_code in {200, 201, 400, 403, 404, 409, 422}
        assert answer.headers["content-type"].startswith("application/")

    def test_in_parameters_is_a_clear_error(self, house):
        decision, _ = house.decided("warn")

        answer = house.web.post(
            "/v1/containments",
            json={
                "case_id": decision.case_id,
                "action_id": "suspend-account",
                "target_level": "account",
                "target_id": decision.subject_id,
                "params": {"more": "a\x00b"},
                "reason": "at once",
            },
            headers=house.as_("lena"),
        )

        assert answer.status_code in {400, 422}
