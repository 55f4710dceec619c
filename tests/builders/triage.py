"""Policies, rules and cases for triage; a test names only what matters to it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from assize.kernel.ids import CaseId, ClauseId, EventId, QueueName, RuleId
from assize.platform.db import Database, Tx
from assize.policy.models import (
    Clause,
    Dimension,
    ExposureClass,
    Gate,
    Ladder,
    Likelihood,
    ModeRule,
    Pack,
    PolicyVersion,
    QueueSpec,
    ResponseMode,
    Route,
    RuleText,
    Severity,
    Target,
)
from assize.policy.service import current, published
from assize.policy.service.publishing import _publish
from assize.signals import counters, hash_banks, moderation, near_duplicates, sent_scores, terms, urls
from assize.triage import service
from assize.triage.models import Case, CaseFilter, LikelyClause
from assize.triage.ports import register_signal
from assize.workforce.models import SYSTEM
from builders.intake import a_kept_event, a_turn

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
for module in (counters, hash_banks, moderation, near_duplicates, sent_scores, terms, urls):
    register_signal(module.SIGNAL)


def a_clause(clause_id: str = "HAR-1", **given: Any) -> Clause:
    """A clause of a family."""
    settings: dict[str, Any] = {
        "category": "harassment",
        "title": f"Clause {clause_id}",
        "scope": "",
        "includes": (),
        "excludes": (),
        "exceptions": (),
        "questions": (),
        "severity_floor": Severity.SEV3,
        "rubric_defaults": {Dimension.GRAVITY: 2},
        "default_dispositions": (),
        "exposure_class": ExposureClass.MODERATE,
        "mappings": (),
        "reason_codes": (),
    }
    return Clause(id=ClauseId(clause_id), **(settings | given))


CLAUSES = (
    a_clause("HAR-1"),
    a_clause("HAR-2"),
    a_clause("SPM-1", rubric_defaults={Dimension.GRAVITY: 1}),
    a_clause(
        "CSE-1",
        rubric_defaults={Dimension.GRAVITY: 4, Dimension.VULNERABILITY: 4},
        exposure_class=ExposureClass.SEVERE,
    ),
)
GATES = (
    Gate(id="grave", title="Grave", severity=Severity.SEV1, when={Dimension.GRAVITY: 4}),
    Gate(id="serious", title="Serious", severity=Severity.SEV2, when={Dimension.GRAVITY: 3}),
    Gate(id="some", title="Some", severity=Severity.SEV3, when={Dimension.GRAVITY: 2}),
)
MODES = (
    ModeRule(mode=ResponseMode.PAGE, severities=(Severity.SEV0,), at_least=Likelihood.VERY_LIKELY),
    ModeRule(mode=ResponseMode.VERIFY, severities=(Severity.SEV0, Severity.SEV1), below=Likelihood.LIKELY),
    ModeRule(mode=ResponseMode.PRIORITY, severities=(Severity.SEV0, Severity.SEV1)),
)


def a_rule(rule_id: str, expression: str, clause: str = "HAR-1", score: float = 0.8, **given: Any) -> RuleText:
    """A rule of a pack."""
    settings = {"title": rule_id, "state": "on"} | given
    return RuleText(id=RuleId(rule_id), expression=expression, clause=ClauseId(clause), score=score, **settings)


RULES = (
    a_rule("insult", "'insults' in terms"),
    a_rule("threat", "'threats' in terms", clause="HAR-2", rubric={Dimension.GRAVITY: 3}),
    a_rule("grave", "'grave' in terms", clause="CSE-1"),
    a_rule("grave-unsure", "'unsure' in terms", clause="CSE-1", score=0.52),
    a_rule("hint", "'hints' in terms", score=0.45),
    a_rule("copies", "near_duplicates >= 2", clause="SPM-1", score=0.7),
    a_rule("shadowed", "'shadows' in terms", state="shadow"),
    a_rule("silent", "'insults' in terms", state="off"),
)
TERMS = {name: (name[:-1] + "word",) for name in ("insults", "threats", "hints", "shadows")} | {
    "grave": ("graveword",),
    "unsure": ("unsureword",),
}


def a_pack(rules: Sequence[RuleText] = RULES, **given: Any) -> Pack:
    """A pack of four clauses, whose terms are made-up words: `insultword`, `threatword`, `graveword`…"""
    targets = {level: Target(acknowledge_min=10, decide_min=60 * (level + 1)) for level in Severity}
    queues = tuple(
        QueueSpec(name=QueueName(name), title=name, clauses=(), exposure_class=ExposureClass.MODERATE, targets=targets)
        for name in ("verify", "child-safety", "general")
    )
    settings: dict[str, Any] = {
        "name": "test",
        "version": "1",
        "title": "Test",
        "summary": "",
        "languages": ("en",),
        "clauses": CLAUSES,
        "precedence": tuple(ClauseId(one) for one in ("CSE-1", "HAR-2", "HAR-1", "SPM-1")),
        "precedence_reasons": (),
        "gates": GATES,
        "modes": MODES,
        "queues": queues,
        "routing": (
            Route(queue=QueueName("verify"), modes=(ResponseMode.VERIFY,)),
            Route(queue=QueueName("child-safety"), clauses=("CSE",)),
            Route(queue=QueueName("general")),
        ),
        "actions": (),
        "ladder": Ladder(half_life_days=90, expire_days=365, steps=()),
        "rules": tuple(rules),
        "terms": TERMS,
    }
    return Pack(**(settings | given))


def a_published_policy(tx: Tx, pack: Pack | None = None, *, at: datetime = AT) -> PolicyVersion:
    """Publish a pack as it is, and install its rules."""
    before = current(tx) if published(tx) else None
    author = None if before is None else "rev_somebody"
    made = _publish(tx, pack or a_pack(), by=SYSTEM.id, proposed_by=author, before=before, at=at, reason="a test")
    service.install_rules(tx, made, at=at)
    return made


def said(tx: Tx, text: str, *, at: datetime = AT, **given: Any) -> EventId:
    """An event in which somebody says something, waiting to be scored; in a conversation of their own if none is named."""
    return a_kept_event(tx, at=at, turns=(a_turn(text),), **given)


def assessed(database: Database, *, at: datetime = AT, limit: int = 500) -> Any:
    """Score what waits."""
    return service.assess(database, at=at, limit=limit)


def all_cases(tx: Tx) -> tuple[Case, ...]:
    """Every case, in order of priority."""
    return service.cases(tx, wanted=CaseFilter(states=None), limit=100).cases


def likely(clause_id: str, score: float = 0.8, *why: str) -> LikelyClause:
    """A likely clause."""
    return LikelyClause(clause_id=ClauseId(clause_id), score=score, why=why or ("rule:r",))


def the_case(tx: Tx) -> Case:
    """The only case."""
    (only,) = all_cases(tx)
    return only


def case_id_of(tx: Tx, event_id: EventId) -> CaseId:
    """The case of an event."""
    (only,) = service.cases_of_events(tx, event_ids=[event_id])
    return only
