"""The bytes of a leaf: canonical JSON, one spelling for one header."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assize.audit.logic.header import (
    from_moment,
    header_from_json,
    header_json,
    is_committed,
    leaf_bytes,
    leaf_of,
    moment,
)
from assize.audit.models import Body, Header
from assize.platform import facts
from builders.audit import StoneTurned

AT = datetime(2026, 5, 3, 8, 0, 0, 120, tzinfo=UTC)
texts = st.text(max_size=20)
headers = st.builds(
    Header,
    id=texts,
    kind=texts,
    actor=texts,
    case_id=st.none() | texts,
    subject_id=st.none() | texts,
    thing=st.none() | texts,
    occurred_at=st.datetimes(min_value=datetime(1971, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis adds it
    recorded_at=st.datetimes(min_value=datetime(1971, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - the same
    commitment=st.binary(min_size=32, max_size=32),
)


def a_header() -> Header:
    return Header(
        id="fact_1",
        kind="StoneTurned",
        actor="system",
        case_id="case_1",
        subject_id=None,
        thing=None,
        occurred_at=AT,
        recorded_at=AT,
        commitment=bytes(32),
    )


class TestALeaf:
    def test_is_canonical_json(self):
        assert leaf_bytes(a_header()).decode() == (
            '{"actor":"system","case_id":"case_1",'
            f'"commitment":"{"00" * 32}","id":"fact_1","kind":"StoneTurned",'
            '"occurred_at":"2026-05-03T08:00:00.000120Z","recorded_at":"2026-05-03T08:00:00.000120Z",'
            '"subject_id":null,"thing":null}'
        )

    @given(headers.filter(lambda one: "\ud800" not in one.id))
    def test_is_what_a_json_library_writes_for_any_header(self, header: Header):
        written = json.dumps(header_json(header), sort_keys=True, separators=(",", ":"), ensure_ascii=False)

        assert leaf_bytes(header) == written.encode()
        assert header_from_json(json.loads(written)) == header

    @pytest.mark.parametrize(
        "change",
        [
            {"id": "fact_2"},
            {"kind": "StoneLeft"},
            {"actor": "x"},
            {"case_id": None},
            {"subject_id": "sub_1"},
            {"thing": "task_1"},
            {"occurred_at": AT + timedelta(microseconds=1)},
            {"recorded_at": AT - timedelta(microseconds=1)},
            {"commitment": b"\x01" * 32},
        ],
        ids=lambda change: next(iter(change)),
    )
    def test_changes_with_every_field(self, change):
        assert leaf_of(replace(a_header(), **change)) != leaf_of(a_header())


class TestAMoment:
    def test_is_the_same_text_in_every_time_zone(self):
        elsewhere = AT.astimezone(timezone(timedelta(hours=-5)))

        assert moment(elsewhere) == moment(AT) == "2026-05-03T08:00:00.000120Z"

    @pytest.mark.parametrize(
        "text", ["2026-05-03T08:00:00Z", "2026-05-03T08:00:00.000120+00:00", "2026-05-03 08:00:00.000120Z", "x"]
    )
    def test_has_one_spelling(self, text: str):
        with pytest.raises(ValueError):  # noqa: PT011 - any of its words
            from_moment(text)


class TestACommitment:
    def test_is_the_one_that_facts_are_stored_with(self):
        entry = facts.entry(StoneTurned(stone=3))
        header = replace(a_header(), commitment=entry.commitment)

        assert is_committed(header, Body(text=entry.body, nonce=entry.nonce))
        assert not is_committed(header, Body(text=entry.body.replace("3", "4"), nonce=entry.nonce))
        assert not is_committed(header, Body(text=entry.body, nonce=bytes(32)))
        assert entry.commitment == hashlib.sha256(entry.nonce + entry.body.encode()).digest()
