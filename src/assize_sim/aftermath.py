"""What the platform does after an effect: confirms late where it said so, and passes on appeals of those concerned."""

import queue
import threading
from dataclasses import dataclass, field

from assize.kernel.chance import rng
from assize_sim.book import Book
from assize_sim.client import Client, OutOfPatience, Refused
from assize_sim.receiver import Received
from assize_sim.truth import Remedy

CONFIRM = "/v1/effects/{effect}/confirmation"
APPEALS = "/v1/appeals"
APPEALS_WHEN_WRONG = 0.8  # of those to whom it was done for nothing
APPEALS_WHEN_RIGHT = 0.1
STATEMENT = "I don't agree with this decision. Please let somebody else look at the whole conversation again."


@dataclass(kw_only=True)
class Aftermath:
    """Works off what the receiver tells it, on a thread of its own, so that an answer never waits for a call.

    confirmed: effects confirmed by a call; appealed: enforcements appealed; refusals: codes, counted.
    """

    client: Client
    book: Book
    seed: str
    confirmed: int = 0
    appealed: int = 0
    failed: int = 0
    refusals: dict[str, int] = field(default_factory=dict)
    _waiting: "queue.Queue[Received]" = field(default_factory=queue.Queue)
    _working: bool = False

    def tell(self, received: Received) -> None:
        """Hear of a new effect."""
        self._waiting.put(received)

    @property
    def idle(self) -> bool:
        """Whether nothing waits."""
        return self._waiting.empty() and not self._working

    def run(self, ending: threading.Event) -> None:
        """Work until told to end."""
        while not ending.is_set():
            try:
                received = self._waiting.get(timeout=0.2)
            except queue.Empty:
                continue
            self._working = True
            try:
                self.after(received)
            except Refused as refused:
                code = str(refused.problem.get("code") or refused.status)
                self.refusals[code] = self.refusals.get(code, 0) + 1
            except OutOfPatience:
                self.failed += 1
            finally:
                self._working = False

    def after(self, received: Received) -> None:
        """Do what follows one effect. Raises Refused, OutOfPatience."""
        if received.confirms_later:
            self.client.post(CONFIRM.format(effect=received.effect_id), {"status": "confirmed"})
            self.confirmed += 1
        enforcement_id = received.data.get("order", {}).get("enforcement_id")
        if received.kind.endswith("notice.v1") and enforcement_id and self._minds(received, str(enforcement_id)):
            self.client.post(
                APPEALS,
                {
                    "enforcement_id": enforcement_id,
                    "external_id": f"appeal-{received.effect_id}",
                    "statement": STATEMENT,
                },
            )
            self.appealed += 1

    def _minds(self, received: Received, enforcement_id: str) -> bool:
        deserved = self.book.deserves(received.level, received.ref, Remedy.ENFORCE)
        share = APPEALS_WHEN_RIGHT if deserved else APPEALS_WHEN_WRONG
        return rng(f"{self.seed}/appeal/{enforcement_id}").random() < share
