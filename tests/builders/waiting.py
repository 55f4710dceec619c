"""Wait until something is so. No test says how fast a machine is: only when to give up on one that does nothing else."""

import time
from collections.abc import Callable

PATIENCE_S = 120.0


def eventually(true: Callable[[], object], *, within_s: float = PATIENCE_S, pause_s: float = 0.02) -> None:
    """Wait until something is so. Raises AssertionError where it does not come true."""
    patience = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < patience, "it did not come true"
        time.sleep(pause_s)
