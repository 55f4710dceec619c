"""Searching: what matches, why, how many, and what stays hidden from whom."""

from dataclasses import replace

import pytest

from assize.intake.models import Handling
from assize.kernel.actor import Scope
from assize.kernel.ids import SubjectId
from assize.policy.models import Severity
from assize.review import service
from assize.review.errors import BadCursor, BadRequest, MaskedFromYou, NotALookup
from assize.review.logic import address_of, estimate, pieces, wanted_from
from assize.review.logic.searching import CLOSED, OPENED
from assize.review.models import Of, Piece, View, Wanted, Within
from assize.review.service import searching
from assize.triage import service as triage
from assize.workforce.models import Role, ViewProfile
from builders.review import (
    AT,
    MINUTE,
    a_case,
    a_judgement,
    a_policy,
    a_reviewer,
    a_task,
    a_warning,
    acting,
    event_of,
    in_hand,
    masked_reviewer,
    searching_own,
    subject_at,
)

ADA, BOB, EVE = a_reviewer("ada"), a_reviewer("bob"), a_reviewer("eve", roles=(Role.EXPERT,))


@pytest.fixture(autouse=True)
def policy(tx):
    a_policy(tx)


def found(tx, who=ADA, **given):
    with acting(tx, who) as mine:
        page = service.search(mine, wanted=wanted_from({name: str(one) for name, one in given.items()}))
    return [one.id for one in page.hits]


def a_decision(tx, who=ADA, words="meets the scope", *, at=AT, dispositions=(), **given):
    a_task(tx, at=at, **given)
    task = in_hand(tx, who, at=at)
    chosen = tuple(a_warning(subject_at(tx, task, "account")) for _ in dispositions)
    judgement = a_judgement(event_of(tx, task), rationale=f"It {words}, and nothing excepts it.", dispositions=chosen)
    with acting(tx, who) as mine:
        return service.decide(mine, task_id=task.id, judgement=judgement, at=at + MINUTE)


class TestSearch:
    def test_finds_cases_and_decisions_the_latest_first(self, tx):
        older = a_case(tx, "HAR-1", at=AT)
        decision = a_decision(tx, at=AT + MINUTE)

        assert found(tx) == [decision.id, decision.case_id, older.id]

    @pytest.mark.parametrize(
        "facets",
        [
            {"clause": "HAR-1"},
            {"reviewer": "rev_ada"},
            {"verdict": "violation", "state": "stands"},
            {"of": "decision"},
            {"action": "warn"},
            {"by": "person"},
            {"language": "en", "of": "decision", "text": '"meets the scope"'},
        ],
        ids=str,
    )
    def test_holds_every_facet(self, tx, facets):
        decision = a_decision(tx, dispositions=("warn",), language="en")

        assert decision.id in found(tx, **facets)
        assert found(tx, **facets, queue="no-such-queue") == []

    def test_takes_the_severity_that_was_assessed(self, tx):
        decision = a_decision(tx)

        assert decision.id in found(tx, severity=int(decision.assessed), of="decision")
        assert found(tx, severity=0, of="decision") == []

    def test_needs_all_words_in_one_place_and_says_where(self, tx):
        decision = a_decision(tx, words="shows a rarepattern of pressure")

        with acting(tx, BOB) as mine:
            page = service.search(mine, wanted=Wanted(text="rarepattern pressure"))
            nothing = service.search(mine, wanted=Wanted(text="rarepattern absent"))

        (hit,) = page.hits
        assert hit.id == decision.id
        assert hit.why[0].where == "in the rationale"
        assert [one.text for one in hit.why[0].pieces if one.found] == ["rarepattern", "pressure"]
        assert nothing.hits == ()
        assert (nothing.total.count, nothing.total.exact) == (0, True)

    def test_finds_notes_and_principles(self, tx):
        decision = a_decision(tx)
        with acting(tx, EVE) as mine:
            service.note(mine, case_id=decision.case_id, body="Seen before under a strangename", at=AT)
            service.endorse(
                mine, decision_id=decision.id, clause_id="HAR-1", principle="Repetition counts as pressure.", at=AT
            )

        assert found(tx, text="strangename") == [decision.case_id]
        assert found(tx, text="repetition") == [decision.id]

    def test_tells_only_that_words_of_events_match(self, tx):
        decision = a_decision(tx, text="insultword of a peculiarkind")

        with acting(tx, BOB) as mine:
            page = service.search(mine, wanted=Wanted(text="peculiarkind", within=Within.EVENTS))
        written = found(tx, BOB, text="peculiarkind")

        assert [one.id for one in page.hits] == [decision.case_id]
        assert page.hits[0].why[0].pieces == ()
        assert written == []

    def test_finds_no_words_that_may_not_be_indexed(self, tx):
        a_decision(tx, text="insultword of a peculiarkind", handling=Handling.PRIVILEGED)

        assert found(tx, text="peculiarkind", within="events") == []

    def test_follows_what_becomes_of_a_case(self, tx):
        case = a_case(tx, "HAR-1")
        before = found(tx, state="open", severity=case.severity.value)

        triage.set_assessed(tx, case_id=case.id, severity=Severity.SEV0, reason="", at=AT)
        triage.close(tx, case_id=case.id, at=AT)

        assert before == [case.id]
        assert found(tx, state="open") == []
        assert found(tx, state="closed", severity=0) == [case.id]

    def test_follows_a_decision_taken_back(self, tx):
        decision = a_decision(tx, dispositions=("warn",))

        with acting(tx, ADA) as mine:
            service.undo(mine, decision_id=decision.id, at=AT + MINUTE)

        assert found(tx, state="stands") == []
        assert found(tx, state="undone") == [decision.id]

    def test_finds_by_account_for_whoever_may_look_up(self, tx):
        case = a_case(tx, "HAR-1")
        vendor = a_reviewer("ven", roles=(Role.VENDOR_ANALYST,))

        assert found(tx, account=case.subject_id) == [case.id]
        assert found(tx, account=SubjectId("sub_00000000000000000000000000")) == []
        with pytest.raises(NotALookup):
            found(tx, vendor, account=case.subject_id)

    def test_goes_on_where_a_page_ended(self, tx):
        cases = [a_case(tx, "HAR-1", at=AT + n * MINUTE).id for n in range(5)]

        with acting(tx, ADA) as mine:
            first = service.search(mine, wanted=Wanted(of=Of.CASE), limit=3)
            second = service.search(mine, wanted=Wanted(of=Of.CASE), cursor=first.cursor, limit=3)

        assert [one.id for one in (*first.hits, *second.hits)] == cases[::-1]
        assert second.cursor is None
        assert first.total.count == 5

    @pytest.mark.parametrize("cursor", ["zzz", "bm8KY2FzZV8x", "MjAyNi0wMy0wMQpjYXNlXzE"])
    def test_refuses_a_cursor_that_is_not_ours(self, tx, cursor):
        with pytest.raises(BadCursor):
            service.search(tx, wanted=Wanted(), cursor=cursor)

    def test_finds_what_is_rare_by_the_index(self, tx, monkeypatch):
        decision = a_decision(tx, words="shows a rarepattern")
        for n in range(6):
            a_case(tx, "HAR-2", at=AT + (n + 2) * MINUTE)
        monkeypatch.setattr(searching, "LOOK", 2)

        with acting(tx, BOB) as mine:
            rare = service.search(mine, wanted=Wanted(text="rarepattern"), limit=1)
            some = service.search(mine, wanted=wanted_from({"clause": "HAR-2"}), limit=2)

        assert [one.id for one in rare.hits] == [decision.id]
        assert (some.total.count, some.total.exact) == (6, True)


class TestWhatStaysHidden:
    def test_is_another_region_compartment_or_recusal(self, tx):
        here, there = a_case(tx, region="eu"), a_case(tx, region="us")
        sealed = a_case(tx, region="eu")
        triage.restrict(tx, case_id=sealed.id, compartment="sealed", at=AT)
        european = a_reviewer("eur", view=ViewProfile(regions=frozenset({"eu"})))
        recused = a_reviewer("rec", view=ViewProfile(recused=frozenset({there.subject_id})))
        cleared = a_reviewer("cle", scope=Scope(compartments=frozenset({"sealed"})))

        assert set(found(tx)) == {here.id, there.id}
        assert found(tx, european) == [here.id]
        assert found(tx, recused) == ([here.id] if here.subject_id != there.subject_id else [])
        assert set(found(tx, cleared)) == {here.id, there.id, sealed.id}

    def test_follows_a_decided_case_into_its_compartment(self, tx):
        decision = a_decision(tx, words="shows a rarepattern")

        triage.restrict(tx, case_id=decision.case_id, compartment="sealed", at=AT)

        assert found(tx, BOB) == []
        assert found(tx, BOB, text="rarepattern") == []

    def test_is_not_counted_either(self, tx):
        a_case(tx, region="eu")
        a_case(tx, region="us")
        european = a_reviewer("eur", view=ViewProfile(regions=frozenset({"eu"})))

        with acting(tx, european) as mine:
            page = service.search(mine, wanted=Wanted())

        assert page.total.count == 1

    def test_is_the_work_of_others_for_whoever_searches_their_own(self, tx):
        mine, _ = a_decision(tx, ADA), a_decision(tx, BOB, at=AT + MINUTE)
        own = replace(searching_own("ada"), id="rev_ada")

        assert found(tx, own) == [mine.id]

    def test_is_what_a_blind_task_hides(self, tx):
        decision = a_decision(tx)
        audit = service.offer(
            tx, case_id=decision.case_id, kind="audit", view=View.BLIND, excluded=["rev_ada"], at=AT + MINUTE
        )
        with acting(tx, BOB) as mine:
            service.claim_task(mine, task_id=audit.id, at=AT + MINUTE)

        assert found(tx, BOB) == []
        assert decision.id in found(tx, ADA)

    def test_is_words_and_identities_where_they_are_masked(self, tx):
        case = a_case(tx, region="eu")
        vera = masked_reviewer("vera", "text", "region", "subject")

        with acting(tx, vera) as mine:
            page = service.search(mine, wanted=Wanted())

        assert page.hits[0].region == "•••"
        for asked in ({"text": "anything"}, {"account": case.subject_id}):
            with pytest.raises((MaskedFromYou, NotALookup)):
                found(tx, vera, **asked)


class TestAddress:
    def test_says_what_it_was_read_from(self):
        given = {
            "text": 'a "b c" -d', "within": "events", "of": "decision", "clause": "HAR-1", "severity": "0",
            "since": "2026-03-01T00:00:00Z", "by": "machine", "account": "sub_1",
        }  # fmt: skip

        wanted = wanted_from(given)

        assert wanted_from(dict(one.split("=") for one in address_of(Wanted(clause="X")).split("&"))).clause == "X"
        assert wanted.since.tzinfo is not None
        assert "severity=0" in address_of(wanted)
        assert "text=a+%22b+c%22+-d" in address_of(wanted)

    @pytest.mark.parametrize(
        ("name", "value"),
        [("severity", "grave"), ("severity", "7"), ("of", "both"), ("since", "spring"), ("text", "x" * 501)],
    )
    def test_names_the_field_that_does_not_fit(self, name, value):
        with pytest.raises(BadRequest) as raised:
            wanted_from({name: value})

        assert raised.value.field == name

    def test_leaves_out_what_is_empty(self):
        assert address_of(wanted_from({"text": " ", "clause": "", "within": "written"})) == ""


class TestSnippet:
    def test_marks_what_was_found(self):
        assert pieces(f"so {OPENED}this{CLOSED} is") == (
            Piece(text="so ", found=False),
            Piece(text="this", found=True),
            Piece(text=" is", found=False),
        )

    def test_loses_no_text_to_hostile_marks(self):
        text = f"{CLOSED}a{OPENED}b{OPENED}c{CLOSED}{CLOSED}d"

        assert "".join(one.text for one in pieces(text)).replace(CLOSED, "") == "abcd"


class TestEstimate:
    @pytest.mark.parametrize(
        ("matched", "looked_at", "rows", "about"), [(100, 8000, 1_000_000, 12_000), (3, 3, 2, 3), (0, 0, 10, 0)]
    )
    def test_comes_from_the_density_of_the_latest(self, matched, looked_at, rows, about):
        assert estimate(matched=matched, looked_at=looked_at, rows=rows) == about
