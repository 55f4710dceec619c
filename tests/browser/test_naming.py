"""Naming somebody in a note: offered by keys while a name is typed, only who may see the case; a page of its own without a script."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from assize.platform.db import Database
from assize.triage import service as triage
from assize.workforce.models import SYSTEM, Role
from builders.browsing import an_event, sign_in
from builders.living import Living

pytestmark = pytest.mark.browser


def a_case(here: Living) -> str:
    with here.client(here.platform_key()) as platform:
        sent = platform.post("/v1/events", json={"events": [an_event("sim-frd-2-strong")]})
    assert sent.status_code == 202
    here.work()
    with here.database.transaction(SYSTEM) as tx:
        return str(tx.value("select id from triage.case"))


def notes(database: Database) -> list[dict[str, Any]]:
    with database.transaction(SYSTEM) as tx:
        return tx.rows("select n.body, m.reviewer_id from review.note n left join review.mention m on m.note_id = n.id")


class TestNaming:
    def test_is_offered_by_keys_to_who_may_see_the_case(self, page: Page, here: Living):
        here.person("ana", Role.ANALYST, compartments=["sealed"])
        bea, _ = here.person("bea", Role.ANALYST, compartments=["sealed"])
        here.person("benno", Role.ANALYST, compartments=["sealed"])
        here.person("bert", Role.ANALYST)
        case_id = a_case(here)
        with here.database.transaction(SYSTEM) as tx:
            triage.restrict(tx, case_id=case_id, compartment="sealed", at=triage.case(tx, case_id).opened_at)
        sign_in(page, here, "ana")
        page.goto(f"{here.url}/cases/{case_id}", wait_until="load")
        note = page.get_by_label("Note on this case")

        note.press_sequentially("Please look, @be")
        expect(page.get_by_role("listbox", name="People").get_by_role("option")).to_have_text(["Bea", "Benno"])
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowUp")
        page.keyboard.press("Enter")
        expect(note).to_have_value("Please look, @Bea ")
        expect(page.get_by_role("listbox", name="People")).to_have_count(0)
        page.keyboard.type("and @x")
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Add", exact=True).click()
        page.wait_for_load_state("load")

        assert notes(here.database) == [{"body": "Please look, @Bea and @x", "reviewer_id": bea}]

    def test_is_done_on_a_page_of_its_own_without_a_script(self, browser, here: Living):
        here.person("ana", Role.ANALYST)
        bea, _ = here.person("bea", Role.ANALYST)
        case_id = a_case(here)
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(here.url)
        page.get_by_label("E-mail").fill("ana@example.org")
        page.get_by_label("Password").fill("a password of the tests")
        page.get_by_role("button", name="Sign in").click()

        page.goto(f"{here.url}/cases/{case_id}")
        page.get_by_role("link", name="Whom you can name").click()
        page.get_by_label("Note on this case").fill("Please look.")
        page.get_by_label("Name somebody").fill("Bea")
        page.get_by_role("button", name="Add", exact=True).click()

        expect(page.get_by_text("Please look.")).to_be_visible()
        assert notes(here.database) == [{"body": "Please look.\n@Bea", "reviewer_id": bea}]
        context.close()
