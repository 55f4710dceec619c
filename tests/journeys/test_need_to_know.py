"""Who may see and do what, on every route there is: need-to-know, regions, recusal, masked fields, search scope, rights.

The routes come from the application itself, and what they ask for from a world in which everything happened. A route
that is added is covered the moment it is there; where nothing in the world can stand for a parameter of it, this fails
until `builders.world` or `builders.asking` learns the name.
"""

import html
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urldefrag, urljoin, urlsplit

import httpx2
import pytest

from assize.app.server import create
from assize.platform.db import Database, Tx
from assize.platform.postgres.cluster import Cluster
from assize.platform.settings import Settings
from assize.workforce.logic import RIGHTS_OF
from assize.workforce.models import SYSTEM, Right, Role, SearchScope
from builders.asking import Call, Endpoint, addresses, calls, calls_of_all, endpoints, names_a_case, pages
from builders.world import ALL_ROLES, KINDS, Item, Viewer, World, a_world, of_view, steps_back
from conftest import clone, drop

ENDPOINTS = endpoints(create(Settings(home=Path("/nowhere")), "dbname=nowhere"))
EVERY = pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda one: one.name)
READING = pytest.mark.parametrize("endpoint", [one for one in ENDPOINTS if one.reads], ids=lambda one: one.name)
OPENING = pytest.mark.parametrize(
    "endpoint",
    [
        one
        for one in ENDPOINTS
        if not one.reads and (one.path.endswith(("/open", "/opening")) or one.name == "POST /appeals/{appeal_id}")
    ],
    ids=lambda one: one.name,
)

REFUSED = {403, 404}
# Routes that ask for no key, and why.
OPEN: Mapping[str, str] = {
    "GET /healthz": "probes have no key; says nothing",
    "GET /readyz": "probes have no key; says whether a policy is published",
    "GET /metrics": "scrapers have no key; totals without labels, of an address that operators keep to themselves",
    "GET /v1/openapi.json": "the shape of the API, which is public with the source",
    "GET /sign-in": "the way in",
    "POST /sign-in": "the way in",
    "POST /sign-out": "the way out",
    "GET /pages/{page_id}": "the link that a contact was sent; its token is the key",
    "POST /pages/{page_id}": "the link that a contact was sent; its token is the key",
}
# Routes for whoever has a key at all, and why.
FOR_EVERYBODY: Mapping[str, str] = {
    "GET /audit/story": "only redirects to the address that was typed",
    "GET /": "the first page; shows each what they may see",
    "GET /palette": "tells each what they may see",
    "GET /v1/me": "tells callers about themselves",
    "GET /me": "one's own page",
    "POST /me/look": "one's own page",
    "POST /me/break": "one's own break",
    "POST /me/aside": "one's own rest",
    "GET /quality/certificates": "shows each their own",
    "POST /quality/certificates/notices/{step_id}": "one's own notice; of another's it keeps nothing",
}
# What somebody may write about a thing they can't see, and why.
BLIND_WRITES: Mapping[str, str] = {
    "POST /v1/audit/story-openings": "keeps a purpose; answers the same whatever the id is",
    "POST /audit/story/{of}/openings": "keeps a purpose; answers the same whatever the id is",
    "POST /v1/reports": "a sender who may not read must be able to report",
    "POST /v1/effects/{effect_id}/confirmation": "the platform confirms by an id that only it was sent",
    "POST /v1/appeals": "the platform appeals by an id that only it was sent",
}
# Routes that answer about a thing that is withheld as they do about one that never was, and why.
AS_IF_IT_NEVER_WAS: Mapping[str, str] = {
    "POST /v1/events/erase": "forgets those of the events that are there, and counts them",
    "POST /v1/enforcements/preview": "says that the platform's id of the target is not known",
    "GET /audit/story/{of}": "a story without a line, or the question what for",
}
# Lists that whoever works alone may read whole, and why.
FOR_ALL_WORK: Mapping[str, str] = {
    "GET /v1/precedents": "precedents guide everybody's decisions",
    "GET /policy/clauses/{clause_id}": "precedents guide everybody's decisions",
}
REF, SAID, WROTE = (re.compile(f"{word}-({'|'.join(KINDS.values())})") for word in ("ref", "said", "wrote"))


@pytest.fixture(scope="module")
def world(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    name = f"world_{os.getpid()}"
    with Database(clone(cluster, name)) as database, a_world(database, tmp_path_factory.mktemp("world")) as made:
        yield made
    drop(cluster, name)


@pytest.fixture(scope="module")
def nobody(world: World) -> Viewer:
    return world.viewer("nobody")


@pytest.fixture(scope="module")
def by_role(world: World) -> Sequence[Viewer]:
    return [world.viewer(f"a-{role.value}", role) for role in Role]


@pytest.fixture(scope="module")
def leads(world: World) -> Sequence[Viewer]:
    """People with every right, from each of whom something is withheld."""
    everywhere = ("sealed", "closed")
    stepped_back = world.viewer("stepped-back", *ALL_ROLES, withheld=(*everywhere, "recused"))
    steps_back(world, stepped_back, "recused")
    return [
        world.viewer("not-cleared", *ALL_ROLES, view=of_view()),
        world.viewer(
            "in-europe",
            *ALL_ROLES,
            withheld=(*everywhere, "abroad"),
            view=of_view(regions=frozenset({"eu"})),
        ),
        stepped_back,
    ]


@pytest.fixture(scope="module")
def masked(world: World) -> Sequence[Viewer]:
    """People who are cleared for everything, and from whom identities and words are masked."""
    return [
        world.viewer(
            "masked",
            *ALL_ROLES,
            withheld=(),
            compartments=["sealed-compartment"],
            view=of_view(masked_fields=frozenset({"subject", "text", "region", "reporter"})),
        )
    ]


@pytest.fixture(scope="module")
def own_work_only(world: World) -> Viewer:
    return world.viewer("own-work", *ALL_ROLES, withheld=tuple(KINDS), view=of_view(search_scope=SearchScope.OWN))


class Recorded:
    """What is in the database, and what changed since: rows by table, facts by kind, refusals."""

    # Counted refusals are the point; the others are the machinery's own.
    LEFT_OUT = ("workforce.refusal", "workforce.session", "workforce.sign_in_try", "platform.")

    def __init__(self, world: World, *, rows: bool = True) -> None:
        self.world = world
        self.rows = rows
        self.before = self._now()

    def changed(self) -> dict[str, Any]:
        """Return which tables changed, and which facts other than refusals are new."""
        now, before = self._now(), self.before
        return {name: one for name, one in now.items() if one != before.get(name) and name != "refusals"}

    @property
    def refusals(self) -> int:
        """Return how many calls were counted as refused."""
        return self._now()["refusals"] - self.before["refusals"]

    def _now(self) -> dict[str, Any]:
        with self.world.database.transaction(SYSTEM) as tx:
            found = self._rows(tx) if self.rows else {}
            facts = tx.rows(
                "select kind, count(*) as n from platform.fact where kind <> 'AccessRefused' group by kind order by kind"
            )
            refusals = tx.value("select coalesce(sum(times), 0)::int from workforce.refusal")
        return found | {"facts": {row["kind"]: row["n"] for row in facts}, "refusals": refusals}

    def _rows(self, tx: Tx) -> dict[str, str]:
        tables = tx.rows(
            "select format('%I.%I', schemaname, tablename) as name from pg_tables"
            " where schemaname in ('workforce', 'policy', 'intake', 'triage', 'review', 'enforcement', 'escalation', 'quality')"
            " order by 1"
        )
        names = [one["name"] for one in tables if not one["name"].startswith(self.LEFT_OUT)]
        hidden = ("intake.event_row", "triage.feature_row")  # read through the table they are a part of
        sums = " union all ".join(
            f"select '{name}' as name, concat(count(*), ' ', sum(hashtext(t::text)::bigint)) as sum from {name} t"
            for name in names
            if name not in hidden
        )
        return {row["name"]: row["sum"] for row in tx.rows(sums)}


def told_of(answer: httpx2.Response, call: Call, names: frozenset[str]) -> set[str]:
    """Return what of these names an answer tells, beyond what was asked about by name."""
    text = answer.text + str(answer.headers.get("location", ""))
    return {one for one in names if one not in call.asked and one in text}


def withheld_names(world: World, viewer: Viewer) -> frozenset[str]:
    return frozenset().union(*(world.items[kind].names for kind in viewer.withheld))


class TestEveryRoute:
    @EVERY
    def test_asks_who_comes(self, world: World, endpoint: Endpoint):
        recorded = Recorded(world, rows=not endpoint.reads)
        with httpx2.Client(base_url=world.living.url, trust_env=False, timeout=120) as client:
            statuses = {call.send(client).status_code for call in calls(world, endpoint, "plain")}

        expected = statuses if endpoint.name in OPEN else {401}
        assert statuses == expected
        assert max(statuses) < 500
        assert recorded.changed() == {} or endpoint.name == "POST /sign-in"

    @EVERY
    def test_asks_for_a_right_and_counts_refusals(
        self, world: World, nobody: Viewer, by_role: Sequence[Viewer], endpoint: Endpoint
    ):
        if endpoint.name in {**OPEN, **FOR_EVERYBODY}:
            pytest.skip({**OPEN, **FOR_EVERYBODY}[endpoint.name])
        call = next(iter(calls(world, endpoint, "plain")))
        recorded = Recorded(world, rows=not endpoint.reads)

        answer = call.send(nobody.client)
        named = re.search(r'the right "([a-z:]+)"', answer.json().get("detail", "")) if answer.is_error else None
        assert (answer.status_code, named is not None) == (403, True), answer.text
        right = Right(named[1])
        without = [one for one in by_role if right not in one.rights]
        refused = {one.name: call.send(one.client).status_code for one in without}

        assert refused == dict.fromkeys(refused, 403)
        assert recorded.refusals == 1 + len(refused)
        assert recorded.changed() == {}

    @EVERY
    def test_keeps_what_is_withheld_to_itself(
        self, world: World, leads: Sequence[Viewer], by_role: Sequence[Viewer], endpoint: Endpoint
    ):
        recorded = Recorded(world, rows=not endpoint.reads)
        wrong: list[str] = []
        asking = leads[:1] if endpoint.name in OPEN else (*leads, *(by_role if endpoint.reads else ()))
        for viewer in asking:
            names = withheld_names(world, viewer)
            kinds = viewer.withheld if viewer in leads else {"sealed"}
            for kind, call in calls_of_all(world, endpoint, sorted(kinds)):
                about = names_a_case(world, call, kind)
                if about and viewer not in leads:
                    continue  # their rights are a part of those of the leads
                if not about and not endpoint.reads:
                    continue  # it would do what they may do
                wrong += problems(viewer, call, call.send(viewer.client), names, about=about)

        assert wrong == []
        assert endpoint.name in BLIND_WRITES or recorded.changed() == {}

    @READING
    def test_records_nothing_when_it_is_read(self, world: World, endpoint: Endpoint):
        recorded = Recorded(world)

        statuses = {
            (call.url, call.send(world.lead.client).status_code)
            for _, call in calls_of_all(world, endpoint, world.items)
        }

        assert [one for one in statuses if one[1] >= 500] == []
        assert recorded.changed() == {}
        assert recorded.refusals == 0

    @OPENING
    def test_masks_what_is_opened(self, world: World, masked: Sequence[Viewer], endpoint: Endpoint):
        wrong: list[str] = []
        for viewer in masked:
            for call in calls(world, endpoint, "plain"):
                wrong += shown_through_masks(call, call.send(viewer.client))

        assert wrong == []

    @READING
    def test_masks_identities_and_words(self, world: World, masked: Sequence[Viewer], endpoint: Endpoint):
        wrong: list[str] = []
        for viewer in masked:
            for _, call in calls_of_all(world, endpoint, world.items):
                wrong += shown_through_masks(call, call.send(viewer.client))

        assert sorted(set(wrong)) == []

    @READING
    def test_lists_to_some_only_their_own_work(self, world: World, own_work_only: Viewer, endpoint: Endpoint):
        if endpoint.name in FOR_ALL_WORK:
            pytest.skip(FOR_ALL_WORK[endpoint.name])
        names = withheld_names(world, own_work_only)
        wrong: list[str] = []
        for call in calls(world, endpoint, "plain"):
            if not names_a_case(world, call, "plain"):
                answer = call.send(own_work_only.client)
                wrong += [f"{call.url}: {one}" for one in told_of(answer, call, names)]

        assert wrong == []


def problems(
    viewer: Viewer, call: Call, answer: httpx2.Response, names: frozenset[str], *, about: bool
) -> Iterator[str]:
    """Say what is wrong with an answer about something that doesn't exist for whoever asks."""
    where = f"{viewer.name}: {call.endpoint.method} {call.url} {dict(call.query)}"
    if answer.status_code >= 500:
        yield f"{where}: {answer.status_code}"
    named_in_path = any(one in call.url for one in call.asked & names)
    name = call.endpoint.name
    must_refuse = about and (named_in_path or not call.endpoint.reads)
    if must_refuse and answer.status_code not in REFUSED and name not in {**OPEN, **BLIND_WRITES, **AS_IF_IT_NEVER_WAS}:
        yield f"{where} {call.body}: {answer.status_code} {answer.text[:200]}"
    told = set() if name in BLIND_WRITES else told_of(answer, call, names)
    if told:
        yield f"{where}: tells {sorted(told)[:4]}"


def shown_through_masks(call: Call, answer: httpx2.Response) -> Iterator[str]:
    """Say which masked words an answer shows."""
    if answer.status_code >= 500:
        yield f"{call.endpoint.name}: {answer.status_code}"
    for what in (REF, SAID, WROTE):
        found = what.search(answer.text)
        if found is not None:
            around = answer.text[max(0, found.start() - 60) : found.end() + 30]
            yield f"{call.endpoint.name}: {around!r}"


# An expert is not asked of judgements of their own, and the lead decided every case; a gap shows its cases, not the link.
NEVER_BY_ID = frozenset({"adjudication", "policy_gap_case", "course_item"})


class TestTheWorld:
    def test_is_all_there_for_those_who_are_cleared(self, world: World):
        shown = "".join(
            call.send(world.lead.client).text
            for endpoint in ENDPOINTS
            if endpoint.reads
            for _, call in calls_of_all(world, endpoint, world.items)
        )

        unseen = {
            f"{kind} {table}"
            for kind, item in world.items.items()
            for table, ids in item.ids.items()
            if ids and table not in NEVER_BY_ID and not any(one in shown for one in ids)
        }
        assert unseen == set()
        assert all(f"{word}-{item.token}" in shown for item in world.items.values() for word in ("ref", "wrote"))


LINKED = re.compile(
    r"""<(?:a|link|img|source)\b[^>]*?\b(?:href|src|srcset)="([^"]+)"|<form method="get" action="([^"]+)"""
)


def linked(page: str, text: str) -> set[str]:
    """Return the addresses of this server that a page leads to, by link, picture or form that asks."""
    found = {urljoin(page, html.unescape(link or form)) for link, form in LINKED.findall(text)}
    return {urldefrag(one).url for one in found if urlsplit(one).netloc == urlsplit(page).netloc}


def shape(link: str) -> tuple[str, frozenset[str]]:
    """Return what links to things of one kind have in common: the path without ids, and what is asked for."""
    parts = urlsplit(link)
    return re.sub(r"[a-z]+_[0-9A-Z]{26}", "*", parts.path), frozenset(parse_qs(parts.query))


class TestLinks:
    def test_of_every_page_lead_to_something(self, world: World):
        client = world.lead.client
        asked = {page: client.get(page) for endpoint in pages() for page in addresses(world, endpoint)}
        everywhere = {link: page for page, answer in asked.items() for link in linked(page, answer.text)}
        leads_to = {link: everywhere[link] for link in {shape(one): one for one in everywhere}.values()}

        answers = {link: asked.get(link) or client.get(link) for link in leads_to}
        nothing = {link: leads_to[link] for link, answer in answers.items() if answer.status_code in {404, 405}}
        assert nothing == {}
        assert max(answer.status_code for answer in answers.values()) < 500
        assert len(answers) > 100


class TestQueues:
    def test_count_what_is_there_for_whoever_asks(self, world: World, leads: Sequence[Viewer]):
        for viewer in leads:
            board = viewer.client.get("/v1/queues").json()

            assert sum(one["open"] for one in board) == open_tasks(world, withheld=viewer.withheld)

    def test_give_nobody_what_is_withheld(self, world: World, leads: Sequence[Viewer]):
        for viewer in leads:
            names, claimed = withheld_names(world, viewer), []
            while (task := viewer.client.post("/v1/queues/claim", json={}).json()["task"]) is not None:
                claimed.append(task["id"])

            assert claimed
            assert names.isdisjoint(claimed)
            for task_id in claimed:
                viewer.client.post(f"/v1/tasks/{task_id}/release", json={}).raise_for_status()


class TestTheMeasures:
    def test_are_totals_that_no_label_parts_by_what_a_case_is_about(self, world: World):
        with httpx2.Client(base_url=world.living.url, trust_env=False, timeout=120) as client:
            told = client.get("/metrics").text

        labels = {label for line in told.splitlines() for label in re.findall(r'[{,](\w+)="', line)}
        assert "assize_level{name=" in told
        assert labels == {"method", "route", "status", "name", "le"}
        assert not REF.findall(told) + SAID.findall(told) + WROTE.findall(told)


class TestRights:
    @pytest.mark.parametrize("role", Role)
    def test_of_a_key_are_those_of_its_reviewer_at_most(self, by_role: Sequence[Viewer], role: Role):
        viewer = next(one for one in by_role if one.name == f"a-{role.value}")

        told = viewer.client.get("/v1/me").json()["rights"]

        assert set(told) == {one.value for one in RIGHTS_OF[role]}


def open_tasks(world: World, *, withheld: frozenset[str]) -> int:
    """Count the open tasks of all cases but those of some kinds."""
    hidden: list[Item] = [world.items[kind] for kind in withheld]
    with world.database.transaction(SYSTEM) as tx:
        return int(
            tx.value(
                "select count(*) from review.task where state = 'open' and not case_id = any(%(cases)s)",
                {"cases": [case_id for item in hidden for case_id in item.cases]},
            )
        )
