"""How long scorecards and the pages of sampling take over five million decisions.

What is timed are the services behind the pages, asked as somebody works: boards of reviewers, teams and machines, one
card with its trend, agreement, one's own card, the preview and the standing of a sampling plan.
"""

import time

from assize.app.installation import opened
from assize.bench.product import product
from assize.bench.quality_backlog import RUNS, WEEK, YEAR, a_plan, fill, measure_pages
from assize.bench.result import BenchResult, Options, at_most
from assize.platform.settings import read_settings

TARGET_MS = 200.0
QUICK_RUNS = 2
NOTE = "What is timed are the services behind the pages; a page adds its rendering. The first look at a day's sums takes longest."


def run(options: Options) -> BenchResult:
    """Fill, ask."""
    programme = WEEK if options.quick else YEAR
    with product() as made:
        made.start()
        settings = read_settings(made.environment)
        with opened(settings) as database:
            began = time.monotonic()
            plan_id = a_plan(database, settings)
            fill(database, programme)
            filled_s = time.monotonic() - began
            took = measure_pages(database, plan_id=plan_id, runs=QUICK_RUNS if options.quick else RUNS)
    p95 = {name: ms[min(len(ms) - 1, int(0.95 * len(ms)))] for name, ms in took.items()}
    worst = max(p95, key=lambda name: p95[name])
    detail: dict[str, object] = {
        "decisions": programme.decisions,
        "compared": programme.compared,
        "filled_s": round(filled_s, 1),
        "slowest": worst,
        **{f"{name.replace(',', '').replace(' ', '_')}_p95_ms": round(ms, 1) for name, ms in p95.items()},
        "first_of_all_ms": round(max(ms[-1] for ms in took.values()), 1),
        "note": NOTE,
        "baseline": "one's own card, which reads little",
    }
    return at_most(
        "scorecards",
        value=round(p95[worst], 1),
        unit="ms p95",
        target=TARGET_MS,
        baseline=round(p95["my card"], 1),
        detail=detail,
    )
