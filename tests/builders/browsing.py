"""What browser tests do again and again: send an event, sign in, take a case in hand and open it."""

import re
from dataclasses import dataclass
from itertools import count
from typing import Any

from playwright.sync_api import Page, expect

from assize.kernel import clock
from assize.workforce.models import SYSTEM
from builders.living import PASSWORD, Living

NUMBERS = count(1)


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What came of an event: its case, and the task that waits for somebody. account: the platform's own id."""

    case_id: str
    task_id: str
    account: str


def an_event(text: str, **more: Any) -> dict[str, Any]:
    """A conversation of one turn of a user and one of the model, as a platform sends it."""
    said = [
        {"role": "user", "text": text},
        {"role": "assistant", "text": "I can't help with that.", "outcome": "refused"},
    ]
    subject = {"account": "acct-7", "conversation": "conv-7"}
    return {"external_id": "e-1", "occurred_at": clock.now().isoformat(), "subject": subject, "turns": said, **more}


def send(here: Living, text: str, *, account: str | None = None) -> Sent:
    """Let a platform send a conversation of somebody, and a case be opened, or grow. Texts must not be alike."""
    number = next(NUMBERS)
    account = account or f"acct-{number}"
    subject = {"account": account, "conversation": f"conv-of-{account}"}
    event = an_event(text, external_id=f"sent-{number}", subject=subject)
    with here.client(here.platform_key()) as platform:
        assert platform.post("/v1/events", json={"events": [event]}).status_code == 202
    here.work()
    with here.database.transaction(SYSTEM) as tx:
        row = tx.one(
            "select t.id, t.case_id from intake.event e join triage.case_event ce on ce.event_id = e.id"
            " join review.task t on t.case_id = ce.case_id where e.external_id = %(ref)s and t.kind = 'first_look'",
            {"ref": event["external_id"]},
        )
    return Sent(case_id=row["case_id"], task_id=row["id"], account=account)


def sign_in(page: Page, here: Living, name: str) -> None:
    """Sign somebody in by hand."""
    page.goto(here.url)
    page.get_by_label("E-mail").fill(f"{name}@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Now", exact=True)).to_be_visible()
    page.wait_for_load_state("networkidle")  # keys are heard once the page's script has come


def take(page: Page, here: Living, sent: Sent, *, opening: bool = True) -> None:
    """Take a case in hand and open its content, by keys."""
    page.goto(f"{here.url}/tasks/{sent.task_id}", wait_until="load")
    page.keyboard.press("s")
    expect(page.locator("#decide[data-mine=yes]")).to_be_visible()
    page.wait_for_load_state("load")
    if opening:
        page.keyboard.press("o")
        expect(page.locator("#open-content")).to_have_count(0)
        page.wait_for_load_state("load")


def press(page: Page, *keys: str) -> None:
    """Press one key after another."""
    for key in keys:
        page.keyboard.press(key)


def facts(here: Living, kind: str, about: str | None = None) -> int:
    """Count the facts of a kind, of one case or of all."""
    with here.database.transaction(SYSTEM) as tx:
        found = tx.rows("select case_id from platform.fact where kind = %(kind)s", {"kind": kind})
    return sum(about in {None, row["case_id"]} for row in found)


def focused(page: Page) -> str:
    """Return what has the focus, as `tag#id` or `tag[name]`, and whether it can be seen."""
    told = page.evaluate(
        """() => {
          const one = document.activeElement;
          const style = getComputedStyle(one);
          const seen = one.matches(":focus-visible") && (style.outlineStyle !== "none" || style.boxShadow !== "none");
          const name = one.id ? `#${one.id}` : one.getAttribute("name") ? `[${one.getAttribute("name")}]` : "";
          return `${one.localName}${name}${seen || one === document.body ? "" : " unseen"}`;
        }"""
    )
    return str(told)


def exactly(words: str) -> re.Pattern[str]:
    """Return a pattern for a label that says just this, whatever key stands beside it."""
    return re.compile(rf"^{re.escape(words)}( \S+)?$")
