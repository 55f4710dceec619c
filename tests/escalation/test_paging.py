"""Paging by real webhooks and mail, until somebody answers."""

from datetime import timedelta

import pytest

from assize.escalation import service
from assize.escalation.errors import (
    AlreadyAnswered,
    NoSuchPage,
)
from assize.escalation.models import PageState
from assize.workforce.models import SYSTEM
from builders.enforcement import facts_of
from builders.escalation import ADA, LENA, committed, link_in, on_call, pager
from builders.receiving import SECRET, Reply, a_mail_sink, a_receiver
from builders.review import AT


class TestPaging:
    def test_reaches_the_first_in_line_by_webhook_and_mail(self, fresh_database):
        with a_receiver(lambda _: Reply()) as hook, a_mail_sink() as sink:
            ways = {"webhook_url": hook.url, "webhook_secret": SECRET, "email": "first@example.org"}
            found = committed(fresh_database, first=ways, second={"email": "second@example.org"})

            swept = service.sweep_with(fresh_database, pager=pager(sink.url), at=AT)
            again = service.sweep_with(fresh_database, pager=pager(sink.url), at=AT + timedelta(seconds=200))

        assert (swept.sent, again.any) == (1, 0)
        assert sink.to == ["first@example.org"]
        (sent,) = facts_of(fresh_database, "PageSent")
        assert sent["body"]["channels"] == ["webhook", "email"]
        assert f"SEV{int(found.severity)} CSE {found.case_id}" in sink.mails[0]

    @pytest.mark.parametrize("restriction", [None, "vip"])
    def test_never_carries_content_identity_or_reasons(self, fresh_database, restriction):
        with a_receiver(lambda _: Reply()) as hook, a_mail_sink() as sink:
            ways = {"webhook_url": hook.url, "webhook_secret": SECRET, "email": "first@example.org"}
            found = committed(fresh_database, restriction=restriction, first=ways)

            service.sweep_with(fresh_database, pager=pager(sink.url), at=AT)

        for said in (sink.mails[0], hook.got[0].body.decode(), str(hook.got[0].headers)):
            for hidden in ("zebra", "insultword", "acc-secret", LENA.id, ADA.id):
                assert hidden not in said
            if restriction:
                assert found.case_id not in said
                assert "CSE" not in said
        if restriction:
            assert "restricted case" in sink.mails[0]
            assert hook.got[0].event["data"]["lines"] == ["restricted case"]

    def test_goes_on_to_the_next_in_line_until_somebody_answers(self, fresh_database):
        with a_mail_sink() as sink:
            committed(fresh_database, first={"email": "first@example.org"}, second={"email": "second@example.org"})

            for minutes in (0, 5, 10):
                service.sweep_with(fresh_database, pager=pager(sink.url), at=AT + timedelta(minutes=minutes))
            with fresh_database.transaction(SYSTEM) as tx:
                newest = service.pages(tx)[0]
                service.acknowledge(tx, page_id=newest.id, at=AT + timedelta(minutes=11))
            service.sweep_with(fresh_database, pager=pager(sink.url), at=AT + timedelta(minutes=30))

        assert sink.to == ["first@example.org", "second@example.org", "first@example.org"]
        assert len(facts_of(fresh_database, "PagePassedOn")) == 2
        with fresh_database.transaction(SYSTEM) as tx:
            assert [page.state for page in service.pages(tx)] == [
                PageState.ACKNOWLEDGED,
                PageState.OVER,
                PageState.OVER,
            ]

    def test_passes_on_at_once_where_no_channel_took_it(self, fresh_database):
        with a_receiver(lambda _: Reply(status=500)) as hook, a_mail_sink() as sink:
            ways = {"webhook_url": hook.url, "webhook_secret": SECRET}
            committed(fresh_database, first=ways, second={"email": "second@example.org"})

            first = service.sweep_with(fresh_database, pager=pager(sink.url), at=AT)
            second = service.sweep_with(fresh_database, pager=pager(sink.url), at=AT + timedelta(seconds=1))

        assert (first.failed, second.sent, second.passed_on) == (1, 1, 1)
        assert sink.to == ["second@example.org"]
        assert facts_of(fresh_database, "PageFailed")[0]["body"]["problem"] == "webhook: answered 500"

    def test_says_loudly_and_once_where_nobody_is_on_call(self, fresh_database):
        committed(fresh_database)

        service.sweep_with(fresh_database, pager=pager(), at=AT)
        service.sweep_with(fresh_database, pager=pager(), at=AT + timedelta(seconds=1))

        assert len(facts_of(fresh_database, "NobodyOnCall")) == 1

    def test_starts_when_somebody_comes_on_call(self, fresh_database):
        with a_mail_sink() as sink:
            committed(fresh_database)
            service.sweep_with(fresh_database, pager=pager(sink.url), at=AT)
            with fresh_database.transaction(SYSTEM) as tx:
                on_call(tx, "late", 0, email="late@example.org")

            service.sweep_with(fresh_database, pager=pager(sink.url), at=AT + timedelta(seconds=1))

            assert sink.to == ["late@example.org"]

    def test_sends_again_what_a_worker_that_was_killed_had_in_hand_and_both_links_work(self, fresh_database):
        with a_mail_sink() as sink:
            committed(fresh_database, first={"email": "first@example.org"})
            service.sweep_with(fresh_database, pager=pager(sink.url), limit=1, at=AT)
            with fresh_database.transaction(SYSTEM) as tx:
                tx.run("update escalation.page set state = 'queued', claimed_until = %(at)s", {"at": AT})

            service.sweep_with(fresh_database, pager=pager(sink.url), at=AT + timedelta(minutes=2))

        assert len(sink.mails) == 2
        page_id, token = link_in(sink.mails[0])
        assert service.page_of_link(fresh_database, page_id=page_id, token=token)[0].id == page_id


class TestAcknowledging:
    def paged(self, database):
        with a_mail_sink() as sink:
            found = committed(database, first={"email": "first@example.org", "reviewer_id": LENA.id})
            service.sweep_with(database, pager=pager(sink.url), at=AT)
        return found, *link_in(sink.mails[0])

    def test_by_link_works_once_in_the_name_of_the_contact(self, fresh_database):
        found, page_id, token = self.paged(fresh_database)
        at = AT + timedelta(seconds=90)

        service.page_of_link(fresh_database, page_id=page_id, token=token)
        answered = service.acknowledge_by_link(fresh_database, page_id=page_id, token=token, at=at)

        assert (answered.id, answered.acknowledged_by) == (found.id, LENA.id)
        (fact,) = facts_of(fresh_database, "PageAcknowledged")
        assert (fact["actor"], fact["body"]["by"], fact["body"]["seconds_from_raised"]) == (LENA.id, "link", 90.0)
        with pytest.raises(NoSuchPage):
            service.acknowledge_by_link(fresh_database, page_id=page_id, token=token, at=at)

    @pytest.mark.parametrize("token", ["", "x" * 43])
    def test_by_another_link_is_refused(self, fresh_database, token):
        _, page_id, _ = self.paged(fresh_database)

        with pytest.raises(NoSuchPage):
            service.acknowledge_by_link(fresh_database, page_id=page_id, token=token, at=AT)

    def test_reading_the_link_changes_nothing(self, fresh_database):
        _, page_id, token = self.paged(fresh_database)

        for _ in range(3):
            service.page_of_link(fresh_database, page_id=page_id, token=token)

        assert facts_of(fresh_database, "PageAcknowledged") == []

    def test_twice_is_refused_clearly(self, fresh_database):
        _, page_id, _ = self.paged(fresh_database)
        with fresh_database.transaction(SYSTEM) as tx:
            service.acknowledge(tx, page_id=page_id, at=AT)

        with pytest.raises(AlreadyAnswered), fresh_database.transaction(SYSTEM) as tx:
            service.acknowledge(tx, page_id=page_id, at=AT)

    def test_keeps_no_token_in_the_database(self, fresh_database):
        _, _, token = self.paged(fresh_database)

        with fresh_database.transaction(SYSTEM) as tx:
            rows = str(tx.rows("select * from escalation.page"))

        assert token not in rows
