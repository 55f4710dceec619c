"""Rules, terms and patterns, as far as policy understands them: their CEL is checked by triage."""

import re
from collections.abc import Iterator

from assize.policy.models import Pack, Problem, RuleText

_STATES = ("off", "shadow", "on")
_ASKED = re.compile(r"""['"]([^'"]+)['"]\s+in\s+(terms|patterns)\b""")
_SHORTEST_TERM = 3  # characters; shorter ones hit everything


def rule_problems(pack: Pack) -> Iterator[Problem]:
    """Tell what is wrong with rules besides their CEL."""
    clauses = {one.id for one in pack.clauses}
    for rule in pack.rules:
        about = f"rule:{rule.id}"
        if rule.clause not in clauses:
            yield pack.problem(about, f"{rule.clause} is no clause of this pack")
        if not 0 < rule.score <= 1:
            yield pack.problem(about, f"the score is {rule.score}; it lies above 0 and up to 1")
        if rule.state not in _STATES:
            yield pack.problem(about, f"{rule.state} is no state of a rule; they are {', '.join(_STATES)}")
        if any(not 0 <= score <= 4 for score in rule.rubric.values()):  # noqa: PLR2004 - the scale of the rubric
            yield pack.problem(about, "scores of the rubric run from 0 to 4")
        yield from (pack.problem(about, message) for message in _unknown_lists(pack, rule))


def term_problems(pack: Pack) -> Iterator[Problem]:
    """Tell which lists are empty, too short to mean anything, unused, or don't compile."""
    used = {pair for rule in pack.rules for pair in _ASKED.findall(rule.expression)}
    for name, terms in pack.terms.items():
        about = f"terms:{name}"
        short = [number for number, term in enumerate(terms) if len(term.strip()) < _SHORTEST_TERM]
        if not terms or short:
            yield pack.problem(about, "a list needs terms of at least three characters")
        if len({term.casefold() for term in terms}) < len(terms):
            yield pack.problem(about, "a term stands twice in this list", warning=True)
        if (name, "terms") not in used:
            yield pack.problem(about, "no rule asks for this list", warning=True)
    for name, pattern in pack.patterns.items():
        try:
            re.compile(pattern)
        except re.error as error:
            yield pack.problem(f"pattern:{name}", f"the pattern doesn't compile: {error.msg} at {error.pos}")


def _unknown_lists(pack: Pack, rule: RuleText) -> Iterator[str]:
    known = {"terms": pack.terms, "patterns": pack.patterns}
    for name, kind in _ASKED.findall(rule.expression):
        if name not in known[kind]:
            yield f"there is no list {name} in {kind}"
