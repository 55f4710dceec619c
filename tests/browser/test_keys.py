"""Keys: every action of every page has one of its own, `?` lists them all, and Ctrl-K finds anything by its name."""

import os
import re
from collections import Counter
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from assize.platform.db import Database
from assize.platform.http import SESSION_COOKIE
from assize.platform.postgres.cluster import Cluster
from builders.asking import Endpoint, addresses, pages
from builders.world import World, a_world, ok, session_of
from conftest import clone, drop

pytestmark = pytest.mark.browser

BEFORE_SIGN_IN = frozenset({"/sign-in"})
# What a page offers to whoever has no mouse, and the digits that turn from one group of choices to the next.
OFFERED = """() => {
  const there = (one) => !one.disabled && (one.closest("details.menu .sheet") !== null || one.checkVisibility());
  const named = [...document.querySelectorAll("[data-key]")].filter(there).map((one) => one.dataset.key);
  const others = [...document.querySelectorAll("main button:not([data-key]), main a.button:not([data-key])")];
  const kept = [...document.querySelectorAll("#mark-bar [data-key]")].map((one) => one.dataset.key);
  return { named, kept, others: others.filter((one) => !one.disabled && one.checkVisibility()).length };
}"""
LISTED = """() => [...document.querySelectorAll("#keys li")].map((one) => [
  [...one.querySelectorAll("kbd")].map((stroke) => stroke.textContent).join(" "), one.firstElementChild.textContent])"""
OF_EVERY_PAGE = {"?", "Ctrl K", "Esc"}


@pytest.fixture(scope="module")
def world(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    name = f"keys_{os.getpid()}"
    home = tmp_path_factory.mktemp("keys")
    with Database(clone(cluster, name)) as database, a_world(database, home, kinds=("plain",)) as made:
        ok(made.lead.client.post(f"/v1/tasks/{made.items['plain'].ids['task'][0]}/claim"))
        yield made
    drop(cluster, name)


@pytest.fixture(scope="module")
def signed_in(browser: Browser, world: World) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    context.add_cookies([{"name": SESSION_COOKIE, "value": session_of(world, world.lead), "url": world.living.url}])
    yield context
    context.close()


@pytest.fixture
def page(signed_in: BrowserContext) -> Iterator[Page]:
    opened = signed_in.new_page()
    yield opened
    opened.close()


def wrong(page: Page, where: str) -> Iterator[str]:
    """Say what is wrong with the keys of the page that is shown."""
    offered = page.evaluate(OFFERED)
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    listed = [(key, label) for key, label in page.evaluate(LISTED) if key not in OF_EVERY_PAGE]
    page.keyboard.press("Escape")
    keys = [key for key, _ in listed]
    if sorted(set(offered["named"]) - set(keys)) or len(listed) != len(offered["named"]) + offered["others"]:
        yield f"{where} lists {keys}, and offers {offered}"
    twice = [key for key, times in Counter([*keys, *offered["kept"]]).items() if times > 1]
    if twice:
        yield f"{where} has two actions with the key {twice}"
    if any(other.startswith(f"{key} ") for key in keys for other in keys):
        yield f"{where} has a key that begins another: {keys}"
    if any(not label for _, label in listed):
        yield f"{where} has a key that says nothing: {listed}"
    same = [label for label, times in Counter(label for _, label in listed).items() if times > 1]
    if same:
        yield f"{where} calls two actions {same}"


class TestKeys:
    @pytest.mark.parametrize(
        "endpoint", [one for one in pages() if one.path not in BEFORE_SIGN_IN], ids=lambda one: one.path
    )
    def test_of_every_page_are_listed_and_each_does_one_thing(self, world: World, page: Page, endpoint: Endpoint):
        problems: list[str] = []
        for address in addresses(world, endpoint):
            page.goto(address, wait_until="load")
            if page.evaluate("document.contentType") == "text/html":
                page.evaluate("document.activeElement.blur()")
                problems += wrong(page, address)

        assert problems == []

    def test_press_what_no_template_gave_a_key(self, world: World, page: Page):
        page.goto(f"{world.living.url}/enforcement/{world.ids('enforcement_id', 'plain')[0]}", wait_until="load")

        page.keyboard.press("j")
        page.keyboard.press("a")

        expect(page.locator("form[action$='/lift'] [name=reason]")).to_be_focused()  # which it asks for


def find(page: Page, words: str, kind: str) -> None:
    """Type into the palette, and choose the first that it finds of a kind, by keys."""
    page.keyboard.press("Control+k")
    page.keyboard.type(words)
    found = page.locator("#palette-found [role=option]").filter(
        has=page.locator(".kind", has_text=re.compile(f"^{kind}"))
    )
    expect(found.first).to_be_visible()
    while found.first.get_attribute("aria-selected") != "true":
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")


class TestPalette:
    def test_leads_to_a_page_a_case_an_account_a_clause_and_a_queue(self, world: World, page: Page):
        case_id, account_id = world.items["plain"].cases[0], world.ids("subject_id", "plain")[0]
        page.goto(world.living.url, wait_until="load")

        find(page, "hand-ov", "page")
        expect(page.get_by_role("heading", name="Hand-over", exact=True)).to_be_visible()
        find(page, case_id.lower(), "case")
        expect(page.get_by_text(f"Case {case_id}")).to_be_visible()
        find(page, account_id.lower(), "account")
        expect(page).to_have_url(re.compile(f"/accounts/{account_id}$"))
        find(page, "frd-1", "clause")
        expect(page).to_have_url(re.compile("/policy/clauses/FRD-1$"))
        find(page, "frd-1", "search")
        expect(page).to_have_url(re.compile("/search[?]clause=FRD-1$"))
        find(page, "general", "queue")

        expect(page).to_have_url(re.compile("/queues/general$"))

    def test_carries_the_id_of_an_account_to_the_form_that_asks_what_for(self, world: World, page: Page):
        page.goto(world.living.url, wait_until="load")

        find(page, "ref-plain7f3-account-decided", "command")

        expect(page.get_by_label("The platform's own id")).to_have_value("ref-plain7f3-account-decided")
        expect(page.get_by_label("What for")).to_be_focused()
        assert "ref-plain7f3" not in page.url
        page.keyboard.type("a complaint")
        page.keyboard.press("Enter")
        expect(page.get_by_text(re.compile(r"^\d+ found$"))).to_be_visible()

    def test_takes_what_was_typed_and_not_what_was_listed_before(self, world: World, page: Page):
        page.goto(world.living.url, wait_until="load")
        page.keyboard.press("Control+k")

        page.keyboard.type("hand-over")
        page.keyboard.press("Enter")

        expect(page.get_by_role("heading", name="Hand-over", exact=True)).to_be_visible()

    def test_waits_for_the_server_where_only_it_can_know(self, world: World, page: Page):
        case_id = world.items["plain"].cases[0]
        page.goto(world.living.url, wait_until="load")
        page.keyboard.press("Control+k")

        page.keyboard.type(case_id.lower())
        page.keyboard.press("Enter")

        expect(page).to_have_url(f"{world.living.url}/cases/{case_id}")

    def test_runs_a_command_of_the_page_by_its_name(self, world: World, page: Page):
        page.goto(f"{world.living.url}/handover", wait_until="load")

        find(page, "write the note", "key w")

        expect(page.get_by_label("What I saw")).to_be_focused()
