"""Remediation over HTTP: chosen, looked at, approved by a second person, followed to its end."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from assize.kernel import clock
from assize.workforce.models import SYSTEM, Role
from builders.enforcement import a_policy_of_actions, decided, enforced, leave
from builders.living import Living, living
from builders.review import AT


@pytest.fixture
def here(fresh_database, tmp_path):
    with fresh_database.transaction(SYSTEM) as tx:
        a_policy_of_actions(tx)
        for n in range(2):
            decision = decided(tx, "suspend-account", account=f"acc-{n}", conversation=f"con-{n}")
            enforced(tx, decision)
            leave(tx, decision)
    with living(fresh_database, tmp_path) as alive:
        yield alive


def client_of(here: Living, name: str, role: Role) -> httpx2.Client:
    return here.client(here.person(name, role)[1])


def selection(**given: Any) -> dict[str, Any]:
    span = {"since": (AT - timedelta(days=1)).isoformat(), "until": clock.now().isoformat()}
    return {"cause": "clause", "cause_id": "HAR-1"} | span | given


def ok(answer: httpx2.Response) -> Any:
    assert answer.is_success, answer.text
    return answer.json()


class TestRemediation:
    def test_goes_from_choice_to_done_with_two_people(self, here: Living):
        planner, second = client_of(here, "mia", Role.OPERATIONS_MANAGER), client_of(here, "sara", Role.EXPERT)
        with planner, second:
            chosen = ok(planner.post("/v1/remediations/preview", json=selection()))
            assert [(one["action_id"], one["n"]) for one in chosen["shares"]] == [("suspend-account", 2)]
            made = ok(planner.post("/v1/remediations", json=selection(reason="the clause was read too widely")))
            at = f"/v1/remediations/{made['remediation']['id']}"
            sample = ok(planner.get(f"{at}/sample"))
            for item in sample:
                judged = ok(planner.post(f"{at}/items/{item['id']}/judgement", json={"wrong": True}))
            assert (judged["progress"]["judged"], judged["progress"]["errors"]["value"]) == (2, 1.0)

            assert planner.post(f"{at}/approval").status_code == 403
            assert ok(second.post(f"{at}/approval"))["remediation"]["state"] == "running"
            here.work()

            done = ok(planner.get(at))
            assert (done["remediation"]["state"], done["progress"]["done"], done["progress"]["strikes"]) == (
                "done",
                2,
                2,
            )
            assert ok(planner.get(f"{at}/left-over")) == []
            assert [one["id"] for one in ok(second.get("/v1/remediations"))] == [made["remediation"]["id"]]

    def test_pauses_and_goes_on(self, here: Living):
        planner, second = client_of(here, "mia", Role.OPERATIONS_MANAGER), client_of(here, "sara", Role.EXPERT)
        with planner, second:
            made = ok(planner.post("/v1/remediations", json=selection(reason="wrong")))
            at = f"/v1/remediations/{made['remediation']['id']}"
            ok(second.post(f"{at}/approval"))

            assert ok(planner.post(f"{at}/pause"))["remediation"]["state"] == "paused"
            here.work()
            assert ok(planner.get(at))["progress"]["waiting"] == 2
            assert ok(planner.post(f"{at}/resumption"))["remediation"]["state"] == "running"
            assert planner.post(f"{at}/resumption").status_code == 409

    def test_is_over_where_the_second_person_refuses(self, here: Living):
        planner, second = client_of(here, "mia", Role.OPERATIONS_MANAGER), client_of(here, "sara", Role.EXPERT)
        with planner, second:
            made = ok(planner.post("/v1/remediations", json=selection(reason="wrong")))
            at = f"/v1/remediations/{made['remediation']['id']}"

            assert ok(second.post(f"{at}/refusal"))["remediation"]["state"] == "refused"
            assert second.post(f"{at}/approval").status_code == 409

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            pytest.param({"cause": "mood"}, "cause", id="an unknown cause"),
            pytest.param({"since": "2026-01-01T00:00:00"}, "since", id="a time without a zone"),
        ],
    )
    def test_names_what_is_wrong_with_a_choice(self, here: Living, given, field):
        with client_of(here, "mia", Role.OPERATIONS_MANAGER) as planner:
            answer = planner.post("/v1/remediations/preview", json=selection(**given))

        assert answer.status_code == 422
        assert field in answer.text

    def test_is_planned_only_by_whoever_may(self, here: Living):
        with client_of(here, "ana", Role.ANALYST) as analyst:
            assert analyst.post("/v1/remediations", json=selection(reason="wrong")).status_code == 403
            assert analyst.post("/v1/remediations/preview", json=selection()).status_code == 403
