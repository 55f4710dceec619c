"""Every judgement of escalation, pure: who is next, what a page may say, when an act of one person ends."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from assize.escalation.models import Contact, Escalation, Page
from assize.kernel.ids import ClauseId

SECOND_WITHIN = timedelta(hours=1)  # long enough to wake a second person, short enough that nobody acts alone for long
FIRST_PAGE = 1


@dataclass(frozen=True, kw_only=True)
class PageMessage:
    """What a contact is sent: never content, identity, or anything of a restricted case but that it is one."""

    title: str
    lines: tuple[str, ...]
    link: str
    acknowledge: str

    @property
    def text(self) -> str:
        """The message as plain text, for a mail."""
        return "\n".join((*self.lines, "", f"Open: {self.link}", f"Acknowledge: {self.acknowledge}", ""))

    def event(self, *, page_id: str, source: str, at: datetime) -> bytes:
        """The message as a CloudEvents 1.0 event, for a webhook."""
        data = {"title": self.title, "lines": list(self.lines), "link": self.link, "acknowledge": self.acknowledge}
        event = {
            "specversion": "1.0",
            "id": page_id,
            "source": source,
            "type": "assize.page.v1",
            "time": at.isoformat(),
            "datacontenttype": "application/json",
            "data": data,
        }
        return json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def page_message(escalation: Escalation, page: Page, *, url: str, token: str) -> PageMessage:
    """Return what a contact is sent.

    An open case gives its id, severity, category code and due time. A restricted one gives nothing but that it is
    restricted, and links that name the page: its category alone could tell an insider whose case it is.
    """
    acknowledge = f"{url}/pages/{page.id}?token={token}"
    if escalation.restricted:
        title = "restricted case"
        return PageMessage(title=title, lines=(title,), link=f"{url}/escalations", acknowledge=acknowledge)
    lines = (
        f"Case: {escalation.case_id}",
        f"Severity: SEV{int(escalation.severity)}",
        f"Category: {escalation.category}",
        f"Due: {escalation.due_at:%Y-%m-%d %H:%M} UTC",
    )
    title = f"SEV{int(escalation.severity)} {escalation.category} {escalation.case_id}"
    return PageMessage(title=title, lines=lines, link=f"{url}/cases/{escalation.case_id}", acknowledge=acknowledge)


def category_of(clause_ids: Sequence[ClauseId]) -> str:
    """Return the category code of the likeliest clause: `CSE` of `CSE-3`, `other` where there is none."""
    return clause_ids[0].rpartition("-")[0] or str(clause_ids[0]) if clause_ids else "other"


def next_contact(line: Sequence[Contact], *, paged: int) -> Contact | None:
    """Return who is paged next, after so many pages: in order, and round again until somebody answers.

    None where nobody is on call. Never an end of the line: a page that stops is a page nobody answers.
    """
    return line[paged % len(line)] if line else None


def link_hash(token: str) -> bytes:
    """Return what is kept of a link's token."""
    return hashlib.sha256(token.encode()).digest()


def fits(token: str, hashes: Sequence[bytes]) -> bool:
    """Whether a token is one of those that were sent and not used."""
    return link_hash(token) in set(hashes)
