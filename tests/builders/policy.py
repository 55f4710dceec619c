"""Policies with only what a test names."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from assize.kernel.ids import ActionId, ClauseId, PolicyVersionId, QueueName, new_id
from assize.policy import service
from assize.policy.models import (
    ActionSpec,
    Answer,
    Clause,
    ClauseException,
    Confidence,
    DefaultDisposition,
    Dimension,
    ExposureClass,
    Gate,
    Impact,
    Ladder,
    Likelihood,
    Mapped,
    ModeRule,
    Pack,
    PolicyVersion,
    Question,
    QueueSpec,
    ReasonCode,
    Relation,
    ResponseMode,
    Route,
    Severity,
    SupportResource,
    Target,
)

AT = datetime(2026, 11, 1, 12, tzinfo=UTC)


def a_clause(
    clause_id: str = "FRD-1",
    *,
    floor: Severity = Severity.SEV3,
    defaults: Mapping[Dimension, int] | None = None,
    enforce: str | None = "warn",
    support_first: bool = False,
    **more: Any,
) -> Clause:
    """Return a complete clause."""
    dispositions = () if enforce is None else (_enforced(enforce),)
    if support_first:
        action = ActionId("support-resources")
        dispositions = (DefaultDisposition(target_level="end_user", kind="support", action_id=action),)
    given: dict[str, Any] = {
        "id": ClauseId(clause_id),
        "category": "A category",
        "title": f"Title of {clause_id}",
        "scope": "What the clause is about, in so many words that a reviewer can apply it and an affected person read it.",
        "includes": ("What is covered",),
        "excludes": ("What is not",),
        "exceptions": (
            ClauseException(id="fiction", kind="fiction", title="Fiction", standard="It is plainly a work."),
        ),
        "questions": (a_question(),),
        "severity_floor": floor,
        "rubric_defaults": {Dimension.GRAVITY: 2} if defaults is None else defaults,
        "default_dispositions": dispositions,
        "exposure_class": ExposureClass.LOW,
        "mappings": (
            Mapped(scheme="x", version="1", code="c", relation=Relation.BROAD, confidence=Confidence.RECALLED),
        ),
        "reason_codes": (ReasonCode(id="clear", title="It is clear"),),
        "support_first": support_first,
    }
    return Clause(**{**given, **more})


def a_question(dimension: Dimension = Dimension.GRAVITY) -> Question:
    """Return a question with all its answers."""
    answers = tuple(Answer(score=score, text=f"answer {score}") for score in range(5))
    return Question(dimension=dimension, text="How bad?", answers=answers)


def a_gate(
    gate_id: str = "serious", *, severity: Severity = Severity.SEV2, clauses: Sequence[str] = (), **when: int
) -> Gate:
    """Return a gate: `a_gate(gravity=3)`."""
    conditions = {Dimension(name): least for name, least in (when or {"gravity": 3}).items()}
    return Gate(id=gate_id, title=gate_id, severity=severity, when=conditions, clauses=tuple(clauses))


def an_action(action_id: str = "warn", **more: Any) -> ActionSpec:
    """Return an action."""
    given: dict[str, Any] = {
        "id": ActionId(action_id),
        "title": action_id,
        "target_levels": ("account", "end_user"),
        "impact": Impact.LOW,
        "reversible": True,
        "strike_weight": 1.0,
    }
    return ActionSpec(**{**given, **more})


def a_queue(name: str = "general", clauses: Sequence[str] = ("FRD",)) -> QueueSpec:
    """Return a queue with targets for every severity."""
    targets = {
        grave: Target(acknowledge_min=10 * (grave + 1), decide_min=60 * (grave + 1)) for grave in sorted(Severity)
    }
    return QueueSpec(
        name=QueueName(name), title=name, clauses=tuple(clauses), exposure_class=ExposureClass.LOW, targets=targets
    )


def a_pack(*clauses: Clause, **more: Any) -> Pack:
    """Return a pack that holds, of these clauses or of one."""
    clauses = clauses or (a_clause(),)
    families = tuple(sorted({clause.family for clause in clauses}))
    given: dict[str, Any] = {
        "name": "test",
        "version": "1",
        "title": "Test",
        "summary": "A policy for tests.",
        "languages": ("en",),
        "clauses": clauses,
        "precedence": tuple(clause.id for clause in clauses),
        "precedence_reasons": (),
        "gates": (a_gate(gravity=3), a_gate("grave", severity=Severity.SEV0, gravity=3, imminence=4)),
        "modes": (
            ModeRule(mode=ResponseMode.PAGE, severities=(Severity.SEV0,), at_least=Likelihood.VERY_LIKELY),
            ModeRule(mode=ResponseMode.VERIFY, severities=(Severity.SEV0, Severity.SEV1), below=Likelihood.VERY_LIKELY),
            ModeRule(mode=ResponseMode.PRIORITY, severities=(Severity.SEV1, Severity.SEV2)),
            ModeRule(mode=ResponseMode.ROUTINE),
        ),
        "queues": (a_queue(clauses=families),),
        "routing": (Route(queue=QueueName("general")),),
        "actions": (an_action(), an_action("support-resources", strike_weight=0.0, support=True)),
        "ladder": Ladder(half_life_days=180.0, expire_days=720.0, steps=()),
        "support": {
            "default": (
                SupportResource(name="Somebody", contact="Call 1"),
                SupportResource(name="Somebody for minors", contact="Call 2", for_minors=True),
            )
        },
    }
    return Pack(**{**given, **more})


def a_version(pack: Pack | None = None, **more: Any) -> PolicyVersion:
    """Return a version as if it had been published."""
    pack = pack or a_pack()
    given: dict[str, Any] = {
        "id": PolicyVersionId(new_id("pol")),
        "hash": service.hash_of(pack),
        "published_at": AT,
        "published_by": "system",
        "bootstrap": True,
    }
    content = {name: getattr(pack, name) for name in Pack.__dataclass_fields__}
    return PolicyVersion(**{**content, **given, **more})


def newer(pack: Pack, version: str = "2", **changes: Any) -> Pack:
    """Return the next version of a pack."""
    return replace(pack, version=version, **changes)


def _enforced(action_id: str) -> DefaultDisposition:
    return DefaultDisposition(target_level="account", kind="enforce", action_id=ActionId(action_id))
