"""An export as an answer: streamed as it is read, over as soon as whoever takes it hangs up."""

from collections.abc import Iterator, Sequence

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from assize.enforcement import service as enforcement
from assize.enforcement.models import Enforcement
from assize.kernel import clock
from assize.platform.db import Tx
from assize.platform.http import authenticated, transaction
from assize.review import service as review
from assize.review.models import ExportColumns, ExportFormat, SearchHit, Wanted


class Taken(StreamingResponse):
    """Streams an export, and ends it in the moment the connection ends."""

    def __init__(self, pieces: Iterator[bytes], *, media_type: str, name: str, export_id: str) -> None:
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Export-Id": export_id}
        super().__init__(pieces, media_type=media_type, headers=headers)
        self.pieces = pieces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the pieces; close them whatever comes, so that the record says how it ended."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            with anyio.CancelScope(shield=True):
                await run_in_threadpool(self.pieces.close)  # type: ignore[attr-defined]


def take_out(request: Request, *, wanted: Wanted, format_: ExportFormat, columns: ExportColumns) -> Taken:
    """Begin an export and answer with its file. Raises what `review.begin_export` raises, before a byte is sent."""
    of_plans = columns is ExportColumns.ENFORCEMENT
    with transaction(request) as tx:
        if of_plans:
            enforcement.enforcements_of_decisions(tx, decision_ids=[])
        export = review.begin_export(tx, wanted=wanted, format_=format_, columns=columns, at=clock.now())
    pieces = review.stream(
        request.app.state.database,
        authenticated(request).actor,
        export=export,
        wanted=wanted,
        more=_plans if of_plans else None,
    )
    media_type = review.writer_of(export).media_type
    return Taken(pieces, media_type=media_type, name=review.file_name(export), export_id=export.id)


def _plans(tx: Tx, hits: Sequence[SearchHit]) -> list[review.Cells]:
    """Return a row for each plan of the decisions found."""
    by_id = {one.id: one for one in hits}
    found = enforcement.enforcements_of_decisions(tx, decision_ids=list(by_id))
    plans: dict[str, list[Enforcement]] = {}
    for plan in found:
        plans.setdefault(plan.decision_id or "", []).append(plan)
    return [{**review.decision_row(by_id[of]), **_plan(one)} for of in by_id for one in plans.get(of, ())]


def _plan(one: Enforcement) -> dict[str, str | None]:
    times = {"planned_at": one.planned_at, "effective_at": one.effective_at, "undone_at": one.undone_at}
    said = {name: _yes_or_no(value) for name, value in (
        ("high_impact", one.high_impact), ("reversible", one.reversible), ("containment", one.containment)
    )}  # fmt: skip
    return {
        "enforcement_id": one.id,
        "action_id": one.action_id,
        "target_level": one.target.level,
        "target_ref": one.target.ref,
        "enforcement_state": one.state.value,
        "approved_by": one.approved_by,
        **said,
        **times,  # type: ignore[dict-item]
    }


def _yes_or_no(value: object) -> str:
    return "yes" if value else "no"
