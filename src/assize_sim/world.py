"""Who uses the simulated platform: organisations with projects, keys and end users, and consumer accounts."""

from collections.abc import Mapping
from dataclasses import dataclass

from assize.kernel.chance import Rng, rng
from assize_sim.prose import language

REGIONS = ("eu", "us", "uk", "latam", "apac", "mena")
REGION_WEIGHTS = (30, 36, 8, 10, 12, 4)
MODELS = ("sim-model-4", "sim-model-4-mini", "sim-model-5")
HOUSEHOLD_EVERY = 12  # one account in so many is used by several people
OFFENDER_SHARE = 0.03  # of accounts; harm is concentrated: the same few come back
MINOR_EVERY = 25  # one consumer account in so many says it belongs to a minor


@dataclass(frozen=True, kw_only=True)
class User:
    """Somebody who sends events. subject: level -> the platform's own id, without the conversation."""

    subject: Mapping[str, str]
    region: str
    language: str
    model: str
    minor: bool = False


@dataclass(frozen=True, kw_only=True)
class World:
    """The whole population. offenders are users too; what they send is still mostly ordinary."""

    users: tuple[User, ...]
    offenders: tuple[User, ...]
    minors: tuple[User, ...]


def populate(seed: str, *, accounts: int = 1_500, organisations: int = 14) -> World:
    """Return the population of a seed: the same accounts every time."""
    chance = rng(f"{seed}/world")
    users = [user for n in range(accounts) for user in _consumer(chance, n)]
    users += [user for n in range(organisations) for user in _organisation(chance, n, accounts // 60)]
    offenders = chance.sample(users, max(12, int(len(users) * OFFENDER_SHARE)))
    return World(
        users=tuple(users),
        offenders=tuple(offenders),
        minors=tuple(user for user in users if user.minor),
    )


def _consumer(chance: Rng, n: int) -> list[User]:
    account = f"acct-{n:05d}"
    household = n % HOUSEHOLD_EVERY == 1
    members = [f"{account}-u{one}" for one in range(3)] if household else [None]
    return [
        _user(chance, {"account": account} | ({"end_user": member} if member else {}), minor=n % MINOR_EVERY == 0)
        for member in members
    ]


def _organisation(chance: Rng, n: int, people: int) -> list[User]:
    organisation = f"org-{n:02d}"
    found = []
    for project in range(1 + n % 3):
        for key in range(1 + project % 2):
            path = {
                "organisation": organisation,
                "project": f"{organisation}-p{project}",
                "api_key": f"{organisation}-p{project}-k{key}",
            }
            found += [
                _user(chance, path | {"end_user": f"{organisation}-p{project}-k{key}-u{one}"}, minor=False)
                for one in range(people)
            ]
    return found


def _user(chance: Rng, subject: Mapping[str, str], *, minor: bool) -> User:
    return User(
        subject=dict(subject),
        region=chance.choices(REGIONS, REGION_WEIGHTS)[0],
        language=language(chance),
        model=chance.choice(MODELS),
        minor=minor,
    )
