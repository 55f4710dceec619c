"""Searching and taking out over HTTP, for API keys: the same services as the pages."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from assize.console.taking_out import take_out
from assize.platform.http import transaction
from assize.review import service as review
from assize.review.models import Export, ExportColumns, ExportFormat, SearchPage

router = APIRouter(prefix="/v1", tags=["search"])
Word = Annotated[str | None, Query(max_length=100)]


class ExportForm(BaseModel):
    """What to take out: the parameters of a search by name, in which columns and format."""

    model_config = ConfigDict(extra="forbid")

    format: ExportFormat
    columns: ExportColumns = ExportColumns.DECISIONS
    search: dict[str, Annotated[str, Field(max_length=500)]] = Field(default_factory=dict)


@router.get("/search")
def search(
    request: Request,
    text: Annotated[str | None, Query(max_length=500)] = None,
    within: Annotated[str | None, Query(pattern="^(written|events)$")] = None,
    of: Annotated[str | None, Query(pattern="^(case|decision)$")] = None,
    account: Word = None,
    clause: Word = None,
    action: Word = None,
    reviewer: Word = None,
    team: Word = None,
    queue: Word = None,
    severity: Annotated[int | None, Query(ge=0, le=4)] = None,
    state: Word = None,
    verdict: Word = None,
    language: Word = None,
    by: Annotated[str | None, Query(pattern="^(person|machine)$")] = None,
    policy: Word = None,
    since: Word = None,
    until: Word = None,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> SearchPage:
    """Find cases and decisions, the latest first; everything that is given must hold.

    text: words that reviewers wrote (rationale, notes, principles), or of events with within=events, which needs the
    right to open content. account: the id of a subject here, never the platform's own; needs the right to look up.
    """
    given = {
        "text": text,
        "within": within,
        "of": of,
        "account": account,
        "clause": clause,
        "action": action,
        "reviewer": reviewer,
        "team": team,
        "queue": queue,
        "severity": None if severity is None else str(severity),
        "state": state,
        "verdict": verdict,
        "language": language,
        "by": by,
        "policy": policy,
        "since": since,
        "until": until,
    }
    wanted = review.wanted_from({name: value for name, value in given.items() if value is not None})
    with transaction(request) as tx:
        return review.search(tx, wanted=wanted, cursor=cursor, limit=limit)


@router.get("/exports")
def exports(request: Request) -> list[Export]:
    """List the caller's exports, the latest first, with how far they came and the hash of each file."""
    with transaction(request) as tx:
        return review.exports(tx)


@router.post("/exports", response_class=Response)
def export(request: Request, form: ExportForm) -> Response:
    """Take out what a search finds, as one file that is streamed and has no limit. Its id is in X-Export-Id.

    What a handling class keeps here is left out and counted; the file is whole when the export is done.
    """
    wanted = review.wanted_from(form.search)
    return take_out(request, wanted=wanted, format_=form.format, columns=form.columns)
