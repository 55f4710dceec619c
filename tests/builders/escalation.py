"""Escalated cases and who is on call; a test names only what matters to it."""

import re
from datetime import datetime, timedelta
from typing import Any

from assize.escalation import service
from assize.escalation.models import Contact, Escalation, Pager
from assize.kernel.ids import CaseId
from assize.platform.db import Database, Tx
from assize.platform.sealing import Sealer
from assize.triage import service as triage
from assize.workforce.models import SYSTEM, Role
from builders.enforcement import a_policy_of_actions, known
from builders.review import AT, a_case, a_reviewer, acting

ADA = a_reviewer("ada", roles=(Role.EXPERT,))
LENA = a_reviewer("lena", roles=(Role.EXPERT,))
DUE = AT + timedelta(hours=4)
SEALER = Sealer(keys=(b"k" * 32,))
URL = "https://assize.example.org"


def pager(smtp: str | None = None, **changed: Any) -> Pager:
    """How pages leave, to receivers on loopback."""
    return Pager(**({"url": URL, "sealer": SEALER, "smtp_url": smtp, "private": True, "timeout_s": 60.0} | changed))


def on_call(tx: Tx, name: str, order: int, **ways: Any) -> Contact:
    """Somebody on call, reached in these ways."""
    known(tx, LENA)
    return service.add_contact(tx, sealer=SEALER, order=order, name=name, private=True, at=AT, **ways)


def escalated(tx: Tx, case_id: CaseId, *, owner: Any = LENA.id, at: datetime = AT) -> Escalation:
    """A case that Ada escalated to Lena, with words that must not leave."""
    known(tx, LENA)
    with acting(tx, ADA) as mine:
        return service.escalate(mine, case_id=case_id, owner=owner, due_at=DUE, reason="zebracrossing words", at=at)


def committed(database: Database, *, restriction: str | None = None, **contact: Any) -> Escalation:
    """An escalated case with one contact, committed, and the escalation."""
    with database.transaction(SYSTEM) as tx:
        a_policy_of_actions(tx)
        case = a_case(tx, "CSE-1", text="insultword zebracrossing", account="acc-secret")
        for order, (name, ways) in enumerate(contact.items()):
            on_call(tx, name, order, **ways)
        found = escalated(tx, case.id)
        if restriction:
            triage.restrict(tx, case_id=case.id, compartment=restriction, at=AT)
    return found


def link_in(text: str) -> tuple[str, str]:
    """The page and the token of the link in a mail."""
    found = re.search(r"/pages/(page_[0-9A-Z]+)\?token=([\w-]+)", text.replace("=\r\n", "").replace("=3D", "="))
    assert found is not None
    return found.group(1), found.group(2)
