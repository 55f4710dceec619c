"""A programme made by the database is read by the same pages as one that grew."""

import pytest

from assize.bench.quality_backlog import WEEK, fill, measure_pages
from assize.kernel import clock
from assize.platform.db import Database
from assize.quality import service
from assize.quality.models.scoring import Of
from assize.workforce.models import SYSTEM


@pytest.mark.bench
class TestProgramme:
    def test_has_cards_work_and_pairs(self, fresh_database: Database):
        fill(fresh_database, WEEK)

        took = measure_pages(fresh_database, runs=1)
        with fresh_database.transaction(SYSTEM) as tx:
            machines = service.scorecards(tx, of=Of.MACHINES, days=365, at=clock.now()).cards
            pairs = service.agreements(tx, days=365, at=clock.now()).overall.n

        assert all(len(ms) == 1 for ms in took.values())
        assert len(machines) == 8
        assert all(one.accuracy is not None and one.work is not None for one in machines)
        assert pairs > 500
