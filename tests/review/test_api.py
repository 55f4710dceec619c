"""Review over real HTTP, with keys: claim, open, decide, undo, read; errors name the field."""

import pytest

from assize.kernel import clock
from assize.review import service
from assize.triage import service as triage
from assize.workforce.models import SYSTEM, Role
from builders.living import living
from builders.review import an_event

PROSE = "The marked passage meets the scope of the clause, and no exception applies."


@pytest.fixture
def there(fresh_database, tmp_path):
    with living(fresh_database, tmp_path, grace_s=60) as found:
        yield found


@pytest.fixture
def analyst(there):
    _, key = there.person("ada", Role.ANALYST)
    with there.client(key) as client:
        yield client


def waiting(there, clause_id="FRD-1"):
    at = clock.now()
    with there.database.transaction(SYSTEM) as tx:
        event_id = an_event(tx, "a plain sentence", at=at, occurred_at=at)
        case = triage.open_by_hand(tx, event_ids=[event_id], clause_ids=[clause_id], reason="a test", at=at)
        task = service.offer(tx, case_id=case.id, at=at)
    return case, task


def body(case, **more):
    event = case["events"][0]["id"]
    finding = {
        "clause_id": case["likely"][0][0],
        "verdict": "violation",
        "locus": "user",
        "span": {"event_id": event, "turn": 0, "start": 0, "end": 7},
    }
    return {"findings": [finding], "rubric": case["rubric"] or {"gravity": 1}, "rationale": PROSE} | more


class TestApi:
    def test_carries_a_case_from_queue_to_decision_and_back(self, there, analyst):
        case, task = waiting(there)

        claimed = analyst.post("/v1/queues/claim", json={}).json()["task"]
        shown = analyst.post(f"/v1/tasks/{task.id}/open", json={"purpose": "first look"}).json()
        renewed = analyst.post(f"/v1/tasks/{task.id}/lease")
        decision = analyst.post(f"/v1/tasks/{task.id}/decision", json=body(shown))

        assert claimed["id"] == task.id
        assert shown["events"][0]["turns"][0]["text"] == "a plain sentence"
        assert renewed.status_code == 200
        assert decision.status_code == 201, decision.text
        made = decision.json()
        assert (made["state"], made["verdict"], made["primary_clause"]) == ("stands", "violation", "FRD-1")
        assert analyst.get(f"/v1/decisions/{made['id']}").json() == made
        assert [one["id"] for one in analyst.get("/v1/decisions").json()["decisions"]] == [made["id"]]
        assert analyst.get(f"/v1/cases/{case.id}").json()["state"] == "decided"
        assert analyst.post(f"/v1/decisions/{made['id']}/undo").json()["state"] == "undone"
        assert analyst.get("/v1/cases").json()["cases"][0]["id"] == case.id
        assert [one["id"] for one in analyst.get("/v1/tasks/mine").json()] == [task.id]

    def test_decides_once_under_one_idempotency_key(self, there, analyst):
        waiting(there)
        task = analyst.post("/v1/queues/claim", json={}).json()["task"]
        shown = analyst.post(f"/v1/tasks/{task['id']}/open", json={"purpose": "first look"}).json()

        answers = [
            analyst.post(
                f"/v1/tasks/{task['id']}/decision", json=body(shown), headers={"Idempotency-Key": "once"}
            ).json()
            for _ in range(2)
        ]

        assert answers[0]["id"] == answers[1]["id"]

    def test_claims_once_under_one_idempotency_key(self, there, analyst):
        waiting(there)
        waiting(there)

        answers = [
            analyst.post("/v1/queues/claim", json={}, headers={"Idempotency-Key": "once"}).json() for _ in range(2)
        ]

        assert answers[0] == answers[1]

    def test_names_the_field_that_does_not_fit(self, there, analyst):
        waiting(there)
        task = analyst.post("/v1/queues/claim", json={}).json()["task"]
        shown = analyst.post(f"/v1/tasks/{task['id']}/open", json={"purpose": "first look"}).json()

        wrong = analyst.post(f"/v1/tasks/{task['id']}/decision", json=body(shown, rubric={}, colour=1))
        misfit = analyst.post(f"/v1/tasks/{task['id']}/decision", json=body(shown, rubric={}))

        assert (wrong.status_code, [one["pointer"] for one in wrong.json()["errors"]]) == (422, ["/colour"])
        assert misfit.status_code == 422
        assert [one["pointer"] for one in misfit.json()["errors"]] == ["/rubric"]
        assert misfit.headers["content-type"] == "application/problem+json"

    def test_tells_how_queues_stand(self, there, analyst):
        case, _ = waiting(there)

        board = {one["name"]: one for one in analyst.get("/v1/queues").json()}

        assert board[case.queue]["open"] == 1

    def test_keeps_drafts(self, there, analyst):
        waiting(there)
        task = analyst.post("/v1/queues/claim", json={}).json()["task"]

        kept = analyst.put(f"/v1/tasks/{task['id']}/draft", json={"rationale": "half a"})

        assert kept.status_code == 204
        assert [one["body"] for one in analyst.get("/v1/drafts").json()] == [{"rationale": "half a"}]

    def test_gives_a_task_back(self, there, analyst):
        waiting(there)
        task = analyst.post("/v1/queues/claim", json={}).json()["task"]

        back = analyst.post(f"/v1/tasks/{task['id']}/release", json={"reason_code": "knows-the-person"}).json()

        assert back["state"] == "open"
        assert analyst.post("/v1/queues/claim", json={}).json() == {"task": None}

    def test_refuses_a_key_without_the_right(self, there):
        _, task = waiting(there)
        with there.client(there.platform_key()) as platform:
            refused = [
                platform.post("/v1/queues/claim", json={}),
                platform.get("/v1/cases"),
                platform.get("/v1/decisions"),
                platform.post(f"/v1/tasks/{task.id}/decision", json={"findings": []}),
            ]

        assert [one.status_code for one in refused] == [403] * 4
        assert {one.json()["code"] for one in refused} == {"not-allowed"}

    def test_offers_a_first_look_for_each_case_that_opens(self, there, analyst):
        at = clock.now()
        with there.database.transaction(SYSTEM) as tx:
            event_id = an_event(tx, "a plain sentence", at=at, occurred_at=at)
            triage.open_by_hand(tx, event_ids=[event_id], clause_ids=["FRD-1"], reason="a test", at=at)

        there.work()

        assert analyst.post("/v1/queues/claim", json={}).json()["task"]["kind"] == "first_look"


class TestFlow:
    def test_lets_nobody_hear_a_claim(self):
        from assize.app.flow import FLOW  # noqa: PLC0415
        from assize.review.facts import TaskClaimed  # noqa: PLC0415

        assert TaskClaimed not in FLOW
