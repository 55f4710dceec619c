"""What can go wrong when work is claimed and decided. The words are shown to reviewers."""

from assize.kernel.errors import Conflict, Invalid, NotFound, Refused, Unavailable


class NoSuchTask(NotFound):
    """There is no such task, or you may not see it."""

    code = "no-such-task"


class NoSuchDecision(NotFound):
    """There is no such decision, or you may not see it."""

    code = "no-such-decision"


class NoSuchDossier(NotFound):
    """There is no frozen evidence for this case, or you may not see it."""

    code = "no-such-dossier"


class NoSuchPrecedent(NotFound):
    """There is no such precedent, or you may not see it."""

    code = "no-such-precedent"


class OnBreak(Conflict):
    """You have a break until {until:%H:%M} UTC. End it on your own page to be given tasks before."""

    code = "on-break"


class NotYours(Refused):
    """This task is not in your hands. Claim it first."""

    code = "not-yours"


class LeaseLost(Conflict):
    """Your time with this task ran out, and it went back to its queue. What you typed is kept: claim the task again."""

    code = "lease-lost"


class LeaseLostToAnother(Conflict):
    """Your time with this task ran out, and another reviewer has it now. What you typed is kept in your drafts."""

    code = "lease-lost-to-another"


class AlreadyDecided(Conflict):
    """This task was decided already. What you typed is kept in your drafts."""

    code = "already-decided"


class TaskCancelledAlready(Conflict):
    """This task was withdrawn, since its case no longer needs it. What you typed is kept in your drafts."""

    code = "task-cancelled"


class DossierChanged(Conflict):
    """New evidence came to this case while you had it. Look at it, then decide; what you typed is kept."""

    code = "dossier-changed"


class NotFree(Conflict):
    """Somebody has this task in hand. Wait until it is back, or ask them to release it."""

    code = "not-free"


class Excluded(Refused):
    """You may not take this task: its case was in your hands before, and a different person has to look."""

    code = "excluded"


class NotQualified(Refused):
    """This reviewer may not be given this task: it needs other skills, or its case is withheld from them."""

    code = "not-qualified"


class NoDisposal(Conflict):
    """A decision that does not stand can't be changed in this way."""

    code = "does-not-stand"


class TooLateToUndo(Conflict):
    """The time to undo is over, and effects may have left. Ask for a second look instead."""

    code = "too-late-to-undo"


class NotYourDecision(Refused):
    """Only whoever made a decision can undo it."""

    code = "not-your-decision"


class AnotherStands(Conflict):
    """Another decision of this case was made in the same moment and stands. Look at it, then decide."""

    code = "another-stands"


class BadJudgement(Invalid):
    """The decision does not fit in {count} places: {summary}."""

    code = "bad-judgement"


class BadRequest(Invalid):
    """This does not fit: {problem}."""

    code = "bad-request"


class BadCursor(Invalid):
    """This cursor is not one of ours. Start again without it."""

    code = "bad-cursor"


class NoProposal(Conflict):
    """There is no proposed decision on this task to agree with."""

    code = "no-proposal"


class SameReviewer(Refused):
    """A second look needs a different person."""

    code = "same-reviewer"


class MaskedFromYou(Refused):
    """This is masked for you, and can't be searched or exported."""

    code = "masked"


class NoSuchNote(NotFound):
    """There is no such note, or it doesn't name you."""

    code = "no-such-note"


class NotOpened(Refused):
    """Open the content first, and say what for."""

    code = "not-opened"


class NoSuchTurn(NotFound):
    """There is no such turn in this case, or you may not see it."""

    code = "no-such-turn"


class NoTranslator(Conflict):
    """No translation endpoint is configured. Whoever runs this installation can set one."""

    code = "no-translator"


class TranslationFailed(Unavailable):
    """The translation endpoint did not give a translation: {reason}. Nothing was kept; try again."""

    code = "translation-failed"


class MayNotExport(Refused):
    """Your view does not allow export. A manager can allow it."""

    code = "may-not-export"


class NotALookup(Refused):
    """Searching by account is a lookup: it needs the right to look up accounts."""

    code = "not-a-lookup"


class NoSuchView(NotFound):
    """There is no such saved search, or it is not yours to see."""

    code = "no-such-view"


class NameTaken(Conflict):
    """You have a saved search of this name already. Take another name, or delete the old one."""

    code = "name-taken"


class NoSuchExport(NotFound):
    """There is no such export of yours."""

    code = "no-such-export"


class NeedsParquet(Conflict):
    """Parquet needs pyarrow: install assize[parquet], or take CSV or JSON Lines."""

    code = "needs-parquet"


class NotForMachine(Conflict):
    """There is no first look at this case that a machine could take: somebody has it in hand, or it is decided."""

    code = "not-for-machine"
