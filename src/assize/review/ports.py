"""Where sources of judgements attach to review."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from assize.kernel.ids import CaseId, ClauseId, ReviewerId
from assize.policy.models import Severity
from assize.review.models import Verdict
from assize.triage.models import Case


@dataclass(frozen=True, kw_only=True)
class RaterJudgement:
    """One rater's independent judgement of one item.

    event_source, external_id: the event it is about, as intake knows it. rater: the source's own name for them.
    label: the source's own, kept as it was. severity: what the label stands for, None where it says no harm.
    clause_id: under which clause; None where the source names none. at: when it was made, None where unknown.
    key: tells apart what one rater said of one item more than once: the row's number.
    """

    event_source: str
    external_id: str
    rater: str
    label: str
    verdict: Verdict
    severity: Severity | None
    clause_id: ClauseId | None = None
    reason_codes: tuple[str, ...] = ()
    at: datetime | None = None
    key: str = ""


class Blinding(Protocol):
    """Something of a higher slice that has people judge cases blind, such as an audit."""

    name: str

    def cases_blind_to(self, tx: Any, reviewer: ReviewerId) -> Collection[CaseId]:
        """Return the cases that somebody judges blind now: few. Asked whenever a case is shown, so it must be fast."""
        ...


_blindings: dict[str, Blinding] = {}


def register_blinding(blinding: Blinding) -> None:
    """Let a case be blind to whoever judges it so, wherever it is shown. The same name again replaces the earlier one."""
    _blindings[blinding.name] = blinding


def blindings() -> tuple[Blinding, ...]:
    """Return everything that has people judge blind."""
    return tuple(_blindings.values())


class Sealing(Protocol):
    """Something of a higher slice that puts sealed copies of known cases among the others."""

    name: str

    def opened(self, tx: Any, case_id: CaseId) -> Collection[ReviewerId]:
        """Hear that a sealed copy is offered for review; return who knows it, and may not be given it."""
        ...

    def family(self, tx: Any, case_id: CaseId) -> Collection[str]:
        """Return the cases that would give a sealed copy away: its original, its near-duplicates, other copies."""
        ...


_sealings: dict[str, Sealing] = {}


def register_sealing(sealing: Sealing) -> None:
    """Let sealed copies come from here. The same name again replaces the earlier one."""
    _sealings[sealing.name] = sealing


def keep_out(tx: Any, case: Case) -> frozenset[ReviewerId]:
    """Return who may not be given a case because they know it; nobody where it is no sealed copy."""
    if not case.sealed:
        return frozenset()
    return frozenset(one for sealing in _sealings.values() for one in sealing.opened(tx, case.id))


def family_of(tx: Any, case: Case) -> frozenset[str]:
    """Return the cases that would give a sealed copy away; none where it is no sealed copy."""
    if not case.sealed:
        return frozenset()
    return frozenset(one for sealing in _sealings.values() for one in sealing.family(tx, case.id))


class JudgementSource(Protocol):
    """A file that brings decisions made elsewhere, beside the events that `intake.ports.Source` reads from it.

    The same rows in the same order each time, as a stream: a repeated import records nothing twice.
    """

    name: str

    def judgements(self, path: Path) -> Iterator[RaterJudgement]:
        """Return the judgements of a file, one by one."""
        ...


@dataclass(frozen=True, kw_only=True)
class Translated:
    """What a translator made of a text, and what it calls itself."""

    text: str
    model: str


class Translator(Protocol):
    """Something that translates text which may leave the house. Content is data for it, never an instruction."""

    def translate(self, text: str, *, to: str) -> Translated:
        """Return the text in another language (ISO 639 code). Raises TranslationFailed."""
        ...
