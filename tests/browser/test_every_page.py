"""Every page there is, in a real browser: usable by everybody (WCAG 2.2 AA, light and dark), small, quiet, in its frame."""

import os
from collections.abc import Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Page

from assize.platform.db import Database
from assize.platform.http import SESSION_COOKIE
from assize.platform.postgres.cluster import Cluster
from builders.asking import Endpoint, addresses, pages
from builders.world import World, a_world, session_of
from conftest import clone, drop

pytestmark = pytest.mark.browser

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OF_COLOURS = ["color-contrast", "link-in-text-block"]
MOST_BYTES = 100_000
PAGES = pages()
EVERY_PAGE = pytest.mark.parametrize("endpoint", PAGES, ids=lambda one: one.path)


@pytest.fixture(scope="module")
def world(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    name = f"pages_{os.getpid()}"
    home = tmp_path_factory.mktemp("pages")
    with Database(clone(cluster, name)) as database, a_world(database, home, kinds=("plain",)) as made:
        yield made
    drop(cluster, name)


@pytest.fixture(scope="module")
def signed_in(browser: Browser, world: World) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    context.add_cookies([{"name": SESSION_COOKIE, "value": session_of(world, world.lead), "url": world.living.url}])
    yield context
    context.close()


@pytest.fixture
def page(signed_in: BrowserContext) -> Iterator[Page]:
    opened = signed_in.new_page()
    yield opened
    opened.close()


def violations(page: Page, theme: str) -> list[str]:
    """Return what axe finds in a page as it stands. What has nothing to do with colours is the same in both themes."""
    page.emulate_media(color_scheme=theme)
    only = {"type": "tag", "values": TAGS} if theme == "light" else {"type": "rule", "values": OF_COLOURS}
    options = {"runOnly": only, "resultTypes": ["violations"]}
    found = page.evaluate("(options) => axe.run(document, options)", options)
    return [
        f"{theme} {page.url}: {one['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for one in found["violations"]
        for node in one["nodes"][:3]
    ]


class TestEveryPage:
    @EVERY_PAGE
    def test_can_be_used_by_everybody(self, world: World, page: Page, endpoint: Endpoint):
        wrong = []
        for address in addresses(world, endpoint):
            page.goto(address)
            if page.evaluate("document.contentType") == "text/html":
                page.evaluate(AXE_SCRIPT)
                wrong += violations(page, "light") + violations(page, "dark")

        assert wrong == []

    @EVERY_PAGE
    def test_is_small_and_breaks_no_rule_of_its_own(self, world: World, page: Page, endpoint: Endpoint):
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        wrong = []
        for address in addresses(world, endpoint):
            answer = page.goto(address)
            assert answer is not None
            size = len(answer.body())
            if answer.status >= 500 or (size > MOST_BYTES and "html" in answer.headers["content-type"]):
                wrong.append(f"{address}: {answer.status}, {size} bytes")

        assert wrong == []
        assert [one for one in said if "status of 4" not in one] == []

    @EVERY_PAGE
    def test_fits_its_window(self, world: World, page: Page, endpoint: Endpoint):
        for address in addresses(world, endpoint)[:1]:
            page.goto(address)
            for width in (768, 1280, 2560):
                page.set_viewport_size({"width": width, "height": 900})

                assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{address} at {width}"
