"""A patient client of the public API: tries again where nothing was done, and never gives a batch up in silence."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2

PATIENCE_S = 120.0
LONGEST_PAUSE_S = 2.0
_LEVEL = re.compile(r'^assize_(?:level|jobs)\{(?:name|status)="([a-z_]+)"\} ([0-9.e+]+)$', re.MULTILINE)
AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})


class Refused(Exception):
    """The API refused a call for good. status: its HTTP status; problem: its problem+json."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.problem = problem
        super().__init__(f"{status} {problem.get('code') or problem.get('title') or ''} {problem.get('detail') or ''}")


class OutOfPatience(Exception):
    """The API did not answer for as long as we wait."""


@dataclass(kw_only=True)
class Client:
    """One caller with its own API key. retried: how often a call was made again; transport: for tests."""

    base_url: str
    key: str
    patience_s: float = PATIENCE_S
    retried: int = 0
    transport: httpx2.BaseTransport | None = None
    _http: httpx2.Client = field(init=False)

    def __post_init__(self) -> None:
        self._http = httpx2.Client(
            base_url=self.base_url,
            headers={"authorization": f"Bearer {self.key}"},
            timeout=30,
            trust_env=False,
            transport=self.transport,
        )

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def post(self, path: str, body: object, *, once: str | None = None) -> dict[str, Any] | None:
        """Post JSON; return the answer's, None for 204. once: an Idempotency-Key, so that a retry does nothing twice.

        Raises Refused, OutOfPatience.
        """
        headers = {"idempotency-key": once} if once else {}
        return self._patiently(lambda: self._http.post(path, json=body, headers=headers))

    def get(self, path: str, **params: Any) -> dict[str, Any]:
        """Get JSON. Raises Refused, OutOfPatience."""
        return self._patiently(lambda: self._http.get(path, params=params)) or {}

    def levels(self) -> dict[str, float]:
        """Return what the installation's public measures say is waiting; {} where they can't be read."""
        try:
            text = self._http.get("/metrics").text
        except httpx2.TransportError:
            return {}
        return {name: float(value) for name, value in _LEVEL.findall(text)}

    def _patiently(self, call: Any) -> dict[str, Any] | None:
        deadline, pause_s = time.monotonic() + self.patience_s, 0.1
        while True:
            status = 0
            try:
                response: httpx2.Response = call()
                status = response.status_code
                if status not in AGAIN:
                    return _said(response)
            except httpx2.TransportError:
                pass  # the connection broke: whether it was done is unknown, and doing it again is harmless
            if time.monotonic() > deadline:
                raise OutOfPatience(f"no answer within {self.patience_s:g} s (last status {status})")
            self.retried += 1
            time.sleep(pause_s)
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)


def _said(response: httpx2.Response) -> dict[str, Any] | None:
    if response.status_code == 204:  # noqa: PLR2004 - no content
        return None
    try:
        said = response.json()
    except ValueError:
        said = {}
    if response.is_success:
        return said if isinstance(said, dict) else {"items": said}
    raise Refused(response.status_code, said if isinstance(said, dict) else {})
