"""What can go wrong when something is proved."""

from assize.kernel.errors import AssizeError, Conflict, Invalid, NotFound, Unavailable


class NoSuchFact(NotFound):
    """There is no fact {fact_id} in the ledger, or you may not see it."""

    code = "no-such-fact"


class NotYetInTheTree(Conflict):
    """Fact {fact_id} is recorded, and no signed checkpoint covers it yet. Try again in a minute."""

    code = "not-yet-in-the-tree"


class NoCheckpoint(NotFound):
    """No checkpoint was signed yet. The worker signs one within a minute of the first fact."""

    code = "no-checkpoint"


class NoSuchCheckpoint(NotFound):
    """No checkpoint over {size} facts was signed; the file of checkpoints lists those there are."""

    code = "no-such-checkpoint"


class WrongIsolation(Unavailable):
    """The sequencer needs READ COMMITTED and was given {isolation}: see default_transaction_isolation of the database."""

    code = "wrong-isolation"


class MalformedNote(Invalid):
    """This is no signed checkpoint: {why}."""

    code = "malformed-note"


class MalformedExport(Invalid):
    """This is no export of a ledger: line {line}: {why}."""

    code = "malformed-export"


class MalformedProof(Invalid):
    """This is no proof: {why}."""

    code = "malformed-proof"


class MalformedKey(Invalid):
    """This is no public key of a ledger: {why}. It reads name+id+key on one line."""

    code = "malformed-key"


class OneStoryAtATime(Invalid):
    """Ask for the story of one thing: a case, a subject or a reviewer."""

    code = "one-story-at-a-time"


class PurposeNeeded(Conflict):
    """The story of a person opens once you have said why; say it, and it stays open to you for an hour."""

    code = "purpose-needed"


class ErasureStays(Conflict):
    """Fact {fact_id} records an erasure; its own body can't be erased, or the missing bodies would be unexplained."""

    code = "erasure-stays"


class SignedElsewhere(Unavailable):
    """This ledger is signed with another key than the one here. Sign in one place, or bring the key that signed last."""

    code = "signed-elsewhere"


class LedgerBroken(AssizeError):
    """The ledger does not verify: {count} findings."""

    code = "ledger-broken"
