"""Writing the next policy: drafts that begin from a version, are written file by file, checked, and proposed."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from assize.kernel.ids import PolicyVersionId, new_id
from assize.platform.db import Tx
from assize.policy import store
from assize.policy.errors import DraftClosed, DraftIncomplete, DraftMoved, TooMuchText, UnknownDraft, UnknownFile
from assize.policy.facts import PolicyDraftDropped, PolicyDraftProposed, PolicyDraftStarted, PolicyDraftWritten
from assize.policy.logic import examples_of, filed, next_version
from assize.policy.models import Checked, Draft, DraftFile, DraftHead, DraftState, Proposal, Written
from assize.policy.service.body import body_of
from assize.policy.service.checking import check
from assize.policy.service.current import current, version
from assize.policy.service.loading import read_written
from assize.policy.service.publishing import propose
from assize.workforce.models import Right
from assize.workforce.service import require

MOST_TEXT = 200_000  # characters of a file; the longest of a pack has a tenth
LISTED = 50
# What may be in a pack besides what it began with: another clause, its words, more rules, terms and examples.
_NEW_FILE = re.compile(r"(?:clauses|rules|terms|examples)/[A-Za-z0-9_-]{1,60}\.toml|text/[A-Za-z0-9_-]{1,60}\.md")


def start_draft(tx: Tx, *, title: str, at: datetime, version_id: PolicyVersionId | None = None) -> Draft:
    """Begin a draft from a version, or from the one in force; its number is one more.

    Raises NotAllowed, NoPolicy, UnknownVersion.
    """
    actor = require(tx, Right.POLICY_PUBLISH)
    base = current(tx) if version_id is None else version(tx, version_id)
    files = filed({**body_of(base), "version": next_version(base.version)})
    head = DraftHead(
        id=new_id("drf"),
        base_version_id=base.id,
        title=title,
        state=DraftState.OPEN,
        revision=0,
        started_by=actor.id,
        started_at=at,
        changed_by=actor.id,
        changed_at=at,
    )
    store.start_draft(tx, head, files=files)
    tx.record(PolicyDraftStarted(draft_id=head.id, base_version_id=base.id, title=title), at=at)
    return _found(tx, head.id)


def drafts(tx: Tx) -> list[DraftHead]:
    """Return drafts, those last written in first. Raises NotAllowed: what is unfinished is for those who write."""
    require(tx, Right.POLICY_PUBLISH)
    return store.drafts(tx, limit=LISTED)


def draft(tx: Tx, *, draft_id: str) -> Draft:
    """Return a draft with its files as they stand. Raises NotAllowed, UnknownDraft."""
    require(tx, Right.POLICY_PUBLISH)
    return _found(tx, draft_id)


def draft_file(tx: Tx, *, draft_id: str, file: str) -> DraftFile:
    """Return a file of a draft as it stands; an empty one that a pack may have. Raises NotAllowed, UnknownDraft, UnknownFile."""
    require(tx, Right.POLICY_PUBLISH)
    return _file(_found(tx, draft_id), file)


def draft_history(tx: Tx, *, draft_id: str) -> list[Written]:
    """Return who wrote what in a draft and when, the newest first. Raises NotAllowed."""
    require(tx, Right.POLICY_PUBLISH)
    return store.draft_history(tx, draft_id, limit=LISTED)


def write_draft(tx: Tx, *, draft_id: str, file: str, text: str, based_on: int, at: datetime) -> DraftFile:
    """Keep a text of a file; an empty one takes the file out. Whether it is right is not asked here.

    based_on: the revision that the author saw. Raises DraftMoved where somebody else has written since, and nothing is
    kept; NotAllowed, UnknownDraft, UnknownFile, DraftClosed, TooMuchText.
    """
    actor = require(tx, Right.POLICY_PUBLISH)
    found = _open(tx, draft_id)
    before = _file(found, file)
    plain = _plain(file, text)
    if before.text == plain:
        return before
    if before.revision != based_on:
        raise DraftMoved(file=file, by=before.by or "Somebody")
    now = replace(before, text=plain, revision=found.revision + 1, by=actor.id, at=at)
    store.write_file(tx, draft_id, now, by=actor.id, at=at)
    digest = hashlib.sha256(plain.encode(errors="replace")).hexdigest()
    tx.record(PolicyDraftWritten(draft_id=draft_id, file=file, revision=now.revision, hash=digest), at=at)
    return now


def check_draft(tx: Tx, *, draft_id: str, file: str | None = None, text: str | None = None) -> Checked:
    """Return what a draft comes to: problems with their places, and its examples. Changes nothing.

    file, text: what somebody is writing and hasn't kept. Raises NotAllowed, UnknownDraft, UnknownFile, TooMuchText.
    """
    require(tx, Right.POLICY_PUBLISH)
    found = _found(tx, draft_id)
    texts = found.texts
    if file is not None and text is not None:
        _file(found, file)
        texts[file] = _plain(file, text)
        texts = {name: one for name, one in texts.items() if one.strip()}
    return checked(texts)


def checked(texts: Mapping[str, str]) -> Checked:
    """Return what the files of a pack come to. A step."""
    if "pack.toml" not in texts:
        texts = {**texts, "pack.toml": ""}
    pack, problems = read_written(texts)
    if pack is None:
        return Checked(pack=None, problems=tuple(problems), examples=())
    return Checked(pack=pack, problems=(*problems, *check(pack)), examples=tuple(examples_of(pack)))


def propose_draft(tx: Tx, *, draft_id: str, reason: str, at: datetime) -> Proposal:
    """Propose a draft, for somebody else to publish. Raises as `propose`, and UnknownDraft, DraftClosed, DraftIncomplete."""
    actor = require(tx, Right.POLICY_PUBLISH)
    found = _open(tx, draft_id)
    made = checked(found.texts)
    if made.pack is None or made.wrong:
        first = str(made.wrong[0]) if made.wrong else "nothing could be read"
        raise DraftIncomplete(count=len(made.wrong), first=first)
    proposal = propose(tx, pack=made.pack, at=at, reason=reason)
    store.move_draft(tx, draft_id, DraftState.PROPOSED, by=actor.id, at=at, proposal_id=proposal.id)
    tx.record(PolicyDraftProposed(draft_id=draft_id, proposal_id=proposal.id), at=at)
    return proposal


def drop_draft(tx: Tx, *, draft_id: str, reason: str, at: datetime) -> None:
    """Give a draft up; what was written stays to be read. Raises NotAllowed, UnknownDraft, DraftClosed."""
    actor = require(tx, Right.POLICY_PUBLISH)
    _open(tx, draft_id)
    store.move_draft(tx, draft_id, DraftState.DROPPED, by=actor.id, at=at)
    tx.record(PolicyDraftDropped(draft_id=draft_id, reason=reason), at=at)


def may_be_written(name: str) -> bool:
    """Whether a pack may have a file of this name that it didn't begin with. A step."""
    return _NEW_FILE.fullmatch(name) is not None


def _found(tx: Tx, draft_id: str) -> Draft:
    found = store.draft(tx, draft_id)
    if found is None:
        raise UnknownDraft(draft_id=draft_id)
    return found


def _open(tx: Tx, draft_id: str) -> Draft:
    found = store.draft(tx, draft_id, for_change=True)
    if found is None:
        raise UnknownDraft(draft_id=draft_id)
    if found.state is not DraftState.OPEN:
        raise DraftClosed(state=found.state.value)
    return found


def _file(found: Draft, name: str) -> DraftFile:
    known = found.files.get(name)
    if known is not None:
        return known
    if not may_be_written(name):
        raise UnknownFile(file=name[:80])
    return DraftFile(name=name, text="")


def _plain(file: str, text: str) -> str:
    """Return a text as it is kept: lines end as files of a pack do, and a character for nothing is none."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    if len(plain) > MOST_TEXT:
        raise TooMuchText(file=file, size=len(plain), most=MOST_TEXT)
    return plain
