"""Sealed copies of known events: of nobody, of now, marked, and never for training."""

from datetime import timedelta

import pytest

from assize.intake import service
from assize.intake.errors import NothingToCopy, UseNotAllowed
from assize.intake.logic.copying import Disguise, scrambled
from assize.intake.models import EventKind, SubjectRef, Use
from assize.kernel import chance
from assize.platform.db import Tx
from builders.intake import AT, a_kept_event, a_turn

LATER = AT + timedelta(days=40)


def copied(tx: Tx, *event_ids: str, **given: object) -> list[service.Copied]:
    made = service.copy_sealed(tx, event_ids=event_ids, restriction=None, rng=chance.rng(1), at=LATER, **given)
    service.take(tx, limit=100, lease_s=60, at=LATER)
    return service.events(tx, made.events)


class TestCopies:
    def test_say_the_same_and_are_of_nobody_and_of_now(self, tx):
        turns = (a_turn("the one", at=AT), a_turn("the other", at=AT + timedelta(minutes=2)))
        subject = SubjectRef(organisation="org-1", account="acct_1234567890", conversation="c0ffee0123456789")
        original = a_kept_event(tx, subject=subject, turns=turns)

        (made,) = copied(tx, original)

        assert [one.text for one in made.turns] == ["the one", "the other"]
        assert made.turns[1].at - made.turns[0].at == timedelta(minutes=2)
        assert LATER - timedelta(seconds=100) < made.occurred_at < LATER
        assert made.organisation == "org-1", "an organisation is no person"
        assert made.account.startswith("acct_")
        assert made.account != "acct_1234567890"
        assert set(made.conversation) <= set("0123456789abcdef")
        assert (made.test, made.sealed) == (False, True)

    def test_are_tests_for_whoever_asks_the_database(self, tx):
        (made,) = copied(tx, a_kept_event(tx))

        assert tx.value("select test from intake.event where id = %(id)s", {"id": made.id}) is True

    def test_of_several_events_are_about_one_and_the_same_nobody(self, tx):
        subject = SubjectRef(account="acct_1234567890", conversation="conv-0000001")
        first = a_kept_event(tx, external_id="a", subject=subject)
        second = a_kept_event(tx, external_id="b", subject=subject, occurred_at=AT - timedelta(hours=1))

        made = copied(tx, first, second)

        assert len({one.account for one in made}) == 1
        assert len({one.conversation for one in made}) == 1
        assert max(one.occurred_at for one in made) - min(one.occurred_at for one in made) == timedelta(hours=1)

    def test_leave_out_what_links_to_somebody(self, tx):
        original = a_kept_event(tx, attributes={"ip": "192.0.2.1", "surface": "web"})

        (made,) = copied(tx, original, linking=("ip",))

        assert made.attributes == {"surface": "web"}

    def test_are_made_of_no_report_and_of_nothing_that_is_gone(self, tx):
        report = a_kept_event(tx, external_id="r", kind=EventKind.REPORT)
        gone = a_kept_event(tx, external_id="g")
        service.erase(tx, event_ids=[gone], reason="a test", at=AT)

        with pytest.raises(NothingToCopy):
            copied(tx, report, gone)

    def test_may_be_put_to_every_use_but_training(self, tx):
        (made,) = copied(tx, a_kept_event(tx))

        assert service.content_for(made, Use.INDEX).turns
        assert not service.content_for(made, Use.TRAIN).turns
        assert service.kept_from(tx, [made.id], Use.TRAIN) == {made.id}
        assert service.kept_from(tx, [made.id], Use.EXPORT) == set()
        with pytest.raises(UseNotAllowed):
            service.require_use(made, Use.TRAIN)


class TestNames:
    @pytest.mark.parametrize(
        "ref", ["acct_1234567890", "user-ab12cd34", "0123456789abcdef", "ORG9912345678", "Jurgen.Mayer88"]
    )
    def test_look_like_the_platforms_own_and_are_others(self, ref: str):
        made = scrambled(ref, chance.rng(3))
        assert made != ref
        assert len(made) == len(ref)
        assert [one.isalnum() for one in made] == [one.isalnum() for one in ref]

    def test_that_are_short_become_long_enough_to_be_nobodys(self):
        assert len(scrambled("u1", chance.rng(3))) >= 8

    def test_are_the_same_for_the_same(self):
        disguise = Disguise(rng=chance.rng(3))
        assert disguise.of("account", "a-1") == disguise.of("account", "a-1") != disguise.of("end_user", "a-1")
        assert disguise.of("account", None) is None
