"""Every route of the server, and the navigation over its pages."""

from collections.abc import Callable, Iterable

from fastapi import APIRouter
from starlette.routing import BaseRoute

from assize.audit import api as audit_api
from assize.audit import pages as audit_pages
from assize.console import api as console_api
from assize.console import pages as console_pages
from assize.console.pages import clause as clause_page
from assize.console.pages import rule as rule_page
from assize.enforcement import api as enforcement_api
from assize.enforcement import pages as enforcement_pages
from assize.enforcement import service as enforcement
from assize.escalation import api as escalation_api
from assize.escalation import pages as escalation_pages
from assize.escalation import service as escalation
from assize.intake import api as intake_api
from assize.intake import service as intake
from assize.platform.db import Tx
from assize.platform.pages import Link
from assize.policy import api as policy_api
from assize.policy import pages as policy_pages
from assize.quality import api as quality_api
from assize.quality import pages as quality_pages
from assize.review import api as review_api
from assize.triage import api as triage_api
from assize.triage import pages as triage_pages
from assize.workforce import api as workforce_api
from assize.workforce import pages as workforce_pages
from assize.workforce.models import Right

OUTCOMES, RULES_OF_THE_HOUSE, PROOF = "What followed", "What counts", "Running and proving it"
ADMINISTRATION = "Administration"
MEASURED = "Quality"

NAVIGATION = (
    Link(title="Now", url="/", key="g n"),
    Link(title="Queues", url="/queues", needs=Right.CASES_READ, key="g q"),
    Link(title="Search", url="/search", needs=Right.CASES_READ, key="g s"),
    Link(title="Escalations", url="/escalations", needs=Right.ESCALATE, key="g e"),
    Link(title="Operations", url="/operations", needs=Right.TASKS_ASSIGN, key="g o"),
    Link(title="Enforcement", url="/enforcement", needs=Right.ENFORCEMENT_READ, group=OUTCOMES),
    Link(title="Appeals", url="/appeals", needs=Right.ENFORCEMENT_READ, group=OUTCOMES),
    Link(title="Deliveries", url="/deliveries", needs=Right.ENFORCEMENT_READ, group=OUTCOMES),
    Link(title="Remediation", url="/remediations", needs=Right.ENFORCEMENT_READ, group=OUTCOMES),
    Link(title="Surge", url="/surge", needs=Right.CASES_READ, group=OUTCOMES),
    Link(title="Safeguard defects", url="/defects", needs=Right.ENFORCEMENT_READ, group=OUTCOMES),
    Link(title="Policy", url="/policy", needs=Right.POLICY_READ, group=RULES_OF_THE_HOUSE, key="g p"),
    Link(title="Rules", url="/rules", needs=Right.RULES_READ, group=RULES_OF_THE_HOUSE, key="g r"),
    Link(title="Announcements", url="/announcements", needs=Right.CASES_READ, group=RULES_OF_THE_HOUSE),
    Link(title="Blind re-review", url="/quality/audits", needs=Right.QUALITY_AUDIT, group=MEASURED),
    Link(title="Sampling plans", url="/quality/plans", needs=Right.QUALITY_READ, group=MEASURED),
    Link(title="Golden set", url="/quality/golden", needs=Right.QUALITY_READ, group=MEASURED),
    Link(title="Scorecards", url="/quality/scorecards", needs=Right.QUALITY_READ, group=MEASURED),
    Link(title="Agreement", url="/quality/agreement", needs=Right.QUALITY_READ, group=MEASURED),
    Link(title="Certificates", url="/quality/certificates", needs=Right.QUALITY_READ, group=MEASURED),
    Link(title="Causes", url="/quality/causes", needs=Right.QUALITY_READ, group=MEASURED),
    Link(title="Teams and vendors", url="/quality/teams", needs=Right.QUALITY_READ, group=MEASURED),
    Link(title="Courses", url="/courses", needs=Right.CASES_READ, group=MEASURED),
    Link(title="Adjudications", url="/quality/adjudications", needs=Right.QUALITY_ADJUDICATE, group=MEASURED),
    Link(title="Disputes", url="/quality/disputes", needs=Right.QUALITY_ADJUDICATE, group=MEASURED),
    Link(title="Calibration", url="/quality/rounds", needs=Right.CASES_READ, group=MEASURED),
    Link(title="Policy gaps", url="/quality/gaps", needs=Right.QUALITY_ADJUDICATE, group=MEASURED),
    Link(title="Hand-over", url="/handover", needs=Right.CASES_READ, group=PROOF, key="g h"),
    Link(title="Exports", url="/exports", needs=Right.EXPORT, group=PROOF),
    Link(title="Audit", url="/audit", needs=Right.AUDIT_READ, group=PROOF),
    Link(title="People", url="/people", needs=Right.PEOPLE_READ, group=ADMINISTRATION),
    Link(title="On call", url="/contacts", needs=Right.ESCALATE, group=ADMINISTRATION),
    Link(title="API keys", url="/keys", needs=Right.KEYS_MANAGE, group=ADMINISTRATION),
    Link(title="Webhooks", url="/webhooks", needs=Right.ENFORCEMENT_READ, group=ADMINISTRATION),
    Link(title="Settings", url="/settings", needs=Right.SETTINGS_MANAGE, group=ADMINISTRATION),
)
PERSONAL = (
    Link(title="My page", url="/me"),
    Link(title="My card", url="/me/card", needs=Right.DECIDE),
    Link(title="What I may decide", url="/quality/certificates"),
)


def routers() -> Iterable[APIRouter]:
    """Return the routers of every slice."""
    return (
        console_pages.router,
        console_api.router,
        workforce_pages.router,
        workforce_api.router,
        policy_api.router,
        policy_pages.router,
        intake_api.router,
        triage_api.router,
        triage_pages.router,
        rule_page.router,  # behind the editor's own address
        clause_page.router,
        review_api.router,
        enforcement_api.router,
        enforcement_pages.router,
        escalation_api.router,
        escalation_pages.router,
        quality_pages.router,
        quality_api.router,
        audit_api.router,
        audit_pages.router,
    )


def hot_routes() -> Iterable[BaseRoute]:
    """Return the routes that are too busy for the framework."""
    return intake_api.hot_routes


def levels() -> tuple[Callable[[Tx], dict[str, float]], ...]:
    """Return what is asked for counts when the measures are read."""
    return (_inbox, enforcement.levels, escalation.levels)


def _inbox(tx: Tx) -> dict[str, float]:
    counts = intake.counts(tx)
    return {"inbox_waiting": counts.waiting, "inbox_given_up": counts.given_up}
