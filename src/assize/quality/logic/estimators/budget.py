"""One budget of error over many certificates, which come and go."""

from collections.abc import Sequence
from math import log, pi


def spent(delta: float, number: int) -> float:
    """Return the share of an error budget that the number-th application (from 1) may use: it never runs out.

    All shares together are delta, however many applications come, so that the chance that any certificate is ever
    granted wrongly is at most delta; one that ends gives nothing back. Shares fall as 1/number^2.
    Source: Foster and Stine 2008, "Alpha-investing" (spending over an endless sequence); the series is Euler's.
    """
    if number < 1:
        raise ValueError(f"application {number}")
    return delta * 6 / (pi * pi * number * number)


def e_bh(log_evidence: Sequence[float], delta: float) -> list[bool]:
    """Return which of many reviewers the evidence grants when the share of wrong grants is what is held to delta.

    The k strongest are granted, for the largest k at which each has evidence of (all / (k delta)) or more. Holds under
    any dependence between reviewers, which audits of the same cases bring about.
    Not each by itself at 1/delta: of a hundred at the boundary several would be granted wrongly.
    Source: Wang and Ramdas 2022, "False Discovery Rate Control with E-values".
    """
    count = len(log_evidence)
    order = sorted(range(count), key=lambda at: -log_evidence[at])
    granted = [False] * count
    for k in range(count, 0, -1):
        if log_evidence[order[k - 1]] >= log(count / (k * delta)):
            for at in order[:k]:
                granted[at] = True
            break
    return granted
