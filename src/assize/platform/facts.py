"""How facts are stored: a header, a commitment, and a body that can be erased."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assize.kernel.chance import random_bytes
from assize.kernel.facts import Fact
from assize.kernel.ids import new_id

NONCE_BYTES = 32  # makes a low-entropy body unguessable from its commitment


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A fact made ready to be stored."""

    id: str
    fact: Fact
    body: str
    nonce: bytes
    commitment: bytes


def canonical(value: object) -> str:
    """Return JSON with sorted keys and no spaces: the same text for the same value, always."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def commit(nonce: bytes, body: str) -> bytes:
    """Return the commitment to a body: SHA-256 over nonce and UTF-8 text, 32 bytes."""
    return hashlib.sha256(nonce + body.encode()).digest()


def entry(fact: Fact) -> Entry:
    """Give a fact its id, its nonce and its commitment."""
    body, nonce = canonical(fact.body()), random_bytes(NONCE_BYTES)
    return Entry(id=new_id("fact"), fact=fact, body=body, nonce=nonce, commitment=commit(nonce, body))


def columns(entries: Sequence[Entry]) -> dict[str, Any]:
    """Return the arrays that `record_facts` takes."""
    return {
        "ids": [one.id for one in entries],
        "kinds": [one.fact.kind for one in entries],
        "cases": [getattr(one.fact, "case_id", None) for one in entries],
        "subjects": [getattr(one.fact, "subject_id", None) for one in entries],
        "measuring": [one.fact.measuring for one in entries],
        "things": [one.fact.thing() for one in entries],
        "commitments": [one.commitment for one in entries],
        "nonces": [one.nonce for one in entries],
        "bodies": [one.body for one in entries],
    }
