"""What the backlog may be: last week again, and how wrong that would have been before."""

from collections.abc import Sequence
from datetime import timedelta
from math import ceil

from assize.triage.models import Expected, Forecast

WEEK = 168  # hours: who writes and who works follow the week
LEAST = 2 * WEEK  # one week to repeat and one to see how wrong that is
HISTORY = timedelta(weeks=6)  # older errors say little of how things are now
TAIL = 0.1  # of past errors outside on each side: an interval of 80 %


def forecast(net: Sequence[int], *, open_now: int, hours: int) -> Forecast | None:
    """Forecast a backlog from what it grew by in each past hour, oldest first; None with less than two weeks.

    Seasonal naive: each hour brings what the same hour of the last week brought. The interval is empirical: the same
    forecast is made at every past hour that has a week before it, and the quantiles of what it was wrong by are added.
    Not a model with trend: with weeks of history its parameters would be noise, and nobody could check it by hand.
    Source: Hyndman & Athanasopoulos, "Forecasting: Principles and Practice", 3rd ed., sections 5.2 and 5.5.
    """
    if len(net) < LEAST:
        return None
    errors: list[list[int]] = [[] for _ in range(hours)]
    origins = range(WEEK, len(net) - hours + 1)
    for origin in origins:
        wrong = 0
        for ahead in range(hours):
            wrong += net[origin + ahead] - net[origin + ahead - WEEK]
            errors[ahead].append(wrong)
    grown, expected = 0, []
    for ahead in range(hours):
        grown += net[len(net) - WEEK + ahead % WEEK]
        low, high = _quantile(errors[ahead], TAIL), _quantile(errors[ahead], 1 - TAIL)
        middle = open_now + grown
        expected.append(
            Expected(hours=ahead + 1, open=max(0, middle), low=max(0, middle + low), high=max(0, middle + high))
        )
    return Forecast(expected=tuple(expected), weeks=len(net) / WEEK, tries=len(origins))


def _quantile(values: Sequence[int], share: float) -> int:
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)]
