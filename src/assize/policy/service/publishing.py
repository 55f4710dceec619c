"""Proposing and publishing: the first by one person, as a bootstrap; every later one by two."""

from datetime import datetime

from assize.kernel.ids import PolicyVersionId, new_id
from assize.platform.db import Tx
from assize.policy import store
from assize.policy.errors import AlreadyPublished, NeedsPerson, NeedsProposal, NothingChanged, UnknownProposal
from assize.policy.facts import PolicyProposalDropped, PolicyProposed, PolicyPublished
from assize.policy.logic import difference
from assize.policy.models import DraftState, Pack, PolicyVersion, Proposal, VersionHead
from assize.policy.service.body import body_of, hash_of, pack_from
from assize.policy.service.checking import must_hold
from assize.policy.service.current import current, version
from assize.workforce.models import PrincipalKind, Right
from assize.workforce.service import must_differ, require


def propose(tx: Tx, *, pack: Pack, at: datetime, reason: str) -> Proposal:
    """Propose a pack, for somebody else to publish.

    Raises NotAllowed, PackBroken, NoPolicy, NothingChanged, AlreadyPublished, AlreadyProposed.
    """
    author = require(tx, Right.POLICY_PUBLISH)
    must_hold(pack)
    store.lock_publishing(tx)
    in_force = current(tx)
    _must_be_new(tx, pack, in_force)
    proposal = Proposal(
        id=new_id("prp"),
        name=pack.name,
        version=pack.version,
        hash=hash_of(pack),
        reason=reason,
        proposed_by=author.id,
        proposed_at=at,
    )
    store.add_proposal(tx, proposal, body=body_of(pack))
    tx.record(
        PolicyProposed(
            proposal_id=proposal.id,
            name=pack.name,
            version=pack.version,
            hash=proposal.hash,
            diff_summary=difference(in_force, pack).summary,
            reason=reason,
        ),
        at=at,
    )
    return proposal


def proposals(tx: Tx) -> list[Proposal]:
    """Return proposals that wait, the oldest first. Raises NotAllowed."""
    require(tx, Right.POLICY_READ)
    return store.open_proposals(tx)


def proposal(tx: Tx, *, proposal_id: str) -> Proposal:
    """Return a waiting proposal. Raises NotAllowed, UnknownProposal."""
    require(tx, Right.POLICY_READ)
    found = next((one for one in store.open_proposals(tx) if one.id == proposal_id), None)
    if found is None:
        raise UnknownProposal(proposal_id=proposal_id)
    return found


def proposed_pack(tx: Tx, proposal_id: str) -> Pack:
    """Return the pack of a waiting proposal. Raises NotAllowed, UnknownProposal."""
    require(tx, Right.POLICY_READ)
    row = store.open_proposal(tx, proposal_id=proposal_id)
    if row is None:
        raise UnknownProposal(proposal_id=proposal_id)
    return pack_from(row["body"])


def publish(tx: Tx, *, pack: Pack, at: datetime, reason: str) -> PolicyVersion:
    """Publish a pack: the first of an installation at once, every later one only where somebody else proposed it.

    Raises NotAllowed, PackBroken, NeedsPerson, NothingChanged, AlreadyPublished, NeedsProposal, SamePerson.
    """
    publisher = require(tx, Right.POLICY_PUBLISH)
    must_hold(pack)
    store.lock_publishing(tx)
    if store.newest(tx) is None:
        return _publish(tx, pack, by=publisher.id, proposed_by=None, before=None, at=at, reason=reason)
    if publisher.kind is not PrincipalKind.PERSON:
        raise NeedsPerson  # the system and machines are nobody's second person
    in_force = current(tx)
    _must_be_new(tx, pack, in_force)
    row = store.open_proposal(tx, pack_hash=hash_of(pack))
    if row is None:
        raise NeedsProposal
    must_differ(row["proposed_by"], publisher.id)
    store.settle_proposal(tx, row["id"], by=publisher.id, outcome="published", at=at)
    store.move_draft_of(tx, row["id"], DraftState.PUBLISHED, by=publisher.id, at=at)
    by = row["proposed_by"]
    return _publish(tx, pack, by=publisher.id, proposed_by=by, before=in_force, at=at, reason=reason)


def publish_proposal(tx: Tx, *, proposal_id: str, at: datetime, reason: str) -> PolicyVersion:
    """Publish what somebody else proposed. Raises as `publish`, and UnknownProposal."""
    require(tx, Right.POLICY_PUBLISH)
    return publish(tx, pack=proposed_pack(tx, proposal_id), at=at, reason=reason)


def drop_proposal(tx: Tx, *, proposal_id: str, at: datetime, reason: str) -> None:
    """Take a proposal back, or turn it down. Raises NotAllowed, UnknownProposal."""
    actor = require(tx, Right.POLICY_PUBLISH)
    if store.open_proposal(tx, proposal_id=proposal_id) is None:
        raise UnknownProposal(proposal_id=proposal_id)
    store.settle_proposal(tx, proposal_id, by=actor.id, outcome="dropped", at=at)
    store.move_draft_of(tx, proposal_id, DraftState.OPEN, by=actor.id, at=at)  # to be written on
    tx.record(PolicyProposalDropped(proposal_id=proposal_id, reason=reason), at=at)


def _publish(
    tx: Tx, pack: Pack, *, by: str, proposed_by: str | None, before: PolicyVersion | None, at: datetime, reason: str
) -> PolicyVersion:
    head = VersionHead(
        id=PolicyVersionId(new_id("pol")),
        name=pack.name,
        version=pack.version,
        hash=hash_of(pack),
        published_at=at,
        published_by=by,
        bootstrap=before is None,
        clause_count=len(pack.clauses),
        reason=reason,
    )
    store.add_version(tx, head, body=body_of(pack), proposed_by=proposed_by)
    tx.record(
        PolicyPublished(
            policy_version_id=head.id,
            name=head.name,
            version=head.version,
            hash=head.hash,
            bootstrap=head.bootstrap,
            diff_summary=difference(before, pack).summary if before else f"clauses: {len(pack.clauses)} added",
            reason=reason,
            proposed_by=proposed_by,
        ),
        at=at,
    )
    return version(tx, head.id)


def _must_be_new(tx: Tx, pack: Pack, in_force: PolicyVersion) -> None:
    if hash_of(pack) == in_force.hash:
        raise NothingChanged
    if any((one.name, one.version) == (pack.name, pack.version) for one in store.versions(tx)):
        raise AlreadyPublished(name=pack.name, version=pack.version)
