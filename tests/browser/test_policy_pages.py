"""A draft of the policy becomes a published version, and a rule goes from a draft to on: by two people, in a browser."""

import pytest
from playwright.sync_api import Page, expect

from assize.workforce.models import Role
from builders.browsing import sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def second_page(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


def press(page: Page, *keys: str) -> None:
    page.wait_for_load_state("networkidle")  # keys are heard once the page's script has come
    for key in keys:
        page.keyboard.press(key)


class TestDraft:
    def test_becomes_a_published_version_by_two_people_and_the_keyboard_alone(self, page, second_page, here):
        here.person("ada", Role.POLICY_OWNER)
        here.person("ben", Role.POLICY_OWNER)
        sign_in(page, here, "ada")
        sign_in(second_page, here, "ben")

        page.goto(f"{here.url}/policy/drafts")
        press(page, "d")
        page.keyboard.type("A wider clause")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="A wider clause")).to_be_visible()
        page.goto(f"{page.url}/edit?file=text/FRD-1.md")
        press(page, "e", "Control+End")
        page.keyboard.type("\nOf many people.")
        expect(page.get_by_text("Checked as it stands here; not kept yet.")).to_be_visible()
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Keep").press("Enter")
        expect(page.get_by_text("Kept.")).to_be_visible()
        press(page, "b")
        expect(page.locator("ins", has_text="Of many people.")).to_be_visible()
        press(page, "r")
        page.keyboard.type("wider")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Somebody else publishes this")).to_be_visible()

        second_page.goto(page.url)
        press(second_page, "r")
        second_page.keyboard.type("read and right")
        second_page.keyboard.press("Tab")
        second_page.keyboard.press("Enter")

        expect(second_page.get_by_text("In force.")).to_be_visible()
        expect(second_page.get_by_role("heading", name="starter 1.0.1")).to_be_visible()


class TestRule:
    def test_goes_from_a_draft_to_shadow_to_on(self, page, second_page, here):
        here.person("ada", Role.POLICY_OWNER)
        here.person("ben", Role.POLICY_OWNER)
        sign_in(page, here, "ada")
        sign_in(second_page, here, "ben")

        page.goto(f"{here.url}/rules/new")
        press(page, "e")
        page.keyboard.type("event.turn_count > ")
        expect(page.locator(".wrong-place")).to_be_visible()
        page.keyboard.type("1")
        expect(page.get_by_text("It compiles")).to_be_visible()
        page.get_by_label("Id", exact=True).fill("ours")
        page.get_by_label("Title").fill("Long talks")
        page.get_by_role("button", name="Try on the last").press("Enter")
        expect(page.get_by_text("There are no events yet.")).to_be_visible()
        page.get_by_role("button", name="Keep, off").press("Enter")
        expect(page.get_by_role("heading", name="Long talks")).to_be_visible()
        press(page, "h")
        expect(page.get_by_text("You wrote this version: somebody else switches it on.")).to_be_visible()
        expect(page.locator(".head .tag.info")).to_have_text("shadow")
        second_page.goto(page.url)
        press(second_page, "1")

        expect(second_page.locator(".head .tag.good")).to_have_text("on")
