"""The first page, queues and the hand-over: what each shows whom, and that numbers agree."""

import re
from collections.abc import Iterator

import httpx2
import pytest

from assize.kernel import clock
from assize.platform.db import Database
from assize.policy.models import Dimension
from assize.review import service as review
from assize.review.service import queues
from assize.workforce.models import SYSTEM, Role, SearchScope, ViewProfile
from builders.living import Living, living


@pytest.fixture(scope="module")
def here(module_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    with living(module_database, tmp_path_factory.mktemp("now")) as alive:
        send(alive, *range(1, 4))
        yield alive


def send(here: Living, *numbers: int) -> None:
    events = [
        {
            "external_id": f"e-{number}",
            "occurred_at": clock.now().isoformat(),
            "subject": {"account": f"acct-{number}"},
            "turns": [{"role": "user", "text": f"sim-frd-1-strong offer {'abcdefghij'[number % 10] * 9} {number}"}],
            "language": "en" if number % 2 else "de",
        }
        for number in numbers
    ]
    with here.client(here.platform_key()) as platform:
        assert platform.post("/v1/events", json={"events": events}).status_code == 202
    here.work()


def someone(here: Living, name: str, *roles: Role, **more: object) -> httpx2.Client:
    return here.client(here.person(name, *roles, **more)[1])


def count(page: str, label: str) -> str:
    found = re.search(rf'data-count="{label}">([^<]*)<', page)
    assert found is not None, label
    return found[1]


class TestNow:
    def test_says_so_where_nothing_needs_me(self, here: Living):
        with someone(here, "ada", Role.ANALYST) as ada:
            page = ada.get("/").text

        assert "Nothing needs you." in page
        assert "Press s to take the gravest task." in page

    def test_says_to_nobody_else_that_todays_exposure_is_used_up(self, here: Living):
        uma_id, uma_key = here.person("ximena", Role.ANALYST)
        with here.database.transaction(SYSTEM) as tx:
            tx.run("update review.task set exposure = 4")
            tx.run(
                "insert into review.opening (case_id, reviewer_id, opened_at, purpose) "
                "select min(t.case_id), %(id)s, now() - n * interval '1 minute', 'a test' "
                "from review.task t, generate_series(1, 15) n group by n",
                {"id": uma_id},
            )
            tx.run(
                "update workforce.reviewer set exposed = jsonb_build_object(%(hour)s::text, 120) where id = %(id)s",
                {"id": uma_id, "hour": clock.now().replace(minute=0, second=0, microsecond=0).isoformat()},
            )

        with here.client(uma_key) as uma, someone(here, "yorick", Role.OPERATIONS_MANAGER) as wim:
            own, others = (
                [uma.get(url).text for url in ("/", "/queues")],
                [wim.get(url).text for url in ("/", "/queues")],
            )

        assert all("Your exposure of today is used up: calmer work only." in page for page in own)
        assert not any("exposure of today" in page for page in others)

    def test_agrees_with_the_pages_it_links(self, here: Living):
        with someone(here, "bea", Role.OPERATIONS_MANAGER) as bea:
            now, all_queues = bea.get("/").text, bea.get("/queues").text

        assert count(now, "Waiting") == count(all_queues, "Waiting")
        assert int(count(now, "Waiting")) >= 1

    def test_lists_mentions_until_they_are_read(self, here: Living):
        with someone(here, "cleo", Role.ANALYST) as cleo, someone(here, "dora", Role.ANALYST) as dora:
            case_id = re.search(r"/cases/(case_\w+)", cleo.get("/queues").text)[1]
            cleo.post("/v1/notes", json={"body": "@Dora <b>look</b>", "case_id": case_id})
            before = dora.get("/").text
            note_id = re.search(r"/mentions/(note_\w+)/read", before)[1]
            read = dora.post(f"/mentions/{note_id}/read").status_code
            after = dora.get("/").text

        assert "Where you were named" in before
        assert "<b>look</b>" not in before
        assert read == 303
        assert "Where you were named" not in after

    def test_tells_a_manager_of_teams(self, here: Living):
        with someone(here, "emma", Role.OPERATIONS_MANAGER) as emma, someone(here, "fay", Role.ANALYST) as fay:
            assert fay.post("/claim").status_code == 303
            for_a_manager, for_fay = emma.get("/").text, fay.get("/").text

        assert "Teams today" in for_a_manager
        assert "Teams today" not in for_fay
        assert "In my hands" in for_fay


GRAVE = "sim-cse-1-strong"


def lowered(here: Living, client: httpx2.Client) -> str:
    """Let somebody find nothing in a grave case, which another has to agree with; return the case."""
    subject = {"account": "acct-grave"}
    event = {"external_id": "e-grave", "occurred_at": clock.now().isoformat(), "subject": subject}
    with here.client(here.platform_key()) as platform:
        sent = platform.post("/v1/events", json={"events": [event | {"turns": [{"role": "user", "text": GRAVE}]}]})
    assert sent.status_code == 202
    here.work()
    with here.database.transaction(SYSTEM) as tx:
        task = tx.row("select id, case_id from review.task where 'CSE-1' = any(clauses) and state = 'open'")
    assert task is not None
    client.post(f"/tasks/{task['id']}/claim")
    client.post(f"/tasks/{task['id']}/open", data={"purpose": "review"})
    dimensions = [one.value for one in Dimension]
    answer = client.post(
        f"/tasks/{task['id']}/decision",
        data={
            "clause": "CSE-1",
            "verdict": "no_violation",
            "locus": "user",
            "reason": "no-violation",
            "rationale": "Read in context, nothing of what was suspected is there.",
            **{f"rubric.{one}": "0" for one in dimensions},
            **{f"lowering.{one}": "It is not there." for one in dimensions},
        },
    )
    assert answer.status_code == 303, re.findall(r"<li><a href=.#[^<]*<", answer.text)
    return str(task["case_id"])


class TestLowering:
    def test_waits_on_the_page_of_whoever_may_agree(self, here: Living):
        with someone(here, "uma", Role.EXPERT) as uma, someone(here, "vik", Role.EXPERT) as vik:
            lowered(here, uma)
            own, theirs = uma.get("/").text, vik.get("/").text

        assert "Decisions that wait for a second person" in theirs
        assert re.search(r"SEV4 instead of SEV[01]", theirs)
        assert "by Uma, " in theirs
        assert "Decisions that wait for a second person" not in own


class TestQueues:
    def test_filters_by_address(self, here: Living):
        with someone(here, "gil", Role.ANALYST) as gil:
            whole = gil.get("/queues").text
            german = gil.get("/queues", params={"language": "de"}).text
            none = gil.get("/queues", params={"severity": "0", "due": "over"}).text

        assert whole.count("/cases/case_") > german.count("/cases/case_")
        assert "Nothing here fits." in none

    @pytest.mark.parametrize("path", ["/queues", "/queues/general"])
    def test_filter_and_lead_to_themselves(self, here: Living, path: str):
        with someone(here, f"kim{len(path)}", Role.ANALYST) as kim:
            page = kim.get(path, params={"language": "de"}).text

        assert f'<form class="toolbar" method="get" action="{path}"' in page
        assert f'href="{path}">Show all' in page
        assert f'href="{path}?state=in+hand"' in page

    def test_show_who_works_on_what(self, here: Living):
        with someone(here, "hal", Role.ANALYST) as hal, someone(here, "ida", Role.ANALYST) as ida:
            claimed = hal.post("/claim")
            page = ida.get("/queues").text

        assert claimed.headers["location"].startswith("/tasks/task_")
        assert "<strong>Hal</strong>" in page

    def test_say_that_too_little_is_known_of_their_pace(self, here: Living):
        with someone(here, "jon", Role.ANALYST) as jon:
            assert "Not enough decisions yet to say" in jon.get("/queues").text

    def test_of_no_policy_are_not_there(self, here: Living):
        with someone(here, "kai", Role.ANALYST) as kai:
            assert kai.get("/queues/nowhere").status_code == 404

    @pytest.mark.parametrize("after", ["x", "AAAA", "MjAyNi0wMS0wMQp4"])
    def test_refuse_a_cursor_that_is_none(self, here: Living, after: str):
        with someone(here, f"lea-{after.lower()}", Role.ANALYST) as lea:
            assert lea.get("/queues", params={"after": after}).status_code == 422

    def test_list_nothing_to_whoever_sees_their_own_work_only(self, here: Living):
        view = ViewProfile(search_scope=SearchScope.OWN)
        with someone(here, "mia", Role.ANALYST, view=view) as mia:
            page = mia.get("/queues").text

        assert "Your view covers your own work." in page
        assert "/cases/case_" not in page

    def test_are_counted_seldom_where_counting_takes_long(self, here: Living, monkeypatch):
        monkeypatch.setattr(queues, "QUICK_S", -1.0)
        monkeypatch.setattr(queues, "SHARE", 1e9)
        queues._kept.clear()
        with here.database.transaction(SYSTEM) as tx:
            first = review.queue_health(tx, at=clock.now())
            second = review.queue_health(tx, at=clock.now())
        queues._kept.clear()

        assert second.counted_at == first.counted_at


class TestHandover:
    def test_keeps_what_was_typed_and_hands_it_over(self, here: Living):
        with someone(here, "nia", Role.EXPERT) as nia, someone(here, "ole", Role.EXPERT) as ole:
            nia.post("/handover/draft", data={"body": "Watch the <i>new</i> wording."})
            kept = nia.get("/handover").text
            nia.post("/handover", data={"body": "Watch the <i>new</i> wording."})
            told = ole.get("/").text
            note_id = re.search(r"/handover/(shift_\w+)/acknowledgement", told)[1]
            ole.post(f"/handover/{note_id}/acknowledgement")
            after, notes = ole.get("/").text, nia.get("/handover").text

        assert "Watch the &lt;i&gt;new&lt;/i&gt; wording.</textarea>" in kept
        assert "From the last shift" in told
        assert "From the last shift" not in after
        assert "Taken over by Ole" in notes
