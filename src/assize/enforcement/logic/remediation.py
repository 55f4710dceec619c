"""What a wrong cause leaves in doubt, and what people are told when something done to them is taken back."""

from datetime import datetime

from assize.enforcement.models.remediation import Cause


def doubts_finding(cause: Cause) -> bool:
    """Whether what was found is in doubt too, and with it answers to reports and entries of banks.

    An action that was wrong leaves the finding as it is: the report was right, and the hash is of what it is said to be.
    """
    return cause is not Cause.ACTION


def taken_back_text(*, title: str, planned_at: datetime) -> str:
    """Return the words that tell somebody."""
    day = planned_at.strftime("%d %B %Y").lstrip("0")
    return (
        f"On {day} we told you about a decision: {title}. That decision was wrong and has been taken back. "
        "It no longer counts against you. You need to do nothing. We are sorry."
    )
