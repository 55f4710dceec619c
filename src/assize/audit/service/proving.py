"""Prove one fact, or that the ledger only grew, to somebody who has the public key."""

from typing import Any

from assize.audit import store
from assize.audit.errors import NoCheckpoint, NoSuchCheckpoint, NoSuchFact, NotYetInTheTree
from assize.audit.logic.notes import PublicKey, signed_checkpoint
from assize.audit.logic.proofs import consistency_path, inclusion_path
from assize.audit.logic.told_proofs import consistency_json, inclusion_json, parse_proof
from assize.audit.logic.told_proofs import why_not as why_it_fails
from assize.audit.models import ConsistencyProof, InclusionProof, SignedCheckpoint
from assize.audit.service.keeping import own_signer
from assize.audit.store import checkpoints
from assize.platform.db import Tx
from assize.platform.settings import Settings
from assize.workforce.models import Right
from assize.workforce.service import require


def prove(tx: Tx, *, fact_id: str) -> InclusionProof:
    """Return the proof that a fact is in the ledger, against the newest checkpoint.

    Reads a few hundred rows, however large the ledger. The body is not part of it: the header's commitment stands for it.
    Raises NoSuchFact, NotYetInTheTree.
    """
    require(tx, Right.AUDIT_READ)
    found = store.fact_in_tree(tx, fact_id)
    if found is None:
        raise NoSuchFact(fact_id=fact_id)
    header, n = found
    note = None if n is None else checkpoints.covering(tx, n)
    if n is None or note is None:
        raise NotYetInTheTree(fact_id=fact_id)
    signed = signed_checkpoint(note)
    path = inclusion_path(n, signed.checkpoint.size, store.stored(tx))
    return InclusionProof(header=header, n=n, path=path, checkpoint=signed, handovers=checkpoints.handovers(tx))


def prove_growth(tx: Tx, *, first: int, second: int | None = None) -> ConsistencyProof:
    """Return the proof that the ledger of one checkpoint begins with that of an earlier one.

    first, second: sizes that were signed; `second` is the newest unless said. Raises NoCheckpoint, NoSuchCheckpoint.
    """
    require(tx, Right.AUDIT_READ)
    older = _of_size(tx, first)
    newer = latest_checkpoint(tx) if second is None else _of_size(tx, second)
    if older.checkpoint.size > newer.checkpoint.size:
        older, newer = newer, older
    path = consistency_path(older.checkpoint.size, newer.checkpoint.size, store.stored(tx))
    return ConsistencyProof(path=path, first=older, second=newer, handovers=checkpoints.handovers(tx))


def latest_checkpoint(tx: Tx) -> SignedCheckpoint:
    """Return the newest signed checkpoint. Raises NoCheckpoint before the first."""
    require(tx, Right.AUDIT_READ)
    note = checkpoints.latest(tx)
    if note is None:
        raise NoCheckpoint
    return signed_checkpoint(note)


def public_key(tx: Tx, *, settings: Settings) -> str:
    """Return the public key that this installation signs its ledger with, making the key where there is none yet."""
    require(tx, Right.AUDIT_READ)
    name = store.origin(tx)
    if name is None:
        raise NoCheckpoint
    return own_signer(settings, name=name).public_key


def proof_json(proof: InclusionProof | ConsistencyProof) -> dict[str, Any]:
    """Return a proof as JSON values, to be handed over."""
    return inclusion_json(proof) if isinstance(proof, InclusionProof) else consistency_json(proof)


def why_not(text: str, *, public_key: str) -> str | None:
    """Return why a proof that was handed over does not convince, or None where it does.

    Raises MalformedProof, MalformedNote, MalformedKey.
    """
    return why_it_fails(parse_proof(text), PublicKey.parse(public_key))


def _of_size(tx: Tx, size: int) -> SignedCheckpoint:
    note = checkpoints.of_size(tx, size)
    if note is None:
        raise NoSuchCheckpoint(size=size)
    return signed_checkpoint(note)
