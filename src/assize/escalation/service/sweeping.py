"""The clock of escalation: who is next in line, what goes out, whose hour is over. Its rows are its timers."""

from datetime import datetime

from assize.escalation.models import Pager, PageState, Swept
from assize.escalation.service import containing, paging
from assize.platform.db import Database
from assize.platform.sealing import sealer
from assize.platform.settings import Settings

PER_ROUND = 50


def sweep(database: Database, *, settings: Settings, limit: int = PER_ROUND, at: datetime) -> int:
    """Do one round; see `sweep_with`. Return how much was done."""
    pager = Pager(
        url=settings.public_url,
        sealer=sealer(settings),
        smtp_url=settings.smtp_url,
        mail_from=settings.mail_from,
        private=settings.allow_private_destinations,
    )
    return sweep_with(database, pager=pager, limit=limit, at=at).any


def sweep_with(database: Database, *, pager: Pager, limit: int = PER_ROUND, at: datetime) -> Swept:
    """Queue pages to whoever is next, send what is queued, reverse containments whose hour is over."""
    passed_on = paging.line_up(database, limit=limit, at=at)
    sent = failed = 0
    for _ in range(limit):
        state = paging.send_next(database, pager=pager, at=at)
        if state is None:
            break
        sent += int(state is PageState.SENT)
        failed += int(state is PageState.FAILED)
    lapsed = containing.end_due(database, limit=limit, at=at)
    return Swept(sent=sent, failed=failed, passed_on=passed_on, lapsed=lapsed)
