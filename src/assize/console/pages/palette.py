"""What Ctrl-K finds: pages, cases, accounts, clauses, queues, by the words typed.

Accounts are found by our own id alone: the platform's own is looked up by a form, with a purpose, never by an address.
"""

from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, Response

from assize.intake import service as intake
from assize.intake.errors import SubjectNotFound
from assize.kernel.ids import CaseId, DecisionId, SubjectId
from assize.platform.db import Tx
from assize.platform.http import transaction
from assize.platform.pages import Link
from assize.policy import service as policy
from assize.review import service as review
from assize.review.errors import NoSuchDecision
from assize.triage.errors import NoSuchCase
from assize.workforce.models import Principal, Right

router = APIRouter()
MOST = 8  # of a kind: a list one reads at a glance
ULID_LENGTH = 26

Item = dict[str, str]


@router.get("/palette")
def palette(request: Request, q: Annotated[str, Query(max_length=200)] = "") -> Response:
    """Return what somebody may mean by a few letters: title, kind, url and hint of each."""
    words = " ".join(q.split()).lower()
    with transaction(request) as tx:
        rights = tx.actor.rights if isinstance(tx.actor, Principal) else frozenset()
        links: tuple[Link, ...] = tuple(request.app.state.navigation)
        items = _pages(links, rights, words)
        if words and Right.CASES_READ in rights:
            items += _things(tx, words)
        if words and Right.POLICY_READ in rights:
            items += _clauses(tx, words, searches=Right.CASES_READ in rights)
        if words and Right.CASES_READ in rights:
            items += [*_queues(tx, words), _search(words)]
        if words and Right.ACCOUNT_LOOKUP in rights:
            items.append(_look_up())
    return JSONResponse({"items": items})


def _pages(links: tuple[Link, ...], rights: frozenset[Right], words: str) -> list[Item]:
    return [
        {"title": one.title, "kind": "page", "url": one.url, "hint": one.group}
        for one in links
        if (one.needs is None or one.needs in rights) and words in one.title.lower()
    ]


def _things(tx: Tx, words: str) -> list[Item]:
    """Return the case, decision or account of this id, if it is there for whoever asks."""
    prefix, _, rest = words.partition("_")
    if len(rest) != ULID_LENGTH or not rest.isalnum():
        return []
    try:
        if prefix == "case":
            case = review.summary(tx, CaseId(f"case_{rest.upper()}")).case
            return [{"title": case.id, "kind": "case", "url": f"/cases/{case.id}", "hint": case.queue}]
        if prefix == "dec":
            found = review.decision(tx, DecisionId(f"dec_{rest.upper()}"))
            return [
                {"title": found.id, "kind": "decision", "url": f"/cases/{found.case_id}", "hint": found.verdict.value}
            ]
        if prefix == "sub":
            whose = intake.subject(tx, SubjectId(f"sub_{rest.upper()}"))
            return [{"title": whose.id, "kind": "account", "url": f"/accounts/{whose.id}", "hint": whose.level.value}]
    except (NoSuchCase, NoSuchDecision, SubjectNotFound):
        return []
    return []


def _clauses(tx: Tx, words: str, *, searches: bool) -> list[Item]:
    """Return clauses, each with the search for what was decided under it where somebody may search."""
    found = [one for one in policy.current(tx).clauses if words in f"{one.id} {one.title}".lower()]
    items: list[Item] = []
    for one in found[:MOST]:
        page = f"/policy/clauses/{quote(one.id, safe='')}"
        items.append(
            {"title": f"{one.id} {one.title}", "kind": "clause", "url": page, "hint": "its words, history and use"}
        )
        if searches:
            search = f"/search?{urlencode({'clause': one.id})}"
            items.append({"title": f"{one.id}: cases and decisions", "kind": "search", "url": search, "hint": ""})
    return items


def _queues(tx: Tx, words: str) -> list[Item]:
    titles = {one.name: one.title for one in policy.current(tx).queues}
    board = [(one.name, titles.get(one.name, one.name), one.open) for one in review.queue_board(tx)]
    found = [one for one in board if words in f"{one[0]} {one[1]}".lower()]
    return [
        {"title": title, "kind": "queue", "url": f"/queues/{quote(name, safe='')}", "hint": f"{count} waiting"}
        for name, title, count in found[:MOST]
    ]


def _search(words: str) -> Item:
    return {
        "title": f"Search for “{words}”",
        "kind": "search",
        "url": f"/search?{urlencode({'text': words})}",
        "hint": "rationale, notes, precedents",
    }


def _look_up() -> Item:
    # What was typed stays out of the address: it fills the field of a form that asks what for.
    return {
        "title": "Look up an account",
        "kind": "command",
        "url": "/search#purpose",
        "hint": "by the platform's own id, recorded with its purpose",
        "fills": "ref",
    }
