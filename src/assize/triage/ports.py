"""Where signals attach to triage.

A signal reads a batch of events and says what it found in declared fields. To add one: a file in `assize/signals/`
(or an entry point of another package) that calls nothing but what is here, and one line in `app/plugins.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from assize.intake.models import Event
from assize.kernel.ids import SubjectId
from assize.platform.cel import FieldType
from assize.triage.models import Span


@dataclass(frozen=True, kw_only=True)
class SignalSettings:
    """What signals look for: from the policy in force, the banks, and the installation's settings.

    terms, patterns, urls, domains, hashes: by the name of the list; hashes by kind (`pdq`, `md5`) first.
    moderation_url: base address of an OpenAI-compatible endpoint; None sends nothing anywhere.
    """

    terms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    patterns: Mapping[str, str] = field(default_factory=dict)
    urls: Mapping[str, frozenset[str]] = field(default_factory=dict)
    domains: Mapping[str, frozenset[str]] = field(default_factory=dict)
    hashes: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)
    moderation_url: str | None = None
    moderation_key: str | None = None
    moderation_model: str | None = None
    moderation_timeout_s: float = 2.0


@dataclass(frozen=True, slots=True)
class Near:
    """How many texts of the last day, this one left out, were nearly the same; and the mark of their cluster."""

    count: int
    cluster: int | None


class Memory(Protocol):
    """What triage remembers from earlier events, for signals that count."""

    def near(self, bands: Sequence[Sequence[int]], *, within: timedelta) -> Sequence[Near]:
        """Return, for each text given by its bands, how many share one of them; and remember it. No bands: nothing."""
        ...

    def counted(
        self, subjects: Sequence[SubjectId], *, spans: Mapping[str, timedelta]
    ) -> Mapping[tuple[SubjectId, str, str], int]:
        """Return what was counted by (subject, counter, name of the span); what is nil is left out."""
        ...


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A batch of events as signals see it, one item for each in every sequence.

    plain: the text in one spelling (`platform.plain`); said: its words. may_keep: whether something made of the text
    may be kept; may_send: whether the text may leave the house. Both by handling class.
    """

    events: Sequence[Event]
    plain: Sequence[str]
    said: Sequence[list[str]]
    may_keep: Sequence[bool]
    may_send: Sequence[bool]
    at: datetime
    memory: Memory


@dataclass(frozen=True, slots=True)
class Reading:
    """What a signal found about one event: values of its declared fields, and where. None of a field: absent.

    cluster: for the signal of near-duplicates, the mark of the cluster. absent: why it has nothing to say, in a word.
    """

    values: Mapping[str, object] = field(default_factory=dict)
    spans: tuple[Span, ...] = ()
    cluster: int | None = None
    absent: str | None = None


class Reader(Protocol):
    """A signal made ready for the settings in force."""

    def read(self, scene: Scene) -> Sequence[Reading]:
        """Return one reading for each event, in order. May raise: the batch then goes on without this signal."""
        ...


class Signal(Protocol):
    """Something that can be told about an event. fields: what it provides, with types."""

    @property
    def name(self) -> str:
        """The name under which it is counted and shown."""
        ...

    @property
    def fields(self) -> Mapping[str, FieldType]:
        """The fields it provides; rules may read them whether or not it is ready."""
        ...

    def ready(self, settings: SignalSettings) -> Reader | None:
        """Return it ready for these settings, or None where it isn't configured: its fields are then absent."""
        ...


_signals: dict[str, Signal] = {}


def register_signal(signal: Signal) -> None:
    """Make a signal part of every assessment from now on. The same name again replaces the earlier one."""
    _signals[signal.name] = signal


def signals() -> tuple[Signal, ...]:
    """Return the signals in order of registration."""
    return tuple(_signals.values())
