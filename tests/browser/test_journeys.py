"""Whole journeys, by people in a browser and a platform that receives: from a report to a removal, and back again."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from assize.platform.db import Database
from assize.workforce.models import SYSTEM, Role
from builders.browsing import an_event, sign_in
from builders.living import Living, living
from builders.receiving import Receiver, a_receiver, confirming

pytestmark = pytest.mark.browser


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with a_receiver(confirming) as started:
        yield started


@pytest.fixture
def wired(fresh_database: Database, tmp_path: Path, receiver: Receiver) -> Iterator[Living]:
    with living(fresh_database, tmp_path, webhook=receiver.url) as alive:
        yield alive


class Desk:
    """A browser for each person, as they sit at different desks."""

    def __init__(self, browser: Browser, here: Living):
        self.browser = browser
        self.here = here
        self.contexts: list[Any] = []

    def of(self, name: str, *roles: Role) -> Page:
        self.here.person(name, *roles)
        context = self.browser.new_context(viewport={"width": 1280, "height": 900})
        context.set_default_timeout(60_000)
        self.contexts.append(context)
        page = context.new_page()
        sign_in(page, self.here, name)
        return page


@pytest.fixture
def desk(browser: Browser, wired: Living) -> Iterator[Desk]:
    made = Desk(browser, wired)
    yield made
    for context in made.contexts:
        context.close()


def sent(here: Living, text: str) -> None:
    with here.client(here.platform_key()) as platform:
        assert platform.post("/v1/events", json={"events": [an_event(text)]}).status_code == 202
    here.work()


def decide(page: Page, *actions: str) -> None:
    """Take the gravest task, open it, and decide for a violation with just these actions."""
    page.keyboard.press("s")
    expect(page.get_by_role("heading", name="Decide")).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.keyboard.press("o")
    expect(page.locator("#open-content")).to_have_count(0)
    page.wait_for_load_state("networkidle")
    page.keyboard.press("1")
    page.keyboard.press("v")
    page.wait_for_load_state("networkidle")
    for box in page.locator("input[name=disposition]:checked").all():
        box.uncheck()
    for action in actions:
        page.locator("label.pick", has_text=re.compile(rf"^\s*{action}\b")).first.locator("input").check()
    page.locator("#decide input[name=reason]").first.check()
    page.locator("#decide textarea[name=rationale]").fill(
        "The passage names what the clause is about, and nothing excepts it."
    )
    page.wait_for_load_state("networkidle")
    page.get_by_role("button", name=re.compile("^Decide")).first.click()
    expect(page.get_by_role("heading", name="Decided", exact=True).or_(page.locator("#problems")).first).to_be_visible()
    confirm(page)
    expect(page.get_by_role("heading", name="Decided", exact=True)).to_be_visible()


def confirm(page: Page) -> None:
    """Confirm the targets, where that is asked on purpose."""
    if page.get_by_role("heading", name="Decided", exact=True).is_visible():
        return
    page.wait_for_load_state("networkidle")
    for box in page.locator("[name=confirm]:visible").all():
        box.check()
    if page.locator("#decide").count():
        page.get_by_role("button", name=re.compile("^Decide")).first.click()


def states(here: Living, table: str) -> list[str]:
    with here.database.transaction(SYSTEM) as tx:
        return [row["state"] for row in tx.rows(f"select state from enforcement.{table} order by id")]


class TestJourneys:
    def test_a_report_becomes_a_confirmed_removal(self, wired, desk, receiver):
        ana = desk.of("ana", Role.EXPERT)
        with wired.client(wired.platform_key()) as platform:
            platform.post("/v1/events", json={"events": [an_event("a letter that somebody minds")]})
            report = {
                "external_id": "r-1",
                "reporter": {"kind": "trusted_flagger", "ref": "flagger-1"},
                "reason": "scam",
                "about": {"external_id": "e-1"},
                "subject": {"account": "acct-7", "conversation": "conv-7"},
                "text": "sim-frd-1-strong",
            }
            assert platform.post("/v1/reports", json=report).status_code in {200, 201, 202}
        wired.work()
        ana.reload()

        decide(ana, "Block content")
        wired.work()
        ana.goto(wired.url + "/enforcement")

        expect(ana.get_by_role("row", name=re.compile("Block content")).first).to_contain_text("confirmed")
        orders = [got.event["data"]["action"] for got in receiver.got if got.event["type"].endswith("apply.v1")]
        assert orders == ["block-content"]

    def test_a_ban_waits_for_a_second_different_person(self, wired, desk, receiver):
        ana, eva = desk.of("ana", Role.EXPERT), desk.of("eva", Role.EXPERT)
        sent(wired, "sim-frd-1-strong")
        ana.reload()

        decide(ana, "Ban")
        wired.work()
        assert states(wired, "enforcement") == ["awaiting_approval"]
        assert receiver.got == []
        ana.goto(wired.url + "/enforcement")
        expect(ana.get_by_text("You decided this: somebody else approves.")).to_be_visible()
        eva.goto(wired.url + "/enforcement")
        eva.get_by_role("button", name="Approve").click()
        eva.wait_for_load_state("load")
        wired.work()

        assert states(wired, "enforcement") == ["confirmed"]
        assert receiver.got

    def test_an_appeal_that_is_upheld_undoes_the_effect_and_the_strike(self, wired, desk, receiver):
        ana, quinn = desk.of("ana", Role.EXPERT), desk.of("quinn", Role.QA_LEAD)
        sent(wired, "sim-frd-1-strong")
        ana.reload()
        decide(ana, "Suspend")
        wired.work()
        with wired.database.transaction(SYSTEM) as tx:
            enforcement_id = tx.value("select id from enforcement.enforcement")
        with wired.client(wired.platform_key()) as platform:
            appeal = {"enforcement_id": enforcement_id, "external_id": "a-1", "statement": "It was not me."}
            assert platform.post("/v1/appeals", json=appeal).is_success
        wired.work()

        quinn.goto(wired.url + "/appeals")
        quinn.locator("form[action^='/appeals/'] [name=purpose]").first.fill("to hear it")
        quinn.keyboard.press("Enter")
        quinn.get_by_label("It was wrong").check()
        quinn.get_by_label("Why").fill("Somebody else had the account that day.")
        quinn.get_by_role("button", name="Conclude").click()
        quinn.wait_for_load_state("load")
        wired.work()

        kinds = [got.event["data"]["operation"] for got in receiver.got]
        assert "undo" in kinds
        assert states(wired, "enforcement") == ["undone"]
        with wired.database.transaction(SYSTEM) as tx:
            assert tx.value("select count(*) from enforcement.strike where removed_at is null") == 0
