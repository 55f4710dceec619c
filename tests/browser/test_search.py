"""Search and export, in a real browser: 100,000 rows found, narrowed down and taken out, with hostile words as text."""

import csv
import hashlib
import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from assize.platform.db import Database
from assize.workforce.models import SYSTEM, Role, ViewProfile
from builders.living import PASSWORD, Living

pytestmark = pytest.mark.browser

ROWS = 100_000
MOST_GROWTH_KB = 120_000  # of the whole process, browser's driver included: a file held in memory would be far more
HOSTILE = "=1+1 <script>document.title='owned'</script> reads \u202e rarepattern <b>evil"

CASES = """
insert into triage.case (id, kind, state, clauses, clause_ids, families, provisional, mode, queue, order_key, reasons,
    opened_at, due_at, first_seen_at, exposure_class, test, event_count, subject_count)
select 'case_' || lpad(g::text, 26, '0'), 'events', 'decided', '[]', array['FRD-1'], array['FRD'], 2, 'routine', 'general',
    now(), '{}', now() - g * interval '1 second', now(), now(), 1, false, 0, 0
from generate_series(1, %(rows)s) g
"""
DECISIONS = """
insert into review.decision (id, case_id, kind, reviewer_id, state, policy_version_id, policy_hash, rubric, lowering,
    reason_codes, rationale, highlights, verdict, view, shown, decided_at, hash, effective_at)
select 'dec_' || lpad(g::text, 26, '0'), 'case_' || lpad(g::text, 26, '0'), 'first_look', 'rev_somebody', 'stands',
    'pv_1', '', '{}', '{}', '{}', case g when 7 then %(hostile)s else 'It meets the scope.' end, '[]', 'violation', 'full',
    '{}', now() - g * interval '1 second', '', now()
from generate_series(1, %(rows)s) g
"""
FINDINGS = """
insert into review.finding (id, decision_id, ordinal, clause_id, verdict, locus, is_primary)
select 'fin_' || g, 'dec_' || lpad(g::text, 26, '0'), 0, 'FRD-1', 'violation', 'user', true
from generate_series(1, %(rows)s) g
"""


def fill(database: Database) -> None:
    with database.transaction(SYSTEM) as tx:
        for statement in (CASES, DECISIONS, FINDINGS):
            tx.run(statement, {"rows": ROWS, "hostile": HOSTILE} if "hostile" in statement else {"rows": ROWS})


def sign_in(page: Page, here: Living, name: str) -> None:
    page.goto(here.url)
    page.get_by_label("E-mail").fill(f"{name}@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Now", exact=True)).to_be_visible()


def resident_kb() -> int:
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{os.getpid()}/status").read_text())
    return int(found[1]) if found else 0


class TestSearchAndExport:
    def test_takes_out_a_hundred_thousand_rows(self, page: Page, here: Living):
        here.person("lena", Role.EXPERT, view=ViewProfile(may_export=True))
        fill(here.database)
        sign_in(page, here, "lena")

        page.goto(f"{here.url}/search?text=rarepattern")
        expect(page.get_by_role("heading", name="1 found")).to_be_visible()
        expect(page.locator("mark")).to_have_text("rarepattern")
        expect(page.locator(".why")).to_contain_text("⟦202E⟧")
        assert "owned" not in page.title()
        page.goto(f"{here.url}/search?clause=FRD-1&of=decision")
        expect(page.get_by_role("heading", name=re.compile(r"^About (\d\d|1[0-3]0),000 found$"))).to_be_visible()
        before = resident_kb()
        with page.expect_download(timeout=180_000) as waiting:
            page.get_by_role("button", name="Download").click()
        path = waiting.value.path()
        grown = resident_kb() - before

        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == len({one["decision_id"] for one in rows}) == ROWS
        assert [one["rationale"] for one in rows if "rarepattern" in one["rationale"]] == [f"'{HOSTILE}"]
        assert grown < MOST_GROWTH_KB
        page.goto(f"{here.url}/exports")
        expect(page.get_by_text(hashlib.sha256(path.read_bytes()).hexdigest())).to_be_visible()
        expect(page.get_by_role("cell", name="100,000")).to_be_visible()
