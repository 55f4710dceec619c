"""Scores of any OpenAI-compatible moderation endpoint: `POST {base}/moderations`.

Only where one is configured, and only for events whose handling class lets their text leave. Bounded in time: what
doesn't answer in time is absent, named, and never keeps an event from being scored.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import httpx2

from assize.platform.cel import FieldType
from assize.triage.ports import Reader, Reading, Scene, SignalSettings

TEXTS_A_CALL = 32  # what hosted endpoints take at once
CALLS_A_BATCH = 8  # a batch with more texts gets the first 256 scored: a slow endpoint must not hold up scoring
TEXT_LIMIT = 30_000  # characters
_FIELDS = (
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
_SEPARATOR = re.compile(r"[^a-z]+")


class _Endpoint:
    def __init__(self, base: str, settings: SignalSettings) -> None:
        self._url = base.rstrip("/") + "/moderations"
        self._model = settings.moderation_model
        headers = {"Authorization": f"Bearer {settings.moderation_key}"} if settings.moderation_key else {}
        self._client = httpx2.Client(headers=headers, timeout=settings.moderation_timeout_s, follow_redirects=False)

    def read(self, scene: Scene) -> Sequence[Reading]:
        wanted = [
            number
            for number, (event, may) in enumerate(zip(scene.events, scene.may_send, strict=True))
            if may and event.turns
        ]
        readings = [Reading(absent=None if may else "handling") for may in scene.may_send]
        for call in range(CALLS_A_BATCH):
            some = wanted[call * TEXTS_A_CALL : (call + 1) * TEXTS_A_CALL]
            if some:
                scores = self._scores([scene.events[number].text[:TEXT_LIMIT] for number in some])
                for number, values in zip(some, scores, strict=True):
                    readings[number] = Reading(values=values)
        for number in wanted[CALLS_A_BATCH * TEXTS_A_CALL :]:
            readings[number] = Reading(absent="busy")
        return readings

    def _scores(self, texts: list[str]) -> list[dict[str, object]]:
        asked: dict[str, object] = {"input": texts}
        if self._model:
            asked["model"] = self._model
        answer = self._client.post(self._url, json=asked)
        answer.raise_for_status()
        return scores_of(answer.json(), len(texts))


class Moderation:
    """The signal."""

    name = "moderation"
    fields: Mapping[str, FieldType] = dict.fromkeys((f"score.{name}" for name in _FIELDS), FieldType.DOUBLE)

    def ready(self, settings: SignalSettings) -> Reader | None:
        """Return it ready, or None where no endpoint is configured."""
        return _Endpoint(settings.moderation_url, settings) if settings.moderation_url else None


SIGNAL = Moderation()


def scores_of(answer: Any, count: int) -> list[dict[str, object]]:
    """Return the scores of each text from an endpoint's answer; categories unknown to us are left out.

    Raises ValueError where it isn't an answer to `count` texts.
    """
    results = answer.get("results") if isinstance(answer, Mapping) else None
    if not isinstance(results, list) or len(results) != count:
        raise ValueError("the endpoint's answer doesn't fit the question")
    return [_values(result) for result in results]


def _values(result: Any) -> dict[str, object]:
    scores = result.get("category_scores") if isinstance(result, Mapping) else None
    if not isinstance(scores, Mapping):
        raise ValueError("the endpoint's answer holds no scores")  # noqa: TRY004 - any answer may come from outside
    spelled = {_SEPARATOR.sub("_", str(name).lower()): score for name, score in scores.items()}
    return {f"score.{name}": float(spelled[name]) for name in _FIELDS if isinstance(spelled.get(name), int | float)}
