"""`memory`: what the whole product holds when nothing is going on."""

import time

from assize.bench.product import Product, memory_kb, processes, product
from assize.bench.result import BenchResult, Options, at_most

TARGET_MB = 400.0
REST_S = 20.0  # until pools, caches and the first rounds of the worker are there
QUICK_REST_S = 3.0


def run(options: Options) -> BenchResult:
    """Start the product twice, let it rest, and add up the proportional set size of all its processes each time."""
    rest_s = QUICK_REST_S if options.quick else REST_S
    with product() as made:
        made.start()
        time.sleep(rest_s)
        first, _ = _held(made)
        made.stop()
        made.start()
        time.sleep(rest_s)
        held, counts = _held(made)
    return at_most(
        "memory",
        value=sum(held.values()),
        unit="MB",
        target=TARGET_MB,
        baseline=held.get("database", 0.0),
        detail={
            "note": "Proportional set size (`/proc/*/smaps_rollup`) of every process of `assize up`, idle, with the "
            "starter policy, on an installation that is there already. After the very first start `up` still holds what "
            "made the database (migrations, policy): until it is started again, the sum is the one given for the first "
            "start. The baseline is the database alone.",
            "megabytes": {role: round(mb, 1) for role, mb in sorted(held.items())},
            "megabytes_after_the_first_start": round(sum(first.values()), 1),
            "processes": counts,
        },
    )


def _held(made: Product) -> tuple[dict[str, float], dict[str, int]]:
    held: dict[str, float] = {}
    counts: dict[str, int] = {}
    for pid, role in processes(made).items():
        held[role] = held.get(role, 0.0) + memory_kb(pid) / 1024
        counts[role] = counts.get(role, 0) + 1
    return held, counts
