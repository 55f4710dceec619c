"""Scores that the platform's own classifiers gave, sent in the attribute `scores`.

`{"scores": {"hate": 0.7, "sexual/minors": 0.01}}`: names as OpenAI's moderation endpoint spells them. So customers
whose text may not be kept still send what was found in it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from assize.platform.cel import FieldType
from assize.triage.ports import Reader, Reading, Scene, SignalSettings

CATEGORIES = (
    "sexual",
    "sexual/minors",
    "hate",
    "hate/threatening",
    "harassment",
    "harassment/threatening",
    "self-harm",
    "self-harm/intent",
    "violence",
    "violence/graphic",
)


def field_of(category: str) -> str:
    """Return the field of a category: `sexual/minors` is `score.sexual_minors`."""
    return "score." + category.replace("/", "_").replace("-", "_")


_FIELD = {spelled: field_of(name) for name in CATEGORIES for spelled in (name, field_of(name).removeprefix("score."))}


class _Reader:
    def read(self, scene: Scene) -> Sequence[Reading]:
        return [_read(event.attributes.get("scores")) if event.attributes else NOT_SENT for event in scene.events]


class SentScores:
    """The signal."""

    name = "sent_scores"
    fields: Mapping[str, FieldType] = dict.fromkeys(_FIELD.values(), FieldType.DOUBLE)

    def ready(self, settings: SignalSettings) -> Reader:
        """Return it ready; it needs no settings."""
        del settings
        return _Reader()


SIGNAL = SentScores()
NOT_SENT = Reading()


def _read(scores: Any) -> Reading:
    if not isinstance(scores, Mapping):
        return NOT_SENT
    values: dict[str, object] = {}
    for category, score in scores.items():
        field = _FIELD.get(category)
        if field is not None and isinstance(score, int | float) and not isinstance(score, bool) and 0 <= score <= 1:
            values[field] = float(score)
    return Reading(values=values)
