"""`startup`: how long the second start takes until the product is ready to work."""

from assize.bench.product import product
from assize.bench.result import BenchResult, Options, at_most

TARGET_S = 3.0
STARTS = 3


def run(options: Options) -> BenchResult:
    """Start the product for the first time, stop it, and time further starts. The median of those counts."""
    with product() as made:
        first_s = made.start()
        made.stop()
        times = []
        for _ in range(1 if options.quick else STARTS):
            times.append(made.start())
            made.stop()
    return at_most(
        "startup",
        value=sorted(times)[len(times) // 2],
        unit="s",
        target=TARGET_S,
        baseline=first_s,
        detail={
            "note": "From starting `assize up` on an existing installation until `/readyz` answers 200. The baseline is "
            "the first start: compiling Python, making the database, migrating it, publishing the starter policy. Of a "
            "start `up` takes 0.3 to 0.4 s before the database is asked for, and the server 1.6 to 1.8 s of processor time "
            "(profiled: a third of it FastAPI reading its routes), beside which the worker loads for 0.9 s on the other "
            "core. Whatever else runs adds to it.",
            "starts_s": [round(one, 3) for one in times],
        },
    )
