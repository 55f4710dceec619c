"""Every judgement of policy, pure: how grave, how fast to respond, what leads, where it goes, whether a pack holds."""

from assize.policy.logic.consistency import consistency
from assize.policy.logic.examples import example_problems, examples_of
from assize.policy.logic.filing import filed, next_version
from assize.policy.logic.looking import matching
from assize.policy.logic.placing import primary, recommended, route
from assize.policy.logic.responding import mode_problems, response_mode
from assize.policy.logic.severity import (
    evidence_of,
    likelihood,
    lower,
    needs_second_person,
    provisional,
    provisional_rubric,
    severity,
)
from assize.policy.logic.wording import as_text, clause_difference, difference, word_difference

__all__ = [
    "as_text",
    "clause_difference",
    "consistency",
    "difference",
    "evidence_of",
    "example_problems",
    "examples_of",
    "filed",
    "likelihood",
    "lower",
    "matching",
    "mode_problems",
    "needs_second_person",
    "next_version",
    "primary",
    "provisional",
    "provisional_rubric",
    "recommended",
    "response_mode",
    "route",
    "severity",
    "word_difference",
]
