"""What can go wrong with a policy."""

from assize.kernel.errors import Conflict, Invalid, NotFound, Refused, Unavailable


class PackBroken(Invalid):
    """The pack {pack} can't be used. Problems: {count}. The first: {first}."""

    code = "pack-broken"


class PackNotFound(NotFound):
    """There is no pack {pack}: neither one that comes with Assize nor a folder of this name with a pack.toml."""

    code = "pack-not-found"


class NoPolicy(Unavailable):
    """No policy is published yet. Run `assize policy publish starter`."""

    code = "no-policy"


class UnknownVersion(NotFound):
    """There is no policy version {version}."""

    code = "unknown-policy-version"


class UnknownClause(NotFound):
    """Policy version {version} has no clause {clause_id}."""

    code = "unknown-clause"


class AlreadyPublished(Conflict):
    """{name} {version} is published already. A published version never changes; give the pack another version."""

    code = "already-published"


class NothingChanged(Conflict):
    """This pack says the same as the version in force."""

    code = "nothing-changed"


class NeedsProposal(Conflict):
    """A policy is in force. Propose the new version; somebody else then publishes it."""

    code = "needs-proposal"


class NeedsPerson(Refused):
    """Once a policy is in force, a person publishes the next one: say who, and sign in."""

    code = "needs-person"


class UnknownProposal(NotFound):
    """There is no open proposal {proposal_id}."""

    code = "unknown-proposal"


class LoweringNeedsReason(Invalid):
    """Lowering {dimension} needs a reason: what exculpates."""

    code = "lowering-needs-reason"


class NotLower(Invalid):
    """{dimension} stands at {score}; {to} is not lower."""

    code = "not-lower"


class AlreadyProposed(Conflict):
    """{name} {version} waits for approval already. Publish or drop that proposal first."""

    code = "already-proposed"


class VersionAltered(Unavailable):
    """Policy version {version} no longer has the hash it was published with. Nothing is decided under it."""

    code = "policy-version-altered"


class UnknownDraft(NotFound):
    """There is no draft {draft_id}."""

    code = "unknown-draft"


class UnknownFile(NotFound):
    """There is no file {file} in this draft, and a pack has none of this name."""

    code = "unknown-file"


class DraftClosed(Conflict):
    """This draft is {state}: nothing is written in it any more. Start another from the version in force."""

    code = "draft-closed"


class DraftMoved(Conflict):
    """{by} has written in {file} since you opened it. Nothing of yours was kept: put both together and keep it again."""

    code = "draft-moved"


class TooMuchText(Invalid):
    """{file} has {size} characters; at most {most} are kept."""

    code = "too-much-text"


class DraftIncomplete(Invalid):
    """The draft can't be proposed yet. To mend: {count}. The first: {first}."""

    code = "draft-incomplete"
