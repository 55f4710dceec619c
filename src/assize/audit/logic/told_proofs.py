"""Proofs as JSON, to be handed over and checked by somebody who has the public key and nothing else."""

import json
from collections.abc import Mapping
from typing import Any

from assize.audit.errors import MalformedProof
from assize.audit.logic.header import header_from_json, header_json, leaf_of
from assize.audit.logic.notes import PublicKey, signed_checkpoint
from assize.audit.logic.proofs import is_consistent, is_included
from assize.audit.logic.trust import Trust, trust
from assize.audit.models import ConsistencyProof, InclusionProof

INCLUSION = "assize-inclusion"
CONSISTENCY = "assize-consistency"


def inclusion_json(proof: InclusionProof) -> dict[str, Any]:
    """Return an inclusion proof as JSON values."""
    return {
        "proof": INCLUSION,
        "fact": header_json(proof.header),
        "n": proof.n,
        "path": [one.hex() for one in proof.path],
        "checkpoint": proof.checkpoint.note,
    } | _handovers(proof)


def consistency_json(proof: ConsistencyProof) -> dict[str, Any]:
    """Return a consistency proof as JSON values."""
    return {
        "proof": CONSISTENCY,
        "path": [one.hex() for one in proof.path],
        "first": proof.first.note,
        "second": proof.second.note,
    } | _handovers(proof)


def parse_proof(text: str) -> InclusionProof | ConsistencyProof:
    """Read a proof. Raises MalformedProof, MalformedNote."""
    try:
        value = json.loads(text)
        path = tuple(bytes.fromhex(one) for one in value["path"])
        handovers = tuple(str(one) for one in value.get("handovers", ()))
        if value["proof"] == CONSISTENCY:
            return ConsistencyProof(
                path=path,
                first=signed_checkpoint(value["first"]),
                second=signed_checkpoint(value["second"]),
                handovers=handovers,
            )
        if value["proof"] != INCLUSION:
            raise MalformedProof(why="it names no kind of proof that is known")
        fact: Mapping[str, str | None] = value["fact"]
        return InclusionProof(
            header=header_from_json(fact),
            n=int(value["n"]),
            path=path,
            checkpoint=signed_checkpoint(value["checkpoint"]),
            handovers=handovers,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedProof(why=f"it does not fit the format ({type(error).__name__})") from error


def why_not(proof: InclusionProof | ConsistencyProof, key: PublicKey) -> str | None:
    """Return why a proof does not convince, in plain words, or None where it does. key: any of the ledger's."""
    trusted = trust(key, proof.handovers)
    if isinstance(proof, InclusionProof):
        return _why_not_included(proof, trusted)
    return _why_not_consistent(proof, trusted)


def _handovers(proof: InclusionProof | ConsistencyProof) -> dict[str, list[str]]:
    return {"handovers": list(proof.handovers)} if proof.handovers else {}


def _why_not_included(proof: InclusionProof, trusted: Trust) -> str | None:
    covering = proof.checkpoint.checkpoint
    if not trusted.signed(proof.checkpoint.note, size=covering.size):
        return f"the checkpoint is not signed by {trusted.name}"
    leaf = leaf_of(proof.header)
    if not is_included(n=proof.n, size=covering.size, leaf=leaf, path=proof.path, root=covering.root):
        return f"{proof.header.id} as it is told here is not leaf {proof.n} of the tree that was signed"
    if proof.header.recorded_at > covering.until:
        return f"{proof.header.id} says it was recorded after the checkpoint that covers it"
    return None


def _why_not_consistent(proof: ConsistencyProof, trusted: Trust) -> str | None:
    first, second = proof.first.checkpoint, proof.second.checkpoint
    for one in (proof.first, proof.second):
        if not trusted.signed(one.note, size=one.checkpoint.size):
            return f"the checkpoint of size {one.checkpoint.size} is not signed by {trusted.name}"
    if first.origin != second.origin:
        return "the two checkpoints are of different ledgers"
    roots = {"first_root": first.root, "second_root": second.root}
    if not is_consistent(first=first.size, second=second.size, path=proof.path, **roots):
        return f"the ledger of {second.size} facts does not begin with the one of {first.size}"
    return None
