"""The rule engine's wrapper: one meaning of absence, no rule depends on its neighbours."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assize.platform.cel import Fields, FieldType, Problem, Rule, RuleSet, check
from assize.platform.cel.scan import place, read

FIELDS = Fields(
    {
        "event.kind": FieldType.STRING,
        "event.test": FieldType.BOOL,
        "account.age_days": FieldType.INT,
        "score.hate": FieldType.DOUBLE,
        "terms": FieldType.STRINGS,
    }
)
PRESENT = {"event.kind": "message", "event.test": False, "account.age_days": 3, "score.hate": 0.4, "terms": ["x"]}


def rules(*expressions: str) -> list[Rule]:
    return [Rule(id=f"r{number}", expression=text) for number, text in enumerate(expressions)]


def hits(*expressions: str, **changed: object) -> tuple[str, ...]:
    values = PRESENT | {name.replace("__", "."): value for name, value in changed.items()}
    return RuleSet(FIELDS, rules(*expressions)).run(values).hits


class TestRead:
    @pytest.mark.parametrize(
        ("expression", "required"),
        [
            ("event.kind == 'account.age_days'", {"event.kind"}),
            ("event.kind.startsWith('m') && account.age_days < 3 // terms", {"event.kind", "account.age_days"}),
            ("has(score.hate) && event.test", {"event.test"}),
            ("terms.exists(t, t.startsWith('a'))", {"terms"}),
            ('"terms" == r"\\" || .event.test', {"event.test"}),
            ("size(terms) > 1 ? event.test : score . hate > 0.1", {"terms", "event.test", "score.hate"}),
            ("true", set()),
        ],
    )
    def test_finds_what_a_rule_reads(self, expression: str, required: set[str]):
        assert read(expression, FIELDS).required == required

    def test_keeps_places_when_it_rewrites(self):
        text = "has(\n  score.hate\n) && event.kid"

        reading = read(text, FIELDS)

        assert place(reading.rewritten, reading.rewritten.index("event.kid")) == (3, 6)
        assert place(text, text.index("event.kid")) == (3, 6)


class TestCheck:
    @pytest.mark.parametrize(
        ("expression", "line", "column", "words"),
        [
            ("event.kind == 3", 1, 12, "no matching overload"),
            ("true &&\n event.kin == 'a'", 2, 7, "'event.kin' isn't a declared field"),
            ("score.hate > 1", 1, 12, "no matching overload"),
            ("event.kind ==", 1, 14, "Syntax error"),
            ("account.age_days + 1", 1, 1, "a rule is true or false; this is int"),
            ("true && event.kind.matches('(')", 1, 28, "missing )"),
            ("event.kind.matches(event.kind)", 1, 12, "must be a constant"),
            ("event.test && has(score.love)", 1, 15, "isn't declared"),
            ("true) || (false", 1, 5, "Syntax error"),
            ("(" * 30 + "true" + ")" * 30, 1, 1, "nested too deep"),
            ("'" + "x" * 4000 + "' in terms", 1, 1, "at most 4000"),
        ],
    )
    def test_names_the_place(self, expression: str, line: int, column: int, words: str):
        problems = check(FIELDS, rules(expression))

        assert [(one.line, one.column) for one in problems][:1] == [(line, column)]
        assert words in problems[0].message
        assert not problems[0].warning

    def test_takes_a_comment_at_the_end(self):
        assert check(FIELDS, rules("event.test // why", "event.test")) == []
        assert hits("event.test // why", "!event.test") == ("r1",)

    def test_warns_of_a_question_that_makes_no_difference(self):
        (problem,) = check(FIELDS, rules("has(score.hate) && score.hate > 0.5"))

        assert problem.warning
        assert "write two rules" in problem.message

    def test_warns_of_slow_matching(self):
        (problem,) = check(FIELDS, rules("event.kind.matches('^m')"))

        assert problem.warning

    def test_refuses_two_rules_of_one_id(self):
        twice = [Rule(id="a", expression="true"), Rule(id="a", expression="true")]

        assert check(FIELDS, twice) == [
            Problem(rule_id="a", line=1, column=1, message="another rule has this id"),
        ]


class TestRun:
    def test_answers_in_the_order_of_the_set(self):
        assert hits("true", "'y' in terms", "'x' in terms", "account.age_days < 4") == ("r0", "r2", "r3")

    def test_takes_a_rule_with_an_absent_field_as_not_applicable_and_names_the_field(self):
        ruleset = RuleSet(FIELDS, rules("score.hate > 0.1 || true", "event.test || true"))
        values = {name: value for name, value in PRESENT.items() if name != "score.hate"}

        assert ruleset.run(values).hits == ("r1",)
        assert ruleset.not_applicable(values) == {"r0": ("score.hate",)}

    def test_asks_without_reading(self):
        without = RuleSet(FIELDS, rules("!has(score.hate) && 'x' in terms")).run({"terms": ["x"]})

        assert without.hits == ("r0",)
        assert hits("!has(score.hate)") == ()

    def test_isolates_a_failing_rule(self):
        texts = ["true"] * 30 + ["account.age_days / 0 > 1"] + ["event.kind == 'message'"] * 30

        answer = RuleSet(FIELDS, rules(*texts)).run(PRESENT)

        assert len(answer.hits) == 60
        assert [(one.rule_id, one.message) for one in answer.failures] == [("r30", "INVALID_ARGUMENT: divide by zero")]

    def test_quarantines_a_rule_that_keeps_failing(self):
        ruleset = RuleSet(FIELDS, rules("account.age_days / 0 > 1", "true"), quarantine_after=3)

        answers = [ruleset.run(PRESENT) for _ in range(5)]

        assert [len(answer.failures) for answer in answers] == [1, 1, 1, 0, 0]
        assert all(answer.hits == ("r1",) for answer in answers)
        assert list(ruleset.quarantined) == ["r0"]

    def test_never_quotes_content_in_a_failure(self):
        answer = RuleSet(FIELDS, rules("{'a': 1}[event.kind] == 1")).run(PRESENT | {"event.kind": "private words"})

        assert "private" not in answer.failures[0].message

    def test_says_which_fields_explain_a_hit(self):
        ruleset = RuleSet(FIELDS, rules("has(score.hate) || account.age_days > 3"))

        assert ruleset.reads("r0") == ("account.age_days", "score.hate")

    def test_is_safe_in_several_threads(self):
        texts = [f"'{word}' in terms && account.age_days < 5" for word in "abcdefghij"] + ["account.age_days / 0 > 1"]
        ruleset = RuleSet(FIELDS, rules(*texts), quarantine_after=50)
        values = [PRESENT | {"terms": [word]} for word in "abcdefghij"] * 40

        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(ruleset.run, values))

        assert [answer.hits for answer in answers] == [(f"r{number % 10}",) for number in range(400)]


TERM = st.sampled_from(
    [
        "event.test",
        "!event.test",
        "true",
        "event.kind == 'message'",
        "'report' == event.kind",
        "'x' in terms",
        '"y" in terms',
        "size(terms) > 1",
        "account.age_days > 2",
        "account.age_days >= 3",
        "10 / account.age_days > 2",
        "int(event.kind) > 3",
        "score.hate > 0.5",
        "has(score.hate)",
        "!has(event.kind)",
        "event.kind in ['message', 'z']",
    ]
)
EXPRESSION = st.recursive(
    TERM,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda pair: f"{pair[0]} && {pair[1]}"),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]}) || ({pair[1]})"),
        inner.map(lambda one: f"({one})"),
        inner.map(lambda one: f"!({one})"),
    ),
    max_leaves=5,
)
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "event.kind": st.sampled_from(["message", "report", "7"]),
        "event.test": st.booleans(),
        "account.age_days": st.sampled_from([-1, 0, 2, 3, 2**62]),
        "score.hate": st.sampled_from([0.0, 0.5, 0.7, float("nan")]),
        "terms": st.lists(st.sampled_from(["x", "y", "z"]), max_size=3),
    },
)


class TestIndependence:
    @settings(max_examples=150, deadline=None)
    @given(st.lists(EXPRESSION, min_size=1, max_size=40), VALUES)
    def test_a_rule_answers_the_same_alone_and_among_others(self, texts: list[str], values: dict[str, object]):
        together = RuleSet(FIELDS, rules(*texts)).run(values)

        failed = {one.rule_id for one in together.failures}
        for rule in rules(*texts):
            alone = RuleSet(FIELDS, [Rule(id=rule.id, expression=f"{rule.expression} ? true : false")]).run(values)
            assert (rule.id in alone.hits) == (rule.id in together.hits), rule.expression
            assert bool(alone.failures) >= (rule.id in failed), rule.expression

    @settings(max_examples=100, deadline=None)
    @given(EXPRESSION, VALUES)
    def test_absent_fields_are_exactly_those_named(self, text: str, values: dict[str, object]):
        ruleset = RuleSet(FIELDS, rules(text))

        named = set(ruleset.not_applicable(values).get("r0", ()))

        assert named == set(read(text, FIELDS).required) - set(values)
        if named:
            assert ruleset.run(values).hits == ()


class TestFields:
    def test_reads_the_same_from_json(self):
        assert FIELDS.coerced(
            {"score.hate": 1, "account.age_days": 3.5, "terms": ("a",), "x": 1, "event.kind": None}
        ) == {
            "score.hate": 1.0,
            "terms": ["a"],
        }

    @pytest.mark.parametrize("name", ["Event", "has.x", "a..b", "event.kind.of"])
    def test_refuses_names_that_would_confuse(self, name: str):
        with pytest.raises(ValueError, match=r"name|part"):
            FIELDS.with_more({name: FieldType.INT})

    def test_refuses_two_types_for_one_name(self):
        with pytest.raises(ValueError, match="declared as"):
            FIELDS.with_more({"terms": FieldType.INT})
