"""Mentions and presence: who is named, who is on a case, and what blind judges see of it."""

from datetime import timedelta
from itertools import product

import pytest

from assize.kernel.actor import Scope
from assize.kernel.ids import CaseId, NoteId, ReviewerId
from assize.platform.db import Tx
from assize.review import service
from assize.review.errors import NoSuchNote
from assize.review.logic import mentioned
from assize.review.models import View
from assize.triage import service as triage
from assize.triage.errors import NoSuchCase
from assize.triage.service import restrict
from assize.workforce import service as workforce
from assize.workforce.logic import principal_of
from assize.workforce.models import SYSTEM, Right, Role, ViewProfile
from builders.review import AT, MINUTE, a_case, a_policy, a_reviewer, a_task, acting, in_hand

PEOPLE = {ReviewerId("1"): "Ana Li", ReviewerId("2"): "Ben", ReviewerId("3"): "Ana Ortiz", ReviewerId("4"): "Benedikt"}


@pytest.fixture(autouse=True)
def _policy(tx: Tx) -> None:
    a_policy(tx)


def a_colleague(tx: Tx, name: str) -> ReviewerId:
    email = f"{name}@example.org".lower().replace(" ", ".")
    return workforce.add_person(tx, name=name, email=email, roles=[Role.ANALYST], at=AT)


class TestMentioned:
    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            pytest.param("please look, @Ben", ["2"], id="a first name"),
            pytest.param("@ben, and @ANA LI too", ["2", "1"], id="in order, in any case"),
            pytest.param("@ana.ortiz @AnaLi", ["3", "1"], id="written together"),
            pytest.param("@Ana knows", [], id="a name of two"),
            pytest.param("@Benedikt", ["4"], id="the longest that fits"),
            pytest.param("@Benno", [], id="a longer word"),
            pytest.param("write to x@ben", [], id="an address"),
            pytest.param("@Ben @Ben", ["2"], id="each once"),
            pytest.param("@" * 1000, [], id="signs alone"),
        ],
    )
    def test_are_found_by_name(self, body, expected):
        assert mentioned(body, PEOPLE) == expected


class TestMentions:
    def test_wait_until_they_are_read(self, tx: Tx):
        ben, case = a_colleague(tx, "Ben Vogt"), a_case(tx)
        with acting(tx, a_reviewer("ada")) as mine:
            note = service.note(mine, body="@Ben Vogt do you know this account?", case_id=case.id, at=AT)

        with acting(tx, a_reviewer(id=ben)) as mine:
            before = service.mentions(mine)
            service.read_mention(mine, note_id=note.id, at=AT + MINUTE)
            service.read_mention(mine, note_id=note.id, at=AT + MINUTE)
            after = service.mentions(mine)

        assert [(one.note_id, one.author, one.case_id) for one in before] == [(note.id, note.author, case.id)]
        assert after == []

    def test_are_facts(self, tx: Tx):
        a_colleague(tx, "Ben Vogt")
        case = a_case(tx)

        with acting(tx, a_reviewer("ada")) as mine:
            service.note(mine, body="@Ben", case_id=case.id, at=AT)

        kinds = {
            row["kind"] for row in tx.rows("select kind from platform.fact where case_id = %(id)s", {"id": case.id})
        }
        assert {"Noted", "Mentioned"} <= kinds

    def test_tell_nothing_of_a_case_that_does_not_exist_for_whoever_is_named(self, tx: Tx):
        ben, case = a_colleague(tx, "Ben Vogt"), a_case(tx)
        with acting(tx, a_reviewer("ada")) as mine:
            note = service.note(mine, body="@Ben", case_id=case.id, at=AT)
        with acting(tx, SYSTEM) as mine:
            restrict(mine, case_id=case.id, compartment="sealed", at=AT)

        with acting(tx, a_reviewer(id=ben)) as mine:
            found = service.mentions(mine)
            with pytest.raises(NoSuchNote):
                service.read_mention(mine, note_id=note.id, at=AT)

        assert found == []

    def test_are_nobody_elses_to_read(self, tx: Tx):
        with acting(tx, a_reviewer("ada")) as mine, pytest.raises(NoSuchNote):
            service.read_mention(mine, note_id=NoteId("note_of_nobody"), at=AT)


PLACES = ("us", "de", None)


class TestNameable:
    def test_are_those_for_whom_the_case_exists(self, tx: Tx):
        people = {
            workforce.add_person(
                tx,
                name=f"Person{number} Of{number}",
                email=f"p{number}@example.org",
                roles=[role],
                compartments=compartments,
                view=ViewProfile(regions=regions),
                at=AT,
            ): f"Person{number} Of{number}"
            for number, (role, compartments, regions) in enumerate(
                product((Role.ANALYST, Role.INTEGRATION), ((), ("sealed",)), (None, frozenset({"us"})))
            )
        }
        seen: dict[str, tuple[list[str], list[str]]] = {}

        for region, sealed in product(PLACES, (False, True)):
            case = a_case(tx, text=f"insultword {region} {sealed}", region=region)
            if sealed:
                with acting(tx, SYSTEM) as mine:
                    restrict(mine, case_id=case.id, compartment="sealed", at=AT)
            author = a_reviewer("ada", scope=Scope(compartments=frozenset({"sealed"})))
            with acting(tx, author) as mine:
                offered = service.nameable(mine, case_id=case.id)
            seen[f"{region} {sealed}"] = (offered, sorted(people[one] for one in people if exists(tx, one, case.id)))

        assert all(offered == existing for offered, existing in seen.values()), seen
        assert len({len(offered) for offered, _ in seen.values()}) > 1

    def test_fit_what_was_typed(self, tx: Tx):
        case = a_case(tx)
        for name in ("Ben Vogt", "Bea Lang", "Vera Ben"):
            a_colleague(tx, name)

        with acting(tx, a_reviewer("ada")) as mine:
            found = {words: service.nameable(mine, case_id=case.id, words=words) for words in ("be", "ben vo", "x")}

        assert found == {"be": ["Bea Lang", "Ben Vogt", "Vera Ben"], "ben vo": ["Ben Vogt"], "x": []}

    def test_leave_out_a_name_that_means_two_people(self, tx: Tx):
        case = a_case(tx)
        for number in range(2):
            workforce.add_person(tx, name="Ben Vogt", email=f"b{number}@example.org", roles=[Role.ANALYST], at=AT)

        with acting(tx, a_reviewer("ada")) as mine:
            assert service.nameable(mine, case_id=case.id) == []

    def test_of_a_case_that_does_not_exist_are_nobody(self, tx: Tx):
        case = a_case(tx)
        with acting(tx, SYSTEM) as mine:
            restrict(mine, case_id=case.id, compartment="sealed", at=AT)

        with acting(tx, a_reviewer("ada")) as mine, pytest.raises(NoSuchCase):
            service.nameable(mine, case_id=case.id)


def exists(tx: Tx, reviewer_id: ReviewerId, case_id: CaseId) -> bool:
    """Whether the database shows somebody a case, asked as them."""
    who = principal_of(workforce.reviewer(tx, reviewer_id))
    if Right.CASES_READ not in who.rights:
        return False
    with acting(tx, who) as mine:
        try:
            return bool(triage.case(mine, case_id))
        except NoSuchCase:
            return False


class TestPresence:
    def test_shows_who_else_is_here_and_who_has_it_in_hand(self, tx: Tx):
        task = a_task(tx, "HAR-1")
        ada, ben, cleo = a_reviewer("ada"), a_reviewer("ben"), a_reviewer("cleo")
        in_hand(tx, ada)
        for who in (ben, cleo):
            with acting(tx, who) as mine:
                service.be_present(mine, case_id=task.case_id, at=AT)

        with acting(tx, ben) as mine:
            seen = service.present(mine, case_id=task.case_id, at=AT + timedelta(seconds=30))
            later = service.present(mine, case_id=task.case_id, at=AT + timedelta(seconds=61))

        assert [(one.reviewer_id, one.in_hand) for one in seen] == [(ada.id, True), (cleo.id, False)]
        assert [one.reviewer_id for one in later] == [ada.id]

    def test_does_not_exist_on_a_case_that_does_not(self, tx: Tx):
        case = a_case(tx)
        with acting(tx, SYSTEM) as mine:
            restrict(mine, case_id=case.id, compartment="sealed", at=AT)

        with acting(tx, a_reviewer("ada")) as mine, pytest.raises(NoSuchCase):
            service.be_present(mine, case_id=case.id, at=AT)

    def test_neither_shows_nor_tells_a_blind_judge(self, tx: Tx):
        ada, ben = a_reviewer("ada"), a_reviewer("ben")
        case = a_case(tx, "HAR-1")
        task = service.offer(tx, case_id=case.id, kind="audit", view=View.BLIND, at=AT)
        assert task is not None
        in_hand(tx, ada)
        for who in (ada, ben):
            with acting(tx, who) as mine:
                service.be_present(mine, case_id=task.case_id, at=AT)

        with acting(tx, ada) as mine:
            told_to_blind = service.present(mine, case_id=task.case_id, at=AT)
        with acting(tx, ben) as mine:
            told_of_blind = service.present(mine, case_id=task.case_id, at=AT)

        assert (told_to_blind, told_of_blind) == ([], [])


class TestSetAside:
    def test_is_remembered_by_whom(self, tx: Tx):
        a_task(tx, "HAR-1")
        ada = a_reviewer("ada")
        held = in_hand(tx, ada)

        with acting(tx, ada) as mine:
            service.hold(mine, task_id=held.id, until=AT + timedelta(hours=1), reason="waits for a colleague", at=AT)
            kept = service.held_by_me(mine)

        assert [one.id for one in kept] == [held.id]
