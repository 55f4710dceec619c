"""A shift ends: what is on hold goes to somebody else, with a note that the facts began and a person finished."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from assize.kernel import clock
from assize.platform.db import Database
from assize.workforce.models import SYSTEM, Role
from builders.browsing import facts, press, send, sign_in, take
from builders.living import Living, living

pytestmark = pytest.mark.browser

NOTE = "The platform looks for the logs of Tuesday; ask again at noon."


@pytest.fixture(scope="module")
def here(module_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    with living(module_database, tmp_path_factory.mktemp("handover"), grace_s=600) as alive:
        yield alive


@pytest.fixture
def desks(browser: Browser, here: Living) -> Iterator[tuple[Page, Page]]:
    """Ana's browser, and Ben's."""
    contexts = [browser.new_context(viewport={"width": 1280, "height": 900}) for _ in range(2)]
    pages = []
    for context, name in zip(contexts, ("ana", "ben"), strict=True):
        context.set_default_timeout(60_000)
        here.person(name, Role.EXPERT)
        pages.append(context.new_page())
        sign_in(pages[-1], here, name)
    yield pages[0], pages[1]
    for context in contexts:
        context.close()


def the_task(here: Living) -> dict[str, Any]:
    with here.database.transaction(SYSTEM) as tx:
        return dict(tx.one("select * from review.task where kind = 'first_look'"))


def go(page: Page, name: str) -> None:
    """Go to a page by its name."""
    page.keyboard.press("Control+k")
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    page.wait_for_load_state("load")


class TestHandOver:
    def test_of_what_is_on_hold_with_a_note_by_keys_alone(self, desks: tuple[Page, Page], here: Living):
        ana, ben = desks
        sent = send(here, "sim-frd-2-strong one alone")

        # Ana sets it aside, and says so to whoever comes after her.
        take(ana, here, sent)
        press(ana, "l", "h")
        ana.keyboard.type("the platform looks for its logs")
        ana.keyboard.press("Enter")
        expect(ana.get_by_role("heading", name="Now", exact=True)).to_be_visible()
        expect(ana.locator("#need-held")).to_contain_text("back in")
        held = the_task(here)
        go(ana, "Hand-over")
        expect(ana.locator("#shift-facts")).to_contain_text("On hold 1")
        ana.keyboard.press("w")
        ana.keyboard.type(NOTE)
        ana.keyboard.press("Tab")
        expect(ana.get_by_role("button", name="Sign off and hand over")).to_be_focused()
        ana.keyboard.press("Enter")
        expect(ana.locator("#shift-notes")).to_contain_text("Nobody has taken over yet.")
        ana.goto(f"{here.url}/tasks/{sent.task_id}", wait_until="load")
        press(ana, "l", "a")
        ana.keyboard.type("Ben")
        press(ana, "Tab", "Enter")
        expect(ana.get_by_role("heading", name="Now", exact=True)).to_be_visible()

        # Ben reads it, takes over, and goes on with the case before it would come back.
        expect(ben.locator("#now-needs")).to_contain_text(NOTE)
        go(ben, "Hand-over")
        expect(ben.locator("#shift-notes article").first).to_contain_text("On hold 1")
        ben.keyboard.press("a")
        expect(ben.locator("#shift-notes")).to_contain_text("Taken over by Ben")
        ben.wait_for_load_state("load")
        press(ben, "g", "n")
        expect(ben.locator("#need-kept a[href^='/tasks/']")).to_have_count(1)
        ben.locator("#need-kept a[href^='/tasks/']").press("Enter")
        expect(ben.locator("#lost-why")).to_contain_text("This task is set aside.")
        ben.wait_for_load_state("load")
        ben.keyboard.press("s")
        expect(ben.locator("#decide[data-mine=yes]")).to_be_visible()
        ben.wait_for_load_state("load")
        ben.keyboard.press("o")
        expect(ben.locator("#open-content")).to_have_count(0)
        ben.wait_for_load_state("load")
        press(ben, "1", "v", "1", "Enter")
        expect(ben.locator("#undo-bar")).to_be_visible()

        assert (held["state"], held["held_until"] > clock.now()) == ("held", True)
        done = the_task(here)
        with here.database.transaction(SYSTEM) as tx:
            assert tx.value("select name from workforce.reviewer where id = %(id)s", {"id": done["holder"]}) == "Ben"
        assert facts(here, "DecisionMade", sent.case_id) == 1
        expect(ana.locator("#need-held")).to_have_count(0)


@pytest.fixture
def desk(browser: Browser, here: Living, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The browser of somebody of their own."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(20_000)
    name = request.node.name.removeprefix("test_")[:20].rstrip("_")
    here.person(name, Role.EXPERT)
    page = context.new_page()
    sign_in(page, here, name)
    page.goto(f"{here.url}/handover", wait_until="load")
    yield page
    context.close()


COPIES = "Object.keys(localStorage).filter((name) => name.startsWith('assize.draft')).length"


class TestWhatIsTyped:
    def test_is_kept_without_being_asked_to(self, desk: Page):
        desk.get_by_label("What I saw").fill("Kept by itself.")
        expect(desk.locator("#kept")).to_contain_text("Kept")

        desk.reload()

        expect(desk.get_by_label("What I saw")).to_have_value("Kept by itself.")

    def test_outlives_a_lost_connection_in_this_browser(self, desk: Page):
        desk.route("**/v1/shift-note/draft", lambda route: route.abort())
        desk.get_by_label("What I saw").fill("Written while nothing could be reached.")
        expect(desk.locator("#kept")).to_contain_text("Not saved since")
        desk.reload()
        expect(desk.get_by_label("What I saw")).to_have_value("Written while nothing could be reached.")
        desk.unroute("**/v1/shift-note/draft")

        expect(desk.locator("#kept")).to_contain_text(re.compile("^Kept"))
        assert desk.evaluate(COPIES) == 0

    def test_leaves_no_copy_once_it_is_signed(self, desk: Page):
        desk.get_by_label("What I saw").fill("Signed, and told to the next.")
        desk.get_by_role("button", name="Sign off and hand over").click()

        expect(desk.locator("article").first).to_contain_text("Signed, and told to the next.")
        expect(desk.get_by_label("What I saw")).to_have_value("")
        assert desk.evaluate(COPIES) == 0

    def test_stays_on_the_page_when_the_sign_in_ends(self, desk: Page, here: Living):
        desk.get_by_label("What I saw").fill("Typed before it ended.")
        with here.database.transaction(SYSTEM) as tx:
            tx.run("update workforce.session set ends_at = now() - interval '1 minute'")

        expect(desk.locator("#signed-out")).to_be_visible()
        expect(desk.get_by_label("What I saw")).to_have_value("Typed before it ended.")
        assert desk.evaluate(COPIES) == 1
