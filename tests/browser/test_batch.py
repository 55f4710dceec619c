"""Near-duplicates decided together, by keyboard: each seen at a glance, one decision for each, and one way back for all."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from assize.platform.db import Database
from assize.workforce.models import SYSTEM, Role
from builders.browsing import Sent, facts, focused, press, send, sign_in, take
from builders.living import Living, living

pytestmark = pytest.mark.browser

TEXTS = (
    "sim-frd-2-strong one alone of its kind",
    "sim-frd-2-strong quite other words than those",
    "sim-frd-2-strong and something else again here",
)


@pytest.fixture(scope="module")
def here(module_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    with living(module_database, tmp_path_factory.mktemp("batch"), grace_s=600) as alive:
        yield alive


def alike(here: Living) -> list[Sent]:
    """Send what a platform takes for nearly the same."""
    sent = [send(here, text) for text in TEXTS]
    with here.database.transaction(SYSTEM) as tx:
        tx.run(
            "update triage.case set near_duplicate = 7 where id = any(%(ids)s)", {"ids": [one.case_id for one in sent]}
        )
    return sent


def standing(here: Living) -> dict[str, str]:
    """Return the decisions that stand: of which case, on which event."""
    with here.database.transaction(SYSTEM) as tx:
        rows = tx.rows(
            "select d.case_id, f.event_id from review.decision d join review.finding f on f.decision_id = d.id"
            " where d.state = 'stands'"
        )
    return {row["case_id"]: row["event_id"] for row in rows}


class TestBatch:
    def test_is_seen_decided_and_taken_back_by_keys(self, page: Page, here: Living):
        here.person("ana", Role.ANALYST)
        sent = alike(here)
        sign_in(page, here, "ana")
        take(page, here, sent[0], opening=False)

        press(page, "l", "b")
        expect(page.locator("article.glance")).to_have_count(3)
        page.wait_for_load_state("load")
        unseen = page.locator("article.glance").all_inner_texts()
        assert focused(page) == "button#open-content"
        page.keyboard.press("o")
        for text in TEXTS:
            expect(page.locator("article.glance", has_text=text)).to_be_visible()
        page.wait_for_load_state("load")
        assert focused(page) == "input[clause]"
        press(page, "1", "v", "1", "Enter")
        expect(page.locator("#problems")).to_be_focused()
        decided_unlooked = facts(here, "DecisionMade")
        page.wait_for_load_state("load")
        press(page, "k", "Enter")
        expect(page.get_by_role("heading", name="What became of each")).to_be_visible()
        page.wait_for_load_state("load")
        made = standing(here)
        page.keyboard.press("z")
        expect(page.get_by_role("heading", name="Taken back")).to_be_visible()

        assert all(text not in one for text in TEXTS for one in unseen)
        assert decided_unlooked == 0
        assert sorted(made) == sorted(one.case_id for one in sent)
        assert len(set(made.values())) == 3
        assert facts(here, "DecisionMade") == facts(here, "DecisionUndone") == 3
        assert standing(here) == {}
        expect(page.locator("#became")).to_be_focused()
