"""What the starter policy makes of the simulated platform's traffic: what pages stays rare enough for two on shift."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import pytest

from assize.platform.cel import Fields, FieldType, Rule, RuleSet
from assize.platform.plain import plain, words
from assize.policy import service
from assize.policy.models import Provisional, ResponseMode
from assize_sim.stream import Plan, stream
from assize_sim.truth import Lane

PACK = service.load("starter")
EVENTS = 20_000
OPENS_AT = 0.5  # the likelihood from which triage opens a case
FIELDS = Fields(
    {
        "terms": FieldType.STRINGS,
        "patterns": FieldType.STRINGS,
        "report.category": FieldType.STRING,
        "report.reporter_kind": FieldType.STRING,
        "report.reporter_accuracy": FieldType.DOUBLE,
        "event.kind": FieldType.STRING,
        "event.model_outcome": FieldType.STRING,
        "media.known": FieldType.STRINGS,
        "urls.listed": FieldType.STRINGS,
        "subject.minor_likely": FieldType.BOOL,
    }
)
STARTS: dict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
for _name, _terms in PACK.terms.items():
    for _phrase in (tuple(words(plain(term))) for term in _terms):
        STARTS[_phrase[0]].append((_name, _phrase))


def texts(body: dict[str, Any]) -> str:
    return " ".join([str(body.get("text", "")), *(str(turn.get("text", "")) for turn in body.get("turns", []))])


def found_terms(text: str) -> list[str]:
    said = words(plain(text))
    joined = f" {' '.join(said)} "
    likely = (pair for word in set(said) for pair in STARTS.get(word, ()))
    return sorted({name for name, phrase in likely if f" {' '.join(phrase)} " in joined})


def values(sent: Any) -> dict[str, object]:
    seen: dict[str, object] = {"terms": found_terms(texts(sent.body)), "patterns": []}
    if sent.report:
        seen |= {
            "event.kind": "report",
            "report.category": sent.body["reason"],
            "report.reporter_kind": sent.body["reporter"]["kind"],
        }
    if sent.truth.lane is Lane.KNOWN_MEDIA:
        seen["media.known"] = ["known-cse"]
    if sent.truth.lane is Lane.LISTED_URL:
        seen["urls.listed"] = ["fraud-hosts"]
    return seen


def judged() -> Iterator[Provisional]:
    """What becomes of each event that opens a case, taken alone: merging makes it fewer."""
    kept = [rule for rule in PACK.rules if all(field in FIELDS for field in fields_of(rule.expression))]
    rules = {rule.id: rule for rule in kept}
    running = RuleSet(FIELDS, [Rule(id=rule.id, expression=rule.expression) for rule in kept])
    plan = Plan(seed="traffic", begin=datetime(2026, 11, 1, tzinfo=UTC))
    for sent in islice(stream(plan), EVENTS):
        if sent.truth.lane is Lane.RED_TEAM:
            continue
        hits = [rules[str(id_)] for id_ in running.run(values(sent)).hits]
        likely = {rule.clause: max(one.score for one in hits if one.clause == rule.clause) for rule in hits}
        likely = {clause: score for clause, score in likely.items() if score >= OPENS_AT}
        if likely:
            yield service.provisional(PACK, likely, service.evidence_of(PACK, [rule.id for rule in hits]))


def fields_of(expression: str) -> set[str]:
    names = {"account.", "score.", "near_duplicates", "event.turn_count"}
    return {"undeclared"} if any(name in expression for name in names) else set()


@pytest.fixture(scope="module")
def made() -> list[Provisional]:
    return list(judged())


class TestTraffic:
    def test_opens_cases_for_a_few_of_a_hundred(self, made):
        assert 0.01 * EVENTS < len(made) < 0.08 * EVENTS

    def test_is_sev0_or_sev1_in_less_than_one_of_two_thousand(self, made):
        assert 0 < sum(one.result.severity.grave for one in made) < EVENTS / 2_000

    def test_pages_in_less_than_one_of_five_thousand(self, made):
        modes = Counter(one.mode for one in made)

        assert modes[ResponseMode.PAGE] < EVENTS / 5_000
        assert modes[ResponseMode.VERIFY] < EVENTS / 1_000
