"""How decisions are scored, what comparisons add up to, and the card of whoever made them."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from assize.kernel.measures import Interval
from assize.policy.models import Severity
from assize.quality.models.label import Criterion, Outcome

NO_VIOLATION = 5  # the place after SEV4 in every list by severity: there was no violation, or none was found
PLACES = 6


class Of(enum.StrEnum):
    """Whose work a page of scorecards is about."""

    REVIEWERS = "reviewers"
    TEAMS = "teams"
    VENDORS = "vendors"
    MACHINES = "machines"
    AUDITORS = "auditors"


@dataclass(frozen=True, kw_only=True)
class Scoring:
    """How decisions are scored: a choice of policy, kept as data and by version; 0 is what the house starts with.

    weights: of each criterion. critical: wrong in one of these, a decision scores nothing. harm: what a case of each
    severity lets through where it is missed, SEV0 to SEV4, then no violation. overreach: what calling a case graver than
    it is costs, as a share of the harm in between. accepted_error: the rate of wrong decisions above which a trend is
    told. least: below so many comparisons no rate is told.
    """

    version: int
    weights: Mapping[Criterion, float]
    critical: frozenset[Criterion]
    harm: tuple[float, ...]
    overreach: float
    accepted_error: float
    least: int
    note: str = ""
    set_by: str = "system"
    set_at: datetime | None = None


STARTING = Scoring(
    version=0,
    weights={
        Criterion.DECISION: 30,
        Criterion.CLAUSE: 15,
        Criterion.SEVERITY: 15,
        Criterion.ACTION: 15,
        Criterion.ESCALATION: 15,
        Criterion.RATIONALE: 5,
        Criterion.REQUIRED_STEP: 5,
    },
    critical=frozenset({Criterion.ESCALATION, Criterion.REQUIRED_STEP}),
    harm=(100, 30, 10, 3, 1, 0),
    overreach=0.5,
    accepted_error=0.05,
    least=20,
    note="What the house starts with.",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """So many comparisons that are alike. who: whose card they count for. marks: a letter a criterion, r, w or n."""

    who: str
    queue: str
    of: str
    severity_given: int | None
    severity_true: int | None
    outcome: Outcome | None
    marks: str
    missed_escalation: bool
    technical: bool
    headline: bool
    inclusion: float | None
    n: int


@dataclass(frozen=True, kw_only=True)
class Work:
    """What somebody decided, and how long it took. in_hand: mean seconds from claim to decision, with its interval.

    waited_s: mean seconds that their cases had waited before, which is nobody's own speed; None where unknown.
    """

    decided: int
    hours: float
    in_hand: Interval | None
    waited_s: float | None


@dataclass(frozen=True, kw_only=True)
class Who:
    """Whose card it is. by: person, machine, team, vendor or auditor."""

    id: str
    name: str
    by: str
    team: str | None = None


@dataclass(frozen=True, kw_only=True)
class Card:
    """What audits and known cases say of somebody's decisions. Every rate has its n and interval; None: too few to tell.

    accuracy, score, harm: of what was drawn by chance, each weighted by its probability: the headline figures. score:
    weighted over the criteria that applied, nothing where a critical one is wrong. adjusted: the share of wrong decisions
    that they would have on everybody's mix of cases. rank_low to rank_high: the ranks that the intervals leave.
    critical, missed, golden, bias: of all that was compared, also of what a rule drew; critical_misses: how many.
    bias: given severity minus true: above 0 milder than it should be. technical: comparisons left out, the tool failed.
    """

    who: Who
    drawn: int
    compared: int
    technical: int
    accuracy: Interval | None
    score: Interval | None
    adjusted: Interval | None
    harm: Interval | None
    critical_misses: int
    critical: Interval | None
    missed: Interval | None
    bias: Interval | None
    golden: Interval | None
    by_criterion: Mapping[Criterion, Interval] = field(default_factory=dict)
    work: Work | None = None
    rank_low: int | None = None
    rank_high: int | None = None
    ranked: int = 0


@dataclass(frozen=True, kw_only=True)
class AuditorCard:
    """What became of an auditor's judgements. overturned: of those that somebody looked at again, how many fell.

    bias: their severity minus the one that stood at last, of those looked at again: above 0 they were milder than it
    should be. found_wrong: the share of decisions they called wrong.
    """

    who: Who
    judged: int
    looked_at_again: int
    overturned: Interval | None
    of_all: Interval | None
    bias: Interval | None
    found_wrong: Interval | None


@dataclass(frozen=True, kw_only=True)
class Trend:
    """One week of a reviewer: the smoothed share of wrong decisions with the limits it keeps to by chance."""

    week: datetime
    wrong: int
    n: int
    smoothed: float
    low: float
    high: float
    signal: bool


@dataclass(frozen=True, kw_only=True)
class Difference:
    """In what way decisions differed from what others found. severity: of the true one, where it counts."""

    criterion: Criterion
    family: str | None
    how: str
    n: int


@dataclass(frozen=True, kw_only=True)
class Period:
    """A span that is told to whoever is measured: whole weeks, long over, with enough comparisons to hide each."""

    since: datetime
    until: datetime
    n: int
    right: Interval | None
    score: float | None
    critical_misses: int
    differences: tuple[Difference, ...]


@dataclass(frozen=True, kw_only=True)
class OwnWeek:
    """Comparisons of one week that are alike, of whoever asks."""

    week: datetime
    family: str | None
    marks: str
    severity_given: Severity | None
    severity_true: Severity | None
    outcome: Outcome | None
    missed_escalation: bool
    n: int
