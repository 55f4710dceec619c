"""A calibration round, an adjudication and a dispute, as people do them in the console."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from assize.kernel import clock
from assize.platform.db import Database
from assize.workforce.models import SYSTEM, Role
from builders.living import Living, living
from builders.review import a_case

LABEL = {"verdict": "violation", "clause": "HAR-1", "severity": "2", "rationale": "It insults somebody."}


@pytest.fixture
def here(fresh_database: Database, tmp_path: Path) -> Iterator[Living]:
    with living(fresh_database, tmp_path) as alive:
        yield alive


def page(client: httpx2.Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


def sent(client: httpx2.Client, path: str, **form: object) -> str:
    answer = client.post(path, data=form)
    assert answer.is_redirect, answer.text
    return str(answer.headers["location"])


def a_case_of(here: Living) -> str:
    with here.database.transaction(SYSTEM) as tx:
        return a_case(tx, "FRD-1", at=clock.now() - timedelta(hours=1)).id


class TestARound:
    def test_goes_from_labels_alone_to_minutes(self, here: Living):
        ada_id, _ = here.person("ada", Role.ANALYST)
        bob_id, _ = here.person("bob", Role.ANALYST)
        here.person("quin", Role.QA_LEAD)
        case_id = a_case_of(here)
        with here.browser("quin") as quin, here.browser("ada") as ada, here.browser("bob") as bob:
            round_page = sent(
                quin, "/quality/rounds", title="Quotes", form="double_blind", cases=case_id, members=[ada_id, bob_id]
            )
            assert "Quotes" in page(ada, "/quality/rounds")
            (item_id,) = set(re.findall(r"cli_\w+", page(ada, round_page)))
            sent(ada, f"{round_page}/items/{item_id}/label", **LABEL)
            assert "It insults somebody." not in page(bob, round_page)
            assert "It insults somebody." not in page(quin, round_page)
            sent(bob, f"{round_page}/items/{item_id}/label", **{**LABEL, "verdict": "no_violation", "severity": "4"})

            sent(quin, f"{round_page}/move", state="discussion")
            assert "It insults somebody." in page(bob, round_page)
            sent(bob, f"{round_page}/items/{item_id}/label", **LABEL)
            sent(ada, f"{round_page}/items/{item_id}/label", **LABEL)
            sent(quin, f"{round_page}/items/{item_id}/outcome", outcome="policy_gap", note="Quotes", clause="HAR-1")
            sent(quin, f"{round_page}/actions", todo="Write an example", owner=ada_id)
            sent(quin, f"{round_page}/move", state="closed")
            told = page(quin, round_page)
            minutes = bob.get(f"{round_page}/minutes.md")

            assert "policy gap" in told
            assert "Quotes" in page(quin, "/quality/gaps")
            assert minutes.headers["content-type"].startswith("text/markdown")
            assert "Write an example" in minutes.text

    def test_is_not_there_for_those_who_take_no_part(self, here: Living):
        ada_id, _ = here.person("ada", Role.ANALYST)
        bob_id, _ = here.person("bob", Role.ANALYST)
        here.person("eve", Role.ANALYST)
        here.person("quin", Role.QA_LEAD)
        with here.browser("quin") as quin:
            round_page = sent(
                quin, "/quality/rounds", title="Quotes", form="blind", cases=a_case_of(here), members=[ada_id, bob_id]
            )

        with here.browser("eve") as eve:
            assert "Quotes" not in page(eve, "/quality/rounds")
            assert eve.get(round_page).status_code == 404
            assert eve.get(f"{round_page}/minutes.md").status_code == 404

    def test_says_what_does_not_fit(self, here: Living):
        here.person("quin", Role.QA_LEAD)
        with here.browser("quin") as quin:
            answer = quin.post("/quality/rounds", data={"title": "Quotes", "form": "blind", "cases": a_case_of(here)})

        assert answer.status_code == 422
        assert "two participants or more" in answer.text


class TestDisputesOfOneSOwn:
    def test_are_offered_where_the_card_tells_differences(self, here: Living):
        here.person("ada", Role.ANALYST)
        with here.browser("ada") as ada:
            assert "Nothing to dispute" in page(ada, "/me/disputes")
            assert ada.get("/quality/disputes").status_code == 403
            assert ada.get("/quality/adjudications").status_code == 403


class TestAnAdjudication:
    def test_is_given_on_its_page_and_opens_a_gap(self, here: Living):
        here.person("eve", Role.EXPERT)
        case_id = a_case_of(here)
        with here.database.transaction(SYSTEM) as tx:
            tx.run(
                "insert into quality.adjudication (id, key, case_id, dossier_id, policy_version_id, trigger, severity, queue,"
                " clauses, opened_at, due_at) select 'adj_1', 'key', %(case)s, 'dos_1', id, 'split-vote', 2, 'general',"
                " array['FRD-1'], now(), now() from policy.version limit 1",
                {"case": case_id},
            )
        with here.browser("eve") as eve:
            (adjudication_id,) = set(re.findall(r"adj_\w+", page(eve, "/quality/adjudications")))
            here_it_is = f"/quality/adjudications/{adjudication_id}"
            assert "Your word" in page(eve, here_it_is)
            refused = eve.post(here_it_is, data={"stands": "ambiguous", "clause": "HAR-1", "rationale": "Both."})

            sent(eve, here_it_is, stands="ambiguous", clause="HAR-1", rationale="Both.", gap="Quoted insults")

            assert (refused.status_code, "what the policy leaves open" in refused.text) == (422, True)
            assert "Nobody is to blame." in page(eve, here_it_is)
            (gap_id,) = set(re.findall(r"/quality/gaps/(gap_\w+)", page(eve, "/quality/gaps")))
            moved = sent(
                eve,
                f"/quality/gaps/{gap_id}",
                state="changed",
                owner="rev_x",
                due_at="2030-01-01",
                change="An exception.",
            )
            assert "What came of it" in page(eve, moved)
            told = eve.get(f"/v1/quality/adjudications/{adjudication_id}").json()

        assert told["word"]["ambiguous"] is True
