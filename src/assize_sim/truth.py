"""What is true of everything the simulated platform sends, so that judgements can be measured against it."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class Verdict(enum.StrEnum):
    """What a perfect reviewer would find."""

    VIOLATION = "violation"
    EXCEPTED = "excepted"
    NO_VIOLATION = "no_violation"


class Lane(enum.StrEnum):
    """Why an event is in the stream."""

    BENIGN = "benign"
    VIOLATING = "violating"
    DUAL_USE = "dual_use"
    SUPPORT = "support"
    DEFECT = "defect"
    CAMPAIGN = "campaign"
    EMERGING = "emerging"
    DECOMPOSED = "decomposed"
    KNOWN_MEDIA = "known_media"
    LISTED_URL = "listed_url"
    RED_TEAM = "red_team"
    REPORT = "report"
    BAD_REPORT = "bad_report"


class Remedy(enum.StrEnum):
    """What ought to follow, named as the API names dispositions."""

    ENFORCE = "enforce"
    SUPPORT = "support"
    SAFEGUARD_DEFECT = "safeguard_defect"
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class Truth:
    """The truth about one event or report.

    clause_id: the clause that it is about, None for ordinary traffic. exception: the lane of an exception that holds.
    action, level: what a perfect reviewer orders, for `enforce`. group: what ties it to others (a campaign, an actor).
    """

    lane: Lane
    verdict: Verdict = Verdict.NO_VIOLATION
    remedy: Remedy = Remedy.NONE
    clause_id: str | None = None
    exception: str | None = None
    action: str | None = None
    level: str | None = None
    group: str | None = None
    minor: bool = False

    @property
    def deserves_a_case(self) -> bool:
        """Whether somebody ought to look at it: all that violates, is excepted only on a second look, or needs help."""
        return self.lane not in {Lane.BENIGN, Lane.RED_TEAM, Lane.DECOMPOSED, Lane.EMERGING, Lane.BAD_REPORT}


BENIGN = Truth(lane=Lane.BENIGN)


@dataclass(frozen=True, kw_only=True)
class Sent:
    """One thing the platform sends: the body of an event or of a report, when, and what is true of it.

    after_s: seconds after the beginning of the stream. subject: level -> the platform's own id.
    """

    n: int
    report: bool
    after_s: float
    subject: Mapping[str, str]
    body: Mapping[str, Any]
    truth: Truth
    about: str | None = field(default=None)

    @property
    def external_id(self) -> str:
        """The id under which it is sent, and stays the same however often it is sent."""
        return str(self.body["external_id"])
