"""Hashes that say what was decided, over which evidence."""

import dataclasses
import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any

import msgspec

from assize.intake.models import Body, Event
from assize.platform.facts import canonical
from assize.review.models import Dossier, Judgement


def sha256_of(value: object) -> str:
    """Return the SHA-256 of a value's canonical JSON, hexadecimal."""
    return hashlib.sha256(canonical(plain(value)).encode()).hexdigest()


def event_hash(event: Event) -> str | None:
    """Return the SHA-256 of an event's content, hexadecimal; None where the content is gone."""
    if event.erased_at is not None:
        return None
    body = Body(turns=event.turns, attributes=dict(event.attributes), media=event.media, report=event.report)
    return hashlib.sha256(msgspec.json.encode(body, order="sorted")).hexdigest()


def dossier_hash(dossier: Dossier) -> str:
    """Return the hash over all the evidence as frozen; its own fields `hash` and `superseded` play no part."""
    return sha256_of(dataclasses.replace(dossier, hash="", superseded=False))


def canonical_judgement(judgement: Judgement) -> Mapping[str, Any]:
    """Return a judgement as JSON values; the ids of findings are left out, they come with the decision."""
    body = plain(judgement)
    if not isinstance(body, dict):
        raise TypeError("a judgement is a mapping")
    body["findings"] = [{name: value for name, value in one.items() if name != "id"} for one in body["findings"]]
    return body


def decision_hash(
    judgement: Judgement,
    *,
    case_id: str,
    task_id: str | None,
    reviewer_id: str,
    policy_version_id: str,
    policy_hash: str,
    dossier_hash: str | None,
    assessed: int | None,
    decided_at: datetime,
) -> str:
    """Return the hash over all that was decided, by whom, under which words of the policy, on which evidence."""
    return sha256_of(
        {
            "case_id": case_id,
            "task_id": task_id,
            "reviewer_id": reviewer_id,
            "policy_version_id": policy_version_id,
            "policy_hash": policy_hash,
            "dossier_hash": dossier_hash,
            "assessed": assessed,
            "decided_at": decided_at,
            "judgement": canonical_judgement(judgement),
        }
    )


def plain(value: object) -> Any:
    """Return a value as JSON values: times as ISO 8601, enums as their value, mappings with text keys."""
    match value:
        case Enum():
            return value.value
        case datetime() | date():
            return value.isoformat()
        case Mapping():
            return {str(plain(name)): plain(item) for name, item in value.items()}
        case tuple() | list():
            return [plain(item) for item in value]
        case frozenset() | set():
            return sorted((plain(item) for item in value), key=str)
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return {one.name: plain(getattr(value, one.name)) for one in dataclasses.fields(value)}
        case _:
            return value
