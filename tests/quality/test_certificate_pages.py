"""Pages and API of certificates: who measures sees evidence, whom it is about sees their own without."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from assize.platform.db import Database
from assize.workforce import service as workforce
from assize.workforce.models import SYSTEM, Role
from builders.living import Living, living


@pytest.fixture
def here(fresh_database: Database, tmp_path: Path) -> Iterator[Living]:
    with living(fresh_database, tmp_path) as alive:
        for name, role in (
            ("quinn", Role.QA_LEAD),
            ("olga", Role.OPERATIONS_MANAGER),
            ("ana", Role.ANALYST),
        ):
            alive.person(name, role)
        yield alive


@pytest.fixture
def quinn(here: Living) -> Iterator[httpx2.Client]:
    with here.browser("quinn") as client:
        yield client


@pytest.fixture
def ana(here: Living) -> Iterator[httpx2.Client]:
    with here.browser("ana") as client:
        yield client


def held_by(here: Living, name: str) -> str:
    with here.database.transaction(SYSTEM) as tx:
        reviewer = workforce.reviewer_by_email(tx, f"{name}@example.org")
        return workforce.certificates(tx, reviewer_id=reviewer.id)[0].id


def id_of(here: Living, name: str) -> str:
    with here.database.transaction(SYSTEM) as tx:
        return workforce.reviewer_by_email(tx, f"{name}@example.org").id


class TestTheList:
    def test_shows_whoever_measures_what_is_claimed_of_everybody(self, quinn):
        page = quinn.get("/quality/certificates").text

        assert "Nothing is claimed yet of decisions since" in page
        assert "Ask for a certificate" in page
        assert "A machine never reports to a child-safety hotline" in page

    def test_shows_an_analyst_their_own_alone(self, here, ana):
        page = ana.get("/quality/certificates").text

        assert "decides alone" in page
        assert held_by(here, "ana") in page
        assert held_by(here, "olga") not in page
        assert "audits" not in page


class TestACertificate:
    def test_is_asked_for_and_begins_in_training(self, here, quinn):
        answer = quinn.post(
            "/quality/certificates", data={"reviewer_id": id_of(here, "ana"), "family": "FRD", "note": "New to it."}
        )

        page = quinn.get(answer.headers["location"]) if answer.status_code == 303 else answer
        assert "decides nothing yet" in page.text
        assert "fewer than 2 % errors" in page.text
        assert "New to it." in page.text

    def test_of_a_family_that_the_policy_does_not_have_is_refused_on_the_page(self, here, quinn):
        answer = quinn.post("/quality/certificates", data={"reviewer_id": id_of(here, "ana"), "family": "NOPE"})

        assert answer.status_code == 422
        assert "the policy has no clause or family NOPE" in answer.text

    def test_tells_its_reviewer_no_count(self, here, ana):
        page = ana.get(f"/quality/certificates/{held_by(here, 'ana')}").text

        assert "What it says" in page
        assert "Evidence" not in page
        assert "audits" not in page

    def test_of_somebody_else_is_nobodys_business(self, here, ana):
        assert ana.get(f"/quality/certificates/{held_by(here, 'olga')}").status_code == 403

    def test_is_told_over_http_with_what_is_still_needed(self, here, quinn):
        found = quinn.get(f"/v1/quality/certificates/{held_by(here, 'ana')}").json()

        assert (found["audits"], found["errors"], found["reached"]) == (0, 0, False)
        assert found["more_without_error"] == 188

    def test_is_not_suspended_by_hand_where_it_is_a_persons(self, here, quinn):
        answer = quinn.post(f"/v1/quality/certificates/{held_by(here, 'ana')}/suspension", json={"note": "No."})

        assert answer.status_code == 403
        assert answer.json()["code"] == "recommend-first"
