"""Whatever is typed into whatever form: taken as text, or refused with a clear error; never a failure, never markup.

The forms come from the application itself, and what they are filled with from a world in which everything happened: a
form that is added is covered the moment it is there.
"""

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest

from assize.app.server import create
from assize.kernel import clock
from assize.platform.db import Database
from assize.platform.postgres.cluster import Cluster
from assize.platform.settings import Settings
from assize.workforce.models import SYSTEM
from builders.asking import Endpoint, addresses, calls, endpoints, fields_of, pages
from builders.browsing import an_event
from builders.forms import Form, read
from builders.hostile import SUM, hides, hostile
from builders.living import PASSWORD
from builders.world import ALL_ROLES, COMPARTMENT, Viewer, World, a_world, of_view, ok
from conftest import clone, drop

pytestmark = pytest.mark.faults

Fields = list[tuple[str, str]]
MEGABYTE = 1_000_000
AT_ONCE = 30
# What is refused comes before what may be taken: a form that can be sent once is tried with all of it.
HARMS: Mapping[str, Callable[[int], str]] = {
    "a NUL": lambda _most: "x\0y",
    "a megabyte": lambda _most: "W" * MEGABYTE,
    "nothing": lambda _most: "",
    "markup": lambda most: hostile("x", most or 4_000),
    "half a character": lambda _most: "x\ud800y",
    "an endless number": lambda _most: "9" * 400,
}
FORMS = [
    one
    for one in endpoints(create(Settings(home=Path("/nowhere")), "dbname=nowhere"))
    if not one.reads and not one.path.startswith("/v1/")
]
EVERY_FORM = pytest.mark.parametrize("endpoint", FORMS, ids=lambda one: one.path)
OF_THE_PAGE = frozenset({"csrf", "who", "keep", "do", "drop"})
AT_HAND = "the task in hand"
OF_ANOTHER = frozenset({"seen", "place"})  # of the case whose page the form was read from
DECISION, BATCH = "/tasks/{task_id}/decision", "/cases/{case_id}/batch"
READ_ALIKE = frozenset({BATCH, "/tasks/{task_id}/assessment"})  # the fields of a decision are read by the same code
NOTHING_FOUND = {"clause": "FRD-1", "verdict": "no_violation", "reason": "no-violation"}
FORBIDDEN, TAKEN = 403, frozenset({200, 303})
# What a form holds that would be taken, where its fields alone don't say.
GIVEN: Mapping[str, Mapping[str, str]] = {
    "/keys": {"rights": "events:write"},
    "/contacts": {"name": "Somebody", "email": "on.call@example.org"},
    "/people": {"password": PASSWORD},
    "/surge": {"lever": "relax-targets", "hours": "1", "reach": "general"},
    "/remediations": {
        "cause": "action",
        "named": "ban-account",
        "since": (clock.now() - timedelta(days=1)).isoformat(),
        "until": (clock.now() + timedelta(days=1)).isoformat(),
    },
    "/cases/{case_id}/batch/open": {"case": "case_x"},
    "/cases/{case_id}/batch/undo": {"decision": "dec_x"},
    BATCH: {"task": AT_HAND, **NOTHING_FOUND},
    DECISION: NOTHING_FOUND,
}


@dataclass(kw_only=True)
class Senders:
    """Those who send forms: where one may not approve their own work, another does."""

    world: World
    people: Sequence[Viewer]
    task_id: str = ""
    sent: int = 0
    waiting: list[tuple[str, str]] = field(default_factory=list)

    def send(self, url: str, fields: Fields) -> httpx2.Response:
        """Send a form as a browser would, half characters and all."""
        filled = [(name, self.task_id if value == AT_HAND else value) for name, value in fields]
        body = urlencode(filled, errors="surrogatepass").encode()
        headers = {"content-type": "application/x-www-form-urlencoded"}
        for one in self.people:
            answer = one.client.post(url, content=body, headers=headers)
            if answer.status_code != FORBIDDEN:
                break
        return answer

    def address(self, path: str, otherwise: str) -> str:
        """Return the address of a form: about a task or case just taken in hand, or the one there is."""
        if "{task_id}" not in path and "/batch" not in path:
            return otherwise
        task_id, case_id = self.in_hand()
        return path.replace("{task_id}", task_id).replace("{case_id}", case_id)

    def in_hand(self) -> tuple[str, str]:
        """Let the first of them have a new task in hand with its content open; return its id and that of its case."""
        if not self.waiting:
            self._more()
        self.task_id, case_id = self.waiting.pop()
        client = self.people[0].client
        ok(client.post(f"/v1/tasks/{self.task_id}/claim"))
        ok(client.post(f"/v1/tasks/{self.task_id}/open", json={"purpose": "review"}))
        return self.task_id, case_id

    def _more(self) -> None:
        numbers = range(self.sent, self.sent + AT_ONCE)
        self.sent += AT_ONCE
        ok(self.world.platform.post("/v1/events", json={"events": [an_offer(one) for one in numbers]}))
        self.world.living.work()
        with self.world.database.transaction(SYSTEM) as tx:
            self.waiting += [
                (str(row["id"]), str(row["case_id"]))
                for row in tx.rows(
                    "select t.id, t.case_id from review.task t join triage.case_event ce on ce.case_id = t.case_id"
                    " join intake.event e on e.id = ce.event_id where e.external_id = any(%(refs)s)",
                    {"refs": [f"ref-more-{one}" for one in numbers]},
                )
            ]


def an_offer(number: int) -> dict[str, Any]:
    """An event that opens a case of its own."""
    words = " ".join(f"w{number}x{each}" for each in range(12))
    subject = {"account": f"ref-more-{number}", "conversation": f"ref-more-{number}"}
    return an_event(f"sim-frd-1-strong {words}", external_id=f"ref-more-{number}", subject=subject)


@pytest.fixture(scope="module")
def world(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    name = f"forms_{os.getpid()}"
    home = tmp_path_factory.mktemp("forms")
    with Database(clone(cluster, name)) as database, a_world(database, home, kinds=("plain",)) as made:
        yield made
    drop(cluster, name)


@pytest.fixture(scope="module")
def senders(world: World) -> Senders:
    third = world.viewer("third", *ALL_ROLES, compartments=[COMPARTMENT], view=of_view())
    spare = world.viewer("spare", *ALL_ROLES)  # whoever is changed, and whose key is revoked
    keys = ok(world.lead.client.get("/v1/keys"))
    world.shared["reviewer_id"] = spare.reviewer_id
    world.shared["key_id"] = next(one["id"] for one in keys if one["reviewer_id"] == spare.reviewer_id)
    return Senders(world=world, people=(world.lead, world.second, third))


@pytest.fixture(scope="module")
def found(world: World, senders: Senders) -> dict[str, Form]:
    """The forms of all pages, by the route each is sent to."""
    task_id, case_id = senders.in_hand()
    world.items["plain"].ids["task"].insert(0, task_id)
    world.items["plain"].ids["case"].append(case_id)
    made: dict[str, Form] = {}
    for page in pages():
        for address in addresses(world, page):
            answer = world.lead.client.get(address)
            for form in read(answer.text, address=address).forms if "html" in answer.headers["content-type"] else ():
                one = made.setdefault(route_of(form.action), form)
                one.offered |= form.offered
    return made


def route_of(action: str) -> str:
    """Return the route that an address is of."""
    path = re.sub(r"^https?://[^/]+", "", action).partition("?")[0]
    fitting = [one.path for one in FORMS if re.fullmatch(re.sub(r"{\w+}", "[^/]+", one.path), path)]
    return min(fitting, key=lambda one: one.count("{"), default=f"nothing at {path}")


def wrong(answer: httpx2.Response, what: str) -> Iterator[str]:
    """Say what is wrong with the answer to a form."""
    kind = answer.headers.get("content-type", "")
    if answer.status_code >= 500:
        yield f"{what}: {answer.status_code} {answer.text[:300]}"
    elif "html" in kind:
        page = read(answer.text)
        yield from (f"{what}: {one}" for one in page.owned)
        if answer.status_code >= 400 and not page.headings:
            yield f"{what}: {answer.status_code} without a heading"
    elif answer.status_code >= 400 and not (kind.startswith("application/problem+json") and answer.json()["code"]):
        yield f"{what}: {answer.status_code} says nothing"


def tries(given: Mapping[str, str], most: Mapping[str, int], names: Sequence[str]) -> Iterator[tuple[str, Fields]]:
    """Return a form with one field after another filled with each harm, and with all of them."""
    for harm, spell in HARMS.items():
        for name in names if most else one_of_each_kind(names):
            yield f"{name} with {harm}", [*{**given, name: spell(most.get(name, 0))}.items()]
        yield f"everything with {harm}", [(name, spell(most.get(name, 0))) for name in names]


def one_of_each_kind(names: Sequence[str]) -> list[str]:
    """Return the fields that are read in different ways: `rubric.gravity` stands for all of a rubric."""
    return list({one.partition(".")[0]: one for one in names}.values())


class TestEveryForm:
    def test_of_every_page_leads_somewhere_and_asks_what_is_read_there(self, found: dict[str, Form]):
        known = {one.path: set(fields_of(one)) for one in FORMS if fields_of(one)}

        lost = {name for name in found if name.startswith("nothing at")}
        unread = {name: form.offered - known[name] - OF_THE_PAGE for name, form in found.items() if name in known}

        assert lost == set()
        assert {name: names for name, names in unread.items() if names} == {}

    @EVERY_FORM
    def test_takes_or_refuses_whatever_is_typed(
        self, world: World, senders: Senders, found: dict[str, Form], endpoint: Endpoint
    ):
        call = next(iter(calls(world, endpoint, "plain")))
        form = found.get(endpoint.path, Form(action=call.url))
        asked = {name: str(value) for name, value in (call.body or {}).items()}
        there = {name: value for name, value in form.fields if name not in OF_ANOTHER}
        given = {**there, **asked, **GIVEN.get(endpoint.path, {})}
        most = fields_of(endpoint)
        names = [one for one in dict.fromkeys([*most, *sorted(form.offered), *given]) if one not in OF_THE_PAGE]
        if endpoint.path in READ_ALIKE:
            names = [one for one in names if one not in found[DECISION].offered]
        url, problems = senders.address(endpoint.path, call.url), list[str]()

        for what, typed in tries(given, most, names):
            answer = senders.send(url, typed)
            problems += wrong(answer, what)
            if endpoint.path in {DECISION, BATCH} and answer.status_code in TAKEN:
                url = senders.address(endpoint.path, call.url)

        assert problems == []

    @pytest.mark.parametrize("harm", HARMS)
    def test_so_does_an_appeal_of_the_platform(self, world: World, harm: str):
        (plan, *_) = ok(world.second.client.get("/v1/enforcements"))
        typed = HARMS[harm](2_000)
        appeal = {"enforcement_id": plan["id"], "external_id": f"ref-{len(typed)}", "statement": typed}

        answer = world.platform.post("/v1/appeals", content=json.dumps(appeal))

        assert list(wrong(answer, harm)) == []

    @pytest.mark.parametrize("page", pages(), ids=lambda one: one.path)
    def test_leaves_nothing_behind_that_a_page_shows_as_more_than_text(self, world: World, page: Endpoint):
        problems: list[str] = []

        for address in addresses(world, page):
            answer = world.lead.client.get(address)
            if "html" in answer.headers["content-type"]:
                problems += wrong(answer, address)
                shown = read(answer.text).text
                problems += [f"{address} works out a template"] if SUM in shown else []
                problems += [f"{address} hides {one}" for one in hides(shown)]

        assert problems == []
