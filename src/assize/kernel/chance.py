"""The one place that makes secrets and seeds. Judgement is given its `rng`."""

import random
import secrets

Rng = random.Random  # what judgement takes as an argument; never made inside a slice


def secret(length_bytes: int = 32) -> str:
    """Return a URL-safe secret of `length_bytes` random bytes."""
    return secrets.token_urlsafe(length_bytes)


def random_bytes(length: int) -> bytes:
    """Return `length` unpredictable bytes."""
    return secrets.token_bytes(length)


def rng(seed: int | str | None = None) -> Rng:
    """Return a generator for sampling and simulation, not for secrets; seeded, it repeats."""
    return random.Random(seed)  # noqa: S311 - sampling and simulation, never a secret
