"""View values of the search page: what can be chosen, what was, and the rows."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from assize.platform.db import Tx
from assize.platform.pages import moment
from assize.policy import service as policy
from assize.review import service as review
from assize.review.models import Of, SearchHit, Total, Verdict, Wanted
from assize.workforce import service as workforce
from assize.workforce.models import Right

STATES = (
    ("open", "Open case"),
    ("decided", "Decided case"),
    ("closed", "Closed case"),
    ("stands", "Decision that stands"),
    ("proposed", "Waits for a second person"),
    ("replaced", "Replaced decision"),
    ("undone", "Taken back"),
    ("recorded", "Recorded only"),
)
TONES = {"stands": "good", "open": "info", "proposed": "warn", "undone": "bad"}
LABELS = {
    "text": "Words", "within": "Within", "of": "Of", "account": "Account", "clause": "Clause", "action": "Action",
    "reviewer": "Reviewer", "team": "Team", "queue": "Queue", "severity": "Severity", "state": "State",
    "verdict": "Verdict", "language": "Language", "by": "Decided by a", "policy": "Policy version", "since": "Since",
    "until": "Until",
}  # fmt: skip

Choice = tuple[str, str]


def choices(tx: Tx, rights: frozenset[Right]) -> dict[str, list[Choice]]:
    """Return what can be chosen for each facet: value and words. Names of people for those who may read them."""
    version = policy.current(tx)
    found: dict[str, list[Choice]] = {
        "clause": [(one.id, f"{one.id} {one.title}") for one in version.clauses],
        "action": [(one.id, one.title) for one in version.actions],
        "queue": [(one.name, one.title) for one in version.queues],
        "severity": [(str(level), f"SEV{level}") for level in range(5)],
        "state": list(STATES),
        "verdict": [(one.value, one.value.replace("_", " ").capitalize()) for one in Verdict],
        "by": [("person", "Person"), ("machine", "Machine")],
        "reviewer": [],
        "team": [],
    }
    if Right.PEOPLE_READ in rights:
        found["reviewer"] = [(one.id, one.name) for one in workforce.reviewers(tx)]
        found["team"] = [(one.id, one.name) for one in workforce.teams(tx)]
    return found


def used(wanted: Wanted, known: Mapping[str, list[Choice]]) -> list[dict[str, str]]:
    """Return each thing asked for, in words, with the address without it."""
    asked = dict(_parameters(wanted))
    return [
        {
            "label": LABELS[name],
            "value": dict(known.get(name, ())).get(value, value),
            "without": _url({other: one for other, one in asked.items() if other != name}),
        }
        for name, value in asked.items()
    ]


def tabs(wanted: Wanted) -> list[Choice]:
    """Return the three kinds of results with their addresses, and which is shown."""
    kinds = (("Cases and decisions", None), ("Cases", Of.CASE), ("Decisions", Of.DECISION))
    return [(title, _url(dict(_parameters(replace(wanted, of=kind))))) for title, kind in kinds]


def next_url(wanted: Wanted, cursor: str) -> str:
    """Return the address of the next page."""
    return _url({**dict(_parameters(wanted)), "cursor": cursor})


def total(found: Total) -> str:
    """Return how many were found, in words."""
    if found.count == 0:
        return "nothing"
    return f"{found.count:,} found" if found.exact else f"about {found.count:,} found"


def row(hit: SearchHit, known: Mapping[str, list[Choice]]) -> dict[str, Any]:
    """Return a row of results."""
    people = dict(known["reviewer"])
    titles = dict(known["action"])
    return {
        "id": hit.id,
        "url": f"/cases/{hit.case_id}",
        "case_id": hit.case_id,
        "is_case": hit.of is Of.CASE,
        "at": moment(hit.at),
        "severity": hit.severity,
        "state": hit.state,
        "tone": TONES.get(hit.state, ""),
        "queue": dict(known["queue"]).get(hit.queue or "", hit.queue or "—"),
        "clauses": " ".join(hit.clauses) or "—",
        "verdict": (hit.verdict or "").replace("_", " "),
        "actions": ", ".join(titles.get(one, one) for one in hit.actions),
        "who": people.get(hit.reviewer_id or "", hit.reviewer_id or ""),
        "by_machine": hit.by == "machine",
        "language": hit.language,
        "region": hit.region,
        "why": hit.why,
    }


def _parameters(wanted: Wanted) -> list[Choice]:
    return parse_qsl(review.address_of(wanted))


def _url(parameters: Mapping[str, str]) -> str:
    return f"/search?{urlencode(parameters)}" if parameters else "/search"
