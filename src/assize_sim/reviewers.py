"""Simulated reviewers: how right they are is known, and how they put a judgement into words."""

from collections.abc import Mapping
from dataclasses import dataclass

from assize.kernel.chance import Rng
from assize_sim.truth import Truth, Verdict

V, E, N = Verdict.VIOLATION, Verdict.EXCEPTED, Verdict.NO_VIOLATION


@dataclass(frozen=True, kw_only=True)
class Skill:
    """A confusion matrix: for each true verdict, how often each is said. Rows add up to 1."""

    name: str
    says: Mapping[Verdict, Mapping[Verdict, float]]


def _skill(name: str, *, hit: float, spares: float, clears: float) -> Skill:
    return Skill(
        name=name,
        says={
            V: {V: hit, E: (1 - hit) * 0.4, N: (1 - hit) * 0.6},
            E: {V: (1 - spares) * 0.6, E: spares, N: (1 - spares) * 0.4},
            N: {V: (1 - clears) * 0.7, E: (1 - clears) * 0.3, N: clears},
        },
    )


# In the order in which reviewers get them. The last but one is strict with exceptions, the last misses too much.
SKILLS = (
    _skill("expert", hit=0.98, spares=0.96, clears=0.985),
    _skill("steady", hit=0.95, spares=0.92, clears=0.97),
    _skill("strict", hit=0.97, spares=0.74, clears=0.92),
    _skill("lenient", hit=0.85, spares=0.95, clears=0.985),
)


def said(rng: Rng, skill: Skill, truth: Truth) -> Verdict:
    """Return what a reviewer of this skill says of a case of this truth."""
    row = skill.says[truth.verdict]
    return rng.choices(list(row), list(row.values()))[0]
