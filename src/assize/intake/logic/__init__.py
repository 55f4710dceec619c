"""Every judgement of intake, pure: what fits, what may be done with content, how long it stays, whom a report counts."""

from assize.intake.logic.check import Problem, prepare
from assize.intake.logic.cursors import cursor_after, cursor_of
from assize.intake.logic.handling import allowed, may_be_put_to, shown_for
from assize.intake.logic.linking import LINKING, linking_values
from assize.intake.logic.parsing import Call, parse_call
from assize.intake.logic.reporting import accuracy, report_weight
from assize.intake.logic.retention import MIN_DAYS, due_classes, id_before
from assize.intake.logic.rows import event_of_line, event_of_row, event_of_wire, report_of_wire
from assize.intake.logic.subjects import Link, links

__all__ = [
    "LINKING",
    "MIN_DAYS",
    "Call",
    "Link",
    "Problem",
    "accuracy",
    "allowed",
    "cursor_after",
    "cursor_of",
    "due_classes",
    "event_of_line",
    "event_of_row",
    "event_of_wire",
    "id_before",
    "linking_values",
    "links",
    "may_be_put_to",
    "parse_call",
    "prepare",
    "report_of_wire",
    "report_weight",
    "shown_for",
]
