"""What is counted and remembered between events."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from assize.kernel.ids import EventId, SubjectId
from assize.platform.db import Tx
from assize.triage.ports import Near
from assize.triage.store import SQL

BUCKET = timedelta(minutes=5)  # how exact windows are; finer only costs rows
NEAR_BUCKET = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Trace:
    """The highest score of one conversation that was too low for a case."""

    subject_id: SubjectId
    family: str
    conversation: str
    clause_id: str
    score: float
    event_id: EventId
    at: datetime


@dataclass(frozen=True, slots=True)
class TransactionMemory:
    """What signals remember, inside the batch's own transaction."""

    tx: Tx
    at: datetime

    def near(self, bands: Sequence[Sequence[int]], *, within: timedelta) -> Sequence[Near]:
        """Count texts nearly the same, and remember these; the first of a cluster gives it its mark."""
        since = self.at - within
        wanted = {band for some in bands for band in some}
        known: dict[int, int] = {}
        if wanted:
            # As one text: thousands of numbers one by one cost the driver more than the database.
            # In order, since neighbours lie on one page of the index: a third less work than in any order.
            listed = ",".join(map(str, sorted(wanted)))
            for row in self.tx.rows(SQL["near_bands"], {"bands": listed, "since": since}):
                known[row["band"]] = min(known.get(row["band"], row["cluster"]), row["cluster"])
        counts: Counter[int] = Counter(dict.fromkeys(known.values(), 1))
        if known:
            rows = self.tx.rows(SQL["near_counts"], {"clusters": sorted(counts), "since": since})
            counts.update({row["cluster"]: row["n"] for row in rows})
        found, fresh, joined = _clustered(bands, known, counts)
        if fresh:
            at = self.at.isoformat()
            with self.tx.copy(SQL["copy_bands"]) as copy:
                copy.write("".join([f"{band}\t{cluster}\t{at}\n" for band, cluster in sorted(fresh.items())]))
        if joined:
            ordered = sorted(joined.items())
            columns = {"clusters": [one for one, _ in ordered], "counts": [n for _, n in ordered]}
            self.tx.run(SQL["count_near"], {**columns, "bucket": floor(self.at, NEAR_BUCKET)})
        return found

    def counted(
        self, subjects: Sequence[SubjectId], *, spans: Mapping[str, timedelta]
    ) -> Mapping[tuple[SubjectId, str, str], int]:
        """Return what was counted, by subject, counter and name of the span."""
        since = self.at - max(spans.values())
        sums: Counter[tuple[SubjectId, str, str]] = Counter()
        for row in self.tx.rows(SQL["counters"], {"subject_ids": list(subjects), "since": since}):
            for name, span in spans.items():
                if row["bucket"] > self.at - span:
                    sums[row["subject_id"], row["name"], name] += row["n"]
        return sums


def _clustered(
    bands: Sequence[Sequence[int]], known: dict[int, int], counts: Counter[int]
) -> tuple[list[Near], dict[int, int], Counter[int]]:
    """Return what is near each text, the bands of new clusters, and how many texts joined each old or new one."""
    fresh: dict[int, int] = {}
    joined: Counter[int] = Counter()
    found: list[Near] = []
    for some in bands:
        if not some:
            found.append(Near(0, None))
            continue
        clusters = [known[band] for band in some if band in known]
        if clusters:
            cluster = min(clusters)
            found.append(Near(counts[cluster], cluster))
            joined[cluster] += 1
        else:
            cluster = some[0]
            found.append(Near(0, cluster))
            fresh.update(dict.fromkeys(some, cluster))
            known.update(dict.fromkeys(some, cluster))
        counts[cluster] += 1
    return found, fresh, joined


def add(tx: Tx, counts: Mapping[tuple[SubjectId, str], int], *, at: datetime) -> None:
    """Count for subjects, in one statement."""
    if counts:
        items = sorted(counts.items())
        columns = {
            "subject_ids": [subject for (subject, _), _ in items],
            "names": [name for (_, name), _ in items],
            "counts": [n for _, n in items],
        }
        tx.run(SQL["add_to_counters"], {**columns, "bucket": floor(at, BUCKET)})


def keep_traces(tx: Tx, traces: Sequence[Trace], *, at: datetime) -> None:
    """Keep the highest score of each conversation."""
    best: dict[tuple[str, str, str], Trace] = {}
    for one in traces:
        key = (one.subject_id, one.family, one.conversation)
        if key not in best or one.score > best[key].score:
            best[key] = one
    if best:
        rows = msgspec.json.encode(
            [{name: getattr(one, name) for name in Trace.__slots__} for one in best.values()]
        ).decode()
        tx.run(SQL["keep_traces"], {"rows": rows, "at": at})


def traces(tx: Tx, since: Mapping[tuple[SubjectId, str], datetime]) -> dict[tuple[SubjectId, str], list[Trace]]:
    """Return what was kept of each subject and family since its own moment."""
    wanted = list(since.items())
    columns = {
        "subject_ids": [subject for (subject, _), _ in wanted],
        "families": [family for (_, family), _ in wanted],
        "since": [moment for _, moment in wanted],
    }
    found: dict[tuple[SubjectId, str], list[Trace]] = {}
    for row in tx.rows(SQL["traces"], columns):
        trace = Trace(**{name: row[name] for name in Trace.__slots__})
        found.setdefault((trace.subject_id, trace.family), []).append(trace)
    return found


def forget(tx: Tx, *, before: datetime, near_before: datetime) -> int:
    """Remove what is older than any window; return how many rows."""
    return sum(
        [
            tx.run(SQL["forget_bands"], {"before": near_before}),
            tx.run(SQL["forget_near_counts"], {"before": near_before}),
            tx.run(SQL["forget_counters"], {"before": before}),
            tx.run(SQL["forget_traces"], {"before": before}),
        ]
    )


def floor(at: datetime, step: timedelta) -> datetime:
    """Return the start of the bucket that holds a moment."""
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + (at - midnight) // step * step
