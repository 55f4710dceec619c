"""What waits for a second person: decisions that somebody proposed and another has to bear."""

from dataclasses import replace

from assize.platform.db import Tx
from assize.review.logic import claim_skills, shown_task
from assize.review.models import Proposal
from assize.review.service.blindness import blind_to
from assize.review.store import tasks
from assize.workforce.models import Right
from assize.workforce.service import require

MOST = 200


def proposals(tx: Tx, *, limit: int = 50) -> list[Proposal]:
    """Return the decisions that wait for a second person and that the actor may take to look at, the gravest first.

    Not those of the actor, nor of a case that they judge blind.
    """
    principal = require(tx, Right.TASKS_CLAIM)
    skills = claim_skills(principal.skills)
    params = {
        "me": principal.id,
        "exposure": skills.exposure,
        "languages": skills.languages,
        "clauses": skills.clauses,
        "limit": min(max(1, limit), MOST),
    }
    blind = blind_to(tx, principal)
    return [
        replace(one, task=shown_task(principal.view, one.task))
        for one in tasks.proposed(tx, params)
        if one.task.case_id not in blind
    ]
