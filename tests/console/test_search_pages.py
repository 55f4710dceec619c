"""The search page, its saved searches, exports and the palette, over HTTP."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from assize.platform.db import Database
from assize.triage import service as triage
from assize.workforce.models import SYSTEM, Role, ViewProfile
from builders.living import Living, living
from builders.review import AT, a_case

MAY = ViewProfile(may_export=True)


@pytest.fixture
def here(fresh_database: Database, tmp_path: Path) -> Iterator[Living]:
    with living(fresh_database, tmp_path) as alive:
        yield alive


@pytest.fixture
def lead(here: Living) -> Iterator[httpx2.Client]:
    _, key = here.person("lena", Role.EXPERT, view=MAY)
    with here.client(key) as client:
        yield client


def cases(here: Living, count: int = 3, **given):
    with here.database.transaction(SYSTEM) as tx:
        return [a_case(tx, "FRD-1", **given) for _ in range(count)]


class TestSearchPage:
    def test_shows_what_the_address_asks_for(self, here, lead):
        made = cases(here)

        page = lead.get("/search", params={"clause": "FRD-1", "of": "case"})
        nothing = lead.get("/search", params={"queue": "no-such"})

        assert page.status_code == 200
        assert all(one.id in page.text for one in made)
        assert "3 found" in page.text
        assert 'href="/search?of=case&amp;clause=FRD-1" aria-current="page"' in page.text
        assert "Nothing matches all of this." in nothing.text

    def test_says_what_does_not_fit_and_keeps_what_was_typed(self, lead):
        page = lead.get("/search", params={"severity": "grave", "text": "two words"})

        assert page.status_code == 422
        assert "from 0, the gravest, to 4" in page.text
        assert 'value="two words"' in page.text

    def test_shows_hostile_parameters_as_text(self, lead):
        hostile = '"><script>alert(1)</script>\u202e'

        for name in ("text", "clause", "reviewer", "language", "policy", "account", "of", "since", "cursor"):
            page = lead.get("/search", params={name: hostile})
            assert page.status_code < 500
            assert "<script>alert" not in page.text

    def test_looks_an_account_up_for_a_purpose_and_goes_on_with_our_id(self, here, lead):
        (case, _) = cases(here, 2)
        with here.database.transaction(SYSTEM) as tx:
            ref = tx.value("select ref from intake.subject where id = %(id)s", {"id": case.subject_id})
        asked = {"ref": ref, "address": "clause=FRD-1", "purpose": "an appeal"}

        without = lead.post("/search/account", data=asked | {"purpose": " "})
        unknown = lead.post("/search/account", data=asked | {"ref": "nobody"})
        found = lead.post("/search/account", data=asked)

        assert (without.status_code, unknown.status_code, found.status_code) == (422, 404, 303)
        assert f"account={case.subject_id}" in found.headers["location"]
        assert ref not in found.headers["location"]
        assert case.id in lead.get(found.headers["location"]).text
        with here.database.transaction(SYSTEM) as tx:
            assert tx.value("select count(*) from platform.fact where kind = 'AccountLookedUp'") == 1

    def test_saves_a_search_under_a_name(self, lead):
        saved = lead.post("/search/views", data={"name": "Fraud", "address": "clause=FRD-1"})
        again = lead.post("/search/views", data={"name": "Fraud", "address": ""})

        assert saved.headers["location"] == "/search?clause=FRD-1"
        assert again.status_code == 409
        assert "Fraud" in lead.get("/search").text


class TestExports:
    def test_stream_a_file_whose_hash_is_in_the_list(self, here, lead):
        made = cases(here)

        answer = lead.post("/exports", data={"format": "jsonl", "columns": "cases", "address": "clause=FRD-1"})

        assert answer.headers["content-disposition"].startswith("attachment; filename=")
        lines = [json.loads(line) for line in answer.text.splitlines()]
        assert {one["case_id"] for one in lines[:-1]} == {one.id for one in made}
        assert hashlib.sha256(answer.content).hexdigest() in lead.get("/exports").text

    @pytest.mark.parametrize("columns", ["cases", "decisions", "enforcement"])
    @pytest.mark.parametrize("format_", ["csv", "jsonl", "parquet"])
    def test_come_in_every_format(self, here, lead, columns, format_):
        cases(here, 1)

        answer = lead.post("/v1/exports", json={"format": format_, "columns": columns})

        assert answer.status_code == 200
        (done,) = lead.get("/v1/exports").json()
        assert (done["id"], done["state"]) == (answer.headers["x-export-id"], "done")
        assert done["sha256"] == hashlib.sha256(answer.content).hexdigest()

    def test_are_refused_before_a_byte_is_sent(self, here):
        _, key = here.person("ada", Role.ANALYST, view=MAY)
        _, other = here.person("eve", Role.EXPERT)

        with here.client(key) as analyst, here.client(other) as expert:
            answers = [one.post("/v1/exports", json={"format": "csv"}) for one in (analyst, expert)]

        assert [one.status_code for one in answers] == [403, 403]


class TestSearchApi:
    def test_pages_through_what_is_found(self, here, lead):
        made = cases(here)

        first = lead.get("/v1/search", params={"of": "case", "limit": 2}).json()
        second = lead.get("/v1/search", params={"of": "case", "limit": 2, "cursor": first["cursor"]}).json()

        found = [one["id"] for one in (*first["hits"], *second["hits"])]
        assert sorted(found) == sorted(one.id for one in made)
        assert first["total"] == {"count": 3, "exact": True}


def account_id(here: Living) -> str:
    with here.database.transaction(SYSTEM) as tx:
        return str(tx.value("select id from intake.subject where level = 'account'"))


class TestPalette:
    def test_finds_pages_clauses_queues_cases_and_accounts(self, here, lead):
        (case,) = cases(here, 1)

        def kinds(words):
            return {one["kind"] for one in lead.get("/palette", params={"q": words}).json()["items"]}

        assert "page" in kinds("sea")
        assert "clause" in kinds("frd-1")
        assert "case" in kinds(case.id.lower())
        assert "account" in kinds(account_id(here))
        assert "command" in kinds("anything")

    def test_leads_to_the_clause_first_and_to_what_was_decided_under_it_second(self, lead):
        found = lead.get("/palette", params={"q": "frd-1"}).json()["items"]

        assert [one["url"] for one in found[:2]] == ["/policy/clauses/FRD-1", "/search?clause=FRD-1"]

    def test_keeps_to_itself_what_somebody_may_not_see(self, here, lead):
        (case,) = cases(here, 1)
        with here.database.transaction(SYSTEM) as tx:
            triage.restrict(tx, case_id=case.id, compartment="sealed", at=AT)
        _, key = here.person("adam", Role.ADMINISTRATOR)

        with here.client(key) as administrator:
            theirs = administrator.get("/palette", params={"q": "s"}).json()["items"]
        for hidden in (case.id, account_id(here)):
            found = {one["kind"] for one in lead.get("/palette", params={"q": hidden}).json()["items"]}
            assert found.isdisjoint({"case", "account"})

        assert {one["kind"] for one in theirs} <= {"page", "clause"}
        assert "/search" not in {one["url"] for one in theirs}
