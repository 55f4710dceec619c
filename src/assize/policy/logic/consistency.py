"""Whether the parts of a pack fit together. Every problem is told, not only the first."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise

from assize.policy.logic.completeness import clause_problems
from assize.policy.logic.families import covers
from assize.policy.logic.responding import mode_problems
from assize.policy.logic.searching import rule_problems, term_problems
from assize.policy.models import ActionSpec, Pack, Problem, QueueSpec, Severity

LEVELS = ("content", "conversation", "end_user", "account", "api_key", "project", "organisation")


def consistency(pack: Pack) -> list[Problem]:
    """Return what does not fit: ids used twice or unknown, an order with gaps, cases that would find no queue."""
    return [
        *_twice(pack),
        *_unknown_names(pack),
        *_precedence(pack),
        *_gates(pack),
        *(problem for clause in pack.clauses for problem in clause_problems(pack, clause)),
        *_actions(pack),
        *_queues(pack),
        *_targets(pack),
        *_ladder(pack),
        *_support(pack),
        *mode_problems(pack),
        *rule_problems(pack),
        *term_problems(pack),
    ]


def _twice(pack: Pack) -> Iterator[Problem]:
    named: tuple[tuple[str, Iterable[str]], ...] = (
        ("clause", (one.id for one in pack.clauses)),
        ("gate", (one.id for one in pack.gates)),
        ("queue", (one.name for one in pack.queues)),
        ("action", (one.id for one in pack.actions)),
        ("rule", (one.id for one in pack.rules)),
        ("example", (one.id for one in pack.examples)),
    )
    for kind, names in named:
        for name, times in Counter(names).items():
            if times > 1:
                yield pack.problem(f"{kind}:{name}", f"{times} {kind}s are called {name}")


def _unknown_names(pack: Pack) -> Iterator[Problem]:
    """Tell where a part speaks of clauses or families that the pack doesn't have."""
    known = {one.id for one in pack.clauses} | {one.family for one in pack.clauses}
    named = [
        *((f"gate:{one.id}", one.clauses) for one in pack.gates),
        *((f"queue:{one.name}", one.clauses) for one in pack.queues),
        *((f"route:{number}", one.clauses) for number, one in enumerate(pack.routing)),
        *(("modes", one.clauses) for one in pack.modes),
        *((f"support:{locale}", one.clauses) for locale, listed in pack.support.items() for one in listed),
        *((f"example:{one.id}", (*one.clauses, one.primary)) for one in pack.examples),
    ]
    for about, names in named:
        for name in sorted(set(names) - known):
            yield pack.problem(about, f"{name} is no clause and no family of this pack")


def _precedence(pack: Pack) -> Iterator[Problem]:
    known = {one.id for one in pack.clauses}
    for clause_id, times in Counter(pack.precedence).items():
        if times > 1:
            yield pack.problem("precedence", f"{clause_id} stands {times} times in the precedence")
        if clause_id not in known:
            yield pack.problem("precedence", f"{clause_id} stands in the precedence and is no clause of this pack")
    for clause_id in sorted(known - set(pack.precedence)):
        yield pack.problem(
            "precedence", f"{clause_id} is missing in the precedence: it could never be told which leads"
        )


def _gates(pack: Pack) -> Iterator[Problem]:
    for gate in pack.gates:
        if not gate.when:
            yield pack.problem(
                f"gate:{gate.id}", "a gate without a condition is always open; use a floor of the clauses"
            )
        for dimension, least in gate.when.items():
            if not 1 <= least <= 4:  # noqa: PLR2004 - the scale of the rubric
                yield pack.problem(f"gate:{gate.id}", f"{dimension.value} >= {least}: a gate asks for 1 to 4")


def _actions(pack: Pack) -> Iterator[Problem]:
    for action in pack.actions:
        yield from (pack.problem(f"action:{action.id}", message) for message in _wrong_with_action(action))


def _wrong_with_action(action: ActionSpec) -> Iterator[str]:
    if not action.target_levels:
        yield "an action needs a target level"
    for level in action.target_levels:
        if level not in LEVELS:
            yield f"{level} is no target level; they are {', '.join(LEVELS)}"
    if not action.reversible and not action.high_impact:
        yield "what can't be undone is of high impact: a second person has to approve it"
    if action.support and (action.strike_weight or action.high_impact):
        yield "support is never a strike and needs nobody's approval"
    if action.strike_weight < 0:
        yield "a strike can't weigh less than nothing"


def _queues(pack: Pack) -> Iterator[Problem]:
    names = {one.name for one in pack.queues}
    for number, one in enumerate(pack.routing):
        if one.queue not in names:
            yield pack.problem(f"route:{number}", f"there is no queue {one.queue}")
    last = pack.routing[-1] if pack.routing else None
    if last is None or last.clauses or last.severities or last.modes or last.languages:
        yield pack.problem(f"route:{len(pack.routing) - 1}", "the last route must take everything")
    for name in sorted(names - {one.queue for one in pack.routing}):
        yield pack.problem(f"queue:{name}", "no route leads to this queue", warning=True)
    for clause in pack.clauses:
        if not any(covers(queue.clauses, clause.id) for queue in pack.queues):
            yield pack.problem(f"clause:{clause.id}", "no queue names this clause or its family")


def _targets(pack: Pack) -> Iterator[Problem]:
    for queue in pack.queues:
        yield from (pack.problem(f"queue:{queue.name}", message) for message in _wrong_with_targets(queue))


def _wrong_with_targets(queue: QueueSpec) -> Iterator[str]:
    missing = [f"SEV{grave.value}" for grave in Severity if grave not in queue.targets]
    if missing:
        yield f"no target for {', '.join(missing)}"
    told = [queue.targets[grave] for grave in Severity if grave in queue.targets]
    for graver, other in pairwise(told):
        if graver.acknowledge_min > other.acknowledge_min or graver.decide_min > other.decide_min:
            yield "a graver case may not have the later target"
    for target in told:
        if not 0 < target.acknowledge_min <= target.decide_min:
            yield "a case is acknowledged before it is decided, and not at once"


def _ladder(pack: Pack) -> Iterator[Problem]:
    ladder = pack.ladder
    if ladder.half_life_days <= 0 or ladder.expire_days < ladder.half_life_days:
        yield pack.problem("ladder", "strikes decay by a half-life in days and expire no sooner than it")
    points = [step.points for step in ladder.steps]
    if points != sorted(set(points)) or any(one <= 0 for one in points):
        yield pack.problem("ladder", "the steps must rise, from above 0")
    for step in ladder.steps:
        action = pack.action(step.action_id)
        if action is None or action.support:
            yield pack.problem("ladder", f"{step.action_id} is no action of this pack that a ladder may recommend")


def _support(pack: Pack) -> Iterator[Problem]:
    if not any(one.support_first for one in pack.clauses):
        return
    if not pack.support.get("default"):
        yield pack.problem("support:default", "somebody in distress is never told nothing: a default is needed")
    for locale, listed in pack.support.items():
        if not any(not one.for_minors for one in listed):
            yield pack.problem(f"support:{locale}", "nothing for adults")
        if not any(one.for_minors for one in listed):
            yield pack.problem(f"support:{locale}", "no path for minors", warning=locale != "default")
