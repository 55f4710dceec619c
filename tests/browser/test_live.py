"""Pages that stay current, in a real browser: counts, presence, and what a person is typing."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from assize.kernel import clock
from assize.workforce.models import Role
from builders.living import PASSWORD, Living


@pytest.fixture
def other(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


def an_event(number: int) -> dict[str, Any]:
    turns = [{"role": "user", "text": f"sim-frd-1-strong offer {'abcdefghij'[number] * 9} {number}"}]
    at = clock.now().isoformat()
    return {"external_id": f"e-{number}", "occurred_at": at, "subject": {"account": f"acct-{number}"}, "turns": turns}


def send(here: Living, *numbers: int) -> None:
    with here.client(here.platform_key()) as platform:
        assert platform.post("/v1/events", json={"events": [an_event(one) for one in numbers]}).status_code == 202
    here.work()


def sign_in(page: Page, here: Living, name: str) -> None:
    page.goto(here.url)
    page.get_by_label("E-mail").fill(f"{name}@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Now", exact=True)).to_be_visible()


class TestLive:
    def test_counts_what_comes_in(self, page: Page, here: Living):
        here.person("ana", Role.EXPERT)
        sign_in(page, here, "ana")
        page.goto(f"{here.url}/queues")
        waiting = page.locator('[data-count="Waiting"]')
        expect(waiting).to_have_text("0")

        send(here, 1, 2)

        expect(waiting).to_have_text("2")
        expect(page.locator("#queue-tasks tbody tr")).to_have_count(2)

    def test_keeps_operations_current_with_their_figures(self, page: Page, here: Living):
        here.person("olga", Role.OPERATIONS_MANAGER)
        sign_in(page, here, "olga")
        send(here, 1)
        page.goto(f"{here.url}/operations?span=24h")
        came_in = page.locator("#operations-now .stat", has_text="Came in").locator(".value")
        expect(came_in).to_have_text("1")
        drawn = page.locator("#operations-figures img").first.get_attribute("src")

        send(here, 2, 3)

        expect(came_in).to_have_text("3")
        expect(page.locator("#operations-figures img").first).not_to_have_attribute("src", str(drawn))

    def test_leaves_what_is_being_typed_alone(self, page: Page, here: Living):
        here.person("ana", Role.EXPERT)
        sign_in(page, here, "ana")
        page.goto(f"{here.url}/handover")
        page.get_by_label("What I saw").fill("Half a thought")

        page.get_by_role("button", name="Keep for later").click()
        page.wait_for_load_state()

        expect(page.get_by_label("What I saw")).to_have_value("Half a thought")

    def test_shows_two_people_on_one_case_to_each_other(self, page: Page, other: Page, here: Living):
        here.person("ana", Role.EXPERT)
        here.person("ben", Role.EXPERT)
        send(here, 1)
        sign_in(page, here, "ana")
        sign_in(other, here, "ben")
        page.keyboard.press("s")
        expect(page.get_by_role("heading", name="Decide")).to_be_visible()

        other.goto(page.url)

        expect(other.locator("#also-here")).to_have_text("Also here: Ana (has it in hand)")
        expect(page.locator("#also-here")).to_have_text("Also here: Ben")
