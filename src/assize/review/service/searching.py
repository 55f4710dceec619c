"""Search cases and decisions: full text and facets together, within what whoever asks may see."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from assize.kernel.ids import CaseId
from assize.platform.db import Tx
from assize.review.errors import BadCursor, MaskedFromYou, NotALookup
from assize.review.logic import cursor_of, estimate, facets_of, parse_cursor, pieces
from assize.review.logic.searching import CLOSED, OPENED
from assize.review.models import Of, Reason, SearchHit, SearchPage, Total, Wanted, Within
from assize.review.service.blindness import blind_to
from assize.review.store import search as store
from assize.review.store.search import Asked, Found
from assize.triage import service as triage
from assize.workforce.models import Principal, Right, SearchScope
from assize.workforce.service import require

MAX_PAGE = 200
LOOK = 5_000  # rows walked along time before the index is asked: some 20 ms
EXACT = 1_000  # below, a count is exact
WORTH_COUNTING = 5_000  # an estimate of more is never a thousand
MAX_CASES_OF_ACCOUNT = 2_000
MASK = "•••"
HEADLINE = f"StartSel={OPENED}, StopSel={CLOSED}, MaxFragments=1, MaxWords=28, MinWords=10"
PLACES = {"rationale": "in the rationale", "principle": "in its principle as a precedent", "note": "in a note"}


def search(tx: Tx, *, wanted: Wanted, cursor: str | None = None, limit: int = 50) -> SearchPage:
    """Return a page of cases and decisions that match everything wanted, the latest first; records nothing.

    Whoever may search their own or their team's work gets the decisions of that. Cases held blind are left out, so
    that nothing of others' judgement can be found by. Words are shown where they may be read; of events only that
    they match. Raises MaskedFromYou, NotALookup, BadCursor.
    """
    principal = require(tx, Right.CASES_READ)
    size = min(max(1, limit), MAX_PAGE)
    after = None if cursor is None else _position(cursor)
    asked = _asked(tx, principal, wanted)
    found = _found(tx, asked, after=after, limit=size + 1)
    hits = [_shown(principal, one) for one in found.hits[:size]]
    more = cursor_of(hits[-1].at.isoformat(), hits[-1].id) if len(found.hits) > size else None
    total = _total(tx, asked, found) if cursor is None else None
    return SearchPage(hits=tuple(_with_reasons(tx, wanted, hits)), cursor=more, total=total)


def search_rows(tx: Tx, *, wanted: Wanted, cursor: str | None, look: int) -> tuple[list[SearchHit], str | None]:
    """Return what matches of the next stretch of time, and where to go on: for exports. The stretch may hold nothing."""
    principal = require(tx, Right.CASES_READ)
    asked = _asked(tx, principal, wanted)
    after = None if cursor is None else _position(cursor)
    if asked.cases is None:
        found = store.among_latest(tx, asked, after=after, limit=look, look=look)
        more, last = found.looked_at == look, found.last
    else:
        found = store.by_index(tx, asked, after=after, limit=look)
        more, last = len(found.hits) == look, (found.hits[-1].at, found.hits[-1].id) if found.hits else None
    hits = [_shown(principal, one) for one in found.hits]
    return hits, cursor_of(last[0].isoformat(), last[1]) if more and last is not None else None


def _asked(tx: Tx, principal: Principal, wanted: Wanted) -> Asked:
    view = principal.view
    if wanted.text and "text" in view.masked_fields:
        raise MaskedFromYou
    by_events = wanted.within is Within.EVENTS
    if wanted.text and by_events:
        require(tx, Right.CONTENT_OPEN)
    facets = facets_of(wanted)
    if view.search_scope is SearchScope.OWN:
        facets += ["o:decision", f"r:{principal.id}"]
    elif view.search_scope is SearchScope.TEAM:
        facets += ["o:decision", f"t:{principal.team_id or ''}"]
    return Asked(
        facets=facets,
        any_of=None if view.regions is None else [f"g:{one}" for one in sorted(view.regions)],
        words="" if by_events else wanted.text,
        said=wanted.text if by_events else "",
        cases=_cases_of_account(tx, principal, wanted),
        since=wanted.since,
        until=wanted.until,
        hidden=sorted(blind_to(tx, principal)),
        me=principal.id,
    )


def _cases_of_account(tx: Tx, principal: Principal, wanted: Wanted) -> list[CaseId] | None:
    if wanted.account is None:
        return None
    if Right.ACCOUNT_LOOKUP not in principal.rights:
        raise NotALookup
    if "subject" in principal.view.masked_fields:
        raise MaskedFromYou
    return triage.cases_of_subject(tx, subject_id=wanted.account, limit=MAX_CASES_OF_ACCOUNT)


def _found(tx: Tx, asked: Asked, *, after: tuple[datetime, str] | None, limit: int) -> Found:
    """Walk along time first: it is fast for what is frequent. What is rare is found by the index."""
    if asked.cases is None:
        found = store.among_latest(tx, asked, after=after, limit=limit, look=max(LOOK, 2 * limit))
        if len(found.hits) == limit or (found.looked_at or 0) < LOOK:
            return found
    return store.by_index(tx, asked, after=after, limit=limit)


def _total(tx: Tx, asked: Asked, found: Found) -> Total:
    if found.looked_at is None or found.looked_at < LOOK:
        return Total(count=found.matched, exact=True)
    about = estimate(matched=found.matched, looked_at=found.looked_at, rows=store.rows_there_are(tx))
    if about < WORTH_COUNTING:
        counted = store.count(tx, asked, limit=EXACT + 1)
        if counted <= EXACT:
            return Total(count=counted, exact=True)
    return Total(count=about, exact=False)


def _shown(principal: Principal, hit: SearchHit) -> SearchHit:
    return replace(hit, region=MASK) if "region" in principal.view.masked_fields and hit.region else hit


def _with_reasons(tx: Tx, wanted: Wanted, hits: Sequence[SearchHit]) -> list[SearchHit]:
    if not wanted.text:
        return list(hits)
    if wanted.within is Within.EVENTS:
        why = (Reason(where="words of its events; open the case to read them"),)
        return [replace(one, why=why) for one in hits]
    reasons: dict[str, list[Reason]] = {}
    for row_id, place, snippet in store.snippets(tx, [one.id for one in hits], text=wanted.text, how=HEADLINE):
        reasons.setdefault(row_id, []).append(Reason(where=PLACES[place], pieces=pieces(snippet)))
    written = "in its notes taken together"
    return [
        replace(
            one, why=tuple(reasons.get(one.id, [Reason(where=written if one.of is Of.CASE else "in the rationale")]))
        )
        for one in hits
    ]


def _position(cursor: str) -> tuple[datetime, str]:
    at, row_id = parse_cursor(cursor, parts=2)
    try:
        found = datetime.fromisoformat(at)
    except ValueError:
        raise BadCursor(field="cursor") from None
    if found.tzinfo is None:
        raise BadCursor(field="cursor")
    return found, row_id
