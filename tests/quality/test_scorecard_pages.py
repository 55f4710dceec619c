"""The pages and the API of scorecards: everybody sees what is theirs, and every rate its n and interval."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from assize.kernel import clock
from assize.platform.db import Database
from assize.workforce import service as workforce
from assize.workforce.models import SYSTEM, Right, Role
from builders.living import Living, living

SCORES = (
    "insert into quality.score_day (day, reviewer_id, team_id, vendor, by, of, queue, family, severity_given, severity_true,"
    " outcome, marks, missed_escalation, technical, blind, headline, inclusion, n)"
    " values (%(day)s, %(who)s, null, false, 'person', 'audit', 'general', 'HAR', 2, 2, %(outcome)s, %(marks)s,"
    " %(missed)s, false, true, true, 0.1, %(n)s)"
)
FORM = {
    "decision": "30", "clause": "15", "severity": "15", "action": "15", "escalation": "15", "rationale": "5",
    "required_step": "5", "critical": ["escalation"], "sev0": "100", "sev1": "30", "sev2": "10", "sev3": "3",
    "sev4": "1", "overreach": "0.5", "accepted_error": "4", "least": "10", "note": "Small teams.",
}  # fmt: skip
RATE = {"value", "low", "high", "n"}


@pytest.fixture
def here(fresh_database: Database, tmp_path: Path) -> Iterator[Living]:
    with living(fresh_database, tmp_path) as alive:
        yield alive


def scored(here: Living, reviewer_id: str) -> None:
    """Let sixty decisions have been compared, two of them wrong and one with a missed escalation."""
    day = clock.now().replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=2)
    rows = (("tp", "rrrrrrr", False, 57), ("fn", "wnnnnnn", False, 2), ("tp", "rrrrwrr", True, 1))
    with here.database.transaction(SYSTEM) as tx:
        for outcome, marks, missed, n in rows:
            given = {"day": day, "who": reviewer_id, "outcome": outcome, "marks": marks, "missed": missed, "n": n}
            tx.run(SCORES, given)


def page(client: httpx2.Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


class TestScorecards:
    def test_are_shown_by_name_with_intervals(self, here: Living):
        reviewer_id, _ = here.person("ada", Role.ANALYST)
        here.person("quin", Role.QA_LEAD)
        scored(here, reviewer_id)

        with here.browser("quin") as quin:
            board = page(quin, "/quality/scorecards")
            card = page(quin, f"/quality/scorecards/{reviewer_id}")

        assert "Ada" in board
        assert "97%" in board  # 58 of 60
        assert "n 60" in board
        assert "1 critical miss" in card
        assert "no mean may bury it" in card

    @pytest.mark.parametrize("of", ["reviewers", "teams", "vendors", "machines", "auditors"])
    def test_are_there_for_everybody_s_work(self, here: Living, of: str):
        here.person("quin", Role.QA_LEAD)

        with here.browser("quin") as quin:
            assert "Nothing was compared" in page(quin, f"/quality/scorecards?of={of}") or of == "auditors"

    def test_are_not_there_for_those_who_are_measured(self, here: Living):
        reviewer_id, key = here.person("ada", Role.ANALYST)

        with here.browser("ada") as ada, here.client(key) as client:
            refused = [
                ada.get("/quality/scorecards"),
                ada.get(f"/quality/scorecards/{reviewer_id}"),
                ada.get("/quality/agreement"),
                client.get("/v1/quality/scorecards"),
            ]

        assert [one.status_code for one in refused] == [403] * 4

    def test_come_over_http_with_n_and_interval(self, here: Living):
        reviewer_id, _ = here.person("ada", Role.ANALYST)
        _, key = here.person("quin", Role.QA_LEAD)
        scored(here, reviewer_id)

        with here.client(key) as quin:
            (card,) = quin.get("/v1/quality/scorecards").json()["cards"]

        assert (card["who"]["id"], card["drawn"], card["critical_misses"]) == (reviewer_id, 60, 1)
        assert all(set(card[name]) == RATE for name in ("accuracy", "score", "harm", "critical", "missed"))
        assert card["rank_low"] is None

    def test_of_a_vendor_s_manager_are_the_vendor_s(self, here: Living):
        with here.database.transaction(SYSTEM) as tx:
            team_id = workforce.add_team(tx, name="Vendor", vendor=True, at=clock.now())
        reviewer_id, _ = here.person("ada", Role.ANALYST)
        _, key = here.person("mia", Role.OPERATIONS_MANAGER, team_id=team_id)
        scored(here, reviewer_id)

        with here.client(key) as mia:
            board = mia.get("/v1/quality/scorecards")
            card = mia.get(f"/v1/quality/scorecards/{reviewer_id}")

        assert board.json()["cards"] == []
        assert card.status_code == 404


class TestMyCard:
    def test_says_how_it_is_scored_and_why_no_case_is_named(self, here: Living):
        _, key = here.person("ada", Role.ANALYST)

        with here.browser("ada") as ada, here.client(key) as client:
            own = page(ada, "/me/card")
            told = client.get("/v1/me/card").json()

        assert "Nothing to tell yet" in own
        assert "Why no case is named" in own
        assert told["periods"] == []


class TestScoring:
    def test_is_changed_on_its_page(self, here: Living):
        _, key = here.person("quin", Role.QA_LEAD)

        with here.browser("quin") as quin, here.client(key) as client:
            changed = quin.post("/quality/scoring", data=FORM)
            versions = client.get("/v1/quality/scoring").json()["versions"]

        assert changed.status_code == 303
        assert (versions[0]["least"], versions[0]["accepted_error"]) == (10, pytest.approx(0.04))

    def test_that_makes_no_sense_is_said(self, here: Living):
        here.person("quin", Role.QA_LEAD)

        with here.browser("quin") as quin:
            refused = quin.post("/quality/scoring", data=FORM | {"sev0": "1"})

        assert refused.status_code == 422
        assert "harm falls from SEV0 on" in refused.text

    def test_is_read_by_whoever_reads_cards(self, here: Living):
        here.person("ona", Role.AUDITOR)

        with here.browser("ona") as ona:
            assert "Score so from now on" not in page(ona, "/quality/scoring")
            assert Right.QUALITY_PLAN not in ona.get("/quality/scoring").text


class TestAgreement:
    def test_tells_every_coefficient_with_n(self, here: Living):
        reviewer_id, _ = here.person("ada", Role.ANALYST)
        _, key = here.person("quin", Role.QA_LEAD)
        scored(here, reviewer_id)

        with here.browser("quin") as quin, here.client(key) as client:
            shown = page(quin, "/quality/agreement")
            told = client.get("/v1/quality/agreement").json()

        assert "HAR" in shown
        assert told["overall"]["pairs"] == 60
        assert told["overall"]["raw_agreement"]["value"] == pytest.approx(58 / 60)

    def test_of_nowhere_is_not_there(self, here: Living):
        here.person("quin", Role.QA_LEAD)

        with here.browser("quin") as quin:
            assert quin.get("/quality/agreement/nowhere").status_code == 404
