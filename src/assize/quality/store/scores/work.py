"""What reviewers decided and how long it took: day sums, made anew from decisions at any time."""

from math import sqrt
from statistics import NormalDist

from assize.kernel.measures import Interval
from assize.platform.db import Row, Tx
from assize.platform.rollups import Reach, Rollup
from assize.platform.sql import queries
from assize.quality.models.scoring import Of, Work
from assize.quality.store.scores.sums import Span

SQL = queries("assize.quality.store.scores")
WORKED = Rollup(
    name="quality.worked",
    first=SQL["first_worked"],
    clear=(SQL["clear_worked"],),
    fill=(SQL["worked_of_rows"] + "\n" + SQL["keep_worked"],),
)
READ = SQL["worked_of_rows"] + "\n" + SQL["work"]
Z = NormalDist().inv_cdf(0.975)


def work(tx: Tx, of: Of, reach: Reach, span: Span) -> dict[str, Work]:
    """Return what was decided, by whose card."""
    return {row["who"]: worked(row) for row in tx.rows(READ, span.params | reach.params | {"of": of.value})}


def worked(row: Row) -> Work:
    """Return summed work as means."""
    return Work(
        decided=row["n"],
        hours=row["in_hand_s"] / 3600,
        in_hand=_mean(row["timed"], row["in_hand_s"], row["in_hand_squares"]),
        waited_s=row["waited_s"] / row["waits"] if row["waits"] else None,
    )


def _mean(n: int, total: float, squares: float) -> Interval | None:
    """Return the mean with its normal interval: of so many decisions a mean is as good as normal."""
    if n < 2:  # noqa: PLR2004 - a spread takes two
        return None
    mean = total / n
    half = Z * sqrt(max(squares - n * mean * mean, 0.0) / (n - 1) / n)
    return Interval(value=mean, low=max(0.0, mean - half), high=mean + half, n=n)
