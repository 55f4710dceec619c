"""The pages of rules, over HTTP."""

import re
from collections.abc import Iterator

import httpx2
import pytest

from assize.kernel import clock
from assize.platform.db import Database
from assize.workforce.models import SYSTEM, Role
from builders.living import Living, living
from conftest import clone, drop

EXPRESSION = "'frd-1.strong' in terms && event.turn_count >= 1"


@pytest.fixture(scope="module")
def here(cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    name = "rule_pages"
    with Database(clone(cluster, name)) as database, living(database, tmp_path_factory.mktemp("home")) as alive:
        with alive.client(alive.platform_key()) as platform:
            events = [an_event(number, "sim-frd-1-strong" if number == 0 else "nothing") for number in range(3)]
            assert platform.post("/v1/events", json={"events": events}).status_code == 202
        alive.work()
        yield alive
    drop(cluster, name)


@pytest.fixture(scope="module")
def author(here: Living) -> Iterator[httpx2.Client]:
    with here.client(here.person("ada", Role.POLICY_OWNER)[1]) as client:
        yield client


@pytest.fixture(scope="module")
def second(here: Living) -> Iterator[httpx2.Client]:
    with here.client(here.person("ben", Role.POLICY_OWNER)[1]) as client:
        yield client


def an_event(number: int, text: str) -> dict:
    return {
        "external_id": f"e-{number}",
        "occurred_at": clock.now().isoformat(),
        "subject": {"account": f"acct-{number}"},
        "turns": [{"role": "user", "text": text}],
    }


def a_form(rule_id: str, expression: str = EXPRESSION, **more: str) -> dict[str, str]:
    fields = {"id": rule_id, "title": "Ours", "clause_id": "FRD-1", "score": "0.8", "expression": expression}
    return fields | more


class TestList:
    def test_shows_rules_of_a_state_and_a_family(self, author):
        page = author.get("/rules", params={"state": "on", "clause": "frd"}).text

        assert "frd-1-strong" in page
        assert "cse-" not in page

    def test_shows_two_weeks_as_bars_and_numbers(self, author):
        page = author.get("/rules", params={"clause": "FRD-1"}).text

        assert '<svg class="spark"' in page
        assert re.search(r'aria-label="By day: \d\d \w+ 1"', page)

    def test_says_so_where_no_rule_fits(self, author):
        assert "No rule fits." in author.get("/rules", params={"clause": "ZZZ"}).text


class TestEditor:
    def test_names_line_column_and_field_of_what_is_wrong(self, author):
        page = author.post("/rules/check", data={"expression": "event.turn_count > 1 &&\nevent.nothing == 2"}).text

        assert "line 2, column 6" in page
        assert "nothing" in page

    def test_lists_every_field_with_its_type(self, author):
        page = author.get("/rules/new").text

        assert re.search(r"<code>account.age_days</code></td><td>int", page)

    def test_tries_on_what_came_before(self, author):
        page = author.post("/rules/new", data=a_form("tried-here", do="try")).text

        assert "On the last 3 events" in page
        assert "95 %:" in page
        assert "n = 3" in page
        assert "frd-1-strong" in page
        assert re.search(r'href="/cases/case_\w+"', page)

    def test_names_the_fields_for_want_of_which_it_is_not_applicable(self, author):
        page = author.post("/rules/new", data=a_form("x", "score.hate > 0.5", do="try")).text

        assert re.search(r"for want of:</strong> <code>score.hate</code> 3", page)

    @pytest.mark.parametrize(
        ("values", "said"),
        [
            ('{"terms": ["frd-1.strong"], "event.turn_count": 1}', "it hits"),
            ('{"terms": [], "event.turn_count": 1}', "no hit"),
            ('{"terms": ["frd-1.strong"]}', "not applicable"),
            ('{"terms": 1}', "holds a list of strings"),
            ('{"nonsense": 1}', "no field is named nonsense"),
            ("{", "line 1, column 2"),
            ("[" * 7_000, "no JSON object"),
        ],
        ids=["hit", "no hit", "absent", "wrong type", "unknown", "no JSON", "deep"],
    )
    def test_tries_on_one_event_as_it_is_written(self, author, values, said):
        page = author.post("/rules/new", data=a_form("x", do="one", values=values)).text

        assert said in page
        assert "frd-1.strong" in page

    def test_tries_on_one_that_came(self, here, author):
        with here.database.transaction(SYSTEM) as tx:
            event_id = tx.value("select id from intake.event where external_id = 'e-0'")

        page = author.post("/rules/new", data=a_form("x", do="one", event_id=event_id)).text
        missing = author.post("/rules/new", data=a_form("x", do="one", event_id="evt_0"))

        assert "it hits" in page
        assert missing.status_code == 422
        assert "Nothing of what you wrote is lost." in missing.text

    def test_keeps_nothing_that_does_not_fit_and_loses_none_of_it(self, author):
        answer = author.post("/rules/new", data=a_form("not-kept", "event.turn_count >", do="keep"))

        assert answer.status_code == 422
        assert "event.turn_count &gt;" in answer.text
        assert author.get("/rules/not-kept").status_code == 404

    @pytest.mark.parametrize("wrong", [{"id": "new"}, {"id": "Not An Id"}, {"title": " "}, {"score": "much"}])
    def test_says_which_field_does_not_do(self, author, wrong):
        answer = author.post("/rules/new", data={**a_form("fine"), **wrong, "do": "keep"})

        assert answer.status_code == 422
        assert f"The {next(iter(wrong))} doesn&#39;t do" in answer.text

    def test_shows_hostile_words_as_text(self, author):
        hostile = "'<script>x</script>\u202e' in terms"

        page = author.post("/rules/new", data=a_form("hostile", hostile, title="<img src=x>", do="keep"))
        shown = author.get("/rules/hostile").text

        assert page.status_code == 303
        assert "<script>x" not in shown
        assert "<img src=x" not in shown
        assert "⟦202E⟧" in shown


class TestLife:
    def test_goes_from_off_to_shadow_once_tried_and_on_by_somebody_else(self, author, second):
        kept = author.post("/rules/new", data=a_form("ours", EXPRESSION + " && true", do="keep")).headers["location"]
        early = author.post(f"{kept}/state", data={"state": "shadow"})
        author.post(f"{kept}/try")
        shadow = author.post(f"{kept}/state", data={"state": "shadow"})
        own = author.post(f"{kept}/state", data={"state": "on"})
        on = second.post(f"{kept}/state", data={"state": "on"})

        assert (early.status_code, shadow.status_code, own.status_code, on.status_code) == (409, 303, 403, 303)
        assert "You wrote this version" not in second.get(kept).text
        assert "n = 0: no case of it is decided" in second.get(kept).text

    def test_asks_for_a_trial_of_every_new_form(self, author):
        form = a_form("again", EXPRESSION + " || false")
        author.post("/rules/new", data={**form, "do": "try"})
        kept = author.post("/rules/new", data={**form, "do": "keep"}).headers["location"]
        first = author.post(f"{kept}/state", data={"state": "shadow"})
        author.post("/rules/new", data={**form, "expression": EXPRESSION + " || has(terms)", "do": "keep"})

        second_form = author.post(f"{kept}/state", data={"state": "shadow"})

        assert (first.status_code, second_form.status_code) == (303, 409)
        assert "Not tried yet in this form." in author.get(kept).text


class TestClause:
    def test_shows_its_words_questions_mappings_and_rules(self, author):
        page = author.get("/policy/clauses/FRD-1").text

        for words in ("Scope", "Standard of evidence", "takes part in", "frd-1-strong", "n = 0"):
            assert words.casefold() in page.casefold(), words

    def test_that_is_not_there_is_not_found(self, author):
        assert author.get("/policy/clauses/ZZZ-9").status_code == 404
