"""Simulated reviewers are as right as their confusion matrix says, and write decisions that name what they saw."""

from collections import Counter

import pytest

from assize.kernel.chance import rng
from assize_sim.judging import judgement
from assize_sim.reviewers import SKILLS, Skill, said
from assize_sim.seeing import Seen, seen
from assize_sim.truth import BENIGN, Lane, Remedy, Truth, Verdict

FRAUD = Truth(
    lane=Lane.VIOLATING,
    verdict=Verdict.VIOLATION,
    remedy=Remedy.ENFORCE,
    clause_id="FRD-1",
    action="ban-account",
    level="account",
)
DISTRESS = Truth(lane=Lane.SUPPORT, verdict=Verdict.VIOLATION, remedy=Remedy.SUPPORT, clause_id="SUI-2")
FICTION = Truth(lane=Lane.DUAL_USE, verdict=Verdict.EXCEPTED, clause_id="VIO-5", exception="fiction")


def a_case(*, text: str = "ordinary words sim-frd-1 and more", subjects: dict[str, str] | None = None) -> Seen:
    levels = subjects or {"account": "acct-1", "conversation": "conv-1"}
    return seen(
        {"id": "task_1", "kind": "first_look"},
        {
            "id": "case_1",
            "kind": "events",
            "severity": 3,
            "likely": [["FRD-1", 0.6, "rule"]],
            "rubric": {"gravity": 2},
            "subjects": [{"id": f"sub_{level}", "level": level, "ref": ref} for level, ref in levels.items()],
            "events": [{"id": "evt_1", "turns": [{"index": 0, "role": "user", "text": text}]}],
        },
    )


class TestSkill:
    @pytest.mark.parametrize("skill", SKILLS, ids=lambda skill: skill.name)
    @pytest.mark.parametrize("true", list(Verdict))
    def test_adds_up_to_one(self, skill: Skill, true):
        assert sum(skill.says[true].values()) == pytest.approx(1)

    @pytest.mark.parametrize("skill", SKILLS, ids=lambda skill: skill.name)
    def test_is_how_right_a_reviewer_is(self, skill: Skill):
        chance = rng("skill")

        counts = Counter(said(chance, skill, FRAUD) for _ in range(4_000))

        share = counts[Verdict.VIOLATION] / 4_000
        assert share == pytest.approx(skill.says[Verdict.VIOLATION][Verdict.VIOLATION], abs=0.02)


class TestJudgement:
    def test_names_the_clause_of_the_marker_and_the_turn_it_stands_in(self):
        body = judgement(a_case(text="words sim-stk-4 words"), FRAUD, Verdict.VIOLATION, exceptions={})

        assert body is not None
        assert body["findings"] == [
            {
                "clause_id": "STK-4",
                "verdict": "violation",
                "locus": "user",
                "span": {"event_id": "evt_1", "turn": 0},
            }
        ]

    def test_orders_what_the_truth_asks_for(self):
        body = judgement(a_case(), FRAUD, Verdict.VIOLATION, exceptions={})

        assert body is not None
        assert body["dispositions"] == [
            {"kind": "enforce", "target_level": "account", "target_id": "sub_account", "action_id": "ban-account"}
        ]

    def test_gives_organisations_notice_and_time(self):
        case = a_case(subjects={"organisation": "org-1", "api_key": "k", "end_user": "u"})

        body = judgement(case, FRAUD, Verdict.VIOLATION, exceptions={})

        assert body is not None
        assert [(one["target_level"], one["action_id"]) for one in body["dispositions"]] == [
            ("organisation", "notify-and-cure")
        ]

    def test_offers_help_and_enforces_nothing_on_whoever_is_in_distress(self):
        body = judgement(a_case(text="words sim-sui-2 words"), DISTRESS, Verdict.VIOLATION, exceptions={})

        assert body is not None
        assert {one["kind"] for one in body["dispositions"]} == {"support"}

    def test_of_an_excepted_case_verifies_the_exception(self):
        case = a_case(text="words sim-vio-5 words")

        body = judgement(case, FICTION, Verdict.EXCEPTED, exceptions={"VIO-5": ["news", "fiction"]})

        assert body is not None
        assert body["findings"][0]["exception"] == {"exception_id": "fiction", "standing": "verified"}

    def test_finds_nothing_where_the_clause_has_no_exception(self):
        case = a_case(text="words sim-vio-5 words")

        body = judgement(case, FICTION, Verdict.EXCEPTED, exceptions={"VIO-5": []})

        assert body is not None
        assert body["findings"][0]["verdict"] == "no_violation"

    def test_of_a_case_without_a_marker_is_about_the_likeliest_clause(self):
        body = judgement(a_case(text="ordinary words"), BENIGN, Verdict.NO_VIOLATION, exceptions={})

        assert body is not None
        assert body["findings"][0]["clause_id"] == "FRD-1"
        assert not body["dispositions"]
