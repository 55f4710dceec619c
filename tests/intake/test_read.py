"""What was taken in is read under row security and the reader's view, and every opening leaves a trace."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assize.intake import service
from assize.intake.errors import BadCursor, EventNotFound, OutsideView, PurposeMissing, SubjectNotFound, UseNotAllowed
from assize.intake.logic import allowed, cursor_after, cursor_of
from assize.intake.models import Handling, SubjectLevel, Use
from assize.kernel.actor import Scope
from assize.platform.db import Database, Tx
from assize.workforce.errors import NotAllowed
from assize.workforce.models import SYSTEM, Right, SearchScope, ViewProfile
from builders.intake import AT, a_kept_event, a_turn


def facts(tx: Tx, kind: str) -> list[str]:
    sql = "select b.body from platform.fact f join platform.fact_body b on b.fact_id = f.id where f.kind = %(kind)s"
    return [row["body"] for row in tx.rows(sql, {"kind": kind})]


@pytest.fixture
def event_id(fresh_database: Database):
    with fresh_database.transaction(SYSTEM) as tx:
        kept = a_kept_event(tx, account="a", region="eu", turns=(a_turn("words that were said"),))
        service.take(tx, limit=1, lease_s=60, at=AT)
        return kept


class TestOpenEvent:
    def test_records_who_read_it_and_why(self, fresh_database: Database, event_id, somebody):
        with fresh_database.transaction(somebody(Right.CONTENT_OPEN)) as tx:
            event = service.open_event(tx, event_id=event_id, purpose="appeal of case 7", at=AT)

        assert event.turns[0].text == "words that were said"
        with fresh_database.transaction(SYSTEM) as tx:
            assert "appeal of case 7" in facts(tx, "ContentRead")[0]

    @pytest.mark.parametrize("purpose", ["", "  ", "ab", "x" * 301, "a\0bc"])
    def test_needs_a_purpose(self, tx: Tx, purpose: str):
        with pytest.raises(PurposeMissing):
            service.open_event(tx, event_id=a_kept_event(tx), purpose=purpose, at=AT)

    def test_needs_the_right(self, fresh_database: Database, event_id, somebody):
        with pytest.raises(NotAllowed), fresh_database.transaction(somebody(Right.EVENTS_READ)) as tx:
            service.open_event(tx, event_id=event_id, purpose="curiosity", at=AT)

    def test_hides_what_the_view_masks(self, fresh_database: Database, event_id, somebody):
        view = ViewProfile(masked_fields=frozenset({"subject", "region"}))

        with fresh_database.transaction(somebody(Right.CONTENT_OPEN, view=view)) as tx:
            event = service.open_event(tx, event_id=event_id, purpose="a review", at=AT)

        assert (event.account, event.end_user, event.region) == ("•••", None, "•••")

    def test_is_not_there_for_who_stepped_back(self, fresh_database: Database, event_id, somebody):
        with fresh_database.transaction(SYSTEM) as tx:
            subject_id = service.event(tx, event_id).subject_id
        away = somebody(Right.CONTENT_OPEN, scope=Scope(recused=frozenset({subject_id})))

        with pytest.raises(EventNotFound), fresh_database.transaction(away) as tx:
            service.open_event(tx, event_id=event_id, purpose="a review", at=AT)


class TestListEvents:
    def test_pages_without_gap_or_repeat(self, tx: Tx):
        ids = [a_kept_event(tx) for _ in range(7)]

        seen, cursor = [], None
        while True:
            page = service.list_events(tx, cursor=cursor, limit=3)
            seen += [event.id for event in page.events]
            cursor = page.cursor
            if cursor is None:
                break

        assert seen == ids[::-1]

    def test_shows_no_content(self, tx: Tx):
        a_kept_event(tx)

        assert service.list_events(tx).events[0].turns == ()

    def test_filters(self, tx: Tx):
        kept = a_kept_event(tx, kind="account_signal")
        a_kept_event(tx)

        assert [event.id for event in service.list_events(tx, kind="account_signal").events] == [kept]

    def test_is_not_for_a_narrow_view(self, fresh_database: Database, somebody):
        view = ViewProfile(search_scope=SearchScope.TEAM)

        with pytest.raises(OutsideView), fresh_database.transaction(somebody(Right.EVENTS_READ, view=view)) as tx:
            service.list_events(tx)

    @given(st.text(max_size=40))
    def test_takes_no_cursor_but_its_own(self, text: str):
        try:
            cursor_after(text)
        except BadCursor:
            return
        assert cursor_of(cursor_after(text)) == text.rstrip("=")


@pytest.mark.usefixtures("event_id")
class TestLookUp:
    def test_tells_who_it_is_and_records_who_asked(self, fresh_database: Database, somebody):
        with fresh_database.transaction(somebody(Right.ACCOUNT_LOOKUP)) as tx:
            found = service.find_subject(
                tx, level=SubjectLevel.ACCOUNT, ref="a", parent_id=None, purpose="a call from support", at=AT
            )
            again = service.look_up(tx, subject_id=found[0].id, purpose="the same call", at=AT)

        assert found[0].ref == again[0].ref == "a"
        with fresh_database.transaction(SYSTEM) as tx:
            assert len(facts(tx, "AccountLookedUp")) == 2

    def test_shows_no_identity_without_a_purpose(self, tx: Tx):
        a_kept_event(tx, account="a")
        event = service.take(tx, limit=1, lease_s=60, at=AT)[0]

        assert service.show_subject(tx, subject_id=event.subject_id).ref is None

    def test_finds_nobody_for_a_view_that_masks(self, fresh_database: Database, somebody):
        who = somebody(Right.ACCOUNT_LOOKUP, view=ViewProfile(masked_fields=frozenset({"subject"})))

        with pytest.raises(SubjectNotFound), fresh_database.transaction(who) as tx:
            service.find_subject(tx, level=SubjectLevel.ACCOUNT, ref="a", parent_id=None, purpose="a call", at=AT)


class TestHandling:
    @pytest.mark.parametrize(
        ("handling", "uses"),
        [
            (Handling.ORDINARY, set(Use)),
            (Handling.SENSITIVE, {Use.INDEX, Use.EMBED, Use.DISPLAY, Use.EXPORT}),
            (Handling.APPARENT_CSE, {Use.DISPLAY}),
            (Handling.VICTIM_IDENTITY, {Use.DISPLAY}),
            (Handling.PRIVILEGED, {Use.DISPLAY}),
            (Handling.ZERO_RETENTION, set()),
        ],
        ids=lambda value: str(value) if isinstance(value, Handling) else "",
    )
    def test_says_what_may_be_done(self, handling: Handling, uses: set[Use]):
        assert {use for use in Use if allowed(handling, use)} == uses

    def test_empties_what_may_not_be_used(self, tx: Tx):
        event = service.event(tx, a_kept_event(tx, handling=Handling.PRIVILEGED, attributes={"a": 1}))

        assert service.content_for(event, Use.DISPLAY) is event
        emptied = service.content_for(event, Use.INDEX)
        assert (emptied.turns, emptied.attributes, emptied.media) == ((), {}, ())
        with pytest.raises(UseNotAllowed):
            service.require_use(event, Use.TRAIN)


class TestRestrict:
    def test_takes_events_out_of_sight(self, fresh_database: Database, event_id, somebody):
        with fresh_database.transaction(SYSTEM) as tx:
            assert service.restrict(tx, event_ids=[event_id], restriction="terror", at=AT) == 1

        with fresh_database.transaction(somebody(Right.EVENTS_READ)) as tx:
            assert service.events(tx, [event_id]) == []
        cleared = somebody(Right.EVENTS_READ, scope=Scope(compartments=frozenset({"terror"})))
        with fresh_database.transaction(cleared) as tx:
            assert len(service.events(tx, [event_id])) == 1
