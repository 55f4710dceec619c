"""What can go wrong when something is done about a decision."""

from assize.kernel.errors import Conflict, Invalid, NotFound, Refused


class NoSuchEnforcement(NotFound):
    """There is no enforcement {enforcement_id}, or you may not see it."""

    code = "no-such-enforcement"


class NoSuchEffect(NotFound):
    """There is no effect {effect_id}, or you may not see it."""

    code = "no-such-effect"


class NoSuchDelivery(NotFound):
    """There is no delivery {delivery_id}, or you may not see it."""

    code = "no-such-delivery"


class NoSuchAppeal(NotFound):
    """There is no appeal {appeal_id}, or you may not see it."""

    code = "no-such-appeal"


class NoSuchRow(NotFound):
    """There is no {what} {id}, or you may not see it."""

    code = "no-such-row"


class UnknownAction(Invalid):
    """The action {action_id} of the policy has no plug-in here that carries it out."""

    code = "unknown-action"


class ActionMismatch(Invalid):
    """The policy calls the action {action_id} reversible, but the plug-in {plugin} can't undo it."""

    code = "action-mismatch"


class BadParameter(Invalid):
    """The parameter {field} of this action does not fit: {reason}."""

    code = "bad-action-parameter"


class WrongTarget(Invalid):
    """The action {action_id} can't be done to a target of level {level}."""

    code = "wrong-target-level"


class Irreversible(Conflict):
    """The action {action_id} can't be undone: it was declared irreversible."""

    code = "irreversible"


class SecondPersonNeeded(Refused):
    """This needs a second, different person: {why}."""

    code = "second-person-needed"


class NotWaiting(Conflict):
    """This enforcement is {state} and no longer waits for an approval."""

    code = "not-waiting-for-approval"


class NothingToUndo(Conflict):
    """This enforcement is {state}: nothing of it is in force."""

    code = "nothing-to-undo"


class AlreadyInForce(Conflict):
    """The same action is already in force on this target by {enforcement_id}."""

    code = "already-in-force"


class NotAppealable(Conflict):
    """This enforcement is {state} and can't be appealed."""

    code = "not-appealable"


class AppealIdReused(Conflict):
    """The external_id of this appeal was used for another enforcement. Make a new one for a new appeal."""

    code = "appeal-id-reused"


class AppealClosed(Conflict):
    """This appeal was already heard: {state}."""

    code = "appeal-closed"


class NoticeGone(Conflict):
    """The notice is {state} and can't be held back any more."""

    code = "notice-gone"


class EffectClosed(Conflict):
    """The effect is {state}; nothing about it can be confirmed."""

    code = "effect-closed"


class NoSuchDestination(NotFound):
    """There is no destination of this name. ASSIZE_WEBHOOK_URL and its like name them."""

    code = "no-such-destination"


class NotDead(Conflict):
    """The delivery is {state}; only one whose tries are used up is sent again by hand."""

    code = "delivery-not-dead"


class OutsideView(Refused):
    """Your view covers the cases you work on: name one by `case_id`."""

    code = "outside-view"


class PurposeMissing(Invalid):
    """Say for which purpose you open this, in 3 to 300 characters."""

    code = "purpose-missing"


class NotContainable(Refused):
    """Only a reversible action contains; {action_id} is not one."""

    code = "not-containable"


class NoGround(Conflict):
    """Only a decision that stands and found a violation brings anything into a bank."""

    code = "no-ground"


class NothingToBank(Invalid):
    """The findings point at no media with a hash of kind {kind}: say what is to be added."""

    code = "nothing-to-bank"


class NothingChosen(Invalid):
    """Nothing in force was done by that in that time, of what you may see."""

    code = "nothing-chosen"


class TooManyChosen(Invalid):
    """That is {count} at once; at most {most} are taken back at once. Choose a shorter time."""

    code = "too-many-chosen"


class NotThatFar(Conflict):
    """A remediation that is {state} can't do that."""

    code = "remediation-state"


class PartlyHidden(Refused):
    """Part of this remediation is under a need-to-know that you are not cleared for; whoever sees all of it must answer."""

    code = "partly-hidden"
