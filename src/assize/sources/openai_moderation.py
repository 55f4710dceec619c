"""The evaluation set of Markov et al. 2022, "A Holistic Approach to Undesired Content Detection in the Real World".

One prompt a line with labels by usage-policy category: S, H, V, HR, SH, S3, H2, V2. A category that is absent was not
labelled, which is not the same as 0: the labels are kept as they are, and nothing is filled in. The file has neither
accounts nor times: each prompt gets a pseudonymous account and the times are spread.
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from assize.intake.models import RawEvent, Role, SubjectRef, Turn
from assize.intake.ports import Meter, Reject, Source, opened

CATEGORIES = frozenset({"S", "H", "V", "HR", "SH", "S3", "H2", "V2"})
FIRST = datetime(2022, 8, 5, tzinfo=UTC)  # when the paper came out; the prompts carry no times
APART = timedelta(minutes=30)
_decode = msgspec.json.Decoder(dict[str, int | str]).decode


class OpenAIModeration:
    """Prompts with labels."""

    name = "openai-moderation"

    def read(self, path: Path, *, meter: Meter | None = None) -> Iterator[RawEvent | Reject]:
        """Return one event a prompt, labels under the attribute `labels`."""
        with opened(path, meter=meter) as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield self._event(line, number)

    def _event(self, line: bytes, number: int) -> RawEvent | Reject:
        try:
            row = _decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return Reject(line=number, code="malformed", detail="is no JSON object of labels and a prompt")
        prompt = row.get("prompt")
        if not isinstance(prompt, str) or not prompt:
            return Reject(line=number, code="missing", detail="/prompt is missing")
        labels = _labels(row)
        if labels is None:
            return Reject(line=number, code="wrong-type", detail="a label is neither 0 nor 1")
        # The line's number is part of it: a prompt stands there more than once, labelled each time anew.
        digest = hashlib.sha256(f"{number}\n{prompt}".encode()).hexdigest()[:20]
        return RawEvent(
            external_id=digest,
            source=self.name,
            kind="message",
            occurred_at=FIRST + APART * number,
            subject=SubjectRef(account=f"{self.name}:{digest}", conversation=f"{self.name}:{digest}"),
            turns=(Turn(role=Role.USER, text=prompt),),
            tags=("dataset",),
            attributes={"labels": labels, "labelled": sorted(labels)},
        )


def _labels(row: Mapping[str, int | str]) -> dict[str, int] | None:
    labels: dict[str, int] = {}
    for name in sorted(CATEGORIES & row.keys()):
        value = row[name]
        if value not in {0, 1} or isinstance(value, str):
            return None
        labels[name] = int(value)
    return labels


SOURCE: Source = OpenAIModeration()
