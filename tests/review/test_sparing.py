"""Whoever has seen enough hard content for today is handed calmer work; nobody else is told."""

from datetime import timedelta
from typing import Any

import pytest

from assize.kernel.ids import ReviewerId
from assize.platform.db import Tx
from assize.review import service
from assize.review.logic import hardest
from assize.workforce import service as workforce
from assize.workforce.logic import exposed_at_most, hour_of, principal_of
from assize.workforce.models import SYSTEM, Exposure, Principal, PrincipalKind, Role
from builders.review import AT, MINUTE, a_policy, a_reviewer, a_task, acting

DAY = timedelta(hours=24)
SEVERE = 8  # points of one content


@pytest.fixture(autouse=True)
def policy(request: pytest.FixtureRequest) -> None:
    if "tx" in request.fixturenames:
        a_policy(request.getfixturevalue("tx"))


def who_opened(tx: Tx, *, at: Any = AT) -> Principal:
    """Somebody who took a hard case and opened it, as their next sign-in finds them."""
    added = workforce.add_person(tx, name="Ana", email="ana@example.org", roles=[Role.ANALYST], at=AT)
    ana = principal_of(workforce.reviewer(tx, added))
    task = a_task(tx, "CSE-1")
    with acting(tx, ana) as mine:
        service.claim_task(mine, task_id=task.id, at=at)
        service.open_content(mine, task_id=task.id, purpose="to judge it", at=at)
        service.release(mine, task_id=task.id, at=at)
    return principal_of(workforce.reviewer(tx, ReviewerId(ana.id)))


class TestHardest:
    @pytest.mark.parametrize(
        ("limit", "used", "expected"),
        [
            (Exposure.SEVERE, 0, 4),
            (Exposure.MODERATE, 0, 2),
            (Exposure.SEVERE, 113, 3),
            (Exposure.SEVERE, 119, 1),
            (Exposure.SEVERE, 120, 0),
            (Exposure.SEVERE, 500, 0),
        ],
    )
    def test_is_within_skills_and_what_is_left_of_the_day(self, limit: Exposure, used: int, expected: int):
        assert hardest(limit, used=used, budget=120) == expected


class TestExposedAtMost:
    def test_counts_whole_hours_and_never_too_little(self):
        ana = a_reviewer(exposed={hour_of(AT): 8, hour_of(AT) - DAY: 4})

        assert exposed_at_most(ana, since=AT - DAY + 59 * MINUTE) == 12
        assert exposed_at_most(ana, since=AT - DAY + 60 * MINUTE) == 8


class TestClaim:
    def test_gives_whoever_is_over_their_budget_calmer_work_only(self, tx):
        calm = a_task(tx, "HAR-1", at=AT)
        ana = who_opened(tx)

        with acting(tx, ana) as mine:
            first = service.claim(mine, budget=2 * SEVERE - 1, at=AT + MINUTE)

        assert first.id == calm.id

    def test_gives_hard_work_while_the_budget_holds_and_again_when_the_day_is_over(self, tx):
        ana = who_opened(tx)

        with acting(tx, ana) as mine:
            none = service.claim(mine, budget=2 * SEVERE - 1, at=AT + DAY)
            again = service.claim(mine, budget=2 * SEVERE - 1, at=AT + DAY + MINUTE)

        assert none is None
        assert again.exposure == Exposure.SEVERE

    def test_never_keeps_a_case_from_whoever_takes_it_by_hand(self, tx):
        ana, paged = who_opened(tx), a_task(tx, "CSE-1", at=AT)

        with acting(tx, ana) as mine:
            taken = service.claim_task(mine, task_id=paged.id, at=AT + MINUTE)
            assert service.calmer_only(mine, budget=SEVERE, at=AT + MINUTE)

        assert taken.id == paged.id

    def test_never_spares_a_machine(self, tx):
        task = a_task(tx, "CSE-1")
        bot = a_reviewer("bot", kind=PrincipalKind.MACHINE, exposed={hour_of(AT): 500})

        with acting(tx, bot) as mine:
            assert service.claim(mine, budget=1, at=AT).id == task.id

    def test_records_nothing_of_who_was_spared(self, tx):
        ana = who_opened(tx)
        before = tx.value("select count(*) from platform.fact")

        with acting(tx, ana) as mine:
            assert service.claim(mine, budget=SEVERE, at=AT + MINUTE) is None

        assert tx.value("select count(*) from platform.fact") == before

    def test_asks_nothing_more_of_whoever_is_far_from_their_budget(self, tx, monkeypatch):
        a_task(tx, "CSE-1")
        rows = []
        asked = Tx.rows
        monkeypatch.setattr(Tx, "rows", lambda self, *given: rows.append(given) or asked(self, *given))

        with acting(tx, a_reviewer(exposed={hour_of(AT): 8})) as mine:
            service.claim(mine, at=AT)

        assert not [given for given in rows if "review.opening" in str(given[0])]


class TestClaimNext:
    def test_gives_whoever_is_over_their_budget_what_fits_them_alone(self, fresh_database):
        with fresh_database.transaction(SYSTEM) as tx:
            a_policy(tx)
            calm = a_task(tx, "HAR-1", at=AT)
            ana = who_opened(tx)

        assert service.claim_next(fresh_database, ana, budget=2 * SEVERE - 1, at=AT + MINUTE).id == calm.id
        assert service.claim_next(fresh_database, ana, budget=2 * SEVERE - 1, at=AT + MINUTE) is None
