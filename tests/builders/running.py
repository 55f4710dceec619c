"""A whole installation of real processes, with people and keys, for tests that hurt it."""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from assize.app.installation import opened
from assize.bench.product import Product, free_port, postmaster, processes, product
from assize.kernel import clock
from assize.platform.db import Database
from assize.platform.settings import read_settings
from assize.triage import service as triage
from assize.triage.models import BankKind
from assize.workforce import service as workforce
from assize.workforce.models import SYSTEM, Right, Role
from assize_sim.lists import LISTS

SECRET = "whsec_c2ltdWxhdGVkLXNlY3JldC1mb3ItdGVzdHMtb25seQ=="
PEOPLE = ("Ada", "Ben", "Cleo", "Dana")
DELIVERY_LEASE_S = 40  # what a worker holds a delivery for
# What waits for its next try, and what a worker that was killed before the block still holds.
HURRY = """
    update enforcement.delivery
    set next_at = least(next_at, now()),
        claimed_until = case when claimed_until <= %(started)s then null else claimed_until end
    where state = 'waiting' and (next_at > now() or claimed_until <= %(started)s)
"""
ROLES = (Role.EXPERT, Role.QA_LEAD, Role.OPERATIONS_MANAGER)


@dataclass(frozen=True, kw_only=True)
class Running:
    """A running installation. reviewers: name -> key."""

    product: Product
    receiver_port: int
    event_key: str
    reviewers: dict[str, str]

    @property
    def base_url(self) -> str:
        return self.product.base_url

    @contextlib.contextmanager
    def database(self) -> Iterator[Database]:
        with opened(read_settings(self.product.environment)) as database:
            yield database

    def rows(self, sql: str, **params: Any) -> list[dict[str, Any]]:
        """Ask its database, as the system."""
        with self.database() as database, database.transaction(SYSTEM) as tx:
            return tx.rows(sql, params)

    @contextlib.contextmanager
    def hurried(self) -> Iterator[None]:
        """Let the waits between tries, and the leases of the dead, pass quickly while the block runs."""
        ending = threading.Event()
        started = clock.now() + timedelta(seconds=DELIVERY_LEASE_S)

        def hurry() -> None:
            with self.database() as database:
                while not ending.wait(1.0):
                    with database.transaction(SYSTEM) as tx:
                        tx.run(HURRY, {"started": started})

        thread = threading.Thread(target=hurry, daemon=True)
        thread.start()
        yield
        ending.set()
        thread.join(timeout=10)

    def kill(self, role: str) -> bool:
        """Kill a process of a role with -9; False where none runs at the moment."""
        if role == "database":
            pids = [pid for pid in (postmaster(self.product),) if pid is not None]
        else:
            pids = [pid for pid, known in processes(self.product).items() if known == role]
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return bool(pids)


@contextlib.contextmanager
def running(**settings: str) -> Iterator[Running]:
    """Start an installation with a webhook address on loopback, four reviewers and a platform's key."""
    port = free_port()
    given = {
        "ASSIZE_WEBHOOK_URL": f"http://127.0.0.1:{port}/webhooks",
        "ASSIZE_WEBHOOK_SECRET": SECRET,
        "ASSIZE_ALLOW_PRIVATE_DESTINATIONS": "yes",
        "ASSIZE_GRACE_SECONDS": "1",
    }
    with product(**(given | settings)) as made:
        made.start()
        with opened(read_settings(made.environment)) as database:
            event_key, reviewers = _people(database)
        yield Running(product=made, receiver_port=port, event_key=event_key, reviewers=reviewers)


def until(true: Callable[[], bool], *, within_s: float, pause_s: float = 0.2) -> bool:
    """Wait until something is true; False where it is not within this time."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(pause_s)
    return true()


def _people(database: Database) -> tuple[str, dict[str, str]]:
    at = clock.now()
    with database.transaction(SYSTEM) as tx:
        for bank, kind, values in LISTS:
            triage.add_to_bank(tx, name=bank, kind=BankKind(kind), values=values, at=at)
        everything = frozenset(Right)
        event_key = workforce.issue_key(tx, name="platform", rights=everything, at=at).secret
        keys = {}
        for name in PEOPLE:
            person = workforce.add_person(tx, name=name, email=f"{name.lower()}@example.org", roles=ROLES, at=at)
            keys[name] = workforce.issue_key(tx, name=name, rights=everything, reviewer_id=person, at=at).secret
    return event_key, keys
