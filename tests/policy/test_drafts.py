"""Writing the next policy as a draft."""

import json
import tomllib
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assize.platform.db import Tx
from assize.policy import service
from assize.policy.errors import DraftClosed, DraftIncomplete, DraftMoved, TooMuchText, UnknownDraft, UnknownFile
from assize.policy.logic.filing import filed, next_version
from assize.policy.logic.spelling import spelled_table
from assize.policy.models import DraftState
from assize.policy.service.loading import read_written
from assize.workforce.errors import NotAllowed, SamePerson
from assize.workforce.models import SYSTEM, PrincipalKind, Right
from builders.policy import AT, a_clause, a_pack

AUTHOR = replace(SYSTEM, id="rev_author", name="Author", kind=PrincipalKind.PERSON)
SECOND = replace(SYSTEM, id="rev_second", name="Second", kind=PrincipalKind.PERSON)
ANALYST = replace(SYSTEM, id="rev_analyst", name="Analyst", rights=frozenset({Right.POLICY_READ}))


def as_(tx, actor):
    return Tx(connection=tx.connection, actor=actor, database=tx.database)


def facts(tx, kind):
    sql = "select f.actor, b.body from platform.fact f join platform.fact_body b on b.fact_id = f.id where kind = %(k)s"
    return [{**row, "body": json.loads(row["body"])} for row in tx.rows(sql, {"k": kind})]


@pytest.fixture
def starter(tx):
    return service.publish(as_(tx, AUTHOR), pack=service.load("starter"), at=AT, reason="the first")


def begun(tx, actor=AUTHOR):
    return service.start_draft(as_(tx, actor), title="A wider clause", at=AT)


def said(draft, file):
    return draft.files[file].text


class TestFiles:
    def test_of_a_pack_read_as_the_same_pack(self):
        pack = service.load("starter")

        again, problems = read_written(filed(service.body_of(pack)))

        assert problems == []
        assert again is not None
        assert service.hash_of(again) == service.hash_of(pack)

    def test_keep_the_order_of_clauses_whatever_it_is(self):
        pack = a_pack(a_clause("ZZZ-2"), a_clause("AAA-10"), a_clause("AAA-2"))

        again, problems = read_written(filed(service.body_of(pack)))

        assert problems == []
        assert again is not None
        assert service.hash_of(again) == service.hash_of(pack)

    @given(st.text(), st.floats(allow_nan=False, allow_infinity=False), st.integers(), st.lists(st.text(max_size=40)))
    def test_spell_every_value_so_that_it_reads_the_same(self, text, number, whole, listed):
        said = {"text": text, "number": number, "whole": whole, "listed": listed, "inner": {text: text}}

        assert tomllib.loads(spelled_table(None, said)) == said

    @pytest.mark.parametrize(("before", "after"), [("1.0.0", "1.0.1"), ("7", "8"), ("2026.a", "2026.a.1")])
    def test_carry_the_next_number(self, before, after):
        assert next_version(before) == after


@pytest.mark.usefixtures("starter")
class TestDraft:
    def test_begins_with_every_word_of_the_version_in_force(self, tx, starter):
        draft = begun(tx)

        checked = service.check_draft(as_(tx, AUTHOR), draft_id=draft.id)

        assert checked.holds
        assert checked.pack is not None
        assert (checked.pack.version, service.diff(starter, checked.pack).empty) == ("1.0.1", True)
        assert all(one.holds for one in checked.examples)
        (fact,) = facts(tx, "PolicyDraftStarted")
        assert fact["body"]["draft_id"] == draft.id

    def test_keeps_what_is_written_and_who_wrote_it(self, tx):
        draft = begun(tx)
        text = said(draft, "text/FRD-1.md") + "\nOf many."

        kept = service.write_draft(
            as_(tx, SECOND), draft_id=draft.id, file="text/FRD-1.md", text=text.replace("\n", "\r\n"), based_on=0, at=AT
        )

        found = service.draft(as_(tx, AUTHOR), draft_id=draft.id).files["text/FRD-1.md"]
        assert (found.text, found.revision, found.by) == (text, 1, SECOND.id) == (kept.text, kept.revision, kept.by)
        assert found.changed
        (fact,) = facts(tx, "PolicyDraftWritten")
        assert (fact["body"]["file"], fact["actor"]) == ("text/FRD-1.md", SECOND.id)

    def test_lets_nobody_write_over_somebody(self, tx):
        draft = begun(tx)
        write = {"draft_id": draft.id, "file": "text/FRD-1.md", "at": AT}
        service.write_draft(as_(tx, SECOND), text="## FRD-1 theirs", based_on=0, **write)

        with pytest.raises(DraftMoved) as caught:
            service.write_draft(as_(tx, AUTHOR), text="## FRD-1 mine", based_on=0, **write)

        assert SECOND.id in str(caught.value)
        assert said(service.draft(as_(tx, AUTHOR), draft_id=draft.id), "text/FRD-1.md") == "## FRD-1 theirs"

    def test_lets_two_write_in_two_files(self, tx):
        draft = begun(tx)

        for actor, file in ((AUTHOR, "text/FRD-1.md"), (SECOND, "text/FRD-2.md")):
            text = said(draft, file) + "\nMore."
            service.write_draft(as_(tx, actor), draft_id=draft.id, file=file, text=text, based_on=0, at=AT)

        assert service.check_draft(as_(tx, AUTHOR), draft_id=draft.id).holds

    def test_says_what_is_wrong_with_a_text_that_is_not_kept(self, tx):
        draft = begun(tx)
        file = "clauses/" + next(one for one in draft.files if one.endswith("FRD-1.toml")).partition("/")[2]
        text = said(draft, file).replace("severity_floor = 3", "severity_floor = 9")

        checked = service.check_draft(as_(tx, AUTHOR), draft_id=draft.id, file=file, text=text)

        assert text != said(draft, file)
        (wrong,) = checked.wrong
        assert (wrong.place.file, wrong.place.key) == (file, "clause[0].severity_floor")
        assert text.splitlines()[(wrong.place.line or 0) - 1].startswith("severity_floor")
        assert service.draft(as_(tx, AUTHOR), draft_id=draft.id).revision == 0

    def test_runs_its_examples(self, tx):
        draft = begun(tx)
        text = said(draft, "examples/frd.toml").replace("severity = 3", "severity = 0", 1)

        checked = service.check_draft(as_(tx, AUTHOR), draft_id=draft.id, file="examples/frd.toml", text=text)

        assert [one.holds for one in checked.examples].count(False) == 1

    def test_takes_another_file_that_a_pack_may_have_and_no_other(self, tx):
        draft = begun(tx)
        write = {"draft_id": draft.id, "text": "x", "based_on": 0, "at": AT}

        service.write_draft(as_(tx, AUTHOR), file="rules/zz-more.toml", **write)
        for name in ("../etc.toml", "rules/a/b.toml", "other.toml", "rules/.toml"):
            with pytest.raises(UnknownFile):
                service.write_draft(as_(tx, AUTHOR), file=name, **write)

    def test_keeps_no_text_without_end(self, tx):
        draft = begun(tx)

        with pytest.raises(TooMuchText):
            service.write_draft(
                as_(tx, AUTHOR), draft_id=draft.id, file="pack.toml", text="x" * 200_001, based_on=0, at=AT
            )

    def test_is_for_those_who_write_policy(self, tx):
        draft = begun(tx)

        with pytest.raises(NotAllowed):
            service.draft(as_(tx, ANALYST), draft_id=draft.id)
        with pytest.raises(UnknownDraft):
            service.draft(as_(tx, AUTHOR), draft_id="drf_0")


@pytest.mark.usefixtures("starter")
class TestPropose:
    def changed(self, tx):
        draft = begun(tx)
        file = "text/FRD-1.md"
        service.write_draft(
            as_(tx, AUTHOR), draft_id=draft.id, file=file, text=said(draft, file) + "\nOf many.", based_on=0, at=AT
        )
        return draft

    def test_is_published_by_somebody_else_with_a_reason(self, tx):
        draft = self.changed(tx)

        proposal = service.propose_draft(as_(tx, AUTHOR), draft_id=draft.id, reason="wider", at=AT)
        with pytest.raises(SamePerson):
            service.publish_proposal(as_(tx, AUTHOR), proposal_id=proposal.id, at=AT, reason="mine")
        made = service.publish_proposal(
            as_(tx, SECOND), proposal_id=proposal.id, at=AT + timedelta(hours=1), reason="right"
        )

        clause = made.clause("FRD-1")
        assert clause is not None
        assert clause.scope.endswith("Of many.")
        assert service.draft(as_(tx, AUTHOR), draft_id=draft.id).state is DraftState.PUBLISHED
        assert [one.proposed_by for one in service.versions(as_(tx, AUTHOR))] == [AUTHOR.id, None]
        steps = service.clause_history(as_(tx, AUTHOR), clause_id="FRD-1")
        assert [one.changed.value for one in steps] == ["changed", "added"]

    def test_waits_until_nothing_is_wrong(self, tx):
        draft = begun(tx)
        service.write_draft(as_(tx, AUTHOR), draft_id=draft.id, file="pack.toml", text="name =", based_on=0, at=AT)

        with pytest.raises(DraftIncomplete):
            service.propose_draft(as_(tx, AUTHOR), draft_id=draft.id, reason="soon", at=AT)

    def test_closes_the_draft_until_the_proposal_is_turned_down(self, tx):
        draft = self.changed(tx)
        write = {"draft_id": draft.id, "file": "text/FRD-1.md", "text": "## FRD-1 x", "based_on": 1, "at": AT}
        proposal = service.propose_draft(as_(tx, AUTHOR), draft_id=draft.id, reason="wider", at=AT)

        with pytest.raises(DraftClosed):
            service.write_draft(as_(tx, AUTHOR), **write)
        service.drop_proposal(as_(tx, SECOND), proposal_id=proposal.id, at=AT, reason="not yet")
        service.write_draft(as_(tx, AUTHOR), **write)

        assert service.draft(as_(tx, AUTHOR), draft_id=draft.id).state is DraftState.OPEN

    def test_of_a_draft_given_up_is_refused(self, tx):
        draft = self.changed(tx)

        service.drop_draft(as_(tx, AUTHOR), draft_id=draft.id, reason="no", at=AT)

        with pytest.raises(DraftClosed):
            service.propose_draft(as_(tx, AUTHOR), draft_id=draft.id, reason="wider", at=AT)
        assert facts(tx, "PolicyDraftDropped")
