"""The reference of the format speaks of every key there is."""

import dataclasses
from pathlib import Path

import pytest

from assize.policy import service
from assize.policy.models import (
    ActionSpec,
    Clause,
    ClauseException,
    DefaultDisposition,
    Dimension,
    Example,
    Gate,
    Ladder,
    Mapped,
    ModeRule,
    Question,
    QueueSpec,
    Route,
    RuleText,
    SupportResource,
    Target,
)

REFERENCE = (Path(__file__).parents[2] / "docs" / "reference" / "policy-pack.md").read_text(encoding="utf-8")
SHAPES = (
    ActionSpec, Clause, ClauseException, DefaultDisposition, Example, Gate, Ladder, Mapped, ModeRule, Question, QueueSpec,
    Route, RuleText, SupportResource, Target,
)  # fmt: skip
PACK = service.load("starter")


class TestReference:
    @pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
    def test_names_every_key(self, shape):
        missing = [one.name for one in dataclasses.fields(shape) if one.name not in REFERENCE]

        assert not missing

    def test_names_every_dimension(self):
        assert all(f"`{dimension.value}`" in REFERENCE for dimension in Dimension)

    def test_counts_the_starter_pack_right(self):
        clauses, rules, examples, queues = map(len, (PACK.clauses, PACK.rules, PACK.examples, PACK.queues))
        countries = len(PACK.support) - 1

        told = (
            f"13 families, {clauses} clauses, {rules} rules, {examples} examples, {queues} queues, help for {countries}"
        )

        assert told in REFERENCE
