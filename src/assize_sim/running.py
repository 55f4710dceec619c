"""One run of the simulated platform: everything started, the stream sent, and at the end everything drained."""

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

from assize.kernel import clock
from assize_sim.aftermath import Aftermath
from assize_sim.book import Book
from assize_sim.client import Client, Refused
from assize_sim.measuring import Run, summary
from assize_sim.receiver import MISBEHAVIOURS, Receiver, serve
from assize_sim.reviewers import SKILLS
from assize_sim.sending import Sender
from assize_sim.standing import Register
from assize_sim.stream import Plan, stream
from assize_sim.working import Reviewer

CLAUSES = "/v1/policy/clauses"
# Of the installation's own measures: what shows that it isn't done yet.
BUSY = (
    "inbox_waiting",
    "todo",
    "doing",
    "enforcement_effects_waiting",
    "enforcement_deliveries_waiting",
    "enforcement_effects_unconfirmed",
)


@dataclass(frozen=True, kw_only=True)
class Options:
    """How to run. reviewer_keys: name -> API key; reviewers: how many of them work, None for all; events: how many to send, None for no end.

    rate: a second, at the mean of a working day; None sends as fast as it is taken. quiet_s: how long nothing may happen
    before the run counts as drained; drain_s: how long to wait for that at most.
    """

    base_url: str
    event_key: str
    reviewer_keys: Mapping[str, str]
    webhook_secret: str
    receiver_port: int = 0
    reviewers: int | None = None
    seed: str = "1"
    run: str = "r0"
    events: int | None = None
    rate: float | None = None
    tour: bool = False
    misbehave: str = "none"
    pace_s: float = 0.0
    quiet_s: float = 5.0
    drain_s: float = 120.0
    truth_file: Path | None = None


@contextlib.contextmanager
def started(options: Options, ending: threading.Event) -> Iterator[Run]:
    """Start receiver, reviewers and the rest around the block; everything is stopped at its end."""
    book, register = Book(), Register()
    client = Client(base_url=options.base_url, key=options.event_key)
    aftermath = Aftermath(client=Client(base_url=options.base_url, key=options.event_key), book=book, seed=options.seed)
    receiver = Receiver(
        secret=options.webhook_secret,
        register=register,
        misbehaviour=MISBEHAVIOURS[options.misbehave],
        seed=options.seed,
        on_new=aftermath.tell,
    )
    reviewers = _reviewers(options, book)
    sender = Sender(
        client=client,
        book=book,
        register=register,
        limit=options.events,
        paced=options.rate is not None,
        keep=options.events is not None,
    )
    server = serve(receiver, port=options.receiver_port)
    works: list[Callable[[threading.Event], None]] = [aftermath.run, *(one.run for one in reviewers)]
    threads = [threading.Thread(target=work, args=(ending,), daemon=True) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield Run(book=book, sender=sender, receiver=receiver, aftermath=aftermath, reviewers=reviewers)
    finally:
        ending.set()
        for thread in threads:
            thread.join(timeout=10)
        server.shutdown()
        server.server_close()
        for open_client in (client, aftermath.client, *(one.client for one in reviewers)):
            open_client.close()


def run(options: Options, ending: threading.Event) -> dict[str, Any]:
    """Run to the end (or until told to end) and return what it came to."""
    working = threading.Event()
    with started(options, working) as parts:
        parts.sender.run(stream(plan_of(options)), ending)
        if options.events is not None and not ending.is_set():
            drain(parts, quiet_s=options.quiet_s, drain_s=options.drain_s)
        lost = parts.sender.lost()
        if options.truth_file is not None:
            parts.book.write(options.truth_file)
        return summary(parts, lost=lost)


def plan_of(options: Options) -> Plan:
    """Return the plan of the stream. Without a pace the stream ends about now, so that nothing lies in the future."""
    rate = options.rate or 20.0
    begin = clock.now()
    if options.rate is None and options.events is not None:
        begin -= timedelta(seconds=3 * options.events / rate)
    return Plan(seed=options.seed, begin=begin, run=options.run, per_s=rate, tour=options.tour)


def drain(parts: Run, *, quiet_s: float, drain_s: float) -> bool:
    """Wait until nothing has happened for a while: no task to do, no effect coming, nothing to confirm. False: gave up."""
    deadline = time.monotonic() + drain_s
    last, since = (-1, -1), time.monotonic()
    while time.monotonic() < deadline:
        state = (len(parts.receiver.applied), sum(one.decisions + one.approvals for one in parts.reviewers))
        busy = not parts.aftermath.idle or not all(one.idle for one in parts.reviewers)
        levels = parts.sender.client.levels()
        if busy or any(levels.get(name) for name in BUSY) or state != last:
            last, since = state, time.monotonic()
        elif time.monotonic() - since >= quiet_s:
            return True
        time.sleep(0.2)
    return False


def keys_in(path: Path) -> Mapping[str, Any]:
    """Return what a keys file holds: event_key, webhook_secret, reviewers (name -> key)."""
    found: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _reviewers(options: Options, book: Book) -> Sequence[Reviewer]:
    found = []
    for (name, key), skill in zip(
        list(options.reviewer_keys.items())[: options.reviewers], cycle(SKILLS), strict=False
    ):
        client = Client(base_url=options.base_url, key=key, patience_s=30)
        found.append(
            Reviewer(
                name=name,
                skill=skill,
                client=client,
                book=book,
                seed=options.seed,
                pace_s=options.pace_s,
                exceptions=_exceptions(client),
            )
        )
    return found


def _exceptions(client: Client) -> Mapping[str, Sequence[str]]:
    try:
        clauses = client.get(CLAUSES).get("items", ())
    except Refused:
        return {}  # a key that may not read the policy trusts its own memory
    return {str(one["id"]): [str(exception["id"]) for exception in one.get("exceptions", ())] for one in clauses}
