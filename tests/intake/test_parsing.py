"""What a call may look like, and what is said where it doesn't fit."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assize.intake.errors import Malformed, TooManyEvents
from assize.intake.logic import Problem, parse_call, prepare
from assize.intake.logic.check import EARLIEST, MAX_DEPTH
from assize.intake.logic.parsing import MAX_EVENTS
from assize.intake.models import Handling, Media, RawEvent, SubjectRef
from assize.intake.service import batch_of
from assize.kernel.ids import EventId
from builders.intake import AT, a_raw_event, a_turn, wire

ID = EventId("evt_01JAAAAAAAAAAAAAAAAAAAAAAA")
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def body(value: object) -> bytes:
    return json.dumps(value).encode()


class TestParseCall:
    def test_takes_an_array(self):
        call = parse_call(body([wire(), wire()]), ndjson=False)

        assert [type(item) for item in call.items] == [RawEvent, RawEvent]

    def test_takes_an_object_with_events(self):
        call = parse_call(body({"events": [wire()]}), ndjson=False)

        assert len(call.items) == 1

    def test_takes_one_object_a_line(self):
        data = b"\n".join([body(wire()), b"", body(wire()), b""])

        call = parse_call(data, ndjson=True)

        assert len(call.items) == 2

    def test_keeps_the_good_beside_the_bad(self):
        bad = wire()
        bad["turns"] = [{"role": "nobody"}]

        call = parse_call(body({"events": [wire(), wire(), wire(), bad]}), ndjson=False)

        assert [item is not None for item in call.items] == [True, True, True, False]
        assert call.rejected[0].pointer == "/events/3/turns/0/role"
        assert call.rejected[0].code == "not-allowed"
        assert "system, user, assistant, tool, operator" in call.rejected[0].detail
        assert call.rejected[0].external_id == bad["external_id"]

    @pytest.mark.parametrize(
        ("change", "pointer", "code"),
        [
            ({"occurred_at": "yesterday"}, "/0/occurred_at", "bad-time"),
            ({"occurred_at": "2026-03-01T12:00:00"}, "/0/occurred_at", "bad-time"),
            ({"external_id": ""}, "/0/external_id", "wrong-length"),
            ({"external_id": 7}, "/0/external_id", "wrong-type"),
            ({"subject": {"account": "x" * 300}}, "/0/subject/account", "wrong-length"),
            ({"kind": "Not A Name"}, "/0/kind", "wrong-form"),
            ({"tags": ["fine", "NOT FINE"]}, "/0/tags/1", "wrong-form"),
            ({"surprise": 1}, "/0/surprise", "unknown-field"),
            ({"media": [{"bytes": "AAAA"}]}, "/0/media/0/bytes", "unknown-field"),
            ({"turns": {}}, "/0/turns", "wrong-type"),
            ({"attributes": [1]}, "/0/attributes", "wrong-type"),
        ],
        ids=lambda value: str(value)[:30],
    )
    def test_names_the_place(self, change: dict[str, object], pointer: str, code: str):
        call = parse_call(body([wire() | change]), ndjson=False)

        assert [(one.pointer, one.code) for one in call.rejected] == [(pointer, code)]

    def test_names_a_missing_field(self):
        bad = wire()
        del bad["occurred_at"]

        call = parse_call(body([bad]), ndjson=False)

        assert (call.rejected[0].pointer, call.rejected[0].code) == ("/0/occurred_at", "missing")

    def test_never_repeats_what_was_sent(self):
        secret = "zq-hostile-zq"

        call = parse_call(body([wire() | {"handling": secret, "attributes": {secret: 1}}]), ndjson=False)

        assert secret not in repr(call.rejected)

    @pytest.mark.parametrize(
        "data",
        [b"", b"[", b"nonsense", b"7", b"{}", b'{"events": 3}', b"[" * 50_000, b"\xff\xfe[\x00]\x00", b"[NaN]"],
        ids=repr,
    )
    def test_refuses_what_holds_no_items(self, data: bytes):
        with pytest.raises(Malformed):
            parse_call(data[:60_000], ndjson=False)

    def test_refuses_too_many(self):
        with pytest.raises(TooManyEvents):
            parse_call(b"[" + b"1," * MAX_EVENTS + b"1]", ndjson=False)

    @pytest.mark.parametrize(
        "text", [b'"\xff\xfe"', b'"\\ud800"', b'"\xed\xa0\x80"'], ids=["not utf-8", "half a pair", "encoded surrogate"]
    )
    def test_rejects_only_the_item_that_is_mis_encoded(self, text: bytes):
        bad = body(wire()).replace(b'"a sentence that harms nobody at all"', text)

        batch = batch_of(parse_call(b"[" + body(wire()) + b"," + bad + b"]", ndjson=False), sent_by="key", at=AT)

        assert [slot is not None for slot in batch.slots] == [True, False]
        assert batch.rejected[0].code == "mis-encoded"

    @settings(max_examples=300, deadline=None)
    @given(st.lists(anything, max_size=4))
    def test_any_json_has_an_event_or_a_pointer(self, values: list[object]):
        call = parse_call(body(values), ndjson=False)
        batch = batch_of(call, sent_by="key", at=AT)

        assert len(batch.slots) == len(values)
        assert sum(slot is None for slot in batch.slots) == len(batch.rejected)
        assert all(one.pointer.startswith("/") for one in batch.rejected)

    @settings(max_examples=200, deadline=None)
    @given(st.dictionaries(st.sampled_from(RawEvent.__struct_fields__), anything))
    def test_any_fields_have_an_event_or_a_pointer(self, fields: dict[str, object]):
        batch = batch_of(parse_call(body([wire() | fields]), ndjson=False), sent_by="key", at=AT)

        assert (batch.slots[0] is None) == (len(batch.rejected) == 1)

    @settings(max_examples=200, deadline=None)
    @given(st.binary(max_size=200), st.booleans())
    def test_any_bytes_are_refused_or_cut_into_items(self, data: bytes, ndjson: bool):
        try:
            call = parse_call(data, ndjson=ndjson)
        except Malformed:
            return
        assert len(call.items) >= len(call.rejected)


def problem(**given: object) -> Problem:
    found = prepare(a_raw_event(**given), event_id=ID, at=AT)
    assert isinstance(found, Problem)
    return found


class TestPrepare:
    def test_spells_one_line(self):
        ready = prepare(a_raw_event(account="tab\there", model_version=None), event_id=ID, at=AT)

        assert not isinstance(ready, Problem)
        assert ready.line.count("\n") == 1
        assert "tab\\there" in ready.line

    @pytest.mark.parametrize("when", [EARLIEST.replace(year=1999), AT.replace(year=2027), AT.replace(year=9999)])
    def test_refuses_times_that_cannot_be(self, when: object):
        assert problem(occurred_at=when).code == "time-out-of-range"

    def test_refuses_a_turn_of_tomorrow(self):
        assert problem(turns=(a_turn(at=AT.replace(year=2030)),)).pointer == "/turns/0/at"

    def test_refuses_an_event_about_nobody(self):
        assert problem(subject=SubjectRef()).pointer == "/subject"

    @pytest.mark.parametrize(
        ("given", "pointer"),
        [
            ({"account": "a\0b"}, "/subject/account"),
            ({"turns": (a_turn("\0"),)}, "/turns/0/text"),
            ({"attributes": {"deep": [{"er": "\0"}]}}, "/attributes/deep/0/er"),
            ({"attributes": {"\0": 1}}, "/attributes"),
        ],
        ids=["subject", "text", "attribute", "name of attribute"],
    )
    def test_refuses_the_character_postgresql_cannot_hold(self, given: dict[str, object], pointer: str):
        found = problem(**given)

        assert (found.code, found.pointer) == ("nul-character", pointer)

    def test_takes_the_words_for_that_character(self):
        ready = prepare(a_raw_event(turns=(a_turn(r"he wrote \u0000 and \x00"),)), event_id=ID, at=AT)

        assert not isinstance(ready, Problem)

    def test_refuses_nesting_without_end(self):
        value: object = 1
        for _ in range(MAX_DEPTH + 1):
            value = [value]

        assert problem(attributes={"a": value}).code == "too-deep"

    @pytest.mark.parametrize(
        "given",
        [
            {"attributes": {"picture": "data:image/png;base64,AAAA"}},
            {"attributes": {"more": [" DATA:;base64,AAAA"]}},
            {"media": (Media(pointer="data:image/png;base64,AAAA"),)},
        ],
        ids=["attribute", "inner attribute", "pointer"],
    )
    def test_refuses_bytes(self, given: dict[str, object]):
        assert problem(**given).code == "bytes-not-taken"

    def test_refuses_a_hash_of_the_wrong_length(self):
        assert problem(media=(Media(hashes={"md5": "abc"}),)).pointer == "/media/0/hashes/md5"

    def test_refuses_text_of_a_zero_retention_customer(self):
        assert problem(handling=Handling.ZERO_RETENTION).code == "text-not-allowed"

    @pytest.mark.parametrize("tag", ["red-team", "test"])
    def test_marks_tagged_traffic_as_test(self, tag: str):
        ready = prepare(a_raw_event(tags=(tag,)), event_id=ID, at=AT)

        assert not isinstance(ready, Problem)
        assert ready.line.split("\t")[12] == "t"
