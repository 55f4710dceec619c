"""What rules may read of every event, whatever signals there are."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from assize.intake.models import Event
from assize.platform.cel import FieldType

BASE_FIELDS: Mapping[str, FieldType] = {
    "event.kind": FieldType.STRING,
    "event.language": FieldType.STRING,
    "event.region": FieldType.STRING,
    "event.model_outcome": FieldType.STRING,
    "event.turn_count": FieldType.INT,
    "event.text_length": FieldType.INT,
    "event.test": FieldType.BOOL,
    "report.category": FieldType.STRING,
    "report.reporter_kind": FieldType.STRING,
    "report.reporter_accuracy": FieldType.DOUBLE,
    "account.kind": FieldType.STRING,
    "account.age_days": FieldType.INT,
    "subject.minor_likely": FieldType.BOOL,
}

# What signals of this house provide; declared here too, so that a policy is checked alike with and without them.
SIGNAL_FIELDS: Mapping[str, FieldType] = {
    **{f"account.{name}_{span}": FieldType.INT for name in ("cases", "reports") for span in ("1h", "24h", "30d")},
    "account.strikes_30d": FieldType.INT,
    "terms": FieldType.STRINGS,
    "patterns": FieldType.STRINGS,
    "near_duplicates": FieldType.INT,
    "media.known": FieldType.STRINGS,
    "urls.listed": FieldType.STRINGS,
    **{
        f"score.{name}": FieldType.DOUBLE
        for name in (
            "sexual",
            "sexual_minors",
            "hate",
            "hate_threatening",
            "harassment",
            "harassment_threatening",
            "self_harm",
            "self_harm_intent",
            "violence",
            "violence_graphic",
        )
    },
}

_DAY = timedelta(days=1)


def base_values(event: Event, *, text_length: int, reporter_accuracy: float | None) -> dict[str, object]:
    """Return the values of the base fields; what an event doesn't say is left out.

    Of the free attributes: `account_kind` (text), `account_age_days` (whole) or `account_created_at` (ISO 8601), and
    `minor_likely` (true or false), each the platform's own knowledge.
    """
    values: dict[str, object] = {
        "event.kind": event.kind,
        "event.turn_count": len(event.turns),
        "event.text_length": text_length,
        "event.test": event.test,
    }
    if event.language is not None:
        values["event.language"] = event.language
    if event.region is not None:
        values["event.region"] = event.region
    if event.model_outcome is not None:
        values["event.model_outcome"] = event.model_outcome.value
    if event.report is not None:
        values["report.category"] = event.report.reason
        values["report.reporter_kind"] = event.report.reporter_kind.value
        if reporter_accuracy is not None:
            values["report.reporter_accuracy"] = reporter_accuracy
    if event.attributes:
        values.update(_told(event.attributes, event.occurred_at))
    return values


def _told(attributes: Mapping[str, Any], at: datetime) -> dict[str, object]:
    told: dict[str, object] = {}
    if isinstance(kind := attributes.get("account_kind"), str):
        told["account.kind"] = kind[:64]
    age = _age_days(attributes, at)
    if age is not None:
        told["account.age_days"] = age
    if isinstance(minor := attributes.get("minor_likely"), bool):
        told["subject.minor_likely"] = minor
    return told


def _age_days(attributes: Mapping[str, Any], at: datetime) -> int | None:
    days = attributes.get("account_age_days")
    if isinstance(days, int) and not isinstance(days, bool) and 0 <= days < 100_000:  # noqa: PLR2004 - 270 years
        return days
    created = attributes.get("account_created_at")
    if isinstance(created, str):
        try:
            since = datetime.fromisoformat(created)
        except ValueError:
            return None
        return max(0, (at - since) // _DAY) if since.tzinfo else None
    return None
