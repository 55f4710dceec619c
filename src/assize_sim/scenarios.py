"""What happens on the platform: each scenario makes one event or report, and says what is true of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assize.kernel.chance import Rng, rng
from assize_sim import harms
from assize_sim.events import Place, Said, conversation, marked, media, ordinary
from assize_sim.harms import Harm
from assize_sim.prose import request
from assize_sim.truth import BENIGN, Lane, Remedy, Truth, Verdict
from assize_sim.world import User, World

CAMPAIGN_LENGTH = 4_000  # numbers of the stream in which one campaign runs, then the next begins
CAMPAIGN_ACCOUNTS = 15
STEPS = 6  # conversations in which one actor asks for what none of them shows alone
DECOMPOSED_SPAN = 12_000
EMERGING_FROM = 300  # the emerging harm isn't there from the beginning
STRONG_SHARE = 0.35  # of violations of clauses that aren't grave: those that leave no doubt


@dataclass(frozen=True, kw_only=True)
class Draft:
    """One event or report with its truth. subject: of whom it is, without the conversation."""

    subject: Mapping[str, str]
    body: Mapping[str, Any]
    truth: Truth


def benign(rng: Rng, place: Place, world: World) -> Draft:
    """An ordinary conversation."""
    user = rng.choice(world.users)
    return _draft(user, conversation(rng, place, user, ordinary(rng, user)), BENIGN)


def violating(rng: Rng, place: Place, world: World) -> Draft:
    """Somebody of the few offends against a clause; the model mostly refuses."""
    harm = _drawn(rng, harms.VIOLATIONS)
    strong = not harm.grave and rng.random() < STRONG_SHARE
    return _harmful(rng, place, rng.choice(world.offenders), harm, harm.strong if strong else harm.marker)


def grave(rng: Rng, place: Place, world: World) -> Draft:
    """One of the few that may page."""
    harm = rng.choice(harms.GRAVE)
    lane = Lane.SUPPORT if harm.remedy is Remedy.SUPPORT else Lane.VIOLATING
    return _harmful(rng, place, rng.choice(world.offenders), harm, harm.strong, lane=lane)


def dual_use(rng: Rng, place: Place, world: World) -> Draft:
    """The words of a clause with a good reason: fiction, news, research, a survivor, a profession."""
    clause_id, exception, lead = rng.choice(harms.DUAL_USE)
    user = rng.choice(world.users)
    harm = Harm(clause_id=clause_id, weight=1, reason="other")
    body = conversation(rng, place, user, marked(rng, user, harm.marker, outcome="complied", lead=lead))
    return _draft(
        user, body, Truth(lane=Lane.DUAL_USE, verdict=Verdict.EXCEPTED, clause_id=clause_id, exception=exception)
    )


def support(rng: Rng, place: Place, world: World) -> Draft:
    """Somebody in distress, sometimes a minor: help, never a strike."""
    minor = rng.random() < 0.1  # noqa: PLR2004 - one in ten
    user = rng.choice(world.minors if minor else world.users)
    harm = harms.MINOR_AT_RISK if minor else _drawn(rng, harms.SUPPORTED)
    return _harmful(rng, place, user, harm, harm.marker, lane=Lane.SUPPORT, handling="sensitive")


def defect(rng: Rng, place: Place, world: World) -> Draft:
    """The model answered what it should not, to somebody who did nothing wrong."""
    harm = _drawn(rng, harms.DEFECTS)
    user = rng.choice(world.users)
    return _harmful(rng, place, user, harm, harm.marker, lane=Lane.DEFECT, outcome="complied")


def campaign(chance: Rng, place: Place, world: World) -> Draft:
    """One of many accounts that send nearly the same text."""
    number = place.n // CAMPAIGN_LENGTH
    own = rng(f"campaign/{number}/{world.users[0].region}")
    harm = _drawn(own, harms.CAMPAIGNS)
    senders = own.sample(world.users, CAMPAIGN_ACCOUNTS)
    text = f"{request(own, 'en', length=6)} {harm.marker} {request(own, 'en', length=6)}"
    user = chance.choice(senders)
    said = [Said(text=f"{text} {request(chance, 'en', length=1)}", outcome="complied")]
    body = conversation(chance, place, user, said, extra={"language": "en"})
    return _draft(user, body, _truth(harm, Lane.CAMPAIGN, user, group=f"campaign-{number}"))


def emerging(rng: Rng, place: Place, world: World) -> Draft:
    """Something new that no rule knows yet: users report it under an invented name."""
    if place.n < EMERGING_FROM:
        return benign(rng, place, world)
    user = rng.choice(world.users)
    text = f"{request(rng, user.language, length=2)} {harms.EMERGING_TERM} {request(rng, user.language, length=2)}"
    body = conversation(rng, place, user, [Said(text=text, outcome="complied")])
    truth = Truth(lane=Lane.EMERGING, verdict=Verdict.VIOLATION, group="emerging", clause_id="DEP-2")
    return _draft(user, body, truth)


def decomposed(chance: Rng, place: Place, world: World) -> Draft:
    """One of several requests of one actor, each below what opens a case."""
    number = place.n // DECOMPOSED_SPAN
    own = rng(f"decomposed/{number}/{world.users[0].region}")
    actor = own.choice(world.offenders)
    harm, piece = own.choice(harms.DECOMPOSED)
    said = marked(chance, actor, piece, outcome=chance.choice(("refused", "partial", "complied")))
    truth = _truth(harm, Lane.DECOMPOSED, actor, group=f"actor-{number}")
    return _draft(actor, conversation(chance, place, actor, said), truth)


def listed_url(rng: Rng, place: Place, world: World) -> Draft:
    """An address of a listed host in an otherwise ordinary text."""
    user = rng.choice(world.offenders)
    address = f"https://www.{rng.choice(harms.LISTED_HOSTS)}/page"
    said = [Said(text=f"{request(rng, user.language, length=2)} {address} {request(rng, user.language, length=1)}")]
    return _draft(user, conversation(rng, place, user, said), _truth(harms.LISTED_URL, Lane.LISTED_URL, user))


def known_media(rng: Rng, place: Place, world: World) -> Draft:
    """A picture that a bank knows, by its hash; there is no picture."""
    user = rng.choice(world.offenders)
    extra = {"media": [media(rng.choice(harms.KNOWN_MEDIA_NAMES))], "handling": "apparent_cse"}
    body = conversation(rng, place, user, ordinary(rng, user), extra=extra)
    return _draft(user, body, _truth(harms.KNOWN_MEDIA, Lane.KNOWN_MEDIA, user))


def red_team(rng: Rng, place: Place, world: World) -> Draft:
    """Traffic of the platform's own testers: marked, and to stay out of enforcement and prevalence."""
    user = rng.choice(world.offenders)
    harm = _drawn(rng, harms.VIOLATIONS)
    said = marked(rng, user, harm.marker, outcome="refused")
    subject = {"organisation": "sim-red-team", "end_user": f"tester-{rng.randrange(5)}"}
    tester = User(subject=subject, region=user.region, language=user.language, model=user.model)
    body = conversation(rng, place, tester, said, extra={"tags": ["red-team"], "test": True})
    return _draft(tester, body, Truth(lane=Lane.RED_TEAM, clause_id=harm.clause_id))


def good_report(rng: Rng, place: Place, world: World) -> Draft:
    """A report that is right: by a user, sometimes a trusted flagger, seldom an authority."""
    harm = _drawn(rng, harms.VIOLATIONS)
    offender = rng.choice(world.offenders)
    kind = rng.choices(("user", "trusted_flagger", "authority"), (80, 17, 3))[0]
    truth = _truth(harm, Lane.REPORT, offender)
    return _reported(rng, place, offender, kind=kind, reason=harm.reason, marker=harm.marker, truth=truth)


def bad_report(rng: Rng, place: Place, world: World) -> Draft:
    """A report that is wrong: somebody is annoyed, or wants somebody else gone."""
    harm = _drawn(rng, harms.VIOLATIONS)
    truth = Truth(lane=Lane.BAD_REPORT)
    return _reported(rng, place, rng.choice(world.users), kind="user", reason=harm.reason, marker="", truth=truth)


def _reported(rng: Rng, place: Place, about: User, *, kind: str, reason: str, marker: str, truth: Truth) -> Draft:
    right = truth.lane is Lane.REPORT
    reporter = f"{'careful' if right else 'careless'}-{kind}-{rng.randrange(40)}"
    words = f"{request(rng, 'en', length=2)} {marker} {request(rng, 'en', length=1)}".replace("  ", " ")
    body: dict[str, Any] = {
        "source": "sim",
        "external_id": place.external_id,
        "occurred_at": place.at.isoformat(),
        "reporter": {"kind": kind, "ref": reporter},
        "reason": reason,
        "subject": {**about.subject, "conversation": place.conversation},
        "text": words,
        "language": "en",
        "region": about.region,
    }
    if kind == "authority":
        body["reference"] = f"ref-{place.n:06d}"
    return Draft(subject=about.subject, body=body, truth=truth)


def _harmful(
    rng: Rng,
    place: Place,
    user: User,
    harm: Harm,
    marker: str,
    *,
    lane: Lane = Lane.VIOLATING,
    outcome: str | None = None,
    handling: str = "ordinary",
) -> Draft:
    did = outcome or rng.choices(("refused", "partial", "complied"), (75, 15, 10))[0]
    body = conversation(rng, place, user, marked(rng, user, marker, outcome=did), extra={"handling": handling})
    return _draft(user, body, _truth(harm, lane, user))


def _truth(harm: Harm, lane: Lane, user: User, *, group: str | None = None) -> Truth:
    enterprise = "organisation" in user.subject
    action, level = harm.action, harm.level
    if harm.remedy is Remedy.ENFORCE and enterprise:
        action, level = "notify-and-cure", "organisation"
    return Truth(
        lane=lane,
        verdict=Verdict.VIOLATION,
        remedy=harm.remedy,
        clause_id=harm.clause_id,
        action=action,
        level=level if harm.remedy is Remedy.ENFORCE else None,
        group=group,
        minor=user.minor,
    )


def _drawn(rng: Rng, found: Sequence[Harm]) -> Harm:
    return rng.choices(found, [one.weight for one in found])[0]


def _draft(user: User, body: Mapping[str, Any], truth: Truth) -> Draft:
    return Draft(subject=user.subject, body=body, truth=truth)
