"""Somebody or something was faster: both versions are shown, what was typed is kept, and deciding again is one key."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from assize.kernel import clock
from assize.platform.db import Database
from assize.policy import service as policy
from assize.review import service as review
from assize.workforce.models import SYSTEM, PrincipalKind, Role
from builders.browsing import Sent, facts, press, send, sign_in, take
from builders.living import Living, living

pytestmark = pytest.mark.browser

WHY = "The passage names what the clause is about, and nothing in it excepts it."
NEWER = "Since today also where many people are meant."


@pytest.fixture(scope="module")
def here(module_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    with living(module_database, tmp_path_factory.mktemp("conflicts"), grace_s=600) as alive:
        yield alive


def half_decided(page: Page, here: Living, name: str, text: str) -> Sent:
    """Let somebody have a case in hand, with all typed and nothing sent."""
    here.person(name, Role.ANALYST)
    sent = send(here, text)
    sign_in(page, here, name)
    take(page, here, sent)
    press(page, "1", "v", "1", "w")
    page.keyboard.type(WHY)
    expect(page.locator("#kept")).to_contain_text("Kept")
    return sent


def reword(here: Living, clause_id: str) -> None:
    """Publish the policy with more words in the scope of one clause, by two people."""
    author, second = (replace(SYSTEM, id=f"rev_{one}", kind=PrincipalKind.PERSON) for one in ("author", "second"))
    with here.database.transaction(author) as tx:
        before = policy.current(tx)
        clauses = tuple(
            replace(one, scope=f"{one.scope} {NEWER}") if one.id == clause_id else one for one in before.clauses
        )
        pack = replace(policy.load("starter"), version="1.0.1", clauses=clauses)
        proposal = policy.propose(tx, pack=pack, at=clock.now(), reason="wider")
    with here.database.transaction(second) as tx:
        policy.publish_proposal(tx, proposal_id=proposal.id, at=clock.now(), reason="read and right")


def decided_by_another(here: Living, name: str, sent: Sent) -> None:
    """Let the lease of whoever has the task run out, and somebody else decide it."""
    _, key = here.person(name, Role.ANALYST)
    review.sweep_leases(here.database, at=clock.now() + 2 * review.LEASE)
    judgement = {
        "findings": [{"clause_id": "FRD-2", "verdict": "no_violation", "locus": "user"}],
        "reason_codes": ["no-violation"],
        "rationale": "It is told as a warning to others.",
    }
    with here.client(key) as client:
        client.post(f"/v1/tasks/{sent.task_id}/claim").raise_for_status()
        client.post(f"/v1/tasks/{sent.task_id}/open", json={"purpose": "review"}).raise_for_status()
        client.post(f"/v1/tasks/{sent.task_id}/decision", json=judgement).raise_for_status()


class TestConflict:
    def test_of_a_reworded_clause_shows_its_words_before_and_after(self, page: Page, here: Living):
        sent = half_decided(page, here, "ana", "sim-frd-2-strong one alone")
        reword(here, "FRD-2")

        page.keyboard.press("Control+Enter")
        conflict = page.locator("#conflict")
        expect(conflict).to_be_focused()
        before, after = conflict.locator(".halves").first.locator("> div").all()
        told = (before.inner_text(), after.inner_text())
        again = facts(here, "DecisionMade", sent.case_id)
        page.keyboard.press("Enter")
        expect(page.locator("#undo-bar")).to_be_visible()

        assert NEWER not in told[0]
        assert NEWER in told[1]
        assert again == 0
        assert facts(here, "DecisionMade", sent.case_id) == 1

    def test_keeps_what_was_typed_beside_what_changed(self, page: Page, here: Living):
        sent = half_decided(page, here, "bea", "sim-frd-2-strong quite other words than those")
        send(here, "sim-frd-2-strong and one more thing that was said by them", account=sent.account)
        expect(page.locator("#newer")).to_be_visible()

        page.keyboard.press("Control+Enter")
        conflict = page.locator("#conflict")
        expect(conflict).to_be_focused()

        expect(conflict).to_contain_text("New or changed evidence: 1 event")
        expect(page.locator("article.event .tag", has_text="came after")).to_have_count(1)
        expect(page.locator("#mine-text")).to_have_value(WHY)
        expect(page.locator("#rationale")).to_have_value(WHY)
        assert facts(here, "DecisionMade", sent.case_id) == 0
        page.keyboard.press("Enter")
        expect(page.locator("#undo-bar")).to_be_visible()
        assert facts(here, "DecisionMade", sent.case_id) == 1

    def test_with_another_decision_shows_mine_beside_what_stands(self, page: Page, here: Living):
        page.route("**/live?*", lambda route: route.abort())  # or it would be told before anything is sent
        page.route("**/lease", lambda route: route.abort())
        sent = half_decided(page, here, "cleo", "sim-frd-2-strong something else again entirely")
        decided_by_another(here, "dan", sent)

        page.keyboard.press("Control+Enter")
        conflict = page.locator("#conflict")
        expect(conflict).to_be_focused()

        expect(conflict).to_contain_text("Dan")
        expect(conflict).to_contain_text("no violation")
        expect(conflict).to_contain_text("It is told as a warning to others.")
        expect(page.locator("#mine-text")).to_have_value(WHY)
        expect(page.locator("#send")).to_be_disabled()
        assert facts(here, "DecisionMade", sent.case_id) == 1
        page.reload(wait_until="load")
        expect(page.get_by_label("Reasons in prose").first).to_have_value(WHY)
