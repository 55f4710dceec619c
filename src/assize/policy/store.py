"""Rows of policy to and from what they mean."""

from collections.abc import Mapping
from datetime import datetime

from psycopg.types.json import Jsonb

from assize.kernel.ids import PolicyVersionId
from assize.platform.db import Row, Tx, named_constraint
from assize.platform.sql import queries
from assize.policy.errors import AlreadyProposed, AlreadyPublished
from assize.policy.models import Draft, DraftFile, DraftHead, DraftState, Proposal, VersionHead, Written

SQL = queries("assize.policy")


def lock_publishing(tx: Tx) -> None:
    """Wait until nobody else publishes or proposes, and keep others out until the end of the transaction."""
    tx.run(SQL["lock_publishing"])


def newest(tx: Tx) -> PolicyVersionId | None:
    """Return the id of the version in force, or None."""
    found = tx.value(SQL["newest"])
    return None if found is None else PolicyVersionId(found)


def version(tx: Tx, version_id: PolicyVersionId) -> Row | None:
    """Return the row of a version with its body, or None."""
    return tx.row(SQL["version"], {"id": version_id})


def versions(tx: Tx) -> list[VersionHead]:
    """Return what was published, the newest first."""
    return [VersionHead(**row) for row in tx.rows(SQL["versions"])]


def add_version(tx: Tx, head: VersionHead, *, body: Row, proposed_by: str | None) -> None:
    """Publish. Raises AlreadyPublished."""
    row = {
        "id": head.id,
        "name": head.name,
        "version": head.version,
        "hash": head.hash,
        "body": Jsonb(body),
        "clause_count": head.clause_count,
        "reason": head.reason,
        "bootstrap": head.bootstrap,
        "proposed_by": proposed_by,
        "published_by": head.published_by,
        "at": head.published_at,
    }
    with named_constraint({"version_once": lambda: AlreadyPublished(name=head.name, version=head.version)}):
        tx.run(SQL["add_version"], row)


def add_proposal(tx: Tx, proposal: Proposal, *, body: Row) -> None:
    """Keep a proposal. Raises AlreadyProposed."""
    row = {
        "id": proposal.id,
        "name": proposal.name,
        "version": proposal.version,
        "hash": proposal.hash,
        "body": Jsonb(body),
        "reason": proposal.reason,
        "proposed_by": proposal.proposed_by,
        "at": proposal.proposed_at,
    }
    again = AlreadyProposed(name=proposal.name, version=proposal.version)
    with named_constraint({"proposal_one_open": lambda: again}):
        tx.run(SQL["add_proposal"], row)


def open_proposals(tx: Tx) -> list[Proposal]:
    """Return proposals that wait, the oldest first."""
    return [Proposal(**row) for row in tx.rows(SQL["open_proposals"])]


def open_proposal(tx: Tx, *, proposal_id: str | None = None, pack_hash: str | None = None) -> Row | None:
    """Return a waiting proposal with its body, by id or by the hash of its pack, and hold it."""
    return tx.row(SQL["open_proposal"], {"id": proposal_id, "hash": pack_hash})


def settle_proposal(tx: Tx, proposal_id: str, *, by: str, outcome: str, at: datetime) -> None:
    """Note how a proposal ended."""
    tx.run(SQL["settle_proposal"], {"id": proposal_id, "by": by, "outcome": outcome, "at": at})


def start_draft(tx: Tx, head: DraftHead, *, files: Mapping[str, str]) -> None:
    """Keep the beginning of a draft."""
    row = {"id": head.id, "base": head.base_version_id, "title": head.title, "files": Jsonb(dict(files))}
    tx.run(SQL["start_draft"], {**row, "by": head.started_by, "at": head.started_at})


def drafts(tx: Tx, *, limit: int) -> list[DraftHead]:
    """Return drafts, those last written in first."""
    return [DraftHead(**_of_draft(row)) for row in tx.rows(SQL["drafts"], {"limit": limit})]


def draft(tx: Tx, draft_id: str, *, for_change: bool = False) -> Draft | None:
    """Return a draft with its files as they stand, or None; held where it is to be changed."""
    row = tx.row(SQL["draft_for_change" if for_change else "draft"], {"id": draft_id})
    if row is None:
        return None
    began: Mapping[str, str] = row.pop("files")
    files = {name: DraftFile(name=name, text=text, began_as=text) for name, text in began.items()}
    for one in tx.rows(SQL["written_files"], {"draft_id": draft_id}):
        files[one["file"]] = DraftFile(
            name=one["file"],
            text=one["text"],
            revision=one["revision"],
            by=one["written_by"],
            at=one["written_at"],
            began_as=began.get(one["file"]),
        )
    return Draft(**_of_draft(row), files=dict(sorted(files.items())))


def draft_history(tx: Tx, draft_id: str, *, limit: int) -> list[Written]:
    """Return what was written in a draft, the newest first."""
    return [Written(**row) for row in tx.rows(SQL["draft_history"], {"draft_id": draft_id, "limit": limit})]


def write_file(tx: Tx, draft_id: str, one: DraftFile, *, by: str, at: datetime) -> None:
    """Keep a text of a file, as the newest revision of its draft."""
    given = {"draft_id": draft_id, "revision": one.revision, "by": by, "at": at}
    tx.run(SQL["write_file"], {**given, "file": one.name, "text": one.text})
    tx.run(SQL["draft_written"], given)


def move_draft(
    tx: Tx, draft_id: str, state: DraftState, *, by: str, at: datetime, proposal_id: str | None = None
) -> None:
    """Give a draft another state."""
    given = {"draft_id": draft_id, "state": state.value, "by": by, "at": at, "proposal_id": proposal_id}
    tx.run(SQL["move_draft"], given)


def move_draft_of(tx: Tx, proposal_id: str, state: DraftState, *, by: str, at: datetime) -> None:
    """Give the draft behind a proposal another state, where there is one."""
    tx.run(SQL["move_draft_of"], {"proposal_id": proposal_id, "state": state.value, "by": by, "at": at})


def _of_draft(row: Row) -> Row:
    return {**row, "state": DraftState(row["state"])}
