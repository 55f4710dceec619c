"""Real data sets come in whole, become cases, and can be worked."""

import re
from pathlib import Path

import pytest

from assize.app.plugins import known_judgement_sources, known_sources
from assize.intake import service as intake
from assize.kernel import clock
from assize.platform.db import Database
from assize.review import service as review
from assize.workforce.models import SYSTEM, Role
from builders.living import Living, living


@pytest.fixture
def here(fresh_database: Database, tmp_path: Path):
    with living(fresh_database, tmp_path) as alive:
        yield alive


def bring_in(here: Living, path: Path, name: str) -> intake.Progress:
    done = intake.import_file(here.database, known_sources()[name], path, at=clock.now())
    here.work()
    return done


class TestModerationSet:
    def test_comes_in_whole_becomes_cases_and_can_be_worked(self, here, shared_data):
        done = bring_in(here, shared_data / "openai-moderation.jsonl.gz", "openai-moderation")

        assert (done.accepted, done.rejected) == (1116, 0)
        _, key = here.person("eva", Role.EXPERT)
        with here.client(key) as eva:
            assert eva.get("/v1/cases").json()["cases"]
            task = eva.post("/v1/queues/claim", json={}).json()["task"]
            opened = eva.post(f"/v1/tasks/{task['id']}/open", json={"purpose": "review"})
        assert opened.status_code == 200


class TestConvAbuse:
    def test_comes_in_whole_with_the_eight_raters_judgements(self, here, shared_data):
        path = shared_data / "convabuse.csv.gz"
        done = bring_in(here, path, "convabuse")

        source = known_judgement_sources()["convabuse"]
        recorded = review.record_judgements(here.database, source.judgements(path), clause_id="STK-4", at=clock.now())

        assert done.rejected == 0
        assert (recorded.recorded, recorded.known_already, recorded.without_event) == (12_768, 0, 0)
        with here.database.transaction(SYSTEM) as tx:
            raters = tx.value("select count(distinct reviewer_id) from review.decision where state = 'recorded'")
            standing = tx.value("select count(*) from review.decision where state = 'stands'")
        assert (raters, standing) == (8, 0)
        # The published figures, computed twice by two implementations; here on the live page, over the same evidence.
        here.person("quin", Role.QA_LEAD)
        with here.browser("quin") as quin:
            page = quin.get("/quality/agreement/convabuse")
        assert page.status_code == 200
        figures = re.findall(
            r"<th scope=\"row\">([^<]+)</th>\s*<td class=\"rate\"><strong>([-.0-9]+)</strong>", page.text
        )
        told = [(name.replace("&#39;", "'"), float(value)) for name, value in figures]
        alphas = [value for name, value in told if name == "Krippendorff's alpha"]
        assert alphas == [0.650, 0.436, 0.658, 0.732]
        assert dict(told)["The same label"] == 0.934
        assert dict(told)["Kappa of a violation or not"] == 0.895
        assert dict(told)["Weighted kappa of the label"] == 0.906
        assert "12,768" in page.text
