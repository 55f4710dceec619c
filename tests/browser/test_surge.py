"""A surge lever, in a real browser: pulled, announced on every page, over by itself."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from assize.kernel import clock
from assize.workforce import service as workforce
from assize.workforce.models import SYSTEM, Role
from builders.living import PASSWORD, Living
from builders.waiting import eventually


def nothing_is_pulled(page: Page, here: Living) -> bool:
    page.goto(f"{here.url}/surge")
    return page.get_by_text("Nothing is pulled.").is_visible() and page.locator(".bar").count() == 0


class TestSurge:
    @pytest.mark.parametrize("how", ["by itself", "early"])
    def test_lever_is_announced_on_every_page_and_ends(self, page, here, how):
        here.person("olga", Role.OPERATIONS_MANAGER)
        page.goto(here.url)
        page.get_by_label("E-mail").fill("olga@example.org")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_load_state("networkidle")

        page.goto(f"{here.url}/surge")
        expect(page.get_by_text("Nothing is pulled.")).to_be_visible()
        lever = page.get_by_role("region", name="Relax the targets of a queue")
        lever.get_by_label("Which queue").select_option(index=1)
        lever.get_by_label("For hours").fill("3")
        lever.get_by_label("Why").fill("A flood of scam reports")
        with page.expect_navigation():
            lever.get_by_role("button", name="Pull").click()
        for path in ("/", "/enforcement", "/operations"):
            page.goto(f"{here.url}{path}")
            bar = page.locator(".bar", has_text="Relax the targets")
            expect(bar).to_contain_text("pulled by Olga until")
            expect(bar).to_contain_text("A flood of scam reports")
            expect(bar.get_by_role("link", name="What this changes")).to_have_attribute("href", "/surge")

        if how == "early":
            page.goto(f"{here.url}/surge")
            with page.expect_navigation():
                page.get_by_role("button", name="End now").click()
        else:
            with here.database.transaction(SYSTEM) as tx:
                tx.run(
                    "update workforce.lever_pull set pulled_at = %(before)s, until = %(now)s",
                    {"before": clock.now() - timedelta(hours=3), "now": clock.now()},
                )
        eventually(lambda: nothing_is_pulled(page, here))  # a server knows for a moment what was pulled

        if how == "by itself":
            workforce.sweep_levers(here.database, at=clock.now())
            page.reload()
            expect(page.get_by_role("cell", name="by itself")).to_be_visible()
        else:
            expect(page.get_by_role("cell", name="early")).to_be_visible()
