"""A simulated reviewer at work: claims the next task, opens it, decides; approves what others decided.

Everything goes through the public API with the reviewer's own key.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from assize.kernel.chance import rng
from assize_sim.book import Book, Judged
from assize_sim.client import Client, OutOfPatience, Refused
from assize_sim.judging import clause_of, judgement
from assize_sim.reviewers import Skill, said
from assize_sim.seeing import Seen, seen

IDLE_S = 0.4
CLAIM = "/v1/queues/claim"
OPEN = "/v1/tasks/{task}/open"
DECIDE = "/v1/tasks/{task}/decision"
RELEASE = "/v1/tasks/{task}/release"
ENFORCEMENTS = "/v1/enforcements"
APPROVE = "/v1/enforcements/{enforcement}/approval"


@dataclass(kw_only=True)
class Reviewer:
    """One reviewer. exceptions: by clause, as the policy has them. refusals: codes of what the API refused, counted."""

    name: str
    skill: Skill
    client: Client
    book: Book
    seed: str
    exceptions: Mapping[str, Sequence[str]] = field(default_factory=dict)
    decisions: int = 0
    approvals: int = 0
    refusals: dict[str, int] = field(default_factory=dict)
    idle: bool = False
    pace_s: float = 0.0

    def run(self, ending: threading.Event) -> None:
        """Work until told to end. A task it can't finish goes back to the queue."""
        while not ending.is_set():
            try:
                worked = self.step() | self.approve()
            except OutOfPatience:
                worked = False
            self.idle = not worked
            ending.wait(self.pace_s if worked else IDLE_S)

    def step(self) -> bool:
        """Do one task; say whether there was one."""
        try:
            claimed = self.client.post(CLAIM, {})
        except Refused as refused:
            self._refused(refused)
            return False
        task = (claimed or {}).get("task", claimed)
        if not task:
            return False
        case = self._opened(task)
        if case is None or not self._decided(case):
            self._give_back(str(task["id"]))
        return True

    def approve(self) -> bool:
        """Approve, as a second person, what waits for one; say whether anything did."""
        try:
            waiting = self.client.get(ENFORCEMENTS, state="awaiting_approval", limit=20)
        except Refused as refused:
            self._refused(refused)
            return False
        done = False
        for one in waiting.get("items", ()):
            try:
                self.client.post(APPROVE.format(enforcement=one["id"]), {})
            except Refused as refused:
                self._refused(refused)  # our own decision: somebody else will
            else:
                self.approvals += 1
                done = True
        return done

    def _opened(self, task: Mapping[str, Any]) -> Seen | None:
        try:
            shown = self.client.post(OPEN.format(task=task["id"]), {"purpose": "review"}) or {}
        except Refused as refused:
            self._refused(refused)
            return None
        return seen(task, shown.get("case", shown))

    def _decided(self, case: Seen) -> bool:
        truth = self.book.of_case(conversations=case.conversations, actors=case.actors, whole=case.actor_review)
        # Its own generator for each case, so that a reviewer says the same however the work was shared out.
        verdict = said(rng(f"{self.seed}/{self.name}/{case.conversations}/{case.kind}"), self.skill, truth)
        body = judgement(case, truth, verdict, exceptions=self.exceptions)
        if body is None:
            return False
        try:
            self.client.post(DECIDE.format(task=case.task_id), body, once=f"decide-{case.task_id}")
        except Refused as refused:
            self._refused(refused)
            return False
        self.decisions += 1
        self.book.note_judged(
            Judged(
                case_id=case.case_id,
                reviewer=self.name,
                lane=truth.lane,
                true=truth.verdict,
                said=verdict,
                clause_id=clause_of(case, truth),
                sent_at=self.book.first_sent(case.conversations),
            )
        )
        return True

    def _give_back(self, task_id: str) -> None:
        try:
            self.client.post(RELEASE.format(task=task_id), {})
        except Refused as refused:
            self._refused(refused)

    def _refused(self, refused: Refused) -> None:
        code = str(refused.problem.get("code") or refused.status)
        self.refusals[code] = self.refusals.get(code, 0) + 1
