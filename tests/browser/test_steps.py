"""What else is done with a task, by keyboard alone: each step opens under its key, begins in its first field, and ends where one goes on."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from assize.platform.db import Database
from assize.workforce.models import SYSTEM, Role
from builders.browsing import Sent, facts, focused, press, send, sign_in, take
from builders.living import Living, living

pytestmark = pytest.mark.browser

FIRST_CHOICE = "input[clause]"


@pytest.fixture(scope="module")
def here(module_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    with living(module_database, tmp_path_factory.mktemp("steps"), grace_s=600) as alive:
        alive.person("ana", Role.EXPERT)
        alive.person("ben", Role.EXPERT)
        yield alive


@pytest.fixture(scope="module")
def desk(browser: Browser, here: Living) -> Iterator[Page]:
    """Where Ana sits all day."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(60_000)
    page = context.new_page()
    sign_in(page, here, "ana")
    yield page
    context.close()


def task_now(here: Living, sent: Sent) -> dict[str, Any]:
    with here.database.transaction(SYSTEM) as tx:
        return dict(tx.one("select * from review.task where id = %(id)s", {"id": sent.task_id}))


def step(page: Page, keys: str, field: str) -> None:
    """Open a step, leave it, and open it again: the focus goes to its first field, and back to its button."""
    press(page, *keys.split(" "))
    expect(page.locator(field)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(field)).to_be_hidden()
    assert page.evaluate("document.activeElement.dataset.key") == keys
    assert not focused(page).endswith("unseen")
    press(page, *keys.split(" "))
    expect(page.locator(field)).to_be_focused()
    assert focused(page).endswith(field)  # and is seen to be


def at_start(page: Page, here: Living) -> None:
    """The next thing is Now, from its beginning."""
    expect(page).to_have_url(f"{here.url}/")
    expect(page.get_by_role("heading", name="Now", exact=True)).to_be_visible()
    page.wait_for_load_state("load")
    assert focused(page) == "body"


class TestSigningOut:
    def test_leaves_no_copy_of_what_was_typed_in_the_browser(self, page: Page, here: Living):
        here.person("lea", Role.ANALYST)
        sent = send(here, "sim-frd-2-strong about which somebody types for a while")
        sign_in(page, here, "lea")
        take(page, here, sent)
        page.route("**/draft", lambda route: route.abort())
        page.get_by_label("Reasons in prose").fill("Kept in this browser, as the server was away.")
        expect(page.locator("#kept")).to_contain_text("Kept in this browser.")
        before = kept_here(page)

        page.goto(f"{here.url}/handover", wait_until="load")
        sign_out(page)
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()

        assert len(before) == 1
        assert kept_here(page) == []

    def test_brings_what_was_just_typed_to_the_server_first(self, page: Page, here: Living):
        here.person("mia", Role.ANALYST)
        sent = send(here, "sim-frd-2-strong about which somebody types to the very end")
        sign_in(page, here, "mia")
        take(page, here, sent)
        page.get_by_label("Reasons in prose").fill("Typed a moment before.")

        sign_out(page)
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        left = kept_here(page)
        sign_in(page, here, "mia")
        page.goto(f"{here.url}/tasks/{sent.task_id}", wait_until="load")

        assert left == []
        expect(page.get_by_label("Reasons in prose")).to_have_value("Typed a moment before.")

    def test_asks_again_where_what_was_typed_would_be_lost(self, page: Page, here: Living):
        here.person("ida", Role.ANALYST)
        sent = send(here, "sim-frd-2-strong typed about while nothing can be reached")
        sign_in(page, here, "ida")
        take(page, here, sent)
        page.route("**/draft", lambda route: route.abort())
        page.get_by_label("Reasons in prose").fill("Nowhere but here.")

        sign_out(page)
        expect(page.locator("#kept")).to_contain_text("Not signed out")
        sign_out(page)
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()

        assert kept_here(page) == []


def sign_out(page: Page) -> None:
    if not page.get_by_role("button", name="Sign out").is_visible():
        page.locator("details.menu.right > summary").press("Enter")
    page.get_by_role("button", name="Sign out").press("Enter")


def kept_here(page: Page) -> list[str]:
    found = page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]")
    return [one for one in found if one.startswith("assize.")]


class TestStep:
    def test_holds_a_task_which_is_taken_again_before_its_time(self, desk: Page, here: Living):
        sent = send(here, "sim-frd-2-strong to be held for a while")
        take(desk, here, sent)

        step(desk, "l h", "#hold-reason")
        desk.keyboard.type("the platform looks for its logs")
        desk.keyboard.press("Enter")
        at_start(desk, here)
        held = task_now(here, sent)
        desk.goto(f"{here.url}/tasks/{sent.task_id}", wait_until="load")
        expect(desk.locator("#lost-why")).to_contain_text("You set this task aside.")
        expect(desk.locator("#lost")).to_be_focused()
        desk.keyboard.press("s")
        expect(desk.locator("#decide[data-mine=yes]")).to_be_visible()

        assert (held["state"], held["reason"]) == ("held", "the platform looks for its logs")
        assert task_now(here, sent)["state"] == "claimed"

    def test_gives_a_task_back(self, desk: Page, here: Living):
        sent = send(here, "sim-frd-2-strong which is given back to everybody")
        take(desk, here, sent)

        press(desk, "l", "g")
        at_start(desk, here)

        assert task_now(here, sent)["state"] == "open"

    def test_skips_a_task_for_good_and_takes_the_next(self, desk: Page, here: Living):
        sent = send(here, "sim-frd-2-strong about somebody one knows oneself")
        take(desk, here, sent)

        step(desk, "l s", "#skip-reason")
        press(desk, "Tab", "Enter")
        expect(desk).not_to_have_url(f"{here.url}/tasks/{sent.task_id}")
        desk.wait_for_load_state("load")

        assert task_now(here, sent)["state"] == "open"
        assert facts(here, "TaskReleased", sent.case_id) == 1

    def test_moves_a_task_into_another_queue(self, desk: Page, here: Living):
        sent = send(here, "sim-frd-2-strong that belongs into another queue")
        take(desk, here, sent)

        step(desk, "l a", "#assign-to")
        press(desk, "Tab", "Tab")
        expect(desk.locator("#move-queue")).to_be_focused()
        desk.keyboard.type("self")
        press(desk, "Tab", "Enter")
        at_start(desk, here)

        assert task_now(here, sent)["queue"] == "self-harm"

    def test_assigns_a_task_to_somebody(self, desk: Page, here: Living):
        sent = send(here, "sim-frd-2-strong which somebody else knows better")
        take(desk, here, sent)

        step(desk, "l a", "#assign-to")
        desk.keyboard.type("Ben")
        press(desk, "Tab", "Enter")
        at_start(desk, here)

        with here.database.transaction(SYSTEM) as tx:
            ben = tx.value("select id from workforce.reviewer where name = 'Ben'")
        assert (task_now(here, sent)["state"], task_now(here, sent)["assigned_to"]) == ("open", ben)

    def test_escalates_and_goes_on_deciding(self, desk: Page, here: Living):
        sent = send(here, "sim-frd-2-strong that can not wait until tomorrow")
        take(desk, here, sent)

        step(desk, "l e", "#escalate-reason")
        desk.keyboard.type("somebody is in danger")
        with desk.expect_navigation():
            desk.keyboard.press("Enter")
        expect(desk.locator("input[name=clause]").first).to_be_focused()

        assert focused(desk) == FIRST_CHOICE
        assert facts(here, "Escalated", sent.case_id) == 1
        assert task_now(here, sent)["state"] == "claimed"

    def test_notes_and_goes_on_deciding(self, desk: Page, here: Living):
        sent = send(here, "sim-frd-2-strong of which the next should know something")
        take(desk, here, sent)

        step(desk, "l n", "#note-body")
        desk.keyboard.type("Seen on another platform too.")
        desk.keyboard.press("Tab")
        with desk.expect_navigation():
            desk.keyboard.press("Enter")
        expect(desk.locator("input[name=clause]").first).to_be_focused()

        expect(desk.get_by_text("Seen on another platform too.").first).to_be_visible()
        assert focused(desk) == FIRST_CHOICE

    def test_asks_for_a_second_look_at_what_stands(self, desk: Page, here: Living):
        sent = send(here, "sim-frd-2-strong which was decided in a hurry by somebody")
        take(desk, here, sent)
        press(desk, "1", "v", "1", "Enter")
        expect(desk.locator("#undo-bar")).to_be_visible()
        desk.goto(f"{here.url}/tasks/{sent.task_id}", wait_until="load")

        step(desk, "l 2", "#second-reason")
        desk.keyboard.type("it may have been a quotation")
        desk.keyboard.press("Enter")
        expect(desk.get_by_role("heading", name="Decided", exact=True)).to_be_visible()

        assert facts(here, "SecondLookAsked", sent.case_id) == 1
