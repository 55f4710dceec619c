"""Builders of enforcement: the test names only what matters."""

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from assize.enforcement import service
from assize.enforcement.logic import data_of
from assize.enforcement.models import (
    Destination,
    Effect,
    EffectKind,
    EffectState,
    Enforcement,
    EnforcementState,
    Outbound,
    Strike,
    Target,
)
from assize.enforcement.models.instead import Watch, WatchState, WatchTrigger
from assize.enforcement.ports import attach_actions
from assize.enforcement.store import effects, plans
from assize.kernel.ids import (
    ActionId,
    CaseId,
    ClauseId,
    DecisionId,
    EffectId,
    EnforcementId,
    StrikeId,
    SubjectId,
    WatchId,
    new_id,
)
from assize.platform.db import Database, Tx
from assize.policy.models import ActionSpec, Impact, Ladder, PolicyVersion, Step, SupportResource
from assize.review import service as review
from assize.review.models import Decision, DecisionState, Disposition, DispositionKind, TargetLevel, Task
from assize.workforce.models import SYSTEM, Principal
from builders.receiving import SECRET, Receiver
from builders.review import (
    AT,
    CLAUSES,
    a_clean_judgement,
    a_judgement,
    a_reviewer,
    a_task,
    acting,
    event_of,
    subject_at,
)
from builders.triage import a_pack, a_published_policy

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
ACCOUNT = Target(level="account", ref="acc-1")


def an_effect(**changed: Any) -> Effect:
    """An effect that is due."""
    effect_id = EffectId(new_id("eff"))
    data = data_of(
        effect_id=effect_id,
        kind=EffectKind.APPLY,
        case_id=CaseId("case_1"),
        action_id="suspend",
        target=ACCOUNT,
        order={"do": "suspend"},
    )
    values: dict[str, Any] = {
        "id": effect_id,
        "kind": EffectKind.APPLY,
        "about": new_id("enf"),
        "case_id": CaseId("case_1"),
        "enforcement_id": None,
        "action_id": "suspend",
        "target": ACCOUNT,
        "data": data,
        "state": EffectState.WAITING,
        "event_at": NOON - timedelta(seconds=40),
        "created_at": NOON,
        "due_at": NOON,
    }
    return Effect(**(values | changed))


def a_plan(**changed: Any) -> Enforcement:
    """A plan that may go ahead."""
    values: dict[str, Any] = {
        "id": EnforcementId(new_id("enf")),
        "case_id": CaseId("case_1"),
        "decision_id": DecisionId(new_id("dec")),
        "subject_id": SubjectId("sub_1"),
        "target": ACCOUNT,
        "action_id": ActionId("suspend"),
        "title": "Suspend",
        "sentence": "The account can't use the platform for 7 days.",
        "params": {},
        "high_impact": False,
        "reversible": True,
        "containment": False,
        "state": EnforcementState.ISSUED,
        "problem": None,
        "clause_id": None,
        "policy_version_id": None,
        "decided_by": "rev_ada",
        "by_machine": False,
        "strike_weight": 1.0,
        "event_at": NOON - timedelta(seconds=40),
        "planned_at": NOON,
        "effective_at": NOON,
    }
    return Enforcement(**(values | changed))


def a_strike(**changed: Any) -> Strike:
    """A strike given at noon."""
    values: dict[str, Any] = {
        "id": StrikeId(new_id("str")),
        "enforcement_id": EnforcementId(new_id("enf")),
        "subject_id": SubjectId("sub_1"),
        "clause_id": None,
        "weight": 1.0,
        "given_at": NOON,
    }
    return Strike(**(values | changed))


def a_watch(**changed: Any) -> Watch:
    """A watch of a day."""
    values: dict[str, Any] = {
        "id": WatchId(new_id("watch")),
        "case_id": CaseId("case_1"),
        "decision_id": None,
        "subject_id": SubjectId("sub_1"),
        "until": NOON + timedelta(days=1),
        "triggers": frozenset(WatchTrigger),
        "reason": "watched",
        "state": WatchState.RUNNING,
        "set_at": NOON,
    }
    return Watch(**(values | changed))


def outbound_to(*receivers: Receiver, timeout_s: float = 60.0, parallel: int = 4) -> Outbound:
    """Outbound to receivers on loopback, by the names a, b, c …"""
    named = zip("abcdefgh", receivers, strict=False)
    return Outbound(
        destinations=tuple(Destination(name=name, url=one.url, secret=SECRET) for name, one in named),
        source="https://assize.example.org",
        private=True,
        timeout_s=timeout_s,
        parallel=parallel,
    )


def keep(database: Database, *made: Effect) -> None:
    """Write effects."""
    with database.transaction(SYSTEM) as tx:
        for one in made:
            effects.add(tx, one)


def effect_now(database: Database, effect_id: str) -> Effect:
    """Read an effect as it is by now."""
    with database.transaction(SYSTEM) as tx:
        found = effects.by_id(tx, effect_id)
    assert found is not None
    return found


def facts_of(database: Database, *kinds: str) -> list[Mapping[str, Any]]:
    """Read the bodies of facts of some kinds, in order."""
    with database.transaction(SYSTEM) as tx:
        return tx.rows(
            "select f.kind, f.actor, f.case_id, b.body::json as body from platform.fact f "
            "join platform.fact_body b on b.fact_id = f.id where f.kind = any(%(kinds)s) order by f.id",
            {"kinds": list(kinds)},
        )


ACTIONS = (
    ActionSpec(id=ActionId("warn"), title="Warn", target_levels=("account", "end_user"), impact=Impact.LOW,
               reversible=True, strike_weight=1.0),
    ActionSpec(id=ActionId("suspend-account"), title="Suspend", target_levels=("account",), impact=Impact.LOW,
               reversible=True, strike_weight=4.0),
    ActionSpec(id=ActionId("ban-account"), title="Ban", target_levels=("account",), impact=Impact.HIGH,
               reversible=True, strike_weight=8.0),
    ActionSpec(id=ActionId("block-content"), title="Block content", target_levels=("content",), impact=Impact.LOW,
               reversible=True),
    ActionSpec(id=ActionId("revoke-api-key"), title="Revoke", target_levels=("api_key",), impact=Impact.HIGH,
               reversible=False, strike_weight=4.0),
    ActionSpec(id=ActionId("notify-and-cure"), title="Notify and cure", target_levels=("organisation",),
               impact=Impact.LOW, reversible=True),
)  # fmt: skip
HELP = {
    "US": (SupportResource(name="A line of help", contact="in words"),
           SupportResource(name="A line for the young", contact="in words", for_minors=True)),
    "default": (SupportResource(name="Help anywhere", contact="in words"),),
}  # fmt: skip


def a_policy_of_actions(tx: Tx) -> PolicyVersion:
    """Publish a policy whose actions have plug-ins, strikes and help."""
    attach_actions(importlib.import_module(f"assize.actions.{one.name}").ACTION for one in modules())
    order = ("SUI-1", "CSE-1", "HAR-2", "HAR-1", "SPM-1")
    ladder = Ladder(
        half_life_days=180, expire_days=730, steps=(Step(points=4.0, action_id=ActionId("suspend-account")),)
    )
    pack = a_pack(
        rules=(),
        clauses=CLAUSES,
        actions=ACTIONS,
        precedence=tuple(map(ClauseId, order)),
        ladder=ladder,
        support=HELP,
    )
    return a_published_policy(tx, pack)


def modules() -> list[pkgutil.ModuleInfo]:
    """The files of the actions."""
    return list(pkgutil.iter_modules(importlib.import_module("assize.actions").__path__))


def disposed(
    kind: DispositionKind, level: TargetLevel, target_id: str, action: str | None = None, **more: Any
) -> Disposition:
    """A disposition for one target."""
    action_id = None if action is None else ActionId(action)
    return Disposition(kind=kind, target_level=level, target_id=target_id, action_id=action_id, **more)


def known(tx: Tx, who: Principal) -> None:
    """Write somebody down as a reviewer, so that it is known whether they are a person or a machine."""
    tx.run(
        "insert into workforce.reviewer (id, kind, name, roles, created_at) values (%(id)s, %(kind)s, %(name)s, %(roles)s, "
        "%(at)s) on conflict do nothing",
        {"id": who.id, "kind": who.kind.value, "name": who.name, "roles": sorted(who.roles), "at": AT},
    )


def decided(
    tx: Tx,
    *actions: str,
    task: Task | None = None,
    who: Principal | None = None,
    dispositions: Callable[[Task], Sequence[Disposition]] | None = None,
    params: Mapping[str, Any] | None = None,
    clean: bool = False,
    at: datetime = AT,
    **event: Any,
) -> Decision:
    """A decision that stands, on the account of a fresh case, by somebody who really claimed and decided it."""
    asked = task or a_task(tx, "HAR-1", at=at, **({"account": "acc-1", "conversation": "con-1"} | event))
    account = subject_at(tx, asked, "account")
    follows = [
        disposed(DispositionKind.ENFORCE, TargetLevel.ACCOUNT, account, one, params=params or {}) for one in actions
    ]
    if dispositions is not None:
        follows = list(dispositions(asked))
    decider = who or a_reviewer()
    known(tx, decider)
    judged = a_clean_judgement if clean else partial(a_judgement, event_of(tx, asked))
    with acting(tx, decider) as mine:
        review.claim_task(mine, task_id=asked.id, at=at)
        made = review.decide(mine, task_id=asked.id, judgement=judged(dispositions=tuple(follows)), at=at)
    assert made.state is DecisionState.STANDS
    return made


def enforced(tx: Tx, decision: Decision, *, at: datetime | None = None) -> list[Enforcement]:
    """Carry a decision out, as its handler does; return its plans."""
    effective_at = decision.effective_at or AT
    service.enforce(
        tx,
        decision_id=decision.id,
        effective_at=effective_at,
        replaces=decision.replaces,
        at=at or decision.decided_at,
    )
    return plans.listed(tx, case_id=decision.case_id, limit=50)


def effects_about(tx: Tx, some_id: str) -> dict[EffectKind, Effect]:
    """The effects that carry something out."""
    return effects.about(tx, some_id)


def facts_in(tx: Tx, *kinds: str) -> list[dict[str, Any]]:
    """The bodies of facts of some kinds in this transaction."""
    rows = tx.rows(
        "select b.body::json as body from platform.fact f join platform.fact_body b on b.fact_id = f.id "
        "where f.kind = any(%(kinds)s) order by f.id",
        {"kinds": list(kinds)},
    )
    return [row["body"] for row in rows]


def leave(tx: Tx, decision: Decision) -> None:
    """Let everything of a decision leave, as far as a worker's first claim."""
    at = decision.effective_at or AT
    effects.fan_out(tx, destinations=["a"], limit=50, at=at)
    while effects.claim(tx, destination="a", limit=50, at=at, until=at + timedelta(seconds=1)):
        pass
