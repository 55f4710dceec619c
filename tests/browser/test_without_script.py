"""Without JavaScript: every page answers, names itself, and does with forms all that it does; a case gets decided."""

import os
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from assize.platform.db import Database
from assize.platform.http import SESSION_COOKIE
from assize.platform.postgres.cluster import Cluster
from assize.workforce.models import Role
from builders.asking import Endpoint, addresses, pages
from builders.browsing import an_event, facts, send
from builders.living import PASSWORD, Living, living
from builders.world import World, a_world, session_of
from conftest import clone, drop

pytestmark = pytest.mark.browser

REVIEWER = re.compile(r"rev_\w{26}")
BY_ID = frozenset({"/audit/story/{of}"})  # the ledger tells of ids, which stay when names change


@pytest.fixture(scope="module")
def world(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    name = f"unscripted_{os.getpid()}"
    home = tmp_path_factory.mktemp("unscripted")
    with Database(clone(cluster, name)) as database, a_world(database, home, kinds=("plain",)) as made:
        yield made
    drop(cluster, name)


@pytest.fixture(scope="module")
def unscripted(browser: Browser, world: World) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, java_script_enabled=False)
    context.add_cookies([{"name": SESSION_COOKIE, "value": session_of(world, world.lead), "url": world.living.url}])
    yield context
    context.close()


@pytest.fixture
def page(unscripted: BrowserContext) -> Iterator[Page]:
    opened = unscripted.new_page()
    yield opened
    opened.close()


@pytest.fixture
def graced(fresh_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    with living(fresh_database, tmp_path_factory.mktemp("graced"), grace_s=60) as alive:
        yield alive


@pytest.fixture
def plain_page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, java_script_enabled=False)
    yield context.new_page()
    context.close()


def signed_in(page: Page, here: Living, name: str) -> None:
    page.goto(here.url)
    page.get_by_label("E-mail").fill(f"{name}@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Now", exact=True)).to_be_visible()


def unusable(page: Page) -> list[str]:
    """Return the forms of a page that can't be sent, or would be refused."""
    wrong = []
    for form in page.locator("form:not([method=dialog])").all():
        name = form.get_attribute("id") or ""
        own = form.locator("button:not([type=button]):not([type=reset]), input[type=submit]")
        from_outside = page.locator(f"button[form='{name}']") if name else own
        where = form.get_attribute("action") or name
        if own.count() + (from_outside.count() if name else 0) == 0:
            wrong.append(f"{where} has no button")
        tokens = form.locator("input[type=hidden][name=csrf]")
        posts = (form.get_attribute("method") or "get").lower() == "post"
        if posts and (tokens.count() != 1 or not tokens.first.get_attribute("value")):
            wrong.append(f"{where} has no token")
    return wrong


class TestWithoutScript:
    @pytest.mark.parametrize("endpoint", pages(), ids=lambda one: one.path)
    def test_every_page_can_be_used(self, world: World, page: Page, endpoint: Endpoint):
        wrong: list[str] = []
        for address in addresses(world, endpoint):
            answer = page.goto(address)
            assert answer is not None
            if "html" not in answer.headers["content-type"]:
                continue
            if answer.status >= 500 or not page.locator("h1").first.is_visible():
                wrong.append(f"{address}: {answer.status}, no heading")
            wrong += [f"{address}: {what}" for what in unusable(page)]
            ids = set() if endpoint.path in BY_ID else set(REVIEWER.findall(page.locator("main").text_content() or ""))
            wrong += [f"{address} shows somebody as {one}" for one in ids]

        assert wrong == []

    def test_a_case_is_taken_opened_decided_and_undone(self, graced: Living, plain_page: Page):
        page = plain_page
        graced.person("ana", Role.EXPERT)
        with graced.client(graced.platform_key()) as platform:
            sent = platform.post("/v1/events", json={"events": [an_event("sim-frd-2-strong")]})
            assert sent.status_code == 202
        graced.work()

        signed_in(page, graced, "ana")
        page.locator("form[action='/claim'] button").first.click()
        expect(page.get_by_role("heading", name="Decide")).to_be_visible()
        page.locator("form[action$='/open'] button").first.click()
        expect(page.get_by_text("sim-frd-2-strong").first).to_be_visible()
        page.locator("input[name=clause]").first.check()
        page.locator("input[name=verdict][value=no_violation]").check()
        page.get_by_label("Read in context, nothing of this clause is there").first.check()
        page.locator("form[action$='/decision'] button.primary").last.click()
        expect(page.get_by_role("heading", name="Decided")).to_be_visible()
        page.locator("form[action$='/undo'] button").first.click()
        expect(page.get_by_role("heading", name="Decide", exact=True)).to_be_visible()
        page.locator("details.menu.right > summary").click()
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()

    def test_a_task_is_decided_under_a_clause_taken_back_held_taken_again_escalated_and_noted(
        self, graced: Living, plain_page: Page
    ):
        page = plain_page
        graced.person("ana", Role.EXPERT)
        sent = send(graced, "sim-frd-2-strong one alone")
        signed_in(page, graced, "ana")
        task = f"{graced.url}/tasks/{sent.task_id}"
        page.goto(task)
        page.get_by_role("button", name="Take it in hand").click()
        expect(page.locator(".said", has_text="one alone")).to_have_count(0)
        page.locator("#open-content").click()
        expect(page.locator(".said", has_text="one alone").first).to_be_visible()

        page.locator("input[name=clause][value=FRD-2]").check()
        page.locator("input[name=verdict][value=violation]").check()
        page.get_by_role("button", name="Show what this comes to").click()
        expect(page.locator("#outcome")).to_contain_text("What would happen")
        page.locator(".of-clause[data-of=FRD-2] input[name=reason]").first.check()
        page.get_by_label("Reasons in prose").fill("It asks for money in the name of somebody else.")
        page.locator("#send").click()
        expect(page.get_by_role("heading", name="Decided", exact=True)).to_be_visible()
        decided = facts(graced, "DecisionMade", sent.case_id)
        page.locator("form[action$='/undo'] button").click()
        expect(page).to_have_url(task)
        expect(page.get_by_label("Reasons in prose")).to_have_value("It asks for money in the name of somebody else.")
        expect(page.locator("input[name=verdict][value=violation]")).to_be_checked()

        page.get_by_role("button", name="Hold", exact=True).first.click()
        page.get_by_label("What it waits for").fill("the platform looks for its logs")
        page.locator("form#hold button").click()
        expect(page.get_by_role("heading", name="Now", exact=True)).to_be_visible()
        expect(page.get_by_text("Set aside by me")).to_be_visible()
        page.goto(task)
        expect(page.locator("#lost-why")).to_contain_text("You set this task aside.")
        page.get_by_role("button", name="Take it in hand again").click()
        page.get_by_role("button", name="Note", exact=True).click()
        page.get_by_label("What the next one should know").fill("Seen elsewhere too.")
        page.locator("form#note button").click()
        expect(page.get_by_text("Seen elsewhere too.").first).to_be_visible()
        page.get_by_role("button", name="Escalate", exact=True).click()
        page.get_by_label("Why it can't wait").fill("somebody is in danger")
        page.locator("form#escalate button").click()
        expect(page).to_have_url(task)

        assert decided == 1
        kinds = ("DecisionUndone", "TaskHeld", "Noted", "Escalated")
        assert [facts(graced, kind, sent.case_id) for kind in kinds] == [1, 1, 1, 1]
