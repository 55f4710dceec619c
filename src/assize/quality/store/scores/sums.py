"""Sums of comparisons by whose card they count for, and what single reviewers, auditors and pairs are read from."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from assize.kernel.ids import ReviewerId, TeamId
from assize.platform.db import Row, Tx
from assize.platform.sql import queries
from assize.policy.models import Severity
from assize.quality.models.judged import Judged
from assize.quality.models.label import Outcome
from assize.quality.models.scoring import Cell, Of, OwnWeek

SQL = queries("assize.quality.store.scores")
_OUTCOMES: Mapping[str | None, Outcome | None] = {None: None, **{one.value: one for one in Outcome}}


@dataclass(frozen=True, kw_only=True)
class Span:
    """Which decisions are asked for: of a span of whole days, and of one reviewer or team alone where named."""

    since: datetime
    until: datetime
    reviewer_id: ReviewerId | None = None
    team_id: TeamId | None = None

    @property
    def params(self) -> dict[str, object]:
        """Return it as the statements name it."""
        return {
            "since": self.since,
            "until": self.until,
            "reviewer_id": self.reviewer_id,
            "team_id": self.team_id,
        }


@dataclass(frozen=True, kw_only=True)
class Pair:
    """So many decisions of a family in a queue that came out alike beside a blind label."""

    family: str | None
    queue: str
    outcome: Outcome
    n: int


@dataclass(frozen=True, kw_only=True)
class Independent:
    """One judgement made elsewhere. item: the hash of the evidence, alike for equal evidence."""

    item: str
    rater: str
    verdict: str
    label: str


def cells(tx: Tx, of: Of, span: Span) -> dict[str, list[Cell]]:
    """Return the comparisons that count, by whose card. Somebody who has stepped back from cases reads rows alone."""
    sql = SQL["cells_of_rows"] if tx.actor.scope.recused else SQL["cells"]
    found: dict[str, list[Cell]] = defaultdict(list)
    for row in tx.rows(sql, span.params | {"of": of.value}):
        found[row["who"]].append(_cell(row))
    return found


def _cell(row: Row) -> Cell:
    return Cell(
        who=row["who"],
        queue=row["queue"],
        of=row["of"],
        severity_given=row["severity_given"],
        severity_true=row["severity_true"],
        outcome=_OUTCOMES[row["outcome"]],
        marks=row["marks"],
        missed_escalation=row["missed_escalation"],
        technical=row["technical"],
        headline=row["headline"],
        inclusion=row["inclusion"],
        n=row["n"],
    )


def pairs(tx: Tx, span: Span) -> list[Pair]:
    """Return decisions beside blind labels, drawn by chance."""
    sql = SQL["pairs_of_rows"] if tx.actor.scope.recused else SQL["pairs"]
    return [
        Pair(family=row["family"] or None, queue=row["queue"], outcome=Outcome(row["outcome"]), n=row["n"])
        for row in tx.rows(sql, span.params)
    ]


def in_order(tx: Tx, span: Span) -> list[tuple[datetime, bool]]:
    """Return when a reviewer's drawn decisions were made and whether each was wrong, in their order."""
    return [(row["decided_at"], row["wrong"]) for row in tx.rows(SQL["in_order"], span.params)]


def judged(tx: Tx, span: Span) -> list[Judged]:
    """Return what auditors judged in a span and what became of it."""
    names = ("who", "found_wrong", "again", "overturned", "theirs", "at_last", "n")
    return [Judged(**{name: row[name] for name in names}) for row in tx.rows(SQL["auditors"], span.params)]


def newest(tx: Tx) -> str:
    """Return the newest comparison's id; nothing where there is none."""
    return str(tx.value(SQL["newest"]) or "")


def own_weeks(tx: Tx, reviewer_id: ReviewerId, *, before: datetime) -> list[OwnWeek]:
    """Return what comparisons said of somebody, by week: the one thing that is read for whoever is measured."""
    return [
        OwnWeek(
            week=row["week"],
            family=row["family"] or None,
            marks=row["marks"],
            severity_given=_severity(row["severity_given"]),
            severity_true=_severity(row["severity_true"]),
            outcome=_OUTCOMES[row["outcome"]],
            missed_escalation=row["missed_escalation"],
            n=row["n"],
        )
        for row in tx.rows(SQL["own_weeks"], {"reviewer_id": reviewer_id, "before": before})
    ]


def _severity(value: int | None) -> Severity | None:
    return None if value is None else Severity(value)


def independent(tx: Tx, source: str) -> list[Independent]:
    """Return judgements of the same evidence that were made elsewhere, in their order."""
    return [
        Independent(item=row["item"], rater=row["rater"], verdict=row["verdict"], label=row["rationale"])
        for row in tx.rows(SQL["independent"], {"source": source})
    ]


def independent_sources(tx: Tx) -> list[tuple[str, int, str]]:
    """Return where judgements came from, how many there are, and the newest."""
    return [(row["source"], row["n"], row["newest"]) for row in tx.rows(SQL["independent_sources"])]
