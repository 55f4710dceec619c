"""A real browser: a Chromium that is there, or is installed where that may be done."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from assize.platform.db import Database
from builders.living import Living, living

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW = "no Chromium was found: install one (Debian: apt-get install chromium) or set ASSIZE_CHROMIUM to its path"


expect.set_options(timeout=60_000)  # how long until one gives up on a machine that does nothing else


def find() -> str | None:
    """Return the path of a Chromium."""
    named = os.environ.get("ASSIZE_CHROMIUM")
    return named or next((path for name in NAMES if (path := shutil.which(name))), None)


def install() -> str | None:
    """Install Debian's Chromium where this process may; return its path."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return None
    subprocess.run(["apt-get", "update", "-qq"], check=False)  # noqa: S607 - the system's own
    subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"], check=False)  # noqa: S607
    return find()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all tests of a file: it holds an event loop, which other tests of this process must not meet."""
    path = find() or install()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail(HOW)
        pytest.skip(HOW)
    with sync_playwright() as playwright:
        arguments = [
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
        ]
        if os.geteuid() == 0:
            arguments.append("--no-sandbox")  # Chromium's sandbox refuses root
        opened = playwright.chromium.launch(executable_path=path, args=arguments)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of its own, at the size of a laptop."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def here(fresh_database: Database, tmp_path: Path) -> Iterator[Living]:
    """A living installation without a platform to deliver to."""
    with living(fresh_database, tmp_path) as alive:
        yield alive
