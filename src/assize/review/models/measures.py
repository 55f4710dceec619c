"""What is measured of the work."""

from dataclasses import dataclass

from assize.kernel.ids import QueueName, TeamId
from assize.kernel.measures import Spread
from assize.policy.models import Severity


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How long `first_look` or `decision` took. queue and severity: None for all together. in_time: by the due time."""

    what: str
    queue: QueueName | None
    severity: Severity | None
    spread: Spread | None
    in_time: int
    n: int


@dataclass(frozen=True, kw_only=True)
class TeamWork:
    """What a team decided in a span, for how many hours it had that in hand, and how much it has in hand now."""

    team_id: TeamId | None
    team: str | None
    in_hand: int
    decided: int
    hours: float
