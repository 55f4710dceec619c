"""The stream is repeatable, keeps its rates, and never says more than it may."""

import json
import re
from collections import Counter
from datetime import UTC, datetime
from itertools import islice, pairwise

import pytest

from assize_sim import harms, prose, scenarios
from assize_sim.shape import busyness
from assize_sim.stream import MIX, OF, Plan, stream
from assize_sim.truth import Lane, Remedy, Sent, Verdict

BEGIN = datetime(2026, 3, 2, tzinfo=UTC)


def taken(count: int, **plan: object) -> list[Sent]:
    return list(islice(stream(Plan(**({"seed": "a", "begin": BEGIN} | plan))), count))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def many() -> list[Sent]:
    return taken(20_000)


class TestStream:
    def test_is_the_same_for_the_same_plan(self):
        assert taken(300) == taken(300)

    def test_is_another_for_another_seed(self):
        assert [one.body for one in taken(50)] != [one.body for one in taken(50, seed="b")]

    def test_of_a_later_run_has_other_ids_and_the_same_words(self):
        first, second = taken(50), taken(50, run="r1")

        assert not {one.external_id for one in first} & {one.external_id for one in second}
        assert [one.truth for one in first] == [one.truth for one in second]

    def test_never_uses_an_id_twice(self, many):
        assert len({one.external_id for one in many}) == len(many)

    def test_goes_forward_in_time(self, many):
        assert all(first.after_s < second.after_s for first, second in pairwise(many))

    def test_is_mostly_ordinary_and_deserves_a_case_in_three_to_four_of_a_hundred(self, many):
        share = sum(one.truth.deserves_a_case for one in many) / len(many)

        assert 0.03 <= share <= 0.04

    def test_is_hardly_ever_grave(self, many):
        grave = [one for one in many if "-strong" in json.dumps(one.body) and one.truth.clause_id in GRAVE]

        assert len(grave) / len(many) < 0.001

    def test_has_every_lane(self, many):
        assert {one.truth.lane for one in many} >= set(Lane) - {Lane.KNOWN_MEDIA}

    def test_pages_two_people_a_few_times_in_a_shift(self):
        per_shift = 4 * 12 * 3600 * (MIX[scenarios.grave] + MIX[scenarios.known_media]) / OF

        assert 2 <= per_shift <= 8

    def test_has_one_of_everything_at_the_beginning_of_a_tour(self):
        lanes = {one.truth.lane for one in taken(2 * len(MIX), tour=True)}

        assert lanes >= set(Lane) - {Lane.EMERGING}


GRAVE = {one.clause_id for one in harms.GRAVE}


class TestTruth:
    def test_names_the_clause_whose_marker_the_text_holds(self, many):
        for one in many:
            markers = set(re.findall(r"sim-([a-z]{3}-\d)", json.dumps(one.body.get("turns", ""))))

            assert markers <= {(one.truth.clause_id or "").lower()}

    def test_of_ordinary_traffic_is_that_nothing_is_wrong(self, many):
        ordinary = [one for one in many if one.truth.lane is Lane.BENIGN]

        assert {(one.truth.verdict, one.truth.remedy) for one in ordinary} == {(Verdict.NO_VIOLATION, Remedy.NONE)}

    def test_never_asks_to_punish_whoever_needs_help(self, many):
        distressed = [one for one in many if one.truth.lane is Lane.SUPPORT]

        assert {one.truth.remedy for one in distressed} == {Remedy.SUPPORT}

    def test_orders_notice_and_cure_for_organisations(self, many):
        orders = {
            one.truth.action
            for one in many
            if one.truth.remedy is Remedy.ENFORCE and "organisation" in one.subject and one.truth.lane is Lane.VIOLATING
        }

        assert orders == {"notify-and-cure"}

    def test_of_a_campaign_names_it_and_its_texts_are_nearly_the_same(self, many):
        texts = [one.body["turns"][0]["text"] for one in many if one.truth.group == "campaign-1"]
        words = [set(text.split()) for text in texts]

        assert len(texts) > 5
        assert all(len(one & words[0]) / len(one | words[0]) > 0.7 for one in words)

    def test_of_a_decomposed_request_is_of_one_actor(self, many):
        steps = [one for one in many if one.truth.group == "actor-0"]

        assert len(steps) >= scenarios.STEPS
        assert len({tuple(one.subject.items()) for one in steps}) == 1

    def test_traffic_of_testers_is_marked(self, many):
        testers = [one.body for one in many if one.truth.lane is Lane.RED_TEAM]

        assert all(body["test"] and "red-team" in body["tags"] for body in testers)


class TestWords:
    """Whatever the simulation says was written in `prose` and `harms`: nothing else can get in."""

    def test_are_all_from_the_list(self, many):
        allowed = vocabulary()

        said = Counter(word for one in many for word in words(text_of(one)) if not word.startswith("sim-"))

        assert not set(said) - allowed

    def test_of_harm_are_marker_terms_only(self, many):
        markers = {word for one in many for word in text_of(one).lower().split() if "sim-" in word}
        known = {f"sim-{clause}" for clause in CLAUSES} | {f"sim-{clause}-strong" for clause in CLAUSES}
        known |= {piece for _, piece in harms.DECOMPOSED}
        hosts = {f"https://www.{host}/page" for host in harms.LISTED_HOSTS}

        assert markers <= known | hosts

    def test_never_hold_an_amount_or_a_number(self, many):
        for one in many:
            assert not re.search(r"\d", re.sub(r"sim-[a-z]{3}-\d", "", text_of(one)))


CLAUSES = {
    one.clause_id.lower()
    for group in (
        harms.VIOLATIONS,
        harms.GRAVE,
        harms.SUPPORTED,
        harms.CAMPAIGNS,
        harms.DEFECTS,
        (harms.MINOR_AT_RISK, harms.KNOWN_MEDIA, harms.LISTED_URL),
    )
    for one in group
} | {clause.lower() for clause, _, _ in harms.DUAL_USE}


def text_of(one: Sent) -> str:
    return " ".join([one.body.get("text", ""), *(turn["text"] for turn in one.body.get("turns", ()))])


def words(text: str) -> list[str]:
    return re.findall(r"sim-[\w-]+|https://\S+|[^\W\d_]+", text.lower().replace("https://www.", "sim-"))


def vocabulary() -> set[str]:
    texts = [
        *prose.THINGS, *prose.ASKS, *prose.DETAILS, *prose.ASIDES, *prose.ANSWERS, *prose.REFUSALS, *prose.PARTIALS,
        *(text for parts in prose.OTHER.values() for part in parts for text in part),
        *(lead for _, _, lead in harms.DUAL_USE), harms.EMERGING_TERM, "page", "example",
    ]  # fmt: skip
    return {word for text in texts for word in words(text)}


class TestBusyness:
    def test_is_higher_in_the_evening_than_before_dawn(self):
        assert busyness(BEGIN.replace(hour=17)) > 3 * busyness(BEGIN.replace(hour=5))

    def test_has_a_mean_of_one_on_a_working_day(self):
        mean = sum(busyness(BEGIN.replace(hour=hour)) for hour in range(24)) / 24

        assert mean == pytest.approx(1, abs=0.01)
