"""What can go wrong on pages about several nouns."""

from assize.kernel.errors import Invalid, NotFound


class NoSuchTopic(Invalid):
    """Nothing changes under the name {topic}. Ask for queues, operations, remediation, surge, me, case:ID, with commas."""

    code = "no-such-topic"


class OnlyAStream(Invalid):
    """This address is a stream for the pages of the console: it is opened with a sign-in and Accept: text/event-stream."""

    code = "only-a-stream"


class NoSuchQueuePage(NotFound):
    """The policy has no such queue, and nothing waits under that name."""

    code = "no-such-queue"
