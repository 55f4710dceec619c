"""A programme made by the database is read by the same pages as one that grew."""

from datetime import timedelta
from pathlib import Path

import pytest

from assize.bench.quality_backlog import WANTED, WEEK, a_plan, fill, measure_pages
from assize.kernel import clock
from assize.platform.db import Database
from assize.platform.settings import Settings
from assize.quality import service
from assize.quality.models.scoring import Of
from assize.workforce.models import SYSTEM
from builders.review import a_policy


@pytest.mark.bench
class TestProgramme:
    def test_has_cards_work_pairs_and_populations(self, fresh_database: Database, tmp_path: Path):
        with fresh_database.transaction(SYSTEM) as tx:
            a_policy(tx)
        plan_id = a_plan(fresh_database, Settings(home=tmp_path))
        fill(fresh_database, WEEK)

        took = measure_pages(fresh_database, plan_id=plan_id, runs=1)
        with fresh_database.transaction(SYSTEM) as tx:
            machines = service.scorecards(tx, of=Of.MACHINES, days=365, at=clock.now()).cards
            pairs = service.agreements(tx, days=365, at=clock.now()).overall.n
            previewed = service.preview(tx, wanted=WANTED, at=clock.now()).decisions
            until = clock.now()
            stood = service.plan_standing(tx, plan_id=plan_id, since=until - timedelta(days=30), until=until)

        assert all(len(ms) == 1 for ms in took.values())
        assert len(machines) == 8
        assert all(one.accuracy is not None and one.work is not None for one in machines)
        assert pairs > 500
        assert previewed > 1_000
        assert max(one.population for one in stood.strata) > 1_000
