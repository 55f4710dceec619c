"""One question to an OpenAI-compatible chat endpoint, bounded in time and size."""

from typing import Any

import httpx2

TIMEOUT_S = 20.0  # a person waits for the answer
MOST_ANSWERED = 400_000  # characters


class NoAnswer(Exception):
    """The endpoint didn't answer: {reason}."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def ask(url: str, *, key: str | None, model: str | None, system: str, text: str) -> tuple[str, str]:
    """Return what the endpoint says to a text, and what model it names. Raises NoAnswer, which never holds content.

    url: the base, such as `https://host/v1`. Redirects are not followed: text goes where it was sent and nowhere else.
    """
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    asked: dict[str, Any] = {
        "messages": [{"role": "system", "content": system}, {"role": "user", "content": text}],
        "temperature": 0,
    }
    if model:
        asked["model"] = model
    try:
        with httpx2.Client(headers=headers, timeout=TIMEOUT_S, follow_redirects=False, trust_env=False) as client:
            answer = client.post(url.rstrip("/") + "/chat/completions", json=asked)
            answer.raise_for_status()
            return _said(answer.json(), model)
    except httpx2.HTTPStatusError as error:
        raise NoAnswer(f"status {error.response.status_code}") from None
    except httpx2.TimeoutException:
        raise NoAnswer("it took too long") from None
    except (httpx2.HTTPError, httpx2.InvalidURL):
        raise NoAnswer("it can't be reached") from None
    except (ValueError, KeyError, IndexError, TypeError):
        raise NoAnswer("its answer can't be read") from None


def _said(body: Any, model: str | None) -> tuple[str, str]:
    text = body["choices"][0]["message"]["content"]
    if not isinstance(text, str) or not text.strip() or len(text) > MOST_ANSWERED:
        raise ValueError("an empty or endless answer")
    named = body.get("model")
    return text.replace("\0", ""), named[:200] if isinstance(named, str) and named else model or "unnamed"
