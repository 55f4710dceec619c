"""How long the console's pages take on a large installation, and how long from deciding to the next case on screen.

A whole product is started over a backlog of a million cases and ten million events; pages are asked for over HTTP, one
after another, as one person would, each address once. What is measured is the time to the whole answer on loopback.
From deciding to the next case is measured in a real browser, where one is found.
"""

import contextlib
import shutil
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode

from assize.app.installation import opened
from assize.bench.backlog import Size, fill
from assize.bench.product import Product, product
from assize.bench.result import BenchResult, Options, at_most
from assize.enforcement import service as enforcement
from assize.kernel import clock
from assize.platform.db import Database
from assize.platform.http import SESSION_COOKIE, csrf_token
from assize.platform.settings import read_settings
from assize.review import service as review
from assize.triage import service as triage
from assize.workforce import service as workforce
from assize.workforce.models import SYSTEM, Role

PAGES_MS, OPERATIONS_MS, NEXT_MS = 60.0, 200.0, 100.0
MOST_BYTES = 100_000
LARGE, SMALL = Size(cases=1_000_000, events=10_000_000), Size(cases=2_000, events=10_000)
ASKED, QUICK_ASKED = 100, 5  # addresses of each kind
DECISIONS, QUICK_DECISIONS = 60, 3
# Measured by the browser's own clock: from the key that decides until a frame with the next case was painted.
WATCH = """
const wall = (at) => performance.timeOrigin + at;
addEventListener("keydown", (event) => { if (event.key === "Enter") sessionStorage.pressed = wall(event.timeStamp); }, true);
const shown = () => requestAnimationFrame(() => setTimeout(() => { sessionStorage.shown = wall(performance.now()); }));
document.addEventListener("page:swapped", shown);
document.addEventListener("DOMContentLoaded", shown);
"""
PASSWORD = "a password of the bench"  # noqa: S105 - of a database that is thrown away
ROLES = (Role.EXPERT, Role.OPERATIONS_MANAGER, Role.QA_LEAD)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What asking for some pages came to. ms: sorted; largest: bytes of the largest answer."""

    ms: Sequence[float]
    largest: int

    def at(self, share: float) -> float:
        """Return a quantile in milliseconds."""
        return round(self.ms[min(int(len(self.ms) * share), len(self.ms) - 1)], 1) if self.ms else 0.0


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Somebody signed in, with one connection."""

    port: int
    token: str

    def ask(self, paths: Sequence[str]) -> Asked:
        """Ask for pages, one after another. Raises ValueError where one is none."""
        took, largest = [], 0
        connection = HTTPConnection("127.0.0.1", self.port, timeout=120)
        with contextlib.closing(connection):
            for path in paths:
                began = time.perf_counter()
                connection.request("GET", path, headers={"Cookie": f"{SESSION_COOKIE}={self.token}"})
                answer = connection.getresponse()
                body = answer.read()
                took.append((time.perf_counter() - began) * 1000)
                largest = max(largest, len(body))
                if answer.status >= 400:  # noqa: PLR2004 - HTTP's number
                    raise ValueError(f"{path} answered {answer.status}")
        return Asked(ms=sorted(took), largest=largest)

    def claim_and_give_back(self) -> float:
        """Claim a task and give it back; return the milliseconds that the claim took."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=120)
        headers = {
            "Cookie": f"{SESSION_COOKIE}={self.token}",
            "X-CSRF-Token": csrf_token(self.token),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        with contextlib.closing(connection):
            began = time.perf_counter()
            connection.request("POST", "/claim", body="", headers=headers)
            answer = connection.getresponse()
            answer.read()
            took = (time.perf_counter() - began) * 1000
            task = answer.headers.get("location", "")
            if task.startswith("/tasks/"):
                connection.request("POST", f"{task}/release", body=urlencode({}), headers=headers)
                connection.getresponse().read()
        return took


def run(options: Options) -> BenchResult:
    """Fill, ask, decide."""
    size = SMALL if options.quick else LARGE
    count = QUICK_ASKED if options.quick else ASKED
    with product(ASSIZE_GRACE_SECONDS="30") as made:
        made.start()
        with opened(read_settings(made.environment)) as database:
            began = time.monotonic()
            fill(database, size)
            _roll(database)
            filled_s = time.monotonic() - began
            reader = _signed_in(database, made)
            asked = {name: reader.ask(paths) for name, paths in _addresses(size, count).items()}
            beside = _claims(reader, _addresses(size, count)["operations"], count)
        decided = _deciding(made, reader, QUICK_DECISIONS if options.quick else DECISIONS)
    return _result(size, asked, beside, decided, filled_s)


def _roll(database: Database) -> None:
    for roll in (triage.roll, review.roll, enforcement.roll):
        while roll(database, at=clock.now()):
            pass


def _signed_in(database: Database, made: Product) -> Reader:
    at = clock.now()
    with database.transaction(SYSTEM) as tx:
        workforce.add_person(tx, name="Bench", email="bench@example.org", roles=ROLES, password=PASSWORD, at=at)
    session = workforce.sign_in(database, email="bench@example.org", password=PASSWORD, address="bench", hours=8, at=at)
    return Reader(port=made.port, token=session.token)


def _addresses(size: Size, count: int) -> dict[str, list[str]]:
    step = max(1, size.cases // count)
    queues = ("influence-fraud", "child-safety", "cbrn-cyber", "self-harm", "general")
    words = [f"word{number * 37 % 5000}" for number in range(count)]
    return {
        "healthz": ["/healthz"] * count,
        "now": ["/"] * count,
        "queue": [f"/queues/{queues[number % len(queues)]}" for number in range(count)],
        "case": [f"/cases/case_{1 + number * step:026d}" for number in range(count)],
        "search": [f"/search?q={one}" for one in words],
        "operations": ["/operations", "/operations?span=7d", "/operations?span=30d"] * (count // 3 + 1),
    }


def _claims(reader: Reader, paths: Sequence[str], count: int) -> tuple[Asked, Asked]:
    """Return how long claims took while nothing else went on, and while the longest pages were read all the time."""
    alone = Asked(ms=sorted(reader.claim_and_give_back() for _ in range(count)), largest=0)
    ending = threading.Event()

    def read_on() -> None:
        while not ending.is_set():
            reader.ask(paths[:3])

    reading = threading.Thread(target=read_on)
    reading.start()
    beside = Asked(ms=sorted(reader.claim_and_give_back() for _ in range(count)), largest=0)
    ending.set()
    reading.join()
    return alone, beside


def _deciding(made: Product, reader: Reader, count: int) -> Asked | None:
    """Decide in a browser, and measure from the key to the next case on screen. None: no browser."""
    path = next((found for name in ("chromium", "google-chrome") if (found := shutil.which(name))), None)
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - a tool of tests; the bench goes on without it
    except ImportError:
        return None
    if path is None:
        return None
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": SESSION_COOKIE, "value": reader.token, "url": made.base_url}])
        context.add_init_script(WATCH)
        page = context.new_page()
        took = list(_decisions(page, made.base_url, count))
        browser.close()
    return Asked(ms=sorted(took), largest=0)


def _decisions(page: Any, base_url: str, count: int) -> Iterator[float]:
    page.goto(base_url)
    page.locator("form[action='/claim'] button").first.click()
    for _ in range(count):
        page.wait_for_selector("#decide")
        _judge(page)
        left = page.url.split("?")[0]
        page.keyboard.press("Control+Enter")
        page.wait_for_url(lambda url, left=left: url.split("?")[0] != left, wait_until="load")
        page.wait_for_load_state("networkidle")
        yield float(page.evaluate("Number(sessionStorage.shown) - Number(sessionStorage.pressed)"))


def _judge(page: Any) -> None:
    opening = page.locator("#open-content")
    if opening.count():
        opening.click()
        opening.wait_for(state="detached")
    page.wait_for_load_state("networkidle")
    page.locator("#finding input[name=clause]").first.check()
    page.locator("input[name=verdict][value=no_violation]").check()
    reasons = page.locator("#decide input[name=reason]:visible")
    if reasons.count():
        reasons.first.check()
    page.locator("#rationale").fill("Nothing of the kind that the clause names, as the bench has it.")
    page.locator("#kept", has_text="Kept").wait_for()  # as after a pause of thought: nothing else is under way


def _result(
    size: Size,
    asked: dict[str, Asked],
    beside: tuple[Asked, Asked],
    decided: Asked | None,
    filled_s: float,
) -> BenchResult:
    limits = dict.fromkeys(("now", "queue", "case", "search"), PAGES_MS) | {"operations": OPERATIONS_MS}
    largest = max(one.largest for one in asked.values())
    worst = max(("queue", "case", "search"), key=lambda name: asked[name].at(0.95))
    alone, loaded = beside
    detail: dict[str, object] = {
        "cases": size.cases,
        "events": size.events,
        "filled_s": round(filled_s, 1),
        **{f"{name}_p50_ms": one.at(0.5) for name, one in asked.items()},
        **{f"{name}_p95_ms": one.at(0.95) for name, one in asked.items()},
        "slowest_page": worst,
        "largest_page_bytes": largest,
        "claim_p95_ms_alone": alone.at(0.95),
        "claim_p95_ms_beside_long_pages": loaded.at(0.95),
        "next_case_p50_ms": decided.at(0.5) if decided else "no browser",
        "next_case_p95_ms": decided.at(0.95) if decided else "no browser",
        "operations_target_ms": OPERATIONS_MS,
        "next_case_target_ms": NEXT_MS,
        "baseline": "the same way of asking for /healthz, which does nothing",
    }
    value = asked[worst].at(0.95)
    result = at_most(
        "console", value=value, unit="ms p95", target=PAGES_MS, baseline=asked["healthz"].at(0.95), detail=detail
    )
    fast = all(asked[name].at(0.95) <= limit for name, limit in limits.items())
    following = decided is not None and decided.at(0.95) <= NEXT_MS
    return BenchResult(**{**vars(result), "met": fast and following and largest <= MOST_BYTES})
