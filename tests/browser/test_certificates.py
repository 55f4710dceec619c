"""One journey to a certificate and away from it, by the same pages: once by a person, once by a machine."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from assize.kernel import clock
from assize.kernel.ids import ReviewerId
from assize.platform.db import Database
from assize.review.models import Decision, DecisionState
from assize.workforce.models import SYSTEM, Role
from builders.browsing import sign_in
from builders.living import PASSWORD, Living, living
from builders.review import a_policy
from builders.trials import a_labeler, a_person, decided_by, labelled, looked_at

pytestmark = pytest.mark.browser
AUDITS = 20


@pytest.fixture
def here(fresh_database: Database, tmp_path: Path) -> Iterator[Living]:
    with living(fresh_database, tmp_path) as alive:
        with alive.database.transaction(SYSTEM) as tx:
            a_policy(tx, at=clock.now())
        yield alive


class Desks:
    """A browser for each person."""

    def __init__(self, browser: Browser, here: Living):
        self.browser = browser
        self.here = here
        self.contexts: list[Any] = []

    def of(self, name: str, *roles: Role) -> Page:
        if roles:
            self.here.person(name, *roles)
        context = self.browser.new_context(viewport={"width": 1280, "height": 900})
        context.set_default_timeout(20_000)
        self.contexts.append(context)
        page = context.new_page()
        sign_in(page, self.here, name)
        return page


@pytest.fixture
def desks(browser: Browser, here: Living) -> Iterator[Desks]:
    made = Desks(browser, here)
    yield made
    for context in made.contexts:
        context.close()


def a_candidate(here: Living, kind: str) -> ReviewerId:
    if kind == "machine":
        return a_labeler(here.database, "candidate")
    return a_person(here.database, "candidate", password=PASSWORD)


def decides(here: Living, kind: str, reviewer_id: ReviewerId) -> Decision:
    by = labelled if kind == "machine" else decided_by
    return by(here.database, reviewer_id, at=clock.now())


def audited(here: Living, *decisions: Decision, wrong: bool = False) -> None:
    at = clock.now() + timedelta(minutes=2)
    looked_at(here.database, here.settings, *decisions, wrong=wrong, at=at)


def asked_for(page: Page, here: Living, kind: str) -> None:
    """Ask for the certificate on the page, and begin what tries it."""
    page.goto(f"{here.url}/quality/certificates")
    page.get_by_label("Reviewer").select_option(label="candidate (machine)" if kind == "machine" else "candidate")
    page.get_by_label("Clauses").fill("HAR")
    page.get_by_label("Errors below, %").fill("50")
    page.get_by_label("Looked at again, %").fill("100")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_text("decides nothing yet")).to_be_visible()
    page.get_by_role("button", name="Begin a trial in shadow" if kind == "machine" else "Begin double review").click()


def granted(page: Page, here: Living, kind: str, address: str) -> None:
    """Let them decide alone, as somebody else than whoever asked."""
    page.goto(address)
    expect(page.get_by_text("none: the evidence is enough")).to_be_visible()
    expect(page.get_by_role("img", name="Logarithm of the evidence")).to_be_visible()
    page.get_by_text("As a table").click()
    expect(page.get_by_role("rowheader", name=str(AUDITS), exact=True)).to_be_visible()
    words = "Let it decide alone" if kind == "machine" else "Appoint to decide alone"
    page.get_by_role("button", name=words).click()
    expect(page.get_by_text("alone: decides alone")).to_be_visible()
    assert here.url in page.url


@pytest.mark.parametrize("kind", ["person", "machine"])
def test_a_certificate_is_earned_and_lost_by_the_same_pages(here: Living, desks: Desks, kind: str):
    candidate = a_candidate(here, kind)
    quinn = desks.of("quinn", Role.QA_LEAD)
    olga = desks.of("olga", Role.OPERATIONS_MANAGER)

    asked_for(quinn, here, kind)
    address = quinn.url
    before = [decides(here, kind, candidate) for _ in range(AUDITS)]
    audited(here, *before)
    granted(olga, here, kind, address)
    alone = decides(here, kind, candidate)
    later = [decides(here, kind, candidate) for _ in range(AUDITS)]
    audited(here, *later, wrong=True)
    olga.goto(address)

    assert {one.state for one in before}.isdisjoint({DecisionState.STANDS})
    assert alone.state is DecisionState.STANDS
    expect(olga.get_by_text("confidence at most").first).to_be_visible()
    if kind == "machine":
        expect(
            olga.get_by_text("suspended: may not decide alone; errs more than it may, by the e-CUSUM")
        ).to_be_visible()
        assert decides(here, kind, candidate).state is DecisionState.RECORDED
        return
    expect(olga.get_by_text("alone: decides alone")).to_be_visible()
    heard_and_concluded(desks, olga, address)
    assert decides(here, kind, candidate).state is DecisionState.PROPOSED


def heard_and_concluded(desks: Desks, olga: Page, address: str) -> None:
    """A manager coaches, the person reads it without a count and replies, the manager concludes."""
    expect(olga.get_by_role("heading", name="A recommendation")).to_be_visible()
    olga.get_by_label("Why a second person bears each decision").fill("At once.")
    olga.get_by_role("button", name="Double review").click()
    expect(olga.get_by_role("alert")).to_contain_text("Coach first")
    olga.get_by_label("How they were coached").fill("We went through them together.")
    olga.get_by_role("button", name="Keep the coaching").click()
    expect(olga.get_by_text("We went through them together.").first).to_be_visible()

    theirs = desks.of("candidate")
    theirs.goto(address)
    expect(theirs.get_by_text("We went through them together.")).to_be_visible()
    expect(theirs.get_by_text("audits")).to_have_count(0)
    theirs.get_by_label("What I have to say").fill("Half of them were ambiguous.")
    theirs.get_by_role("button", name="Reply").click()

    olga.goto(address)
    expect(olga.get_by_text("Half of them were ambiguous.")).to_be_visible()
    olga.get_by_label("Why a second person bears each decision").fill("Together for a while.")
    olga.get_by_role("button", name="Double review").click()
    expect(olga.get_by_text("assist: proposes")).to_be_visible()

    theirs.goto(olga.url.partition("/quality")[0] + "/quality/certificates")
    expect(theirs.get_by_text("Yours changed:").first).to_be_visible()
