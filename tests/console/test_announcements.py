"""Announcements and playbooks on the pages of those they are for."""

from datetime import timedelta

import pytest

from assize.kernel import clock
from assize.workforce.models import Role
from builders.browsing import an_event
from builders.living import Living, living

SOON = timedelta(days=1)


@pytest.fixture
def here(fresh_database, tmp_path):
    with living(fresh_database, tmp_path) as alive:
        yield alive


def published(here: Living, **given: object) -> str:
    said = {"kind": "playbook", "title": "How losses are counted", "body": "Ask for the sum.\nThen go on.", **given}
    _, key = here.person("quin", Role.QA_LEAD)
    with here.client(key) as quin:
        return str(quin.post("/v1/announcements", json=said).json()["id"])


def test_what_has_to_be_read_stands_on_the_first_page_until_it_is(here: Living):
    due = (clock.now() + SOON).isoformat()
    made = published(here, due_at=due)
    here.person("ana", Role.ANALYST)

    with here.browser("ana") as ana:
        before, whole = ana.get("/").text, ana.get("/announcements").text
        read = ana.post(f"/announcements/{made}/read")
        after, again = ana.get("/").text, ana.get(f"/announcements/{made}").text

    assert "To be read" in before
    assert f'href="/announcements/{made}"' in before
    assert "Ask for the sum." in whole
    assert read.status_code == 303
    assert "To be read" not in after
    assert "you read it" in again


def test_a_playbook_is_offered_where_a_case_of_its_clauses_is_decided(here: Living):
    made = published(here, clauses=["FRD"])
    here.person("ana", Role.ANALYST)
    with here.client(here.platform_key()) as platform:
        events = [
            an_event(f"about {clause}", external_id=clause) for clause in ("sim-frd-2-strong", "sim-har-1-strong")
        ]
        assert platform.post("/v1/events", json={"events": events}).status_code == 202
    here.work()

    with here.browser("ana") as ana:
        offered = []
        while "/tasks/" in (task := ana.post("/claim").headers["location"]):
            page = ana.get(task).text
            offered.append((("FRD-2" in page.partition("Verdict")[0]), f'href="/announcements/{made}"' in page))
            ana.post(f"{task}/release")
            if len(offered) == 2:
                break

    assert (True, True) in offered
    assert (True, False) not in offered


def test_the_next_version_is_written_from_the_one_before_and_says_who_read_it(here: Living):
    first = published(here)
    here.person("ana", Role.ANALYST)

    with here.browser("quin") as quin, here.browser("ana") as ana:
        ana.post(f"/announcements/{first}/read")
        counted = quin.get(f"/announcements/{first}").text
        form = quin.get(f"/announcements/{first}/next").text
        said = {
            "kind": "playbook",
            "title": "How losses are counted",
            "body": "Ask for both sums.",
            "instead_of": first,
        }
        made = quin.post("/announcements", data=said).headers["location"]
        over, now = ana.get(f"/announcements/{first}").text, ana.get(made).text

    assert "Who has read it" in counted
    assert "Ana" not in counted.partition("Who has read it")[2].partition("</table>")[0]
    assert "Ask for the sum." in form
    assert "not in force since" in over
    assert "Ask for both sums." in now
    assert "Who has read it" not in now


def test_what_is_unfit_says_why_and_keeps_what_was_typed(here: Living):
    here.person("quin", Role.QA_LEAD)

    with here.browser("quin") as quin:
        said = {"kind": "announcement", "title": "Tomorrow", "body": "Many words.", "due": "not a time"}
        answer = quin.post("/announcements", data=said)

        listed = quin.get("/announcements")

    assert listed.status_code == 200
    assert answer.status_code == 422
    assert "is no date and time" in answer.text
    assert "Many words." in answer.text
