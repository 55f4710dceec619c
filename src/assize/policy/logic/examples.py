"""The examples of a pack, run as tests."""

from collections.abc import Iterator

from assize.policy.logic.placing import primary, recommended, route
from assize.policy.logic.responding import response_mode
from assize.policy.logic.severity import severity
from assize.policy.models import Example, ExampleResult, Pack, Problem, Rubric


def example_problems(pack: Pack) -> list[Problem]:
    """Return where the policy makes something else of an example than the example says, and clauses without one."""
    wrong = [pack.problem(f"example:{one.id}", message) for one in pack.examples for message in _wrong_with(pack, one)]
    shown = {one.primary for one in pack.examples}
    bare = [
        pack.problem(f"clause:{clause.id}", "no example shows this clause leading", warning=True)
        for clause in pack.clauses
        if clause.id not in shown
    ]
    return wrong + bare


def examples_of(pack: Pack) -> list[ExampleResult]:
    """Return every example and whether the policy makes of it what it says."""
    return [
        ExampleResult(
            example=one,
            problems=tuple(pack.problem(f"example:{one.id}", message) for message in _wrong_with(pack, one)),
        )
        for one in pack.examples
    ]


def _wrong_with(pack: Pack, one: Example) -> Iterator[str]:
    clauses = [clause for id_ in one.clauses if (clause := pack.clause(id_))]
    if len(clauses) < len(one.clauses):
        return  # told elsewhere: an unknown clause
    if any(not 0 <= score <= 4 for score in one.rubric.values()):  # noqa: PLR2004 - the scale of the rubric
        yield "scores of the rubric run from 0 to 4"
        return
    rubric = Rubric(scores=one.rubric, confidence=one.likelihood)
    result = severity(rubric, clauses, pack.gates, found=one.found)
    if result.severity is not one.severity:
        gates = ", ".join(hit.gate_id for hit in result.gates) or "no gate is open"
        yield f"severity is SEV{result.severity.value} ({gates}), not SEV{one.severity.value}"
    mode = response_mode(result, one.likelihood, clauses, pack.modes)
    if mode is not one.mode:
        yield f"the mode is {mode.value}, not {one.mode.value}"
    leading = primary(one.clauses, pack.precedence)
    if leading != one.primary:
        yield f"{leading} leads, not {one.primary}"
    try:
        queue = route(pack.routing, clause_id=leading, severity=result.severity, mode=mode, language=one.language)
    except LookupError:
        yield "it finds no queue"
    else:
        if queue != one.queue:
            yield f"it goes to {queue}, not to {one.queue}"
    yield from _wrong_consequences(pack, one)


def _wrong_consequences(pack: Pack, one: Example) -> Iterator[str]:
    usual = recommended(pack, one.clauses)
    kinds = tuple(dict.fromkeys(disposition.kind for disposition in usual))
    if one.dispositions is not None and kinds != one.dispositions:
        yield f"what follows is {', '.join(kinds) or 'nothing'}, not {', '.join(one.dispositions) or 'nothing'}"
    actions = tuple(disposition.action_id for disposition in usual if disposition.action_id)
    if one.actions is not None and actions != one.actions:
        yield f"the actions are {', '.join(actions) or 'none'}, not {', '.join(one.actions) or 'none'}"
