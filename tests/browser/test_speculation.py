"""Pages of the navigation are fetched as their link is pressed; nothing is claimed, opened or recorded by it."""

import pytest
from playwright.sync_api import Page, expect

from assize.workforce.models import SYSTEM, Role
from builders.browsing import an_event, sign_in
from builders.living import Living

pytestmark = pytest.mark.browser


def kept(here: Living) -> dict[str, int]:
    """What a GET must leave as it is: facts, claims, presence, openings."""
    with here.database.transaction(SYSTEM) as tx:
        return {
            "facts": int(tx.value("select count(*) from platform.fact")),
            "claimed": int(tx.value("select count(*) from review.task where state <> 'open'")),
            "present": int(tx.value("select count(*) from review.presence")),
            "opened": int(tx.value("select count(*) from review.opening")),
        }


@pytest.fixture
def signed_in(page: Page, here: Living) -> Page:
    here.person("ana", Role.EXPERT)
    with here.client(here.platform_key()) as platform:
        assert platform.post("/v1/events", json={"events": [an_event("sim-frd-2-strong")]}).is_success
    here.work()
    sign_in(page, here, "ana")
    return page


def told(page: Page) -> list[str]:
    """Return a list that grows by the address of every page the browser fetches beforehand, as its state changes."""
    seen: list[str] = []
    session = page.context.new_cdp_session(page)
    session.on("Preload.prefetchStatusUpdated", lambda one: seen.append(f"{one['status']} {one['prefetchUrl']}"))
    session.send("Preload.enable")
    return seen


class TestSpeculation:
    def test_fetches_a_page_as_its_link_is_pressed_and_changes_nothing(self, signed_in: Page, here: Living):
        said: list[str] = []
        signed_in.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        seen = told(signed_in)
        signed_in.reload(wait_until="networkidle")
        before = kept(here)

        signed_in.get_by_role("link", name="Queues", exact=True).first.hover()
        signed_in.mouse.down()
        ready = f"Ready {here.url}/queues"
        while ready not in seen:
            signed_in.wait_for_timeout(20)
        during = kept(here)
        signed_in.mouse.up()
        expect(signed_in.get_by_role("heading", name="Queues", exact=True)).to_be_visible()
        how = signed_in.evaluate("performance.getEntriesByType('navigation')[0].deliveryType")

        assert during == before
        assert said == []
        assert how == "navigational-prefetch"

    def test_fetches_no_page_of_a_case(self, signed_in: Page, here: Living):
        signed_in.goto(f"{here.url}/queues/influence-fraud", wait_until="networkidle")
        seen = told(signed_in)

        signed_in.locator("a[href^='/cases/']").first.click()
        signed_in.wait_for_url("**/cases/*")
        how = signed_in.evaluate("performance.getEntriesByType('navigation')[0].deliveryType")

        assert seen == []
        assert how == ""
