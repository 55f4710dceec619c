"""What a decision's parameters ask of its notice."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from assize.enforcement.errors import BadParameter

LONGEST = timedelta(days=365)  # whoever is to stay uninformed for longer must be asked about again


@dataclass(frozen=True, kw_only=True)
class HoldAsked:
    """A notice is to be kept back: on which basis, until when."""

    basis: str
    until: datetime


def hold_asked(params: Mapping[str, Any], *, at: datetime) -> HoldAsked | None:
    """Return what `params["notice"]` asks for, `{"basis": "…", "until": "2026-…"}`; None where nothing is asked.

    Raises BadParameter: a hold without a basis or an end is not a hold but silence.
    """
    asked = params.get("notice")
    if asked is None:
        return None
    if not isinstance(asked, Mapping):
        raise BadParameter(field="notice", reason="it must have a basis and an end")
    basis, until = asked.get("basis"), _moment(asked.get("until"))
    if not isinstance(basis, str) or not basis.strip():
        raise BadParameter(field="notice.basis", reason="it must say on which ground nobody is told")
    if until is None or not at < until <= at + LONGEST:
        raise BadParameter(field="notice.until", reason="it must be a time with its zone, within a year")
    return HoldAsked(basis=basis.strip()[:500], until=until)


def _moment(value: Any) -> datetime | None:
    try:
        found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
