"""A wrong rule's effects are taken back, in a real browser, by two people."""

import httpx2
from playwright.sync_api import Browser, Page, expect

from assize.kernel import clock
from assize.workforce.models import SYSTEM, Role
from builders.living import PASSWORD, Living


def signed_in(page: Page, here: Living, name: str) -> Page:
    page.goto(here.url)
    page.get_by_label("E-mail").fill(f"{name}@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Now", exact=True)).to_be_visible()
    page.wait_for_load_state("networkidle")
    return page


def wrongly_warned(here: Living, count: int) -> str:
    """Let one rule point at accounts that are all warned for it; return the rule."""
    _, key = here.person("ana", Role.EXPERT)
    said = [{"role": "user", "text": "sim-frd-1-strong"}, {"role": "assistant", "text": "No.", "outcome": "refused"}]
    events = [
        {
            "external_id": f"e-{n}",
            "occurred_at": clock.now().isoformat(),
            "subject": {"account": f"acct-{n}", "conversation": f"conv-{n}"},
            "turns": said,
        }
        for n in range(count)
    ]
    with here.client(here.platform_key()) as platform:
        for event in events:
            assert platform.post("/v1/events", json={"events": [event]}).status_code == 202
            here.work()
    with here.client(key) as ana:
        while (task := claimed(ana)) is not None:
            view = ana.post(f"/v1/tasks/{task}/open", json={"purpose": "review"}).json()
            account = next(one["id"] for one in view["subjects"] if one["level"] == "account")
            event = next(one["id"] for one in view["events"])
            span = {"event_id": event, "turn": 0, "start": 0, "end": 8}
            finding = {"clause_id": "FRD-1", "verdict": "violation", "locus": "user", "span": span}
            disposition = {
                "kind": "enforce",
                "action_id": "warn",
                "target_level": "account",
                "target_id": account,
            }
            body = {
                "findings": [finding],
                "dispositions": [disposition],
                "rubric": {"gravity": 2, "spread": 2, "scale": 2},
                "reason_codes": ["scripts"],
                "rationale": "A scheme of the kind that the clause names, offered to many.",
            }
            answer = ana.post(f"/v1/tasks/{task}/decision", json=body)
            assert answer.is_success, answer.text
            here.work()
    with here.database.transaction(SYSTEM) as tx:
        return str(tx.value("select rule_id from triage.rule_hit where not shadow limit 1"))


def claimed(ana: httpx2.Client) -> str | None:
    """Take the next task; return its id, None where there is none."""
    answer = ana.post("/v1/queues/claim", json={})
    assert answer.is_success, answer.text
    task = answer.json()["task"]
    return None if task is None else str(task["id"])


class TestRemediation:
    def test_of_a_wrong_rule_is_planned_by_one_and_approved_by_another(self, browser: Browser, here: Living):
        rule = wrongly_warned(here, 3)
        here.person("petra", Role.OPERATIONS_MANAGER)
        here.person("sara", Role.EXPERT)
        petra = signed_in(browser.new_context().new_page(), here, "petra")
        sara = signed_in(browser.new_context().new_page(), here, "sara")

        petra.goto(f"{here.url}/remediations")
        petra.get_by_label("What did it").select_option("rule")
        petra.get_by_label("Its id").fill(rule)
        petra.get_by_label("To (UTC)").fill(f"{clock.now().year + 1}-01-01T00:00")
        petra.get_by_label("From").fill(f"{clock.now().year - 1}-01-01T00:00")
        petra.get_by_role("button", name="Count").click()
        expect(petra.locator(".stat", has_text="In force or on their way")).to_contain_text("3")
        petra.get_by_label("What went wrong").fill("The rule meant something else.")
        petra.get_by_role("button", name="Draw the sample").click()
        expect(petra.get_by_role("heading", name="The sample")).to_be_visible()
        for n in range(3):
            petra.get_by_role("button", name="Wrong").nth(n).click()
            petra.wait_for_load_state("networkidle")
        expect(petra.locator(".stat", has_text="Wrong")).to_contain_text("3 of 3; all of them")
        expect(petra.get_by_text("Waits for a second person")).to_be_visible()
        assert petra.get_by_role("button", name="Approve and take back").count() == 0

        sara.goto(petra.url)
        sara.get_by_role("button", name="Approve and take back").click()
        sara.wait_for_load_state("networkidle")
        here.work()
        sara.reload()

        expect(sara.get_by_text("100 % gone through")).to_be_visible()
        petra.goto(f"{here.url}/remediations")
        expect(petra.get_by_role("row", name="The rule meant something else.")).to_contain_text("done3")
        with here.database.transaction(SYSTEM) as tx:
            states = {row["state"] for row in tx.rows("select state from enforcement.enforcement")}
            assert states <= {"undone", "cancelled"}
            assert tx.value("select count(*) from enforcement.strike where removed_at is null") == 0
