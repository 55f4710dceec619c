"""Which part of a page a fact concerns: pure."""

import re
from collections.abc import Iterable

from assize.console.errors import NoSuchTopic

QUEUES, OPERATIONS, ME, REMEDIATION, SURGE = "queues", "operations", "me", "remediation", "surge"
NAMED = frozenset({QUEUES, OPERATIONS, ME, REMEDIATION, SURGE})
MOST_TOPICS = 20  # a page has a handful
_CASE = re.compile(r"^case:[A-Za-z0-9_]{1,64}$")

_QUEUES = frozenset(
    {
        "CaseClosed", "CaseDecided", "CaseMoved", "CaseOpened", "CaseRaised", "CaseReopened", "CaseRestricted",
        "SeverityAssessed", "TaskOffered", "TaskClaimed", "TaskReleased", "LeaseLost", "TaskHeld", "TaskResumed",
        "TaskAssigned", "TaskMoved", "TaskCancelled", "DecisionMade", "DecisionUndone",
    }
)  # fmt: skip
_ME = frozenset(
    {
        "Escalated", "PageSent", "PageFailed", "PageAcknowledged", "PagePassedOn", "NobodyOnCall", "EscalationResolved",
        "Contained", "ContainmentApproved", "ContainmentLapsed", "TaskClaimed", "TaskReleased", "LeaseLost", "TaskHeld",
        "TaskResumed", "TaskAssigned", "TaskCancelled", "SecondLookAsked", "DecisionMade", "DecisionProposed",
        "DecisionUndone", "Mentioned", "MentionRead", "WatchDue", "EnforcementPlanned", "ApprovalGiven",
        "ApprovalRefused", "EnforcementCancelled", "AppealLodged", "AppealUpheld", "AppealOverturned",
        "AppealPartlyUpheld", "DeliveryDead", "DeliveryRevived", "PolicyProposed", "PolicyProposalDropped",
        "PolicyPublished", "ShiftHandedOver", "ShiftNoteAcknowledged", "LoweringProposed", "SeverityAssessed",
    }
)  # fmt: skip
_OPERATIONS = _QUEUES | {
    "DecisionStands", "EffectSent", "EffectConfirmed", "EffectFailed", "EffectUndone", "DeliveryDead", "DeliveryRevived",
    "RuleChanged", "RuleFailed", "AppealLodged",
}  # fmt: skip
_REMEDIATION = frozenset(
    {
        "RemediationPlanned", "RemediationItemJudged", "RemediationApproved", "RemediationRefused", "RemediationPaused",
        "RemediationResumed", "RemediationItemDone", "RemediationDone",
    }
)  # fmt: skip
_SURGE = frozenset({"LeverPulled", "LeverEnded"})
_SUMS = frozenset({"Sums"})  # no fact: the sums by hour that operations are read from were made anew
_TOPICS = (
    (QUEUES, _QUEUES), (ME, _ME), (OPERATIONS, _OPERATIONS | _SURGE | _SUMS), (REMEDIATION, _REMEDIATION),
    (SURGE, _SURGE),
)  # fmt: skip
# Reading is nobody's news: telling of it would say who looks at what.
_SILENT = frozenset({"ContentOpened", "ContentRead", "AppealOpened", "StoryOpened", "AccountLookedUp", "AccessRefused"})


def topics_of(kind: str, case_id: str | None) -> frozenset[str]:
    """Return the topics that a fact of this kind changes."""
    if kind in _SILENT:
        return frozenset()
    found = {name for name, kinds in _TOPICS if kind in kinds}
    return frozenset(found | {f"case:{case_id}"}) if case_id else frozenset(found)


def parse(given: str) -> frozenset[str]:
    """Return the topics that a page asks for. Raises NoSuchTopic."""
    asked = [one for one in given.split(",") if one]
    if not asked or len(asked) > MOST_TOPICS:
        raise NoSuchTopic(field="topics", topic="")
    for one in asked:
        if one not in NAMED and not _CASE.match(one):
            raise NoSuchTopic(field="topics", topic="that was asked for")
    return frozenset(asked)


def cases_in(topics: Iterable[str]) -> list[str]:
    """Return the ids of the cases that topics are about."""
    return sorted(one.removeprefix("case:") for one in topics if one.startswith("case:"))
