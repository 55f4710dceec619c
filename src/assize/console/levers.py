"""Surge levers as pages and API pull them: what a lever can be pulled for, and that it is there."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from assize.platform.db import Tx
from assize.policy import service as policy
from assize.triage import service as triage
from assize.triage.models import RuleState
from assize.workforce import service as workforce
from assize.workforce.errors import BadPull
from assize.workforce.models import EVERYWHERE, Pull, Reach

Choices = Mapping[Reach, Sequence[tuple[str, str]]]


def choices(tx: Tx, *, at: datetime) -> Choices:
    """Return what levers can be pulled for, by id and title: rules that are not off, and queues."""
    rules = [
        (str(one.rule.id), one.rule.title) for one in triage.rules(tx, at=at) if one.rule.state is not RuleState.OFF
    ]
    queues = [(str(one.name), one.title) for one in policy.current(tx).queues]
    return {Reach.RULE: rules, Reach.QUEUE: queues, Reach.EVERYTHING: []}


def pull(tx: Tx, *, lever: str, reach: str, hours: float, reason: str, at: datetime) -> Pull:
    """Pull a lever for some hours. Raises BadPull where its reach is not there, and what pulling raises."""
    pulled = workforce.pull_lever(tx, lever=lever, reach=reach, hours=hours, reason=reason, at=at)
    wanted = next(one.reach for one in workforce.levers() if one.id == lever)
    if pulled.reach != EVERYWHERE and pulled.reach not in {name for name, _ in choices(tx, at=at)[wanted]}:
        raise BadPull(reason=f"there is no {wanted.value} of this name")
    return pulled
