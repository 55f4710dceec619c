"""Who is there in a demo: people to sign in as, the platform's key, simulated reviewers, somebody on call."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assize.escalation import service as escalation
from assize.kernel import clock
from assize.kernel.chance import random_bytes, secret
from assize.platform.db import Database, Tx
from assize.platform.sealing import Sealer, sealer
from assize.platform.settings import Settings
from assize.triage import service as triage
from assize.triage.models import BankKind
from assize.workforce import service as workforce
from assize.workforce.models import SYSTEM, Right, Role
from assize_sim.lists import LISTS

PEOPLE: Sequence[tuple[str, str, tuple[Role, ...], str]] = (
    ("ana", "Ana Analyst", (Role.ANALYST,), "works the queues"),
    ("vic", "Vic Vendor", (Role.VENDOR_ANALYST,), "works the queues at a vendor"),
    ("eva", "Eva Expert", (Role.EXPERT,), "decides what is grave, approves, endorses precedents"),
    ("quinn", "Quinn QA", (Role.QA_LEAD,), "hears appeals, gives second looks"),
    ("paula", "Paula Policy", (Role.POLICY_OWNER,), "owns policy and rules"),
    ("olga", "Olga Operations", (Role.OPERATIONS_MANAGER,), "runs the work, redelivers"),
    ("adam", "Adam Admin", (Role.ADMINISTRATOR,), "people and keys"),
    ("audrey", "Audrey Auditor", (Role.AUDITOR,), "reads the ledger"),
)
SIMULATED = (("sim-ida", Role.EXPERT), ("sim-jon", Role.EXPERT), ("sim-kim", Role.ANALYST), ("sim-lou", Role.ANALYST))
PLATFORM = (Right.EVENTS_WRITE, Right.EVENTS_READ, Right.REPORTS_WRITE, Right.APPEALS_WRITE, Right.ENFORCEMENT_CONFIRM)
DOMAIN = "assize.example"


@dataclass(frozen=True, kw_only=True)
class Cast:
    """Who plays: e-mail and task of each person, one password for all, and the file of keys for the simulation."""

    people: tuple[tuple[str, str], ...]
    password: str
    webhook_secret: str
    keys_file: Path


def cast(database: Database, settings: Settings) -> Cast:
    """Return the people of this demo's home, added where they are missing."""
    keys_file = settings.home / "demo.json"
    if not keys_file.exists():
        made = _made(database, sealer(settings))
        keys_file.touch(mode=0o600)
        keys_file.write_text(json.dumps(made), encoding="utf-8")
    kept = json.loads(keys_file.read_text(encoding="utf-8"))
    return Cast(
        people=tuple((f"{short}@{DOMAIN}", f"{name}: {what}") for short, name, _, what in PEOPLE),
        password=kept["password"],
        webhook_secret=kept["webhook_secret"],
        keys_file=keys_file,
    )


def _made(database: Database, sealer: Sealer) -> dict[str, Any]:
    password = secret(9)
    with database.transaction(SYSTEM) as tx:
        at = clock.now()
        for bank, kind, values in LISTS:
            triage.add_to_bank(tx, name=bank, kind=BankKind(kind), values=values, at=at)
        vendor = workforce.add_team(tx, name="Vendor team", vendor=True, at=at)
        for short, name, roles, _ in PEOPLE:
            reviewer_id = workforce.add_person(
                tx,
                name=name,
                email=f"{short}@{DOMAIN}",
                roles=roles,
                team_id=vendor if Role.VENDOR_ANALYST in roles else None,
                password=password,
                at=at,
            )
            if Role.EXPERT in roles:
                escalation.add_contact(
                    tx, sealer=sealer, order=1, name=name, email=f"{short}@{DOMAIN}", reviewer_id=reviewer_id, at=at
                )
        return {
            "password": password,
            "webhook_secret": "whsec_" + base64.b64encode(random_bytes(24)).decode(),
            "event_key": workforce.issue_key(tx, name="simulated platform", rights=PLATFORM, at=at).secret,
            "reviewers": {name: _reviewer_key(tx, name, role) for name, role in SIMULATED},
        }


def _reviewer_key(tx: Tx, name: str, role: Role) -> str:
    at = clock.now()
    reviewer_id = workforce.add_person(tx, name=name, email=f"{name}@{DOMAIN}", roles=[role], at=at)
    return workforce.issue_key(tx, name=name, rights=list(Right), reviewer_id=reviewer_id, at=at).secret
