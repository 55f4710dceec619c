"""Deciding by keyboard: a routine case in at most six keystrokes, a grave one on purpose in more; nothing typed is lost."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from assize.kernel import clock
from assize.review import service as review
from assize.workforce.models import SYSTEM, Role
from builders.browsing import an_event, sign_in
from builders.living import PASSWORD, Living, living

ROUTINE, GRAVE = "sim-frd-2-strong", "sim-cse-1-strong"


@pytest.fixture
def graced(fresh_database, tmp_path):
    with living(fresh_database, tmp_path, grace_s=30) as alive:
        yield alive


class Keys:
    """A keyboard that counts."""

    def __init__(self, page: Page):
        self.page = page
        self.count = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.count += 1


def cases(here: Living, *texts: str, apart: bool = True) -> None:
    events: list[dict[str, Any]] = []
    for number, text in enumerate(texts):
        subject = {"account": f"acct-{number if apart else 0}", "conversation": f"conv-{number}"}
        events.append(an_event(text, external_id=f"e-{number}", subject=subject))
    with here.client(here.platform_key()) as platform:
        assert platform.post("/v1/events", json={"events": events}).status_code == 202
    here.work()


def ready(page: Page) -> None:
    expect(page.get_by_role("heading", name="Decide")).to_be_visible()
    page.wait_for_load_state("networkidle")


def facts(here: Living, kind: str) -> int:
    with here.database.transaction(SYSTEM) as tx:
        return int(tx.value("select count(*) from platform.fact where kind = %(kind)s", {"kind": kind}))


def opened(page: Page) -> None:
    """Take the gravest case and open it, by keys."""
    page.keyboard.press("s")
    ready(page)
    page.keyboard.press("o")
    expect(page.locator("#open-content")).to_have_count(0)
    page.wait_for_load_state("networkidle")


def signing_in(page: Page) -> None:
    page.get_by_label("E-mail").fill("ana@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def lose_leases(here: Living) -> None:
    review.sweep_leases(here.database, at=clock.now() + 2 * review.LEASE)


def end_sessions(here: Living) -> None:
    with here.database.transaction(SYSTEM) as tx:
        tx.run("update workforce.session set ends_at = now() - interval '1 minute'")


class TestRoutineCase:
    def test_is_decided_in_six_keystrokes_and_the_next_is_on_screen(self, page, graced):
        graced.person("ana", Role.ANALYST)
        cases(graced, f"{ROUTINE} one alone", f"{ROUTINE} quite another thing that was said elsewhere")
        sign_in(page, graced, "ana")
        keys = Keys(page)

        keys.press("s")
        ready(page)
        first = page.url
        keys.press("o")
        expect(page.locator("#open-content")).to_have_count(0)
        page.wait_for_load_state("networkidle")
        keys.press("1", "v", "1", "Enter")
        expect(page.locator("#undo-bar")).to_be_visible()

        assert keys.count == 6
        assert page.url.split("?")[0] != first
        assert facts(graced, "DecisionMade") == 1
        expect(page.locator("#undo-bar")).to_contain_text(re.compile(r"Undo \(\d+ s\)"))

    def test_is_undone_by_one_key_within_the_grace_time_with_what_was_typed(self, page, graced):
        graced.person("ana", Role.ANALYST)
        cases(graced, ROUTINE)
        sign_in(page, graced, "ana")
        opened(page)
        first = page.url
        Keys(page).press("1", "v", "1", "Enter")
        expect(page.get_by_role("heading", name="Decided", exact=True)).to_be_visible()
        page.wait_for_load_state("networkidle")

        page.keyboard.press("z")
        ready(page)

        assert page.url == first
        expect(page.get_by_label("Violation", exact=False).first).to_be_checked()
        expect(page.locator("input[name=clause]").first).to_be_checked()
        expect(page.locator("#other-clause")).not_to_be_checked()
        assert facts(graced, "DecisionUndone") == 1


class TestGraveCase:
    def test_asks_for_prose_and_for_the_target_before_it_is_decided(self, page, graced):
        graced.person("ana", Role.EXPERT)
        cases(graced, GRAVE)
        sign_in(page, graced, "ana")
        opened(page)
        keys = Keys(page)

        keys.press("1", "v", "1", "Enter")
        expect(page.locator("#problems")).to_contain_text("Not decided yet")
        expect(page.locator("#confirm")).to_be_visible()
        assert facts(graced, "DecisionMade") == 0
        page.wait_for_load_state("networkidle")
        keys.press("w")
        page.keyboard.type("The passage names what the clause is about, without any context that excepts it.")
        keys.press("Tab")
        page.evaluate("document.activeElement.blur()")
        keys.press("k")
        for _ in range(page.locator("[name=confirm]").count()):
            keys.press(str(_ + 1))
        expect(page.locator("[name=confirm]:checked")).to_have_count(page.locator("[name=confirm]").count())
        keys.press("Enter")

        expect(page.get_by_role("heading", name="Decided", exact=True)).to_be_visible()
        assert facts(graced, "DecisionMade") == 1


class TestDraft:
    def test_outlives_a_reload_and_a_lost_task_and_comes_back_with_it(self, page, graced):
        graced.person("ana", Role.ANALYST)
        cases(graced, ROUTINE)
        sign_in(page, graced, "ana")
        opened(page)
        page.get_by_label("Reasons in prose").fill("Kept through everything.")
        expect(page.locator("#kept")).to_contain_text("Kept")

        page.reload()
        ready(page)
        expect(page.get_by_label("Reasons in prose")).to_have_value("Kept through everything.")
        lose_leases(graced)
        page.evaluate("document.dispatchEvent(new Event('live:swapped'))")
        expect(page.locator("#lost")).to_contain_text("You no longer have this task")
        expect(page.locator("#send")).to_be_disabled()
        expect(page.get_by_label("Reasons in prose")).to_have_value("Kept through everything.")
        page.get_by_role("button", name="Take it in hand again").click()
        ready(page)

        expect(page.get_by_label("Reasons in prose")).to_have_value("Kept through everything.")

    def test_outlives_a_lost_connection_in_this_browser(self, page, graced):
        graced.person("ana", Role.ANALYST)
        cases(graced, ROUTINE)
        sign_in(page, graced, "ana")
        opened(page)

        page.route("**/draft", lambda route: route.abort())
        page.get_by_label("Reasons in prose").fill("Written while nothing could be reached.")
        expect(page.locator("#kept")).to_contain_text(re.compile(r"Not saved since \d\d:\d\d"))
        page.reload()
        ready(page)
        expect(page.get_by_label("Reasons in prose")).to_have_value("Written while nothing could be reached.")
        page.unroute("**/draft")

        expect(page.locator("#kept")).to_contain_text(re.compile(r"^Kept"))
        assert page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('assize.draft')).length") == 0

    @pytest.mark.parametrize("cookie", ["kept", "gone"])
    def test_is_carried_over_an_ended_sign_in_without_a_script(self, browser, graced, cookie):
        graced.person("ana", Role.ANALYST)
        cases(graced, ROUTINE)
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(graced.url)
        signing_in(page)
        page.goto(f"{graced.url}/")
        page.locator("form[action='/claim'] button").first.click()
        page.get_by_label("Reasons in prose").fill("Typed before the sign-in ended.")
        end_sessions(graced)
        if cookie == "gone":
            context.clear_cookies()

        page.get_by_role("button", name="Decide and take the next").click()
        expect(page.get_by_text("Your sign-in ended.")).to_be_visible()
        signing_in(page)
        page.get_by_role("button", name="Go on with what you typed").click()

        expect(page.get_by_label("Reasons in prose")).to_have_value("Typed before the sign-in ended.")
        assert facts(graced, "DecisionMade") == 0
        context.close()


SELECT = """(words) => {
    const said = [...document.querySelectorAll('.said [data-raw], .said')].find((one) => one.childElementCount === 0 && one.textContent.includes(words));
    const range = document.createRange();
    const begins = said.firstChild.data.indexOf(words);
    range.setStart(said.firstChild, begins);
    range.setEnd(said.firstChild, begins + words.length);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
}"""


class TestFinding:
    def test_is_made_by_selecting_text(self, page, graced):
        graced.person("ana", Role.ANALYST)
        cases(graced, f"{ROUTINE} then \u202e a passage that is marked")
        sign_in(page, graced, "ana")
        opened(page)

        page.keyboard.press("1")
        page.keyboard.press("v")
        page.evaluate(SELECT, "a passage")
        expect(page.locator("#mark-bar")).to_be_visible()
        page.keyboard.press("f")
        page.get_by_label("Clause", exact=True).select_option("FRD-3")
        page.get_by_role("button", name="Add", exact=True).click()
        expect(page.locator("#outcome")).to_contain_text("leads")
        page.locator("#other-clause").focus()
        page.keyboard.press("r")
        page.keyboard.press("1")
        page.get_by_label("Reasons in prose").fill("Two things are shown in one conversation, as marked.")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_role("heading", name="Decided", exact=True)).to_be_visible()

        with graced.database.transaction(SYSTEM) as tx:
            found = tx.rows("select clause_id, span_start, span_end from review.finding order by clause_id")
        assert [row["clause_id"] for row in found] == ["FRD-2", "FRD-3"]
        begins = len(f"{ROUTINE} then \u202e ")
        assert (found[1]["span_start"], found[1]["span_end"]) == (begins, begins + len("a passage"))


class TestNextCase:
    def test_comes_in_place_of_this_one_and_back_leads_to_what_was_decided(self, page, graced):
        graced.person("ana", Role.ANALYST)
        cases(graced, f"{ROUTINE} one alone", f"{ROUTINE} quite another thing that was said elsewhere")
        sign_in(page, graced, "ana")
        opened(page)
        first = page.url
        page.evaluate("window.stillHere = true")

        Keys(page).press("1", "v", "1", "Enter")
        expect(page.locator("#undo-bar")).to_be_visible()
        here = page.evaluate("window.stillHere === true")
        title = page.title()
        page.go_back(wait_until="load")

        assert here
        assert page.url == first
        assert page.title() != title
        expect(page.locator("#lost-why")).to_contain_text("This task is decided.")

    def test_is_followed_by_its_precedents_or_by_the_word_that_they_could_not_be_fetched(self, page, graced):
        graced.person("ana", Role.ANALYST)
        cases(graced, *(f"{ROUTINE} {word * 3} of its own" for word in ("one", "two", "three")))
        sign_in(page, graced, "ana")
        opened(page)
        precedents = page.locator("#precedents")

        Keys(page).press("1", "v", "1", "Enter")
        expect(page.locator("#undo-bar")).to_be_visible()
        expect(precedents).to_contain_text("No precedent under the likely clauses.")
        page.route("**/tasks/*?part=precedents", lambda route: route.abort())
        page.keyboard.press("o")
        expect(page.locator("#open-content")).to_have_count(0)
        page.wait_for_load_state("networkidle")
        Keys(page).press("1", "v", "1", "Enter")
        expect(precedents).to_contain_text("They could not be fetched.")
        precedents.get_by_role("link", name="Load the page again").click()

        expect(precedents).to_contain_text("No precedent under the likely clauses.")

    def test_does_not_come_while_the_server_cannot_be_reached_and_what_was_typed_stays(self, page, graced):
        graced.person("ana", Role.ANALYST)
        cases(graced, f"{ROUTINE} one alone")
        sign_in(page, graced, "ana")
        # From before the page is loaded: what a page sends in the moment after a route is set may still pass it.
        page.route("**/decision", lambda route: route.abort())
        opened(page)
        Keys(page).press("1", "v", "1")

        page.keyboard.press("Enter")
        expect(page.locator("#kept")).to_contain_text("Not sent")
        page.unroute("**/decision")
        page.keyboard.press("Enter")

        expect(page.get_by_role("heading", name="Decided", exact=True)).to_be_visible()
        assert facts(graced, "DecisionMade") == 1

    def test_may_be_excepted_by_name(self, page, graced):
        graced.person("ana", Role.ANALYST)
        cases(graced, f"{ROUTINE} and a passage that is marked")
        sign_in(page, graced, "ana")
        opened(page)

        page.keyboard.press("1")
        page.keyboard.press("n")
        page.evaluate(SELECT, "a passage")
        expect(page.locator("#mark-bar")).to_be_visible()
        page.keyboard.press("f")
        page.get_by_label("Verdict", exact=True).select_option("excepted")
        page.get_by_label("Exception", exact=True).select_option(index=0)
        expect(page.locator("#finding-standing-part")).to_be_hidden()
        page.get_by_role("button", name="Add", exact=True).click()

        expect(page.locator("#more-findings li")).to_contain_text("Excepted, exception verified:")
        assert page.locator("[name=finding]").input_value().startswith("FRD-2|excepted|")
        assert page.locator("[name=finding]").input_value().endswith("|verified")

    def test_keeps_an_exception_that_was_only_claimed_beside_a_violation(self, page, graced):
        graced.person("ana", Role.ANALYST)
        cases(graced, ROUTINE)
        sign_in(page, graced, "ana")
        opened(page)

        for key in ("1", "v", "i", "1"):
            page.keyboard.press(key)
        expect(page.locator("select#standing")).to_have_value("claimed")
        for key in ("r", "1", "Enter"):
            page.keyboard.press(key)
        expect(page.get_by_role("heading", name="Decided", exact=True)).to_be_visible()

        with graced.database.transaction(SYSTEM) as tx:
            (found,) = tx.rows("select verdict, exception_standing from review.finding")
        assert (found["verdict"], found["exception_standing"]) == ("violation", "claimed")


class TestHighlight:
    PAINTED = "CSS.highlights.get('marked-highlight').size"

    def test_is_taken_away_by_itself_and_comes_back_with_the_draft(self, page, graced):
        graced.person("ana", Role.ANALYST)
        cases(graced, f"{ROUTINE} one passage and \u202e another that is marked")
        sign_in(page, graced, "ana")
        opened(page)

        for words in ("one passage", "that is marked"):
            page.evaluate(SELECT, words)
            expect(page.locator("#mark-bar")).to_be_visible()
            page.keyboard.press("h")
        expect(page.locator("#highlights li")).to_have_count(2)
        page.locator("#highlights button").first.click()
        expect(page.locator("#highlights li")).to_have_count(1)
        assert page.evaluate(self.PAINTED) == 1
        expect(page.locator("#kept")).to_contain_text("Kept")
        page.reload()
        ready(page)

        expect(page.locator("#highlights li")).to_have_count(1)
        shown = page.evaluate("String([...CSS.highlights.get('marked-highlight')][0])")
        assert shown == "that is marked"
        page.locator("#highlights button").click()
        assert page.evaluate(self.PAINTED) == 0
