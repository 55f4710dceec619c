"""What can go wrong when something is escalated."""

from assize.kernel.errors import Conflict, Invalid, NotFound, Refused


class NoSuchEscalation(NotFound):
    """There is no escalation {escalation_id}, or you may not see it."""

    code = "no-such-escalation"


class NoSuchPage(NotFound):
    """There is no page {page_id}, or this link is not its own, or it was used."""

    code = "no-such-page"


class NoSuchContact(NotFound):
    """There is no on-call contact {contact_id}."""

    code = "no-such-contact"


class NoSuchContainment(NotFound):
    """There is no containment {containment_id}, or you may not see it."""

    code = "no-such-containment"


class AlreadyEscalated(Conflict):
    """This case is escalated already, by {escalation_id}, and has an owner."""

    code = "already-escalated"


class AlreadyAnswered(Conflict):
    """Somebody acknowledged this page before."""

    code = "already-acknowledged"


class NotOpen(Conflict):
    """This is {state} and can't be changed any more."""

    code = "not-open"


class NotAcknowledged(Conflict):
    """Nobody has acknowledged this escalation yet. {first}; then it can be resolved."""

    code = "not-acknowledged"


class NotAheadOfNow(Invalid):
    """The due time {field} must lie ahead."""

    code = "due-not-ahead"


class NoWayToReach(Invalid):
    """A contact needs a webhook address or an e-mail address."""

    code = "no-way-to-reach"


class StampedBefore(Conflict):
    """This moment was stamped before and can't be changed."""

    code = "stamped-before"


class SecondMustDiffer(Refused):
    """Whoever contained can't approve it: it needs a second, different person."""

    code = "second-must-differ"
