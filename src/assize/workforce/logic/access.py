"""Who may do and see what: pure, total, in one place."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta

from assize.kernel.actor import Actor, Scope
from assize.kernel.ids import ClauseId
from assize.workforce.models import (
    BREAK,
    EVERYWHERE,
    Exposure,
    Lever,
    Named,
    Principal,
    PrincipalKind,
    Pull,
    Reach,
    Reviewer,
    ReviewerKind,
    Right,
    Role,
    SearchScope,
    Skills,
)

_R = Right
_DECIDING = frozenset(
    {
        _R.CASES_READ,
        _R.CONTENT_OPEN,
        _R.TASKS_CLAIM,
        _R.DECIDE,
        _R.NOTE,
        _R.ESCALATE,
        _R.POLICY_READ,
        _R.ENFORCEMENT_READ,
    }
)
_IN_HOUSE = _DECIDING | {_R.ACCOUNT_LOOKUP, _R.EVENTS_READ, _R.RULES_READ}
_LEADING = _IN_HOUSE | {_R.TASKS_ASSIGN, _R.PEOPLE_READ, _R.APPEALS_HEAR, _R.EXPORT, _R.APPROVE, _R.CONTAIN}

RIGHTS_OF: dict[Role, frozenset[Right]] = {
    Role.ANALYST: _IN_HOUSE,
    Role.VENDOR_ANALYST: _DECIDING,
    Role.EXPERT: _LEADING | {_R.PRECEDENT_ENDORSE, _R.RESTRICT, _R.QUALITY_ADJUDICATE},
    Role.QA_LEAD: _LEADING
    | {_R.ANNOUNCE, _R.REMEDIATE, _R.QUALITY_READ, _R.QUALITY_PLAN, _R.QUALITY_AUDIT, _R.QUALITY_ADJUDICATE},
    Role.POLICY_OWNER: frozenset(
        {_R.CASES_READ, _R.POLICY_READ, _R.POLICY_PUBLISH, _R.RULES_READ, _R.RULES_EDIT, _R.APPROVE, _R.PRECEDENT_ENDORSE,
         _R.ANNOUNCE}
    ),
    Role.OPERATIONS_MANAGER: _LEADING
    | {_R.DELIVERIES_MANAGE, _R.PEOPLE_MANAGE, _R.RESTRICT, _R.RULES_EDIT, _R.REMEDIATE, _R.LEVERS_PULL,
       _R.QUALITY_READ, _R.ANNOUNCE},
    Role.ADMINISTRATOR: frozenset(
        {_R.PEOPLE_READ, _R.PEOPLE_MANAGE, _R.KEYS_MANAGE, _R.SETTINGS_MANAGE, _R.DELIVERIES_MANAGE, _R.ENFORCEMENT_READ,
         _R.POLICY_READ, _R.RULES_READ, _R.ERASE}
    ),
    Role.AUDITOR: frozenset(
        {_R.AUDIT_READ, _R.CASES_READ, _R.POLICY_READ, _R.RULES_READ, _R.ENFORCEMENT_READ, _R.PEOPLE_READ, _R.EXPORT,
         _R.QUALITY_READ, _R.QUALITY_AUDIT}
    ),
    Role.INTEGRATION: frozenset(
        {_R.EVENTS_WRITE, _R.REPORTS_WRITE, _R.APPEALS_WRITE, _R.ENFORCEMENT_CONFIRM, _R.POLICY_READ}
    ),
    Role.MACHINE: frozenset({_R.CASES_READ, _R.CONTENT_OPEN, _R.TASKS_CLAIM, _R.DECIDE, _R.POLICY_READ}),
}  # fmt: skip

# Whoever has one of these measures others, and sees what is kept from those who are measured. Not whoever adjudicates:
# an expert decides too, and is shown what waits for their word, never what was drawn of their own.
MEASURING = frozenset({_R.QUALITY_READ, _R.QUALITY_PLAN, _R.QUALITY_AUDIT})

EXPOSED_BY = timedelta(
    hours=1
)  # fine enough to tell who is far from a budget of a day, and small enough to read each time
SIGN_IN_WINDOW = timedelta(minutes=15)
SIGN_IN_TRIES = 8  # enough for a forgotten password, far too few to guess one


def rights_of(roles: Iterable[Role]) -> frozenset[Right]:
    """Return what these roles together may do."""
    return frozenset().union(*(RIGHTS_OF[role] for role in roles))


def may(principal: Principal, right: Right) -> bool:
    """Whether somebody may do this."""
    return right in principal.rights


def scope_of(reviewer: Reviewer, rights: frozenset[Right]) -> Scope:
    """Return the rows that exist for a reviewer who acts with these rights."""
    return Scope(
        compartments=reviewer.compartments,
        regions=reviewer.view.regions,
        recused=reviewer.view.recused,
        withheld=reviewer.withheld,
        measuring=bool(rights & MEASURING),
    )


def principal_of(reviewer: Reviewer, *, limited_to: frozenset[Right] | None = None) -> Principal:
    """Return the reviewer as one who acts; a key they act through can only take rights away.

    A machine has no right beyond those of machines, whatever roles somebody gave it: it neither escalates nor approves.
    """
    of_roles = rights_of(reviewer.roles)
    if reviewer.kind is ReviewerKind.MACHINE:
        of_roles &= RIGHTS_OF[Role.MACHINE]
    rights = of_roles if limited_to is None else of_roles & limited_to
    return Principal(
        id=reviewer.id,
        scope=scope_of(reviewer, rights),
        name=reviewer.name,
        kind=PrincipalKind.MACHINE if reviewer.kind is ReviewerKind.MACHINE else PrincipalKind.PERSON,
        roles=reviewer.roles,
        rights=rights,
        team_id=reviewer.team_id,
        vendor=reviewer.vendor,
        calm_every=reviewer.calm_every,
        skills=reviewer.skills,
        view=reviewer.view,
        look=reviewer.look,
        respites=reviewer.respites,
        exposed=reviewer.exposed,
        certificates=reviewer.certificates,
        build=reviewer.build,
    )


def is_named_to(actor: Actor, one: Named) -> bool:
    """Whether somebody is shown to another by name, and not by their id alone.

    Whoever sees everybody's work, or the list of people, knows them; others know themselves and, where their view is of a
    team, their team. A machine has no name to keep.
    """
    if not isinstance(actor, Principal) or one.kind is ReviewerKind.MACHINE or one.id == actor.id:
        return True
    if Right.PEOPLE_READ in actor.rights or actor.view.search_scope is SearchScope.ALL:
        return True
    return actor.view.search_scope is SearchScope.TEAM and actor.team_id is not None and one.team_id == actor.team_id


def sees(scope: Scope, *, restriction: str | None, region: str | None, ids: Collection[str]) -> bool:
    """Whether a row exists for an actor of this scope: what the database applies by itself, asked about somebody else.

    ids: of the case and of whom it is about.
    """
    if scope.everything:
        return True
    cleared = restriction is None or restriction in scope.compartments
    there = scope.regions is None or region in scope.regions
    return cleared and there and (scope.recused | scope.withheld).isdisjoint(ids)


def set_aside(principal: Principal, *, at: datetime) -> frozenset[ClauseId]:
    """Return the families of clauses that somebody does not want to be given at this moment."""
    return frozenset(family for family, until in principal.respites.items() if until > at and family != BREAK)


def break_until(principal: Principal, *, at: datetime) -> datetime | None:
    """Return until when somebody has a break, or None."""
    until = principal.respites.get(BREAK)
    return until if until is not None and until > at else None


def hour_of(at: datetime) -> datetime:
    """Return the beginning of the hour by which points of hard content are kept."""
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def exposed_at_most(principal: Principal, *, since: datetime) -> int:
    """Return at most how many points of hard content somebody opened after a time: whole hours, none of them too few."""
    return sum(points for hour, points in principal.exposed.items() if hour + EXPOSED_BY > since)


def covers(skills: Skills, *, clauses: Iterable[ClauseId], language: str | None, exposure: Exposure) -> bool:
    """Whether somebody with these skills may be given such a case: one of its clauses suffices."""
    if exposure > skills.exposure:
        return False
    if skills.languages is not None and language is not None and language not in skills.languages:
        return False
    if skills.clauses is None:
        return True
    known = skills.clauses
    return any(clause in known or clause.partition("-")[0] in known for clause in clauses)


def wait_before_try(tries: Iterable[datetime], *, at: datetime) -> int:
    """Return how many seconds to wait before the next sign-in; 0 where none need be waited.

    tries: times of failed sign-ins of the same e-mail or from the same address.
    """
    recent = sorted(one for one in tries if one > at - SIGN_IN_WINDOW)
    if len(recent) < SIGN_IN_TRIES:
        return 0
    return max(1, int((recent[-SIGN_IN_TRIES] + SIGN_IN_WINDOW - at).total_seconds()))


_LEADS = frozenset({Role.OPERATIONS_MANAGER})
AUDIT_FLOOR = "audit-floor"
LEVERS = (
    Lever(
        id="freeze-rule",
        title="Freeze a rule",
        does="The rule is left out of scoring: it opens and raises nothing. Events it would have met are not scored again.",
        keeps="Every other rule and signal goes on. What it opened before stays.",
        reach=Reach.RULE,
        longest=timedelta(hours=24),
        roles=_LEADS,
    ),
    Lever(
        id="regroup",
        title="Regroup near-duplicates",
        does="A new event joins the case of any text that is nearly the same, from the first such text instead of the third.",
        keeps="Compartments, regions and test traffic are never put together; cases that are open stay as they are.",
        reach=Reach.EVERYTHING,
        longest=timedelta(hours=12),
        roles=_LEADS,
    ),
    Lever(
        id="open-queue",
        title="Open a queue to others",
        does="Reviewers are given tasks of this queue whatever clauses they know: when they name it, or have none of theirs.",
        keeps="How hard content may be on somebody, their languages, exclusions and need-to-know hold as ever.",
        reach=Reach.QUEUE,
        longest=timedelta(hours=12),
        roles=_LEADS,
    ),
    Lever(
        id="relax-targets",
        title="Relax the targets of a queue",
        does="New routine cases of SEV2 to SEV4 in this queue are due after twice the time.",
        keeps="Pages, priority lanes, SEV0 and SEV1, and every case that is open keep their due times.",
        reach=Reach.QUEUE,
        longest=timedelta(hours=24),
        roles=_LEADS,
    ),
    Lever(
        id=AUDIT_FLOOR,
        title="Lower audits to their floor",
        does="Samples for audit are drawn at the lowest rate that still gives an interval.",
        keeps="No sample falls to nothing, and what was drawn is looked at.",
        reach=Reach.EVERYTHING,
        longest=timedelta(hours=24),
        roles=_LEADS,
    ),
)


def is_pulled(pulls: Iterable[Pull], lever_id: str, *, reach: str = EVERYWHERE, at: datetime) -> bool:
    """Whether a lever is in force for something at a moment."""
    return any(one.lever == lever_id and one.reach == reach and one.in_force(at) for one in pulls)


def lever_of(lever_id: str) -> Lever | None:
    """Return a lever by its id, or None."""
    return next((one for one in LEVERS if one.id == lever_id), None)
