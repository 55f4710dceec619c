"""What each file format means as events, and what is said of rows that mean none."""

import csv
import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assize.intake.errors import UnreadableFile
from assize.intake.models import RawEvent, Role
from assize.intake.ports import Reject
from assize.policy.models import Severity
from assize.review.models import Verdict
from assize.sources import convabuse, jsonl, openai_moderation, parquet
from assize.sources import csv as csv_source
from assize.sources.convabuse import labels_of
from builders.intake import wire

SEVERITIES = [f"is_abuse.{score}" for score in (1, 0, -1, -2, -3)]


class TestJsonl:
    def test_reads_one_event_a_line(self, tmp_path: Path):
        path = tmp_path / "events.jsonl"
        path.write_text("\n".join([json.dumps(wire()), "", json.dumps(wire())]))

        assert [type(one) for one in jsonl.SOURCE.read(path)] == [RawEvent, RawEvent]

    def test_reads_a_packed_file(self, tmp_path: Path):
        path = tmp_path / "events.jsonl.gz"
        path.write_bytes(gzip.compress(json.dumps(wire()).encode()))

        assert len(list(jsonl.SOURCE.read(path))) == 1

    def test_names_the_line_and_the_place(self, tmp_path: Path):
        path = tmp_path / "events.jsonl"
        path.write_text(json.dumps(wire()) + "\n{broken\n" + json.dumps(wire() | {"kind": "NO"}) + "\n")

        found = [one for one in jsonl.SOURCE.read(path) if isinstance(one, Reject)]

        assert [(one.line, one.code) for one in found] == [(2, "malformed"), (3, "wrong-form")]
        assert found[1].detail.startswith("/kind ")


class TestCsv:
    def test_reads_columns_by_name(self, tmp_path: Path):
        path = tmp_path / "events.csv"
        path.write_text(
            "external_id,occurred_at,account,text,response,tags,test,shoe_size\n"
            'e1,2026-03-01T12:00:00Z,a1,"hello, you","good day","web,beta",no,44\n'
        )

        event = next(iter(csv_source.SOURCE.read(path)))

        assert isinstance(event, RawEvent)
        assert (event.external_id, event.subject.account, event.tags, event.test) == (
            "e1",
            "a1",
            ("web", "beta"),
            False,
        )
        assert [turn.role for turn in event.turns] == [Role.USER, Role.ASSISTANT]
        assert event.attributes == {"shoe_size": "44"}

    def test_rejects_a_row_and_goes_on(self, tmp_path: Path):
        path = tmp_path / "events.csv"
        path.write_bytes(
            b"external_id,occurred_at,account\n,2026-03-01T12:00:00Z,a\ne2,never,a\ne3,2026-03-01T12:00:00Z,a,too,many\n"
            b"e4,2026-03-01T12:00:00Z,a\n"
        )

        found = list(csv_source.SOURCE.read(path))

        assert [one.code for one in found if isinstance(one, Reject)] == ["missing", "bad-time", "too-many-cells"]
        assert isinstance(found[3], RawEvent)

    def test_refuses_a_file_without_the_columns(self, tmp_path: Path):
        path = tmp_path / "events.csv"
        path.write_text("a,b\n1,2\n")

        with pytest.raises(UnreadableFile, match="external_id"):
            list(csv_source.SOURCE.read(path))


class TestParquet:
    def test_reads_columns_by_name(self, tmp_path: Path):
        path = tmp_path / "events.parquet"
        rows = {
            "external_id": ["e1", "e2"],
            "occurred_at": ["2026-03-01T12:00:00Z", "x"],
            "account": ["a", "a"],
            "n": [1, 2],
        }
        pq.write_table(pa.table(rows), path)

        event, reject = parquet.SOURCE.read(path)

        assert isinstance(event, RawEvent)
        assert event.attributes == {"n": 1}
        assert isinstance(reject, Reject)

    def test_refuses_a_file_that_is_none(self, tmp_path: Path):
        path = tmp_path / "events.parquet"
        path.write_bytes(b"no parquet at all")

        with pytest.raises(UnreadableFile):
            list(parquet.SOURCE.read(path))


class TestOpenAIModeration:
    def test_keeps_a_missing_label_missing(self, tmp_path: Path):
        path = tmp_path / "set.jsonl"
        path.write_text(json.dumps({"prompt": "words", "S": 0, "H": 1}) + "\n")

        event = next(iter(openai_moderation.SOURCE.read(path)))

        assert isinstance(event, RawEvent)
        assert event.attributes == {"labels": {"H": 1, "S": 0}, "labelled": ["H", "S"]}

    @pytest.mark.parametrize("line", ["{", "7", '{"S": 1}', '{"prompt": "a", "S": 2}', '{"prompt": "a", "S": "1"}'])
    def test_rejects_what_is_no_prompt_with_labels(self, tmp_path: Path, line: str):
        path = tmp_path / "set.jsonl"
        path.write_text(line + "\n")

        assert isinstance(next(iter(openai_moderation.SOURCE.read(path))), Reject)

    def test_reads_the_real_set_whole(self, shared_data: Path):
        found = list(openai_moderation.SOURCE.read(shared_data / "openai-moderation.jsonl.gz"))

        events = [one for one in found if isinstance(one, RawEvent)]
        assert (len(events), len(found)) == (1116, 1116)
        assert len({event.external_id for event in events}) == 1116
        assert sum("S3" in event.attributes["labels"] for event in events) == 638
        assert sum(event.attributes["labels"].get("H", 0) for event in events) == 116


def a_row(**given: str) -> dict[str, str]:
    row = {"example_no": "0", "annotator_id": "R1", "conv_id": "c1", "prev_agent": "hello", "prev_user": "hi"}
    row |= {"agent": "how are you", "user": "fine", "bot": "Bot"} | dict.fromkeys(SEVERITIES, "0")
    row |= {"type.sexist": "0", "target.system": "0", "direction.explicit": "0"}
    return row | given


def a_file(path: Path, *rows: dict[str, str]) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


class TestConvAbuse:
    def test_makes_one_event_of_one_item_and_a_judgement_of_each_row(self, tmp_path: Path):
        first = a_row(**{"is_abuse.1": "1"})
        second = a_row(annotator_id="R2", **{"is_abuse.-2": "1", "type.sexist": "1", "direction.explicit": "1"})
        path = a_file(tmp_path / "c.csv", first, a_row(conv_id="c2", **{"is_abuse.0": "1"}), second)

        events = [one for one in convabuse.SOURCE.read(path) if isinstance(one, RawEvent)]
        judgements = list(convabuse.JUDGEMENTS.judgements(path))

        assert len(events) == 2
        assert [turn.role.value for turn in events[0].turns] == ["assistant", "user", "assistant", "user"]
        assert [one.rater for one in judgements if one.external_id == events[0].external_id] == ["R1", "R2"]
        assert judgements[2].label == "severity=-2 type=sexist directness=explicit"
        assert [one.verdict for one in judgements] == [
            Verdict.NO_VIOLATION,
            Verdict.AMBIGUOUS_POLICY,
            Verdict.VIOLATION,
        ]
        assert judgements[2].severity is Severity.SEV3

    def test_takes_a_row_of_no_or_two_severities_for_no_judgement(self):
        assert labels_of(a_row()) is None
        assert labels_of(a_row(**{"is_abuse.1": "1", "is_abuse.0": "1"})) is None

    def test_refuses_another_file(self, tmp_path: Path):
        path = tmp_path / "c.csv"
        path.write_text("a,b\n1,2\n")

        with pytest.raises(UnreadableFile):
            list(convabuse.SOURCE.read(path))

    def test_reads_the_real_set_whole(self, shared_data: Path):
        path = shared_data / "convabuse.csv.gz"

        found = list(convabuse.SOURCE.read(path))
        judgements = list(convabuse.JUDGEMENTS.judgements(path))

        events = {one.external_id: one for one in found if isinstance(one, RawEvent)}
        assert len(found) == len(events) == 4185
        assert len({event.subject.account for event in events.values()}) == 2894
        assert len(judgements) == 12_768
        assert {one.external_id for one in judgements} == set(events)
        assert len({one.rater for one in judgements}) == 8
        assert sum(one.severity is Severity.SEV2 for one in judgements) == 282
