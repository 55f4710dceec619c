"""Nobody can tell a known case from others: an analyst is answered about both alike, by every route, at every step.

A sealed copy of a known case and an ordinary case of the same kind wait, are decided, and take effect, side by side. What
is answered about the one has to be what is answered about the other, but for ids, times and names.
"""

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from assize.app.server import create
from assize.kernel import chance, clock
from assize.platform.db import Database
from assize.platform.postgres.cluster import Cluster
from assize.platform.settings import Settings
from assize.quality import service as quality
from assize.workforce.models import SYSTEM, Role
from builders.asking import Call, calls, endpoints
from builders.world import Item, Viewer, World, a_world, cases_of, ok, tasks_of
from conftest import clone, drop

READING = [one for one in endpoints(create(Settings(home=Path("/nowhere")), "dbname=nowhere")) if one.reads]
FIRST, TWIN = "firsta7f3", "twinnb5a5"
KNOWN = "known"
# What differs between any two cases: ids, hashes, times, what they are called, and how long ago something was.
DIFFERS = (
    (re.compile(r"\b([a-z]{2,5})_[0-9A-HJKMNP-TV-Z]{26}(?![0-9A-Z])"), r"\1_#"),
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?(Z|\+00:00| UTC)?"), "TIME"),
    (re.compile(r"\breq_\w+"), "REQ"),
    (re.compile(r"…[0-9A-Z]{6,8}\b"), "SHORT"),
    (re.compile(rf"{FIRST}|{TWIN}"), "WORD"),
    (re.compile(r"ref-[\w-]+"), "REF"),
    (re.compile(r"\b[0-9a-f]{12,64}\b"), "HASH"),
    (re.compile(r"(in )?\b\d+ (s|min|h|d)\b( ago)?|just now"), "AGO"),
    (re.compile(r"\d+(\.\d+)?"), "N"),
)


def event(token: str) -> dict[str, Any]:
    return {
        "external_id": f"ref-{token}-event-of-tests",
        "occurred_at": clock.now().isoformat(),
        "subject": {level: f"ref-{token}-{level}-of-tests" for level in ("project", "account", "conversation")},
        "turns": [
            {
                "role": "user",
                "text": f"said {token} about {' '.join(f'{token}{n}' for n in range(12))} sim-frd-1-strong",
            },
            {"role": "assistant", "text": f"said {token} in answer"},
        ],
        "language": "en",
    }


@dataclass(kw_only=True)
class Beside:
    """A known case among the others, an ordinary one beside it, and the analyst who is given both."""

    world: World
    analyst: Viewer
    known: str
    twin: str

    def items(self) -> tuple[Item, Item]:
        """Return everything there is of both cases by now."""
        with self.world.database.transaction(SYSTEM) as tx:
            made = [
                Item(kind=kind, token=TWIN, cases=[case]) for kind, case in ((KNOWN, self.known), (TWIN, self.twin))
            ]
            tables = tx.rows(
                "select c.table_schema as in_schema, c.table_name as name from information_schema.columns c"
                " join information_schema.columns i on i.table_schema = c.table_schema and i.table_name = c.table_name"
                " and i.column_name = 'id' where c.column_name = 'case_id' and c.table_schema <> 'quality' order by 1, 2"
            )
            for item in made:
                of = {"case": item.cases[0]}
                for table in tables:
                    shown = "not measuring" if table["name"] == "fact" else "true"
                    query = f'select id from {table["in_schema"]}."{table["name"]}" where case_id = %(case)s and {shown} order by id'
                    item.ids[table["name"]] = [row["id"] for row in tx.rows(query, of)]
                events = tx.rows(
                    "select event_id as id, subject_id from triage.case_event where case_id = %(case)s", of
                )
                item.ids |= {
                    "case": item.cases,
                    "event": [row["id"] for row in events],
                    "subject": [row["subject_id"] for row in events],
                }
                # What there is none of yet is asked for about something else: of both alike.
                others = self.world.items["plain"].ids
                full = {**others, **{name: ids for name, ids in item.ids.items() if ids}}
                self.world.items[item.kind] = replace(item, ids=full)
        return made[0], made[1]

    def told_apart(self) -> list[str]:
        """Say where the known case is answered otherwise than the ordinary one."""
        known, twin = self.items()
        kinds = {name: (len(known.ids[name]), len(twin.ids.get(name, ()))) for name in known.ids}
        found = [f"{name}: {one} rows and {other}" for name, (one, other) in kinds.items() if one != other]
        for endpoint in READING:
            of_known = [one for one in calls(self.world, endpoint, KNOWN) if names(one, known)]
            of_twin = [one for one in calls(self.world, endpoint, TWIN) if names(one, twin)]
            for one, other in zip(of_known, of_twin, strict=True):
                said, beside = self.answer(one), self.answer(other)
                found += [f"{endpoint.name} {dict(one.query)}: {parting(said, beside)}"] if said != beside else []
            found += self.in_lists(endpoint)
        return found

    def in_lists(self, endpoint: Any) -> list[str]:
        """Say where a list tells of the known case otherwise than of the ordinary one."""
        if endpoint.parameters or endpoint.path in {"/metrics", "/live"}:
            return []
        for call in calls(self.world, endpoint, KNOWN):
            if call.query:
                continue
            text = call.send(self.analyst.client).text
            one, other = entries(text, self.known), entries(text, self.twin)
            if [plain(each) for each in one] != [plain(each) for each in other]:
                return [f"{endpoint.name}: {one} beside {other}"]
        return []

    def answer(self, call: Call) -> str:
        """Return what an analyst is answered, as it would be of any case."""
        answer = call.send(self.analyst.client)
        return plain(f"{answer.status_code} {answer.headers.get('location', '')} {answer.text}")


def names(call: Call, item: Item) -> bool:
    return any(one in call.asked for ids in item.ids.values() for one in ids)


def plain(text: str) -> str:
    for pattern, word in DIFFERS:
        text = pattern.sub(word, text)
    return text


def entries(text: str, case_id: str) -> list[str]:
    """Return what a list says of a case: its objects in JSON, its rows on a page."""
    try:
        return [json.dumps(one, sort_keys=True) for one in objects(json.loads(text), case_id)]
    except ValueError:
        return [
            one.group()
            for one in re.finditer(r"<(tr|li)\b(?:(?!</\1>).)*</\1>", text, re.DOTALL)
            if case_id in one.group()
        ]


def objects(value: Any, case_id: str) -> Iterator[Mapping[str, Any]]:
    match value:
        case dict():
            if case_id in value.values():
                yield value
            for each in value.values():
                yield from objects(each, case_id)
        case list():
            for each in value:
                yield from objects(each, case_id)


def parting(one: str, other: str) -> str:
    at = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return f"{one[max(0, at - 100) : at + 80]!r} beside {other[max(0, at - 100) : at + 80]!r}"


@pytest.fixture(scope="module")
def beside(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Beside]:
    name = f"known_{os.getpid()}"
    home = tmp_path_factory.mktemp("known")
    with Database(clone(cluster, name)) as database, a_world(database, home, kinds=("plain",)) as world:
        yield put_in(world)
    drop(cluster, name)


def put_in(world: World) -> Beside:
    """Make a case known, and put a copy of it among the others, with an ordinary case beside it."""
    ok(world.platform.post("/v1/events", json={"events": [event(FIRST)]}))
    world.living.work()
    (original,) = cases_of(world, Item(kind="first", token=FIRST))
    decide(world.lead, world, original)
    world.living.work()
    label_id = looked_at_again(world, original)
    made = ok(world.lead.client.post("/v1/quality/golden", json={"label_id": label_id}))
    ok(world.second.client.post(f"/v1/quality/golden/{made['id']}/approve", json={}))
    queue = made["queue"]
    ok(world.lead.client.put("/v1/quality/golden/rates", json={"queue": queue, "share": 0.1}))
    with world.database.transaction(SYSTEM) as tx:
        tx.run("delete from triage.near_duplicate")  # as if a day had gone by: known cases are older
        tx.run("delete from review.indexed_text")
    ok(world.platform.post("/v1/events", json={"events": [event(TWIN)]}))
    world.living.work()
    (twin,) = cases_of(world, Item(kind=TWIN, token=TWIN))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("assize.quality.service.placing.is_drawn", lambda *_: True)
        rng = chance.rng(1)
        assert quality.place_due(world.database, settings=world.living.settings, rng=rng, at=clock.now()) == 1
    world.living.work()
    with world.database.transaction(SYSTEM) as tx:
        known = tx.value("select id from triage.case where sealed")
    assert known, "the copy opened a case"
    return Beside(world=world, analyst=world.viewer("ana", Role.ANALYST), known=known, twin=twin)


def looked_at_again(world: World, case_id: str) -> str:
    """Let an auditor's label say what is right of a decided case; return its id."""
    with world.database.transaction(SYSTEM) as tx:
        (label_id,) = [
            row["id"]
            for row in tx.rows(
                "insert into quality.label (id, of, of_id, labeler_id, case_id, subject_id, dossier_id, policy_version_id,"
                " judgement, verdict, clause, severity, blind, at, hash)"
                " select 'lab_' || right(d.id, 26), 'audit', 'aud_of_tests', %(second)s, d.case_id, d.subject_id, d.dossier_id,"
                " d.policy_version_id, l.judgement, d.verdict, d.primary_clause, d.assessed, true, now(), 'hash'"
                " from review.decision d, (select judgement from quality.label limit 1) l where d.case_id = %(case)s"
                " returning id",
                {"case": case_id, "second": world.second.reviewer_id},
            )
        ]
    return str(label_id)


def decide(who: Viewer, world: World, case_id: str) -> None:
    """Find a violation, by the same words each time."""
    (task_id,) = tasks_of(world, case_id)
    ok(who.client.post(f"/v1/tasks/{task_id}/claim"))
    view = ok(who.client.post(f"/v1/tasks/{task_id}/open", json={"purpose": "review"}))
    ok(who.client.post(f"/v1/tasks/{task_id}/decision", json=a_violation(view["events"], view["subjects"])))


def a_violation(events: Sequence[Mapping[str, str]], subjects: Sequence[Mapping[str, str]]) -> dict[str, object]:
    found = {
        "clause_id": "FRD-1",
        "verdict": "violation",
        "locus": "user",
        "span": {"event_id": events[0]["id"], "turn": 0},
    }
    account = next(one["id"] for one in subjects if one["level"] == "account")
    return {
        "findings": [found],
        "dispositions": [{"kind": "enforce", "target_level": "account", "target_id": account, "action_id": "warn"}],
        "rubric": {"gravity": 2, "spread": 2, "scale": 2},
        "reason_codes": ["scripts"],
        "rationale": "It is what the clause names, in so many words, and no exception holds.",
    }


class TestAnalyst:
    """In the order in which a case is worked on."""

    def test_is_told_the_same_of_a_known_case_that_waits(self, beside: Beside):
        assert "\n".join(beside.told_apart()) == ""

    def test_is_told_the_same_of_one_in_their_hands(self, beside: Beside):
        for case_id in (beside.twin, beside.known):
            (task_id,) = tasks_of(beside.world, case_id)
            ok(beside.analyst.client.post(f"/v1/tasks/{task_id}/claim"))
            ok(beside.analyst.client.post(f"/v1/tasks/{task_id}/open", json={"purpose": "review"}))

        assert "\n".join(beside.told_apart()) == ""

    def test_is_told_the_same_of_one_they_decided(self, beside: Beside):
        for case_id in (beside.twin, beside.known):
            (task_id,) = tasks_of(beside.world, case_id, "claimed")
            view = ok(beside.analyst.client.get(f"/v1/cases/{case_id}"))
            body = a_violation(view["events"], view["subjects"])
            ok(beside.analyst.client.post(f"/v1/tasks/{task_id}/decision", json=body))
        beside.world.living.work(drawing=False)

        assert "\n".join(beside.told_apart()) == ""

    def test_is_told_the_same_once_it_was_compared(self, beside: Beside):
        beside.world.living.work()

        with beside.world.database.transaction(SYSTEM) as tx:
            assert (
                tx.value("select count(*) from quality.comparison where case_id = %(case)s", {"case": beside.known})
                == 1
            )
        assert "\n".join(beside.told_apart()) == ""

    def test_can_send_nothing_to_the_platform_by_it(self, beside: Beside):
        with beside.world.database.transaction(SYSTEM) as tx:
            effects = tx.rows("select * from enforcement.effect where case_id = %(case)s", {"case": beside.known})
        assert effects
        assert all(one["simulated"] and one["state"] == "confirmed" for one in effects if one["kind"] == "apply")
