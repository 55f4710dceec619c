"""What a comparison is worth: criteria with weights, of which some fail the whole."""

from collections.abc import Iterable
from functools import cache

from assize.quality.logic.estimators.estimate import Floats
from assize.quality.logic.estimators.harm import costs_by_severity
from assize.quality.models.label import Criterion, Outcome
from assize.quality.models.scoring import NO_VIOLATION, Cell, Scoring

CRITERIA = tuple(Criterion)  # the order of the letters in `Cell.marks`
RIGHT, WRONG = "r", "w"  # of seven letters there are some two thousand marks: few enough to keep what they say


@cache
def mark(marks: str, criterion: Criterion) -> str:
    """Return the letter of a criterion: r right, w wrong, n not applicable."""
    return marks[CRITERIA.index(criterion)]


@cache
def wrong(marks: str) -> tuple[Criterion, ...]:
    """Return the criteria that are wrong."""
    return tuple(one for one, letter in zip(CRITERIA, marks, strict=True) if letter == WRONG)


def is_critical(marks: str, scoring: Scoring) -> bool:
    """Whether one of the criteria is wrong that fail the whole."""
    return any(one in scoring.critical for one in wrong(marks))


def score(marks: str, scoring: Scoring) -> float | None:
    """Return the share of the weight that was right, 0 where a critical criterion is wrong; None where none applied.

    What is not applicable is in neither part of the share: a decision without a required step loses nothing for it.
    """
    letters = list(zip(CRITERIA, marks, strict=True))
    applied = sum(scoring.weights.get(one, 0.0) for one, letter in letters if letter in {RIGHT, WRONG})
    if applied <= 0:
        return None
    if is_critical(marks, scoring):
        return 0.0
    return sum(scoring.weights.get(one, 0.0) for one, letter in letters if letter == RIGHT) / applied


def place_given(cell: Cell) -> int | None:
    """Return the severity that was given, by its place; no violation comes after SEV4. None where nothing says it."""
    match cell.outcome:
        case None:
            return None
        case Outcome.TRUE_NEGATIVE | Outcome.FALSE_NEGATIVE:
            return NO_VIOLATION
        case _:
            return cell.severity_given


def place_true(cell: Cell) -> int | None:
    """Return the severity that it was, by its place; no violation comes after SEV4. None where nothing says it."""
    match cell.outcome:
        case None:
            return None
        case Outcome.TRUE_NEGATIVE | Outcome.FALSE_POSITIVE:
            return NO_VIOLATION
        case _:
            return cell.severity_true


def costs(scoring: Scoring) -> Floats:
    """Return what each error costs, true x given, by the places of severities."""
    return costs_by_severity(scoring.harm, scoring.overreach)


def problems(scoring: Scoring) -> Iterable[str]:
    """Yield what doesn't fit in a way of scoring."""
    if set(scoring.weights) != set(CRITERIA) or any(one < 0 for one in scoring.weights.values()):
        yield "every criterion has a weight, and none is below 0"
    if not any(scoring.weights.values()):
        yield "at least one criterion weighs something"
    if list(scoring.harm) != sorted(scoring.harm, reverse=True) or scoring.harm[-1] != 0:
        yield "harm falls from SEV0 on, and what violates nothing does none"
    if scoring.overreach < 0:
        yield "overreach costs nothing or something"
    if not 0 < scoring.accepted_error < 0.5:  # noqa: PLR2004 - beyond, a coin decides as well
        yield "the accepted error lies between 0 and one half"
    if scoring.least < 1:
        yield "a card needs at least one comparison"
