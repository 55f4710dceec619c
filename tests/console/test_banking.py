"""What a decision found goes into a bank from the page of its case."""

from collections.abc import Iterator

import httpx2
import pytest

from assize.kernel import clock
from assize.review.models import Decision
from assize.triage import service as triage
from assize.triage.models import BankKind
from assize.workforce.models import SYSTEM, Role
from builders.enforcement import a_policy_of_actions, decided, enforced
from builders.living import Living, living

HASH = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def decision(fresh_database) -> Decision:
    with fresh_database.transaction(SYSTEM) as tx:
        a_policy_of_actions(tx)
        made = decided(tx, "suspend-account", account="acc-1", conversation="con-1")
        enforced(tx, made)
        triage.add_to_bank(tx, name="known", kind=BankKind.MD5, values=["f" * 32], at=clock.now())
    return made


@pytest.fixture
def here(fresh_database, decision, tmp_path) -> Iterator[Living]:  # noqa: ARG001 - it is there before anybody comes
    with living(fresh_database, tmp_path) as alive:
        yield alive


@pytest.fixture
def manager(here: Living) -> Iterator[httpx2.Client]:
    with here.client(here.person("mia", Role.OPERATIONS_MANAGER)[1]) as client:
        yield client


def added(client: httpx2.Client, decision: Decision, values: str, *, into: str = "md5:known") -> httpx2.Response:
    form = {"case_id": decision.case_id, "into": into, "values": values}
    return client.post(f"/decisions/{decision.id}/bank-items", data=form)


class TestBanking:
    def test_is_offered_to_whoever_may_fill_banks(self, here: Living, decision: Decision, manager: httpx2.Client):
        with here.client(here.person("ana", Role.ANALYST)[1]) as analyst:
            assert "Add to a bank" in manager.get(f"/cases/{decision.case_id}").text
            assert "Add to a bank" not in analyst.get(f"/cases/{decision.case_id}").text
            assert added(analyst, decision, HASH).status_code == 403

    def test_adds_what_was_typed_and_goes_back_to_the_case(
        self, here: Living, decision: Decision, manager: httpx2.Client
    ):
        answer = added(manager, decision, f"{HASH}\r\n{'e' * 32}\r\n")

        assert (answer.status_code, answer.headers["location"]) == (303, f"/cases/{decision.case_id}")
        with here.database.transaction(SYSTEM) as tx:
            assert [one.items for one in triage.banks(tx)] == [3]
            assert triage.withdraw_bank_items(tx, decision_id=decision.id, at=clock.now()) == 2

    @pytest.mark.parametrize(
        ("values", "said"),
        [("no hash", "Item 1 is no md5. Nothing was added."), ("", "The findings point at no media")],
        ids=["bad", "none"],
    )
    def test_says_on_the_page_what_is_wrong(self, decision: Decision, manager: httpx2.Client, values, said):
        answer = added(manager, decision, values)

        assert answer.status_code == 422
        assert said in answer.text
        assert 'role="alert"' in answer.text
