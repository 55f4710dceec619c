"""What can go wrong when somebody signs in or asks for more than they may."""

from assize.kernel.errors import Conflict, Invalid, NotFound, RateLimited, Refused, Unauthenticated


class NotSignedIn(Unauthenticated):
    """Sign in, or send an API key."""

    code = "not-signed-in"


class UnknownKey(Unauthenticated):
    """This API key is unknown or was revoked."""

    code = "unknown-key"


class WrongPassword(Unauthenticated):
    """E-mail or password is wrong."""

    code = "wrong-password"


class TooManyTries(RateLimited):
    """Too many failed sign-ins. Wait {wait_s} seconds and try again."""

    code = "too-many-tries"


class NotAllowed(Refused):
    """You don't have the right "{right}", which this needs. An administrator can give it."""

    code = "not-allowed"


class SamePerson(Refused):
    """This needs a second, different person."""

    code = "same-person"


class NoSuchReviewer(NotFound):
    """There is no such reviewer."""

    code = "no-such-reviewer"


class NoSuchKey(NotFound):
    """There is no such API key."""

    code = "no-such-key"


class NoSuchTeam(NotFound):
    """There is no such team."""

    code = "no-such-team"


class BadTurn(Invalid):
    """A calmer case comes every {fewest} to {most} cases, or not at all."""

    code = "bad-turn"


class BadRespite(Invalid):
    """Set a category aside, or take a break, for at least a minute and at most {hours} hours."""

    code = "bad-respite"


class EmailTaken(Conflict):
    """Somebody with this e-mail address is there already."""

    code = "email-taken"


class TeamTaken(Conflict):
    """A team of this name is there already."""

    code = "team-taken"


class WeakPassword(Invalid):
    """A password has at least 12 characters."""

    code = "weak-password"


class UnknownRight(Invalid):
    """There is no right or role of this name: {name}."""

    code = "unknown-right"


class NoSuchShiftNote(NotFound):
    """There is no such shift note, or it isn't signed yet."""

    code = "no-such-shift-note"


class ShiftNoteUnfit(Invalid):
    """A shift note has at most {most} characters, none of which stands for nothing."""

    code = "shift-note-unfit"


class NobodysShift(Refused):
    """A note for the next shift is somebody's; this key acts for nobody."""

    code = "nobodys-shift"


class NoSuchLever(NotFound):
    """There is no lever {lever}."""

    code = "no-such-lever"


class NotYourLever(Refused):
    """The lever {lever} is not one that your roles may pull."""

    code = "not-your-lever"


class BadPull(Invalid):
    """A lever can't be pulled like that: {reason}."""

    code = "bad-lever-pull"


class AlreadyPulled(Conflict):
    """This lever is pulled already; it ends by itself, or end it first."""

    code = "lever-already-pulled"


class NoSuchCertificate(NotFound):
    """There is no such certificate, or it is not yours to see."""

    code = "no-such-certificate"


class BadCertificate(Invalid):
    """A certificate can't be like that: {reason}."""

    code = "bad-certificate"


class NoSuchStep(Conflict):
    """A certificate that is {before} can't become {after}."""

    code = "no-such-step"


class PeopleOnly(Refused):
    """A machine never does this alone: a person has to."""

    code = "people-only"


class NoSuchAnnouncement(NotFound):
    """There is no such announcement, or it is not for you."""

    code = "no-such-announcement"


class AnnouncementOver(Conflict):
    """This version is no longer in force: somebody published the next one, or ended it."""

    code = "announcement-over"


class AnnouncementUnfit(Invalid):
    """This can't be published: {reason}."""

    code = "announcement-unfit"


class NobodyReads(Invalid):
    """Only a person can say that they have read something."""

    code = "nobody-reads"
