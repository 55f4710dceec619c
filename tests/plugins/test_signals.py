"""What each signal finds."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from assize.intake.models import Event, Media, ReporterKind, ReportNote, Role, Turn
from assize.kernel.ids import EventId, SubjectId
from assize.platform.cel import Fields
from assize.platform.plain import plain, words
from assize.signals import counters, hash_banks, moderation, near_duplicates, sent_scores, terms, urls
from assize.triage.logic.features import SIGNAL_FIELDS
from assize.triage.ports import Near, Reading, Scene, Signal, SignalSettings
from assize.triage.store.counting import _clustered

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
ALL = (counters, hash_banks, moderation, near_duplicates, sent_scores, terms, urls)


def wide(text: str) -> str:
    """The same letters in full width."""
    return "".join(chr(ord(letter) + 0xFEE0) for letter in text)


HIDDEN = wide("MADE") + "\u200b" + wide("UP")


@dataclass
class Remembered:
    """What a test lets signals remember."""

    counts: Mapping[tuple[SubjectId, str, str], int] = field(default_factory=dict)
    clusters: dict[int, int] = field(default_factory=dict)

    def near(self, bands: Sequence[Sequence[int]], *, within: timedelta) -> Sequence[Near]:
        """Cluster within the scene alone."""
        del within
        return _clustered(bands, {}, Counter())[0]

    def counted(
        self, subjects: Sequence[SubjectId], *, spans: Mapping[str, timedelta]
    ) -> Mapping[tuple[SubjectId, str, str], int]:
        """Return what the test gave."""
        del subjects, spans
        return self.counts


def an_event(*texts: str, **given: object) -> Event:
    """An event in which somebody says something."""
    settings: dict[str, object] = {
        "id": EventId("evt_1"),
        "source": "platform",
        "external_id": "1",
        "kind": "conversation",
        "occurred_at": AT,
        "received_at": AT,
        "turns": tuple(Turn(role=Role.USER, text=text) for text in texts),
    }
    return Event(**(settings | given))  # type: ignore[arg-type]


def a_scene(*events: Event, may: bool = True, memory: Remembered | None = None) -> Scene:
    """A scene of these events."""
    spelled = [plain(event.text) for event in events]
    return Scene(
        events=events,
        plain=spelled,
        said=[words(text) for text in spelled],
        may_keep=[may] * len(events),
        may_send=[may] * len(events),
        at=AT,
        memory=memory or Remembered(),
    )


def read(signal: Signal, *events: Event, memory: Remembered | None = None, **settings: object) -> Sequence[Reading]:
    """Return what a signal says about events under settings."""
    reader = signal.ready(SignalSettings(**settings))  # type: ignore[arg-type]
    assert reader is not None
    return reader.read(a_scene(*events, memory=memory))


class TestEverySignal:
    @pytest.mark.parametrize("module", ALL, ids=lambda module: module.SIGNAL.name)
    def test_provides_fields_that_rules_may_read(self, module: object):
        signal: Signal = module.SIGNAL  # type: ignore[attr-defined]

        assert signal.fields.items() <= SIGNAL_FIELDS.items()
        Fields(signal.fields)

    def test_together_provide_every_signal_field(self):
        assert set(SIGNAL_FIELDS) == {name for module in ALL for name in module.SIGNAL.fields}


class TestTerms:
    @pytest.mark.parametrize(
        "text",
        [
            "a Madeup Word here",
            wide("MADEUP") + " word",
            "made\u200bup, word!",
            "madeup\nword",
            "MADEUP_no madeup — word",
        ],
    )
    def test_find_a_phrase_however_it_is_spelled(self, text: str):
        (found,) = read(terms.SIGNAL, an_event(text), terms={"codes": ("madeup word",)})

        assert found.values["terms"] == ["codes"]

    @pytest.mark.parametrize("text", ["madeupword", "a word madeup", "madeup other word", ""])
    def test_find_whole_words_in_order_alone(self, text: str):
        (found,) = read(terms.SIGNAL, an_event(text), terms={"codes": ("madeup word",)})

        assert found.values["terms"] == []
        assert found.spans == ()

    def test_find_terms_of_scripts_without_spaces(self):
        (found,) = read(terms.SIGNAL, an_event("これは合言葉です"), terms={"codes": ("合言葉",)})

        assert found.values["terms"] == ["codes"]
        assert [(one.start, one.end) for one in found.spans] == [(3, 6)]

    def test_mark_the_places_in_the_original(self):
        text = f"so {HIDDEN} word it is"

        (found,) = read(terms.SIGNAL, an_event("first", text), terms={"codes": ("madeup word",)})

        (span,) = found.spans
        assert (span.turn, span.label) == (1, "codes")
        assert text[span.start : span.end] == f"{HIDDEN} word"

    def test_name_every_list_and_pattern_that_is_found(self):
        (found,) = read(
            terms.SIGNAL,
            an_event("call 555-1234 about the alpha and the beta"),
            terms={"a": ("alpha",), "b": ("beta", "gamma"), "c": ("delta",)},
            patterns={"number": r"\b\d{3}-\d{4}\b", "other": r"\bzzz\b"},
        )

        assert found.values == {"terms": ["a", "b"], "patterns": ["number"]}
        assert [one.label for one in sorted(found.spans, key=lambda one: one.start)] == ["number", "a", "b"]


class TestNearDuplicates:
    TEXT = "buy the wonderful thing from this place today and tell all of your friends about it too please"

    def test_count_texts_nearly_the_same(self):
        nearly = self.TEXT.replace("today", "now")

        found = read(
            near_duplicates.SIGNAL,
            an_event(self.TEXT),
            an_event("of no interest"),
            an_event(self.TEXT),
            an_event(nearly),
        )

        assert [one.values["near_duplicates"] for one in found] == [0, 0, 1, 2]
        assert found[0].cluster == found[2].cluster == found[3].cluster

    def test_take_short_texts_as_unlike(self):
        found = read(near_duplicates.SIGNAL, an_event("thanks a lot"), an_event("thanks a lot"))

        assert [one.values["near_duplicates"] for one in found] == [0, 0]

    def test_say_nothing_where_nothing_may_be_kept(self):
        reader = near_duplicates.SIGNAL.ready(SignalSettings())

        (found,) = reader.read(a_scene(an_event(self.TEXT), may=False))

        assert (found.values, found.absent) == ({}, "handling")

    def test_give_the_same_bands_in_every_process(self):
        bands = near_duplicates.bands_of(range(36))

        assert len(set(bands)) == near_duplicates.BANDS
        assert bands[0] == -7597804498549595197


class TestHashBanks:
    PDQ = "f" * 32 + "0" * 32
    HASHES: Mapping[str, Mapping[str, frozenset[str]]] = {
        "md5": {"known-md5": frozenset({"a" * 32})},
        "pdq": {"known-pdq": frozenset({PDQ})},
    }

    @pytest.mark.parametrize(
        ("hashes", "known"),
        [
            ({"md5": "A" * 32}, ["known-md5"]),
            ({"md5": "b" * 32}, []),
            ({"pdq": PDQ}, ["known-pdq"]),
            ({"pdq": "f" * 31 + "0" * 33}, ["known-pdq"]),
            ({"pdq": "0" * 32 + "f" * 32}, []),
            ({"sha256": "a" * 64}, []),
        ],
        ids=["md5 in any case", "md5 of none", "pdq", "pdq nearly", "pdq far", "another kind of hash"],
    )
    def test_know_media_by_hash(self, hashes: dict[str, str], known: list[str]):
        (found,) = read(hash_banks.SIGNAL, an_event(media=(Media(hashes=hashes),)), hashes=self.HASHES)

        assert found.values["media.known"] == known

    def test_are_absent_when_they_are_empty(self):
        assert hash_banks.SIGNAL.ready(SignalSettings(hashes={"md5": {"empty": frozenset()}})) is None


class TestUrls:
    @pytest.mark.parametrize(
        "text",
        [
            "see https://example.co.uk/bad/page",
            "see HTTP://WWW.Example.co.uk:80/x/../bad/page#top.",
            "see hxxps://example[.]co[.]uk/bad/page)",
            "www.example.co.uk/bad/page/",
        ],
    )
    def test_find_listed_addresses_however_they_are_spelled(self, text: str):
        (found,) = read(urls.SIGNAL, an_event(text), urls={"bad": frozenset({"https://example.co.uk/bad/page"})})

        assert found.values["urls.listed"] == ["bad"]

    @pytest.mark.parametrize(
        ("text", "listed"),
        [
            ("at sub.deep.example.co.uk", ["scams"]),
            ("at example.co.uk/any", ["scams"]),
            ("at example.com", []),
            ("at notexample.co.uk", []),
            ("at co.uk", []),
            ("no address. here", []),
        ],
    )
    def test_find_everything_under_a_listed_domain(self, text: str, listed: list[str]):
        (found,) = read(urls.SIGNAL, an_event(text), domains={"scams": frozenset({"example.co.uk"})})

        assert found.values["urls.listed"] == listed

    def test_are_absent_when_nothing_is_listed(self):
        assert urls.SIGNAL.ready(SignalSettings()) is None


class TestCounters:
    ACCOUNT, USER = SubjectId("sub_a"), SubjectId("sub_u")

    def test_sum_the_account_and_the_lower_subject(self):
        memory = Remembered(counts={(self.ACCOUNT, "cases", "24h"): 2, (self.USER, "cases", "24h"): 1})

        (found,) = read(counters.SIGNAL, an_event(account_id=self.ACCOUNT, subject_id=self.USER), memory=memory)

        assert found.values["account.cases_24h"] == 3
        assert found.values["account.cases_30d"] == 0
        assert found.values.keys() == counters.SIGNAL.fields.keys()

    def test_see_reports_that_come_together(self):
        note = ReportNote(reporter_id="r", reporter_kind=ReporterKind.USER, reason="harassment")
        reports = [an_event(subject_id=self.USER, report=note) for _ in range(3)]

        found = read(counters.SIGNAL, *reports, memory=Remembered(counts={(self.USER, "reports", "1h"): 4}))

        assert [one.values["account.reports_1h"] for one in found] == [5, 6, 7]

    def test_say_nothing_of_an_event_about_nobody(self):
        (found,) = read(counters.SIGNAL, an_event())

        assert found.absent == "no-account"


class TestSentScores:
    def test_take_scores_that_the_platform_sent(self):
        scores = {"hate": 0.7, "sexual/minors": 0, "self-harm/intent": 0.25, "unknown": 0.5}

        (found,) = read(sent_scores.SIGNAL, an_event(attributes={"scores": scores}))

        assert found.values == {"score.hate": 0.7, "score.sexual_minors": 0.0, "score.self_harm_intent": 0.25}

    @pytest.mark.parametrize(
        "scores", [None, [], "high", {"hate": "0.7"}, {"hate": True}, {"hate": 1.5}, {"hate": None}]
    )
    def test_take_nothing_that_is_no_score(self, scores: object):
        (found,) = read(sent_scores.SIGNAL, an_event(attributes={"scores": scores}))

        assert found.values == {}
