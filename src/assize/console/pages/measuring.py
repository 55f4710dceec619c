"""What asks for somebody in measuring: courses of their own, and what waits for whoever judges, adjudicates, plans or manages."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from assize.platform.db import Tx
from assize.platform.pages import ago
from assize.quality import service as quality
from assize.quality.models.course import TakenState
from assize.workforce.models import Principal, Right

Item = dict[str, Any]


def waiting(tx: Tx, me: Principal, at: datetime) -> Iterator[tuple[str, str, str, list[Item]]]:
    """Return what waits, by part: its key, title, address, and lines of text, address, when and whether it is late."""
    if Right.CASES_READ in me.rights:
        yield (
            "courses",
            "Courses to take",
            "/courses",
            [
                _line(of.title, f"/courses/taken/{one.id}", one.due_at, at)
                for one, of in quality.own_courses(tx)
                if one.state is TakenState.OPEN
            ],
        )
    if Right.QUALITY_AUDIT in me.rights:
        yield (
            "audits",
            "Audits in my hands",
            "/quality/audits",
            [
                _line(", ".join(one.clauses) or "no clause", f"/quality/audits/{one.id}", one.due_at, at)
                for one in quality.audit_queue(tx, at=at).mine
            ],
        )
    if Right.QUALITY_ADJUDICATE in me.rights:
        yield (
            "adjudications",
            "Judgements that wait for an expert",
            "/quality/adjudications",
            [
                _line(one.trigger.replace("-", " "), f"/quality/adjudications/{one.id}", one.due_at, at)
                for one in quality.adjudications_waiting(tx)
            ],
        )
        yield (
            "disputes",
            "Disputes of cards",
            "/quality/disputes",
            [
                _line(one.of.criterion.value.replace("_", " "), f"/quality/disputes/{one.id}", one.due_at, at)
                for one in quality.disputes_waiting(tx)
                if one.state == "open"
            ],
        )
    if Right.QUALITY_PLAN in me.rights:
        yield "golden", "Known cases that wait for a word", "/quality/golden", [
            {"text": f"{one.clause or 'no clause'}: {one.why or one.state.value}", "url": f"/quality/golden/{one.id}",
             "when": ago(one.proposed_at, at), "late": False}
            for one in quality.golden_waiting(tx)
        ]  # fmt: skip


def _line(text: str, url: str, due_at: datetime, at: datetime) -> Item:
    return {"text": text, "url": url, "when": f"due {ago(due_at, at)}", "late": due_at < at}
