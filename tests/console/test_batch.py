"""Near-duplicates decided together: one decision for each, whatever becomes of the others, and one way back for all."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from assize.platform.db import Database
from assize.workforce.models import SYSTEM, Role
from builders.browsing import an_event
from builders.living import Living, living

TEXT = "sim-frd-2-strong"


@pytest.fixture
def here(fresh_database: Database, tmp_path: Path) -> Iterator[Living]:
    with living(fresh_database, tmp_path, grace_s=60) as alive:
        yield alive


@pytest.fixture
def ana(here: Living) -> Iterator[httpx2.Client]:
    _, key = here.person("ana", Role.ANALYST)
    with here.client(key) as client:
        yield client


def three_alike(here: Living, *, keyed: int | None = None) -> list[str]:
    """Three cases of one cluster of nearly equal texts; return their ids. keyed: which of them used an API key."""
    events = [
        an_event(
            f"{TEXT} {words}",
            external_id=f"e-{number}",
            subject={"account": f"acct-{number}", "conversation": f"conv-{number}"}
            | ({"api_key": f"key-{number}"} if number == keyed else {}),
        )
        for number, words in enumerate(("one alone", "quite other words than those", "and something else again here"))
    ]
    with here.client(here.platform_key()) as platform:
        assert platform.post("/v1/events", json={"events": events}).status_code == 202
    here.work()
    with here.database.transaction(SYSTEM) as tx:
        tx.run("update triage.case set near_duplicate = 7")
        return [row["id"] for row in tx.rows("select id from triage.case order by id")]


def the_case_with_a_key(here: Living) -> str:
    with here.database.transaction(SYSTEM) as tx:
        return str(
            tx.value(
                "select ce.case_id from triage.case_event ce join intake.event_subject es on es.event_id = ce.event_id"
                " join intake.subject s on s.id = es.subject_id where s.level = 'api_key'"
            )
        )


def tasks_in(page: httpx2.Response) -> list[str]:
    return re.findall(r'name="task" value="(task_\w+)"', page.text)


def the_form(tasks: list[str], **more: object) -> dict[str, object]:
    given = {
        "task": tasks,
        "clause": "FRD-2",
        "verdict": "violation",
        "reason": "poses-as-trusted",
        "rubric.gravity": "2",
        "locus": "user",
        "disposition": "enforce|account|warn",
        "looked": "yes",
    }
    return given | more


def decisions(here: Living) -> list[tuple[str, str]]:
    with here.database.transaction(SYSTEM) as tx:
        rows = tx.rows(
            "select d.case_id, d.state, f.event_id from review.decision d join review.finding f on f.decision_id = d.id"
        )
    return [(row["case_id"], row["event_id"]) for row in rows if row["state"] == "stands"]


class TestBatch:
    def test_shows_what_waits_folded_until_all_is_opened_and_claims_nothing(self, here, ana):
        first, *_ = three_alike(here)

        folded = ana.get(f"/cases/{first}/batch")
        opened = ana.post(f"/cases/{first}/batch/open", data={"case": first}, follow_redirects=True)

        assert len(tasks_in(folded)) == 2
        assert TEXT not in folded.text
        assert opened.status_code == 200
        with here.database.transaction(SYSTEM) as tx:
            assert tx.value("select count(*) from platform.fact where kind = 'TaskClaimed'") == 0

    def test_records_one_decision_for_each_with_its_own_evidence_and_takes_all_back(self, here, ana):
        ids = three_alike(here)
        ana.post("/claim")
        mine = next(one for one in ids if "in your hands" in ana.get(f"/cases/{one}/batch").text)
        ana.post(f"/cases/{mine}/batch/open", data={"case": ids})
        tasks = tasks_in(ana.get(f"/cases/{mine}/batch"))

        done = ana.post(f"/cases/{mine}/batch", data=the_form(tasks))
        found = decisions(here)
        undone = ana.post(
            f"/cases/{mine}/batch/undo", data={"decision": re.findall(r'name="decision" value="(dec_\w+)"', done.text)}
        )

        assert sorted(case_id for case_id, _ in found) == ids
        assert len({event_id for _, event_id in found}) == 3
        assert "<strong>3</strong> taken back" in undone.text
        assert decisions(here) == []

    def test_decides_the_others_where_one_is_lost_and_says_so(self, here, ana):
        ids = three_alike(here)
        ana.post(f"/cases/{ids[0]}/batch/open", data={"case": ids})
        tasks = tasks_in(ana.get(f"/cases/{ids[0]}/batch"))
        _, key = here.person("ben", Role.ANALYST)
        with here.client(key) as ben:
            ben.post(f"/v1/tasks/{tasks[0]}/claim").raise_for_status()

        done = ana.post(f"/cases/{ids[0]}/batch", data=the_form(tasks))

        assert "<strong>1</strong> decided, <strong>1</strong> not" in done.text
        assert "Somebody has this task in hand" in done.text
        assert len(decisions(here)) == 1

    def test_decides_nothing_that_was_not_opened(self, here, ana):
        ids = three_alike(here)
        tasks = tasks_in(ana.get(f"/cases/{ids[0]}/batch"))

        done = ana.post(f"/cases/{ids[0]}/batch", data=the_form(tasks))

        assert "nobody decides what they did not see" in done.text
        assert decisions(here) == []
        with here.database.transaction(SYSTEM) as tx:
            assert tx.value("select count(*) from review.task where state = 'claimed'") == 0

    def test_asks_to_confirm_that_each_was_looked_at_before_anything_is_enforced(self, here, ana):
        ids = three_alike(here)
        tasks = tasks_in(ana.get(f"/cases/{ids[0]}/batch"))

        answer = ana.post(f"/cases/{ids[0]}/batch", data=the_form(tasks, looked=""))

        assert answer.status_code == 422
        assert "Confirm that you looked at every ticked case" in answer.text

    def test_applies_a_measure_that_holds_meanwhile_only_to_cases_that_were_looked_at(self, here, ana):
        ids = three_alike(here)
        ana.post(f"/cases/{ids[0]}/batch/open", data={"case": ids})
        tasks = tasks_in(ana.get(f"/cases/{ids[0]}/batch"))
        asks = {"disposition": "request_information|account|", "missing": "who sent it", "interim": "suspend-account"}

        refused = ana.post(f"/cases/{ids[0]}/batch", data=the_form(tasks, **asks, looked=""))
        ana.post(f"/cases/{ids[0]}/batch", data=the_form(tasks, **asks))
        here.work()

        assert "Confirm that you looked at every ticked case" in refused.text
        with here.database.transaction(SYSTEM) as tx:
            plans = tx.rows("select action_id, interim from enforcement.enforcement")
        assert [(one["action_id"], one["interim"]) for one in plans] == [("suspend-account", True)] * 2

    def test_says_of_each_case_what_is_left_out_before_and_after(self, here, ana):
        ids = three_alike(here, keyed=0)
        own = the_case_with_a_key(here)
        ana.post(f"/cases/{own}/batch/open", data={"case": ids})
        tasks = tasks_in(ana.get(f"/cases/{own}/batch"))
        before = ana.get(f"/cases/{own}/batch").text

        chosen = ["enforce|account|warn", "enforce|api_key|revoke-api-key"]
        done = ana.post(f"/cases/{own}/batch", data=the_form(tasks, disposition=chosen))

        assert before.count('<span class="tag warn">no api key</span>') == len(tasks)
        assert len(
            re.findall(r"left out</span> <span>[^<]*\(api key\): it has nobody of that level", done.text)
        ) == len(tasks)
        assert len(decisions(here)) == len(tasks)
