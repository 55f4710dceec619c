"""Surge levers over HTTP: the same rights as on the page."""

from collections.abc import Iterator

import httpx2
import pytest

from assize.kernel import clock
from assize.platform.db import Database
from assize.workforce import service as workforce
from assize.workforce.models import SYSTEM, Role
from builders.living import Living, living


@pytest.fixture
def here(fresh_database: Database, tmp_path) -> Iterator[Living]:
    with living(fresh_database, tmp_path) as alive:
        yield alive


@pytest.fixture
def manager(here: Living) -> Iterator[httpx2.Client]:
    with here.client(here.person("mia", Role.OPERATIONS_MANAGER)[1]) as client:
        yield client


def pulled(client: httpx2.Client, **given: object) -> httpx2.Response:
    return client.post("/v1/surge/pulls", json={"lever": "regroup", "hours": 2, "reason": "a flood of copies"} | given)


class TestSurge:
    def test_lists_what_can_be_pulled_and_what_it_keeps(self, manager: httpx2.Client):
        levers = {one["id"]: one for one in manager.get("/v1/surge/levers").json()}

        assert levers["relax-targets"]["reach"] == "queue"
        assert levers["relax-targets"]["longest_hours"] == 24
        assert levers["audit-floor"]["heard"] is True

    def test_pulls_and_ends_a_lever(self, here: Living, manager: httpx2.Client):
        made = pulled(manager)

        assert made.status_code == 201, made.text
        assert (made.json()["in_force"], made.json()["reach"]) == (True, None)
        with here.database.transaction(SYSTEM) as tx:
            assert workforce.surge_in_force(tx, lever="regroup", at=clock.now())
        assert manager.post(f"/v1/surge/pulls/{made.json()['id']}/end").status_code == 204
        (kept,) = manager.get("/v1/surge/pulls").json()
        assert (kept["in_force"], kept["ended_by"]) == (False, made.json()["pulled_by"])

    @pytest.mark.parametrize(
        ("given", "status"),
        [
            pytest.param({"lever": "relax-targets", "reach": "no-such-queue"}, 422, id="a queue that is not there"),
            pytest.param({"lever": "relax-targets"}, 422, id="no queue named"),
            pytest.param({"hours": 99}, 422, id="longer than approved"),
            pytest.param({"lever": "open-the-gates"}, 404, id="no such lever"),
            pytest.param({"more": 1}, 422, id="an unknown field"),
        ],
    )
    def test_refuses_what_was_not_approved(self, here: Living, manager: httpx2.Client, given, status):
        answer = pulled(manager, **given)

        assert answer.status_code == status, answer.text
        with here.database.transaction(SYSTEM) as tx:
            assert workforce.levers_in_force(tx, at=clock.now()) == ()

    def test_is_pulled_only_by_whoever_may(self, here: Living):
        with here.client(here.person("ana", Role.ANALYST)[1]) as analyst:
            assert pulled(analyst).status_code == 403
            assert analyst.get("/v1/surge/pulls").status_code == 200
