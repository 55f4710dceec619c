"""What can go wrong when decisions are drawn and looked at again. The words are shown to whoever measures."""

from assize.kernel.errors import Conflict, Invalid, NotFound, Refused, Unavailable


class NoSuchPlan(NotFound):
    """There is no such sampling plan, or you may not see it."""

    code = "no-such-plan"


class NoSuchAudit(NotFound):
    """There is no such audit, or you may not see it."""

    code = "no-such-audit"


class NoSuchDecision(NotFound):
    """There is no such decision that stands, or you may not see it."""

    code = "no-such-standing-decision"


class BadPlan(Invalid):
    """The plan does not fit in {count} places: {summary}."""

    code = "bad-plan"


class NotProposed(Conflict):
    """Only a plan that is proposed can be put in force or dropped."""

    code = "not-proposed"


class NotInForce(Conflict):
    """Only a plan that is in force can be ended."""

    code = "not-in-force"


class PlanTaken(Conflict):
    """This version of the plan was proposed in the same moment by somebody else. Look at it, then propose the next."""

    code = "plan-taken"


class NoSamplingKey(Unavailable):
    """The secret key that decides draws can't be used: {why}."""

    code = "no-sampling-key"


class NotYourAudit(Refused):
    """This audit is not in your hands. Take it first."""

    code = "not-your-audit"


class AuditNotFree(Conflict):
    """This audit is in somebody's hands, or done."""

    code = "audit-not-free"


class NotForYou(Refused):
    """This audit is not for you: its decision was yours, or you have had the case before."""

    code = "audit-not-for-you"


class OverBudget(Refused):
    """You have opened as much hard content today as your budget allows. This audit waits for somebody else."""

    code = "audit-over-budget"


class AuditLost(Conflict):
    """Your time with this audit ran out, and it went back. What you typed is kept on this page: take it again."""

    code = "audit-lost"


class NotCommitted(Conflict):
    """Commit your own label first; then both can be shown beside each other."""

    code = "not-committed"


class AlreadyCommitted(Conflict):
    """This audit was committed already."""

    code = "already-committed"


class BadReveal(Invalid):
    """This does not fit: {problem}."""

    code = "bad-reveal"


class UnfitFile(Invalid):
    """{file} doesn't fit: {problem}."""

    code = "unfit-file"


class NoSuchCard(NotFound):
    """There is no such scorecard, or you may not see it."""

    code = "no-such-scorecard"


class ScoringTaken(Conflict):
    """Somebody else changed how decisions are scored in the same moment. Look at it, then change it again."""

    code = "scoring-taken"


class BadScoring(Invalid):
    """Decisions can't be scored so: {summary}."""

    code = "bad-scoring"


class NoSuchSource(NotFound):
    """No judgements came from there, or you may not see them."""

    code = "no-such-source"


class NotShown(Conflict):
    """The evidence does not let this machine decide alone yet: {why}."""

    code = "not-shown"


class EvidenceThin(Conflict):
    """Too little was looked at: {more} more audits, until then a second person bears each decision."""

    code = "evidence-thin"


class NeverForMachines(Refused):
    """A machine never does this alone, whatever it shows: {what}."""

    code = "never-for-machines"


class RecommendFirst(Refused):
    """Nobody's word is taken from them by hand: raise a recommendation, coach, hear them, then decide."""

    code = "recommend-first"


class CoachFirst(Conflict):
    """Coach first and hear them: a reply, or three days for one, come before anything but keeping."""

    code = "coach-first"


class NoSuchRecommendation(NotFound):
    """There is no such recommendation, or it is not yours to see."""

    code = "no-such-recommendation"


class BadTrial(Invalid):
    """A certificate can't be asked for like that: {reason}."""

    code = "bad-trial"


class AlreadyRecommended(Conflict):
    """A recommendation about this certificate is open already."""

    code = "already-recommended"


class NoSuchAdjudication(NotFound):
    """There is nothing of this name that waits for an expert's word, or it is not for you."""

    code = "no-such-adjudication"


class NotWaiting(Conflict):
    """This was answered already."""

    code = "not-waiting"


class BadRuling(Invalid):
    """This does not fit: {problem}."""

    code = "bad-ruling"


class NoSuchGap(NotFound):
    """There is no such gap of the policy, or you may not see it."""

    code = "no-such-gap"


class NoSuchDispute(NotFound):
    """There is no such dispute, or it is not for you."""

    code = "no-such-dispute"


class AlreadyDisputed(Conflict):
    """You have disputed these differences already."""

    code = "already-disputed"


class NothingToDispute(Conflict):
    """Your card tells no such difference, or the time to dispute it is over."""

    code = "nothing-to-dispute"


class NotImpartial(Refused):
    """Somebody else has to judge this: you had a part in what is disputed."""

    code = "not-impartial"


class NoSuchRound(NotFound):
    """There is no such calibration round, or you may not see it."""

    code = "no-such-round"


class NotNow(Conflict):
    """The round is at another stage: {why}."""

    code = "not-now"


class BadRound(Invalid):
    """This does not fit: {problem}."""

    code = "bad-round"


class NoSuchGolden(NotFound):
    """There is no such known case, or you may not see it."""

    code = "no-such-golden"


class NoSuchLabel(NotFound):
    """There is no such label of an audit or an adjudication, or you may not see it."""

    code = "no-such-label"


class BadGolden(Invalid):
    """{field}: {problem}."""

    code = "bad-golden"


class GoldenMoved(Conflict):
    """The known case is not where this needs it to be any more. Load it again."""

    code = "golden-moved"


class OwnProposal(Refused):
    """Somebody else takes into the golden set what you proposed."""

    code = "own-golden-proposal"


class NoSuchCourse(NotFound):
    """There is no such course, or you have no part in it."""

    code = "no-such-course"


class BadCourse(Invalid):
    """{field}: {problem}."""

    code = "bad-course"


class CourseOver(Conflict):
    """This is over, or was answered already. Load it again."""

    code = "course-over"


class NotTrained(Conflict):
    """There is a course on {family}, which they have not passed under the words in force. Put them on it first."""

    code = "not-trained"


class NoSuchImprovement(NotFound):
    """There is no such improvement, or you have no part in it."""

    code = "no-such-improvement"


class BadImprovement(Invalid):
    """{field}: {problem}."""

    code = "bad-improvement"


class ImprovementOver(Conflict):
    """It was done already. Load it again."""

    code = "improvement-over"


class NoSuchTeam(NotFound):
    """There is no such team, or you may not see it."""

    code = "no-such-team"


class BadContract(Invalid):
    """{field}: {problem}."""

    code = "bad-contract"
