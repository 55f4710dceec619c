"""Auditors judged in their turn: how often they were overturned, and to which side they lean."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from assize.kernel.measures import wilson
from assize.quality.logic.cards import mean_of
from assize.quality.models.judged import Judged
from assize.quality.models.scoring import AuditorCard, Who


def auditor_cards(judged: Iterable[Judged], named: Mapping[str, Who], *, least: int) -> list[AuditorCard]:
    """Return everybody's card by name; of those who are named alone."""
    found: dict[str, list[Judged]] = defaultdict(list)
    for one in judged:
        if one.who in named:
            found[one.who].append(one)
    cards = [_card(named[who], judgements, least) for who, judgements in found.items()]
    return sorted(cards, key=lambda one: (one.who.name.casefold(), one.who.id))


def _card(who: Who, judged: list[Judged], least: int) -> AuditorCard:
    n = sum(one.n for one in judged)
    again = sum(one.n for one in judged if one.again)
    overturned = sum(one.n for one in judged if one.overturned)
    gaps: dict[int, int] = defaultdict(int)
    for one in judged:
        if one.theirs is not None and one.at_last is not None:
            gaps[one.theirs - one.at_last] += one.n
    return AuditorCard(
        who=who,
        judged=n,
        looked_at_again=again,
        overturned=wilson(overturned, again),
        of_all=wilson(overturned, n),
        bias=mean_of(gaps, least=min(least, 5)),
        found_wrong=wilson(sum(one.n for one in judged if one.found_wrong), n),
    )
