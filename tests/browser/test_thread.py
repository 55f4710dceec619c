"""The thread, in a real browser: from an event on the wire to an enforced, audited decision."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from assize.audit import service as audit
from assize.kernel import clock
from assize.platform.db import Database
from assize.workforce.models import SYSTEM, Role
from builders.browsing import an_event, sign_in
from builders.living import Living, living
from builders.receiving import Receiver, a_receiver, confirming

HOSTILE = "sim-frd-1-strong <script>document.title='owned'</script> \u202e evil"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with a_receiver(confirming) as started:
        yield started


@pytest.fixture
def wired(fresh_database: Database, tmp_path: Path, receiver: Receiver) -> Iterator[Living]:
    with living(fresh_database, tmp_path, webhook=receiver.url) as alive:
        yield alive


class TestThread:
    def test_runs_from_an_event_to_a_confirmed_effect(self, page, wired, receiver):
        wired.person("ana", Role.EXPERT)
        with wired.client(wired.platform_key()) as platform:
            assert platform.post("/v1/events", json={"events": [an_event(HOSTILE)]}).status_code == 202
        wired.work()

        sign_in(page, wired, "ana")
        page.keyboard.press("s")
        expect(page.get_by_role("heading", name="Decide")).to_be_visible()
        page.wait_for_load_state("networkidle")
        assert "owned" not in page.content()
        page.keyboard.press("o")
        expect(page.get_by_text("⟦202E⟧")).to_be_visible()
        assert page.title() != "owned"
        page.wait_for_load_state("networkidle")
        page.keyboard.press("1")
        page.keyboard.press("v")
        page.locator("[data-row^='enforce|']:checked").uncheck()
        page.get_by_label("Warn", exact=False).first.check()
        page.locator("input[name=reason]:visible").first.check()
        page.get_by_label("Reasons in prose").fill("A scheme of the kind the clause names, offered to many.")
        page.get_by_role("button", name="Decide and take the next").click()
        expect(page.get_by_role("heading", name="Decided", exact=True)).to_be_visible()
        wired.work()

        assert [got.event["type"] for got in receiver.got]
        with wired.database.transaction(SYSTEM) as tx:
            assert tx.value("select count(*) from platform.fact where kind = 'EffectConfirmed'") >= 1
        audit.checkpoint(wired.database, settings=wired.settings, at=clock.now())
        assert audit.verify(wired.database, settings=wired.settings).holds

    def test_reading_pages_claims_and_opens_nothing(self, page, wired):
        wired.person("ana", Role.EXPERT)
        with wired.client(wired.platform_key()) as platform:
            platform.post("/v1/events", json={"events": [an_event("sim-frd-1-strong")]})
        wired.work()
        sign_in(page, wired, "ana")

        page.get_by_role("link", name=re.compile("Influence|fraud", re.IGNORECASE)).first.click()
        page.locator("main a[href^='/cases/']").first.click()

        expect(page.get_by_text("Not opened.").first).to_be_visible()
        with wired.database.transaction(SYSTEM) as tx:
            assert tx.value("select count(*) from platform.fact where kind in ('TaskClaimed', 'ContentOpened')") == 0
