"""Reading the policy: by clause, by version, and what differs between two of them."""

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from assize.kernel import clock
from assize.kernel.ids import PolicyVersionId
from assize.platform.http import transaction
from assize.platform.pages import render
from assize.policy import service
from assize.policy.models import Clause
from assize.policy.pages.views import difference_view
from assize.workforce import service as workforce

router = APIRouter()
Words = Annotated[str, Query(max_length=200)]


@router.get("/policy")
def policy_page(request: Request, q: Words = "") -> Response:
    """Show the policy in force by family and clause, or the clauses in which words stand."""
    with transaction(request) as tx:
        version = service.in_force(tx)
        waiting = service.proposals(tx)
        names = workforce.names(tx, [version.published_by, version.proposed_by, *(one.proposed_by for one in waiting)])
    found = service.matching(version.clauses, q)
    return render(
        request,
        "policy/policy.html",
        version=version,
        families=families(found),
        found=len(found),
        q=q,
        waiting=waiting,
        names=names,
        now=clock.now(),
    )


@router.get("/policy/versions")
def versions_page(request: Request) -> Response:
    """List what was published, and what waits."""
    with transaction(request) as tx:
        heads = service.versions(tx)
        waiting = service.proposals(tx)
        proposers = [*(one.proposed_by for one in heads), *(one.proposed_by for one in waiting)]
        names = workforce.names(tx, [*(one.published_by for one in heads), *proposers])
    pairs = [(one, heads[number + 1] if number + 1 < len(heads) else None) for number, one in enumerate(heads)]
    return render(request, "policy/versions.html", pairs=pairs, waiting=waiting, names=names, now=clock.now())


@router.get("/policy/versions/{version_id}")
def version_page(request: Request, version_id: str, q: Words = "") -> Response:
    """Show a published version."""
    with transaction(request) as tx:
        version = service.published_version(tx, PolicyVersionId(version_id))
        current = service.in_force(tx)
        names = workforce.names(tx, [version.published_by, version.proposed_by])
    found = service.matching(version.clauses, q)
    return render(
        request,
        "policy/version.html",
        version=version,
        current=current,
        families=families(found),
        found=len(found),
        q=q,
        names=names,
    )


@router.get("/policy/versions/{version_id}/compare/{other_version_id}")
def compare_page(request: Request, version_id: str, other_version_id: str, clause: Words = "") -> Response:
    """Show what differs between two versions, word by word; of one clause where one is named."""
    with transaction(request) as tx:
        before = service.published_version(tx, PolicyVersionId(version_id))
        after = service.published_version(tx, PolicyVersionId(other_version_id))
        diff = service.compare(tx, before=before.id, after=after.id)
        heads = service.versions(tx)
    ids = {one.id for one in (*before.clauses, *after.clauses)}
    view = difference_view(diff, ids)
    chosen = [one for one in view.clauses if not clause or one.id == clause]
    return render(
        request,
        "policy/compare.html",
        before=before,
        after=after,
        heads=heads,
        diff=view,
        chosen=chosen,
        clause=clause,
    )


@router.get("/policy/proposals/{proposal_id}")
def proposal_page(request: Request, proposal_id: str) -> Response:
    """Show what somebody wants published, against what is in force."""
    with transaction(request) as tx:
        proposal = service.proposal(tx, proposal_id=proposal_id)
        pack = service.proposed_pack(tx, proposal_id)
        current = service.in_force(tx)
        names = workforce.names(tx, [proposal.proposed_by])
        actor = tx.actor.id
    ids = {one.id for one in (*pack.clauses, *current.clauses)}
    return render(
        request,
        "policy/proposal.html",
        proposal=proposal,
        current=current,
        diff=difference_view(service.diff(current, pack), ids),
        names=names,
        mine=proposal.proposed_by == actor,
        now=clock.now(),
    )


def families(clauses: Iterable[Clause]) -> list[tuple[str, str, list[Clause]]]:
    """Return clauses by family: its code, its category, its clauses."""
    found: dict[str, list[Clause]] = {}
    for one in clauses:
        found.setdefault(one.family, []).append(one)
    return [(family, listed[0].category, listed) for family, listed in sorted(found.items())]
