"""The nouns of quality: plans and draws, audits, labels, comparisons, adjudications."""

from assize.quality.models.audit import Audit, AuditState, LooksAt
from assize.quality.models.label import Adjudication, Comparison, Criterion, Label, Mark, Outcome
from assize.quality.models.plan import Cell, Decided, Draw, Kind, Plan, PlanState, Stratum, Wanted
from assize.quality.models.seen import AuditCard, AuditQueue, AuditView, Revealed, card_of
from assize.quality.models.trial import (
    Conclusion,
    CurvePoint,
    Evidence,
    Outlook,
    Recommendation,
    RecommendationState,
    TrialDraw,
    TrialOutcome,
    Tried,
)

__all__ = [
    "Adjudication",
    "Audit",
    "AuditCard",
    "AuditQueue",
    "AuditState",
    "AuditView",
    "Cell",
    "Comparison",
    "Conclusion",
    "Criterion",
    "CurvePoint",
    "Decided",
    "Draw",
    "Evidence",
    "Kind",
    "Label",
    "LooksAt",
    "Mark",
    "Outcome",
    "Outlook",
    "Plan",
    "PlanState",
    "Recommendation",
    "RecommendationState",
    "Revealed",
    "Stratum",
    "TrialDraw",
    "TrialOutcome",
    "Tried",
    "Wanted",
    "card_of",
]
