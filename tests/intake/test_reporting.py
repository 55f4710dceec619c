"""A report lies beside what it is about, and its sender's record never silences a child."""

import pytest

from assize.intake import service
from assize.intake.logic import accuracy, report_weight
from assize.intake.models import About, Handling, ReporterKind, ReporterRef, SubjectRef
from assize.kernel.ids import DecisionId, EventId
from assize.platform.db import Database, Tx
from assize.workforce.models import SYSTEM, Right
from builders.intake import AT, a_kept_event, a_raw_report


def reported(tx: Tx, **given: object):
    return service.report(tx, reports=[a_raw_report(**given)], at=AT)


class TestReport:
    def test_is_about_whom_its_event_is_about(self, tx: Tx):
        about = a_kept_event(
            tx,
            account="a",
            conversation="c",
            region="eu",
            restriction="terror",
            handling=Handling.PRIVILEGED,
            test=True,
        )

        receipt = reported(tx, about=About(event_id=about), text="look at this, please")

        event = service.event(tx, receipt.ids[0])
        assert (event.kind, event.account, event.conversation, event.region) == ("report", "a", "c", "eu")
        assert (event.restriction, event.handling, event.test) == ("terror", Handling.PRIVILEGED, True)
        assert event.report.about_event_id == about
        assert event.turns[0].text == "look at this, please"

    def test_finds_its_event_by_the_senders_own_id(self, tx: Tx):
        about = a_kept_event(tx, external_id="theirs", source="shop")

        receipt = reported(tx, about=About(external_id="theirs", source="shop"))

        assert service.report_of(tx, receipt.ids[0]).about_event_id == about

    def test_lies_beside_an_event_its_sender_may_not_see(self, fresh_database: Database, somebody):
        with fresh_database.transaction(SYSTEM) as tx:
            about = a_kept_event(tx, account="a", restriction="terror")

        with fresh_database.transaction(somebody(Right.REPORTS_WRITE)) as tx:
            receipt = reported(tx, about=About(event_id=about))
            assert service.events(tx, [receipt.ids[0]]) == []

        with fresh_database.transaction(SYSTEM) as tx:
            assert service.event(tx, receipt.ids[0]).account == "a"

    def test_can_be_about_somebody(self, tx: Tx):
        assert reported(tx, subject=SubjectRef(account="a")).accepted == 1

    @pytest.mark.parametrize("about", [None, About(event_id="evt_no"), About(external_id="no"), About(event_id="\0")])
    def test_must_be_about_something(self, tx: Tx, about: About | None):
        receipt = reported(tx, about=about)

        assert (receipt.accepted, receipt.rejected[0].code) == (0, "about-nothing")

    def test_is_taken_once(self, tx: Tx):
        first = reported(tx, external_id="r", subject=SubjectRef(account="a"))

        second = reported(tx, external_id="r", subject=SubjectRef(account="a"))

        assert (second.duplicates, second.ids) == (1, first.ids)
        assert len(service.list_reports(tx).reports) == 1

    def test_of_an_authority_keeps_its_reference_and_when_it_came(self, tx: Tx):
        authority = ReporterRef(kind=ReporterKind.AUTHORITY, ref="the police of somewhere")

        receipt = reported(tx, reporter=authority, reference="AZ 12/26", subject=SubjectRef(account="a"))

        kept = service.report_of(tx, receipt.ids[0])
        assert (kept.reference, kept.received_at) == ("AZ 12/26", AT)
        assert service.event(tx, receipt.ids[0]).kind == "notice"

    def test_waits_to_be_looked_at(self, tx: Tx):
        receipt = reported(tx, subject=SubjectRef(account="a"))

        assert [event.id for event in service.take(tx, limit=9, lease_s=60, at=AT)] == [receipt.ids[0]]


DECISION, OTHER = DecisionId("dec_1"), DecisionId("dec_2")


def decided(tx: Tx, *event_ids: EventId, upheld: bool = True, decision_id: DecisionId = DECISION):
    return service.record_report_outcomes(tx, event_ids=event_ids, upheld=upheld, decision_id=decision_id, at=AT)


def record_of(tx: Tx, report_id: EventId) -> tuple[int, int]:
    """How often the sender of a report was right, and was not."""
    reporter = service.reporter_of(tx, service.report_of(tx, report_id).reporter_id)
    return reporter.upheld, reporter.rejected


class TestOutcome:
    def test_makes_the_reporters_record(self, tx: Tx):
        one = reported(tx, subject=SubjectRef(account="a")).ids[0]
        other = reported(tx, subject=SubjectRef(account="b")).ids[0]

        assert [found.event_id for found in decided(tx, one)] == [one]
        decided(tx, other, upheld=False, decision_id=OTHER)

        reporter = service.reporter_of(tx, service.report_of(tx, one).reporter_id)
        assert (reporter.upheld, reporter.rejected) == (1, 1)
        assert reporter.accuracy.value == 0.5

    def test_is_given_to_reports_about_an_event(self, tx: Tx):
        about = a_kept_event(tx, account="a")
        report_id = reported(tx, about=About(event_id=about)).ids[0]

        (found,) = decided(tx, about)

        assert (found.event_id, found.upheld) == (report_id, True)

    def test_is_the_first_until_it_is_withdrawn(self, tx: Tx):
        report_id = reported(tx, subject=SubjectRef(account="a")).ids[0]
        decided(tx, report_id)

        assert decided(tx, report_id) == []
        assert decided(tx, report_id, upheld=False, decision_id=OTHER) == []
        assert service.report_of(tx, report_id).upheld is True
        assert record_of(tx, report_id) == (1, 0)

    def test_goes_with_its_decision_from_the_record_too(self, tx: Tx):
        report_id = reported(tx, subject=SubjectRef(account="a")).ids[0]
        decided(tx, report_id)

        (gone,) = service.withdraw_report_outcomes(tx, decision_id=DECISION, at=AT)

        assert (gone.event_id, gone.upheld) == (report_id, True)
        assert service.report_of(tx, report_id).upheld is None
        assert record_of(tx, report_id) == (0, 0)
        assert service.withdraw_report_outcomes(tx, decision_id=DECISION, at=AT) == []
        assert record_of(tx, report_id) == (0, 0)

    def test_can_rest_on_the_decision_that_says_the_same(self, tx: Tx):
        report_id = reported(tx, subject=SubjectRef(account="a")).ids[0]
        decided(tx, report_id)

        assert service.rest_report_outcomes(tx, before=DECISION, decision_id=OTHER, upheld=False) == 0
        assert service.rest_report_outcomes(tx, before=DECISION, decision_id=OTHER, upheld=True) == 1

        assert service.withdraw_report_outcomes(tx, decision_id=DECISION, at=AT) == []
        assert len(service.withdraw_report_outcomes(tx, decision_id=OTHER, at=AT)) == 1

    def test_is_of_nothing_where_there_is_no_report(self, tx: Tx):
        assert decided(tx, EventId("evt_no"), a_kept_event(tx, account="a")) == []


class TestWeight:
    WRONG = accuracy(0, 200)

    @pytest.mark.parametrize("reason", ["child_safety", "self_harm"])
    def test_is_full_for_children_and_self_harm_whoever_reports(self, reason: str):
        assert report_weight(ReporterKind.USER, self.WRONG, reason=reason) == 1.0

    def test_is_full_where_the_caller_sees_such_harm(self):
        assert report_weight(ReporterKind.USER, self.WRONG, reason="spam", protected=True) == 1.0

    @pytest.mark.parametrize("kind", [ReporterKind.AUTHORITY, ReporterKind.STAFF])
    def test_is_full_for_authorities_and_staff(self, kind: ReporterKind):
        assert report_weight(kind, self.WRONG, reason="spam") == 1.0

    def test_is_full_while_evidence_is_thin(self):
        assert report_weight(ReporterKind.USER, accuracy(0, 9), reason="spam") == 1.0
        assert report_weight(ReporterKind.USER, None, reason="spam") == 1.0

    def test_falls_with_a_bad_record_but_never_to_nothing(self):
        assert report_weight(ReporterKind.USER, self.WRONG, reason="spam") == 0.25
        assert report_weight(ReporterKind.USER, accuracy(100, 100), reason="spam") < 1.0
