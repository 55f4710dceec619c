"""What can go wrong when something is taken in, read or forgotten."""

from assize.kernel.errors import Conflict, Invalid, NotFound, Refused, TooLarge, Unavailable


class Malformed(Invalid):
    """The body is not {expected}: {reason}."""

    code = "malformed"


class TooManyEvents(TooLarge):
    """One call takes at most {limit} events. Send them in parts."""

    code = "too-many-events"


class BodyTooBig(TooLarge):
    """One call takes at most {limit} bytes, unpacked. Send it in parts."""

    code = "body-too-big"


class UnknownEncoding(Invalid):
    """Content-Encoding can be gzip or left out."""

    code = "unknown-encoding"


class NothingToCopy(Conflict):
    """None of these events has content that could be copied."""

    code = "nothing-to-copy"


class NothingFits(Invalid):
    """None of the {count} items was taken. Each is listed with its place and its reason."""

    code = "nothing-fits"


class NotTakenNow(Unavailable):
    """The events were not taken: the database can't be reached. Send the call again; nothing is taken twice."""

    code = "not-taken-now"


class EventNotFound(NotFound):
    """There is no event {event_id}, or you may not see it."""

    code = "event-not-found"


class SubjectNotFound(NotFound):
    """There is no such subject, or you may not see it."""

    code = "subject-not-found"


class AboutNothing(Invalid):
    """A report says what it is about: an event that we have, or a subject."""

    code = "about-nothing"


class BadCursor(Invalid):
    """The cursor is not one that this list gave."""

    code = "bad-cursor"


class PurposeMissing(Invalid):
    """Say for what purpose, in 3 to 300 characters: it is kept with your name."""

    code = "purpose-missing"


class UseNotAllowed(Refused):
    """Content handled as {handling} may not be used to {use}."""

    code = "use-not-allowed"


class OutsideView(Refused):
    """Your view does not reach lists of events; open them through your cases."""

    code = "outside-view"


class ImportChanged(Conflict):
    """The file changed since its import began. Import it from the start, or put the old file back."""

    code = "import-changed"


class UnreadableFile(Invalid):
    """The file can't be read as {form}: {reason}."""

    code = "unreadable-file"


class UnderHold(Conflict):
    """{count} events of this subject are under legal hold. Nothing was erased; end the hold first."""

    code = "under-hold"
