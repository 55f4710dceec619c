"""What is announced of what is agreed with teams."""

from dataclasses import dataclass
from typing import ClassVar

from assize.kernel.facts import Fact
from assize.kernel.ids import TeamId


@dataclass(frozen=True, kw_only=True)
class ContractAgreed(Fact):
    """Service levels and a ramp were agreed with a team, in place of those before."""

    measuring: ClassVar[bool] = True

    team_id: TeamId
    version: int
