"""Server, worker and database killed with -9 under load, many times: everything is there once."""

import json
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from assize.kernel.chance import rng
from assize_sim.measuring import Run
from assize_sim.running import Options, drain, plan_of, started
from assize_sim.stream import stream
from builders.running import SECRET, Running, running
from builders.waiting import eventually

pytestmark = pytest.mark.faults

EVENTS = 900
RATE = 40.0  # a second: the load goes on while things are killed
KILLS = 12
BETWEEN_S = (0.6, 2.2)


@dataclass(frozen=True, kw_only=True)
class Aftermath:
    """What there was after the storm: the installation, the platform's side, and who was killed how often."""

    installation: Running
    run: Run
    killed: Counter[str]
    drained: bool
    lost: int


@pytest.fixture(scope="module")
def after() -> Iterator[Aftermath]:
    with running() as installation:
        options = Options(
            base_url=installation.base_url,
            event_key=installation.event_key,
            reviewer_keys=installation.reviewers,
            webhook_secret=SECRET,
            receiver_port=installation.receiver_port,
            seed="storm",
            events=EVENTS,
            rate=RATE,
            misbehave="wild",
            tour=True,
        )
        ending = threading.Event()
        with started(options, ending) as run:
            killed = Counter[str]()
            killer = threading.Thread(target=_kill_on, args=(installation, killed), daemon=True)
            killer.start()
            run.sender.run(stream(plan_of(options)), ending)
            killer.join()
            installation.product.wait_until_ready()
            with installation.hurried():
                drained = drain(run, quiet_s=3, drain_s=180)
            yield Aftermath(installation=installation, run=run, killed=killed, drained=drained, lost=run.sender.lost())


def _kill_on(installation: Running, killed: Counter[str]) -> None:
    chance = rng("storm")
    for role in [("server", "worker", "database")[n % 3] for n in range(KILLS)]:
        time.sleep(chance.uniform(*BETWEEN_S))
        eventually(lambda role=role: installation.kill(role))  # it may still be coming back from the last time
        killed[role] += 1


LEFT = "select id, state from enforcement.effect where state in ('sent', 'confirmed', 'outgoing')"
CONFIRMED_WITHIN_S = 180  # the lease of a worker that was killed with a delivery in hand, and the tries after it


class TestAfterManyKills:
    def test_the_storm_was_one(self, after):
        assert {role for role, count in after.killed.items() if count == KILLS / 3} == {"server", "worker", "database"}

    def test_the_work_came_to_its_end(self, after):
        assert after.drained, levels(after)

    def test_every_accepted_event_is_there_once(self, after):
        rows = after.installation.rows(
            "select external_id, count(*) as n from intake.event where source = 'sim' group by external_id"
        )
        kept = {row["external_id"]: row["n"] for row in rows}

        assert after.lost == 0
        assert len(after.run.book.accepted) == EVENTS
        assert {kept.get(external_id) for external_id in after.run.book.accepted} == {1}

    def test_every_event_was_assessed(self, after):
        assert after.installation.rows("select count(*) as n from intake.inbox")[0]["n"] == 0

    def test_every_case_that_deserved_one_was_offered_once(self, after):
        rows = after.installation.rows(
            "select case_id from review.task where kind = 'first_look' and state <> 'cancelled' group by case_id"
            " having count(*) filter (where state in ('open', 'claimed', 'held')) > 1"
        )

        assert not rows

    def test_every_acknowledged_decision_is_there_once(self, after):
        decided = after.installation.rows("select task_id, count(*) as n from review.decision group by task_id")

        assert {row["n"] for row in decided} == {1}
        assert len(decided) >= sum(one.decisions for one in after.run.reviewers)

    def test_at_most_one_decision_of_a_case_stands(self, after):
        standing = after.installation.rows(
            "select case_id from review.decision where state = 'stands' group by case_id having count(*) > 1"
        )

        assert not standing

    def test_every_enforcement_was_planned_once(self, after):
        twice = after.installation.rows(
            "select decision_id, target_ref, action_id from enforcement.enforcement"
            " group by decision_id, target_ref, action_id having count(*) > 1"
        )

        assert not twice

    def test_every_effect_that_left_is_at_the_receiver_once_by_key(self, after):
        left = after.installation.rows(LEFT)
        patience = time.monotonic() + CONFIRMED_WITHIN_S
        with after.installation.hurried():
            while {row["state"] for row in left} != {"confirmed"} and time.monotonic() < patience:
                time.sleep(0.5)
                left = after.installation.rows(LEFT)

        assert left
        assert {row["id"] for row in left} <= set(after.run.receiver.applied)
        assert {row["state"] for row in left} == {"confirmed"}

    def test_nobody_received_an_effect_that_was_not_decided(self, after):
        known = {row["id"] for row in after.installation.rows("select id from enforcement.effect")}

        assert set(after.run.receiver.applied) <= known

    def test_no_reaction_was_lost(self, after):
        assert not after.installation.rows(
            "select id from procrastinate_jobs where status in ('todo', 'doing', 'failed')"
        ), levels(after)

    def test_the_ledger_verifies(self, after):
        done = subprocess.run(
            [sys.executable, "-m", "assize", "audit", "verify"],
            env=dict(after.installation.product.environment),
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

        assert done.returncode == 0, done.stdout + done.stderr


def levels(after: Aftermath) -> str:
    found: dict[str, Any] = dict(after.run.sender.client.levels())
    log = after.installation.product.home / "up.log"
    return json.dumps(found) + "\n" + log.read_text(encoding="utf-8")[-3000:]
