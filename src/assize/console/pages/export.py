"""Exports: what I took out, and taking out what a search finds."""

from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from assize.console.taking_out import take_out
from assize.kernel import clock
from assize.platform.http import transaction
from assize.platform.pages import ago, render, span
from assize.review import service as review
from assize.review.models import Export, ExportColumns, ExportFormat, ExportState

router = APIRouter()
TONES = {ExportState.RUNNING: "info", ExportState.DONE: "good", ExportState.BROKEN_OFF: "bad"}


@router.get("/exports")
def exports_page(request: Request) -> Response:
    """List what I took out."""
    with transaction(request) as tx:
        found = review.exports(tx)
    return render(request, "console/exports.html", exports=[_row(one) for one in found])


@router.post("/exports")
def export(
    request: Request,
    format: Annotated[ExportFormat, Form()],  # noqa: A002 - the name of the field
    columns: Annotated[ExportColumns, Form()],
    address: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Take out what a search finds."""
    wanted = review.wanted_from(dict(parse_qsl(address)))
    return take_out(request, wanted=wanted, format_=format, columns=columns)


def _row(one: Export) -> dict[str, Any]:
    took = (one.ended_at - one.started_at).total_seconds() if one.ended_at else None
    return {
        "id": one.id,
        "started": ago(one.started_at, clock.now()),
        "started_at": one.started_at,
        "columns": one.columns.value,
        "format": one.format.value,
        "state": one.state.value.replace("_", " "),
        "tone": TONES[one.state],
        "rows": f"{one.rows:,}",
        "left_out": f"{one.left_out:,}",
        "bytes": f"{one.bytes / 1_000_000:.1f} MB" if one.bytes >= 100_000 else f"{one.bytes:,} B",  # noqa: PLR2004
        "took": span(took) if took is not None else "—",
        "sha256": one.sha256,
        "address": one.address,
    }
