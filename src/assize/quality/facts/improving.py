"""What is announced of what is done about causes of errors."""

from dataclasses import dataclass
from typing import ClassVar

from assize.kernel.facts import Fact
from assize.kernel.ids import ImprovementId, ReviewerId


@dataclass(frozen=True, kw_only=True)
class ImprovementBegun(Fact):
    """Something is done about a cause of errors: coaching, training, policy_gap, tooling or corrective."""

    measuring: ClassVar[bool] = True

    improvement_id: ImprovementId
    cause: str
    owner_id: ReviewerId


@dataclass(frozen=True, kw_only=True)
class ImprovementDone(Fact):
    """It was done; its effect is measured from here on."""

    measuring: ClassVar[bool] = True

    improvement_id: ImprovementId
