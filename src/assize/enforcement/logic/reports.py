"""What a decision says of the reports about it, and how their senders are told."""

from typing import assert_never

from assize.review.models import Verdict

WITHDRAWN = "withdrawn"


def says_of_reports(verdict: Verdict) -> bool | None:
    """Return whether reports were right, by the verdict; None where it says neither.

    An exception, or a policy that is unclear, proves nobody wrong who pointed at what is there.
    """
    match verdict:
        case Verdict.VIOLATION:
            return True
        case Verdict.NO_VIOLATION | Verdict.OUT_OF_SCOPE:
            return False
        case Verdict.EXCEPTED | Verdict.AMBIGUOUS_POLICY:
            return None
        case _:
            assert_never(verdict)


def answer_text(*, upheld: bool) -> str:
    """Return the words that tell somebody what came of their report: nothing of what was done, or to whom."""
    found = "breaks our rules" if upheld else "does not break our rules"
    return f"Thank you for your report. It was looked at, and what you reported {found}."


def withdrawn_text() -> str:
    """Return the words that tell somebody that the answer to their report was taken back."""
    return (
        "We told you what came of your report. That answer was wrong and has been taken back. You need to do nothing."
    )
