"""Intake: what happened on the platform, taken in, kept, and forgotten in time.

Owns the tables of schema `intake`: event, event_subject, inbox, subject, reporter, report, reject, import_run.
Announces EventsReceived (one per batch and source), ReportReceived, ReportOutcomeRecorded, ReportOutcomeWithdrawn,
ContentRead, AccountLookedUp, EventsRestricted, EventErased, SubjectErased, ImportFinished.
"""
