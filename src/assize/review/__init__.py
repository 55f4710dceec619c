"""Review: what a reviewer decided, over which evidence, under which words of which policy.

Owns the tables of schema `review`: task, queue_known, pace_hour, team_hour, dossier, opening, draft, decision, finding, disposition, note,
precedent, precedent_treatment, indexed_text, rater.
Announces TaskOffered, TaskClaimed, TaskReleased, TaskHeld, TaskResumed, TaskAssigned, TaskMoved, TaskReordered,
TaskCancelled, LeaseLost, ContentOpened, DossierSuperseded, DecisionMade, DecisionProposed, DecisionStands,
DecisionUndone, JudgementRecorded, SecondLookAsked, Noted, PrecedentEndorsed, PrecedentTreated.
"""
