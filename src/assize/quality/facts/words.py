"""What is announced of experts' words, disputes, gaps of the policy and calibration rounds."""

from dataclasses import dataclass
from typing import ClassVar

from assize.kernel.facts import Fact
from assize.kernel.ids import AdjudicationId, CalibrationId, CaseId, DisputeId, GapId, ReviewerId


@dataclass(frozen=True, kw_only=True)
class AdjudicationAsked(Fact):
    """Judgements differ, and an expert is asked for theirs."""

    measuring: ClassVar[bool] = True

    adjudication_id: AdjudicationId
    case_id: CaseId
    trigger: str


@dataclass(frozen=True, kw_only=True)
class AdjudicationGiven(Fact):
    """An expert gave their word. outcome: label, or policy_ambiguous, which blames nobody. replaced: comparisons."""

    measuring: ClassVar[bool] = True

    adjudication_id: AdjudicationId
    case_id: CaseId
    outcome: str
    cited_clause: str
    replaced: int


@dataclass(frozen=True, kw_only=True)
class PolicyGapOpened(Fact):
    """The words of the policy leave open what is right; somebody is to mend them."""

    measuring: ClassVar[bool] = True

    gap_id: GapId
    clause: str
    owner_id: ReviewerId


@dataclass(frozen=True, kw_only=True)
class PolicyGapMoved(Fact):
    """A gap of the policy went to somebody else, or something was done about it. state: open, changed, kept."""

    measuring: ClassVar[bool] = True

    gap_id: GapId
    state: str
    owner_id: ReviewerId


@dataclass(frozen=True, kw_only=True)
class DifferencesDisputed(Fact):
    """A reviewer disputed differences on their own card. n: how many the card told."""

    measuring: ClassVar[bool] = True

    dispute_id: DisputeId
    criterion: str
    n: int


@dataclass(frozen=True, kw_only=True)
class DisputeAnswered(Fact):
    """A dispute was answered by somebody without a part in it. replaced: comparisons that count anew."""

    measuring: ClassVar[bool] = True

    dispute_id: DisputeId
    state: str
    replaced: int


@dataclass(frozen=True, kw_only=True)
class CalibrationOpened(Fact):
    """A calibration round was opened: several people label the same cases, each alone. retests: of an earlier one."""

    measuring: ClassVar[bool] = True

    calibration_id: CalibrationId
    form: str
    items: int
    retests: CalibrationId | None


@dataclass(frozen=True, kw_only=True)
class CalibrationLabelled(Fact):
    """A participant labelled a case. time: 1 alone, 2 after the discussion; hash: over all of the label."""

    measuring: ClassVar[bool] = True

    calibration_id: CalibrationId
    case_id: CaseId
    time: int
    hash: str


@dataclass(frozen=True, kw_only=True)
class CalibrationMoved(Fact):
    """A round came to its discussion, or was closed."""

    measuring: ClassVar[bool] = True

    calibration_id: CalibrationId
    state: str


@dataclass(frozen=True, kw_only=True)
class CalibrationConcluded(Fact):
    """The discussion of a case came to something: reviewer error, policy gap, tooling and others."""

    measuring: ClassVar[bool] = True

    calibration_id: CalibrationId
    case_id: CaseId
    outcome: str
