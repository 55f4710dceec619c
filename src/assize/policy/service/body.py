"""A pack as JSON: the body that is kept, and the hash that decisions cite."""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from assize.policy.models import Clause, Pack, PolicyVersion

LEFT_OUT = {"places"}  # where things stood in the author's files is no part of what was published


@cache
def _packs() -> TypeAdapter[Pack]:
    return TypeAdapter(Pack)


@cache
def _versions() -> TypeAdapter[PolicyVersion]:
    return TypeAdapter(PolicyVersion)


@cache
def _clauses() -> TypeAdapter[Clause]:
    return TypeAdapter(Clause)


def body_of(pack: Pack) -> dict[str, Any]:
    """Return a pack as JSON values. Only what a pack says: of a version the same as of the pack it was made of."""
    body: dict[str, Any] = _packs().dump_python(_plain_pack(pack), mode="json", exclude=LEFT_OUT)
    return body


def canonical(body: Mapping[str, Any]) -> bytes:
    """Return JSON that is the same for the same values: sorted keys, no spaces, UTF-8."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def hash_of(pack: Pack) -> str:
    """Return the SHA-256 of a pack, in hexadecimal, over its canonical JSON."""
    return hashlib.sha256(canonical(body_of(pack))).hexdigest()


def words_hash(clause: Clause) -> str:
    """Return the SHA-256 of a clause as it stands, in hexadecimal: other words are another clause to whoever applies it."""
    return hashlib.sha256(canonical(_clauses().dump_python(clause, mode="json"))).hexdigest()


def pack_from(body: Mapping[str, Any]) -> Pack:
    """Return the pack that was kept as JSON."""
    return _packs().validate_python(dict(body))


def version_from(body: Mapping[str, Any], head: Mapping[str, Any]) -> PolicyVersion:
    """Return a published version from its kept body and the columns beside it."""
    return _versions().validate_python({**body, **head})


def _plain_pack(pack: Pack) -> Pack:
    if type(pack) is Pack:
        return pack
    return Pack(**{name: getattr(pack, name) for name in Pack.__dataclass_fields__})
