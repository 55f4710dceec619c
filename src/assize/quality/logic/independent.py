"""Judgements made elsewhere, several of the same evidence: how far they agree."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assize.quality.logic.estimators import reports
from assize.quality.logic.estimators.distances import Level
from assize.quality.logic.estimators.ratings import Ratings, as_numbers

SEED = 1
_LABEL = re.compile(r"\blabel: (?:\w+=)?(\S+)")


@dataclass(frozen=True, kw_only=True)
class Labels:
    """One judgement. item: alike for the same evidence. verdict: as decisions have it; label: the source's own words."""

    item: str
    rater: str
    verdict: str
    label: str


def independent_report(judgements: Sequence[Labels]) -> Mapping[str, Any]:
    """Return what `estimators.reports` tells: of whether a violation was found, and of the source's own labels.

    binary: violation or not. nominal, ordinal, interval: of the labels; the last two where labels are numbers.
    """
    found = [(one.item, one.rater, "violation" if one.verdict == "violation" else "none") for one in judgements]
    report: dict[str, Any] = {"binary": _agreement(found, Level.NOMINAL)}
    labels = [(one.item, one.rater, own_label(one.label)) for one in judgements]
    if all(label is not None for _, _, label in labels):
        told = [(item, rater, label or "") for item, rater, label in labels]
        report["nominal"] = _agreement(told, Level.NOMINAL)
        if as_numbers(sorted({label for _, _, label in told})) is not None:
            report["ordinal"] = _agreement(told, Level.ORDINAL)
            report["interval"] = _agreement(told, Level.INTERVAL)
    return report


def own_label(rationale: str) -> str | None:
    """Return the source's own label from the reason that a recorded judgement carries; None where it has none."""
    matched = _LABEL.search(rationale)
    return matched.group(1) if matched else None


def _agreement(rows: Sequence[tuple[str, str, str]], level: Level) -> reports.Report:
    return reports.agreement(Ratings.of(rows), level=level, seed=SEED)[0]
