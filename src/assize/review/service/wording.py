"""The history of a case in plain words: what happened, without what was said."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from assize.kernel.facts import Fact
from assize.review.models import HistoryEntry

# Kinds that tell what somebody decided or thought: a blind reviewer doesn't see that they happened.
ABOUT_DECISIONS = frozenset(
    {
        "DecisionMade", "DecisionProposed", "DecisionStands", "DecisionUndone", "JudgementRecorded", "SecondLookAsked", "IndependentLookAsked", "ReviewsDiffer",
        "SeverityAssessed", "LoweringProposed", "CaseDecided", "CaseClosed", "CaseReopened", "Noted", "Mentioned", "MentionRead", "PrecedentEndorsed",
        "PrecedentTreated", "TaskOffered", "TaskClaimed", "TaskReleased", "LeaseLost", "TaskHeld", "TaskAssigned",
        "EnforcementPlanned", "ApprovalGiven", "EffectSent", "EffectConfirmed", "EffectUndone", "StrikeGiven",
        "AppealLodged", "AppealUpheld", "SupportSent", "SafeguardDefectFound", "WatchSet", "Escalated", "Contained",
    }
)  # fmt: skip

_CODED = frozenset({"kind_of_task", "verdict"})  # said in words, not as they are spelled in a fact
_WORDS = {
    "CaseOpened": "Case opened as SEV{severity} in {queue}",
    "CaseRaised": "Raised from SEV{severity_before} to SEV{severity}",
    "CaseGrew": "Later events joined",
    "CaseReopened": "Opened again: {why}",
    "CaseDecided": "Case decided",
    "CaseClosed": "Case closed",
    "CaseMoved": "Moved from {queue_before} to {queue}",
    "CaseRestricted": "Need-to-know restriction changed",
    "SeverityAssessed": "Severity assessed as SEV{severity}, before SEV{severity_before}",
    "LoweringProposed": "Proposed to lower from SEV{severity_before} to SEV{severity}",
    "TaskOffered": "Judgement asked for: {kind_of_task}",
    "TaskClaimed": "Taken in hand",
    "TaskReleased": "Given back",
    "LeaseLost": "Time in hand ran out, back in the queue",
    "TaskHeld": "Set aside until {until}",
    "TaskResumed": "Back from being set aside",
    "TaskAssigned": "Kept for a named reviewer",
    "TaskMoved": "Task moved to {queue}",
    "TaskCancelled": "Task withdrawn: {reason_code}",
    "DossierSuperseded": "Newer evidence frozen, version {version}",
    "ContentOpened": "Content opened: {purpose}",
    "TurnTranslated": "A turn translated into {to} by {model}",
    "DecisionMade": "Decided: {verdict}",
    "DecisionProposed": "The decision waits for a second person",
    "DecisionStands": "The decision stands",
    "DecisionUndone": "Decision taken back",
    "JudgementRecorded": "Independent judgement recorded from {source}",
    "SecondLookAsked": "Second look asked for",
    "IndependentLookAsked": "Another, independent look asked for",
    "ReviewsDiffer": "Independent reviews differ",
    "Noted": "Note written",
    "Mentioned": "Somebody was named in a note",
    "MentionRead": "Read by whoever was named",
    "PrecedentEndorsed": "Endorsed as a precedent under {clause_id}",
    "PrecedentTreated": "Precedent {treatment}",
}


def told(at: datetime, kind: str, actor: str, body: Mapping[str, Any]) -> HistoryEntry:
    """Return one fact in words. A kind without words of its own is told by its name; nothing is left out."""
    fact = Fact.kinds.get(kind)
    about = kind in ABOUT_DECISIONS or (fact is not None and fact.measuring)
    return HistoryEntry(at=at, kind=kind, actor=actor, text=_text(kind, body), about_decision=about)


def _text(kind: str, body: Mapping[str, Any]) -> str:
    words = _WORDS.get(kind)
    if words is None:
        return _spaced(kind)
    try:
        return words.format(**{name: _spoken(name, value) for name, value in body.items()})
    except (KeyError, IndexError):  # its body was erased, or is of another version
        return _spaced(kind)


def _spoken(name: str, value: Any) -> Any:
    return value.replace("_", " ") if name in _CODED and isinstance(value, str) else value


def _spaced(kind: str) -> str:
    text = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in kind).strip()
    return text[:1].upper() + text[1:]
