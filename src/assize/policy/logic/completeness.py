"""Whether a clause says all that a reviewer needs."""

import re
from collections import Counter
from collections.abc import Iterator

from assize.policy.models import Clause, DefaultDisposition, Pack, Problem

_ID = re.compile(r"[A-Z]{2,4}-[1-9][0-9]?")
_SHORTEST_SCOPE = 80  # characters; less is a title, not a scope
_KINDS = ("enforce", "support", "safeguard_defect")
_SCALE = [0, 1, 2, 3, 4]


def clause_problems(pack: Pack, clause: Clause) -> Iterator[Problem]:
    """Tell what a clause lacks, or says that can't be."""
    messages = (*_identity(clause), *_words(clause), *_exceptions(pack, clause), *_questions(clause))
    yield from (pack.problem(f"clause:{clause.id}", one) for one in messages)
    yield from (pack.problem(f"clause:{clause.id}", one) for one in _consequences(pack, clause))


def _identity(clause: Clause) -> Iterator[str]:
    if not _ID.fullmatch(clause.id):
        yield f"{clause.id} is no clause id; one looks like CSE-1"


def _words(clause: Clause) -> Iterator[str]:
    if len(clause.scope) < _SHORTEST_SCOPE:
        yield f"the scope has {len(clause.scope)} characters; what it is about, and why, takes more"
    for name in ("title", "includes", "excludes", "exceptions", "questions", "mappings", "reason_codes"):
        if not getattr(clause, name):
            yield f"{name} is empty"
    twice = [one for one, times in Counter(code.id for code in clause.reason_codes).items() if times > 1]
    if twice:
        yield f"reason codes used twice: {', '.join(twice)}"


def _exceptions(pack: Pack, clause: Clause) -> Iterator[str]:
    gates = {one.id for one in pack.gates}
    for one in clause.exceptions:
        if not one.standard.strip():
            yield f"exception {one.id} doesn't say what evidence it needs"
        unknown = sorted(set(one.closed_by) - gates)
        if unknown:
            yield f"exception {one.id} is closed by gates that don't exist: {', '.join(unknown)}"
    for id_, times in Counter(one.id for one in clause.exceptions).items():
        if times > 1:
            yield f"{times} exceptions are called {id_}"


def _questions(clause: Clause) -> Iterator[str]:
    for one in clause.questions:
        if [answer.score for answer in one.answers] != _SCALE:
            yield f"the question on {one.dimension.value} needs an answer for each score from 0 to 4, in order"
    asked = [one.dimension for one in clause.questions]
    if len(set(asked)) != len(asked):
        yield "two questions score the same dimension"
    for dimension, score in clause.rubric_defaults.items():
        if score not in _SCALE:
            yield f"the default of {dimension.value} is {score}; scores run from 0 to 4"


def _consequences(pack: Pack, clause: Clause) -> Iterator[str]:
    for one in clause.default_dispositions:
        yield from _disposition(pack, clause, one)
    for action_id in clause.second_person_for:
        if pack.action(action_id) is None:
            yield f"second_person_for names {action_id}, which is no action of this pack"


def _disposition(pack: Pack, clause: Clause, one: DefaultDisposition) -> Iterator[str]:
    if one.kind not in _KINDS:
        yield f"{one.kind} is no kind of default disposition; they are {', '.join(_KINDS)}"
    if clause.support_first and one.kind == "enforce":
        yield "help comes first here: nothing is enforced by default"
    if one.kind == "safeguard_defect":
        return
    action = pack.action(one.action_id or "")
    if action is None:
        yield f"{one.action_id} is no action of this pack"
    elif one.target_level not in action.target_levels:
        yield f"{action.id} can't bear on {one.target_level}; it can on {', '.join(action.target_levels)}"
    elif action.support != (one.kind == "support"):
        yield f"{action.id} is {'' if action.support else 'not '}support, and the disposition says {one.kind}"
