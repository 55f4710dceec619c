"""What is announced of the golden set."""

from dataclasses import dataclass
from typing import ClassVar

from assize.kernel.facts import Fact
from assize.kernel.ids import CaseId, GoldenId, LabelId, PlacementId


@dataclass(frozen=True, kw_only=True)
class GoldenProposed(Fact):
    """A case of which an expert said what is right was proposed for the golden set."""

    measuring: ClassVar[bool] = True

    golden_id: GoldenId
    case_id: CaseId
    label_id: LabelId


@dataclass(frozen=True, kw_only=True)
class GoldenApproved(Fact):
    """A second person took a case into the golden set. hash: over the label that answers are compared with."""

    measuring: ClassVar[bool] = True

    golden_id: GoldenId
    case_id: CaseId
    label_id: LabelId
    hash: str


@dataclass(frozen=True, kw_only=True)
class GoldenStale(Fact):
    """A known case waits until somebody says that it holds: its words changed, its time is up, or it opens no case."""

    measuring: ClassVar[bool] = True

    golden_id: GoldenId
    case_id: CaseId
    why: str


@dataclass(frozen=True, kw_only=True)
class GoldenHolds(Fact):
    """What experts said of a known case still holds under the words of a version."""

    measuring: ClassVar[bool] = True

    golden_id: GoldenId
    case_id: CaseId
    policy_version_id: str


@dataclass(frozen=True, kw_only=True)
class GoldenRetired(Fact):
    """A case left the golden set, or was not taken into it."""

    measuring: ClassVar[bool] = True

    golden_id: GoldenId
    case_id: CaseId


@dataclass(frozen=True, kw_only=True)
class GoldenPlaced(Fact):
    """A sealed copy of a known case was put among the others."""

    measuring: ClassVar[bool] = True

    placement_id: PlacementId
    golden_id: GoldenId
    queue: str


@dataclass(frozen=True, kw_only=True)
class GoldenRateSet(Fact):
    """To which share of the cases of a queue known ones are added from now on."""

    measuring: ClassVar[bool] = True

    queue: str
    share: float
