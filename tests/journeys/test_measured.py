"""Nobody who is measured can tell: what an analyst is answered stays the same whatever is made of their decision.

Every route that reads is asked by the analyst who decided, before the decision is drawn and after every step of its
measuring; the answers have to be the same but for the ages in them. How long an answer takes is not looked at.
"""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from assize.app.server import create
from assize.platform.db import Database
from assize.platform.postgres.cluster import Cluster
from assize.platform.settings import Settings
from assize.workforce.models import SYSTEM, Role
from builders.asking import Call, calls, endpoints
from builders.world import Item, Viewer, World, a_world, cases_of, differ, look_again, ok, rows_of, send, tasks_of
from conftest import clone, drop

ENDPOINTS = endpoints(create(Settings(home=Path("/nowhere")), "dbname=nowhere"))
READING = [one for one in ENDPOINTS if one.reads]
# What is not of an analyst, and why.
LEFT_OUT: Mapping[str, str] = {"/metrics": "of scrapers, at an address that operators keep to themselves"}
HERS = "hers"
OF_MEASURING = {"audit", "label", "comparison", "adjudication", "golden"}
# What passes by itself: how long ago something was, how long something takes yet, and the number of a request.
PASSING = re.compile(r"(in )?\b\d+ (s|min|h|d)\b( ago)?|\breq_\w+|\d\d:\d\d(:\d\d)?( UTC)?")


@dataclass(frozen=True)
class Answer:
    """What comes back, without what passes by itself."""

    status: int
    leads_to: str
    says: str


@dataclass(kw_only=True)
class Measured:
    """An analyst, a decision of theirs, and what they were answered before anybody looked at it again."""

    world: World
    analyst: Viewer
    item: Item
    before: dict[str, Answer] = field(default_factory=dict)

    def told(self) -> dict[str, Answer]:
        """Ask every route that reads, about their own decision and about everything else there is."""
        found = {}
        for endpoint in READING:
            for call in () if endpoint.path in LEFT_OUT else calls(self.world, endpoint, HERS):
                found[f"{call.url} {dict(call.query)}"] = answered(call, self.analyst)
        return found

    def count(self, table: str) -> int:
        """Return how many rows of measuring there are of the decided case."""
        with self.world.database.transaction(SYSTEM) as tx:
            return int(
                tx.value(f"select count(*) from quality.{table} where case_id = %(id)s", {"id": self.item.cases[0]})
            )

    def told_apart(self, ids: set[str]) -> list[str]:
        """Say which route answers about one of these rows otherwise than about one that never was."""
        found = []
        for endpoint in ENDPOINTS:
            for call in calls(self.world, endpoint, HERS):
                for real in call.asked & ids:
                    never = f"{real[:-6]}ZZZZZZ"
                    answers = answered(call, self.analyst), answered(call.about(real, never), self.analyst)
                    one, other = (replace(each, says=each.says.replace(real, never)) for each in answers)
                    found += [f"{call.endpoint.name}: {where(one, other)}"] if one != other else []
        return found

    def otherwise(self) -> list[str]:
        """Say where something is answered otherwise than before, and how."""
        now = self.told()
        assert now.keys() == self.before.keys()
        return [f"{one}: {where(self.before[one], now[one])}" for one in now if self.before[one] != now[one]]


def where(before: Answer, now: Answer) -> str:
    """Say where two answers part."""
    if (before.status, before.leads_to) != (now.status, now.leads_to):
        return f"{before.status} {before.leads_to} -> {now.status} {now.leads_to}"
    at = next((at for at, (a, b) in enumerate(zip(before.says, now.says, strict=False)) if a != b), 0)
    return f"{before.says[max(0, at - 80) : at + 60]!r} -> {now.says[max(0, at - 80) : at + 60]!r}"


def answered(call: Call, viewer: Viewer) -> Answer:
    answer = call.send(viewer.client)
    return Answer(answer.status_code, answer.headers.get("location", ""), PASSING.sub("", answer.text))


@pytest.fixture(scope="module")
def measured(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Measured]:
    name = f"measured_{os.getpid()}"
    home = tmp_path_factory.mktemp("measured")
    with Database(clone(cluster, name)) as database, a_world(database, home, kinds=("plain",)) as world:
        made = decided(world)
        made.before = made.told()
        yield made
    drop(cluster, name)


def decided(world: World) -> Measured:
    """Let an analyst decide one case of two, and nobody look at it yet."""
    analyst = world.viewer("ana", Role.ANALYST)
    item = Item(kind=HERS, token="hers7f3")
    for part in ("decided", "waiting"):
        send(world, item, part)
    world.living.work(drawing=False)
    item.cases = cases_of(world, item)
    (task_id,) = tasks_of(world, item.cases[0])
    ok(analyst.client.post(f"/v1/tasks/{task_id}/claim"))
    view = ok(analyst.client.post(f"/v1/tasks/{task_id}/open", json={"purpose": "review"}))
    ok(analyst.client.post(f"/v1/tasks/{task_id}/decision", json=a_violation(view["events"])))
    world.living.work(drawing=False)
    known = world.items["plain"].ids
    item.ids = known | {table: ids for table, ids in rows_of(world.database, item).items() if ids}
    world.items[HERS] = item
    return Measured(world=world, analyst=analyst, item=item)


def a_violation(events: Sequence[Mapping[str, str]]) -> dict[str, object]:
    event = next(one["id"] for one in events if one["kind"] != "report")
    found = {"clause_id": "FRD-1", "verdict": "violation", "locus": "user", "span": {"event_id": event, "turn": 0}}
    return {
        "findings": [found],
        "rubric": {"gravity": 2, "spread": 2, "scale": 2},
        "reason_codes": ["scripts"],
        "rationale": "wrote-hers7f3 for a reason that is long enough for anybody",
    }


class TestAnalyst:
    """In the order in which a decision is measured."""

    def test_is_answered_the_same_where_nothing_happened(self, measured: Measured):
        assert "\n".join(measured.otherwise()) == ""

    def test_is_answered_the_same_once_their_decision_is_drawn(self, measured: Measured):
        measured.world.living.work()

        assert measured.count("audit") == 1
        assert "\n".join(measured.otherwise()) == ""

    def test_is_answered_the_same_once_it_was_judged_blind_and_compared(self, measured: Measured):
        look_again(measured.world, measured.item, measured.item.cases[0])
        differ(measured.world, measured.item, measured.item.cases[0])
        measured.world.living.work()

        assert all(measured.count(table) for table in OF_MEASURING)
        assert "\n".join(measured.otherwise()) == ""

    def test_is_answered_about_what_measures_them_as_about_what_is_not_there(self, measured: Measured):
        real = rows_of(measured.world.database, measured.item)
        measured.item.ids |= {table: ids for table, ids in real.items() if ids}
        asked = {table: ids[0] for table, ids in real.items() if ids and table in OF_MEASURING}

        assert set(asked) == OF_MEASURING
        assert "\n".join(measured.told_apart(set(asked.values()))) == ""
