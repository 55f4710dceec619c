"""Sampling plans and blind re-review, as a browser sends them."""

import re
from collections.abc import Iterator, Mapping
from itertools import count

import httpx2
import pytest

from assize.platform.db import Database
from assize.workforce.models import SYSTEM, Role
from builders.living import Living, living
from builders.quality import decided_over_http
from conftest import clone, drop

SECRET = "words that the first reviewer alone has written of it"
PLAN: Mapping[str, str] = {
    "name": "of the pages",
    "gravest_by_record": "yes",
    "repeat_share": "0",
    "repeat_after_days": "28",
    "s0.name": "everything",
    "s0.kind": "random",
    "s0.rate": "100",
    "s0.floor": "50",
}
_numbers = count(1)
LABEL: Mapping[str, str] = {
    "clause": "FRD-1",
    "verdict": "violation",
    "locus": "user",
    "reason": "scripts",
    "rubric.gravity": "2",
    "rubric.spread": "2",
    "rubric.scale": "2",
    "rationale": "The passage that is marked asks for money under a borrowed name.",
}


@pytest.fixture(scope="module")
def here(cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    with (
        Database(clone(cluster, "quality_pages")) as database,
        living(database, tmp_path_factory.mktemp("home")) as alive,
    ):
        yield alive
    drop(cluster, "quality_pages")


@pytest.fixture(scope="module")
def lead(here: Living) -> Iterator[httpx2.Client]:
    here.person("quin", Role.QA_LEAD)
    with here.browser("quin") as client:
        yield client


@pytest.fixture(scope="module")
def analyst(here: Living) -> Iterator[httpx2.Client]:
    with here.client(here.person("ada", Role.ANALYST)[1]) as client:
        yield client


@pytest.fixture(scope="module")
def plan(lead: httpx2.Client) -> str:
    """The address of a plan in force that draws everything."""
    address = proposed(lead)
    assert lead.post(f"{address}/in-force").status_code == 303
    return address


@pytest.fixture
def audit(here: Living, lead: httpx2.Client, analyst: httpx2.Client, plan: str) -> str:
    """The address of an audit in the lead's hands."""
    assert plan
    decided_over_http(here, analyst, ref=f"conv-{next(_numbers)}", rationale=f"{SECRET}, it seems.")
    answer = lead.post("/quality/audits")
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def proposed(client: httpx2.Client, **given: str) -> str:
    answer = client.post("/quality/plans", data={**PLAN, **given, "do": "propose"})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def place_in(page: str) -> str:
    found = re.search(r'<option value="(evt_[^"]+)"', page)
    assert found
    return found[1]


def value(here: Living, sql: str, audit: str) -> str:
    with here.database.transaction(SYSTEM) as tx:
        return str(tx.value(sql, {"audit": audit.rpartition("/")[2]}))


def committed(client: httpx2.Client, audit: str, **given: str) -> httpx2.Response:
    client.post(f"{audit}/open")
    place = place_in(client.get(audit).text)
    return client.post(f"{audit}/label", data={**LABEL, "place": place, **given})


class TestPlans:
    def test_are_proposed_put_in_force_and_ended(self, lead):
        address = proposed(lead, name="for a while")

        lead.post(f"{address}/in-force")
        in_force = lead.get(address).text
        lead.post(f"{address}/end")
        ended = lead.get(address).text

        assert "In force since" in in_force
        assert "Ended" in ended
        assert 'class="tag good">in force' not in ended

    def test_show_what_they_would_cost_before_they_are_kept(self, lead):
        page = lead.post("/quality/plans", data={**PLAN, "do": "preview", "effort": "100"}).text

        assert "two points take 457 audits" in page
        assert 'value="of the pages"' in page

    def test_tell_what_does_not_fit_where_it_is(self, lead):
        answer = lead.post("/quality/plans", data={**PLAN, "s0.rate": "a lot", "s0.queues": "nowhere", "do": "propose"})

        assert answer.status_code == 422
        assert '<a href="#s0-rate">' in answer.text
        assert 'id="s0-rate"' in answer.text

    def test_keep_what_was_typed_when_rows_are_added(self, lead):
        page = lead.post("/quality/plans", data={**PLAN, "do": "row", "s0.weights": "SEV1=5", "s0.severity": "1"}).text

        assert page.count("<legend>Another stratum</legend>") == 4
        assert 'value="SEV1=5"' in page
        assert re.search(r'value="1" checked> SEV1', page)

    def test_of_a_version_are_the_form_of_the_next(self, lead):
        address = proposed(lead, name="again", **{"s0.languages": "en, de", "s0.verdict": "violation"})

        page = lead.get("/quality/plans/new", params={"from": address.rpartition("/")[2]}).text

        assert 'value="de, en"' in page
        assert 'value="violation" checked' in page

    def test_begin_with_a_floor_and_more_of_what_is_grave(self, lead):
        page = lead.get("/quality/plans/new").text

        assert "SEV1=10, SEV2=3" in page

    def test_are_nothing_to_an_analyst(self, here):
        here.person("ana", Role.ANALYST)
        with here.browser("ana") as client:
            assert [client.get(path).status_code for path in ("/quality/plans", "/quality/audits")] == [403, 403]
            home = client.get("/").text
            assert not [one for one in ("plans", "audits", "scorecards", "scoring") if f"/quality/{one}" in home]

    def test_are_not_changed_by_a_manager(self, here, plan):
        here.person("olga", Role.OPERATIONS_MANAGER)
        with here.browser("olga") as client:
            page = client.get(plan)
            answer = client.post(f"{plan}/end")

        assert (page.status_code, answer.status_code) == (200, 403)
        assert "End it" not in page.text


class TestAudits:
    def test_show_nothing_of_what_was_decided(self, lead, audit):
        lead.post(f"{audit}/open")
        page = lead.get(audit).text

        assert "sim-frd-1-strong" in page
        for hidden in (SECRET, "dec_", "Ada", "ada@example.org"):
            assert hidden not in page
        assert not re.search(r'name="(verdict|clause|reason)"[^>]* checked', page.replace('id="other-clause"', ""))

    def test_fold_the_content_until_it_is_asked_for(self, lead, audit):
        before = lead.get(audit).text
        lead.post(f"{audit}/open")
        after = lead.get(audit).text

        assert "sim-frd-1-strong" not in before
        assert "sim-frd-1-strong" in after

    def test_hide_the_decision_on_the_page_of_the_case_too(self, here, lead, audit):
        case_id = value(here, "select case_id from quality.audit where id = %(audit)s", audit)

        page = lead.get(f"/cases/{case_id}").text

        assert SECRET not in page
        assert "dec_" not in page

    def test_say_what_a_label_would_come_to(self, lead, audit):
        lead.post(f"{audit}/open")
        place = place_in(lead.get(audit).text)

        page = lead.post(f"{audit}/assessment", data={**LABEL, "place": place}).text

        assert "Still missing" not in page
        assert "comes-to" in page

    def test_keep_what_was_typed_where_it_does_not_fit(self, lead, audit):
        answer = committed(lead, audit, place="", rationale="Too short, and without a passage.")

        assert answer.status_code == 422
        assert "mark the passage that breaks the clause" in answer.text
        assert "Too short, and without a passage." in answer.text

    def test_show_the_words_of_a_clause_as_they_were(self, lead, audit):
        assert "FRD-1" in lead.get(f"{audit}/clause", params={"clause": "FRD-1"}).text
        assert lead.get(f"{audit}/clause", params={"clause": "NIX-1"}).status_code == 404

    def test_are_revealed_after_the_label_is_committed(self, lead, audit):
        too_early = lead.post(f"{audit}/reveal")
        assert committed(lead, audit).status_code == 303
        waiting = lead.get(audit).text

        shown = lead.get(lead.post(f"{audit}/reveal").headers["location"])

        assert too_early.status_code == 409
        assert SECRET not in waiting
        assert shown.status_code == 200, shown.text
        assert SECRET in shown.text
        assert "true positive" in shown.text
        assert "weighted by a probability of 1" in shown.text

    def test_keep_what_only_a_person_can_tell(self, lead, audit):
        committed(lead, audit)
        lead.post(f"{audit}/reveal")

        said = {"rationale": "wrong", "comment": "Say which passage."}
        answer = lead.get(lead.post(f"{audit}/remark", data=said).headers["location"])

        assert "Say which passage." in answer.text
        assert "As it was" in answer.text

    def test_go_back_to_others(self, lead, audit):
        lead.post(f"{audit}/return")

        page = lead.get(audit)

        assert "Nobody has it" in page.text
        assert lead.post(f"{audit}/label", data=LABEL).status_code in {403, 409}
        assert lead.post(f"{audit}/take").status_code == 303
        assert lead.post(f"{audit}/withdraw", data={"reason_code": "content-gone"}).status_code == 303

    def test_are_not_shown_to_others_while_somebody_has_them(self, here, lead, audit):
        here.person("alma", Role.AUDITOR)
        with here.browser("alma") as client:
            page = client.get(audit)

        assert "Somebody else has it" in page.text
        assert lead.get(audit).status_code == 200


class TestRecords:
    def test_show_the_decision_and_no_content(self, here, lead, audit):
        value(
            here,
            "update quality.audit set looks_at = 'record', blind = false, why_not_blind = 'x' where id = %(audit)s"
            " returning id",
            audit,
        )

        page = lead.get(lead.get(audit).headers["location"]).text
        marks = {"rationale": "right", "required_step": "wrong", "escalation": "na"}
        said = {**marks, "process_error": "true", "comment": "Nobody was told."}
        answer = lead.get(lead.post(f"{audit}/record", data=said).headers["location"])

        assert "By record and process" in page
        assert SECRET in page
        assert "sim-frd-1-strong" not in page
        assert answer.status_code == 200, answer.text
        assert "Not in headline figures" in answer.text


class TestApi:
    def test_tells_of_plans_draws_and_audits(self, lead, plan, audit):
        plan_id, audit_id = plan.rpartition("/")[2], audit.rpartition("/")[2]
        committed(lead, audit)
        lead.post(f"{audit}/reveal")

        plans = lead.get("/v1/quality/plans", params={"state": "in_force"}).json()
        standing = lead.get(f"/v1/quality/plans/{plan_id}").json()
        draws = lead.get(f"/v1/quality/plans/{plan_id}/draws").json()
        listed = lead.get("/v1/quality/audits", params={"state": "revealed"}).json()
        read = lead.get(f"/v1/quality/audits/{audit_id}").json()

        assert plan_id in {one["id"] for one in plans}
        assert standing["strata"][0]["drawn"] >= 1
        assert {"reviewer_id", "verdict", "severity"} & set(draws[0]) == set()
        assert audit_id in {one["id"] for one in listed}
        assert (read["comparison"]["outcome"], read["comparison"]["marks"]["decision"]) == ("tp", "right")
        assert "decider_id" not in str(listed)

    def test_tells_nothing_of_an_audit_before_it_is_revealed(self, lead, audit):
        assert lead.get(f"/v1/quality/audits/{audit.rpartition('/')[2]}").status_code == 409
