"""Whom a case is about: standing, earlier cases, a timeline by day, who shares an attribute."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from assize.enforcement import service as enforcement
from assize.enforcement.models import Enforcement, Standing
from assize.intake import service as intake
from assize.intake.models import Event, SharedAttribute
from assize.kernel.ids import CaseId, SubjectId
from assize.platform.db import Tx
from assize.review import service as review
from assize.review.models import CaseView, Note, SubjectView
from assize.review.service import CaseAbout
from assize.workforce.models import Principal, Right, SearchScope

MOST_CASES, MOST_EVENTS, MOST_PLANS, MOST_DAYS = 8, 20, 10, 14
ACTORS = ("end_user", "account", "api_key")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing that happened to or by a subject. times: how often on that day."""

    at: datetime
    kind: str
    text: str
    url: str | None = None
    tone: str = ""
    times: int = 1


@dataclass(frozen=True, kw_only=True)
class Day:
    """What happened on one day, the latest first."""

    day: date
    entries: tuple[Entry, ...]


@dataclass(frozen=True, kw_only=True)
class StrikeShown:
    """A strike with what is left of it."""

    clause_id: str
    given_at: datetime
    weight: float
    left: float
    removed: bool


@dataclass(frozen=True, kw_only=True)
class SubjectPanel:
    """What the page says about a subject. None of standing: not for whoever looks. linked: None where likewise."""

    id: SubjectId | None
    levels: tuple[SubjectView, ...]
    standing: Standing | None
    strikes: tuple[StrikeShown, ...]
    plans: tuple[Enforcement, ...]
    cases: tuple[CaseAbout, ...]
    days: tuple[Day, ...]
    linked: tuple[SharedAttribute, ...] | None
    notes: tuple[Note, ...]


def subject_panel(tx: Tx, principal: Principal, case: CaseView, *, at: datetime) -> SubjectPanel:
    """Return the panel about the subject of a case. What a blind task hides of this case is hidden here too."""
    ids = actors_of(case.subjects)
    main = account_of(case.subjects)
    if main is None:
        return SubjectPanel(
            id=None, levels=case.subjects, standing=None, strikes=(), plans=(), cases=(), days=(), linked=None, notes=()
        )
    standing, plans = standing_of(tx, principal, main, hiding=case.id if case.blind else None, at=at)
    cases = review.cases_about(tx, subject_ids=ids, leaving=case.id, limit=MOST_CASES)
    events = intake.events_about(tx, ids, limit=MOST_EVENTS) if may_see_events(principal) else []
    return SubjectPanel(
        id=main,
        levels=case.subjects,
        standing=standing,
        strikes=strikes_of(standing),
        plans=tuple(plans),
        cases=tuple(cases),
        days=by_day([*of_events(events), *of_cases(cases), *of_plans(plans), *of_strikes(standing)]),
        linked=tuple(intake.linked(tx, main)) if Right.EVENTS_READ in principal.rights else None,
        notes=tuple(one for one in case.notes if one.subject_id is not None),
    )


def actors_of(levels: Sequence[SubjectView]) -> tuple[SubjectId, ...]:
    """Return the subjects that act: end user, account, key; where there are none, the first there is."""
    found = tuple(one.id for one in levels if one.level in ACTORS)
    return found or tuple(one.id for one in levels[:1])


def account_of(levels: Sequence[SubjectView]) -> SubjectId | None:
    """Return whom standing and links are kept for: the account, or else the lowest actor."""
    account = next((one.id for one in levels if one.level == "account"), None)
    return account or next(iter(actors_of(levels)), None)


def may_see_events(principal: Principal) -> bool:
    """Whether somebody may see which events there are of a subject beside a case."""
    return Right.EVENTS_READ in principal.rights and principal.view.search_scope is SearchScope.ALL


def standing_of(
    tx: Tx, principal: Principal, subject_id: SubjectId, *, hiding: CaseId | None, at: datetime
) -> tuple[Standing | None, list[Enforcement]]:
    """Return strikes and enforcements of a subject, for those who may read them.

    hiding: a case whose outcome is hidden. Strikes don't say of which case they are, so none are shown then.
    """
    if Right.ENFORCEMENT_READ not in principal.rights:
        return None, []
    standing = None if hiding is not None else enforcement.standing_of(tx, subject_id=subject_id, at=at)
    if principal.view.search_scope is not SearchScope.ALL:
        return standing, []
    plans = enforcement.enforcements(tx, subject_id=subject_id, limit=MOST_PLANS)
    return standing, [one for one in plans if one.case_id != hiding]


def strikes_of(standing: Standing | None) -> tuple[StrikeShown, ...]:
    """Return the strikes with what is left of each, the latest first."""
    if standing is None:
        return ()
    return tuple(
        StrikeShown(
            clause_id=one.clause_id or "no clause",
            given_at=one.given_at,
            weight=one.weight,
            left=left,
            removed=one.removed_at is not None,
        )
        for one, left in reversed(list(zip(standing.strikes, standing.left, strict=True)))
    )


def by_day(entries: Iterable[Entry]) -> tuple[Day, ...]:
    """Return entries by day, the latest first; equal ones of a day as one, with how often."""
    days: dict[date, dict[tuple[str, str, str | None], Entry]] = {}
    for one in sorted(entries, key=lambda each: each.at, reverse=True):
        same = days.setdefault(one.at.date(), {})
        key = (one.kind, one.text, one.url)
        known = same.get(key)
        same[key] = one if known is None else _again(known)
    return tuple(Day(day=day, entries=tuple(found.values())) for day, found in list(days.items())[:MOST_DAYS])


def of_events(events: Iterable[Event]) -> list[Entry]:
    """Return events as entries: what kind and what the model did, never what was said."""
    return [
        Entry(
            at=one.occurred_at,
            kind="report" if one.kind == "report" else "event",
            text=_event_in_words(one),
            tone="warn" if one.kind == "report" else "",
        )
        for one in events
    ]


def of_cases(cases: Iterable[CaseAbout]) -> list[Entry]:
    """Return cases and what stands of them as entries."""
    found: list[Entry] = []
    for one in cases:
        clause = one.case.clause_ids[0] if one.case.clause_ids else "no clause"
        url = f"/cases/{one.case.id}"
        found.append(Entry(at=one.case.opened_at, kind="case", text=f"Case under {clause}", url=url))
        if one.standing is not None:
            verdict = one.standing.verdict.value.replace("_", " ")
            decided = f"Decided: {verdict} ({one.standing.primary_clause or 'no clause'})"
            tone = "bad" if verdict == "violation" else "good"
            found.append(Entry(at=one.standing.decided_at, kind="decision", text=decided, url=url, tone=tone))
    return found


def of_plans(plans: Iterable[Enforcement]) -> list[Entry]:
    """Return enforcements as entries."""
    return [
        Entry(
            at=one.planned_at,
            kind="enforcement",
            text=f"{one.title}: {one.state.value.replace('_', ' ')}",
            url=f"/cases/{one.case_id}",
        )
        for one in plans
    ]


def of_strikes(standing: Standing | None) -> list[Entry]:
    """Return strikes as entries."""
    return [
        Entry(at=one.given_at, kind="strike", text=f"Strike under {one.clause_id or 'no clause'}", tone="bad")
        for one in (standing.strikes if standing is not None else ())
    ]


def _event_in_words(event: Event) -> str:
    kind = event.kind.replace("_", " ").capitalize()
    outcome = "" if event.model_outcome is None else f", model {event.model_outcome.value}"
    return f"{kind}{outcome}{', test' if event.test else ''}"


def _again(one: Entry) -> Entry:
    return Entry(at=one.at, kind=one.kind, text=one.text, url=one.url, tone=one.tone, times=one.times + 1)
