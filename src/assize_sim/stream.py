"""The stream of everything the simulated platform sends: seeded, endless, each item with its truth."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from assize.kernel.chance import Rng, rng
from assize_sim.events import Place
from assize_sim.scenarios import (
    Draft,
    bad_report,
    benign,
    campaign,
    decomposed,
    defect,
    dual_use,
    emerging,
    good_report,
    grave,
    known_media,
    listed_url,
    red_team,
    support,
    violating,
)
from assize_sim.shape import arrivals
from assize_sim.truth import Lane, Sent
from assize_sim.world import World, populate

Scenario = Callable[[Rng, Place, World], Draft]

# Of a hundred thousand items. What deserves a case is 3 to 4 %. What pages is 3 of them: at the demo's four a second
# about ten in a day, five in a shift of two people.
MIX: Mapping[Scenario, int] = {
    violating: 1_100,
    dual_use: 950,
    campaign: 450,
    support: 220,
    good_report: 550,
    bad_report: 300,
    emerging: 250,
    decomposed: 240,
    listed_url: 140,
    defect: 120,
    red_team: 400,
    known_media: 1,
    grave: 2,
}
OF = 100_000


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to generate. run: part of every id, so that a second run on the same installation is new traffic.

    per_s: mean rate. tour: begin with one of everything, for a demo in which nothing rare is waited for.
    """

    seed: str
    begin: datetime
    run: str = "r0"
    per_s: float = 5.0
    tour: bool = False


def stream(plan: Plan) -> Iterator[Sent]:
    """Yield what the platform sends, in order, for ever. The same plan gives the same items."""
    world = populate(plan.seed)
    times = arrivals(rng(f"{plan.seed}/times"), begin=plan.begin, per_s=plan.per_s)
    for n, after_s in enumerate(times):
        # A generator of its own for each item, so that item n is the same whatever came before it.
        chance = rng(f"{plan.seed}/{n}")
        place = Place(n=n, run=plan.run, at=plan.begin + timedelta(seconds=after_s))
        draft = _scenario(chance, plan, n)(chance, place, world)
        yield Sent(
            n=n,
            report=draft.truth.lane in {Lane.REPORT, Lane.BAD_REPORT},
            after_s=after_s,
            subject=draft.subject,
            body=draft.body,
            truth=draft.truth,
        )


def _scenario(chance: Rng, plan: Plan, n: int) -> Scenario:
    if plan.tour and n < 2 * len(MIX):
        return list(MIX)[n // 2] if n % 2 else benign
    drawn = chance.randrange(OF)
    for scenario, share in MIX.items():
        if drawn < share:
            return scenario
        drawn -= share
    return benign
