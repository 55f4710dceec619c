"""How the simulated platform's subjects stand: what effects did to them, and whether they may still send."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Key = tuple[str, str]  # level and the platform's own id


@dataclass(kw_only=True)
class Standing:
    """How one subject stands. counts: how often each order was applied, for tests."""

    banned: bool = False
    revoked: bool = False
    suspended_until: datetime | None = None
    restricted: set[str] = field(default_factory=set)
    warnings: int = 0
    supported: bool = False
    notified: bool = False
    counts: dict[str, int] = field(default_factory=dict)

    def may_send(self, at: datetime) -> bool:
        """Whether this subject may use the platform at a moment."""
        suspended = self.suspended_until is not None and at < self.suspended_until
        return not (self.banned or self.revoked or suspended)


def apply(standing: Standing, order: Mapping[str, Any]) -> None:
    """Do to a subject what an effect orders; what this platform doesn't know it only counts."""
    do = str(order.get("do", "none"))
    standing.counts[do] = standing.counts.get(do, 0) + 1
    match do:
        case "ban" | "lift_ban":
            standing.banned = do == "ban"
        case "revoke_api_key":
            standing.revoked = True
        case "suspend":
            standing.suspended_until = datetime.fromisoformat(str(order["until"]))
        case "lift_suspension":
            standing.suspended_until = None
        case "restrict_feature":
            standing.restricted.add(str(order.get("feature", "all")))
        case "restore_feature":
            standing.restricted.discard(str(order.get("feature", "all")))
        case "warn" | "withdraw_warning":
            standing.warnings = max(0, standing.warnings + (1 if do == "warn" else -1))
        case "show_support" | "hide_support":
            standing.supported = do == "show_support"
        case "notify_and_cure" | "withdraw_notification":
            standing.notified = do == "notify_and_cure"
        case _:
            pass


class Register:
    """The standings of everybody, shared by the sender and the receiver's threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[Key, Standing] = {}

    def apply(self, *, level: str, ref: str, order: Mapping[str, Any]) -> None:
        """Apply an order to a subject."""
        with self._lock:
            apply(self._known.setdefault((level, ref), Standing()), order)

    def may_send(self, subject: Mapping[str, str], at: datetime) -> bool:
        """Whether nobody in a subject's path is stopped."""
        with self._lock:
            found = [self._known.get((level, ref)) for level, ref in subject.items()]
        return all(one is None or one.may_send(at) for one in found)

    def of(self, level: str, ref: str) -> Standing:
        """Return how a subject stands."""
        with self._lock:
            return self._known.get((level, ref), Standing())
