"""When one person is not enough."""

from assize.enforcement.errors import SecondPersonNeeded


def why_second_person(*, high_impact: bool, reversible: bool, by_machine: bool, by_clause: bool = False) -> str | None:
    """Return why an action needs a second, different person, or None where it doesn't.

    by_clause: the clause asks for one, whatever the action's impact.
    A machine needs one wherever a person would: what machines never do alone is decided here, not by its certificate.
    """
    who = "a machine decided" if by_machine else "one person decided"
    if not reversible:
        return f"the action can't be undone, and {who}"
    if high_impact:
        return f"the action has a high impact, and {who}"
    if by_clause:
        return f"the clause asks for one, and {who}"
    return None


def check_second_person(*, decided_by: str, approver: str, is_person: bool, why: str) -> None:
    """Raise SecondPersonNeeded unless the approver is a person, and not the one who decided."""
    if not is_person or approver == decided_by:
        raise SecondPersonNeeded(why=why)
