"""What is made ready once and used for every batch: the rules that are run and the signals, until something changes."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import TypeVar

import msgspec

from assize.platform.cel import Fields, Rule, RuleSet
from assize.platform.db import Tx
from assize.platform.settings import Settings
from assize.policy.models import PolicyVersion
from assize.triage.logic.features import BASE_FIELDS, SIGNAL_FIELDS
from assize.triage.models import BankKind, RuleState, TriageRule
from assize.triage.ports import Reader, Signal, SignalSettings, signals
from assize.triage.store import banks, rules

REMEMBERED = 8  # databases or policies at once: one in production, several in a test run


@dataclass(frozen=True, kw_only=True)
class InForce:
    """The rules that are run, fused; by id; and the hash that names this very set."""

    ruleset: RuleSet
    rules: Mapping[str, TriageRule]
    hash: str


@dataclass(frozen=True, kw_only=True)
class ReadySignal:
    """A signal with its reader; None where it isn't configured."""

    signal: Signal
    reader: Reader | None


_lock = threading.Lock()
_rules: dict[object, InForce] = {}
_signals: dict[object, tuple[ReadySignal, ...]] = {}


def fields() -> Fields:
    """Return every field that rules may read: the base, what signals of this house provide, and what others add."""
    declared = Fields(BASE_FIELDS).with_more(SIGNAL_FIELDS)
    for signal in signals():
        declared = declared.with_more(signal.fields)
    return declared


def rules_in_force(tx: Tx, *, frozen: frozenset[str] = frozenset()) -> InForce:
    """Return the rules that are on or in shadow, ready to run. frozen: rules that a surge lever leaves out."""
    stamp = rules.in_force(tx)
    declared = fields()
    key = (tx.database.dsn, stamp, declared, frozen)
    found = _rules.get(key)
    if found is None:
        running = [
            one
            for one in rules.newest(tx)
            if one.state is not RuleState.OFF and one.quarantined_at is None and one.id not in frozen
        ]
        found = made_ready(running, declared)
        _remember(_rules, key, found)
    return found


def made_ready(running: list[TriageRule], declared: Fields) -> InForce:
    """Return rules fused and ready; the hash names fields, texts and states, so that a replay knows its set."""
    spelled = [(one.id, one.version, one.expression, one.clause_id, one.score, one.state.value) for one in running]
    typed = sorted((name, kind.value) for name, kind in declared.items())
    digest = blake2b(msgspec.json.encode([spelled, typed]), digest_size=16).hexdigest()
    ruleset = RuleSet(declared, [Rule(id=one.id, expression=one.expression) for one in running])
    return InForce(ruleset=ruleset, rules={one.id: one for one in running}, hash=digest)


def signals_ready(tx: Tx, policy: PolicyVersion, settings: Settings | None) -> tuple[ReadySignal, ...]:
    """Return the signals ready for the policy in force, the banks and the installation's settings."""
    known = signals()
    moderation = None if settings is None else (settings.moderation_url, settings.moderation_key)
    key = (tx.database.dsn, policy.hash, banks.stamp(tx), moderation, tuple(map(id, known)))
    found = _signals.get(key)
    if found is None:
        told = signal_settings(tx, policy, settings)
        found = tuple(ReadySignal(signal=one, reader=one.ready(told)) for one in known)
        _remember(_signals, key, found)
    return found


def signal_settings(tx: Tx, policy: PolicyVersion, settings: Settings | None) -> SignalSettings:
    """Return what signals look for."""
    held = banks.items(tx)
    return SignalSettings(
        terms=policy.terms,
        patterns=policy.patterns,
        urls=held[BankKind.URL],
        domains=held[BankKind.DOMAIN],
        hashes={kind.value: held[kind] for kind in (BankKind.PDQ, BankKind.MD5)},
        moderation_url=settings.moderation_url if settings is not None else None,
        moderation_key=settings.moderation_key if settings is not None else None,
        moderation_model=settings.moderation_model if settings is not None else None,
    )


V = TypeVar("V")


def _remember(memory: dict[object, V], key: object, value: V) -> None:
    with _lock:
        if len(memory) >= REMEMBERED:
            memory.pop(next(iter(memory)))
        memory[key] = value
