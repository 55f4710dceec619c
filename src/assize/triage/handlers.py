"""Triage's reactions: a published policy brings its rules."""

from collections.abc import Iterable, Iterator

from assize.kernel.facts import Recorded
from assize.platform.cel import Rule
from assize.platform.db import Tx
from assize.policy.facts import PolicyPublished
from assize.policy.models import Pack, Problem
from assize.policy.ports import attach_check
from assize.policy.service import current
from assize.triage import service


def on_policy_published(tx: Tx, recorded: Recorded[PolicyPublished]) -> None:
    """Install the rules of the version in force: of two published in a row, the later one, whichever is heard last."""
    service.install_rules(tx, current(tx), at=recorded.occurred_at)


def check_rules_of(pack: Pack) -> Iterable[Problem]:
    """Say which rules of a pack would not run, in the form in which they would."""
    return list(_problems(pack))


def _problems(pack: Pack) -> Iterator[Problem]:
    for found in service.check_policy_rules([Rule(id=rule.id, expression=rule.expression) for rule in pack.rules]):
        message = f"line {found.line}, column {found.column}: {found.message}"
        yield pack.problem(f"rule:{found.rule_id}", message, warning=found.warning)
    for rule in pack.rules:
        if pack.clause(rule.clause) is None:
            yield pack.problem(f"rule:{rule.id}", f"points at {rule.clause}, which is no clause")
    for name, message in service.pattern_problems(pack.patterns):
        yield pack.problem(f"pattern:{name}", message)


attach_check("triage.rules", check_rules_of)
