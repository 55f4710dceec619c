"""ConvAbuse (Cercas Curry, Abercrombie and Rieser, EMNLP 2021): real users talking to two conversational agents.

Every row is one rater's judgement of one user turn, with the turns before it. Rows of one item are spread over the
file: the first makes the event, every row is a judgement. The file has neither accounts nor times: an account is made
from the conversation's id, and the times are spread by the rows' numbers.
"""

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from assize.intake.errors import UnreadableFile
from assize.intake.models import RawEvent, Role, SubjectRef, Turn
from assize.intake.ports import Meter, Reject, Source, opened
from assize.policy.models import Severity
from assize.review.models import Verdict
from assize.review.ports import JudgementSource, RaterJudgement

NAME = "convabuse"
FIRST = datetime(2021, 11, 7, tzinfo=UTC)  # the conference; the rows carry no times
APART = timedelta(minutes=5)
TEXTS = (("prev_agent", Role.ASSISTANT), ("prev_user", Role.USER), ("agent", Role.ASSISTANT), ("user", Role.USER))
NEEDED = frozenset({"annotator_id", "conv_id", "bot", *(name for name, _ in TEXTS)})
SCORES = (1, 0, -1, -2, -3)  # from not abusive over unclear to very strongly abusive


@dataclass(frozen=True, kw_only=True)
class Labels:
    """What one rater said of one turn. score: 1 not abusive, 0 unclear, -1 to -3 ever more so."""

    score: int
    types: tuple[str, ...]
    targets: tuple[str, ...]
    directness: tuple[str, ...]

    def text(self) -> str:
        """Return them on one line, as they are kept with the judgement."""
        parts = [f"severity={self.score}"]
        for name, values in (("type", self.types), ("target", self.targets), ("directness", self.directness)):
            if values:
                parts.append(f"{name}={'+'.join(values)}")
        return " ".join(parts)


class ConvAbuse:
    """Events: one for each user turn that was judged. Judgements: one for each row."""

    name = NAME

    def read(self, path: Path, *, meter: Meter | None = None) -> Iterator[RawEvent | Reject]:
        """Return one event an item, in the order in which items first come."""
        seen: set[str] = set()  # 20 characters an item: four thousand items, not their texts
        for number, row in _rows(path, meter):
            if row is None:
                yield Reject(line=number, code="malformed", detail="is no row of this file")
                continue
            item = _item(row)
            if item not in seen:
                seen.add(item)
                yield _event(row, item, number)

    def judgements(self, path: Path) -> Iterator[RaterJudgement]:
        """Return one judgement a row; a rater who saw an item twice judged it twice."""
        for number, row in _rows(path, None):
            labels = None if row is None else labels_of(row)
            if row is None or labels is None:
                continue  # a row without a severity judges nothing; `read` tells of rows that can't be read
            yield RaterJudgement(
                event_source=NAME,
                external_id=_item(row),
                rater=row["annotator_id"],
                label=labels.text(),
                verdict=_verdict(labels.score),
                severity=_severity(labels.score),
                reason_codes=labels.types,
                key=str(number),
                at=FIRST + APART * number,
            )


def labels_of(row: Mapping[str, str]) -> Labels | None:
    """Return what a row's rater said, or None where the row has not exactly one severity."""
    scores = [score for score in SCORES if row.get(f"is_abuse.{score}") == "1"]
    if len(scores) != 1:
        return None
    return Labels(
        score=scores[0],
        types=_chosen(row, "type."),
        targets=_chosen(row, "target."),
        directness=_chosen(row, "direction."),
    )


def _chosen(row: Mapping[str, str], prefix: str) -> tuple[str, ...]:
    return tuple(sorted(name.removeprefix(prefix) for name in row if name.startswith(prefix) and row[name] == "1"))


def _verdict(score: int) -> Verdict:
    if score < 0:
        return Verdict.VIOLATION
    return Verdict.NO_VIOLATION if score == 1 else Verdict.AMBIGUOUS_POLICY


def _severity(score: int) -> Severity | None:
    # Abuse of a conversational agent harms nobody at once: even the strongest stays below what pages anybody.
    return {-1: Severity.SEV4, -2: Severity.SEV3, -3: Severity.SEV2}.get(score)


def _item(row: Mapping[str, str]) -> str:
    parts = [row["conv_id"], *(row[name] for name, _ in TEXTS)]
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:20]


def _event(row: Mapping[str, str], item: str, number: int) -> RawEvent:
    account = hashlib.sha256(row["conv_id"].encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return RawEvent(
        external_id=item,
        source=NAME,
        kind="conversation",
        occurred_at=FIRST + APART * number,
        subject=SubjectRef(account=f"{NAME}:{account}", conversation=f"{NAME}:{row['conv_id']}"),
        turns=tuple(Turn(role=role, text=row[name]) for name, role in TEXTS if row[name]),
        language="en",
        model_version=row["bot"],
        tags=("dataset",),
        attributes={"agent": row["bot"]},
    )


def _rows(path: Path, meter: Meter | None) -> Iterator[tuple[int, dict[str, str] | None]]:
    with _reader(path, meter) as rows:
        try:
            for number, row in enumerate(rows, start=1):
                whole = None not in row and all(row.get(name) is not None for name in NEEDED)
                yield number, row if whole else None
        except csv.Error as error:
            raise UnreadableFile(field="FILE", form=NAME, reason="a row of it is no CSV") from error


@contextmanager
def _reader(path: Path, meter: Meter | None) -> Iterator["csv.DictReader[str]"]:
    with opened(path, meter=meter) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", errors="surrogateescape", newline="")
        rows = csv.DictReader(text)
        try:
            names = frozenset(rows.fieldnames or ())
        except csv.Error:
            names = frozenset()
        if not names >= NEEDED:
            raise UnreadableFile(field="FILE", form=NAME, reason="its columns are not those of ConvAbuse")
        yield rows


_source = ConvAbuse()
SOURCE: Source = _source
JUDGEMENTS: JudgementSource = _source
