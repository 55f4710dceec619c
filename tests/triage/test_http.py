"""Triage over HTTP, and its page."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from assize.kernel.facts import Recorded
from assize.platform.db import Database
from assize.platform.http import Authenticated, build
from assize.platform.pages import error_page_with
from assize.policy.facts import PolicyPublished
from assize.triage import api, pages, service
from assize.triage.handlers import on_policy_published
from assize.triage.models import RuleState
from assize.triage.store import rules as rule_store
from assize.workforce.models import SYSTEM, Principal, Right
from builders.audit import a_home
from builders.triage import AT, a_published_policy, assessed, said

AUTHOR = replace(SYSTEM, id="rev_author", name="Author")
SECOND = replace(SYSTEM, id="rev_second", name="Second")
NOBODY = replace(SYSTEM, id="rev_nobody", name="Nobody", rights=frozenset())
READER = replace(SYSTEM, id="rev_reader", name="Reader", rights=frozenset({Right.RULES_READ}))
RULE = {"id": "ours", "title": "Ours", "expression": "'insults' in terms", "clause_id": "HAR-1", "score": 0.9}


class Asking:
    """A client whose principal a test may change."""

    def __init__(self, database: Database, home: Path) -> None:
        self.who: Principal = AUTHOR
        app = build(
            database=database,
            settings=a_home(home),
            routers=[api.router, pages.router],
            hot_routes=[],
            authenticate=lambda _: Authenticated(actor=self.who, by_session=False),
            error_page=error_page_with(),
            ready=lambda _: None,
        )
        self.client = TestClient(app, follow_redirects=False)

    def ask(self, method: str, path: str, who: Principal = AUTHOR, **given):
        """Ask as somebody."""
        self.who = who
        return self.client.request(method, path, headers={"authorization": "Bearer x"}, **given)


@pytest.fixture
def asking(fresh_database: Database, tmp_path: Path) -> Iterator[Asking]:
    """An installation with a policy in force and one case."""
    with fresh_database.transaction(SYSTEM) as tx:
        a_published_policy(tx)
        said(tx, "an insultword", account="a-1", conversation="c-1")
    assessed(fresh_database)
    made = Asking(fresh_database, tmp_path)
    with made.client:
        yield made


class TestApi:
    def test_shows_cases_with_why(self, asking: Asking):
        page = asking.ask("GET", "/v1/triage/cases", params={"queue": "general", "severity": 3}).json()

        (case,) = page["cases"]
        assert case["clauses"] == [{"clause_id": "HAR-1", "score": 0.8, "why": ["rule:insult"]}]
        assert asking.ask("GET", f"/v1/triage/cases/{case['id']}").json() == case
        (hit,) = asking.ask("GET", f"/v1/cases/{case['id']}/hits").json()
        assert hit["values"] == {"terms": ["insults"]}
        features = asking.ask("GET", f"/v1/events/{hit['event_id']}/features").json()
        assert features["values"]["terms"] == ["insults"]
        assert asking.ask("GET", "/v1/triage/cases", params={"queue": "verify"}).json()["cases"] == []

    def test_carries_a_rule_from_text_to_on(self, asking: Asking):
        bad = asking.ask("POST", "/v1/rules/check", json={"expression": "event.kin == 'a'"}).json()
        tried = asking.ask("POST", "/v1/rules/try", json={"expression": RULE["expression"]}).json()
        written = asking.ask("POST", "/v1/rules", json=RULE)
        own = asking.ask("PUT", "/v1/rules/ours/state", json={"state": "on"})
        on = asking.ask("PUT", "/v1/rules/ours/state", SECOND, json={"state": "on"})

        assert [(one["line"], one["column"]) for one in bad] == [(1, 6)]
        assert (tried["events"], tried["hits"]) == (1, 1)
        assert (written.status_code, written.json()["state"]) == (201, "off")
        assert (own.status_code, own.json()["code"]) == (403, "own-rule")
        assert on.json()["state"] == "on"
        assert [one["version"] for one in asking.ask("GET", "/v1/rules/ours/versions").json()] == [1]

    def test_names_the_field_of_a_rule_that_does_not_fit(self, asking: Asking):
        answer = asking.ask("POST", "/v1/rules", json=RULE | {"expression": "event.kind == 3"})

        assert answer.status_code == 422
        assert "column 12" in answer.text

    def test_fills_banks(self, asking: Asking):
        form = {"kind": "md5", "values": ["a" * 32]}

        assert asking.ask("POST", "/v1/banks/known/items", json=form).json() == {"changed": 1}
        assert asking.ask("GET", "/v1/banks").json()[0]["items"] == 1
        assert asking.ask("POST", "/v1/banks/known/items", json=form | {"values": ["zz"]}).status_code == 422
        assert asking.ask("POST", "/v1/banks/known/items/remove", json=form).json() == {"changed": 1}

    @pytest.mark.parametrize(
        "path",
        ["/v1/triage/cases", "/v1/triage/cases/case_x", "/v1/rules", "/v1/rules/insult/hits", "/v1/banks", "/rules"],
    )
    def test_is_closed_to_those_without_rights(self, asking: Asking, path: str):
        assert asking.ask("GET", path, NOBODY).status_code == 403


class TestPage:
    def test_shows_states_hits_and_what_was_absent(self, asking: Asking):
        text = asking.ask("GET", "/rules").text

        assert 'href="/rules/insult"' in text
        assert "shadow" in text

    def test_offers_no_switch_to_who_may_only_read(self, asking: Asking):
        assert "/state" not in asking.ask("GET", "/rules", READER).text

    def test_switches_a_rule(self, asking: Asking, fresh_database: Database):
        answer = asking.ask("POST", "/rules/insult/state", SECOND, data={"state": "off"})

        assert (answer.status_code, answer.headers["location"]) == (303, "/rules/insult")
        with fresh_database.transaction(SYSTEM) as tx:
            assert next(one for one in rule_store.newest(tx) if one.id == "insult").state is RuleState.OFF


class TestHearing:
    def test_a_published_policy_brings_its_rules(self, asking: Asking, fresh_database: Database):
        del asking
        with fresh_database.transaction(SYSTEM) as tx:
            tx.run("delete from triage.rule")
            version_id = tx.value("select id from policy.version")
            fact = PolicyPublished(
                policy_version_id=version_id,
                name="test",
                version="1",
                hash="",
                bootstrap=True,
                diff_summary="",
                reason="",
                proposed_by=None,
            )

            on_policy_published(tx, Recorded(fact=fact, id="fact_1", actor_id="system", occurred_at=AT))

            assert {one.rule.id for one in service.rules(tx, at=AT)} >= {"insult", "grave"}
