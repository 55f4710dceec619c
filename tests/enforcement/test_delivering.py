import threading
from datetime import timedelta

import pytest
from standardwebhooks import Webhook

from assize.enforcement import service
from assize.enforcement.errors import EffectClosed, NotDead
from assize.enforcement.logic import MAX_TRIES
from assize.enforcement.models import DeliveryState, Destination, EffectKind, EffectState, Outbound
from assize.enforcement.store import effects
from assize.kernel.clock import now
from assize.workforce.models import SYSTEM
from builders.enforcement import NOON, an_effect, effect_now, facts_of, keep, outbound_to
from builders.receiving import SECRET, Reply, a_receiver, confirming
from builders.waiting import eventually


def deliver(database, outbound, at=NOON, limit=50):
    return service.deliver_due(database, outbound=outbound, limit=limit, at=at)


def deliveries(database, effect_id):
    with database.transaction(SYSTEM) as tx:
        return effects.deliveries_of(tx, effect_id)


class TestDelivering:
    def test_sends_a_signed_cloud_event_and_keeps_its_confirmation(self, fresh_database):
        effect = an_effect(due_at=now(), event_at=now() - timedelta(seconds=40))
        keep(fresh_database, effect)

        with a_receiver() as receiver:
            done = deliver(fresh_database, outbound_to(receiver), at=now())

        got = receiver.got[0]
        assert done.confirmed == 1
        Webhook(SECRET).verify(got.body, got.headers)
        assert got.headers["content-type"] == "application/cloudevents+json"
        assert got.headers["webhook-id"] == effect.id
        assert got.event["specversion"] == "1.0"
        assert got.event["id"] == effect.id
        assert got.event["type"] == "assize.effect.apply.v1"
        assert got.event["data"]["target"] == {"level": "account", "id": "acc-1"}
        assert effect_now(fresh_database, effect.id).state is EffectState.CONFIRMED
        (confirmed,) = facts_of(fresh_database, "EffectConfirmed")
        assert 40 <= confirmed["body"]["seconds_from_event"] < 60

    def test_waits_for_its_time_and_for_a_destination(self, fresh_database):
        later, nowhere = an_effect(due_at=NOON + timedelta(seconds=30)), an_effect()
        keep(fresh_database, later)

        with a_receiver() as receiver:
            deliver(fresh_database, outbound_to(receiver))
            assert receiver.got == []
            keep(fresh_database, nowhere)
            deliver(fresh_database, Outbound(destinations=(), source=""))
            assert effect_now(fresh_database, nowhere.id).state is EffectState.WAITING

            deliver(fresh_database, outbound_to(receiver), at=NOON + timedelta(seconds=31))

            assert set(receiver.keys) == {later.id, nowhere.id}

    @pytest.mark.parametrize(
        "bad",
        [
            pytest.param(Reply(status=500), id="answers 500"),
            pytest.param(Reply(status=301, headers={"Location": "http://127.0.0.1:1/"}), id="redirects"),
            pytest.param(Reply(wait_s=600), id="times out"),
            pytest.param(Reply(hang_up=True), id="dies after receiving"),
        ],
    )
    def test_tries_again_under_the_same_key_and_with_the_same_bytes(self, fresh_database, bad):
        effect = an_effect()
        keep(fresh_database, effect)

        with a_receiver(lambda _: bad) as receiver:
            outbound = outbound_to(receiver)
            deliver(fresh_database, outbound_to(receiver, timeout_s=2.0) if bad.wait_s else outbound)
            deliver(fresh_database, outbound, at=NOON + timedelta(seconds=1))
            assert len(receiver.got) == 1, "too early to try again"
            receiver.behave = confirming

            deliver(fresh_database, outbound, at=NOON + timedelta(seconds=30))

        assert receiver.keys == [effect.id, effect.id]
        assert receiver.got[0].body == receiver.got[1].body
        assert effect_now(fresh_database, effect.id).state is EffectState.CONFIRMED
        assert len(facts_of(fresh_database, "DeliveryFailed")) == 1

    def test_sends_again_what_a_worker_that_was_killed_had_in_hand(self, fresh_database):
        effect = an_effect()
        keep(fresh_database, effect)
        with a_receiver() as receiver:
            outbound = outbound_to(receiver)
            with fresh_database.transaction(SYSTEM) as tx:
                effects.fan_out(tx, destinations=["a"], limit=5, at=NOON)
                effects.claim(tx, destination="a", limit=1, at=NOON, until=NOON + timedelta(seconds=30))

            deliver(fresh_database, outbound, at=NOON + timedelta(seconds=10))
            assert receiver.got == []
            deliver(fresh_database, outbound, at=NOON + timedelta(seconds=31))

            assert receiver.keys == [effect.id]

    def test_two_workers_send_each_effect_once(self, fresh_database):
        made = [an_effect() for _ in range(40)]
        keep(fresh_database, *made)

        with a_receiver() as receiver:
            outbound = outbound_to(receiver)
            workers = [threading.Thread(target=deliver, args=(fresh_database, outbound)) for _ in range(3)]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
            deliver(fresh_database, outbound)

        assert sorted(receiver.keys) == sorted(one.id for one in made)

    def test_a_receiver_that_hangs_delays_no_other(self, fresh_database):
        keep(fresh_database, *[an_effect() for _ in range(6)])

        with a_receiver() as quick:
            with a_receiver(lambda _: Reply(wait_s=600)) as slow:
                outbound = outbound_to(slow, quick, timeout_s=120)
                worker = threading.Thread(target=deliver, args=(fresh_database, outbound), kwargs={"limit": 6})
                worker.start()
                eventually(lambda: slow.got and len(quick.got) == 6)
                still_waiting = worker.is_alive()
            worker.join()

        assert still_waiting, "for an answer of the one that hangs"

    def test_buries_what_used_up_its_tries_and_lets_a_person_send_it_again(self, fresh_database):
        effect = an_effect()
        keep(fresh_database, effect)

        with a_receiver(lambda _: Reply(status=503)) as receiver:
            outbound, at = outbound_to(receiver), NOON
            for _ in range(MAX_TRIES):
                deliver(fresh_database, outbound, at=at)
                at += timedelta(hours=8)
            (dead,) = deliveries(fresh_database, effect.id)
            assert (dead.state, dead.tries, dead.problem) == (DeliveryState.DEAD, MAX_TRIES, "answered 503")
            assert effect_now(fresh_database, effect.id).state is EffectState.DEAD
            assert len(facts_of(fresh_database, "DeliveryDead")) == 1
            receiver.behave = confirming

            with fresh_database.transaction(SYSTEM) as tx:
                service.redeliver(tx, delivery_id=dead.id, at=at)
            deliver(fresh_database, outbound, at=at)

            assert effect_now(fresh_database, effect.id).state is EffectState.CONFIRMED
            with pytest.raises(NotDead), fresh_database.transaction(SYSTEM) as tx:
                service.redeliver(tx, delivery_id=dead.id, at=at)

    def test_sends_nothing_inside_unless_the_installation_allows_it(self, fresh_database):
        effect = an_effect()
        keep(fresh_database, effect)

        with a_receiver() as receiver:
            url = receiver.url.replace("http:", "https:")
            deliver(
                fresh_database,
                Outbound(
                    destinations=(Destination(name="a", url=url, secret=SECRET),), source="https://assize.example"
                ),
            )

            assert receiver.got == []
        (dead,) = deliveries(fresh_database, effect.id)
        assert (dead.state, dead.problem) == (DeliveryState.DEAD, "address-forbidden")

    def test_never_lets_null_and_cancelled_effects_leave(self, fresh_database):
        keep(fresh_database, an_effect(state=EffectState.NULL), an_effect(state=EffectState.CANCELLED))

        with a_receiver() as receiver:
            deliver(fresh_database, outbound_to(receiver))

        assert receiver.got == []

    def test_holds_an_undoing_back_while_its_action_is_being_sent(self, fresh_database):
        applied = an_effect()
        undoing = an_effect(kind=EffectKind.UNDO, about=applied.about)
        keep(fresh_database, applied)
        with fresh_database.transaction(SYSTEM) as tx:
            effects.fan_out(tx, destinations=["a"], limit=5, at=NOON)
            effects.claim(tx, destination="a", limit=1, at=NOON, until=NOON + timedelta(seconds=30))
        keep(fresh_database, undoing)

        with a_receiver() as receiver:
            deliver(fresh_database, outbound_to(receiver), at=NOON + timedelta(seconds=1))
            assert receiver.got == []
            deliver(fresh_database, outbound_to(receiver), at=NOON + timedelta(seconds=31))
            deliver(fresh_database, outbound_to(receiver), at=NOON + timedelta(seconds=32))

            assert sorted(receiver.keys) == sorted([applied.id, undoing.id])


class TestConfirming:
    def test_takes_an_answer_that_confirms_nothing_as_sent_only(self, fresh_database):
        effect = an_effect()
        keep(fresh_database, effect)
        with a_receiver(lambda _: Reply(status=202, body=b"thanks")) as receiver:
            deliver(fresh_database, outbound_to(receiver))
        assert effect_now(fresh_database, effect.id).state is EffectState.SENT

        with fresh_database.transaction(SYSTEM) as tx:
            service.confirm(tx, effect_id=effect.id, at=NOON + timedelta(seconds=20))
        with fresh_database.transaction(SYSTEM) as tx:
            service.confirm(tx, effect_id=effect.id, at=NOON + timedelta(seconds=90))

        confirmed = facts_of(fresh_database, "EffectConfirmed")
        assert [one["body"]["seconds_from_event"] for one in confirmed] == [60.0]
        assert len(facts_of(fresh_database, "EffectSent")) == 1

    def test_keeps_a_confirmation_that_comes_before_the_answer(self, fresh_database):
        effect = an_effect()
        keep(fresh_database, effect)

        def confirms_by_callback(_):
            with fresh_database.transaction(SYSTEM) as tx:
                service.confirm(tx, effect_id=effect.id, at=NOON + timedelta(seconds=1))
            return Reply(status=500)

        with a_receiver(confirms_by_callback) as receiver:
            deliver(fresh_database, outbound_to(receiver))

        assert effect_now(fresh_database, effect.id).state is EffectState.CONFIRMED
        assert [one.state for one in deliveries(fresh_database, effect.id)] == [DeliveryState.CONFIRMED]

    def test_believes_no_answer_about_another_effect(self, fresh_database):
        effect = an_effect()
        keep(fresh_database, effect)

        with a_receiver(lambda _: Reply(body=b'{"status":"confirmed","effect_id":"eff_other"}')) as receiver:
            deliver(fresh_database, outbound_to(receiver))

        assert effect_now(fresh_database, effect.id).state is EffectState.SENT

    def test_is_confirmed_only_when_every_destination_said_so(self, fresh_database):
        effect = an_effect()
        keep(fresh_database, effect)
        with a_receiver() as one, a_receiver(lambda _: Reply()) as other:
            deliver(fresh_database, outbound_to(one, other))
        assert effect_now(fresh_database, effect.id).state is EffectState.SENT

        with fresh_database.transaction(SYSTEM) as tx:
            found = service.confirm(tx, effect_id=effect.id, destination="b", at=NOON)

        assert found.state is EffectState.CONFIRMED

    def test_says_where_the_platform_could_not(self, fresh_database):
        effect = an_effect()
        keep(fresh_database, effect)
        with a_receiver(lambda _: Reply()) as receiver:
            deliver(fresh_database, outbound_to(receiver))

        with fresh_database.transaction(SYSTEM) as tx:
            service.confirm(tx, effect_id=effect.id, failed="no-such-account", at=NOON)

        assert effect_now(fresh_database, effect.id).state is EffectState.FAILED
        assert facts_of(fresh_database, "EffectFailed")[0]["body"]["reason"] == "no-such-account"

    def test_refuses_to_confirm_what_never_left(self, fresh_database):
        effect = an_effect(state=EffectState.NULL)
        keep(fresh_database, effect)

        with pytest.raises(EffectClosed), fresh_database.transaction(SYSTEM) as tx:
            service.confirm(tx, effect_id=effect.id, at=NOON)
