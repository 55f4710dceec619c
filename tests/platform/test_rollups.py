"""Sums forgotten and made again from the rows, from the command line."""

import threading
from contextlib import nullcontext
from datetime import timedelta

import pytest
from click.testing import CliRunner, Result

from assize.app.summing import made_again, operations
from assize.kernel import clock
from assize.platform import rollups
from assize.platform.db import Database
from assize.triage import service as triage
from assize.workforce.models import SYSTEM
from builders.review import a_case, a_policy

DAYS = 5


@pytest.fixture
def there(fresh_database: Database) -> Database:
    """A house of some days, with a case a day, whose sums are made and wrong."""
    with fresh_database.transaction(SYSTEM) as tx:
        a_policy(tx)
        for day in range(DAYS):
            case = a_case(tx, "HAR-1", conversation=f"con-{day}")
            opened = clock.now() - timedelta(days=DAYS - day)
            tx.run("update triage.case set opened_at = %(at)s where id = %(id)s", {"at": opened, "id": case.id})
    while triage.roll(fresh_database, at=clock.now()):
        pass
    with fresh_database.transaction(SYSTEM) as tx:
        tx.run("update triage.flow_hour set opened = opened + 100")
    return fresh_database


def opened(database: Database) -> int:
    with database.transaction(SYSTEM) as tx:
        return int(tx.value("select sum(opened) from triage.flow_hour"))


def rebuild(database: Database, *given: str) -> Result:
    return CliRunner().invoke(operations, ["rebuild", *given], obj=lambda: nullcontext(database))


class TestRebuilding:
    def test_makes_every_sum_again_from_the_rows(self, there):
        assert opened(there) == DAYS * 101

        done = rebuild(there)

        assert done.exit_code == 0, done.output
        assert done.output.startswith("The sums are made, in ")
        assert opened(there) == DAYS

    def test_leaves_what_lies_before_a_day_as_it_is(self, there):
        since = clock.now() - timedelta(days=2, hours=12)

        rebuild(there, "--since", f"{since:%Y-%m-%dT%H:%M}")

        assert opened(there) == 3 * 101 + 2

    def test_goes_on_where_it_was_stopped(self, there):
        with there.transaction(SYSTEM) as tx:
            rollups.forget(tx, since=None)
        steps = made_again(there, at=clock.now())
        next(steps)
        steps.close()
        half = opened(there)

        rebuild(there, "--go-on")

        assert DAYS < half < DAYS * 101
        assert opened(there) == DAYS

    def test_that_is_done_forgets_nothing_when_it_goes_on(self, there):
        rebuild(there, "--go-on")

        assert opened(there) == DAYS * 101

    def test_waits_for_a_worker_that_makes_the_same_sums(self, there):
        with there.transaction(SYSTEM) as worker:
            rollups.forget(worker, since=None)
        with there.transaction(SYSTEM) as worker:
            assert worker.value("select pg_try_advisory_xact_lock(hashtext('rolled'), hashtext('triage.flow'))")
            thread = threading.Thread(target=rebuild, args=(there, "--go-on"))
            thread.start()
            while not worker.value("select count(*) from pg_locks where locktype = 'advisory' and not granted"):
                pass
        thread.join()

        assert opened(there) == DAYS
