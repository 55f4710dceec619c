"""The life of rules, trying and replaying them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assize.kernel.actor import EVERYTHING
from assize.kernel.ids import ClauseId, RuleId
from assize.platform.cel import Rule, RuleSet
from assize.platform.db import Database, Tx
from assize.triage import service
from assize.triage.errors import NoSuchClause, NoSuchRule, OwnRule, RuleDoesNotFit, RuleExists
from assize.triage.handlers import check_rules_of
from assize.triage.models import RuleState, TriageRule
from assize.triage.store import rules as rule_store
from assize.workforce.errors import NotAllowed
from assize.workforce.models import SYSTEM, Principal, PrincipalKind, Right
from builders.triage import AT, a_pack, a_published_policy, a_rule, assessed, said


def somebody(name: str, *rights: Right) -> Principal:
    """A person with rights."""
    return Principal(
        id=f"rev_{name}",
        scope=EVERYTHING,
        name=name,
        kind=PrincipalKind.PERSON,
        roles=frozenset(),
        rights=frozenset(rights),
    )


AUTHOR = somebody("author", Right.RULES_EDIT, Right.RULES_READ)
OTHER = somebody("other", Right.RULES_EDIT, Right.RULES_READ)


@pytest.fixture
def ready(fresh_database: Database) -> Database:
    """A database with a policy in force."""
    with fresh_database.transaction(SYSTEM) as tx:
        a_published_policy(tx)
    return fresh_database


def written(tx: Tx, expression: str = "'insults' in terms", **given: object) -> TriageRule:
    """A rule of ours."""
    settings = {"rule_id": RuleId("ours"), "title": "Ours", "clause_id": ClauseId("HAR-2"), "score": 0.9} | given
    return service.add_rule(tx, expression=expression, at=AT, **settings)  # type: ignore[arg-type]


class TestLife:
    def test_starts_off_and_goes_on_by_somebody_else(self, ready: Database):
        with ready.transaction(AUTHOR) as tx:
            rule = written(tx)
            assert rule.state is RuleState.OFF
            service.try_rule(tx, expression=rule.expression, at=AT)
            service.set_rule_state(tx, rule_id=RuleId("ours"), state=RuleState.SHADOW, at=AT)
            with pytest.raises(OwnRule):
                service.set_rule_state(tx, rule_id=RuleId("ours"), state=RuleState.ON, at=AT)
        with ready.transaction(OTHER) as tx:
            service.set_rule_state(tx, rule_id=RuleId("ours"), state=RuleState.ON, at=AT)
        with ready.transaction(SYSTEM) as tx:
            said(tx, "an insultword")

        assessed(ready)

        with ready.transaction(SYSTEM) as tx:
            (hit,) = service.rule_hits(tx, rule_id=RuleId("ours"))
            assert hit.case_id is not None
            facts = tx.rows("select actor from platform.fact where kind = 'RuleChanged' and thing = 'ours' order by id")
            assert [one["actor"] for one in facts] == [AUTHOR.id, AUTHOR.id, OTHER.id]

    def test_keeps_every_version(self, ready: Database):
        with ready.transaction(AUTHOR) as tx:
            written(tx)
            written(tx, "'threats' in terms")

            found = service.rule_versions(tx, rule_id=RuleId("ours"))

        assert [(one.version, one.expression) for one in found] == [
            (2, "'threats' in terms"),
            (1, "'insults' in terms"),
        ]

    @pytest.mark.parametrize(
        ("expression", "words"),
        [
            ("event.kind == 3", "line 1, column 12: found no matching overload"),
            ("event.kin == 'a'", "line 1, column 6: 'event.kin' isn't a declared field"),
            ("event.kind.matches('(')", "line 1, column 20: invalid regular expression"),
        ],
    )
    def test_is_refused_with_the_place_when_it_does_not_fit(self, ready: Database, expression: str, words: str):
        with ready.transaction(AUTHOR) as tx, pytest.raises(RuleDoesNotFit, match=r".") as refused:
            written(tx, expression)

        assert words in refused.value.message

    def test_points_at_a_clause_of_the_policy(self, ready: Database):
        with ready.transaction(AUTHOR) as tx, pytest.raises(NoSuchClause):
            written(tx, clause_id=ClauseId("ZZZ-1"))

    def test_leaves_rules_of_the_policy_to_the_policy(self, ready: Database):
        with ready.transaction(AUTHOR) as tx, pytest.raises(RuleExists):
            written(tx, rule_id=RuleId("insult"))

    def test_is_closed_to_those_without_the_right(self, ready: Database):
        with ready.transaction(somebody("reader", Right.RULES_READ)) as tx:
            with pytest.raises(NotAllowed):
                written(tx)
            with pytest.raises(NotAllowed):
                service.set_rule_state(tx, rule_id=RuleId("insult"), state=RuleState.OFF, at=AT)

    def test_knows_no_rule_that_is_not_there(self, ready: Database):
        with ready.transaction(OTHER) as tx, pytest.raises(NoSuchRule):
            service.set_rule_state(tx, rule_id=RuleId("nobody"), state=RuleState.ON, at=AT)


class TestInstall:
    def test_takes_over_changes_and_keeps_what_somebody_switched(self, ready: Database):
        with ready.transaction(OTHER) as tx:
            service.set_rule_state(tx, rule_id=RuleId("threat"), state=RuleState.OFF, at=AT)
        later = a_pack(rules=(a_rule("insult", "'insults' in terms && event.turn_count > 0"), a_rule_like_before()))
        with ready.transaction(SYSTEM) as tx:
            policy = a_published_policy(tx, replace(later, version="2"), at=AT + timedelta(days=1))
            again = service.install_rules(tx, policy, at=AT)

            states = {one.rule.id: one.rule for one in service.rules(tx, at=AT)}

        assert again == 0
        assert (states["insult"].version, states["insult"].state) == (2, RuleState.ON)
        assert (states["threat"].version, states["threat"].state) == (1, RuleState.OFF)
        assert states["grave"].state is RuleState.OFF

    def test_checks_the_rules_of_a_pack_where_it_is_checked(self):
        pack = a_pack(rules=(a_rule("bad", "event.kind == 3"), a_rule("lost", "true", clause="ZZZ-1")))

        found = [str(one) for one in check_rules_of(replace(pack, patterns={"slow": "(a+)+"}))]

        assert any("rule:bad" in one and "column 12" in one for one in found)
        assert any("rule:lost" in one and "ZZZ-1" in one for one in found)
        assert any("pattern:slow" in one for one in found)


def a_rule_like_before():
    """The rule `threat` as the first pack has it."""
    return next(rule for rule in a_pack().rules if rule.id == "threat")


class TestTrying:
    def test_says_what_a_rule_would_have_found(self, ready: Database):
        with ready.transaction(SYSTEM) as tx:
            hit = said(tx, "an insultword")
            said(tx, "nothing at all")
        assessed(ready)

        with ready.transaction(OTHER) as tx:
            trial = service.try_rule(tx, expression="'insults' in terms && event.turn_count == 1", at=AT)
            absent = service.try_rule(tx, expression="score.hate > 0.5", at=AT)

        assert (trial.events, trial.hits, trial.not_applicable) == (2, (hit,), 0)
        assert (absent.hits, absent.not_applicable, absent.absent_fields) == ((), 2, {"score.hate": 2})

    def test_replays_to_the_same_answer_after_the_world_went_on(self, ready: Database):
        with ready.transaction(SYSTEM) as tx:
            ids = [
                said(tx, text, account="a-1") for text in ("an insultword", "a threatword", "a shadowword", "nothing")
            ]
        assessed(ready)
        with ready.transaction(SYSTEM) as tx:
            running = [one for one in rule_store.newest(tx) if one.state is not RuleState.OFF]
            records = [service.feature_record(tx, event_id=one) for one in ids]
        assessed(ready, at=AT + timedelta(days=40))

        inforce = service.ruleset_of(running)

        for record in records:
            assert record is not None
            assert record.ruleset == inforce.hash
            assert service.replay(record.values, inforce).hits == record.hits


RULE = st.sampled_from(
    [
        "'a' in terms",
        "account.cases_24h > 1",
        "score.hate > 0.5 || 'b' in terms",
        "event.turn_count / account.cases_24h > 1",
        "!has(score.hate)",
        "event.language == 'en' && near_duplicates >= 1",
    ]
)
VALUES = st.fixed_dictionaries(
    {"event.kind": st.just("message"), "event.turn_count": st.integers(0, 5)},
    optional={
        "terms": st.lists(st.sampled_from("ab")),
        "account.cases_24h": st.integers(0, 3),
        "score.hate": st.floats(0, 1),
        "event.language": st.sampled_from(["en", "de"]),
        "near_duplicates": st.integers(0, 2),
    },
)


class TestIndependence:
    @settings(max_examples=60, deadline=None)
    @given(st.lists(RULE, min_size=1, max_size=30), RULE, VALUES)
    def test_adding_a_rule_never_changes_anothers_answer(self, texts: list[str], more: str, values: dict[str, object]):
        fields = service.fields()
        before = [Rule(id=str(number), expression=text) for number, text in enumerate(texts)]

        first = RuleSet(fields, before).run(values)
        second = RuleSet(fields, [*before, Rule(id="more", expression=more)]).run(values)

        assert first.hits == tuple(one for one in second.hits if one != "more")
