"""A set of rules as it runs: indexed, fused by the fields needed, each rule isolated from the others."""

import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress
from operator import attrgetter

from assize.platform.cel.check import Rule, fused_block
from assize.platform.cel.engine import (
    FUSED_LIMIT,
    GUARDS,
    Activation,
    Env,
    Program,
    activation,
    environment,
    said,
)
from assize.platform.cel.fields import Fields
from assize.platform.cel.index import Index, Need, needs
from assize.platform.cel.scan import Reading, read

BLOCK = 20  # rules; an error costs the evaluation of this many one by one
FEW = 8  # candidates up to which single programs are quicker than a fused set
QUARANTINE_AFTER = 20  # failures; fewer could be one strange batch
_NUMBER = attrgetter("number")
PLANS = 512  # combinations of present fields that are remembered


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """A rule that gave no answer, and what the engine said, without what it quoted."""

    rule_id: str
    message: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The rules that are true of one event, in the order of the set, and those that failed on it."""

    hits: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()


NOTHING = Answer()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Ready:
    """A rule made ready: its own program beside its place in the fused ones."""

    number: int
    rule: Rule
    reading: Reading
    needs: tuple[Need, ...]
    reads: tuple[str, ...]
    program: Program


@dataclass(frozen=True, kw_only=True, slots=True)
class _Block:
    """Rules that need the same fields, as one list."""

    guard: str
    required: frozenset[str]
    rules: tuple[_Ready, ...]
    program: Program


@dataclass(frozen=True, kw_only=True, slots=True)
class _Fused:
    """Blocks as one guarded list of lists."""

    blocks: tuple[_Block, ...]
    program: Program


@dataclass(frozen=True, kw_only=True, slots=True)
class _Plan:
    """What is worth doing for events with the same fields present."""

    index: Index
    asked: dict[str, bool]  # `has.field` for each field that some rule asks for
    flags: dict[str, bool]  # the same, and the guard of each block
    used: tuple[str, ...]  # the fields that applicable rules read
    absent: dict[str, tuple[str, ...]]


@dataclass(slots=True)
class _State:
    """What changes when a rule is quarantined: replaced as a whole, so that readers need no lock."""

    rules: tuple[_Ready, ...]
    fused: tuple[_Fused, ...]
    plans: dict[frozenset[str], _Plan] = field(default_factory=dict)


_Found = tuple[list[_Ready], list[Failure]]


class RuleSet:
    """Rules over declared fields. Safe to run from several threads; it is processes that make it quicker.

    Raises Uncompilable for a rule that `check` would have refused.
    """

    def __init__(self, fields: Fields, rules: Iterable[Rule], *, quarantine_after: int = QUARANTINE_AFTER) -> None:
        self.fields = fields
        self.quarantine_after = quarantine_after
        self._env = environment(fields)
        self._lock = threading.Lock()
        self._failed: Counter[str] = Counter()
        self._quarantined: dict[str, str] = {}
        ready = tuple(self._made_ready(number, rule) for number, rule in enumerate(rules))
        self._by_id = {one.rule.id: one for one in ready}
        self._state = _State(ready, _fuse(self._env, ready))

    @property
    def quarantined(self) -> Mapping[str, str]:
        """The rules taken out because they kept failing, and why."""
        return dict(self._quarantined)

    def run(self, values: Mapping[str, object]) -> Answer:
        """Return which rules are true of the values, and which failed on them.

        values: of the declared types (`Fields.coerced`); absent ones left out.
        """
        state = self._state
        plan = self._plan(state, frozenset(values))
        candidates = plan.index.candidates(values)
        if not candidates:
            return NOTHING
        if len(candidates) <= FEW:
            hits, failures = self._few([state.rules[number] for number in candidates], plan, values)
        else:
            hits, failures = self._many(state, plan, values)
        if not hits and not failures:
            return NOTHING
        if failures:
            self._count(failures)
        hits.sort(key=_NUMBER)
        return Answer(tuple([one.rule.id for one in hits]), tuple(failures))

    def not_applicable(self, values: Mapping[str, object]) -> Mapping[str, tuple[str, ...]]:
        """Return, for each rule that isn't applicable, the fields that are absent."""
        return self._plan(self._state, frozenset(values)).absent

    def reads(self, rule_id: str) -> tuple[str, ...]:
        """Return the fields whose values explain a hit, in order."""
        return self._by_id[rule_id].reads

    def _made_ready(self, number: int, rule: Rule) -> _Ready:
        reading = read(rule.expression, self.fields)
        program = Program(self._env, reading.rewritten)
        return _Ready(
            number=number,
            rule=rule,
            reading=reading,
            needs=needs(reading.tokens, self.fields),
            reads=tuple(sorted(reading.required | {one.path for one in reading.asked})),
            program=program,
        )

    def _plan(self, state: _State, present: frozenset[str]) -> _Plan:
        plan = state.plans.get(present)
        if plan is None:
            plan = _planned(state, present)
            with self._lock:
                if len(state.plans) >= PLANS:
                    state.plans.clear()
                state.plans[present] = plan
        return plan

    def _few(self, rules: Sequence[_Ready], plan: _Plan, values: Mapping[str, object]) -> _Found:
        needed = {name: values[name] for one in rules for name in one.reading.required}
        return _one_by_one(rules, activation(self._env, {**needed, **plan.asked}))

    def _many(self, state: _State, plan: _Plan, values: Mapping[str, object]) -> _Found:
        engine = activation(self._env, {name: values[name] for name in plan.used} | plan.flags)
        hits: list[_Ready] = []
        failures: list[Failure] = []
        for fused in state.fused:
            lists = fused.program.answer(engine)
            for number, block in enumerate(fused.blocks):
                if not plan.flags[block.guard]:
                    continue
                answers = lists[number] if isinstance(lists, list) else block.program.answer(engine)
                if isinstance(answers, list):
                    hits.extend(compress(block.rules, answers))
                else:
                    more_hits, more_failures = _one_by_one(block.rules, engine)
                    hits.extend(more_hits)
                    failures.extend(more_failures)
        return hits, failures

    def _count(self, failures: Sequence[Failure]) -> None:
        with self._lock:
            for failure in failures:
                self._failed[failure.rule_id] += 1
                if self._failed[failure.rule_id] >= self.quarantine_after:
                    self._quarantined.setdefault(failure.rule_id, failure.message)
            kept = tuple(one for one in self._state.rules if one.rule.id not in self._quarantined)
            if len(kept) < len(self._state.rules):
                self._state = _State(kept, _fuse(self._env, kept))


def _one_by_one(rules: Sequence[_Ready], engine: Activation) -> _Found:
    hits: list[_Ready] = []
    failures: list[Failure] = []
    for one in rules:
        answer = one.program.answer(engine)
        if answer is True:
            hits.append(one)
        elif answer is not False:
            failures.append(Failure(rule_id=one.rule.id, message=said(answer)))
    return hits, failures


def _planned(state: _State, present: frozenset[str]) -> _Plan:
    applicable = [(at, one) for at, one in enumerate(state.rules) if one.reading.required <= present]
    asked = {f"has.{one.path}": one.path in present for ready in state.rules for one in ready.reading.asked}
    guards = {block.guard: block.required <= present for fused in state.fused for block in fused.blocks}
    return _Plan(
        index=Index((at, one.needs) for at, one in applicable),
        asked=asked,
        flags=asked | guards,
        used=tuple(sorted({name for _, one in applicable for name in one.reading.required})),
        absent={
            one.rule.id: tuple(sorted(one.reading.required - present))
            for one in state.rules
            if not one.reading.required <= present
        },
    )


def _fuse(env: Env, rules: Sequence[_Ready]) -> tuple[_Fused, ...]:
    alike: dict[frozenset[str], list[_Ready]] = defaultdict(list)
    for one in rules:
        alike[one.reading.required].append(one)
    parts = [
        (required, tuple(group[start : start + BLOCK]))
        for required, group in alike.items()
        for start in range(0, len(group), BLOCK)
    ]
    if len(parts) > GUARDS:
        raise ValueError(f"{len(parts)} blocks of rules; at most {GUARDS} are possible")
    fused: list[_Fused] = []
    batch: list[tuple[_Block, str]] = []
    for number, (required, members) in enumerate(parts):
        text = fused_block((one.reading.rewritten for one in members), number)
        if batch and sum(len(other) for _, other in batch) + len(text) > FUSED_LIMIT:
            fused.append(_joined(env, batch))
            batch = []
        block = _Block(guard=f"guard.g{number}", required=required, rules=members, program=Program(env, text))
        batch.append((block, text))
    return (*fused, _joined(env, batch)) if batch else tuple(fused)


def _joined(env: Env, batch: Sequence[tuple[_Block, str]]) -> _Fused:
    text = "[" + ", ".join(f"({text})" for _, text in batch) + "]"
    return _Fused(blocks=tuple(block for block, _ in batch), program=Program(env, text))
