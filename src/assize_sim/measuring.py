"""What a run came to, in numbers: counts, time to effect, and how right each reviewer was."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import quantiles
from typing import Any

from assize.kernel.measures import wilson
from assize_sim.aftermath import Aftermath
from assize_sim.book import Book, Judged
from assize_sim.receiver import Receiver
from assize_sim.sending import Sender
from assize_sim.working import Reviewer


@dataclass(frozen=True, kw_only=True)
class Run:
    """Everything that took part."""

    book: Book
    sender: Sender
    receiver: Receiver
    aftermath: Aftermath
    reviewers: Sequence[Reviewer]


def summary(run: Run, *, lost: int) -> dict[str, Any]:
    """Return what the platform knows of a run. facts, ledger_verified: None, they are known on the other side."""
    told = ("notice.v1", "report_outcome.v1")  # words to somebody, no enforcement
    applied = [one for one in run.receiver.applied.values() if not one.kind.endswith(told)]
    later = sum(1 for one in applied if one.confirms_later)
    return {
        "events_sent": run.book.sent,
        "events_accepted": run.sender.accepted + run.sender.duplicates,
        "cases": len({one.case_id for one in run.book.judged}),
        "decisions": sum(one.decisions for one in run.reviewers),
        "enforcements": len(applied),
        "enforcements_confirmed": len(applied) - max(0, later - run.aftermath.confirmed),
        "facts": None,
        "ledger_verified": None,
        "lost": lost,
        "detail": {
            "refused": run.sender.refused,
            "held_back": run.sender.held_back,
            "retried": run.sender.client.retried,
            "lanes": run.book.lanes(),
            "approvals": sum(one.approvals for one in run.reviewers),
            "appeals": run.aftermath.appealed,
            "effects_repeated": sum(count - 1 for count in run.receiver.tries.values()),
            "signatures_refused": run.receiver.refused,
            "seconds_to_effect": _times(run),
            "reviewers": {one.name: _scored(run.book.judged, one.name) for one in run.reviewers},
            "api_refusals": _added([run.aftermath.refusals, *(one.refusals for one in run.reviewers)]),
        },
    }


def _times(run: Run) -> dict[str, float] | None:
    sent = {one.case_id: one.sent_at for one in run.book.judged if one.sent_at is not None}
    found = [
        (one.at - sent[one.case_id]).total_seconds() for one in run.receiver.applied.values() if one.case_id in sent
    ]
    if len(found) < 2:  # noqa: PLR2004 - quantiles need two
        return None
    cuts = quantiles(found, n=20, method="inclusive")
    return {"n": len(found), "p50": round(cuts[9], 3), "p95": round(cuts[18], 3)}


def _scored(judged: Iterable[Judged], reviewer: str) -> dict[str, float] | None:
    own = [one for one in judged if one.reviewer == reviewer]
    interval = wilson(sum(one.said is one.true for one in own), len(own))
    if interval is None:
        return None
    return {
        "right": round(interval.value, 3),
        "low": round(interval.low, 3),
        "high": round(interval.high, 3),
        "n": interval.n,
    }


def _added(counts: Iterable[dict[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for one in counts:
        for code, count in one.items():
            total[code] = total.get(code, 0) + count
    return total
