"""From a scenario to the body of one event or report, as `POST /v1/events` and `POST /v1/reports` take them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import md5, sha256
from typing import Any

from assize.kernel.chance import Rng
from assize_sim.prose import answer, request
from assize_sim.world import User

SOURCE = "sim"


@dataclass(frozen=True, kw_only=True)
class Said:
    """What somebody says to the model in one turn, and what the model does with it."""

    text: str
    outcome: str = "complied"


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where and when an event stands: its number, the run it belongs to, and its moment."""

    n: int
    run: str
    at: datetime

    @property
    def external_id(self) -> str:
        """The event's id at the platform, the same however often it is sent."""
        return f"{self.run}-{self.n:08d}"

    @property
    def conversation(self) -> str:
        """The id of its conversation."""
        return f"conv-{self.run}-{self.n:08d}"


def conversation(
    rng: Rng,
    place: Place,
    user: User,
    said: Sequence[Said],
    *,
    extra: Mapping[str, Any] | None = None,
    conversation_id: str | None = None,
) -> dict[str, Any]:
    """Return the body of a conversation. extra: fields that replace or join the ordinary ones."""
    turns: list[dict[str, Any]] = []
    for n, one in enumerate(said):
        at = place.at - timedelta(seconds=20 * (len(said) - n))
        turns.append({"role": "user", "text": one.text, "at": at.isoformat()})
        turns.append(
            {
                "role": "assistant",
                "text": answer(rng, one.outcome),
                "at": (at + timedelta(seconds=4)).isoformat(),
                "model_version": user.model,
                "outcome": one.outcome,
            }
        )
    body: dict[str, Any] = {
        "source": SOURCE,
        "external_id": place.external_id,
        "kind": "conversation",
        "occurred_at": place.at.isoformat(),
        "subject": {**user.subject, "conversation": conversation_id or place.conversation},
        "region": user.region,
        "model_version": user.model,
        "model_outcome": _whole(said),
        "turns": turns,
        "attributes": {"surface": rng.choice(("app", "web", "api")), "account_age_days": rng.randrange(1, 900)},
    }
    if rng.random() < 0.7:  # noqa: PLR2004 - most platforms know the language, not all of them always
        body["language"] = user.language
    if user.minor:
        body["attributes"]["age_band"] = "minor"
    return body | dict(extra or {})


def ordinary(rng: Rng, user: User) -> list[Said]:
    """Return an ordinary conversation of one to three exchanges."""
    count = rng.choices((1, 2, 3), (60, 28, 12))[0]
    return [Said(text=request(rng, user.language, length=rng.randrange(1, 5))) for _ in range(count)]


def marked(rng: Rng, user: User, marker: str, *, outcome: str, lead: str = "") -> list[Said]:
    """Return a conversation in which one turn carries a marker term, among ordinary words."""
    before = request(rng, user.language, length=2)
    after = request(rng, user.language, length=2)
    said = [Said(text=f"{before} {lead} {marker} {after}".replace("  ", " "), outcome=outcome)]
    if rng.random() < 0.4:  # noqa: PLR2004 - some conversations begin with something ordinary
        said.insert(0, Said(text=request(rng, user.language)))
    return said


def media(name: str) -> dict[str, Any]:
    """Return a picture by hash and pointer; the hashes are of its made-up name, there is no picture."""
    digest = sha256(name.encode()).hexdigest()
    return {
        "hashes": {"pdq": digest, "md5": md5(name.encode(), usedforsecurity=False).hexdigest()},
        "pointer": f"sim://media/{digest[:16]}",
        "mime": "image/png",
        "turn": 0,
    }


def _whole(said: Sequence[Said]) -> str:
    outcomes = [one.outcome for one in said]
    return next((grave for grave in ("refused", "partial") if grave in outcomes), "complied")
