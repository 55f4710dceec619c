"""Who hears which fact: the one page. A handler is told in a transaction of its own, as the system, after the change.

A lower slice never hears a higher one's fact; `tests/architecture` checks that too.
"""

from functools import cache

from assize.app.plugins import attach
from assize.app.rounds import crons
from assize.enforcement import handlers as enforcement
from assize.enforcement.facts import AppealLodged
from assize.escalation import handlers as escalation
from assize.platform.jobs import Delivery, Flow
from assize.platform.settings import Settings
from assize.policy.facts import PolicyPublished
from assize.quality import handlers as quality
from assize.quality.facts import AdjudicationGiven, DecisionCompared
from assize.review import handlers as review
from assize.review.facts import (
    ContentOpened,
    DecisionProposed,
    DecisionStands,
    DecisionUndone,
    ReviewsDiffer,
    ShadowDecided,
)
from assize.triage import handlers as triage
from assize.triage.facts import CaseClosed, CaseGrew, CaseMoved, CaseOpened, CaseRaised, CaseReopened, SeverityAssessed
from assize.workforce.models import SYSTEM

FLOW: Flow = {
    PolicyPublished: (triage.on_policy_published, quality.on_policy_published),
    CaseOpened: (review.on_case_opened, enforcement.on_case_opened, escalation.on_case_opened),
    CaseRaised: (review.on_case_raised, escalation.on_case_raised),
    CaseReopened: (review.on_case_reopened, escalation.on_case_reopened),
    CaseGrew: (review.on_case_grew,),
    CaseMoved: (review.on_case_moved,),
    CaseClosed: (review.on_case_closed,),
    ContentOpened: (escalation.on_content_opened,),
    SeverityAssessed: (review.on_severity_assessed,),
    DecisionStands: (enforcement.on_decision_stands, escalation.on_decision_stands, quality.on_decision_stands),
    DecisionProposed: (quality.on_decision_proposed,),
    ShadowDecided: (quality.on_shadow_decided,),
    DecisionCompared: (quality.on_decision_compared,),
    DecisionUndone: (enforcement.on_decision_undone, quality.on_decision_undone),
    ReviewsDiffer: (quality.on_reviews_differ,),
    AdjudicationGiven: (quality.on_adjudication_given,),
    AppealLodged: (enforcement.on_appeal_lodged,),
}


@cache
def delivery() -> Delivery:
    """Return how facts are delivered, for a process that announces them."""
    attach()
    return Delivery(flow=FLOW, actor=SYSTEM)


def delivery_with_crons(settings: Settings) -> Delivery:
    """Return how facts are delivered, for a worker: it also does what is due at set times."""
    attach()
    return Delivery(flow=FLOW, actor=SYSTEM, crons=crons(settings))
