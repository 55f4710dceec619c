"""Writing the next policy: drafts, their files with the checks beside them, proposing, publishing by a second person."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from assize.kernel import clock
from assize.kernel.ids import PolicyVersionId
from assize.platform.http import transaction
from assize.platform.pages import render
from assize.policy import service
from assize.policy.errors import DraftMoved
from assize.policy.models import Checked, Draft, DraftFile
from assize.policy.pages.views import difference_view, in_order, runs
from assize.workforce import service as workforce
from assize.workforce.models import Right
from assize.workforce.service import require

router = APIRouter()
Title = Annotated[str, Form(min_length=3, max_length=200, pattern=r"^[^\x00]*$")]
Reason = Annotated[str, Form(min_length=3, max_length=2_000, pattern=r"^[^\x00]*$")]
Text = Annotated[str, Form()]
FileName = Annotated[str, Form(max_length=120)]
GROUPS = (("clauses", "Clauses"), ("rules", "Rules"), ("terms", "Terms"), ("examples", "Examples"), ("", "The whole"))


@router.get("/policy/drafts")
def drafts_page(request: Request) -> Response:
    """List drafts."""
    with transaction(request) as tx:
        listed = service.drafts(tx)
        current = service.in_force(tx) if service.published(tx) else None
        names = workforce.names(tx, [*(one.started_by for one in listed), *(one.changed_by for one in listed)])
        numbers = {one.id: one.version for one in service.versions(tx)}
    view: dict[str, Any] = {"drafts": listed, "current": current, "names": names, "numbers": numbers}
    return render(request, "policy/drafts.html", now=clock.now(), **view)


@router.post("/policy/drafts")
def start(request: Request, title: Title, version_id: Annotated[str | None, Form()] = None) -> Response:
    """Begin a draft from the version in force, or from another."""
    with transaction(request) as tx:
        base = PolicyVersionId(version_id) if version_id else None
        made = service.start_draft(tx, title=title, version_id=base, at=clock.now())
    return RedirectResponse(f"/policy/drafts/{made.id}", status_code=303)


@router.get("/policy/drafts/{draft_id}")
def draft_page(request: Request, draft_id: str) -> Response:
    """Show a draft: what differs from the policy in force, what is wrong, how its examples fare."""
    with transaction(request) as tx:
        draft = service.draft(tx, draft_id=draft_id)
        checked = service.check_draft(tx, draft_id=draft_id)
        current = service.in_force(tx)
        written = service.draft_history(tx, draft_id=draft_id)
        names = workforce.names(tx, [draft.started_by, draft.changed_by, *(one.written_by for one in written)])
    diff = None
    if checked.pack is not None:
        ids = {one.id for one in (*checked.pack.clauses, *current.clauses)}
        diff = difference_view(service.diff(current, checked.pack), ids)
    return render(
        request,
        "policy/draft.html",
        draft=draft,
        file="",
        checked=checked,
        problems=in_order(checked.problems),
        current=current,
        diff=diff,
        written=written,
        names=names,
        folders=_groups(draft),
        now=clock.now(),
    )


@router.get("/policy/drafts/{draft_id}/edit")
def edit_page(request: Request, draft_id: str, file: Annotated[str, Query(max_length=120)] = "pack.toml") -> Response:
    """Show a file of a draft to write in, with what is wrong beside it."""
    with transaction(request) as tx:
        draft = service.draft(tx, draft_id=draft_id)
        one = service.draft_file(tx, draft_id=draft_id, file=file)
        checked = service.check_draft(tx, draft_id=draft_id)
        names = workforce.names(tx, [one.by])
    return _editor(request, draft, one, checked, names=names)


@router.post("/policy/drafts/{draft_id}/edit")
def write(
    request: Request, draft_id: str, file: FileName, text: Text = "", based_on: Annotated[int, Form(ge=0)] = 0
) -> Response:
    """Keep a text; where somebody else has written since, show both and keep neither over the other."""
    try:
        with transaction(request) as tx:
            service.write_draft(tx, draft_id=draft_id, file=file, text=text, based_on=based_on, at=clock.now())
            draft = service.draft(tx, draft_id=draft_id)
            checked = service.check_draft(tx, draft_id=draft_id)
            one = service.draft_file(tx, draft_id=draft_id, file=file)
            names = workforce.names(tx, [one.by])
    except DraftMoved:
        return _conflict(request, draft_id, file, text)
    return _editor(request, draft, one, checked, names=names, kept=True)


@router.post("/policy/drafts/{draft_id}/check")
def check(
    request: Request,
    draft_id: str,
    file: FileName,
    text: Text = "",
    based_on: Annotated[int, Form(ge=0)] = 0,
    part: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Say what is wrong with a text before it is kept; changes nothing. part: only the list, for the page's script."""
    with transaction(request) as tx:
        checked = service.check_draft(tx, draft_id=draft_id, file=file, text=text)
        draft = service.draft(tx, draft_id=draft_id)
        one = service.draft_file(tx, draft_id=draft_id, file=file)
        names = workforce.names(tx, [one.by])
    if part:
        view: dict[str, Any] = {
            "checked": checked,
            "problems": in_order(checked.problems, file),
            "file": file,
            "draft": draft,
        }
        return render(request, "policy/problems.html", **view)
    return _editor(request, draft, one, checked, names=names, text=text, based_on=based_on)


@router.post("/policy/drafts/{draft_id}/propose")
def propose(request: Request, draft_id: str, reason: Reason) -> Response:
    """Propose a draft; somebody else publishes it."""
    with transaction(request) as tx:
        made = service.propose_draft(tx, draft_id=draft_id, reason=reason, at=clock.now())
    return RedirectResponse(f"/policy/proposals/{made.id}", status_code=303)


@router.post("/policy/drafts/{draft_id}/drop")
def drop(request: Request, draft_id: str, reason: Reason) -> Response:
    """Give a draft up."""
    with transaction(request) as tx:
        service.drop_draft(tx, draft_id=draft_id, reason=reason, at=clock.now())
    return RedirectResponse("/policy/drafts", status_code=303)


@router.post("/policy/proposals/{proposal_id}/publish")
def publish(request: Request, proposal_id: str, reason: Reason) -> Response:
    """Publish what somebody else proposed."""
    with transaction(request) as tx:
        made = service.publish_proposal(tx, proposal_id=proposal_id, at=clock.now(), reason=reason)
    return RedirectResponse(f"/policy/versions/{made.id}", status_code=303)


@router.post("/policy/proposals/{proposal_id}/drop")
def turn_down(request: Request, proposal_id: str, reason: Reason) -> Response:
    """Take a proposal back, or turn it down; the draft behind it is open again."""
    with transaction(request) as tx:
        service.drop_proposal(tx, proposal_id=proposal_id, at=clock.now(), reason=reason)
    return RedirectResponse("/policy/versions", status_code=303)


def _conflict(request: Request, draft_id: str, file: str, text: str) -> Response:
    with transaction(request) as tx:
        require(tx, Right.POLICY_PUBLISH)
        draft = service.draft(tx, draft_id=draft_id)
        one = service.draft_file(tx, draft_id=draft_id, file=file)
        checked = service.check_draft(tx, draft_id=draft_id, file=file, text=text)
        names = workforce.names(tx, [one.by])
    theirs = runs(service.word_difference(one.text, text.replace("\r\n", "\n")))
    return _editor(request, draft, one, checked, names=names, text=text, theirs=theirs, status=409)


def _editor(
    request: Request,
    draft: Draft,
    one: DraftFile,
    checked: Checked,
    *,
    names: Any,
    text: str | None = None,
    based_on: int | None = None,
    theirs: Any = None,
    kept: bool = False,
    status: int = 200,
) -> Response:
    stem = one.name.rpartition("/")[2].rpartition(".")[0]
    siblings = [name for name in draft.files if name.rpartition("/")[2].rpartition(".")[0] == stem]
    before = runs(service.word_difference(one.began_as or "", text if text is not None else one.text))
    return render(
        request,
        "policy/edit.html",
        status=status,
        draft=draft,
        one=one,
        file=one.name,
        text=one.text if text is None else text,
        based_on=one.revision if based_on is None else based_on,
        theirs=theirs,
        kept=kept,
        siblings=siblings if len(siblings) > 1 else [],
        before=before if any(run.kind in {"added", "removed"} for run in before) else [],
        checked=checked,
        problems=in_order(checked.problems, one.name),
        names=names,
        now=clock.now(),
    )


def _groups(draft: Draft) -> list[tuple[str, list[DraftFile]]]:
    """Return the files as people look for them: a clause's terms and words together."""
    found: dict[str, list[DraftFile]] = {folder: [] for folder, _ in GROUPS}
    for one in draft.files.values():
        folder = one.name.partition("/")[0] if "/" in one.name else ""
        found["clauses" if folder == "text" else folder].append(one)
    for listed in found.values():
        listed.sort(key=lambda one: (one.name.rpartition("/")[2].rpartition(".")[0], one.name))
    return [(title, found[folder]) for folder, title in GROUPS if found[folder]]
