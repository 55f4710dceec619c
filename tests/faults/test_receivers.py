"""Webhook receivers that time out, answer 500, hang up, or answer after a crash: every effect arrives once by key."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from assize_sim.measuring import Run
from assize_sim.receiver import Misbehaviour
from assize_sim.running import Options, plan_of, started
from assize_sim.stream import stream
from builders.running import SECRET, Running, running, until

pytestmark = pytest.mark.faults

BAD = {
    "error": Misbehaviour(error=1, later=0),
    "after": Misbehaviour(after=1, later=0),
    "drop": Misbehaviour(drop=1, later=0),
    "hang": Misbehaviour(hang=1, later=0),
}


@pytest.fixture(scope="module")
def platform() -> Iterator[tuple[Running, Run]]:
    """An installation and a platform whose receiver goes through every kind of misbehaviour, then gets well."""
    with running() as installation:
        options = Options(
            base_url=installation.base_url,
            event_key=installation.event_key,
            reviewer_keys=installation.reviewers,
            webhook_secret=SECRET,
            receiver_port=installation.receiver_port,
            seed="receivers",
            events=150,
            tour=True,
        )
        ending = threading.Event()
        with started(options, ending) as run:
            run.receiver.misbehaviour = BAD["error"]
            run.sender.run(stream(plan_of(options)), ending)
            with installation.hurried():
                assert until(lambda: len(run.receiver.tries) >= 3, within_s=120)
                yield installation, run


def effects(installation: Running) -> dict[str, str]:
    return {row["id"]: row["state"] for row in installation.rows("select id, state from enforcement.effect")}


class TestReceivers:
    def test_that_answer_500_get_it_again_and_nothing_counts_as_done(self, platform):
        installation, run = platform

        again = until(lambda: max(run.receiver.tries.values()) >= 2, within_s=120)

        assert again
        assert not run.receiver.applied
        assert "confirmed" not in effects(installation).values()

    @pytest.mark.parametrize("how", ["after", "drop"])
    def test_that_do_it_and_then_fail_get_it_again_and_do_it_once(self, platform, how):
        _, run = platform
        before = dict(run.receiver.tries)
        run.receiver.misbehaviour = BAD[how]

        again = until(
            lambda: any(count >= before.get(one, 0) + 2 for one, count in dict(run.receiver.tries).items()),
            within_s=120,
        )

        assert again
        assert all(
            max(standing(run, one).counts.values(), default=0) <= repeats(run, one) for one in run.receiver.applied
        )

    def test_that_hang_hold_up_no_other_delivery_for_ever(self, platform):
        installation, run = platform
        run.receiver.misbehaviour = BAD["hang"]
        before = sum(run.receiver.tries.values())

        tried = until(lambda: sum(run.receiver.tries.values()) > before, within_s=120)

        assert tried
        assert installation.product.ready()

    def test_that_hear_of_it_after_a_crash_get_it_under_the_same_key(self, platform):
        installation, run = platform
        run.receiver.misbehaviour = replace(BAD["after"], after=0)
        installation.kill("worker")

        done = until(lambda: set(effects(installation).values()) <= {"confirmed"}, within_s=240, pause_s=1)

        assert done, effects(installation)
        assert set(run.receiver.applied) == set(effects(installation))


def standing(run: Run, effect_id: str):
    received = run.receiver.applied[effect_id]
    return run.receiver.register.of(received.level, received.ref)


def repeats(run: Run, effect_id: str) -> int:
    """How many different effects reached the same subject: each may count once."""
    about = run.receiver.applied[effect_id]
    return sum((one.level, one.ref) == (about.level, about.ref) for one in run.receiver.applied.values())
