"""Hostile content in every field of every page: shown as text, never run, never in the way, nothing in it hidden."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page

from assize.platform.db import Database
from assize.platform.http import SESSION_COOKIE
from assize.platform.postgres.cluster import Cluster
from builders.asking import Endpoint, addresses, pages
from builders.hostile import SUM, fill, hides, hostile
from builders.world import World, a_world, session_of
from conftest import clone, drop

pytestmark = pytest.mark.browser

WIDTH, NARROW = 1280, 768
PAGES = pages()
# What a page says to whoever reads it: its text without what is typed in a field, and what its tips and labels say.
READ = """() => {
  for (const fold of document.querySelectorAll("main details")) fold.open = true;
  const copy = document.body.cloneNode(true);
  for (const one of copy.querySelectorAll("textarea, script, style")) one.remove();
  const said = [...document.querySelectorAll("[title], [aria-label], [placeholder], [alt]")].flatMap(
    (one) => ["title", "aria-label", "placeholder", "alt"].map((name) => one.getAttribute(name) ?? ""));
  const wide = [...document.body.querySelectorAll("*")].filter(
    (one) => one.getBoundingClientRect().right > innerWidth + 1 && one.checkVisibility());
  return {
    ran: window.ran ?? null,
    title: document.title,
    owned: document.querySelectorAll(".owned, iframe, form:not([action]) input[name=csrf]:not([value]), [onerror], [onload]").length,
    links: [...document.querySelectorAll("[href], [src], [action], [formaction]")].flatMap(
      (one) => ["href", "src", "action", "formaction"].map((name) => one.getAttribute(name) ?? "")),
    text: [copy.textContent, ...said].join("\\n"),
    width: document.documentElement.scrollWidth,
    wide: wide.slice(0, 3).map((one) => `${one.tagName}.${one.className}`),
  };
}"""
# Asked again and again from outside, it would be a string to evaluate, which the page's policy forbids.
LOADED = """async () => {
  for (const one of document.images) one.loading = "eager";
  await Promise.all([...document.images].filter((one) => !one.complete).map(
    (one) => new Promise((done) => { one.addEventListener("load", done); one.addEventListener("error", done); })));
}"""


@dataclass
class Watched:
    """A page, and what it did that no page may."""

    page: Page
    did: list[str] = field(default_factory=list)
    read: str = ""

    def __post_init__(self) -> None:
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.did.append(str(error)))
        self.page.on("dialog", self._dismiss)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "status of 4" not in message.text:
            self.did.append(message.text)

    def _dismiss(self, dialog: Dialog) -> None:
        self.did.append(f"a dialog: {dialog.message[:80]}")
        dialog.dismiss()

    def wrong(self, where: str) -> list[str]:
        """Return what is wrong with what the page shows now."""
        found: dict[str, Any] = self.page.evaluate(READ)
        self.page.evaluate(LOADED)  # what failed has run by then
        self.read = str(found["text"])
        checks = {
            "ran something": found["ran"] is not None or self.page.evaluate("window.ran !== undefined"),
            f"has the title {found['title'][:40]!r}": found["title"].strip() == "owned",
            f"has {found['owned']} elements of what was written": found["owned"] > 0,
            "links to a script": any(one.strip().lower().startswith("javascript:") for one in found["links"]),
            "works out a template": SUM in self.read,
            f"hides or reorders by {hides(self.read)}": hides(self.read) != [],
            f"is {found['width']} wide: {found['wide']}": found["width"] > WIDTH,
            f"says {self.did}": self.did != [],
        }
        self.did.clear()
        return [f"{where} {what}" for what, is_so in checks.items() if is_so] + self._too_wide(where)

    def _too_wide(self, where: str) -> list[str]:
        self.page.set_viewport_size({"width": NARROW, "height": 900})
        found: dict[str, Any] = self.page.evaluate(READ)
        self.page.set_viewport_size({"width": WIDTH, "height": 900})
        return [f"{where} is {found['width']} wide of {NARROW}: {found['wide']}"] if found["width"] > NARROW else []


@pytest.fixture(scope="module")
def world(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    name = f"hostile_{os.getpid()}"
    home = tmp_path_factory.mktemp("hostile")
    with (
        Database(clone(cluster, name)) as database,
        a_world(database, home, kinds=("plain",), spell=hostile) as made,
    ):
        fill(made)
        yield made
    drop(cluster, name)


@pytest.fixture(scope="module")
def signed_in(browser: Browser, world: World) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": WIDTH, "height": 900}, reduced_motion="reduce")
    context.add_cookies([{"name": SESSION_COOKIE, "value": session_of(world, world.lead), "url": world.living.url}])
    yield context
    context.close()


@pytest.fixture
def watched(signed_in: BrowserContext) -> Iterator[Watched]:
    page = signed_in.new_page()
    yield Watched(page)
    page.close()


class TestWhatIsHostile:
    @pytest.mark.parametrize("endpoint", PAGES, ids=lambda one: one.path)
    def test_is_text_on_every_page(self, world: World, watched: Watched, endpoint: Endpoint):
        wrong: list[str] = []
        for address in addresses(world, endpoint):
            watched.page.goto(address)
            wrong += watched.wrong(address)

        assert wrong == []
