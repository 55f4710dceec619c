"""What can go wrong in triage."""

from assize.kernel.errors import Conflict, Invalid, NotFound, Refused


class NoSuchCase(NotFound):
    """There is no case {case_id}, or you may not see it."""

    code = "no-such-case"


class ListingRefused(Refused):
    """Your view covers the cases you are given, not a list of all."""

    code = "listing-refused"


class CaseIsNotOpen(Conflict):
    """Case {case_id} is {state}."""

    code = "case-is-not-open"


class ReasonNeeded(Invalid):
    """Lowering the severity needs a reason. Nothing was changed."""

    code = "reason-needed"


class SecondPersonNeeded(Refused):
    """You proposed to lower this case from {before} to {after} yourself. Another person has to agree."""

    code = "second-person-needed"


class NoSuchQueue(Invalid):
    """The policy in force has no queue named {queue}."""

    code = "no-such-queue"


class NoSuchClause(Invalid):
    """The policy in force has no clause {clause_id}."""

    code = "no-such-clause"


class NoSuchRule(NotFound):
    """There is no rule {rule_id}."""

    code = "no-such-rule"


class RuleExists(Conflict):
    """There is a rule {rule_id} already. A rule's text changes by a new version of the same id."""

    code = "rule-exists"


class RuleDoesNotFit(Invalid):
    """The rule doesn't compile: {problems}."""

    code = "rule-does-not-fit"


class BadRule(Invalid):
    """The {field} doesn't do: {problem}."""

    code = "bad-rule"


class NotTried(Conflict):
    """Rule {rule_id} was tried on {tried} events in this form; {needed} are needed before it may run. Try it first."""

    code = "not-tried"


class NotFieldValues(Invalid):
    """This is no JSON object of fields and values: {problem}."""

    code = "not-field-values"


class OwnRule(Refused):
    """You wrote rule {rule_id}. Somebody else has to switch it on."""

    code = "own-rule"


class NoSuchBank(NotFound):
    """There is no bank {name}."""

    code = "no-such-bank"


class BadCursor(Invalid):
    """This cursor is not one of ours. Start again without it."""

    code = "bad-cursor"


class BadBankItem(Invalid):
    """Item {number} is no {kind}. Nothing was added."""

    code = "bad-bank-item"
